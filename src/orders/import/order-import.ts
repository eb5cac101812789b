/**
 * Rows of a shop's export as orders, in the very shape that `PUT /v1/orders/{orderId}` takes. Pure: the upload, the CLI
 * and the demo give rows in and register what comes out, so a file means the same wherever it is read.
 */
import { TOKEN } from '../../http/texts.js';
import { DAY_MS } from '../../shared/days.js';
import type { CustomerBody, OrderBody, OrderLineBody } from '../orders.dto.js';
import { cellOf, Cells, type ImportRow, type Reading } from './cells.js';
import { ORDER_FIELDS, type ImportMapping } from './fields.js';
import { settle, type Amount, type LineAmounts, type Settled } from './sums.js';

export type { ImportRow } from './cells.js';

/** Nothing is left out; a `customer` who is undefined: the file tells nothing about them. */
export type UploadedOrder = Required<Omit<OrderBody, 'customer' | 'lines' | 'shipping' | 'promotions'>> & {
  readonly customer: Required<CustomerBody> | undefined;
  readonly lines: readonly UploadedLine[];
  readonly shipping: Amount;
};
type UploadedLine = Required<Omit<OrderLineBody, 'kind'>>;

/**
 * One order of the file, or what is wrong with it. `rows` are the row numbers it was made of, `notes` what its sender
 * should know though nothing is wrong. `refundedMinor`: given back by the shop already, part of what was captured.
 */
export type ImportedOrder = { readonly orderId: string; readonly rows: readonly number[]; readonly notes: readonly string[] } & (
  { readonly body: UploadedOrder; readonly refundedMinor: number } | { readonly errors: readonly string[] }
);

/** What rows cannot say themselves. */
export type ImportTerms = {
  /** Decimals of a currency (ISO 4217), undefined for an unknown one. */
  readonly exponentOf: (currency: string) => number | undefined;
  /** The shop's, IANA name. */
  readonly timeZone: string;
  /** Days from being sent to the delivery, where a file knows the first alone. */
  readonly transitDays: number;
};

/**
 * All rows of a file (in any order: rows of one order need not stand together) as orders, in the order of their first
 * row. What belongs to the order as a whole may stand on one row or on all; a row that says otherwise is an error.
 * A row below 0 is a discount, spread over the lines. Amounts are decimal texts of the order's currency, rounded half up
 * to its minor unit; the single payment has captured lines and shipping together, or what the file says was paid.
 */
export function ordersFromRows(rows: Iterable<ImportRow>, mapping: ImportMapping, terms: ImportTerms): ImportedOrder[] {
  const byOrder = new Map<string, ImportRow[]>();
  for (const row of rows) {
    const orderId = cellOf(row, mapping, 'order_id');
    const group = byOrder.get(orderId);
    if (group === undefined) byOrder.set(orderId, [row]);
    else group.push(row);
  }
  return [...byOrder].map(([orderId, group]) => orderFromRows(orderId, group, mapping, terms));
}

function orderFromRows(orderId: string, rows: readonly ImportRow[], mapping: ImportMapping, terms: ImportTerms): ImportedOrder {
  const numbers = rows.map((row) => row.number);
  const faults = rows.flatMap((row) => row.fault ?? []);
  const failed = (errors: readonly string[]): ImportedOrder => ({ orderId, rows: numbers, notes: [], errors });
  if (faults.length > 0) return failed(faults);
  if (orderId === '') return failed(['order_id is missing']);
  const distinct = withoutRepeats(rows);
  const once = readOrder(orderId, distinct.rows, mapping, terms);
  if (distinct.notes.length === 0 || mapping.lineIds === 'column')
    return { ...told(once), orderId, rows: numbers, notes: [...distinct.notes, ...once.notes] };
  // Without ids two rows alike may be two lines of the order. Its own sums know.
  const all = readOrder(orderId, rows, mapping, terms);
  return all.hasSums && all.agrees && !once.agrees
    ? { ...told(all), orderId, rows: numbers, notes: all.notes }
    : { ...told(once), orderId, rows: numbers, notes: [...distinct.notes, ...once.notes] };
}

