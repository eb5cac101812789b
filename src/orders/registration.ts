/** From an order as the shop tells it to the facts that are decided on. Pure. */
import { Problem } from '../http/problem.js';
import type { RegisterOrder } from '../returns/rules/decide/order.js';
import { readInstant } from '../shared/instants.js';
import type { OrderBody } from './orders.dto.js';
import { spoiledIds } from './spoiled-ids.js';

/** Of one order; the rest is likely to be the same. */
const MOST_ERRORS = 50;

/** An order as the shop tells it. */
export type ShopOrder = {
  readonly order: OrderBody;
  /** Take ids that look spoiled by a spreadsheet. */
  readonly idsAsWritten: boolean;
};
/** What the service knows by itself: when it was told (ISO 8601 UTC), and where times without an offset and days alone are meant. */
export type Known = { readonly at: string; readonly contactRef: string; readonly timeZone: string };

/** @throws Problem validation_failed ids that are not the shop's any more, an item with neither SKU nor title */
export function checkNames(orderId: string, { order, idsAsWritten }: ShopOrder): void {
  const nameless = order.lines.flatMap(({ sku, title }, index) =>
    (sku ?? null) === null && (title ?? null) === null ? [`/lines/${index}/title`] : [],
  );
  const errors = [
    ...(idsAsWritten ? [] : spoiledIds(orderId, order)),
    ...nameless.map((pointer) => ({
      pointer,
      detail: 'An item without a SKU needs a title: the warehouse finds it by its name.',
      in: 'body' as const,
    })),
  ].slice(0, MOST_ERRORS);
  const [first] = errors;
  if (first !== undefined) throw new Problem('validation_failed', first.detail, { errors });
}

export function registration(orderId: string, order: OrderBody, { at, contactRef, timeZone }: Known): RegisterOrder {
  // What is no point in time was refused when the body was read.
  const instantOf = (text: string): string => readInstant(text, timeZone) ?? text;
  return {
    type: 'RegisterOrder',
    at,
    number: order.number ?? orderId,
    placedAt: instantOf(order.placedAt),
    currency: order.currency,
    contactRef,
    lines: order.lines.map((line) => ({
      lineId: line.lineId,
      kind: line.kind,
      sku: line.sku ?? null,
      barcode: line.barcode ?? null,
      title: line.title ?? line.sku ?? '',
      category: line.category ?? null,
      quantity: line.quantity,
      fulfilledQuantity: line.fulfilledQuantity ?? line.quantity,
      deliveredAt: line.deliveredAt === null || line.deliveredAt === undefined ? null : instantOf(line.deliveredAt),
      paid: { netMinor: line.paid.netMinor, taxMinor: line.paid.taxMinor },
      finalSale: line.finalSale,
      weightGrams: line.weightGrams ?? null,
    })),
    shipping: { netMinor: order.shipping?.netMinor ?? 0, taxMinor: order.shipping?.taxMinor ?? 0 },
    payments: order.payments.map((payment) => ({ ...payment })),
    promotions: (order.promotions ?? []).map((promotion) => ({ ...promotion })),
  };
}
