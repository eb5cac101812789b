import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ContactsStore } from '../../src/contacts/contacts.store.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { ADMIN_KEY, type Body } from '../support/app.js';
import { ok, orderBody, Shop } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

type Line = {
  readonly orderId: string;
  readonly status: string;
  readonly customer?: string;
  readonly detail?: string;
  readonly errors?: readonly { pointer: string }[];
};
async function imported(type: string, body: string, query = ''): Promise<readonly Line[]> {
  const response = await fetch(`${shop.app.url}/v1/orders/import${query}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type },
  });
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  return lines.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
}
const put = (orderId: string, over: object = {}, query = '') => shop.call<Body>('PUT', `/v1/orders/${orderId}${query}`, orderBody(over));
const contactOf = (orderId: string) => {
  const contacts = shop.app.app.get(ContactsStore);
  return contacts.getContact(contacts.contactRefOf(orderId));
};
const [shirt, mug] = orderBody().lines;

describe('What shops send for "nothing"', () => {
  it('blank fields of a customer are nothing, whatever else is told', async () => {
    const customer = {
      name: 'Ada',
      email: 'ada@example.org',
      phone: '',
      address: { line1: ' ', line2: '', city: '\u200B', region: '', postalCode: '', country: '' },
    };
    await ok(put('B-1', { customer }), 201);
    expect(await contactOf('B-1')).toEqual({ name: 'Ada', email: 'ada@example.org', phone: null, address: null });
    const [line] = await imported(
      'application/x-ndjson',
      JSON.stringify({ orderId: 'B-2', ...orderBody({ customer: { ...customer, address: { ...customer.address, city: 'Bonn' } } }) }),
    );
    expect(line).toMatchObject({ status: 'registered', customer: 'stored' });
    expect((await contactOf('B-2'))?.address).toEqual({
      line1: null,
      line2: null,
      city: 'Bonn',
      region: null,
      postalCode: null,
      country: null,
    });
  });

  it('so are those of a line and of the order', async () => {
    const order = await ok(put('B-3', { number: '', lines: [{ ...mug, barcode: '', category: ' ', title: null }] }), 201);
    expect(order).toMatchObject({ number: 'B-3', lines: [{ title: 'MUG', category: null }] });
  });

  it.each([
    ['null', { sku: null }],
    ['""', { sku: '' }],
    ['blanks', { sku: '  ' }],
    ['no field', { sku: undefined }],
  ])('an item with %s for its SKU is taken, and known by its name', async (_how, sku) => {
    const { body } = await put('B-4', { lines: [{ ...mug, ...sku, title: 'Engraving' }] });
    expect(body['lines']?.[0]).toMatchObject({ sku: null, title: 'Engraving' });
  });

  it('an item with neither SKU nor name is refused, with what to do', async () => {
    const answer = await put('B-5', { lines: [shirt, { ...mug, sku: '', title: '' }] });
    expect([answer.status, answer.body]).toMatchObject([
      400,
      {
        code: 'validation_failed',
        errors: [{ pointer: '/lines/1/title', detail: 'An item without a SKU needs a title: the warehouse finds it by its name.' }],
      },
    ]);
    expect((await shop.call('GET', '/v1/orders/B-5')).status).toBe(404);
  });

  it('an item without a SKU goes all the way by its name, matches no scan and joins no report', async () => {
    await ok(shop.call('PUT', '/v1/policy', { finalSale: { skus: ['null', 'MUG'] } }));
    await ok(put('B-6', { lines: [shirt, { ...mug, sku: null, title: 'Engraved mug' }] }), 201);
    const customer = await shop.customerOf('B-6');
    const returnable = await ok(customer<{ lines: object[] }>('GET', '/v1/orders/B-6/returnable'));
    expect(returnable.lines[1]).toMatchObject({ sku: null, title: 'Engraved mug', decision: 'eligible' });
    const filed = await shop.filed('B-6', { mug: 1 });
    expect(filed.lines).toMatchObject([{ lineId: 'mug', sku: null, title: 'Engraved mug' }]);
    const { returnId } = filed;
    const receipt = (scanId: string, item: object) =>
      shop.call<PresentedReturn>('POST', `/v1/returns/${returnId}/receipts`, {
        scanId,
        station: 'dock',
        items: [{ quantity: 1, ...item }],
      });
    for (const [index, barcode] of ['null', 'undefined', 'x'].entries()) {
      expect((await ok(receipt(`s${index}`, { barcode }))).lines).toMatchObject([{ awaiting: 1, received: 0 }]);
    }
    expect((await receipt('s8', { barcode: '' })).status).toBe(400);
    expect((await ok(receipt('s9', { lineId: 'mug' }))).lines).toMatchObject([{ received: 1 }]);
    await shop.app.caughtUp();
    expect(await ok(shop.call('GET', '/v1/warehouse/queue'))).toMatchObject({
      items: [{ returnId, lines: [{ sku: null, title: 'Engraved mug' }] }],
    });
    expect((await shop.call('GET', '/v1/warehouse/queue', undefined, { accept: 'text/csv' })).text).toContain('Engraved mug');
    await ok(shop.call('POST', `/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'mug', quantity: 1, grade: 'A' }] }));
    const away = await ok(
      shop.call<PresentedReturn>('POST', `/v1/returns/${returnId}/dispositions`, {
        items: [{ lineId: 'mug', quantity: 1, disposition: 'restock' }],
      }),
    );
    expect(away.restocks).toMatchObject([{ sku: null, title: 'Engraved mug', state: 'requested' }]);
    const history = await shop.call('GET', `/v1/returns/${returnId}/history`);
    expect(history.text).toContain('1 unit of Engraved mug offered to the stock system.');
    await shop.app.caughtUp();
    expect(await ok(shop.call('GET', '/v1/returns?orderId=B-6'))).toMatchObject({ items: [{ skus: [], itemNames: ['Engraved mug'] }] });
    const rates = await ok(shop.call<{ groups: { key: string }[] }>('GET', '/v1/reports/return-rates'));
    expect(rates.groups.map(({ key }) => key)).toEqual(expect.arrayContaining(['SHIRT-M']));
    expect(rates.groups.map(({ key }) => key)).not.toContain('');
    expect(
      (await ok(shop.call<{ groups: { key: string; returned: number }[] }>('GET', '/v1/reports/return-rates?groupBy=reason'))).groups,
    ).toMatchObject([{ key: 'changed_mind', returned: 1 }]);
  });

  it('a CSV without a customer says nothing about them, and items in it may be without a SKU', async () => {
    await ok(put('B-7'), 201);
    const csv =
      'order_id,line_id,placed_at,currency,sku,title,quantity,paid,customer_email\nB-7,1,2026-03-01T00:00:00Z,EUR,,Engraving,1,5.00,\nB-8,1,2026-03-01T00:00:00Z,EUR,,,1,5.00,';
    expect(await imported('text/csv', csv)).toMatchObject([
      { orderId: 'B-7', status: 'amended', customer: 'kept' },
      { orderId: 'B-8', status: 'failed', detail: 'row 2: sku is missing' },
    ]);
    expect((await contactOf('B-7'))?.email).toBe('ada@example.org');
  });
});

