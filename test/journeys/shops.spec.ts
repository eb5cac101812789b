/** Orders that come in by themselves, as Shopify and WooCommerce send them, over HTTP. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderAnswer } from '../../src/orders/orders.dto.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { readConfig } from '../../src/shared/config.js';
import { startApp, type Body, type TestApp } from '../support/app.js';
import { ok } from './shop-front.js';

const [OLD, NEW, OTHER, WOO] = ['shpss_old_secret', 'shpss_new_secret', 'shpss_of_another', 'woo-secret-1'] as const;
let app: TestApp;

beforeAll(async () => {
  app = await startApp(
    {},
    {
      SHOPIFY_WEBHOOK_SECRET: `shop-a.myshopify.com=${OLD}, shop-a.myshopify.com=${NEW}, shop-b.myshopify.com=${OTHER}`,
      WOOCOMMERCE_WEBHOOK_SECRET: WOO,
    },
  );
  await ok(app.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(() => app.close());

type Json = Record<string, unknown>;
const fixture = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../fixtures/shops/${name}.json`, import.meta.url), 'utf8')) as Json;
const ordered = (id: number, over: Json = {}): Json => ({ ...fixture('shopify-order'), id, ...over });

type Heard = { readonly status: number; readonly body: Body };
async function sent(path: string, told: Json, secret: string, headers: Record<string, string>, signed: string): Promise<Heard> {
  const body = JSON.stringify(told, null, 1);
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  const response = await fetch(`${app.url}/v1/webhooks/${path}`, {
    ...{ method: 'POST', body, headers: { 'content-type': 'application/json', ...headers, [signed]: signature } },
  });
  return { status: response.status, body: (await response.json()) as Body };
}
const shopify = (topic: string, told: Json, secret: string = NEW): Promise<Heard> =>
  sent('shopify', told, secret, { 'x-shopify-topic': topic }, 'x-shopify-hmac-sha256');
const woo = (topic: string, told: Json, secret: string = WOO): Promise<Heard> =>
  sent('woocommerce', told, secret, { 'x-wc-webhook-topic': topic }, 'x-wc-webhook-signature');
const heard = { status: 200, body: { received: true } };

const A = 'shopify-shop-a.myshopify.com-';
const known = (orderId: string): Promise<OrderAnswer> => ok(app.call<OrderAnswer>('GET', `/v1/orders/${orderId}`));
const wanted = (lines: Readonly<Record<string, number>>): object => ({
  lines: Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity, reason: 'changed_mind', condition: 'unopened' })),
  ...{ outcome: 'original_payment', method: 'in_store' },
});

describe('An order that Shopify tells', () => {
  it('is there for its customer, who returns something of it', async () => {
    expect(await shopify('orders/create', ordered(1))).toEqual(heard);
    const order = await known(`${A}1`);
    expect(order).toMatchObject({ number: '#1001', currency: 'EUR', payments: [{ capturedMinor: 9740, refundableMinor: 9740 }] });
    const quote = await ok(app.call<{ totalRefundMinor: number }>('POST', `/v1/orders/${A}1/returns/quote`, wanted({ 9001: 1 })));
    expect(quote.totalRefundMinor).toBe(1834);
    expect((await app.call('POST', `/v1/orders/${A}1/returns`, wanted({ 9003: 1 }))).status).toBeGreaterThanOrEqual(400);
    const { returnId } = await ok(app.call<ReturnAnswer>('POST', `/v1/orders/${A}1/returns`, wanted({ 9001: 1 })), 201);
    expect(returnId).toBe(`${A}1-R1`);
    // What the shop does with the unit meanwhile does not take it out of the return.
    const lines = (ordered(1)['line_items'] as Json[]).map((line) => ({ ...line, current_quantity: 0 }));
    expect(await shopify('orders/updated', ordered(1, { updated_at: '2026-03-05T09:00:00Z', line_items: lines }))).toEqual(heard);
    expect((await known(`${A}1`)).lines[0]).toMatchObject({ quantity: 1, inReturn: 1 });
  });

  it('told twice and again under another topic is one, and changes nothing', async () => {
    for (const topic of ['orders/create', 'orders/create', 'orders/updated', 'orders/paid'])
      expect(await shopify(topic, ordered(2))).toEqual(heard);
    expect((await known(`${A}2`)).revision).toBe(0);
  });

  it("of the admin's test notification is acknowledged and not recorded", async () => {
    const headers = { 'x-shopify-topic': 'orders/create', 'x-shopify-test': 'true' };
    expect(await sent('shopify', ordered(3_820), NEW, headers, 'x-shopify-hmac-sha256')).toEqual(heard);
    expect((await app.call('GET', `/v1/orders/${A}3820`)).status).toBe(404);
  });

  it('told late does not undo what is newer', async () => {
    const paid = ordered(3, { updated_at: '2026-03-04T09:00:00Z' });
    const pending = ordered(3, { updated_at: '2026-03-01T10:00:00Z', financial_status: 'pending', fulfillments: [] });
    expect(await shopify('orders/updated', paid)).toEqual(heard);
    expect(await shopify('orders/create', pending)).toEqual(heard);
    expect(await known(`${A}3`)).toMatchObject({ revision: 0, payments: [{ capturedMinor: 9740 }] });
  });

  it('can give back only what the shop has not, however often and in whatever order that is told', async () => {
    const refund: Json = { ...fixture('shopify-refund'), order_id: 4 };
    expect(await shopify('refunds/create', refund)).toEqual(heard);
    expect((await app.call('GET', `/v1/orders/${A}4`)).status).toBe(404);
    const refunded = ordered(4, { refunds: [refund], financial_status: 'partially_refunded' });
    for (let times = 0; times < 2; times += 1) {
      expect(await shopify('orders/updated', refunded)).toEqual(heard);
      expect(await shopify('refunds/create', refund)).toEqual(heard);
    }
    expect((await known(`${A}4`)).payments[0]).toMatchObject({ refundedElsewhereMinor: 1833, refundableMinor: 9740 - 1833 });
  });

  it('does not count again what people carried out there for a refund of ours', async () => {
    expect(await shopify('orders/create', ordered(16))).toEqual(heard);
    const { returnId } = await ok(app.call<ReturnAnswer>('POST', `/v1/orders/${A}16/returns`, wanted({ 9001: 1 })), 201);
    await ok(
      app.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's', station: 'dock', items: [{ lineId: '9001', quantity: 1 }] }),
    );
    const [refund] = (await ok(app.call<ReturnAnswer>('GET', `/v1/returns/${returnId}`))).refunds;
    await ok(app.call('POST', `/v1/refunds/${refund!.refundId}/settle`, { paymentId: 'shopify', providerRefundId: 'by hand' }));
    const paidBack = (await known(`${A}16`)).payments[0]!.refundedMinor;
    const transaction = (id: number, amount: string): Json => ({
      ...{ id, kind: 'refund', status: 'success', amount, currency: 'EUR', processed_at: '2026-03-05T10:00:00Z' },
    });
    const ours = { id: 61, transactions: [transaction(611, (paidBack / 100).toFixed(2))] };
    const theirs = { id: 62, transactions: [transaction(621, '5.00')] };
    expect(await shopify('refunds/create', { ...ours, order_id: 16 })).toEqual(heard);
    for (const refunds of [[ours], [ours, theirs], [ours, theirs]])
      expect(await shopify('orders/updated', ordered(16, { refunds, financial_status: 'partially_refunded' }))).toEqual(heard);
    expect((await known(`${A}16`)).payments).toMatchObject([{ refundedMinor: paidBack, refundedElsewhereMinor: 500 }]);
  });

  it('is told apart from another shop’s by whose secret fits, also while a secret is changed', async () => {
    expect(await shopify('orders/create', ordered(5), OLD)).toEqual(heard);
    expect(await shopify('orders/create', ordered(5), OTHER)).toEqual(heard);
    for (const shop of ['a', 'b']) expect((await known(`shopify-shop-${shop}.myshopify.com-5`)).number).toBe('#1001');
  });

  it('with another signature is refused, and what is about nothing known is acknowledged', async () => {
    expect(await shopify('orders/create', ordered(6), 'somebody else')).toMatchObject({ status: 400, body: { code: 'bad_signature' } });
    expect((await app.call('GET', `/v1/orders/${A}6`)).status).toBe(404);
    for (const topic of ['fulfillments/create', 'orders/delete', 'products/update', ''])
      expect(await shopify(topic, { id: 6, order_id: 6 })).toEqual(heard);
    expect(await shopify('orders/create', ordered(6, { total_price_set: null, total_price: 'much' }))).toEqual(heard);
  });

  it('that is told by ten deliveries at the same time is one, and as it was at last', async () => {
    const told = Array.from({ length: 10 }, (_, n) =>
      ordered(7, { updated_at: `2026-03-0${(n % 5) + 1}T00:00:00Z`, financial_status: n % 5 === 4 ? 'paid' : 'pending' }),
    );
    const answers = await Promise.all(told.map((each) => shopify('orders/updated', each)));
    for (const [index, answer] of answers.entries())
      if (answer.status !== 200) expect(await shopify('orders/updated', told[index]!)).toEqual(heard);
    expect((await known(`${A}7`)).payments[0]!.capturedMinor).toBe(9740);
  });
});

describe('An order that WooCommerce tells', () => {
  it('is registered with what was refunded there', async () => {
    expect(await woo('order.created', fixture('woocommerce-order'))).toEqual(heard);
    expect(await woo('order.updated', fixture('woocommerce-order'))).toEqual(heard);
    expect(await known('woocommerce-1042')).toMatchObject({
      number: '1042',
      payments: [{ provider: 'manual', capturedMinor: 17925, refundedElsewhereMinor: 1000, refundableMinor: 16925 }],
    });
    expect(await woo('order.deleted', { id: 1042 })).toEqual(heard);
    expect(await woo('order.updated', { id: 1043 }, 'not this one')).toMatchObject({ status: 400, body: { code: 'bad_signature' } });
  });

  it('begins with a ping, which is a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await app.as(null)('POST', '/v1/webhooks/woocommerce', 'webhook_id=7', headers)).status).toBe(200);
  });
});

it('Secrets of shops that cannot be right are told all at once, and never repeated', () => {
  const start = (): unknown => readConfig({ SHOPIFY_WEBHOOK_SECRET: 'short', WOOCOMMERCE_WEBHOOK_SECRET: 'a.example=12345678,12345678' });
  expect(start).toThrow(/SHOPIFY_WEBHOOK_SECRET must be .*\n.*WOOCOMMERCE_WEBHOOK_SECRET must name .*\n.*has a secret twice/);
  expect(start).not.toThrow(/12345678/);
});
