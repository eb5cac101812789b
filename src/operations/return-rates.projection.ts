/**
 * What was sold and what came back, line by line: the order ledger, and the ground for return rates by the month of the
 * order (cohort) or of the return. Units released again (declined, cancelled, expired) count as never returned.
 */
import type { Change, Projection } from '../eventing/projection.js';
import { bigint, integer, table, text, type RowOf } from '../eventing/sql/table.js';
import { add, replace, type Write } from '../eventing/sql/write.js';
import { eventTypesOf, orderIdOfStream, type OrderFacts, type OrderLine } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import { NOTHING_YET, type ReturnLine, type ReturnsState, type ReturnState, type ReturnUnit } from '../returns/rules/returns.state.js';
import { countersOf, quantityOf } from '../returns/rules/returns.status.js';

export const RETURN_RATES = 'return-rates';

export const SOLD = table({
  name: 'sold',
  columns: {
    line_key: text(),
    order_id: text(),
    line_id: text(),
    sku: text(),
    category: text(),
    placed_month: text(),
    currency: text(),
    quantity: integer(),
    fulfilled: integer(),
    returnable: integer(),
    in_return: integer(),
    received: integer(),
    paid_minor: bigint(),
    entitled_minor: bigint(),
  },
  key: ['line_key'],
  indexes: { sku: { on: ['sku', 'placed_month'] } },
});
export const RETURNED = table({
  name: 'returned',
  columns: {
    line_key: text(),
    return_id: text(),
    line_id: text(),
    sku: text(),
    category: text(),
    reason: text(),
    fault: text(),
    placed_month: text(),
    return_month: text(),
    units: integer(),
    received: integer(),
  },
  key: ['line_key'],
  indexes: { sku: { on: ['sku'] } },
});
/** Units by SKU, category or reason: sold by the month of the order, returned by that or by the month of the return. */
export const UNITS = table({
  name: 'units',
  columns: {
    by: text<'sku' | 'category' | 'reason'>(),
    basis: text<'sold' | 'order' | 'return'>(),
    month: text(),
    value: text(),
    /** Lines that are counted here, also those with no unit. */
    lines: bigint(),
    units: bigint(),
    received: bigint(),
  },
  key: ['by', 'basis', 'month', 'value'],
  clustered: true,
});
type UnitsRow = RowOf<typeof UNITS>;
type SoldRow = RowOf<typeof SOLD>;
type ReturnedRow = RowOf<typeof RETURNED>;

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

function apply(changes: readonly Change<ReturnsState>[]): readonly Write[] {
  const differences = changes.map((change) => {
    const { streamId, before = NOTHING_YET, after } = change;
    const orderId = orderIdOfStream(streamId) ?? streamId;
    const touched = touchedLines(change);
    return {
      sold: { was: soldRows(orderId, before, touched), is: soldRows(orderId, after, touched) },
      returned: { was: returnedRows(before, touched), is: returnedRows(after, touched) },
    };
  });
  const [sold, returned] = [differences.map((each) => each.sold), differences.map((each) => each.returned)];
  const units = [
    ...sold.flatMap(({ was, is }) => [...was.flatMap((row) => soldUnits(row, -1)), ...is.flatMap((row) => soldUnits(row, 1))]),
    ...returned.flatMap(({ was, is }) => [...was.flatMap((row) => returnedUnits(row, -1)), ...is.flatMap((row) => returnedUnits(row, 1))]),
  ];
  return [...replace(SOLD, sold), ...replace(RETURNED, returned), add(UNITS, units)];
}

function soldUnits({ sku, category, placed_month: month, fulfilled }: SoldRow, sign: 1 | -1): readonly UnitsRow[] {
  const units = { basis: 'sold', month, lines: sign, units: sign * fulfilled, received: 0 } as const;
  return [
    { by: 'sku', value: sku, ...units },
    { by: 'category', value: category, ...units },
    { by: 'reason', value: '', ...units },
  ];
}

const returnedUnits = (row: ReturnedRow, sign: 1 | -1): readonly UnitsRow[] =>
  (['sku', 'category', 'reason'] as const).flatMap((by) => {
    const units = { by, value: row[by], lines: sign, units: sign * row.units, received: sign * row.received } as const;
    return [
      { ...units, basis: 'order', month: row.placed_month },
      { ...units, basis: 'return', month: row.return_month },
    ];
  });

export const returnRatesProjection: Projection<FoldedOrder> = {
  name: RETURN_RATES,
  version: 3,
  tables: [SOLD, RETURNED, UNITS],
  // Neither the carrier's news nor the payouts' ups and downs change a unit.
  handles: eventTypesOf('order', 'authorisation', 'custody', 'RefundEntitled'),
  fold: returnsFold,
  apply,
};
