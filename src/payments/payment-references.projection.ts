/** Which order a payment belongs to, by what its provider calls it: a provider tells of charges and knows no orders. */
import type { Position } from '../eventing/event-store.js';
import type { Change, Projection } from '../eventing/projection.js';
import { rowsOf, table, text, type RowOf } from '../eventing/sql/table.js';
import { replace, type Write } from '../eventing/sql/write.js';
import type { Views } from '../eventing/views.js';
import { eventTypesOf, orderIdOfStream } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';

const PAYMENT_REFERENCES = 'payment-references';

const PAYMENTS = table({
  name: 'payments',
  columns: { order_id: text(), payment_id: text(), provider: text(), reference: text(), currency: text() },
  key: ['order_id', 'payment_id'],
  indexes: { by_reference: { on: ['provider', 'reference'] } },
});
type PaymentRow = RowOf<typeof PAYMENTS>;

const rowsIn = (streamId: string, folded: FoldedOrder | undefined): readonly PaymentRow[] => {
  const order_id = orderIdOfStream(streamId);
  if (order_id === undefined) return [];
  const { payments = [], currency = '' } = folded?.order ?? {};
  return payments
    .filter(({ reference }) => reference !== '')
    .map(({ paymentId, provider, reference }) => ({ order_id, payment_id: paymentId, provider, reference, currency }));
};

const apply = (changes: readonly Change<FoldedOrder>[]): readonly Write[] =>
  replace(
    PAYMENTS,
    changes.map(({ streamId, before, after }) => ({ was: rowsIn(streamId, before), is: rowsIn(streamId, after) })),
  );

export const paymentReferencesProjection: Projection<FoldedOrder> = {
  name: PAYMENT_REFERENCES,
  version: 2,
  tables: [PAYMENTS],
  handles: eventTypesOf('order'),
  fold: returnsFold,
  apply,
};

/** A payment of an order; `currency` is the order's, ISO 4217. */
export type PaymentOfOrder = { readonly orderId: string; readonly paymentId: string; readonly currency: string };

/**
 * The payments that the provider calls by one of these.
 * @param seen position of the log the answer must take in
 * @throws ViewBehindError
 */
export async function paymentsCalled(
  views: Views,
  { provider, references }: { readonly provider: string; readonly references: readonly string[] },
  seen: Position | 'start',
): Promise<readonly PaymentOfOrder[]> {
  const { result } = await views.read(PAYMENT_REFERENCES, seen === 'start' ? undefined : seen, (db, tables) =>
    db
      .selectFrom(rowsOf(PAYMENTS, tables))
      .select(['order_id', 'payment_id', 'currency'])
      .where('provider', '=', provider)
      .where('reference', 'in', references)
      .orderBy('order_id')
      .execute(),
  );
  return result.map(({ order_id: orderId, payment_id: paymentId, currency }) => ({ orderId, paymentId, currency }));
}
