/** Times of orders as shops send them: the same in JSON, NDJSON and CSV, in the time zone of the policy where they say none. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ADMIN_KEY } from '../support/app.js';
import { ok, orderBody, refusal, Shop } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
  await ok(shop.call('PUT', '/v1/policy', { timeZone: 'America/New_York', windowDays: 30 }));
});
afterAll(() => shop.close());

let orders = 0;
async function put(
  placedAt: string,
  deliveredAt: string | null = null,
  orderId = `T-${(orders += 1)}`,
): Promise<{ readonly orderId: string; readonly placedAt: string; readonly revision: number }> {
  const { lines } = orderBody();
  const { status, body } = await shop.call<{ orderId: string; placedAt: string; revision: number }>(
    'PUT',
    `/v1/orders/${orderId}`,
    orderBody({ placedAt, lines: lines.map((line) => ({ ...line, deliveredAt })) }),
  );
  expect([200, 201]).toContain(status);
  return body;
}
async function upload(body: string, type: string, mapping?: object): Promise<string> {
  const query = mapping === undefined ? '' : `?mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
  const response = await fetch(`${shop.app.url}/v1/orders/import${query}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type },
  });
  const { orderId, status } = JSON.parse(await response.text()) as { readonly orderId: string; readonly status: string };
  expect(status).toBe('registered');
  return orderId;
}

describe('When an order was placed', () => {
  const WRITTEN: readonly (readonly [string, string])[] = [
    ['2026-02-20 14:32:05', '2026-02-20T19:32:05.000Z'],
    ['2026-02-20T14:32:05', '2026-02-20T19:32:05.000Z'],
    ['2026-02-20 14:32:05 +0100', '2026-02-20T13:32:05.000Z'],
    ['2026-02-20T14:32:05+01:00', '2026-02-20T13:32:05.000Z'],
    ['2026-02-20T14:32:05.123456Z', '2026-02-20T14:32:05.123Z'],
    ['2026-02-20', '2026-02-20T05:00:00.000Z'],
  ];

  it.each(WRITTEN)('may be written as %s in JSON', async (text, instant) => {
    expect((await put(text)).placedAt).toBe(instant);
  });

  it.each(WRITTEN)('may be written as %s in NDJSON', async (text, instant) => {
    const orderId = await upload(JSON.stringify(orderBody({ orderId: `TN-${(orders += 1)}`, placedAt: text })), 'application/x-ndjson');
    expect((await shop.lookAtOrder(orderId)).placedAt).toBe(instant);
  });

  it.each(WRITTEN)('may be written as %s in CSV', async (text, instant) => {
    const orderId = await upload(
      `order_id,placed_at,currency,line_id,sku,quantity,paid\nTC-${(orders += 1)},"${text}",EUR,1,MUG,1,10.00\n`,
      'text/csv',
    );
    expect((await shop.lookAtOrder(orderId)).placedAt).toBe(instant);
  });

  it('may be written as a German spreadsheet does, by the mapping', async () => {
    const csv = `order_id;placed_at;currency;line_id;sku;quantity;paid;delivered_at\nTC-de;20.02.2026 14:32;EUR;1;MUG;1;10,00;25.02.2026\n`;
    expect(await upload(csv, 'text/csv', { base: 'generic', dateFormat: 'DD.MM.YYYY HH:mm' })).toBe('TC-de');
    expect((await shop.lookAtOrder('TC-de')).placedAt).toBe('2026-02-20T19:32:00.000Z');
  });

  it('is the same in another offset: nothing changes', async () => {
    const { orderId, revision } = await put('2026-02-20T19:32:05Z', '2026-02-21');
    for (const [placedAt, deliveredAt] of [
      ['2026-02-20 14:32:05', '2026-02-21T05:00:00Z'],
      ['2026-02-20T20:32:05+01:00', '2026-02-21 00:00'],
      ['2026-02-20 14:32:05.000000', '2026-02-21T00:00:00-05:00'],
    ] as const) {
      expect((await put(placedAt, deliveredAt, orderId)).revision).toBe(revision);
    }
  });

  it.each(['tomorrow', '2026-02-30', '2026-02-20 25:00', '20.02.2026', '1969-12-31'])('is not %s', async (placedAt) => {
    expect(await refusal(shop.call('PUT', '/v1/orders/T-none', orderBody({ placedAt })))).toEqual([400, 'validation_failed']);
  });
});

describe('A day of delivery without a time', () => {
  it.each([
    ['2026-02-28', '2026-03-30'],
    ['2026-02-28 23:59', '2026-03-30'],
    ['2026-02-28T23:59:00Z', '2026-03-30'],
    ['2026-03-01T04:59:00Z', '2026-03-30'],
  ])('is one of the shop: delivered %s, the last day to return is %s', async (deliveredAt, lastDay) => {
    const { orderId } = await put('2026-02-20', deliveredAt);
    expect(await ok(shop.call<{ returnableUntil: string }>('GET', `/v1/orders/${orderId}/returnable`))).toMatchObject({
      returnableUntil: lastDay,
    });
  });

  it('on which the clocks are turned back is no day earlier', async () => {
    const { orderId } = await put('2026-10-20', '2026-10-31');
    expect(await ok(shop.call<{ returnableUntil: string }>('GET', `/v1/orders/${orderId}/returnable`))).toMatchObject({
      returnableUntil: '2026-11-30',
    });
  });
});