describe('The customer of an order', () => {
  const fateOf = async (orderId: string, over: object): Promise<unknown> => {
    const { status, body } = await put(orderId, over);
    return status < 300 ? body['customer'] : status;
  };

  it('stays as they are known when an update does not name them', async () => {
    expect(await fateOf('C-1', {})).toBe('stored');
    expect(await fateOf('C-1', { customer: undefined, number: '#9' })).toBe('kept');
    expect((await contactOf('C-1'))?.email).toBe('ada@example.org');
  });

  it.each([
    ['null', null],
    ['{}', {}],
    ['blank fields', { name: '', email: ' ', address: {} }],
  ])('is erased on purpose by %s, and the answer says so', async (_how, customer) => {
    expect(await fateOf('C-2', {})).toBe('stored');
    expect(await fateOf('C-2', { customer })).toBe('erased');
    expect(await contactOf('C-2')).toEqual({ name: null, email: null, phone: null, address: null });
    expect(await fateOf('C-2', { customer })).toBe('none');
  });

  it('was never known where none was ever named', async () => {
    expect(await fateOf('C-3', { customer: undefined })).toBe('none');
    expect(await fateOf('C-4', { customer: null })).toBe('none');
  });

  it('is as told in whole: what a later object leaves out is no longer known', async () => {
    await ok(put('C-5'), 201);
    expect(await fateOf('C-5', { customer: { email: 'bea@example.org' } })).toBe('stored');
    expect(await contactOf('C-5')).toEqual({ name: null, email: 'bea@example.org', phone: null, address: null });
  });
});

