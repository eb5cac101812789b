/** What shops tell of orders, as facts: to the minor unit what was paid. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OrderBody } from '../../src/orders/orders.dto.js';
import type { KnownOrder } from '../../src/orders/shops/shop-order.js';
import { newsOfShopify, refundsToldByShopify } from '../../src/orders/shops/shopify-mapping.js';
import { newsOfWooCommerce } from '../../src/orders/shops/woocommerce-mapping.js';
import { decimalOf } from '../../src/returns/rules/money/decimals.js';

type Json = Record<string, unknown>;
const fixture = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../fixtures/shops/${name}.json`, import.meta.url), 'utf8')) as Json;
const UNKNOWN: KnownOrder = { isRegistered: false, hasLine: () => false, claimedOf: () => 0, transitBufferDays: 7 };
const KNOWN: KnownOrder = { ...UNKNOWN, isRegistered: true, hasLine: () => true };
const shopify = (over: Json = {}, known = UNKNOWN) => newsOfShopify('o', { ...fixture('shopify-order'), ...over }, known);
const woo = (over: Json = {}, stripe = { isSetUp: true, tells: true }) =>
  newsOfWooCommerce('o', { ...fixture('woocommerce-order'), ...over }, UNKNOWN, stripe);
const linesOf = (): Json[] => fixture('shopify-order')['line_items'] as Json[];

const comesTo = (order: OrderBody | null): number =>
  [...order!.lines.map((line) => line.paid), order!.shipping!].reduce((sum, each) => sum + each.netMinor + each.taxMinor, 0);

describe('An order of Shopify', () => {
  it('comes to what was paid, with taxes taken out of prices and discounts off their lines', () => {
    const { order, updatedAt } = shopify();
    expect(comesTo(order)).toBe(9740);
    expect(order).toMatchObject({ number: '#1001', currency: 'EUR', placedAt: '2026-03-01T10:00:00.000Z' });
    expect(order!.lines[0]).toMatchObject({ title: 'Shirt - M', quantity: 3, paid: { netMinor: 4622, taxMinor: 878 } });
    expect(order!.payments).toEqual([
      { paymentId: 'shopify', provider: 'manual', reference: '5550001001', method: 'card', capturedMinor: 9740 },
    ]);
    expect(updatedAt).toBe('2026-03-03T08:00:00.000Z');
  });

  it('has gift cards and tips as what cannot come back, and items without a SKU by their title', () => {
    const [, thing, card, tip] = shopify().order!.lines;
    expect(thing).toMatchObject({ sku: null, title: 'Handmade thing', kind: 'goods' });
    expect([card!.kind, tip!.kind, tip!.paid.netMinor]).toEqual(['service', 'service', 200]);
  });

  it('adds taxes where prices are without them', () => {
    expect(shopify({ taxes_included: false, total_price_set: undefined, total_price: '108.64' }).order!.lines[0]!.paid).toEqual({
      netMinor: 5500,
      taxMinor: 878,
    });
  });

  it.each([
    [{ financial_status: 'authorized' }, 0],
    [{ financial_status: 'pending' }, 0],
    [{ test: true }, 0],
    [{ financial_status: 'partially_paid', total_outstanding: '40.00' }, 5740],
    [{ financial_status: 'partially_refunded', total_outstanding: '-3.00' }, 9740],
  ])('counts as captured only what was: %j', (over, capturedMinor) => {
    expect(shopify(over).order!.payments[0]!.capturedMinor).toBe(capturedMinor);
  });

  it('loses units that were refunded in the shop, but none that is in a return of ours', () => {
    const lines = linesOf().map((line) => (line['id'] === 9001 ? { ...line, current_quantity: 2 } : line));
    const over = { line_items: lines, refunds: [fixture('shopify-refund')], financial_status: 'partially_refunded' };
    const { order, refunds } = shopify(over);
    expect(order!.lines[0]).toMatchObject({ quantity: 2, fulfilledQuantity: 2, paid: { netMinor: 3082, taxMinor: 586 } });
    expect(refunds).toEqual([{ paymentId: 'shopify', reference: '6201', amountMinor: 1833, at: '2026-03-04T09:00:00.000Z' }]);
    expect(shopify(over, { ...KNOWN, claimedOf: () => 3 }).order!.lines[0]).toMatchObject({ quantity: 3, fulfilledQuantity: 3 });
  });

  it('that is cancelled keeps nothing, and one that is not known yet is not registered', () => {
    const over = { cancelled_at: '2026-03-02T00:00:00Z', fulfillments: [] };
    expect(shopify(over).order).toBeNull();
    expect(shopify(over, KNOWN).order!.lines[0]).toMatchObject({ quantity: 0, paid: { netMinor: 0, taxMinor: 0 } });
  });

  it('that was sent and not delivered arrives when the policy would assume it', () => {
    const [parcel] = fixture('shopify-order')['fulfillments'] as Json[];
    const { order } = shopify({
      fulfillments: [
        { ...parcel, shipment_status: null },
        { ...parcel, status: 'cancelled' },
      ],
    });
    expect(order!.lines[0]).toMatchObject({ fulfilledQuantity: 3, deliveredAt: '2026-03-09T08:00:00.000Z' });
  });

  it('says nothing of money that is not back yet, and refuses what is in a currency the customer did not pay in', () => {
    const refund = fixture('shopify-refund');
    const [transaction] = refund['transactions'] as Json[];
    expect(refundsToldByShopify({ ...refund, transactions: [{ ...transaction, status: 'pending' }] }, 'EUR')).toEqual([]);
    expect(() => refundsToldByShopify(refund, 'USD')).toThrow('not told in USD');
  });

  it('counts what went back in the currency of the shop at the rate of the order, and rather more than less', () => {
    const refund = fixture('shopify-refund');
    const [transaction] = refund['transactions'] as Json[];
    const inShopsMoney = { ...transaction, amount: '10.01', currency: 'USD', amount_set: undefined };
    const total_price_set = {
      shop_money: { amount: '105.00', currency_code: 'USD' },
      presentment_money: { amount: '97.40', currency_code: 'EUR' },
    };
    const told = { total_price_set, currency: 'USD', refunds: [{ ...refund, transactions: [inShopsMoney] }] };
    // 1001 × 9740 / 10500 = 928.5…
    expect(shopify(told).refunds).toMatchObject([{ amountMinor: 929 }]);
    const elsewhere = { ...refund, transactions: [{ ...inShopsMoney, currency: 'GBP' }] };
    expect(() => shopify({ ...told, refunds: [elsewhere] })).toThrow('not told in EUR');
  });

  it('comes to its total to the minor unit, whatever its rounding, fees and discounts, in currencies of every kind', () => {
    const anyOrder = fc.record({
      money: fc.constantFrom({ currency: 'EUR', digits: 2 }, { currency: 'JPY', digits: 0 }, { currency: 'KWD', digits: 3 }),
      lines: fc.array(
        fc.record({ price: fc.nat(90_000), quantity: fc.integer({ min: 1, max: 7 }), tax: fc.nat(5000), discount: fc.nat(9000) }),
        {
          minLength: 1,
          maxLength: 6,
        },
      ),
      shipping: fc.nat(2000),
      total: fc.nat(900_000),
      isIncluded: fc.boolean(),
    });
    fc.assert(
      fc.property(anyOrder, ({ money: { currency, digits }, lines, shipping, total, isIncluded }) => {
        const money = (minor: number) => ({ presentment_money: { amount: decimalOf(minor, digits), currency_code: currency } });
        const { order } = shopify({
          ...{
            presentment_currency: currency,
            currency: 'USD',
            taxes_included: isIncluded,
            total_price_set: money(total),
            fulfillments: [],
          },
          line_items: lines.map(({ price, quantity, tax, discount }, index) => ({
            ...{ id: index + 1, title: 'x', quantity, price_set: money(price), tax_lines: [{ price_set: money(tax) }] },
            discount_allocations: [{ amount_set: money(Math.min(discount, price * quantity)) }],
          })),
          shipping_lines: [{ price_set: money(shipping) }],
        });
        expect(comesTo(order)).toBe(total);
        expect(order!.lines.every(({ paid }) => paid.netMinor >= 0 && paid.taxMinor >= 0)).toBe(true);
      }),
    );
  });
});

describe('An order of WooCommerce', () => {
  it('comes to its total where lines are rounded by themselves', () => {
    const { order } = woo();
    expect(comesTo(order)).toBe(17925);
    expect(order!.payments).toEqual([
      { paymentId: 'woocommerce', provider: 'stripe', reference: 'ch_1042', method: 'card', capturedMinor: 17925 },
    ]);
    expect(order!.lines[1]).toMatchObject({ sku: null, title: 'Tin (in the bundle)', paid: { netMinor: 0, taxMinor: 0 } });
  });

  it('leaves refunds of Stripe’s payments to Stripe where Stripe tells of them, and counts them otherwise', () => {
    expect(woo().refunds).toEqual([]);
    expect(woo({}, { isSetUp: true, tells: false }).refunds).toMatchObject([{ reference: '77', amountMinor: 1000 }]);
    expect(woo({ transaction_id: '8AB12' }).refunds).toMatchObject([{ reference: '77', amountMinor: 1000 }]);
  });

  it('has names as people read them, though WordPress tells them as pages need them', () => {
    const [line] = fixture('woocommerce-order')['line_items'] as Json[];
    const { order } = woo({ line_items: [{ ...line, name: 'Ship Your Idea &ndash; Color: Black &amp; White, 5&#8243;' }] });
    expect(order!.lines[0]!.title).toBe('Ship Your Idea – Color: Black & White, 5″');
  });

  it('takes a fee below 0 off everything, makes another one a line, and reads numbers where texts belong', () => {
    const discounted = woo({ total: 169.25, fee_lines: [{ id: 50, name: 'Loyalty', total: '-10.00', total_tax: '0.00' }] }).order;
    expect([comesTo(discounted), discounted!.lines.length]).toEqual([16925, 2]);
    const dearer = woo({ total: '184.25', fee_lines: [{ id: 51, name: 'Packing', total: '5.00', total_tax: '0' }] }).order;
    expect(dearer!.lines[2]).toMatchObject({ kind: 'service', title: 'Packing', paid: { netMinor: 500 } });
    expect(comesTo(dearer)).toBe(18425);
  });

  it('is none while it is not paid, and captured nothing when it is only on hold', () => {
    expect(woo({ status: 'pending', date_paid_gmt: null }).order).toBeNull();
    expect(woo({ status: 'on-hold', date_paid_gmt: null }).order!.payments[0]!.capturedMinor).toBe(0);
  });
});