function withoutRepeats(rows: readonly ImportRow[]): { readonly rows: readonly ImportRow[]; readonly notes: readonly string[] } {
  if (rows.length === 1) return { rows, notes: [] };
  const seen = new Map<string, number>();
  const notes: string[] = [];
  const distinct = rows.filter(({ number, cells }) => {
    const key = JSON.stringify(cells);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, number);
    else notes.push(`row ${number} is row ${first} again and counts once`);
    return first === undefined;
  });
  return { rows: distinct, notes };
}

type ReadOrder = {
  readonly body: UploadedOrder;
  readonly refundedMinor: number;
  readonly errors: readonly string[];
  readonly notes: readonly string[];
  /** Does the file have sums of this order, and do its lines come to them? */
  readonly hasSums: boolean;
  readonly agrees: boolean;
};
const told = ({
  body,
  refundedMinor,
  errors,
}: ReadOrder): { readonly body: UploadedOrder; readonly refundedMinor: number } | { readonly errors: readonly string[] } =>
  errors.length > 0 ? { errors } : { body, refundedMinor };

function readOrder(orderId: string, rows: readonly ImportRow[], mapping: ImportMapping, terms: ImportTerms): ReadOrder {
  const errors = new Set<string>();
  const first = headOf(rows, mapping, errors);
  const reading = { mapping, exponent: 2, currency: '', timeZone: terms.timeZone, errors };
  const currency = new Cells(first, reading).text('currency');
  const exponent = terms.exponentOf(currency);
  if (exponent === undefined && currency !== '') errors.add(`row ${first.number}: "${currency}" is no currency`);
  const inCurrency: Reading = { ...reading, currency, exponent: exponent ?? 2 };
  const head = new Cells(first, inCurrency);
  const items = rows.map((row, index) => itemOf(new Cells(row, inCurrency), mapping, index));
  const lines = items.filter((item) => !item.isDiscount);
  if (lines.length === 0) errors.add('the order has no row that is a line');
  const notes: string[] = [];
  const settled = settledOf(head, items, mapping, errors);
  const delivery = new Delivery(head, terms.transitDays, notes);
  const bodies = lines.map((item, index) => delivery.lineOf(item, settled.lines[index] ?? { netMinor: 0, taxMinor: 0 }));
  if (new Set(bodies.map((line) => line.lineId)).size < bodies.length) errors.add('two rows of the order have the same line_id');
  const totalMinor = head.money('total');
  if (!settled.agrees && errors.size === 0)
    notes.push(
      `lines, shipping and taxes come to ${inUnits(settled.sumMinor, exponent ?? 2)} ${currency}${totalMinor === null ? ', which is not what the sums of the file say' : `, the total of the file is ${inUnits(totalMinor, exponent ?? 2)}`}`,
    );
  const capturedMinor = capturedOf(head, totalMinor ?? settled.sumMinor);
  const refundedMinor = Math.min(Math.abs(head.signedMoney('refunded') ?? 0), capturedMinor);
  const body: UploadedOrder = {
    number: head.optional('number') ?? orderId,
    placedAt: head.date('placed_at') ?? head.missing('placed_at'),
    currency,
    customer: customerOf(head),
    lines: bodies,
    shipping: settled.shipping,
    payments: [
      {
        paymentId: head.text('payment_id'),
        provider: head.text('payment_provider'),
        reference: head.text('payment_reference'),
        method: codeOf(head.text('payment_method')),
        capturedMinor,
      },
    ],
  };
  return {
    body,
    refundedMinor,
    errors: [...errors],
    notes,
    hasSums: totalMinor !== null || head.money('subtotal') !== null,
    agrees: settled.agrees,
  };
}

