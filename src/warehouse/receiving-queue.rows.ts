/** From a folded order to the rows of the receiving queue. Pure. */
import { bigint, integer, nullable, table, text, type RowOf } from '../eventing/sql/table.js';
import { orderIdOfReturn, type OrderFacts } from '../returns/rules/returns.events.js';
import type { ReturnLine, ReturnsState, ReturnState, UnitPlace } from '../returns/rules/returns.state.js';
import { codeKey } from '../shared/scanned-code.js';

/**
 * How far the goods have come: approved and nothing printed → label issued → on the way → on the dock → opened → being
 * received → all here, and still to be inspected or put away (or a restock is neither confirmed nor withdrawn).
 */
export const QUEUE_STAGES = ['approved', 'label_issued', 'in_transit', 'delivered', 'opened', 'receiving', 'received'] as const;
export type QueueStage = (typeof QUEUE_STAGES)[number];

export type QueueLine = {
  readonly lineId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly barcode: string | null;
  readonly reason: string;
  readonly condition: string;
  /** Units by where they are; `toPutAway` = graded, not put anywhere yet. */
  readonly authorised: number;
  readonly awaiting: number;
  readonly received: number;
  readonly missing: number;
  readonly awaitingInspection: number;
  readonly toPutAway: number;
};
export type QueueDetails = {
  readonly lines: readonly QueueLine[];
  readonly trackingNumbers: readonly string[];
  readonly method: string;
  /** True when the case is in review although goods have come (a late parcel). */
  readonly inReview: boolean;
  readonly inspectionRequired: boolean;
  readonly exceptions: readonly string[];
  readonly blocked: readonly {
    readonly restockId: string;
    readonly sku: string | null;
    readonly title: string;
    readonly quantity: number;
    readonly reason: string | null;
  }[];
};
/** `details` is QueueDetails as JSON. */
export const QUEUE = table({
  name: 'rows',
  columns: {
    return_id: text(),
    order_id: text(),
    stage: text<QueueStage>(),
    since: text(),
    requested_at: text(),
    station: nullable(text()),
    authorised: integer(),
    received: integer(),
    awaiting: integer(),
    awaiting_inspection: integer(),
    to_put_away: integer(),
    mismatches: integer(),
    surplus: integer(),
    blocked_restocks: integer(),
    details: text(),
  },
  key: ['return_id'],
  indexes: {
    by_since: { on: ['since', 'return_id'] },
    by_stage: { on: ['stage', 'since', 'return_id'] },
    by_station: { on: ['station', 'since', 'return_id'] },
    problems: { on: ['since', 'return_id'], where: 'mismatches > 0 or surplus > 0 or blocked_restocks > 0' },
  },
});
export type QueueRow = RowOf<typeof QUEUE>;
export const STAGE_COUNTS = table({ name: 'stages', columns: { stage: text<QueueStage>(), returns: bigint() }, key: ['stage'] });
/** What a scanner may read; `sku` only serves as a filter of the queue. */
export const CODES = table({
  name: 'codes',
  columns: { entry: text(), code: text(), kind: text<CodeKind>(), return_id: text() },
  key: ['entry'],
  indexes: { by_code: { on: ['code', 'kind'] } },
});
export type CodeRow = RowOf<typeof CODES>;
export type ScannedKind = 'return_id' | 'tracking_number' | 'label' | 'order' | 'item';
export type CodeKind = ScannedKind | 'sku';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const ENDED = new Set<string>(['declined', 'cancelled', 'expired', 'closed']);

/** What is known of a return's lines for whoever stands before the parcel. */
export const queueLinesOf = (state: ReturnsState, ret: ReturnState): readonly QueueLine[] =>
  ret.lines.map((line) => queueLine(line, state.order));

function queueLine(line: ReturnLine, order: OrderFacts | null): QueueLine {
  const sold = order?.lines.find((each) => each.lineId === line.lineId);
  const at = (...places: readonly UnitPlace[]): number => line.units.filter((unit) => places.includes(unit.place)).length;
  return {
    lineId: line.lineId,
    sku: sold?.sku ?? null,
    title: sold?.title ?? '',
    barcode: sold?.barcode ?? null,
    reason: line.reason,
    condition: line.condition,
    authorised: line.units.length,
    awaiting: at('awaiting'),
    received: at('received', 'held', 'disposed'),
    missing: at('missing'),
    awaitingInspection: at('received'),
    toPutAway: line.units.filter((unit) => unit.place === 'held' && unit.disposition === null).length,
  };
}

type Progress = { readonly stage: QueueStage; readonly since: string };

