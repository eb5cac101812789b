/**
 * The returns board: one row per return, for lists, search and counts. Everything in a row is computed from the folded
 * order, so there is no second set of rules.
 */
import type { Change, Projection } from '../eventing/projection.js';
import { bigint, integer, table, text, type RowOf } from '../eventing/sql/table.js';
import { add, put, type Write } from '../eventing/sql/write.js';
import type { Outcome } from '../policy/rules/policy.events.js';
import { orderIdOfStream, type OrderFacts } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnState } from '../returns/rules/returns.state.js';
import {
  countersOf,
  decisionOf,
  entitledOf,
  refundedAheadOf,
  refundedOf,
  statusOf,
  type ReturnStatus,
} from '../returns/rules/returns.status.js';
import { codeKey } from '../shared/scanned-code.js';

export const RETURNS_BOARD = 'returns-board';

export const RETURNS = table({
  name: 'returns',
  columns: {
    return_id: text(),
    order_id: text(),
    order_number: text(),
    number_key: text(),
    contact_ref: text(),
    status: text<ReturnStatus>(),
    requested_at: text(),
    updated_at: text(),
    outcome: text<Outcome>(),
    method: text<ReturnState['method']>(),
    reasons: text(),
    skus: text(),
    item_names: text(),
    units: integer(),
    awaiting: integer(),
    received: integer(),
    currency: text(),
    quoted_minor: bigint(),
    entitled_minor: bigint(),
    refunded_minor: bigint(),
    refunded_ahead_minor: bigint(),
    blocked_minor: bigint(),
    needs_decision: text(),
  },
  key: ['return_id'],
  indexes: {
    newest: { on: ['requested_at', 'return_id'] },
    status: { on: ['status', 'requested_at', 'return_id'] },
    order: { on: ['order_id', 'requested_at', 'return_id'] },
    customer: { on: ['contact_ref', 'requested_at', 'return_id'] },
    ahead: { on: ['requested_at', 'return_id'], where: 'refunded_ahead_minor > 0' },
    decision: { on: ['requested_at', 'return_id'], where: "needs_decision <> ''" },
    number: { on: ['number_key'] },
  },
});
export type BoardRow = RowOf<typeof RETURNS>;
export const ITEMS = table({
  name: 'items',
  columns: { return_id: text(), sku: text() },
  key: ['sku', 'return_id'],
  clustered: true,
});
export const CODES = table({ name: 'codes', columns: { code: text(), return_id: text() }, key: ['code', 'return_id'], clustered: true });
/** How many returns there are of each kind: requested on a day, and over all time (''). */
export const COUNTS = table({
  name: 'counts',
  columns: {
    day: text(),
    status: text<ReturnStatus>(),
    method: text<ReturnState['method']>(),
    outcome: text<Outcome>(),
    needs_decision: text(),
    /** 1: something is refunded for pieces that are not here. */
    ahead: integer(),
    returns: bigint(),
  },
  key: ['day', 'status', 'method', 'outcome', 'needs_decision', 'ahead'],
  clustered: true,
});

function apply(changes: readonly Change<FoldedOrder>[]): readonly Write[] {
  const touched = changes.flatMap((change) => {
    const { order } = change.after;
    if (order === null) return [];
    return touchedReturns(change).map((ret) => ({ order, ret, change, skus: skusOf(ret, order), codes: newCodes(change, ret) }));
  });
  const rows = touched.map(({ order, ret, change, skus }) => rowOf(change, order, ret, skus));
  const items = touched.flatMap(({ ret, skus }) => skus.map((sku) => ({ return_id: ret.returnId, sku })));
  const codes = touched.flatMap(({ ret, codes: found }) => found.map((code) => ({ code, return_id: ret.returnId })));
  const counts = touched.flatMap(({ ret, change: { before, after } }) => {
    const was = before?.returns.find(({ returnId }) => returnId === ret.returnId);
    return [
      ...(before === undefined || before.order === null || was === undefined ? [] : countsOf(before, was, -1)),
      ...countsOf(after, ret, 1),
    ];
  });
  return [put(RETURNS, rows), put(ITEMS, items), put(CODES, codes), add(COUNTS, counts)];
}