/** The first row, with what other rows say about the order as a whole where it says nothing; what they say otherwise is told. */
function headOf(rows: readonly ImportRow[], mapping: ImportMapping, errors: Set<string>): ImportRow {
  const [first] = rows;
  if (first !== undefined && rows.length === 1) return first;
  const cells: Record<string, string> = Object.create(null) as Record<string, string>;
  Object.assign(cells, first?.cells);
  for (const field of ORDER_FIELDS) {
    if (mapping.columns[field] === undefined) continue;
    let said: { readonly text: string; readonly number: number } | undefined;
    for (const row of rows) {
      const text = cellOf(row, mapping, field);
      if (text === '') continue;
      if (said !== undefined && said.text.toLowerCase() !== text.toLowerCase())
        errors.add(`row ${row.number}: ${field} ("${mapping.columns[field]?.join('" or "') ?? ''}") is not that of row ${said.number}`);
      said ??= { text, number: row.number };
    }
    for (const column of mapping.columns[field] ?? []) cells[column] = filled(rows, column);
  }
  return { number: first?.number ?? 0, cells };
}

const filled = (rows: readonly ImportRow[], column: string): string =>
  rows.map(({ cells }) => (Object.hasOwn(cells, column) ? (cells[column] ?? '') : '')).find((text) => text.trim() !== '') ?? '';

/** Cells that are empty or not there tell nothing about the customer; only a body can say that there is nobody. */
function customerOf(head: Cells): UploadedOrder['customer'] {
  const address = {
    line1: head.optional('address_line1'),
    line2: head.optional('address_line2'),
    city: head.optional('city'),
    region: head.optional('region'),
    postalCode: head.optional('postal_code'),
    country: head.optional('country'),
  };
  const names = [head.optional('customer_first_name'), head.optional('customer_last_name')].filter((name) => name !== null);
  const name = head.optional('customer_name') ?? (names.length > 0 ? names.join(' ') : null);
  const [email, phone] = [head.optional('customer_email'), head.optional('customer_phone')];
  const told = [name, email, phone, ...Object.values(address)].some((part) => part !== null);
  return told ? { name, email, phone, address } : undefined;
}

/** A row as a line, or as a discount of the order. */
type Item = LineAmounts & { readonly cells: Cells; readonly lineId: string; readonly isDiscount: boolean };

function itemOf(cells: Cells, mapping: ImportMapping, index: number): Item {
  const hasPaid = cells.optional('paid') !== null;
  const signed = cells.signedWhole('quantity');
  const minor = hasPaid ? cells.signedMoney('paid') : cells.product('unit_price', signed ?? 1);
  const taxMinor = cells.signedMoney('paid_tax') ?? 0;
  const isDiscount = minor !== null && minor < 0;
  if (!isDiscount) {
    if (signed === null) cells.missing('quantity');
    else if (signed < 0) cells.tell(`quantity "${signed}" is below 0, the amount is not`);
    if (minor === null && !hasPaid && cells.optional('unit_price') === null) cells.missing('paid');
    if (taxMinor < 0) cells.tell('paid_tax is below 0, the amount is not');
  }
  return {
    cells,
    lineId: mapping.lineIds === 'position' ? String(index + 1) : isDiscount ? '' : cells.text('line_id'),
    isDiscount,
    minor: minor ?? 0,
    taxMinor,
    discountMinor: isDiscount ? 0 : Math.abs(cells.signedMoney('line_discount') ?? 0),
    quantity: Math.max(signed ?? 0, 0),
    isTaxable: cells.flag('taxable') ?? true,
  };
}

/** What each line costs in the end; what makes no sense is told in `errors`. */
function settledOf(head: Cells, items: readonly Item[], mapping: ImportMapping, errors: Set<string>): Settled {
  const lines = items.filter((item) => !item.isDiscount);
  const off = items.filter((item) => item.isDiscount);
  const shipping = { netMinor: head.money('shipping') ?? 0, taxMinor: head.money('shipping_tax') ?? 0 };
  const read = settle(lines, {
    shipping,
    takenOff: { netMinor: sum(off.map((item) => -item.minor)), taxMinor: sum(off.map((item) => -item.taxMinor)) },
    discountMinor: Math.abs(head.signedMoney('discount') ?? 0),
    taxMinor: head.money('tax') ?? 0,
    subtotalMinor: head.money('subtotal'),
    totalMinor: head.money('total'),
    taxes: mapping.taxes,
    areUnitPrices: lines.some((item) => item.cells.optional('paid') === null),
  });
  if (!('error' in read)) return read;
  if (lines.length > 0 && errors.size === 0) errors.add(`row ${head.row.number}: ${read.error}`);
  return {
    lines: lines.map(({ minor, taxMinor }) => ({ netMinor: minor, taxMinor })),
    shipping,
    sumMinor: sum(lines.map((item) => item.minor)),
    agrees: true,
  };
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, amount) => all + amount, 0);

