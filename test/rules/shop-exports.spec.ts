/** Files of shops by name. The fixtures have the shops' own columns, filled as real ones are, with made-up people. */
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { fitMapping } from '../../src/orders/import/columns.js';
import { readMapping } from '../../src/orders/import/mapping.js';
import { ordersFromRows, type ImportedOrder, type ImportRow, type UploadedOrder } from '../../src/orders/import/order-import.js';
import { rowOf } from '../../src/orders/import/order-upload.js';
import { openCsv } from '../../src/orders/import/upload-csv.js';
import { linesOf } from '../../src/orders/import/upload-text.js';

const terms = { exponentOf: (currency: string) => ({ USD: 2, EUR: 2, JPY: 0 })[currency], timeZone: 'Europe/Berlin', transitDays: 5 };

function orders(rows: readonly ImportRow[], mappingText: string): ReadonlyMap<string, ImportedOrder> {
  const read = readMapping(mappingText);
  if ('errors' in read) throw new Error(read.errors.join('; '));
  const fit = fitMapping(Object.keys(rows[0]?.cells ?? {}), read.mapping);
  if ('errors' in fit) throw new Error(fit.errors.join('; '));
  return new Map(ordersFromRows(rows, fit.mapping, terms).map((order) => [order.orderId, order]));
}
async function ordersOf(file: string, mappingText: string): Promise<ReadonlyMap<string, ImportedOrder>> {
  const opened = await openCsv(
    linesOf(createReadStream(fileURLToPath(new URL(`../fixtures/shop-exports/${file}`, import.meta.url))), undefined),
    (names) => names.length,
  );
  const rows: ImportRow[] = [];
  for await (const { number, cells } of opened?.rows ?? []) rows.push(rowOf({ number, value: cells }, opened?.header.names ?? []));
  return orders(rows, mappingText);
}
function bodyOf(order: ImportedOrder | undefined): UploadedOrder {
  if (order === undefined || 'errors' in order) throw new Error(`no order: ${JSON.stringify(order)}`);
  return order.body;
}
const errorsOf = (order: ImportedOrder | undefined): readonly string[] => (order !== undefined && 'errors' in order ? order.errors : []);
const sumOf = ({ lines, shipping }: UploadedOrder): number =>
  [...lines.map((line) => line.paid), shipping].reduce((sum, paid) => sum + paid.netMinor + paid.taxMinor, 0);
const grossOf = ({ lines }: UploadedOrder): readonly number[] => lines.map(({ paid }) => paid.netMinor + paid.taxMinor);

describe('The orders that Shopify exports', () => {
  it('have what belongs to the order on its first row, unit prices, and no id of a line', async () => {
    const order = (await ordersOf('shopify.csv', 'shopify')).get('#1084');
    expect(order).toMatchObject({ rows: [1, 2, 3], notes: [], refundedMinor: 0 });
    const body = bodyOf(order);
    expect(body).toMatchObject({
      number: '#1084',
      placedAt: '2026-11-12T08:50:12.000Z',
      currency: 'EUR',
      customer: {
        name: 'Ada Example',
        email: 'ada@example.org',
        phone: '+49 30 000000',
        address: { line1: '1 Test Street', city: 'Berlin', postalCode: '10115', region: 'BE', country: 'DE' },
      },
      payments: [
        { paymentId: 'payment-1', provider: 'manual', reference: 'rExample1084', method: 'shopify_payments', capturedMinor: 5692 },
      ],
    });
    expect(
      body.lines.map(({ lineId, sku, title, quantity, fulfilledQuantity }) => [lineId, sku, title, quantity, fulfilledQuantity]),
    ).toEqual([
      ['1', 'SHIRT-M', 'Shirt - M', 2, 2],
      ['2', 'MUG', 'Mug', 1, 1],
      ['3', 'MUG', 'Mug', 1, 1],
    ]);
  });

  it('spread the discount and the taxes of the order over its lines to the cent, and come to its total', async () => {
    const body = bodyOf((await ordersOf('shopify.csv', 'shopify')).get('#1084'));
    expect(grossOf(body)).toEqual([3582, 810, 810]);
    expect([sumOf(body), body.lines.reduce((sum, line) => sum + line.paid.taxMinor, body.shipping.taxMinor)]).toEqual([5692, 909]);
    expect(body.shipping).toEqual({ netMinor: 412, taxMinor: 78 });
  });

  it('take taxes for added where only so they come to the total; what is not paid was not captured, what is not sent cannot come back', async () => {
    const body = bodyOf((await ordersOf('shopify.csv', 'shopify')).get('#1085'));
    expect([sumOf(body), body.lines.map((line) => line.paid.netMinor), body.payments[0]?.capturedMinor]).toEqual([4919, [1000, 3000], 0]);
    expect(body.lines.map(({ sku, title, fulfilledQuantity, deliveredAt }) => [sku, title, fulfilledQuantity, deliveredAt])).toEqual([
      [null, 'Engraving, as agreed', 0, null],
      ['CANDLE-8', 'Candle 8"', 0, null],
    ]);
  });

  it('say what was given back already, how it was paid, and when it was sent: it arrives the usual days later', async () => {
    const order = (await ordersOf('shopify.csv', 'shopify')).get('#1086');
    expect(order).toMatchObject({ refundedMinor: 1000 });
    expect(bodyOf(order)).toMatchObject({
      payments: [{ method: 'paypal_express_checkout_gift_card', capturedMinor: 3000 }],
      lines: [{ deliveredAt: '2026-11-16T07:00:00.000Z' }],
    });
  });

  it('give a code for free shipping off the shipping, and know of each line whether it was sent', async () => {
    const order = (await ordersOf('shopify.csv', 'shopify')).get('#1087');
    const body = bodyOf(order);
    expect([order?.notes, grossOf(body), body.shipping, body.payments[0]?.capturedMinor]).toEqual([
      [],
      [800, 1200],
      { netMinor: 0, taxMinor: 0 },
      2000,
    ]);
    expect(body.lines.map(({ fulfilledQuantity }) => fulfilledQuantity)).toEqual([1, 0]);
  });

  it('tell a total that lines, shipping and taxes do not come to', async () => {
    const order = (await ordersOf('shopify.csv', 'shopify')).get('#1088');
    expect([order?.notes, bodyOf(order).payments[0]?.capturedMinor]).toEqual([
      ['lines, shipping and taxes come to 24.90 EUR, the total of the file is 26.90'],
      2690,
    ]);
  });
});

