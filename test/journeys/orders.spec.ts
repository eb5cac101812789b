import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ContactsStore } from '../../src/contacts/contacts.store.js';
import type { OrderAnswer } from '../../src/orders/orders.dto.js';
import type { HistoryAnswer } from '../../src/returns/api/return-history.dto.js';
import { ADMIN_KEY } from '../support/app.js';
import { DAY, ok, orderBody, refusal, returnBody, Shop, START } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

type Result = {
  readonly orderId: string | null;
  readonly rows: readonly number[];
  readonly status: string;
  readonly lines?: number;
  readonly code?: string;
  readonly detail?: string;
};
const resultsOf = ({ status, text }: Uploaded): readonly Result[] => {
  if (status !== 200) throw new Error(`${status}: ${text}`);
  const results = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
  return results.sort((a, b) => (a.rows[0] ?? 0) - (b.rows[0] ?? 0));
};
type Uploaded = { readonly status: number; readonly text: string };
async function upload(
  type: string,
  body: string | Uint8Array,
  mapping?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Uploaded> {
  const query = mapping === undefined ? '' : `?mapping=${encodeURIComponent(mapping)}`;
  const response = await fetch(`${shop.app.url}/v1/orders/import${query}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type, ...headers },
  });
  return { status: response.status, text: await response.text() };
}
const refused = async (uploaded: Promise<Uploaded>): Promise<readonly [number, unknown]> => {
  const { status, text } = await uploaded;
  return [status, (JSON.parse(text) as { code?: string }).code];
};

describe('Registering an order', () => {
  it('keeps what was paid unit by unit, and shows what is left', async () => {
    const put = await shop.call('PUT', '/v1/orders/O-1', orderBody());
    expect(put.status).toBe(201);
    expect(put.headers.get('etag')).toBe('"0"');
    expect(put.headers.get('x-position')).toBeTruthy();
    expect(put.body).toEqual({
      orderId: 'O-1',
      number: '#1001',
      placedAt: '2026-03-01T10:00:00.000Z',
      currency: 'EUR',
      revision: 0,
      lines: [
        {
          lineId: 'shirt',
          kind: 'goods',
          sku: 'SHIRT-M',
          title: 'Shirt',
          category: 'clothing',
          quantity: 3,
          fulfilled: 3,
          returnable: 3,
          inReturn: 0,
          returned: 0,
          units: [
            { netMinor: 1667, taxMinor: 317 },
            { netMinor: 1667, taxMinor: 317 },
            { netMinor: 1666, taxMinor: 316 },
          ],
          cancelledUnits: [],
        },
        {
          lineId: 'mug',
          kind: 'goods',
          sku: 'MUG',
          title: 'Mug',
          category: 'kitchen',
          quantity: 1,
          fulfilled: 1,
          returnable: 1,
          inReturn: 0,
          returned: 0,
          units: [{ netMinor: 882, taxMinor: 168 }],
          cancelledUnits: [],
        },
      ],
      shipping: { netMinor: 412, taxMinor: 78 },
      payments: [
        {
          paymentId: 'p1',
          provider: 'simulated',
          method: 'card',
          capturedMinor: 7490,
          refundedMinor: 0,
          reservedMinor: 0,
          disputedMinor: 0,
          refundedElsewhereMinor: 0,
          excessMinor: 0,
          refundableMinor: 7490,
        },
      ],
      disputes: [],
      refundsElsewhere: [],
      returns: [],
      customer: 'stored',
    });
    const { customer: _, ...order } = put.body;
    expect(await shop.lookAtOrder('O-1')).toEqual(order);
  });

  it('changes nothing when the same order is sent again, and amends it when it differs', async () => {
    await ok(shop.call('PUT', '/v1/orders/O-2', orderBody()), 201);
    const again = await shop.call('PUT', '/v1/orders/O-2', orderBody());
    expect([again.status, again.headers.get('etag'), again.headers.get('x-position')]).toEqual([200, '"0"', null]);
    const amended = await ok(shop.call<{ number: string; revision: number }>('PUT', '/v1/orders/O-2', orderBody({ number: '#1002' })));
    expect(amended).toMatchObject({ number: '#1002', revision: 1 });
  });

  it('takes what is left out at its default', async () => {
    const { lines, ...order } = orderBody();
    const [{ lineId, sku, quantity, paid }] = [lines[0]!];
    const { number: _, customer: __, shipping: ___, ...least } = order;
    const body = await ok(
      shop.call('PUT', '/v1/orders/O-3', { ...least, lines: [{ lineId, sku, quantity, paid: { netMinor: paid.netMinor } }] }),
      201,
    );
    expect(body).toMatchObject({
      number: 'O-3',
      shipping: { netMinor: 0, taxMinor: 0 },
      lines: [{ title: 'SHIRT-M', fulfilled: 3, category: null }],
    });
  });

  it('keeps the customer out of the log, and forgets the old address when he moves', async () => {
    await ok(shop.call('PUT', '/v1/orders/O-4', orderBody()), 201);
    const contacts = shop.app.app.get(ContactsStore);
    expect(await contacts.getContact(contacts.contactRefOf('O-4'))).toEqual({
      name: 'Ada Example',
      email: 'ada@example.org',
      phone: null,
      address: { line1: '1 Test Street', line2: null, city: 'Berlin', region: null, postalCode: '10115', country: 'DE' },
    });
    const moved = await shop.call('PUT', '/v1/orders/O-4', orderBody({ customer: { name: 'Ada Example', email: 'new@example.org' } }));
    expect(moved.headers.get('x-position')).toBeNull();
    expect(await contacts.getContact(contacts.contactRefOf('O-4'))).toMatchObject({ email: 'new@example.org', address: null });
    const names = (await readdir(shop.app.dataDir, { recursive: true, withFileTypes: true })).filter(
      (file) => file.isFile() && !file.name.startsWith('vault'),
    );
    expect(names.length).toBeGreaterThan(1);
    for (const { parentPath, name } of names)
      expect([name, (await readFile(join(parentPath, name))).includes('ada@example.org')]).toEqual([name, false]);
  });

  it.each<[string, string, object, number, string]>([
    ['an unknown field', 'O-9', { colour: 'red' }, 400, 'validation_failed'],
    ['a negative amount', 'O-9', { shipping: { netMinor: -1 } }, 400, 'validation_failed'],
    ['no lines', 'O-9', { lines: [] }, 400, 'validation_failed'],
    ['a currency that is none', 'O-9', { currency: 'XXX' }, 400, 'validation_failed'],
    [
      'a quantity beyond what numbers hold',
      'O-9',
      { lines: [{ lineId: 'l', sku: 's', quantity: 2 ** 53, paid: { netMinor: 1 } }] },
      400,
      'validation_failed',
    ],
    [
      'a line twice',
      'O-9',
      { lines: [1, 2].map(() => ({ lineId: 'l', sku: 's', quantity: 1, paid: { netMinor: 1 } })) },
      400,
      'validation_failed',
    ],
    ['an id that is not safe in an address', encodeURIComponent('O%9'), {}, 400, 'validation_failed'],
    ['an id that is too long', 'O'.repeat(81), {}, 400, 'validation_failed'],
  ])('refuses %s, and writes nothing', async (_, orderId, over, status, code) => {
    expect(await refusal(shop.call('PUT', `/v1/orders/${orderId}`, orderBody(over)))).toEqual([status, code]);
    expect(await refusal(shop.call('GET', '/v1/orders/O-9'))).toEqual([404, 'not_found']);
  });

  it('takes ids that look like return ids', async () => {
    await ok(shop.call('PUT', '/v1/orders/US-R1', orderBody()), 201);
    const ret = await shop.filed('US-R1', { mug: 1 });
    expect(ret.returnId).toBe('US-R1-R1');
    expect((await shop.look('US-R1-R1')).orderId).toBe('US-R1');
    expect(await refusal(shop.call('GET', '/v1/returns/US-R1'))).toEqual([404, 'not_found']);
  });

  it("is the shop's business", async () => {
    const warehouse = shop.app.as(await shop.app.keyFor('warehouse'));
    expect(await refusal(warehouse('PUT', '/v1/orders/O-5', orderBody()))).toEqual([403, 'forbidden']);
    expect(await refusal(shop.app.as(null)('PUT', '/v1/orders/O-5', orderBody()))).toEqual([401, 'unauthenticated']);
    expect(await ok(shop.app.as(await shop.app.keyFor('shop'))('PUT', '/v1/orders/O-5', orderBody()), 201)).toMatchObject({
      orderId: 'O-5',
    });
  });

  it('honours If-Match', async () => {
    await ok(shop.call('PUT', '/v1/orders/O-6', orderBody()), 201);
    expect(await refusal(shop.call('PUT', '/v1/orders/O-6', orderBody({ number: 'x' }), { 'if-match': '"7"' }))).toEqual([
      412,
      'revision_mismatch',
    ]);
    expect((await shop.call('PUT', '/v1/orders/O-6', orderBody({ number: 'x' }), { 'if-match': '"0"' })).status).toBe(200);
  });
});

describe('A customer session', () => {
  it('opens one order, for as long as it was asked for', async () => {
    const orderId = await shop.order();
    const other = await shop.order();
    const session = await ok(
      shop.call<{ token: string; expiresAt: string }>('POST', `/v1/orders/${orderId}/sessions`, { expiresInSeconds: 3600 }),
      201,
    );
    expect(Date.parse(session.expiresAt)).toBe(START + 3_600_000);
    const customer = shop.app.as(session.token);
    expect((await customer('GET', `/v1/orders/${orderId}`)).status).toBe(200);
    expect(await refusal(customer('GET', `/v1/orders/${other}`))).toEqual([404, 'not_found']);
    expect(await refusal(customer('PUT', `/v1/orders/${orderId}`, orderBody()))).toEqual([403, 'forbidden']);
    shop.now = START + 2 * 3_600_000;
    expect(await refusal(customer('GET', `/v1/orders/${orderId}`))).toEqual([401, 'unauthenticated']);
    shop.now = START;
  });

  it('lasts a day at most, and needs an order', async () => {
    expect(await refusal(shop.call('POST', '/v1/orders/O-1/sessions', { expiresInSeconds: DAY / 1000 + 1 }))).toEqual([
      400,
      'validation_failed',
    ]);
    expect(await refusal(shop.call('POST', '/v1/orders/NO-SUCH/sessions', {}))).toEqual([404, 'not_found']);
  });
});

describe('An order some of which is in a return', () => {
  it('goes on: units that no return claims are cancelled, and deliveries are taken', async () => {
    const lines = (over: object) => [
      { lineId: 'cup', sku: 'CUP', quantity: 4, deliveredAt: '2026-03-05T10:00:00Z', paid: { netMinor: 4000, taxMinor: 0 }, ...over },
    ];
    const orderId = await shop.order({ lines: lines({}) });
    await shop.filed(orderId, { cup: 1 });
    const left = { quantity: 3, paid: { netMinor: 3000, taxMinor: 0 } };
    const cancelled = await ok(shop.call<OrderAnswer>('PUT', `/v1/orders/${orderId}`, orderBody({ lines: lines(left) })));
    expect(cancelled).toMatchObject({
      lines: [
        { quantity: 3, fulfilled: 3, returnable: 2, inReturn: 1, units: [{ netMinor: 1000 }, { netMinor: 1000 }, { netMinor: 1000 }] },
      ],
    });
    await ok(shop.call('PUT', `/v1/orders/${orderId}`, orderBody({ lines: lines({ ...left, deliveredAt: '2026-03-08T10:00:00Z' }) })));
    const { status, body } = await shop.call(
      'PUT',
      `/v1/orders/${orderId}`,
      orderBody({ lines: lines({ quantity: 0, paid: { netMinor: 0 } }) }),
    );
    expect([status, body]).toMatchObject([409, { code: 'invalid_state', detail: expect.stringMatching(/1 unit/) }]);
  });
});

describe('Money given back elsewhere', () => {
  const told = (over: object = {}) => ({ paymentId: 'p1', amountMinor: 7000, reference: 're_1', at: '2026-03-09T10:00:00Z', ...over });

  it('is shown with its payment and counts once, also when it is told in other words', async () => {
    const orderId = await shop.order();
    const path = `/v1/orders/${orderId}/refunds-elsewhere`;
    const once = await ok(shop.call<OrderAnswer>('POST', path, told()));
    expect(once).toMatchObject({
      payments: [{ capturedMinor: 7490, refundedElsewhereMinor: 7000, refundableMinor: 490, excessMinor: 0 }],
      refundsElsewhere: [{ paymentId: 'p1', amountMinor: 7000, reference: 're_1', at: '2026-03-09T10:00:00.000Z', refundId: null }],
    });
    expect(await ok(shop.call('POST', path, told({ at: undefined })))).toEqual(once);
    expect(await refusal(shop.call('POST', path, told({ amountMinor: 1 })))).toEqual([409, 'invalid_state']);
    expect(await refusal(shop.call('POST', path, told({ paymentId: 'p9', reference: 're_2' })))).toEqual([404, 'not_found']);
    expect(await ok(shop.call('POST', path, told({ amountMinor: 1000, reference: 're_2' })))).toMatchObject({
      payments: [{ refundableMinor: 0, excessMinor: 510 }],
    });
  });

  it("is told in the history of the order's returns, in the reader's language", async () => {
    const orderId = await shop.order();
    await shop.filed(orderId, { mug: 1 });
    await ok(shop.call('POST', `/v1/orders/${orderId}/refunds-elsewhere`, told()));
    const customer = await shop.customerOf(orderId);
    const wordsIn = async (language: string) =>
      (await ok(customer<HistoryAnswer>('GET', `/v1/returns/${orderId}-R1/history`, undefined, { 'accept-language': language }))).items.at(
        -1,
      );
    expect(await wordsIn('en')).toMatchObject({
      type: 'RefundedElsewhere',
      amountMinor: 7000,
      words: 'The shop gave €70.00 of the order back by another way.',
    });
    expect((await wordsIn('de'))?.words).toMatch(/Der Shop hat 70,00\s€ der Bestellung auf anderem Weg erstattet\./);
  });
});

describe('A disputed payment', () => {
  it('is not refunded by us as well, unless the shop wins', async () => {
    const orderId = await shop.order();
    const disputed = await ok(shop.call('POST', `/v1/orders/${orderId}/disputes`, { disputeId: 'd1', paymentId: 'p1', amountMinor: 7000 }));
    expect(disputed).toMatchObject({
      payments: [{ disputedMinor: 7000, refundableMinor: 490 }],
      disputes: [{ disputeId: 'd1', state: 'open' }],
    });
    const won = await ok(shop.call('POST', `/v1/orders/${orderId}/disputes/d1/close`, { outcome: 'won' }));
    expect(won).toMatchObject({ payments: [{ disputedMinor: 0, refundableMinor: 7490 }], disputes: [{ state: 'won' }] });
    expect(await refusal(shop.call('POST', `/v1/orders/${orderId}/disputes/d2/close`, { outcome: 'won' }))).toEqual([404, 'not_found']);
  });
});

describe('Importing a file', () => {
  const csv = (...rows: readonly string[]): string =>
    ['order_id,placed_at,currency,line_id,sku,quantity,paid,customer_email', ...rows, ''].join('\n');

  it('registers each order once, whatever order its rows stand in', async () => {
    const file = csv(
      'I-1,2026-03-01,EUR,1,A,1,12.345678,a@example.org',
      'I-2,2026-03-01,JPY,1,A,2,1499.5,b@example.org',
      'I-1,2026-03-01,EUR,2,B,3,0.005,a@example.org',
    );
    expect(resultsOf(await upload('text/csv', file))).toEqual([
      { orderId: 'I-1', rows: [1, 3], status: 'registered', lines: 2, customer: 'stored' },
      { orderId: 'I-2', rows: [2], status: 'registered', lines: 1, customer: 'stored' },
    ]);
    expect(await shop.lookAtOrder('I-1')).toMatchObject({
      payments: [{ capturedMinor: 1236, provider: 'manual' }],
      lines: [{ units: [{ netMinor: 1235 }] }, { quantity: 3 }],
    });
    expect(await shop.lookAtOrder('I-2')).toMatchObject({ currency: 'JPY', payments: [{ capturedMinor: 1500 }] });

    expect(resultsOf(await upload('text/csv', file)).map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
    const amended = file.replace('I-2,2026-03-01,JPY,1,A,2', 'I-2,2026-03-01,JPY,1,A,3');
    expect(resultsOf(await upload('text/csv', amended)).map(({ orderId, status }) => [orderId, status])).toEqual([
      ['I-1', 'unchanged'],
      ['I-2', 'amended'],
    ]);
  });

  it('tells which orders cannot be read, and registers the others', async () => {
    const results = resultsOf(
      await upload(
        'text/csv',
        csv(
          'I-3,2026-03-01,EUR,1,A,1,10,',
          'I-4,tomorrow,EUR,1,A,1,10,',
          'I%5,2026-03-01,EUR,1,A,1,10,',
          ',2026-03-01,EUR,1,A,1,10,',
          'I-6,2026-03-01,EUR,1,A,0,10,',
        ),
      ),
    );
    expect(results.map(({ orderId, status, code }) => [orderId, status, code])).toEqual([
      ['I-3', 'registered', undefined],
      ['I-4', 'failed', 'validation_failed'],
      ['I%5', 'failed', 'validation_failed'],
      [null, 'failed', 'validation_failed'],
      ['I-6', 'failed', 'validation_failed'],
    ]);
    expect(results[1]?.detail).toBe('row 2: placed_at "tomorrow" is not a date (iso)');
    expect(await refusal(shop.call('GET', '/v1/orders/I-4'))).toEqual([404, 'not_found']);
  });

  it('takes whole orders, one a line', async () => {
    const file = [orderBody({ orderId: 'N-1' }), orderBody({ orderId: 'N-2', lines: [] }), { orderId: 'N-3', number: 3 }]
      .map((each) => JSON.stringify(each))
      .join('\n');
    const results = resultsOf(await upload('application/x-ndjson', file));
    expect(results.map(({ orderId, rows, status }) => [orderId, rows, status])).toEqual([
      ['N-1', [1], 'registered'],
      ['N-2', [2], 'failed'],
      ['N-3', [3], 'failed'],
    ]);
    expect((await shop.lookAtOrder('N-1')).lines).toHaveLength(2);
  });

  it('takes rows as NDJSON, and a mapping of its own', async () => {
    const mapping = {
      columns: { order_id: 'Bestellung', placed_at: 'Datum', line_id: 'Pos', sku: 'Artikel', quantity: 'Menge', paid: 'Summe' },
      defaults: { currency: 'EUR' },
      dateFormat: 'DD.MM.YYYY',
    };
    const rows = [{ Bestellung: 'M-1', Datum: '08.11.2025', Pos: 1, Artikel: 'X', Menge: 2, Summe: 19.99 }];
    expect(
      resultsOf(await upload('application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n'), JSON.stringify(mapping))),
    ).toEqual([{ orderId: 'M-1', rows: [1], status: 'registered', lines: 1, customer: 'none' }]);
    expect(await shop.lookAtOrder('M-1')).toMatchObject({ placedAt: '2025-11-08T00:00:00.000Z', payments: [{ capturedMinor: 1999 }] });
  });

  it('does the same upload once under the same key', async () => {
    const file = csv('K-1,2026-03-01,EUR,1,A,1,10,');
    const key = { 'idempotency-key': 'upload-1' };
    expect(resultsOf(await upload('text/csv', file, undefined, key)).map((each) => each.status)).toEqual(['registered']);
    expect(resultsOf(await upload('text/csv', file, undefined, key)).map((each) => each.status)).toEqual(['unchanged']);
    expect(resultsOf(await upload('text/csv', file.replace(',10,', ',11,'), undefined, key))).toMatchObject([
      { status: 'failed', code: 'idempotency_conflict' },
    ]);
  });

  it('knows an upload again although the service reads its rows another way by then', async () => {
    const file = csv('K-2,2026-03-01,EUR,1,A,1,10,');
    const key = { 'idempotency-key': 'upload-2' };
    expect(resultsOf(await upload('text/csv', file, undefined, key)).map((each) => each.status)).toEqual(['registered']);
    await ok(shop.call('PUT', '/v1/policy', { timeZone: 'Asia/Tokyo' }));
    expect(resultsOf(await upload('text/csv', file, undefined, key)).map((each) => each.status)).toEqual(['unchanged']);
    await ok(shop.call('PUT', '/v1/policy', {}));
  });

  it.each<[string, string, string, string | undefined, number, string]>([
    ['a mapping nobody knows', 'text/csv', 'a\n1\n', 'nosuch', 400, 'validation_failed'],
    ['columns that are not there', 'text/csv', 'a,b\n1,2\n', undefined, 400, 'validation_failed'],
    ['a line that is no JSON', 'application/x-ndjson', '{"orderId":"Z-1"}\n{', undefined, 400, 'validation_failed'],
    ['JSON', 'application/json', '{}', undefined, 415, 'unsupported_media_type'],
  ])('refuses %s whole', async (_, type, body, mapping, status, code) => {
    expect(await refused(upload(type, body, mapping))).toEqual([status, code]);
  });

  it('refuses bytes that are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(csv('L-1,2026-03-01,EUR,1,A,1,10,').trimEnd()), Buffer.from([0xe9, 0x0a])]);
    expect(await refused(upload('text/csv', bytes))).toEqual([400, 'validation_failed']);
  });

  it('leaves nothing of any upload behind', async () => {
    const [own, ...others] = (await readdir(join(shop.app.dataDir, 'imports'), { withFileTypes: true })).filter((each) =>
      each.isDirectory(),
    );
    expect(others).toEqual([]);
    expect((await readdir(join(shop.app.dataDir, 'imports', own!.name))).filter((name) => !name.startsWith('lock.sqlite'))).toEqual([]);
  });

  it('takes files nowhere else', async () => {
    expect(await refusal(shop.call('POST', '/v1/orders/O-1/sessions', 'a,b', { 'content-type': 'text/csv' }))).toEqual([
      415,
      'unsupported_media_type',
    ]);
  });

  it('keeps returns of an order that is sent again', async () => {
    const file = csv('K-2,2026-03-01,EUR,1,A,3,30,');
    await upload('text/csv', file);
    await ok(shop.call('POST', '/v1/orders/K-2/returns', returnBody({ 1: 1 })), 201);
    expect(resultsOf(await upload('text/csv', file)).map((each) => each.status)).toEqual(['unchanged']);
    expect((await shop.lookAtOrder('K-2')).returns).toEqual([{ returnId: 'K-2-R1', status: 'approved' }]);
  });
});