/** Undefined: nothing to do for the warehouse. */
function progressOf(ret: ReturnState, lines: readonly QueueLine[]): Progress | undefined {
  const { milestones } = ret;
  const here = sum(lines.map((line) => line.awaitingInspection + line.toPutAway));
  const restocking = ret.restocks.filter((restock) => restock.state === 'requested' || restock.state === 'blocked').length;
  const awaited = ENDED.has(ret.authorisation) ? 0 : sum(lines.map((line) => line.awaiting));
  if (awaited === 0) {
    return here + restocking === 0 ? undefined : { stage: 'received', since: milestones.receivedAt ?? milestones.requestedAt };
  }
  const opened = [...ret.scans, ...ret.mismatches].map((each) => each.at).toSorted();
  if (opened[0] !== undefined) return { stage: 'receiving', since: milestones.receivedAt ?? opened[0] };
  const parcel = parcelProgress(ret);
  if (parcel !== undefined) return parcel;
  // Before somebody has said yes, nothing is expected.
  if (ret.authorisation !== 'approved') return undefined;
  if (milestones.labelIssuedAt !== null && ret.labels.some((label) => label.state === 'issued'))
    return { stage: 'label_issued', since: milestones.labelIssuedAt };
  return { stage: 'approved', since: milestones.approvedAt ?? milestones.requestedAt };
}

/** The parcel that has come furthest; a lost one is no longer on its way. */
function parcelProgress(ret: ReturnState): Progress | undefined {
  const opened = ret.parcels.find((parcel) => parcel.phase === 'opened');
  if (opened !== undefined) return { stage: 'opened', since: opened.openedAt ?? opened.lastAt };
  const delivered = ret.parcels.find((parcel) => parcel.phase === 'delivered');
  if (delivered !== undefined) return { stage: 'delivered', since: delivered.deliveredAt ?? delivered.lastAt };
  const moving = ret.parcels.find((parcel) => parcel.phase === 'in_transit');
  return moving === undefined ? undefined : { stage: 'in_transit', since: moving.firstScanAt ?? moving.lastAt };
}

/** Of labels and of parcels seen, each once. */
export const trackingNumbersOf = (ret: ReturnState): readonly string[] => [
  ...new Set([...ret.labels, ...ret.parcels].flatMap(({ trackingNumber }) => trackingNumber ?? [])),
];

/** The return's row; undefined when the warehouse has nothing to do for it. */
export function queueRowOf(state: ReturnsState, ret: ReturnState): QueueRow | undefined {
  const lines = queueLinesOf(state, ret);
  const progress = progressOf(ret, lines);
  if (progress === undefined) return undefined;
  const blocked = ret.restocks.filter((restock) => restock.state === 'blocked');
  const details: QueueDetails = {
    lines,
    trackingNumbers: trackingNumbersOf(ret),
    method: ret.method,
    inReview: ret.authorisation === 'in_review',
    inspectionRequired: ret.terms.inspectionRequired,
    exceptions: ret.parcels.flatMap(({ phase, exception }) => (phase === 'lost' ? 'lost' : (exception ?? []))),
    blocked: blocked.map(({ restockId, sku, title, quantity, reason }) => ({ restockId, sku, title, quantity, reason })),
  };
  return {
    return_id: ret.returnId,
    order_id: orderIdOfReturn(ret.returnId) ?? '',
    stage: progress.stage,
    since: progress.since,
    requested_at: ret.milestones.requestedAt,
    station: ret.station,
    authorised: sum(lines.map((line) => line.authorised)),
    received: sum(lines.map((line) => line.received)),
    awaiting: sum(lines.map((line) => line.awaiting)),
    awaiting_inspection: sum(lines.map((line) => line.awaitingInspection)),
    to_put_away: sum(lines.map((line) => line.toPutAway)),
    mismatches: sum(ret.mismatches.map((mismatch) => mismatch.quantity)),
    surplus: sum(ret.scans.flatMap((scan) => scan.unexpected.map((item) => item.quantity))),
    blocked_restocks: blocked.length,
    details: JSON.stringify(details),
  };
}

/**
 * What leads to this return when scanned. Its id, tracking numbers, labels and the order stay for ever, because a parcel may come
 * after the return has ended; the items' own codes only while such an item is awaited.
 */
export function codeRowsOfReturn(state: ReturnsState, ret: ReturnState): readonly CodeRow[] {
  const codes = new Map<string, CodeRow>();
  const add = (kind: CodeKind, scanned: string | null): void => {
    if (scanned === null) return;
    const code = codeKey(scanned);
    const entry = `${kind}|${code}|${ret.returnId}`;
    if (code !== '') codes.set(entry, { entry, code, kind, return_id: ret.returnId });
  };
  add('return_id', ret.returnId);
  for (const trackingNumber of trackingNumbersOf(ret)) add('tracking_number', trackingNumber);
  for (const label of ret.labels) {
    add('label', label.labelId);
    add('label', label.code);
  }
  add('order', orderIdOfReturn(ret.returnId) ?? null);
  add('order', state.order?.number ?? null);
  const lines = queueLinesOf(state, ret);
  if (progressOf(ret, lines) === undefined) return [...codes.values()];
  for (const line of lines) {
    add('sku', line.sku);
    if (line.awaiting === 0) continue;
    add('item', line.sku);
    add('item', line.barcode);
  }
  return [...codes.values()];
}
