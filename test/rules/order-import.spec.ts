import { describe, expect, it } from '@jest/globals';
import { readMapping, type ImportMapping } from '../../src/orders/import-mapping.js';
import { instant, isDateFormat, minorFromDecimal } from '../../src/orders/import-values.js';
import { ordersFromRows, type ImportedOrder, type ImportRow, type OrderBody } from '../../src/orders/order-import.js';

const exponentOf = (currency: string): number | undefined => ({ USD: 2, EUR: 2, JPY: 0, KWD: 3 })[currency];

function mapping(text: string): ImportMapping {
  const read = readMapping(text);
  if ('errors' in read) throw new Error(read.errors.join('; '));
  return read.mapping;
}
const rowsOf = (...cells: readonly Record<string, string>[]): ImportRow[] => cells.map((each, index) => ({ number: index + 1, cells: each }));
const bodyOf = (order: ImportedOrder | undefined): OrderBody => {
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

describe('dates of an imported file', () => {
  it.each([
    ['11/8/16', 'M/D/YY', '2016-11-08T00:00:00.000Z'],
    ['1/2/69', 'M/D/YY', '1969-01-02T00:00:00.000Z'],
    ['08.11.2016', 'DD.MM.YYYY', '2016-11-08T00:00:00.000Z'],
    ['2016-11-08', 'iso', '2016-11-08T00:00:00.000Z'],
    ['2016-11-08T23:30:00+02:00', 'iso', '2016-11-08T21:30:00.000Z'],
  ])('reads %s in the format %s as %s', (text, format, expected) => {
    expect(instant(text, format)).toBe(expected);
  });

  it.each([
    ['2/30/16', 'M/D/YY'],
    ['13/1/16', 'M/D/YY'],
    ['2016-02-30', 'iso'],
    ['2016-02-30T10:00:00Z', 'iso'],
    ['2016-11-08T10:00:00', 'iso'],
    ['8.11.2016', 'DD.MM.YYYY'],
  ])('refuses %s in the format %s', (text, format) => {
    expect(instant(text, format)).toBeUndefined();
  });

  it('knows formats that name year, month and day once', () => {
    expect(['iso', 'M/D/YY', 'YYYY-MM-DD', 'DD.MM.YYYY'].map(isDateFormat)).toEqual([true, true, true, true]);
    expect(['', 'M/D', 'M/D/YY/YY', 'MM/DD/YYYY HH', 'M(D)YY'].map(isDateFormat)).toEqual([false, false, false, false, false]);
  });
});

describe('orders from rows', () => {
  const superstoreRow = (orderId: string, rowId: string, sales: string, others: Record<string, string> = {}) => ({
    'Row ID': rowId, 'Order ID': orderId, 'Order Date': '3/9/24', 'Customer Name': 'Ada Example', City: 'Springfield', State: 'Ohio',
    'Postal Code': '45501', Country: 'United States', 'Product ID': 'OFF-PA-1', Category: 'Office', 'Product Name': 'Paper', Sales: sales, Quantity: '3', ...others,
  });

  it('groups rows that do not stand together, one line per row, paid in one payment', () => {
    const orders = ordersFromRows(
      rowsOf(superstoreRow('US-1', '1', '12.345678'), superstoreRow('US-2', '2', '1'), superstoreRow('US-1', '3', '0.005')),
      mapping('superstore'),
      exponentOf,
    );
    expect(orders.map((order) => [order.orderId, order.rows])).toEqual([['US-1', [1, 3]], ['US-2', [2]]]);
    expect(bodyOf(orders[0])).toEqual({
      number: 'US-1',
      placedAt: '2024-03-09T00:00:00.000Z',
      currency: 'USD',
      customer: {
        name: 'Ada Example', email: null, phone: null,
        address: { line1: null, line2: null, city: 'Springfield', region: 'Ohio', postalCode: '45501', country: 'United States' },
      },
      lines: [
        {
          lineId: '1', sku: 'OFF-PA-1', barcode: null, title: 'Paper', category: 'Office', quantity: 3, fulfilledQuantity: 3, deliveredAt: null,
          paid: { netMinor: 1235, taxMinor: 0 }, finalSale: false, weightGrams: null,
        },
        {
          lineId: '3', sku: 'OFF-PA-1', barcode: null, title: 'Paper', category: 'Office', quantity: 3, fulfilledQuantity: 3, deliveredAt: null,
          paid: { netMinor: 1, taxMinor: 0 }, finalSale: false, weightGrams: null,
        },
      ],
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [{ paymentId: 'payment-1', provider: 'simulated', reference: 'sim_ok-US-1', method: 'card', capturedMinor: 1236 }],
    });
  });

  it('reads the generic columns, in the decimals of the order\'s own currency', () => {
    const row = {
      order_id: 'JP-1', number: '#1', placed_at: '2024-03-09T10:00:00Z', currency: 'JPY', line_id: '1', sku: 'TEA', quantity: '2', fulfilled_quantity: '1',
      delivered_at: '2024-03-12', paid: '1499.5', paid_tax: '150', final_sale: 'yes', weight_grams: '250', shipping: '500', shipping_tax: '50',
    };
    const body = bodyOf(ordersFromRows(rowsOf(row), mapping('generic'), exponentOf)[0]);
    expect(body.lines[0]).toMatchObject({
      title: 'TEA', quantity: 2, fulfilledQuantity: 1, deliveredAt: '2024-03-12T00:00:00.000Z', paid: { netMinor: 1500, taxMinor: 150 }, finalSale: true, weightGrams: 250,
    });
    expect(body).toMatchObject({ number: '#1', customer: { name: null, address: null }, shipping: { netMinor: 500, taxMinor: 50 } });
    expect(body.payments).toEqual([{ paymentId: 'payment-1', provider: 'manual', reference: 'JP-1', method: 'other', capturedMinor: 2200 }]);
  });

  it('takes a mapping given with the upload', () => {
    const own = mapping(JSON.stringify({
      columns: { order_id: 'Bestellung', placed_at: 'Datum', line_id: 'Pos', sku: 'Artikel', quantity: 'Menge', paid: 'Summe' },
      defaults: { currency: 'EUR' },
      dateFormat: 'DD.MM.YYYY',
    }));
    const row = { Bestellung: 'B-7', Datum: '08.11.2024', Pos: '1', Artikel: 'X', Menge: '1', Summe: '19.99' };
    expect(bodyOf(ordersFromRows(rowsOf(row), own, exponentOf)[0])).toMatchObject({ currency: 'EUR', placedAt: '2024-11-08T00:00:00.000Z', payments: [{ capturedMinor: 1999 }] });
  });

  it('tells everything that is wrong with an order at once, and leaves the others alone', () => {
    const orders = ordersFromRows(
      rowsOf(superstoreRow('US-1', '1', '1,000.00', { Quantity: '1.5', 'Order Date': '2024-03-09' }), superstoreRow('US-2', '2', '1')),
      mapping('superstore'),
      exponentOf,
    );
    expect(errorsOf(orders[0])).toEqual([
      'row 1: quantity "1.5" is not a whole number',
      'row 1: paid "1,000.00" is not an amount',
      'row 1: placed_at "2024-03-09" is not a date (M/D/YY)',
    ]);
    expect(bodyOf(orders[1]).payments).toHaveLength(1);
  });

  it('refuses an order whose rows disagree, repeat a line, lack a field or name no currency', () => {
    const read = (...rows: readonly Record<string, string>[]) => errorsOf(ordersFromRows(rowsOf(...rows), mapping('superstore'), exponentOf)[0]);
    expect(read(superstoreRow('A', '1', '1'), superstoreRow('A', '2', '1', { 'Order Date': '3/10/24' }))).toEqual(['rows of the order disagree about placed_at']);
    expect(read(superstoreRow('A', '1', '1'), superstoreRow('A', '1', '1'))).toEqual(['two rows of the order have the same line_id']);
    expect(read(superstoreRow('A', '1', '1', { 'Product ID': '', Quantity: '' }))).toEqual(['row 1: sku is missing', 'row 1: quantity is missing']);
    expect(read(superstoreRow('', '1', '1'))).toEqual(['order_id is missing']);
    const strange = { order_id: 'A', placed_at: '2024-03-09', currency: 'Taler', line_id: '1', sku: 'S', quantity: '1', paid: '1' };
    expect(errorsOf(ordersFromRows(rowsOf(strange), mapping('generic'), exponentOf)[0])).toEqual(['row 1: "Taler" is no currency']);
  });
});

describe('mappings', () => {
  it.each([
    ['nosuch', 'There is no mapping "nosuch"; known are generic, superstore, or give one as JSON'],
    ['{', 'The mapping is not valid JSON'],
    ['{"columns":{"colour":"C"}}', 'columns names an unknown field "colour"'],
    ['{"columns":{"sku":1}}', 'columns.sku must be a text'],
    ['{"columns":{},"x":1}', 'The mapping has an unknown part "x"'],
    ['{"columns":{},"dateFormat":"soon"}', 'dateFormat must be iso or name year, month and day once each, such as M/D/YY'],
    ['{}', 'columns must be an object of texts by field name'],
  ])('refuses %s', (text, error) => {
    expect(readMapping(text)).toEqual({ errors: [error] });
  });
});
