/** How the columns of a shop's export are called: named mappings for known files, or one given with the upload. */
import { isDateFormat } from './import-values.js';

/** What a column can mean; under these names the `generic` mapping finds them. `paid` is the line's total after discounts, without tax. */
export const IMPORT_FIELDS = [
  'order_id', 'number', 'placed_at', 'currency',
  'customer_name', 'customer_email', 'customer_phone',
  'address_line1', 'address_line2', 'city', 'region', 'postal_code', 'country',
  'line_id', 'sku', 'barcode', 'title', 'category', 'quantity', 'fulfilled_quantity', 'delivered_at',
  'paid', 'paid_tax', 'final_sale', 'weight_grams',
  'shipping', 'shipping_tax',
  'payment_id', 'payment_provider', 'payment_reference', 'payment_method',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

export type ImportMapping = {
  /** Field → name of the column that holds it. */
  readonly columns: Readonly<Partial<Record<ImportField, string>>>;
  /** Field → text taken where the column is not mapped or the cell is empty; `{order_id}` in it is replaced. */
  readonly defaults: Readonly<Partial<Record<ImportField, string>>>;
  /** `iso`, or tokens such as `M/D/YY`, for every date of the file. */
  readonly dateFormat: string;
};

/** No payment column: the whole order was paid in one payment that finance refunds by hand. */
const PAYMENT_DEFAULTS = { payment_id: 'payment-1', payment_provider: 'manual', payment_reference: '{order_id}', payment_method: 'other' } as const;

const GENERIC: ImportMapping = {
  columns: Object.fromEntries(IMPORT_FIELDS.map((field) => [field, field])),
  defaults: PAYMENT_DEFAULTS,
  dateFormat: 'iso',
};

/** The public "Sample - Superstore" export: one row per order line, `Sales` is the line's total in dollars. Payments are simulated. */
const SUPERSTORE: ImportMapping = {
  columns: {
    order_id: 'Order ID', placed_at: 'Order Date', customer_name: 'Customer Name',
    city: 'City', region: 'State', postal_code: 'Postal Code', country: 'Country',
    line_id: 'Row ID', sku: 'Product ID', title: 'Product Name', category: 'Category', quantity: 'Quantity', paid: 'Sales',
  },
  defaults: { ...PAYMENT_DEFAULTS, currency: 'USD', payment_provider: 'simulated', payment_reference: 'sim_ok-{order_id}', payment_method: 'card' },
  dateFormat: 'M/D/YY',
};

export const NAMED_MAPPINGS: ReadonlyMap<string, ImportMapping> = new Map([['generic', GENERIC], ['superstore', SUPERSTORE]]);

/** `errors` in words, when the text is no mapping. */
export type MappingRead = { readonly mapping: ImportMapping } | { readonly errors: readonly string[] };

/**
 * A mapping by name (`generic`, `superstore`) or as JSON: `{"columns": {"order_id": "Order No", …}, "defaults": {…}, "dateFormat": "DD.MM.YYYY"}`.
 * Payment defaults are those of `generic` unless said otherwise.
 */
export function readMapping(text: string): MappingRead {
  const named = NAMED_MAPPINGS.get(text);
  if (named !== undefined) return { mapping: named };
  if (!text.trimStart().startsWith('{')) return { errors: [`There is no mapping "${text}"; known are ${[...NAMED_MAPPINGS.keys()].join(', ')}, or give one as JSON`] };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { errors: ['The mapping is not valid JSON'] };
  }
  return fromJson(json);
}

function fromJson(json: unknown): MappingRead {
  if (!isRecord(json)) return { errors: ['The mapping is not a JSON object'] };
  const { columns, defaults = {}, dateFormat = 'iso', ...others } = json;
  const errors = [
    ...Object.keys(others).map((key) => `The mapping has an unknown part "${key}"`),
    ...problemsOfFields('columns', columns),
    ...problemsOfFields('defaults', defaults),
  ];
  if (typeof dateFormat !== 'string' || !isDateFormat(dateFormat)) errors.push('dateFormat must be iso or name year, month and day once each, such as M/D/YY');
  if (errors.length > 0 || typeof dateFormat !== 'string') return { errors };
  return { mapping: { columns: textsOf(columns), defaults: { ...PAYMENT_DEFAULTS, ...textsOf(defaults) }, dateFormat } };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

function problemsOfFields(part: string, value: unknown): readonly string[] {
  if (!isRecord(value)) return [`${part} must be an object of texts by field name`];
  return Object.entries(value).flatMap(([field, text]) => {
    if (!IMPORT_FIELDS.some((known) => known === field)) return [`${part} names an unknown field "${field}"`];
    return typeof text === 'string' && text !== '' ? [] : [`${part}.${field} must be a text`];
  });
}

/** Own, known fields with texts only; the problems were told before. */
function textsOf(value: unknown): Partial<Record<ImportField, string>> {
  const texts: Partial<Record<ImportField, string>> = {};
  if (!isRecord(value)) return texts;
  for (const field of IMPORT_FIELDS) {
    const text = Object.hasOwn(value, field) ? value[field] : undefined;
    if (typeof text === 'string') texts[field] = text;
  }
  return texts;
}