describe('The orders that WooCommerce exports', () => {
  it('by Advanced Order Export have rounded unit prices without tax; the cent that is missing goes to the lines', async () => {
    const order = (await ordersOf('woocommerce-advanced.csv', 'woocommerce')).get('5012');
    const body = bodyOf(order);
    expect([order?.notes, sumOf(body), body.payments[0]]).toEqual([
      [],
      5465,
      { paymentId: 'payment-1', provider: 'manual', reference: '5012', method: 'PayPal', capturedMinor: 5465 },
    ]);
    expect(body.lines.map(({ lineId, sku, paid, fulfilledQuantity }) => [lineId, sku, paid.netMinor, fulfilledQuantity])).toEqual([
      ['1', 'SOAP', 2500, 3],
      ['2', 'TOWEL', 1681, 1],
    ]);
    expect(body).toMatchObject({
      placedAt: '2026-11-12T08:50:00.000Z',
      customer: { name: 'Ada Example', address: { line1: '6 Test Street', postalCode: '10115' } },
    });
  });

  it('are paid but not sent while they are in process', async () => {
    const body = bodyOf((await ordersOf('woocommerce-advanced.csv', 'woocommerce')).get('5013'));
    expect([body.payments[0]?.capturedMinor, body.lines[0]?.fulfilledQuantity]).toEqual([2380, 0]);
  });

  it('by WooCommerce itself have line totals with their tax', async () => {
    const order = (await ordersOf('woocommerce-items.csv', 'woocommerce')).get('5020');
    const body = bodyOf(order);
    expect(order).toMatchObject({ notes: [], refundedMinor: 500 });
    expect([body.lines.map((line) => line.paid), body.shipping, sumOf(body)]).toEqual([
      [
        { netMinor: 1512, taxMinor: 287 },
        { netMinor: 1831, taxMinor: 346 },
      ],
      { netMinor: 412, taxMinor: 78 },
      4466,
    ]);
    expect(body.lines.map(({ sku, title }) => [sku, title])).toEqual([
      ['SOAP', 'Soap'],
      [null, 'Towel, large'],
    ]);
  });
});

