/** Returns as this device knows them, and what a scanned code leads to without the service. Pure. */
import { awaitedWords, NOT_DECIDED_YET } from '../../../../src/returns/words/expected.words';
import { layoutReadingsOf, type LayoutReading } from '../../../../src/shared/keyboard-layouts';
import { codeKey, partsOfCode, readingsOf } from '../../../../src/shared/scanned-code';
import type { Schemas } from '../../shared/api/api';
import type { CountedCommand, Counts, Effect } from './commands';

export type ExpectedReturn = Schemas['ExpectedReturnAnswer'];
/** A return as last seen, with every code that leads to it (`kind code`, normalised). */
export type KnownReturn = {
  readonly returnId: string;
  readonly codes: readonly string[];
  readonly seenAt: string;
  readonly expected: ExpectedReturn;
};
type QueueItem = Schemas['QueueItemAnswer'];
type Line = ExpectedReturn['lines'][number];
type MatchedBy = ExpectedReturn['matchedBy'];

/** As the service looks: what names one parcel before what may name several. */
const ORDER_OF_KINDS: readonly (readonly MatchedBy[])[] = [['return_id'], ['tracking_number', 'label'], ['order', 'item']];
const MOST_SHOWN = 20;

/** `tracking_number 1Z999`: what kind of code it is, and the code in the form in which codes are compared. */
export const codeOf = (kind: MatchedBy, code: string): string => `${kind} ${codeKey(code)}`;

/** Groups of stored codes to look for, one group after the other until one leads somewhere. */
export function codesToLookFor(scanned: string): readonly (readonly string[])[] {
  const whole = readingsOf(scanned).flatMap((reading) => ORDER_OF_KINDS.map((kinds) => kinds.map((kind) => codeOf(kind, reading))));
  const parts = partsOfCode(scanned).flatMap((part) =>
    (['return_id', 'tracking_number', 'label'] as const).map((kind) => codeOf(kind, part)),
  );
  return parts.length === 0 ? whole : [...whole, parts];
}

/** What to look for if the scanner thinks of another keyboard than this computer, with the reading that leads there. */
export const codesTypedOtherwise = (scanned: string): ReadonlyMap<string, LayoutReading> =>
  new Map(
    layoutReadingsOf(scanned).flatMap((reading) =>
      readingsOf(reading.code).flatMap((code) => ORDER_OF_KINDS.flat().map((kind) => [codeOf(kind, code), reading] as const)),
    ),
  );

const kindOf = (code: string): MatchedBy | undefined => ORDER_OF_KINDS.flat().find((kind) => code.startsWith(`${kind} `));

/** What was found under these codes, as the service would say it: what is still awaited first. */
export function foundUnder(
  codes: readonly string[],
  known: readonly KnownReturn[],
): { readonly returns: readonly ExpectedReturn[]; readonly more: boolean } {
  const returns = known.map(({ expected, codes: its }) => ({
    ...expected,
    matchedBy: kindOf(its.find((code) => codes.includes(code)) ?? '') ?? expected.matchedBy,
  }));
  const awaited = returns.filter(({ awaiting }) => awaiting > 0);
  const candidates = awaited.length > 0 ? awaited : returns;
  return { returns: candidates.slice(0, MOST_SHOWN), more: candidates.length > MOST_SHOWN };
}

/** As the service answered when `scanned` was asked for. */
export function knownFromAnswer(expected: ExpectedReturn, scanned: string, seenAt: string, before: KnownReturn | undefined): KnownReturn {
  const codes = [...codesOf(expected), ...(before?.codes ?? []), codeOf(expected.matchedBy, scanned)];
  return { returnId: expected.returnId, seenAt, expected, codes: [...new Set(codes)] };
}

/** As it stands in the receiving queue. */
export function knownFromQueue(item: QueueItem, seenAt: string, before: KnownReturn | undefined): KnownReturn {
  const { returnId, orderId, inspectionRequired, trackingNumbers, lines, awaiting, inReview } = item;
  const status = inReview ? 'in_review' : (before?.expected.status ?? 'approved');
  const words = inReview ? NOT_DECIDED_YET : awaitedWords(awaiting);
  const expected: ExpectedReturn = {
    returnId,
    orderId,
    status,
    matchedBy: 'return_id',
    awaiting,
    words,
    inspectionRequired,
    trackingNumbers,
    lines,
  };
  return { returnId, seenAt, expected, codes: [...new Set([...codesOf(expected), ...(before?.codes ?? [])])] };
}

const codesOf = ({ returnId, orderId, trackingNumbers, lines }: ExpectedReturn): readonly string[] => [
  codeOf('return_id', returnId),
  codeOf('order', orderId),
  ...trackingNumbers.map((number) => codeOf('tracking_number', number)),
  ...lines.flatMap(({ barcode, sku }) =>
    [barcode, sku].flatMap((code) => (code === null || code.trim() === '' ? [] : [codeOf('item', code)])),
  ),
];

/** A line's counts never fall below none, nor do more come in than were announced: others may have counted the same pieces. */
const plus = (line: Line, counts: Counts): Line => ({
  ...line,
  awaiting: Math.max(0, line.awaiting + (counts.awaiting ?? 0)),
  received: Math.min(Math.max(line.authorised, line.received), Math.max(0, line.received + (counts.received ?? 0))),
  missing: Math.max(0, line.missing + (counts.missing ?? 0)),
  awaitingInspection: Math.max(0, line.awaitingInspection + (counts.awaitingInspection ?? 0)),
  toPutAway: Math.max(0, line.toPutAway + (counts.toPutAway ?? 0)),
});

/** `lines` after the effects. */
export const after = (lines: readonly Line[], effects: readonly Effect[]): readonly Line[] =>
  lines.map((line) => effects.reduce((counted, { lineId, counts }) => (lineId === line.lineId ? plus(counted, counts) : counted), line));

/** The return once the service has done these commands: what was scanned counts before it is sent. Commands of others are left out. */
export function withCommands(expected: ExpectedReturn, commands: readonly CountedCommand[]): ExpectedReturn {
  const its = commands.filter(({ command }) => 'returnId' in command && command.returnId === expected.returnId);
  if (its.length === 0) return expected;
  const lines = after(
    expected.lines,
    its.flatMap(({ effects }) => effects),
  );
  const awaiting = lines.reduce((sum, line) => sum + line.awaiting, 0);
  // Words about a return that was declined and the like stay.
  const words = expected.words === awaitedWords(expected.awaiting) ? awaitedWords(awaiting) : expected.words;
  return { ...expected, lines: [...lines], awaiting, words };
}
