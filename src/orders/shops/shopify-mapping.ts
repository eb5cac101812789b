/**
 * Orders as Shopify's webhooks `orders/*` tell them: the whole order each time, with its fulfilments and refunds. Pure.
 * https://shopify.dev/docs/api/admin-rest/latest/resources/order, …/refund, …/transaction
 *
 * Amounts are those in the currency the customer paid in (`presentment_money`).
 */
import type { NetTax } from '../../returns/rules/returns.events.js';
import type { CustomerBody } from '../orders.dto.js';
import {
  balanced,
  customerIn,
  daysAfter,
  digitsIn,
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
  type ShopRefund,
  type SoldLine,
} from './shop-order.js';

const PAYMENT = 'shopify';
const METHODS: ReadonlyMap<string, string> = new Map([
  ['shopify_payments', 'card'],
  ['gift_card', 'gift_card'],
  ['paypal', 'paypal'],
  ['cash', 'cash'],
]);
/** States of payment in which something was captured. */
const CAPTURED: ReadonlySet<unknown> = new Set(['paid', 'partially_paid', 'partially_refunded', 'refunded']);

class Money {
  readonly currency: string;
  readonly #digits: number;
  constructor(private readonly order: Json) {
    this.currency = textIn(order['presentment_currency']) ?? textIn(order['currency']) ?? unreadable('it has no currency');
    this.#digits = digitsIn(this.currency);
  }

  get isOfShop(): boolean {
    return this.order['currency'] === undefined || this.order['currency'] === this.currency;
  }

  /** `name` and its `name_set`. */
  of(holder: Json, name: string): number {
    const presented = objectIn(objectIn(holder[`${name}_set`])['presentment_money'])['amount'];
    if (presented !== undefined) return this.read(presented, name);
    return this.isOfShop ? this.read(holder[name], name) : unreadable(`${name} is not told in ${this.currency}`);
  }