describe('Ids that a spreadsheet has spoiled', () => {
  const SHORT = ['4.50123E+12', '4,50123E+12', '4.5E+12', '4.50123e+12', '1E+12', '4.50123E+012', '-4.5E+12', '4.5E12'];

  it('are refused with what to do, as the id of an order', async () => {
    for (const orderId of [...SHORT, '#N/A', '#REF!', '########', 'undefined', 'NaN']) {
      const answer = await put(encodeURIComponent(orderId));
      expect([orderId, answer.status, answer.body]).toMatchObject([
        orderId,
        400,
        { code: 'validation_failed', errors: [{ pointer: '/orderId', detail: expect.stringContaining('idsAsWritten=true') }] },
      ]);
    }
    expect((await put('4.50123E+12')).body).toMatchObject({
      errors: [{ detail: expect.stringMatching(/^4\.50123E\+12 was shortened by a spreadsheet.*format the column as text/) }],
    });
  });

  it('or as a number, SKU or barcode', async () => {
    const lines = [{ ...mug, sku: '4.50123E+12', barcode: ' 4,00638E+12' }];
    const answer = await put('D-1', { number: '4.50123E+12', lines });
    expect([answer.status, answer.body['errors']]).toMatchObject([
      400,
      [{ pointer: '/number' }, { pointer: '/lines/0/sku' }, { pointer: '/lines/0/barcode' }],
    ]);
  });

  it("in files too, without merging two customers' orders", async () => {
    const csv =
      'order_id,line_id,placed_at,currency,sku,quantity,paid,customer_email\n"4,50123E+12",1,2026-03-01T00:00:00Z,EUR,A,1,5.00,a@example.org\n"4,50123E+12",2,2026-03-01T00:00:00Z,EUR,B,1,5.00,a@example.org\nD-2,1,2026-03-01T00:00:00Z,EUR,C,1,5.00,c@example.org';
    expect(await imported('text/csv', csv)).toMatchObject([
      { orderId: '4,50123E+12', status: 'failed', detail: expect.stringContaining('shortened by a spreadsheet') },
      { orderId: 'D-2', status: 'registered' },
    ]);
    expect(await imported('application/x-ndjson', JSON.stringify({ orderId: '4.50123E+12', ...orderBody() }))).toMatchObject([
      { status: 'failed', errors: [{ pointer: '/orderId' }] },
    ]);
  });

  it('are taken as written where the shop insists', async () => {
    expect((await put('4.50123E+12', { number: '4.50123E+12' }, '?idsAsWritten=true')).status).toBe(201);
    expect(
      await imported('application/x-ndjson', JSON.stringify({ orderId: '4.6E+12', ...orderBody() }), '?idsAsWritten=true'),
    ).toMatchObject([{ status: 'registered' }]);
  });

  it('while ids that only look a little like it are taken', async () => {
    for (const id of ['1E5', '2E-10', 'E+12', '4.5', '12E', 'A4.5E+12', '#NA', '#1', 'nullable'])
      expect([id, (await put(encodeURIComponent(id), { number: id, lines: [{ ...mug, sku: id }] })).status]).toEqual([id, 201]);
  });
});
