/**
 * What was sold and what came back, line by line: the order ledger, and the ground for return rates by the month of the
 * order (cohort) or of the return. Units released again (declined, cancelled, expired) count as never returned.
 */
import type { CompiledQuery } from 'kysely';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { rowChanges } from '../eventing/sql/row-changes.js';
import { deleteRows, upsertRows } from '../eventing/sql/statement.js';
import { eventTypesOf, orderIdOfStream, type OrderFacts, type OrderLine } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import { NOTHING_YET, type ReturnLine, type ReturnsState, type ReturnState, type ReturnUnit } from '../returns/rules/returns.state.js';
import { countersOf, quantityOf } from '../returns/rules/returns.status.js';

export const RETURN_RATES = 'return-rates';

const SOLD_COLUMNS = [
  'line_key',
  'order_id',
  'line_id',
  'sku',
  'category',
  'placed_month',
  'currency',
  'quantity',
  'fulfilled',
  'returnable',
  'in_return',
  'received',
  'paid_minor',
  'entitled_minor',
] as const;
const RETURNED_COLUMNS = [
  'line_key',
  'return_id',
  'line_id',
  'sku',
  'category',
  'reason',
  'fault',
  'placed_month',
  'return_month',
  'units',
  'received',
] as const;
type Row<Column extends string> = Readonly<Record<Column, string | number>>;
type SoldRow = Row<(typeof SOLD_COLUMNS)[number]>;
type ReturnedRow = Row<(typeof RETURNED_COLUMNS)[number]>;

/** `2026-03` of an instant, UTC. */
const monthOf = (at: string): string => at.slice(0, 7);
const isCounted = (unit: ReturnUnit): boolean => unit.place !== 'released';

/** Ids of the lines that may have changed; undefined: all of them. Folding copies only what changes. */
function touchedLines({ before, after }: Change<ReturnsState>): ReadonlySet<string> | undefined {
  if (before?.order !== after.order) return undefined;
  const changed = after.returns.filter((ret, index) => before.returns[index] !== ret);
  const known = new Set(before.returns.flatMap((ret) => ret.lines));
  return new Set(changed.flatMap((ret) => ret.lines.filter((line) => !known.has(line)).map((line) => line.lineId)));
}

function soldRows(orderId: string, state: ReturnsState, touched: ReadonlySet<string> | undefined): readonly SoldRow[] {
  const { order } = state;
  return order?.lines.filter((line) => touched?.has(line.lineId) !== false).map((line) => soldRow(orderId, order, line, state)) ?? [];
}

function soldRow(orderId: string, order: OrderFacts, line: OrderLine, state: ReturnsState): SoldRow {
  const returned = state.returns.flatMap((ret) => ret.lines).filter((each) => each.lineId === line.lineId);
  const units = returned.flatMap((each) => each.units);
  const inReturn = units.filter(isCounted).length;
  return {
    line_key: keyOf(orderId, line.lineId),
    order_id: orderId,
    line_id: line.lineId,
    sku: line.sku ?? '',
    category: line.category ?? '',
    placed_month: monthOf(order.placedAt),
    currency: order.currency,
    quantity: quantityOf(line),
    fulfilled: line.fulfilledQuantity,
    returnable: line.kind === 'goods' ? Math.max(0, line.fulfilledQuantity - inReturn) : 0,
    in_return: inReturn,
    received: returned.reduce((sum, each) => sum + countersOf(each).received, 0),
    paid_minor: line.units.reduce((sum, unit) => sum + unit.netMinor + unit.taxMinor, 0),
    entitled_minor: units.reduce((sum, unit) => sum + unit.entitledMinor, 0),
  };
}

function returnedRows(state: ReturnsState, touched: ReadonlySet<string> | undefined): readonly ReturnedRow[] {
  const { order } = state;
  if (order === null) return [];
  const sold = new Map(order.lines.map((line) => [line.lineId, line]));
  return state.returns.flatMap((ret) =>
    ret.lines.filter((line) => touched?.has(line.lineId) !== false).map((line) => returnedRow(order, sold.get(line.lineId), ret, line)),
  );
}

function returnedRow(order: OrderFacts, sold: OrderLine | undefined, ret: ReturnState, line: ReturnLine): ReturnedRow {
  return {
    line_key: keyOf(ret.returnId, line.lineId),
    return_id: ret.returnId,
    line_id: line.lineId,
    sku: sold?.sku ?? '',
    category: sold?.category ?? '',
    reason: line.reason,
    fault: line.fault,
    placed_month: monthOf(order.placedAt),
    return_month: monthOf(ret.milestones.requestedAt),
    units: line.units.filter(isCounted).length,
    received: countersOf(line).received,
  };
}

const keyOf = (owner: string, lineId: string): string => JSON.stringify([owner, lineId]);

function apply(changes: readonly Change<ReturnsState>[], tables: TableNames): readonly CompiledQuery[] {
  const keyOfRow = (row: SoldRow | ReturnedRow): string => String(row.line_key);
  const differences = changes.map((change) => {
    const { streamId, before = NOTHING_YET, after } = change;
    const orderId = orderIdOfStream(streamId) ?? streamId;
    const touched = touchedLines(change);
    return {
      sold: rowChanges(soldRows(orderId, before, touched), soldRows(orderId, after, touched), keyOfRow),
      returned: rowChanges(returnedRows(before, touched), returnedRows(after, touched), keyOfRow),
    };
  });
  return [
    ...deleteRows(
      tables('sold'),
      'line_key',
      differences.flatMap(({ sold }) => sold.gone),
    ),
    ...upsertRows(
      tables('sold'),
      SOLD_COLUMNS,
      ['line_key'],
      differences.flatMap(({ sold }) => sold.changed),
    ),
    ...deleteRows(
      tables('returned'),
      'line_key',
      differences.flatMap(({ returned }) => returned.gone),
    ),
    ...upsertRows(
      tables('returned'),
      RETURNED_COLUMNS,
      ['line_key'],
      differences.flatMap(({ returned }) => returned.changed),
    ),
  ];
}

export const returnRatesProjection: Projection<FoldedOrder> = {
  name: RETURN_RATES,
  version: 2,
  tables: [
    {
      name: 'sold',
      create: [
        `create table {{sold}} (line_key text primary key, order_id text not null, line_id text not null, sku text not null, category text not null,
          placed_month text not null, currency text not null, quantity integer not null, fulfilled integer not null, returnable integer not null,
          in_return integer not null, received integer not null, paid_minor bigint not null, entitled_minor bigint not null)`,
        'create index {{sold}}_month on {{sold}} (placed_month, sku, category, fulfilled)',
        'create index {{sold}}_order on {{sold}} (order_id, line_id)',
        'create index {{sold}}_sku on {{sold}} (sku, placed_month)',
      ],
    },
    {
      name: 'returned',
      create: [
        `create table {{returned}} (line_key text primary key, return_id text not null, line_id text not null, sku text not null, category text not null,
          reason text not null, fault text not null, placed_month text not null, return_month text not null, units integer not null, received integer not null)`,
        'create index {{returned}}_placed on {{returned}} (placed_month, sku, reason)',
        'create index {{returned}}_returned on {{returned}} (return_month, sku, reason)',
      ],
    },
  ],
  // Neither the carrier's news nor the payouts' ups and downs change a unit.
  handles: eventTypesOf('order', 'authorisation', 'custody', 'RefundEntitled'),
  fold: returnsFold,
  apply,
};
