/**
 * Rows of a shop's export as orders, in the very shape that `PUT /v1/orders/{orderId}` takes. Pure: the upload, the CLI
 * and the demo give rows in and register what comes out, so a file means the same wherever it is read.
 */
import type { ImportField, ImportMapping } from './import-mapping.js';
import { flag, instant, minorFromDecimal, wholeNumber } from './import-values.js';

/** One row of the file: cells by column name. `number` counts from 1, without the header. */
export type ImportRow = { readonly number: number; readonly cells: Readonly<Record<string, string>> };

type CustomerBody = {
  name: string | null;
  email: string | null;
  phone: string | null;
  address: Record<'line1' | 'line2' | 'city' | 'region' | 'postalCode' | 'country', string | null>;
};
export type OrderBody = {
  number: string;
  placedAt: string;
  currency: string;
  /** Undefined: the file tells nothing about them. */
  customer: CustomerBody | undefined;
  lines: OrderLineBody[];
  shipping: { netMinor: number; taxMinor: number };
  payments: { paymentId: string; provider: string; reference: string; method: string; capturedMinor: number }[];
};
export type OrderLineBody = {
  lineId: string;
  sku: string | null;
  barcode: string | null;
  title: string | null;
  category: string | null;
  quantity: number;
  fulfilledQuantity: number;
  deliveredAt: string | null;
  paid: { netMinor: number; taxMinor: number };
  finalSale: boolean;
  weightGrams: number | null;
};

/** One order of the file, or what is wrong with it. `rows` are the row numbers it was made of. */
export type ImportedOrder = { readonly orderId: string; readonly rows: readonly number[] } & (
  | { readonly body: OrderBody }
  | { readonly errors: readonly string[] }
);

/**
 * All rows of a file (in any order: rows of one order need not stand together) as orders, in the order of their first
 * row. What belongs to the order as a whole is taken from its first row; a row that says otherwise is an error.
 * Amounts are decimal texts of the order's currency, rounded half up to its minor unit; the single payment captures
 * lines and shipping together.
 * @param exponentOf decimals of a currency (ISO 4217), undefined for an unknown one
 */
export function ordersFromRows(rows: Iterable<ImportRow>, mapping: ImportMapping, exponentOf: (currency: string) => number | undefined): ImportedOrder[] {
  const byOrder = new Map<string, ImportRow[]>();
  for (const row of rows) {
    const orderId = cell(row, mapping, 'order_id');
    const group = byOrder.get(orderId);
    if (group === undefined) byOrder.set(orderId, [row]);
    else group.push(row);
  }
  return [...byOrder].map(([orderId, group]) => orderFromRows(orderId, group, mapping, exponentOf));
}

function orderFromRows(orderId: string, rows: readonly ImportRow[], mapping: ImportMapping, exponentOf: (currency: string) => number | undefined): ImportedOrder {
  const numbers = rows.map((row) => row.number);
  const [first] = rows;
  if (first === undefined || orderId === '') return { orderId, rows: numbers, errors: ['order_id is missing'] };
  const errors = new Set<string>();
  const currency = new Cells(first, mapping, 2, errors).text('currency');
  const exponent = exponentOf(currency);
  if (exponent === undefined && currency !== '') errors.add(`row ${first.number}: "${currency}" is no currency`);
  const cells = rows.map((row) => new Cells(row, mapping, exponent ?? 2, errors));
  const [head] = cells;
  if (head === undefined) return { orderId, rows: numbers, errors: ['order_id is missing'] };
  for (const field of ORDER_FIELDS) {
    if (cells.some((each) => each.optional(field) !== head.optional(field))) errors.add(`rows of the order disagree about ${field}`);
  }
  const lines = cells.map(lineOf);
  if (new Set(lines.map((line) => line.lineId)).size < lines.length) errors.add('two rows of the order have the same line_id');
  const body = bodyOf(orderId, currency, head, lines);
  return errors.size > 0 ? { orderId, rows: numbers, errors: [...errors] } : { orderId, rows: numbers, body };
}

const ORDER_FIELDS = ['number', 'placed_at', 'currency', 'shipping', 'shipping_tax', 'payment_id', 'payment_provider', 'payment_reference', 'payment_method'] as const;