const countsOf = (state: FoldedOrder, ret: ReturnState, sign: 1 | -1): readonly RowOf<typeof COUNTS>[] =>
  ['', ret.milestones.requestedAt.slice(0, 10)].map((day) => ({
    day,
    status: statusOf(state, ret),
    method: ret.method,
    outcome: ret.outcome,
    needs_decision: decisionOf(ret) ?? '',
    ahead: refundedAheadOf(ret) > 0 ? 1 : 0,
    returns: sign,
  }));

/** All of them when the order's own facts changed, else those that an event was about. */
function touchedReturns({ before, after, events }: Change<FoldedOrder>): readonly ReturnState[] {
  const facts = events.some((event) => event.data.returnId === undefined);
  return after.returns.filter(
    (ret) => facts || before?.touchedAt[ret.returnId] === undefined || events.some((event) => event.data.returnId === ret.returnId),
  );
}

function skusOf(ret: ReturnState, order: OrderFacts): readonly string[] {
  const sold = new Map(order.lines.map((line) => [line.lineId, line.sku]));
  return [...new Set(ret.lines.flatMap((line) => sold.get(line.lineId) ?? []))];
}

/** The SKUs; of items without one, the titles. */
function namesOf(ret: ReturnState, order: OrderFacts): readonly string[] {
  const sold = new Map(order.lines.map(({ lineId, sku, title }) => [lineId, sku ?? title]));
  return [...new Set(ret.lines.flatMap((line) => sold.get(line.lineId) ?? []))];
}

/** What somebody may have in hand of a return: its id or the order's, a label, a tracking number, a drop-off code. */
function codesLeadingTo(orderId: string, { returnId, labels, parcels }: ReturnState): readonly string[] {
  const codes = [
    orderId,
    returnId,
    ...labels.flatMap(({ labelId, trackingNumber, code }) => [labelId, trackingNumber, code]),
    ...parcels.map(({ trackingNumber }) => trackingNumber),
  ];
  return [...new Set(codes.flatMap((code) => (code === null ? [] : codeKey(code))))];
}

/** A code that has led to a return leads to it for ever. */
function newCodes({ streamId, before }: Change<FoldedOrder>, ret: ReturnState): readonly string[] {
  const orderId = orderIdOfStream(streamId) ?? streamId;
  const last = before?.returns.find(({ returnId }) => returnId === ret.returnId);
  const known = new Set(last === undefined ? [] : codesLeadingTo(orderId, last));
  return codesLeadingTo(orderId, ret).filter((code) => !known.has(code));
}

function rowOf({ streamId, after }: Change<FoldedOrder>, order: OrderFacts, ret: ReturnState, skus: readonly string[]): BoardRow {
  const counters = ret.lines.map(countersOf);
  return {
    return_id: ret.returnId,
    order_id: orderIdOfStream(streamId) ?? streamId,
    order_number: order.number,
    number_key: codeKey(order.number),
    contact_ref: order.contactRef,
    status: statusOf(after, ret),
    requested_at: ret.milestones.requestedAt,
    updated_at: after.touchedAt[ret.returnId] ?? ret.milestones.requestedAt,
    outcome: ret.outcome,
    method: ret.method,
    reasons: JSON.stringify([...new Set(ret.lines.map((line) => line.reason))]),
    skus: JSON.stringify(skus),
    item_names: JSON.stringify(namesOf(ret, order)),
    units: counters.reduce((sum, line) => sum + line.authorised, 0),
    awaiting: counters.reduce((sum, line) => sum + line.awaiting, 0),
    received: counters.reduce((sum, line) => sum + line.received, 0),
    currency: order.currency,
    quoted_minor: ret.quotedMinor,
    entitled_minor: entitledOf(ret),
    refunded_minor: refundedOf(ret),
    refunded_ahead_minor: refundedAheadOf(ret),
    blocked_minor: ret.blocked?.amountMinor ?? 0,
    needs_decision: decisionOf(ret) ?? '',
  };
}

export const returnsBoardProjection: Projection<FoldedOrder> = {
  name: RETURNS_BOARD,
  version: 8,
  tables: [RETURNS, ITEMS, CODES, COUNTS],
  handles: returnsFold.types,
  fold: returnsFold,
  apply,
};
