/**
 * Orders as WooCommerce's webhooks `order.*` tell them: the whole order each time. Pure.
 * https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/
 *
 * Totals of lines are after discounts and before taxes, however prices were entered; refunds are told as sums alone.
 */
import { decodeHTML } from 'entities';
import type { NetTax } from '../../returns/rules/returns.events.js';
import {
  balanced,
  chargeLine,
  customerIn,
  daysAfter,
  digitsIn,
  grossOf,
  instantIn,
  linesOf,
  listIn,
  minorIn,
  objectIn,
  textIn,
  unitsIn,
  unreadable,
  type Json,
  type KnownOrder,
  type ShopNews,
  type SoldLine,
} from './shop-order.js';

const PAYMENT = 'woocommerce';
/** No order was placed, or not yet. */
const NOT_PLACED: ReadonlySet<unknown> = new Set(['pending', 'checkout-draft', 'auto-draft', 'failed', 'trash']);
/** Ids that Stripe's plugins leave in `transaction_id`. */
const OF_STRIPE = /^(?:pi|ch|py)_\w+$/;

/** How payments taken through Stripe are refunded: by us, and who tells of refunds made elsewhere. */
type StripeTerms = { readonly isSetUp: boolean; readonly tells: boolean };
type ReadMinor = (value: unknown, what: string) => number;

export function newsOfWooCommerce(orderId: string, order: Json, known: KnownOrder, stripe: StripeTerms): ShopNews {
  const currency = textIn(order['currency']) ?? unreadable('it has no currency');
  const digits = digitsIn(currency);
  const minor: ReadMinor = (value, what) => minorIn(value ?? '0', digits, what);
  const reference = textIn(order['transaction_id']) ?? textIn(order['id']) ?? unreadable('it has no id');
  const isStripes = stripe.isSetUp && OF_STRIPE.test(reference);
  const totalMinor = minor(order['total'], 'total');
  const shipping = costOf({ total: order['shipping_total'], total_tax: order['shipping_tax'] }, minor);
  const amounts = balanced({ lines: [...goodsOf(order, known, minor), ...feesOf(order, minor)], shipping }, totalMinor);
  const lines = linesOf(amounts.lines, known);
  const isPaid = (order['date_paid_gmt'] ?? null) !== null;
  const isPlaced =
    known.isRegistered ||
    (lines.some((line) => line.kind === 'goods' && line.quantity > 0) && (isPaid || !NOT_PLACED.has(order['status'])));
  const updatedAt = instantIn(order['date_modified_gmt'] ?? order['date_created_gmt'], 'date_modified_gmt');
  const payment = { paymentId: PAYMENT, provider: isStripes ? 'stripe' : 'manual', reference, method: isStripes ? 'card' : 'other' };
  const facts = (): NonNullable<ShopNews['order']> => ({
    number: textIn(order['number'], 100) ?? textIn(order['id']),
    placedAt: instantIn(order['date_created_gmt'], 'date_created_gmt'),
    ...{ currency, customer: customerOf(order), lines, shipping: amounts.shipping },
    payments: [{ ...payment, capturedMinor: isPaid ? totalMinor : 0 }],
  });
  return {
    ...{ orderId, updatedAt },
    order: lines.length === 0 || !isPlaced ? null : facts(),
    // The plugin's refunds at Stripe are told by Stripe, each by itself; here they would count again.
    refunds: isStripes && stripe.tells ? [] : refundsOf(order, updatedAt, minor),
  };
}

function goodsOf(order: Json, { transitBufferDays }: KnownOrder, minor: ReadMinor): readonly SoldLine[] {
  const isCancelled = order['status'] === 'cancelled' || order['status'] === 'trash';
  const sentAt = (order['date_completed_gmt'] ?? null) === null ? null : instantIn(order['date_completed_gmt'], 'date_completed_gmt');
  return listIn(order['line_items']).map((line) => {
    const lineId = textIn(line['id'], 100) ?? unreadable('a line has no id');
    const units = Math.max(1, unitsIn(line['quantity']));
    return {
      ...{ lineId, kind: 'goods', sku: textIn(line['sku'], 100), title: nameOf(line, `Item ${lineId}`), sold: units },
      ...{ left: isCancelled && sentAt === null ? 0 : units, fulfilledQuantity: sentAt === null ? 0 : units, finalSale: false },
      deliveredAt: sentAt === null ? null : daysAfter(sentAt, transitBufferDays),
      paid: costOf(line, minor),
    };
  });
}

/** A fee below 0 is a discount for the whole order: the balance takes it off everything. */
const feesOf = (order: Json, minor: ReadMinor): readonly SoldLine[] =>
  listIn(order['fee_lines'])
    .map((fee) => chargeLine(textIn(fee['id']) ?? unreadable('a fee has no id'), nameOf(fee, 'Fee'), costOf(fee, minor)))
    .filter(({ paid }) => grossOf(paid) > 0);

const refundsOf = (order: Json, at: string, minor: ReadMinor): ShopNews['refunds'] =>
  listIn(order['refunds'])
    .map((refund) => ({
      paymentId: PAYMENT,
      reference: textIn(refund['id']) ?? unreadable('a refund has no id'),
      amountMinor: Math.abs(minor(refund['total'], 'a refund')),
      at,
    }))
    .filter(({ amountMinor }) => amountMinor > 0);

const LONGEST_NAME = 500;
/** WordPress tells names as a page needs them, `Ship Your Idea &ndash; Black`. */
function nameOf(line: Json, otherwise: string): string {
  const name = textIn(line['name'], LONGEST_NAME);
  return name === null ? otherwise : decodeHTML(name);
}

/** What is below 0 takes off others, so it is nothing by itself. */
function costOf(line: Json, minor: (value: unknown, what: string) => number): NetTax {
  return { netMinor: Math.max(0, minor(line['total'], 'a total')), taxMinor: Math.max(0, minor(line['total_tax'], 'a tax')) };
}

function customerOf(order: Json): ReturnType<typeof customerIn> {
  const [billing, shipping] = [objectIn(order['billing']), objectIn(order['shipping'])];
  const sentTo = textIn(shipping['address_1']) === null ? billing : shipping;
  const name = [textIn(sentTo['first_name']), textIn(sentTo['last_name'])].filter((each) => each !== null).join(' ');
  return customerIn(
    { name, email: billing['email'], phone: billing['phone'], address: sentTo },
    { line1: 'address_1', line2: 'address_2', region: 'state', postalCode: 'postcode', country: 'country' },
  );
}