function bodyOf(orderId: string, currency: string, head: Cells, lines: OrderLineBody[]): OrderBody {
  const shipping = { netMinor: head.money('shipping') ?? 0, taxMinor: head.money('shipping_tax') ?? 0 };
  const capturedMinor = [...lines.map((line) => line.paid), shipping].reduce((sum, paid) => sum + paid.netMinor + paid.taxMinor, 0);
  return {
    number: head.optional('number') ?? orderId,
    placedAt: head.date('placed_at') ?? head.missing('placed_at'),
    currency,
    customer: customerOf(head),
    lines,
    shipping,
    payments: [
      {
        paymentId: head.text('payment_id'),
        provider: head.text('payment_provider'),
        reference: head.text('payment_reference'),
        method: head.text('payment_method'),
        capturedMinor,
      },
    ],
  };
}

/** Cells that are empty or not there tell nothing about the customer; only a body can say that there is nobody. */
function customerOf(head: Cells): CustomerBody | undefined {
  const address = {
    line1: head.optional('address_line1'),
    line2: head.optional('address_line2'),
    city: head.optional('city'),
    region: head.optional('region'),
    postalCode: head.optional('postal_code'),
    country: head.optional('country'),
  };
  const [name, email, phone] = [head.optional('customer_name'), head.optional('customer_email'), head.optional('customer_phone')];
  const told = [name, email, phone, ...Object.values(address)].some((part) => part !== null);
  return told ? { name, email, phone, address } : undefined;
}

function lineOf(row: Cells): OrderLineBody {
  const quantity = row.whole('quantity');
  const netMinor = row.money('paid');
  if (quantity === null) row.missing('quantity');
  if (netMinor === null) row.missing('paid');
  return {
    lineId: row.text('line_id'),
    sku: row.optional('sku'),
    barcode: row.optional('barcode'),
    title: row.optional('title') ?? row.optional('sku'),
    category: row.optional('category'),
    quantity: quantity ?? 0,
    fulfilledQuantity: row.whole('fulfilled_quantity') ?? quantity ?? 0,
    deliveredAt: row.date('delivered_at'),
    paid: { netMinor: netMinor ?? 0, taxMinor: row.money('paid_tax') ?? 0 },
    finalSale: row.flag('final_sale') ?? false,
    weightGrams: row.whole('weight_grams'),
  };
}

function cell(row: ImportRow, mapping: ImportMapping, field: ImportField): string {
  const column = mapping.columns[field];
  return column !== undefined && Object.hasOwn(row.cells, column) ? (row.cells[column] ?? '').trim() : '';
}

/** The fields of one row as values; what cannot be read is told in `errors` and counts as not there. */
class Cells {
  constructor(
    private readonly row: ImportRow,
    private readonly mapping: ImportMapping,
    private readonly exponent: number,
    private readonly errors: Set<string>,
  ) {}

  optional(field: ImportField): string | null {
    const own = cell(this.row, this.mapping, field);
    if (own !== '') return own;
    return this.mapping.defaults[field]?.replaceAll('{order_id}', cell(this.row, this.mapping, 'order_id')) ?? null;
  }

  text(field: ImportField): string {
    return this.optional(field) ?? this.missing(field);
  }

  /** Tells that the field is needed; one that is there but cannot be read was told already. */
  missing(field: ImportField): string {
    if (this.optional(field) === null) this.errors.add(`row ${this.row.number}: ${field} is missing`);
    return '';
  }

  money(field: ImportField): number | null {
    return this.read(field, (text) => minorFromDecimal(text, this.exponent), 'an amount');
  }

  whole(field: ImportField): number | null {
    return this.read(field, wholeNumber, 'a whole number');
  }

  date(field: ImportField): string | null {
    return this.read(field, (text) => instant(text, this.mapping.dateFormat), `a date (${this.mapping.dateFormat})`);
  }

  flag(field: ImportField): boolean | null {
    return this.read(field, flag, 'yes or no');
  }

  private read<T>(field: ImportField, parse: (text: string) => T | undefined, what: string): T | null {
    const text = this.optional(field);
    if (text === null) return null;
    const value = parse(text);
    if (value !== undefined) return value;
    this.errors.add(`row ${this.row.number}: ${field} "${text.slice(0, 40)}" is not ${what}`);
    return null;
  }
}
