/** How amounts, items, days and codes are said in the sentences of a return's history. Pure. */
import { dayInWords, timeInWords, zoneInWords, type Language } from '../../shared/language.js';
import { REFUNDED_ELSEWHERE, type ForEachEvent, type OrderFacts, type Reason } from '../rules/returns.events.js';
import { inWords } from './amounts.js';
import { readReason, type ReadReason, type TextOf } from './reason.words.js';

export type Wording = {
  /** Minor units of the order's currency, e.g. 1299 → "€12.99". */
  readonly money: (minor: number) => string;
  /** The title of an order's line; undefined for a line the order no longer has. */
  readonly title: (lineId: string) => string | undefined;
  /** The day of an instant in the shop's time zone. */
  readonly day: (at: string) => string;
  /** The time of an instant in the shop's time zone. */
  readonly time: (at: string) => string;
  /** What that time zone is called at an instant. */
  readonly zone: (at: string) => string;
  /** What people wrote, by its reference. */
  readonly text: TextOf;
  /** Staff's own texts are not for the reader; codes are. */
  readonly isWithheld: boolean;
  /** What staff gave as the reason of what they did; null where they gave none, or one that is not for the reader. */
  readonly reason: (given: Reason) => ReadReason | null;
};

/** What each event means, said in one sentence. */
export type Sentences = ForEachEvent<string, [wording: Wording]>;

/**
 * @param timeZone the shop's, IANA name
 * @param isWithheld what staff wrote is not for the reader; codes are
 */
export function wordingFor(order: OrderFacts, language: Language, timeZone: string, text: TextOf, isWithheld = false): Wording {
  const titles = new Map(order.lines.map((line) => [line.lineId, line.title]));
  return {
    money: (minor) => inWords(minor, order.currency, language),
    title: (lineId) => titles.get(lineId),
    day: (at) => dayInWords(at, language, timeZone),
    time: (at) => timeInWords(at, language, timeZone),
    zone: (at) => zoneInWords(at, language, timeZone),
    text,
    isWithheld,
    reason: (given) => ('code' in given && NO_REASON.has(given.code) ? null : readReason(given, text, isWithheld)),
  };
}

export const isRefundedElsewhere = (reason: Reason): boolean => 'code' in reason && reason.code === REFUNDED_ELSEWHERE;

/** What stands in the log where staff gave no reason. */
const NO_REASON: ReadonlySet<string> = new Set(['declined_by_staff', 'staff_request', 'closed_by_staff', 'reopened_by_staff']);

/** The label drawn by this service itself says nothing about who carries it. */
const DRAWN_HERE = 'builtin';
export const by = (carrier: string): string => (carrier === DRAWN_HERE ? '' : `${carrier}, `);
export const unitsIn = (lines: readonly { readonly units: readonly number[] }[]): number =>
  lines.reduce((sum, line) => sum + line.units.length, 0);
export const atPlace = (place: string | null): string => (place === null ? '' : ` (${place})`);
/** Somebody's own words after a colon; nothing without. */
export const quoted = (textRef: string | null, text: TextOf, open = '“', close = '”'): string =>
  textRef === null ? '' : `: ${open}${text(textRef)}${close}`;
/** A sentence that is put into another one. */
export const inside = (sentence: string): string => sentence.replace(/\.$/, '');
