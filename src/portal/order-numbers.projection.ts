/** Which orders carry which number: customers know the number on their receipt, the service knows the shop's id. */
import type { Position } from '../eventing/event-store.js';
import type { Change, Projection } from '../eventing/projection.js';
import { rowsOf, table, text } from '../eventing/sql/table.js';
import { put, type Write } from '../eventing/sql/write.js';
import type { Views } from '../eventing/views.js';
import { eventTypesOf, orderIdOfStream } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import { codeKey } from '../shared/scanned-code.js';

const ORDER_NUMBERS = 'order-numbers';
/** Shops number their orders uniquely; several brands in one service may not. */
const MOST_ORDERS = 5;

const ORDERS = table({
  name: 'orders',
  columns: { order_id: text(), number: text() },
  key: ['order_id'],
  indexes: { by_number: { on: ['number'] } },
});

function apply(changes: readonly Change<FoldedOrder>[]): readonly Write[] {
  const rows = changes.flatMap(({ streamId, before, after: { order } }) => {
    const orderId = orderIdOfStream(streamId);
    const isKnown = order === null || before?.order?.number === order.number;
    return orderId === undefined || isKnown ? [] : [{ order_id: orderId, number: codeKey(order.number) }];
  });
  return [put(ORDERS, rows)];
}

export const orderNumbersProjection: Projection<FoldedOrder> = {
  name: ORDER_NUMBERS,
  version: 3,
  tables: [ORDERS],
  handles: eventTypesOf('order'),
  fold: returnsFold,
  apply,
};

/**
 * The orders with this number, however it is typed.
 * @param seen position of the log the answer must take in
 * @throws ViewBehindError
 */
export async function ordersWithNumber(views: Views, number: string, seen: Position | 'start'): Promise<readonly string[]> {
  const { result } = await views.read(ORDER_NUMBERS, seen === 'start' ? undefined : seen, (db, tables) =>
    db
      .selectFrom(rowsOf(ORDERS, tables))
      .select('order_id')
      .where('number', '=', codeKey(number))
      .orderBy('order_id')
      .limit(MOST_ORDERS)
      .execute(),
  );
  return result.map((row) => row.order_id);
}
