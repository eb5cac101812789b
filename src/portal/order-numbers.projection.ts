/** Which orders carry which number: customers know the number on their receipt, the service knows the shop's id. */
import { sql, type CompiledQuery } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import type { ReadModels } from '../eventing/read-models.js';
import { upsertRows } from '../eventing/sql/statement.js';
import { eventTypesOf, orderIdOfStream } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import { codeKey } from '../shared/scanned-code.js';

const ORDER_NUMBERS = 'order-numbers';
/** Shops number their orders uniquely; several brands in one service may not. */
const MOST_ORDERS = 5;

function apply(changes: readonly Change<FoldedOrder>[], tables: TableNames): readonly CompiledQuery[] {
  const rows = changes.flatMap(({ streamId, before, after: { order } }) => {
    const orderId = orderIdOfStream(streamId);
    const isKnown = order === null || before?.order?.number === order.number;
    return orderId === undefined || isKnown ? [] : [{ order_id: orderId, number: codeKey(order.number) }];
  });
  return upsertRows(tables('orders'), ['order_id', 'number'], ['order_id'], rows);
}

export const orderNumbersProjection: Projection<FoldedOrder> = {
  name: ORDER_NUMBERS,
  version: 3,
  tables: [
    {
      name: 'orders',
      create: [
        'create table {{orders}} (order_id text primary key, number text not null)',
        'create index {{orders}}_by_number on {{orders}} (number)',
      ],
    },
  ],
  handles: eventTypesOf('order'),
  fold: returnsFold,
  apply,
};

/**
 * The orders with this number, however it is typed.
 * @param seen position of the log the answer must take in
 * @throws ViewBehindError
 */
export async function ordersWithNumber(views: ReadModels, number: string, seen: Position | 'start'): Promise<readonly string[]> {
  const { result } = await views.read(ORDER_NUMBERS, seen === 'start' ? undefined : seen, async (db, tables) => {
    const { rows } = await sql<{ order_id: string }>`
      select order_id from ${sql.table(tables('orders'))} where number = ${codeKey(number)} order by order_id limit ${MOST_ORDERS}`.execute(
      db,
    );
    return rows;
  });
  return result.map((row) => row.order_id);
}