const statusIn = (text: string | null): string =>
  (text ?? '')
    .toLowerCase()
    .replace(/^wc-/, '')
    .replace(/[\s_]+/g, '-');
/** Payment states of shops (Shopify's and WooCommerce's) in which nothing was captured. */
const NOTHING_CAPTURED: ReadonlySet<string> = new Set([
  'pending',
  'authorized',
  'voided',
  'expired',
  'unpaid',
  'on-hold',
  'failed',
  'cancelled',
  'pending-payment',
  'checkout-draft',
]);
const NOTHING_SENT: ReadonlySet<string> = new Set([
  'pending',
  'unfulfilled',
  'not-fulfilled',
  'restocked',
  'processing',
  'on-hold',
  'failed',
  'cancelled',
  'pending-payment',
  'checkout-draft',
  'scheduled',
  'open',
]);
const PARTLY_SENT: ReadonlySet<string> = new Set(['partial', 'partially-fulfilled', 'in-progress']);

const capturedOf = (head: Cells, totalMinor: number): number =>
  NOTHING_CAPTURED.has(statusIn(head.optional('payment_status'))) ? 0 : Math.max(totalMinor - (head.money('outstanding') ?? 0), 0);

/** What of the order was sent, and when it arrived. */
class Delivery {
  readonly #status: string;
  readonly #arrivedAt: string | null;

  constructor(
    head: Cells,
    transitDays: number,
    private readonly notes: string[],
  ) {
    this.#status = statusIn(head.optional('fulfilment_status'));
    const sentAt = head.date('fulfilled_at');
    this.#arrivedAt = sentAt === null ? null : new Date(Date.parse(sentAt) + transitDays * DAY_MS).toISOString();
  }

  lineOf({ cells, lineId, quantity }: Item, paid: Amount): UploadedLine {
    const sku = cells.optional('sku');
    if (sku === null && cells.optional('title') === null) cells.missing('sku');
    const fulfilledQuantity = cells.whole('fulfilled_quantity') ?? this.#sent(cells, quantity);
    return {
      lineId,
      sku,
      barcode: cells.optional('barcode'),
      title: cells.optional('title') ?? sku,
      category: cells.optional('category'),
      quantity,
      fulfilledQuantity,
      deliveredAt: cells.date('delivered_at') ?? (fulfilledQuantity > 0 ? this.#arrivedAt : null),
      paid,
      finalSale: cells.flag('final_sale') ?? false,
      weightGrams: cells.whole('weight_grams'),
    };
  }

  #sent(cells: Cells, quantity: number): number {
    const own = statusIn(cells.optional('line_status'));
    const status = own === '' ? this.#status : own;
    if (PARTLY_SENT.has(status) && own !== '' && quantity > 1)
      this.notes.push(`row ${cells.row.number}: how many of ${quantity} were sent is not known; all of them may be returned`);
    return NOTHING_SENT.has(status) ? 0 : quantity;
  }
}

/** A name people gave, as a code: `PayPal Express Checkout` → `paypal_express_checkout`; what is one stays as it is. */
const codeOf = (name: string): string =>
  (TOKEN.test(name) && name.length <= 40) || name === ''
    ? name
    : name
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_|_$/g, '')
        .slice(0, 40) || 'other';

/** Plain decimals for a sentence. */
const inUnits = (minor: number, exponent: number): string => {
  const digits = String(minor).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
};