describe('Any shop, by the keys of a mapping', () => {
  const MAPPING = JSON.stringify({
    columns: {
      order_id: 'No',
      placed_at: 'Date',
      sku: 'Item',
      quantity: 'Qty',
      unitPrice: 'Price',
      shipping: 'Postage',
      discount: 'Off',
      total: 'Sum',
      tax: 'VAT',
    },
    defaults: { currency: 'EUR' },
    lineIds: 'position',
    decimal: '.',
  });
  const rows = (...cells: readonly Record<string, string>[]): ImportRow[] =>
    cells.map((each, index) => ({
      number: index + 1,
      cells: { No: 'X-1', Date: '2026-11-12', Item: 'A', Qty: '1', Price: '', Postage: '', Off: '', Sum: '', VAT: '', ...each },
    }));
  const only = (...cells: readonly Record<string, string>[]) => orders(rows(...cells), MAPPING).get('X-1');

  it('has unit prices and lines numbered by their place, the same when the file is sent again', () => {
    const file = [
      { Item: 'A', Qty: '3', Price: '3.3333' },
      { Item: 'A', Qty: '2', Price: '5' },
    ];
    expect(bodyOf(only(...file)).lines.map(({ lineId, quantity, paid }) => [lineId, quantity, paid.netMinor])).toEqual([
      ['1', 3, 1000],
      ['2', 2, 1000],
    ]);
    expect(only(...file)).toEqual(only(...file));
  });

  it('has a discount that is a row of its own: it is spread over the lines to the cent, and is no line', () => {
    const body = bodyOf(only({ Price: '10' }, { Item: 'B', Price: '10' }, { Item: 'C', Price: '10' }, { Item: 'VOUCHER', Price: '-5.00' }));
    expect([body.lines.map(({ lineId, paid }) => [lineId, paid.netMinor]), body.payments[0]?.capturedMinor]).toEqual([
      [
        ['1', 834],
        ['2', 833],
        ['3', 833],
      ],
      2500,
    ]);
    expect(grossOf(bodyOf(only({ Price: '10' }, { Item: 'VOUCHER', Qty: '-1', Price: '5.00' })))).toEqual([500]);
    expect(grossOf(bodyOf(only({ Price: '10' }, { Item: 'VOUCHER', Qty: '', Price: '(5.00)' })))).toEqual([500]);
    expect(errorsOf(only({ Price: '10' }, { Item: 'VOUCHER', Price: '-15.00' }))).toEqual(['row 1: the discounts are more than the lines']);
    expect(errorsOf(only({ Item: 'VOUCHER', Price: '-15.00' }))).toEqual(['the order has no row that is a line']);
  });

  it('has a discount in a column, for the goods or the shipping as the total says', () => {
    expect(bodyOf(only({ Price: '20', Postage: '5', Off: '5', Sum: '20' }))).toMatchObject({
      lines: [{ paid: { netMinor: 1500 } }],
      shipping: { netMinor: 500 },
    });
    expect(bodyOf(only({ Price: '20', Off: '2.00' })).lines[0]?.paid.netMinor).toBe(1800);
  });

  it('is asked whether prices hold the tax when no total tells', () => {
    expect(errorsOf(only({ Price: '11.90', VAT: '1.90' }))).toEqual([
      'row 1: whether the prices hold the tax is not known: map the total of the order, or say "taxes": "included" or "added" in the mapping',
    ]);
    expect(bodyOf(only({ Price: '11.90', VAT: '1.90', Sum: '11.90' })).lines[0]?.paid).toEqual({ netMinor: 1000, taxMinor: 190 });
    expect(bodyOf(only({ Price: '10.00', VAT: '1.90', Sum: '11.90' })).lines[0]?.paid).toEqual({ netMinor: 1000, taxMinor: 190 });
  });

  it('has two rows that are the same: the sums say whether they are two lines; without sums they count once', () => {
    const two = [
      { Price: '9.00', Sum: '18.00' },
      { Price: '9.00', Sum: '18.00' },
    ];
    expect([grossOf(bodyOf(only(...two))), only(...two)?.notes]).toEqual([[900, 900], []]);
    const once = [
      { Price: '9.00', Sum: '9.00' },
      { Price: '9.00', Sum: '9.00' },
    ];
    expect([grossOf(bodyOf(only(...once))), only(...once)?.notes]).toEqual([[900], ['row 2 is row 1 again and counts once']]);
    expect(grossOf(bodyOf(only({ Price: '9.00' }, { Price: '9.00' })))).toEqual([900]);
  });

  it('refuses a row that says otherwise about the order, by row and column, and takes a blank for the same', () => {
    expect(errorsOf(only({ Price: '9', Sum: '20', Postage: '2' }, { Price: '9', Sum: '', Postage: '3' }))).toEqual([
      'row 2: shipping ("Postage") is not that of row 1',
    ]);
    expect(bodyOf(only({ Price: '9', Postage: '' }, { Item: 'B', Price: '9', Postage: '2' })).shipping.netMinor).toBe(200);
  });
});
