/**
 * The returns board: one row per return, for lists, search and counts. Everything in a row is computed from the folded
 * order, so there is no second set of rules.
 */
import type { CompiledQuery } from 'kysely';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { upsertRows } from '../eventing/sql/statement.js';
import { orderIdOfStream, type OrderFacts } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnState } from '../returns/rules/returns.state.js';
import { countersOf, decisionOf, entitledOf, refundedAheadOf, refundedOf, statusOf } from '../returns/rules/returns.status.js';
import { codeKey } from '../shared/scanned-code.js';

export const RETURNS_BOARD = 'returns-board';

const RETURN_COLUMNS = [
  'return_id',
  'order_id',
  'order_number',
  'number_key',
  'contact_ref',
  'status',
  'requested_at',
  'updated_at',
  'outcome',
  'method',
  'reasons',
  'skus',
  'item_names',
  'units',
  'awaiting',
  'received',
  'currency',
  'quoted_minor',
  'entitled_minor',
  'refunded_minor',
  'refunded_ahead_minor',
  'blocked_minor',
  'needs_decision',
] as const;
const ITEM_COLUMNS = ['return_id', 'sku'] as const;
const CODE_COLUMNS = ['code', 'return_id'] as const;

function apply(changes: readonly Change<FoldedOrder>[], tables: TableNames): readonly CompiledQuery[] {
  const touched = changes.flatMap((change) => {
    const { order } = change.after;
    if (order === null) return [];
    return touchedReturns(change).map((ret) => ({ order, ret, change, skus: skusOf(ret, order), codes: newCodes(change, ret) }));
  });
  return [
    ...upsertRows(
      tables('returns'),
      RETURN_COLUMNS,
      ['return_id'],
      touched.map(({ order, ret, change, skus }) => rowOf(change, order, ret, skus)),
    ),
    ...upsertRows(
      tables('items'),
      ITEM_COLUMNS,
      ['return_id', 'sku'],
      touched.flatMap(({ ret, skus }) => skus.map((sku) => ({ return_id: ret.returnId, sku }))),
    ),
    ...upsertRows(
      tables('codes'),
      CODE_COLUMNS,
      CODE_COLUMNS,
      touched.flatMap(({ ret, codes }) => codes.map((code) => ({ code, return_id: ret.returnId }))),
    ),
  ];
}

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
function codesOf(orderId: string, { returnId, labels, parcels }: ReturnState): readonly string[] {
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
  const known = new Set(last === undefined ? [] : codesOf(orderId, last));
  return codesOf(orderId, ret).filter((code) => !known.has(code));
}

function rowOf(
  { streamId, after }: Change<FoldedOrder>,
  order: OrderFacts,
  ret: ReturnState,
  skus: readonly string[],
): Record<(typeof RETURN_COLUMNS)[number], string | number> {
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
  version: 7,
  tables: [
    {
      name: 'returns',
      create: [
        `create table {{returns}} (return_id text primary key, order_id text not null, order_number text not null, number_key text not null,
          contact_ref text not null, status text not null, requested_at text not null, updated_at text not null, outcome text not null, method text not null,
          reasons text not null, skus text not null, item_names text not null, units integer not null, awaiting integer not null, received integer not null,
          currency text not null, quoted_minor bigint not null, entitled_minor bigint not null, refunded_minor bigint not null,
          refunded_ahead_minor bigint not null, blocked_minor bigint not null, needs_decision text not null)`,
        'create index {{returns}}_newest on {{returns}} (requested_at, return_id)',
        'create index {{returns}}_status on {{returns}} (status, requested_at, return_id)',
        'create index {{returns}}_order on {{returns}} (order_id, requested_at, return_id)',
        'create index {{returns}}_customer on {{returns}} (contact_ref, requested_at, return_id)',
        'create index {{returns}}_ahead on {{returns}} (requested_at, return_id) where refunded_ahead_minor > 0',
        `create index {{returns}}_decision on {{returns}} (requested_at, return_id) where needs_decision <> ''`,
        'create index {{returns}}_number on {{returns}} (number_key)',
      ],
    },
    {
      name: 'items',
      create: [
        'create table {{items}} (return_id text not null, sku text not null, primary key (return_id, sku))',
        'create index {{items}}_sku on {{items}} (sku, return_id)',
      ],
    },
    { name: 'codes', create: ['create table {{codes}} (code text not null, return_id text not null, primary key (code, return_id))'] },
  ],
  handles: returnsFold.types,
  fold: returnsFold,
  apply,
};
