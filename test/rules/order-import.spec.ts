import { describe, expect, it } from '@jest/globals';
import { decimalIn } from '../../src/orders/import/decimals.js';
import type { ImportMapping } from '../../src/orders/import/fields.js';
import { readMapping } from '../../src/orders/import/mapping.js';
import {
  ordersFromRows as ordersByTerms,
  type ImportedOrder,
  type ImportRow,
  type UploadedOrder,
} from '../../src/orders/import/order-import.js';
import { plainDigits, writtenNumber } from '../../src/orders/import/values.js';
import { minorFromDecimal } from '../../src/returns/rules/money/decimals.js';

const exponentOf = (currency: string): number | undefined => ({ USD: 2, EUR: 2, JPY: 0, KWD: 3 })[currency];
const ordersFromRows = (rows: readonly ImportRow[], from: ImportMapping, timeZone = 'UTC'): ImportedOrder[] =>
  ordersByTerms(rows, from, { exponentOf, timeZone, transitDays: 7 });

function mapping(text: string): ImportMapping {
  const read = readMapping(text);
  if ('errors' in read) throw new Error(read.errors.join('; '));
  return read.mapping;
}
const rowsOf = (...cells: readonly Record<string, string>[]): ImportRow[] =>
  cells.map((each, index) => ({ number: index + 1, cells: each }));
const bodyOf = (order: ImportedOrder | undefined): UploadedOrder => {
  if (order === undefined || 'errors' in order) throw new Error(`no order: ${JSON.stringify(order)}`);
  return order.body;
};
const errorsOf = (order: ImportedOrder | undefined): readonly string[] => (order !== undefined && 'errors' in order ? order.errors : []);

describe('amounts of an imported file', () => {
  it.each([
    ['261.96', 2, 26196],
    ['12.345678', 2, 1235],
    ['12.3449999', 2, 1234],
    ['957.5775', 2, 95758],
    ['0.005', 2, 1],
    ['0.004', 2, 0],
    ['9.995', 2, 1000],
    ['7', 2, 700],
    ['7.', 2, 700],
    ['1499.5', 0, 1500],
    ['1.0005', 3, 1001],
    ['90071992547409.91', 2, 9007199254740991],
  ])('reads %s with %i decimals as %i minor units, half rounded up', (text, exponent, minor) => {
    expect(minorFromDecimal(text, exponent)).toBe(minor);
  });

  it.each(['', '-1', '1,234.50', '1e3', ' 1', '0x10', '.5', '90071992547409.92', 'NaN'])('refuses %p rather than guess', (text) => {
    expect(minorFromDecimal(text, 2)).toBeUndefined();
  });
});

describe('numbers as people write them', () => {
  it.each([
    ['1.234,50 €', ',', '1234.50', false],
    ['1 234,50', ',', '1234.50', false],
    ['1\u202f234,50\u00a0€', ',', '1234.50', false],
    ["CHF 1'234.50", '.', '1234.50', false],
    ['$1,234.50', '.', '1234.50', false],
    ['1,23,456.00', '.', '123456.00', false],
    ['-5.00', '.', '5.00', true],
    ['−5,00 €', ',', '5.00', true],
    ['5.00-', '.', '5.00', true],
    ['(5.00)', '.', '5.00', true],
    ['-$5', '.', '5', true],
    ['49,-', ',', '49', false],
    ['１２.５０', '.', '12.50', false],
    ['2.0000', '.', '2.0000', false],
  ] as const)('reads %s (decimal %s) as %s', (text, decimal, plain, isNegative) => {
    const written = writtenNumber(text);
    expect([written && plainDigits(written.digits, decimal), written?.isNegative]).toEqual([plain, isNegative]);
  });

  it.each([
    ['1.234.5', '.'],
    ['12,34', '.'],
    ['1,2345.00', '.'],
    ['1.234,56', '.'],
    ['1 23,00', ','],
  ] as const)('refuses %s with decimal %s', (text, decimal) => {
    expect(plainDigits(text, decimal)).toBeUndefined();
  });

  it.each(['', '1E+05', '1e3', '-(5)', '--5', 'free', '12 or 13', '5€5'])('takes %p for no number', (text) => {
    expect(writtenNumber(text)).toBeUndefined();
  });

  it('knows which digits can only be read one way', () => {
    expect(
      ['12,50', '12.5', '1234,567', '0,123', '1.234,5', '1,234.5', '1.234.567', '1 234,567', '1234', '1,234', '1.234'].map(decimalIn),
    ).toEqual([',', '.', ',', ',', ',', '.', ',', ',', undefined, 'either', 'either']);
  });
});

