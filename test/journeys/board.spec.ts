import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BoardAnswer, RatesAnswer } from '../../src/operations/returns-board.dto.js';
import { ok, refusal, returnBody, Shop, START } from './shop-front.js';

let shop: Shop;
let position: string;
const orders: string[] = [];
beforeAll(async () => {
  shop = await Shop.open();
  for (let n = 0; n < 3; n += 1) {
    const orderId = await shop.order({ number: `#10${n}` });
    orders.push(orderId);
    shop.now = START + n * 60_000;
    position = (await shop.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ shirt: 1 }))).headers.get('x-position') ?? '';
  }
});
afterAll(() => shop.close());

const board = (query = '', headers: Readonly<Record<string, string>> = {}) =>
  shop.call<BoardAnswer>('GET', `/v1/returns${query}`, undefined, { 'x-min-position': position, ...headers });

describe('The board over HTTP', () => {
  it('shows what was just written, newest first, page by page', async () => {
    const first = await ok(board('?limit=2'));
    expect(first.items.map((item) => item.orderId)).toEqual([orders[2], orders[1]]);
    expect(first.counts).toEqual([{ status: 'approved', count: 3 }]);
    expect(first.asOfPosition >= position).toBe(true);
    const second = await ok(board(`?limit=2&cursor=${first.nextCursor}`));
    expect([second.items.map((item) => item.orderId), second.nextCursor]).toEqual([[orders[0]], null]);
  });

  it('shows the oldest first where that is asked for', async () => {
    const first = await ok(board('?sort=oldest&limit=2'));
    expect(first.items.map((item) => item.orderId)).toEqual([orders[0], orders[1]]);
    expect((await ok(board(`?sort=oldest&limit=2&cursor=${first.nextCursor}`))).items.map((item) => item.orderId)).toEqual([orders[2]]);
  });

  it('filters, and refuses filters that are none', async () => {
    for (const typed of ['#101', '101', ' # 101'])
      expect((await ok(board(`?q=${encodeURIComponent(typed)}`))).items.map((item) => item.orderNumber)).toEqual(['#101']);
    for (const typed of ['１０１', '\u200B101', '١٠١', `\u00A0101\u200F`])
      expect((await ok(board(`?q=${encodeURIComponent(typed)}`))).items.map((item) => item.orderNumber)).toEqual(['#101']);
    expect((await ok(board('?status=approved,cancelled&sku=SHIRT-M'))).items).toHaveLength(3);
    expect((await ok(board('?status=cancelled'))).items).toEqual([]);
    expect((await ok(board(`?q=${orders[1]}-R1`))).items.map((item) => item.orderId)).toEqual([orders[1]]);
    expect((await ok(board(`?q=${orders[2]}&outcome=original_payment`))).items.map((item) => item.orderId)).toEqual([orders[2]]);
    expect((await ok(board('?method=own_shipping,pickup'))).items).toHaveLength(3);
    expect((await ok(board('?method=pickup'))).items).toEqual([]);
    for (const query of [
      '?status=nope',
      '?limit=201',
      '?limit=x',
      '?cursor=%25',
      '?cursor=WzFd',
      '?colour=red',
      '?sort=best',
      '?method=ufo',
    ]) {
      expect([query, ...(await refusal(shop.call('GET', `/v1/returns${query}`)))]).toEqual([query, 400, 'validation_failed']);
    }
  });

  it('shows a customer his own order and no other', async () => {
    const customer = await shop.customerOf(orders[0] ?? '');
    const seen = await ok(customer<BoardAnswer>('GET', `/v1/returns?orderId=${orders[1]}`, undefined, { 'x-min-position': position }));
    expect(seen.items.map((item) => item.orderId)).toEqual([orders[0]]);
    expect(seen.counts).toEqual([{ status: 'approved', count: 1 }]);
    expect(await refusal(customer('GET', '/v1/reports/return-rates'))).toEqual([403, 'forbidden']);
  });

  it('comes as CSV, with nothing a spreadsheet would run', async () => {
    const orderId = await shop.order({ number: '=1+1' });
    position = (await shop.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 }))).headers.get('x-position') ?? position;
    const { body: firstPage } = await board('?limit=1');
    const csv = await board(`?limit=1&cursor=${firstPage.nextCursor}`, { accept: 'text/csv' });
    expect([csv.status, csv.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^returnId,orderId,orderNumber,/);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toContain(`,'=1+1,`);
  });

  it('reports which share comes back', async () => {
    const rates = await ok(
      shop.call<RatesAnswer>('GET', '/v1/reports/return-rates?groupBy=sku&from=2026-03&to=2026-03', undefined, {
        'x-min-position': position,
      }),
    );
    expect(rates).toMatchObject({
      groupBy: 'sku',
      basis: 'order',
      groups: [
        { key: 'SHIRT-M', month: '2026-03', sold: 12, returned: 3, rateBp: 2500 },
        { key: 'MUG', sold: 4, returned: 1 },
      ],
    });
    const csv = await shop.call('GET', '/v1/reports/return-rates?groupBy=reason&basis=return', undefined, {
      accept: 'text/csv',
      'x-min-position': position,
    });
    expect(csv.text).toBe('key,month,sold,returned,received,rateBp\r\nchanged_mind,2026-03,16,4,0,2500\r\n');
    expect(await refusal(shop.call('GET', '/v1/reports/return-rates?from=2026-13'))).toEqual([400, 'validation_failed']);
    expect((await shop.app.as(await shop.app.keyFor('finance'))('GET', '/v1/reports/return-rates')).status).toBe(200);
  });
});