  read(value: unknown, name: string): number {
    return minorIn(value, this.#digits, name);
  }

  /**
   * What is told in the shop's currency, in that of the customer at the rate of the order, rounded up: of money that went back
   * rather too much is counted than too little.
   */
  converted(value: unknown, currency: unknown, name: string): number {
    const { shop_money: shop, presentment_money: presented } = objectIn(this.order['total_price_set']);
    const code = textIn(objectIn(shop)['currency_code']);
    if (code === null || code !== currency) return unreadable(`${name} is not told in ${this.currency}`);
    const digits = digitsIn(code);
    const whole = BigInt(minorIn(objectIn(shop)['amount'], digits, name));
    if (whole <= 0n) return unreadable(`${name} has no rate from ${code} to ${this.currency}`);
    const part = BigInt(minorIn(value, digits, name)) * BigInt(this.read(objectIn(presented)['amount'], name));
    return Number((part + whole - 1n) / whole);
  }

  sum(holders: readonly Json[], name: string): number {
    return holders.reduce((sum, each) => sum + this.of(each, name), 0);
  }

  /** @param beforeTaxesMinor what it cost after discounts, as prices of this shop are meant */
  paid(beforeTaxesMinor: number, holder: Json): NetTax {
    const cost = Math.max(0, beforeTaxesMinor);
    const tax = this.sum(listIn(holder['tax_lines']), 'price');
    if (this.order['taxes_included'] !== true) return { netMinor: cost, taxMinor: tax };
    const taxMinor = Math.min(cost, tax);
    return { netMinor: cost - taxMinor, taxMinor };
  }
}

/** Webhooks do not say how each payment was taken, so all of them are one, refunded in Shopify by hand: it knows the way back. */
export function newsOfShopify(orderId: string, order: Json, known: KnownOrder): ShopNews {
  const money = new Money(order);
  const totalMinor = money.of(order, 'total_price');
  const sold = listIn(order['line_items']).map((line) => soldLine(line, order, money, known));
  const amounts = balanced({ lines: sold, shipping: shippingOf(order, money) }, totalMinor);
  const lines = linesOf(amounts.lines, known);
  const isWorthIt = known.isRegistered || lines.some((line) => line.kind === 'goods' && line.quantity > 0);
  const reference = textIn(order['id']) ?? unreadable('it has no id');
  return {
    orderId,
    updatedAt: instantIn(order['updated_at'], 'updated_at'),
    order:
      lines.length === 0 || !isWorthIt
        ? null
        : {
            number: textIn(order['name'], 100) ?? reference,
            placedAt: instantIn(order['processed_at'] ?? order['created_at'], 'processed_at'),
            currency: money.currency,
            customer: customerOf(order),
            lines,
            shipping: amounts.shipping,
            payments: [
              {
                ...{ paymentId: PAYMENT, provider: 'manual', reference, method: methodOf(order) },
                capturedMinor: capturedOf(order, totalMinor, money),
              },
            ],
          },
    refunds: listIn(order['refunds']).flatMap((refund) => refundsOfShopify(refund, money)),
  };
}

function soldLine(line: Json, order: Json, money: Money, { transitBufferDays }: KnownOrder): SoldLine {
  const lineId = textIn(line['id'], 100) ?? unreadable('a line has no id');
  const sold = unitsIn(line['quantity']);
  const isCancelled = (order['cancelled_at'] ?? null) !== null;
  const discounts = money.sum(listIn(line['discount_allocations']), 'amount');
  const { sent, arrivedAt } = sentOf(lineId, order, transitBufferDays);
  const returned = listIn(order['refunds'])
    .flatMap((refund) => listIn(refund['refund_line_items']))
    .filter((each) => textIn(each['line_item_id']) === lineId && each['restock_type'] === 'return')
    .reduce((sum, each) => sum + unitsIn(each['quantity']), 0);
  const withCustomer = Math.max(0, sent - returned);
  // A cancelled order keeps what was sent.
  const left = Math.min(sold, isCancelled ? withCustomer : unitsIn(line['current_quantity'] ?? sold));
  const isGoods = line['gift_card'] !== true && line['requires_shipping'] !== false && (line['tip'] ?? null) === null;
  const title = [textIn(line['title'], 300), textIn(line['variant_title'], 150)].filter((each) => each !== null).join(' - ');
  return {
    ...{ lineId, kind: isGoods ? 'goods' : 'service', sku: textIn(line['sku'], 100), title: title || `Item ${lineId}`, sold, left },
    fulfilledQuantity: Math.min(withCustomer, left),
    deliveredAt: sent === 0 ? null : arrivedAt,
    paid: money.paid(money.of(line, 'price') * sold - discounts, line),
    finalSale: !isGoods,
    weightGrams: unitsIn(line['grams']) || null,
  };
}

/** Until the carrier says that a parcel has arrived, when the policy would assume it. */
function sentOf(lineId: string, order: Json, transitDays: number): { readonly sent: number; readonly arrivedAt: string | null } {
  let sent = 0;
  let arrivedAt: string | null = null;
  for (const parcel of listIn(order['fulfillments']).filter(({ status }) => status === 'success')) {
    const units = listIn(parcel['line_items'])
      .filter((each) => textIn(each['id']) === lineId)
      .reduce((sum, each) => sum + unitsIn(each['quantity']), 0);
    if (units === 0) continue;
    sent += units;
    const at =
      parcel['shipment_status'] === 'delivered'
        ? instantIn(parcel['updated_at'], 'the delivery')
        : daysAfter(instantIn(parcel['created_at'], 'the fulfilment'), transitDays);
    if (arrivedAt === null || at > arrivedAt) arrivedAt = at;
  }
  return { sent, arrivedAt };
}

function shippingOf(order: Json, money: Money): NetTax {
  const paid = listIn(order['shipping_lines'])
    .filter((line) => line['is_removed'] !== true)
    .map((line) => {
      const discounts = listIn(line['discount_allocations']);
      const name = discounts.length > 0 || line['discounted_price'] === undefined ? 'price' : 'discounted_price';
      return money.paid(money.of(line, name) - money.sum(discounts, 'amount'), line);
    });
  return paid.reduce((sum, each) => ({ netMinor: sum.netMinor + each.netMinor, taxMinor: sum.taxMinor + each.taxMinor }), {
    netMinor: 0,
    taxMinor: 0,
  });
}

/** `total_outstanding` is told in the shop's currency alone: in another one only "nothing is" can be used. Test orders move no money. */
function capturedOf(order: Json, totalMinor: number, money: Money): number {
  if (order['test'] === true || !CAPTURED.has(order['financial_status'])) return 0;
  if (order['financial_status'] === 'paid') return totalMinor;
  const outstanding = order['total_outstanding'] ?? '0.00';
  if (money.isOfShop) return Math.min(totalMinor, Math.max(0, totalMinor - money.read(outstanding, 'total_outstanding')));
  return order['financial_status'] !== 'partially_paid' && Number(outstanding) <= 0 ? totalMinor : 0;
}

function methodOf(order: Json): string {
  const gateways: readonly unknown[] = Array.isArray(order['payment_gateway_names']) ? order['payment_gateway_names'] : [];
  return gateways.length === 1 ? (METHODS.get(String(gateways[0])) ?? 'other') : 'other';
}

/** `refunds/create`: money that went back of an order in `currency`. */
export const refundsToldByShopify = (refund: Json, currency: string): readonly ShopRefund[] =>
  refundsOfShopify(refund, new Money({ currency }));

/** Money that went back; one that is pending or failed has not. @throws DomainError validation_failed one in a currency that is neither the customer's nor the shop's */
function refundsOfShopify(refund: Json, money: Money): readonly ShopRefund[] {
  return listIn(refund['transactions'])
    .filter(({ kind, status, test }) => kind === 'refund' && status === 'success' && test !== true)
    .map((transaction) => {
      const reference = textIn(transaction['id']) ?? unreadable('a refund has no id');
      const at = instantIn(transaction['processed_at'] ?? transaction['created_at'], `the refund ${reference}`);
      const presented = objectIn(objectIn(transaction['amount_set'])['presentment_money']);
      const [amount, currency] =
        presented['amount'] === undefined
          ? [transaction['amount'], transaction['currency'] ?? (money.isOfShop ? money.currency : null)]
          : [presented['amount'], presented['currency_code'] ?? money.currency];
      const name = `the refund ${reference}`;
      const amountMinor = currency === money.currency ? money.read(amount, name) : money.converted(amount, currency, name);
      return { paymentId: PAYMENT, reference, amountMinor, at };
    })
    .filter(({ amountMinor }) => amountMinor > 0);
}

function customerOf(order: Json): CustomerBody | undefined {
  const who = objectIn(order['customer']);
  const sentTo = objectIn(order['shipping_address'] ?? order['billing_address']);
  const name = [textIn(who['first_name']), textIn(who['last_name'])].filter((each) => each !== null).join(' ');
  return customerIn(
    {
      name: textIn(sentTo['name']) ?? name,
      email: textIn(order['email']) ?? textIn(order['contact_email']) ?? who['email'],
      phone: textIn(order['phone']) ?? textIn(sentTo['phone']) ?? who['phone'],
      address: sentTo,
    },
    { line1: 'address1', line2: 'address2', region: 'province', postalCode: 'zip', country: 'country_code' },
  );
}