describe('orders from rows', () => {
  const superstoreRow = (orderId: string, rowId: string, sales: string, others: Record<string, string> = {}) => ({
    'Row ID': rowId,
    'Order ID': orderId,
    'Order Date': '3/9/24',
    'Customer Name': 'Ada Example',
    City: 'Springfield',
    State: 'Ohio',
    'Postal Code': '45501',
    Country: 'United States',
    'Product ID': 'OFF-PA-1',
    Category: 'Office',
    'Product Name': 'Paper',
    Sales: sales,
    Quantity: '3',
    ...others,
  });

  it('groups rows that do not stand together, one line per row, paid in one payment', () => {
    const orders = ordersFromRows(
      rowsOf(superstoreRow('US-1', '1', '12.345678'), superstoreRow('US-2', '2', '1'), superstoreRow('US-1', '3', '0.005')),
      mapping('superstore'),
    );
    expect(orders.map((order) => [order.orderId, order.rows])).toEqual([
      ['US-1', [1, 3]],
      ['US-2', [2]],
    ]);
    expect(bodyOf(orders[0])).toEqual({
      number: 'US-1',
      placedAt: '2024-03-09T00:00:00.000Z',
      currency: 'USD',
      customer: {
        name: 'Ada Example',
        email: null,
        phone: null,
        address: { line1: null, line2: null, city: 'Springfield', region: 'Ohio', postalCode: '45501', country: 'United States' },
      },
      lines: [
        {
          lineId: '1',
          sku: 'OFF-PA-1',
          barcode: null,
          title: 'Paper',
          category: 'Office',
          quantity: 3,
          fulfilledQuantity: 3,
          deliveredAt: null,
          paid: { netMinor: 1235, taxMinor: 0 },
          finalSale: false,
          weightGrams: null,
        },
        {
          lineId: '3',
          sku: 'OFF-PA-1',
          barcode: null,
          title: 'Paper',
          category: 'Office',
          quantity: 3,
          fulfilledQuantity: 3,
          deliveredAt: null,
          paid: { netMinor: 1, taxMinor: 0 },
          finalSale: false,
          weightGrams: null,
        },
      ],
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [{ paymentId: 'payment-1', provider: 'simulated', reference: 'sim_ok-US-1', method: 'card', capturedMinor: 1236 }],
    });
  });

  it("reads the generic columns, in the decimals of the order's own currency", () => {
    const row = {
      order_id: 'JP-1',
      number: '#1',
      placed_at: '2024-03-09T10:00:00Z',
      currency: 'JPY',
      line_id: '1',
      sku: 'TEA',
      quantity: '2',
      fulfilled_quantity: '1',
      delivered_at: '2024-03-12',
      paid: '1499.5',
      paid_tax: '150',
      final_sale: 'yes',
      weight_grams: '250',
      shipping: '500',
      shipping_tax: '50',
    };
    const body = bodyOf(ordersFromRows(rowsOf(row), mapping('generic'))[0]);
    expect(body.lines[0]).toMatchObject({
      title: 'TEA',
      quantity: 2,
      fulfilledQuantity: 1,
      deliveredAt: '2024-03-12T00:00:00.000Z',
      paid: { netMinor: 1500, taxMinor: 150 },
      finalSale: true,
      weightGrams: 250,
    });
    expect(body).toMatchObject({ number: '#1', customer: undefined, shipping: { netMinor: 500, taxMinor: 50 } });
    expect(body.payments).toEqual([
      { paymentId: 'payment-1', provider: 'manual', reference: 'JP-1', method: 'other', capturedMinor: 2200 },
    ]);
  });

  it('takes a mapping given with the upload', () => {
    const own = mapping(
      JSON.stringify({
        columns: { order_id: 'Bestellung', placed_at: 'Datum', line_id: 'Pos', sku: 'Artikel', quantity: 'Menge', paid: 'Summe' },
        defaults: { currency: 'EUR' },
        dateFormat: 'DD.MM.YYYY',
      }),
    );
    const row = { Bestellung: 'B-7', Datum: '08.11.2024', Pos: '1', Artikel: 'X', Menge: '1', Summe: '19.99' };
    expect(bodyOf(ordersFromRows(rowsOf(row), own)[0])).toMatchObject({
      currency: 'EUR',
      placedAt: '2024-11-08T00:00:00.000Z',
      payments: [{ capturedMinor: 1999 }],
    });
  });

  it('tells everything that is wrong with an order at once, and leaves the others alone', () => {
    const orders = ordersFromRows(
      rowsOf(superstoreRow('US-1', '1', '1E+03', { Quantity: '1.5', 'Order Date': '2024-03-09' }), superstoreRow('US-2', '2', '1')),
      mapping('superstore'),
    );
    expect(errorsOf(orders[0])).toEqual([
      'row 1: quantity "1.5" is not a whole number',
      'row 1: paid "1E+03" was shortened by a spreadsheet; show the column as a number in full and save it again',
      'row 1: placed_at "2024-03-09" is not a date (M/D/YY)',
    ]);
    expect(bodyOf(orders[1]).payments).toHaveLength(1);
  });

  it('counts a row that stands there twice once, and says so', () => {
    const [order] = ordersFromRows(
      rowsOf(superstoreRow('A', '1', '12'), superstoreRow('A', '2', '1'), superstoreRow('A', '1', '12')),
      mapping('superstore'),
    );
    expect([order?.rows, order?.notes, bodyOf(order).payments[0]?.capturedMinor]).toEqual([
      [1, 2, 3],
      ['row 3 is row 1 again and counts once'],
      1300,
    ]);
  });

  it('takes breaks and tabs inside a cell for one blank, and an apostrophe in front for a text marker', () => {
    const [order] = ordersFromRows(
      rowsOf(
        superstoreRow('A', '1', '1', {
          'Product Name': 'Paper,\r\n\tA4\nwhite',
          'Postal Code': "'01067",
          'Product ID': "'0012",
          City: "'s-Hertogenbosch",
        }),
      ),
      mapping('superstore'),
    );
    expect(bodyOf(order)).toMatchObject({
      customer: { address: { postalCode: '01067', city: "'s-Hertogenbosch" } },
      lines: [{ title: 'Paper, A4 white', sku: '0012' }],
    });
  });

  it('reads 2.0000 pieces as 2, and refuses an amount in another currency', () => {
    expect(
      bodyOf(ordersFromRows(rowsOf(superstoreRow('A', '1', '1', { Quantity: '2.0000' })), mapping('superstore'))[0]).lines[0]?.quantity,
    ).toBe(2);
    expect(errorsOf(ordersFromRows(rowsOf(superstoreRow('A', '1', 'EUR 5.00')), mapping('superstore'))[0])).toEqual([
      'row 1: paid "EUR 5.00" is not an amount',
    ]);
  });

  it('refuses an order whose rows disagree, repeat a line, lack a field or name no currency', () => {
    const read = (...rows: readonly Record<string, string>[]) => errorsOf(ordersFromRows(rowsOf(...rows), mapping('superstore'))[0]);
    expect(read(superstoreRow('A', '1', '1'), superstoreRow('A', '2', '1', { 'Order Date': '3/10/24' }))).toEqual([
      'row 2: placed_at ("Order Date") is not that of row 1',
    ]);
    expect(read(superstoreRow('A', '1', '1'), superstoreRow('A', '2', '1', { 'Customer Name': 'Bea Example' }))).toEqual([
      'row 2: customer_name ("Customer Name") is not that of row 1',
    ]);
    expect(read(superstoreRow('A', '1', '1'), superstoreRow('A', '1', '2'))).toEqual(['two rows of the order have the same line_id']);
    expect(read(superstoreRow('A', '1', '1', { 'Product ID': '', 'Product Name': '', Quantity: '' }))).toEqual([
      'row 1: quantity is missing',
      'row 1: sku is missing',
    ]);
    expect(read(superstoreRow('', '1', '1'))).toEqual(['order_id is missing']);
    const strange = { order_id: 'A', placed_at: '2024-03-09', currency: 'Taler', line_id: '1', sku: 'S', quantity: '1', paid: '1' };
    expect(errorsOf(ordersFromRows(rowsOf(strange), mapping('generic'))[0])).toEqual(['row 1: "Taler" is no currency']);
  });
});

describe('mappings', () => {
  it.each([
    ['nosuch', 'There is no mapping "nosuch"; known are generic, superstore, shopify, woocommerce, or give one as JSON'],
    ['{', 'The mapping is not valid JSON'],
    ['{"columns":{"colour":"C"}}', 'columns names an unknown field "colour"'],
    ['{"columns":{"sku":1}}', 'columns.sku must be a text'],
    ['{"columns":{},"x":1}', 'The mapping has an unknown part "x"'],
    [
      '{"columns":{},"dateFormat":"soon"}',
      'dateFormat must be iso or name year, month and day once each, such as M/D/YY, with or without a time such as HH:mm or h:mm A',
    ],
    ['{"columns":{},"decimal":";"}', 'decimal must be "," or ".", or name one of them for fields with numbers'],
    ['{"columns":{},"lineIds":"row"}', 'lineIds must be one of column, position'],
    ['{"base":"nosuch"}', 'base must be one of generic, superstore, shopify, woocommerce'],
    ['{}', 'columns must be an object of texts by field name'],
  ])('refuses %s', (text, error) => {
    expect(readMapping(text)).toEqual({ errors: [error] });
  });
});
