/** How the columns of a shop's export are called and meant: named mappings for known files, or one given with the upload. */
import { isDateFormat } from '../shared/instants.js';
import type { Decimal } from './import-values.js';

/** What a column can mean; under most of these names the `generic` mapping finds them. `camelCase` is taken for `snake_case`. */
export const IMPORT_FIELDS = [
  'order_id', 'number', 'placed_at', 'currency',
  'customer_name', 'customer_first_name', 'customer_last_name', 'customer_email', 'customer_phone',
  'address_line1', 'address_line2', 'city', 'region', 'postal_code', 'country',
  'line_id', 'sku', 'barcode', 'title', 'category', 'quantity', 'fulfilled_quantity', 'line_status', 'delivered_at', 'fulfilled_at',
  'paid', 'paid_tax', 'unit_price', 'line_discount', 'taxable', 'final_sale', 'weight_grams',
  'shipping', 'shipping_tax', 'discount', 'tax', 'subtotal', 'total', 'outstanding', 'refunded', 'payment_status', 'fulfilment_status',
  'payment_id', 'payment_provider', 'payment_reference', 'payment_method',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Fields with numbers; for these a column's decimal sign is decided. */
export const NUMBER_FIELDS = [
  'quantity', 'fulfilled_quantity', 'paid', 'paid_tax', 'unit_price', 'line_discount', 'weight_grams',
  'shipping', 'shipping_tax', 'discount', 'tax', 'subtotal', 'total', 'outstanding', 'refunded',
] as const satisfies readonly ImportField[];
export type NumberField = (typeof NUMBER_FIELDS)[number];
export const isNumberField = (field: string): field is NumberField => NUMBER_FIELDS.some((known) => known === field);

export type ImportMapping = {
  /** Field → names of the columns that may hold it; the first one that is there and filled counts. */
  readonly columns: Readonly<Partial<Record<ImportField, readonly string[]>>>;
  /** Field → text taken where the column is not mapped or the cell is empty; `{order_id}` in it is replaced. */
  readonly defaults: Readonly<Partial<Record<ImportField, string>>>;
  /** `iso`, or tokens such as `M/D/YY` or `DD.MM.YYYY HH:mm`, for every date of the file. */
  readonly dateFormat: string;
  /** Fields whose decimal sign is said; the others' is decided by their column. */
  readonly decimal: Readonly<Partial<Record<NumberField, Decimal>>>;
  /** `position`: a line's id is its row's place within the order. */
  readonly lineIds: 'column' | 'position';
  /** Whether amounts hold the `tax` of the order already; `find`: what agrees with its total. */
  readonly taxes: 'included' | 'added' | 'find';
};

/** No payment column: the whole order was paid in one payment that finance refunds by hand. */
const PAYMENT_DEFAULTS = { payment_id: 'payment-1', payment_provider: 'manual', payment_reference: '{order_id}', payment_method: 'other' } as const;

const PLAIN = { defaults: PAYMENT_DEFAULTS, dateFormat: 'iso', decimal: {}, lineIds: 'column', taxes: 'find' } as const;

/** Columns that a file may have for its own use stay unread: sums of the order, and what other columns say already. */
const NOT_GENERIC: readonly ImportField[] = [
  'customer_first_name', 'customer_last_name', 'line_status', 'fulfilled_at', 'line_discount', 'taxable',
  'discount', 'tax', 'subtotal', 'total', 'outstanding', 'refunded', 'payment_status', 'fulfilment_status',
];
const GENERIC: ImportMapping = { ...PLAIN, columns: Object.fromEntries(IMPORT_FIELDS.filter((field) => !NOT_GENERIC.includes(field)).map((field) => [field, [field]])) };

/** The public "Sample - Superstore" export: one row per order line, `Sales` is the line's total in dollars. Payments are simulated. */
const SUPERSTORE: ImportMapping = {
  ...PLAIN,
  columns: {
    order_id: ['Order ID'], placed_at: ['Order Date'], customer_name: ['Customer Name'],
    city: ['City'], region: ['State'], postal_code: ['Postal Code'], country: ['Country'],
    line_id: ['Row ID'], sku: ['Product ID'], title: ['Product Name'], category: ['Category'], quantity: ['Quantity'], paid: ['Sales'],
  },
  defaults: { ...PAYMENT_DEFAULTS, currency: 'USD', payment_provider: 'simulated', payment_reference: 'sim_ok-{order_id}', payment_method: 'card' },
  dateFormat: 'M/D/YY',
};

export const NAMED_MAPPINGS: ReadonlyMap<string, ImportMapping> = new Map([['generic', GENERIC], ['superstore', SUPERSTORE]]);

/** `errors` in words, when the text is no mapping. */
export type MappingRead = { readonly mapping: ImportMapping } | { readonly errors: readonly string[] };

/**
 * A mapping by name, or as JSON: `{"columns": {"order_id": "Order No", "customer_name": ["Ship to", "Bill to"], …}, "defaults": {…},
 * "dateFormat": "DD.MM.YYYY", "decimal": ",", "lineIds": "position", "taxes": "added"}`. `"base": "shopify"` starts from a named one.
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
  const { base, columns = base === undefined ? undefined : {}, defaults = {}, dateFormat, decimal, lineIds, taxes, ...others } = json;
  const from = base === undefined ? { ...PLAIN, columns: {} } : typeof base === 'string' ? NAMED_MAPPINGS.get(base) : undefined;
  const errors = Object.keys(others).map((key) => `The mapping has an unknown part "${key}"`);
  if (from === undefined) return { errors: [...errors, `base must be one of ${[...NAMED_MAPPINGS.keys()].join(', ')}`] };
  const read = {
    columns: fieldsOf('columns', columns, namesOf, errors),
    defaults: fieldsOf('defaults', defaults, textOf, errors),
    decimal: decimalOf(decimal, from.decimal, errors),
    dateFormat: dateFormat ?? from.dateFormat,
    lineIds: oneOf('lineIds', lineIds, ['column', 'position'], from.lineIds, errors),
    taxes: oneOf('taxes', taxes, ['included', 'added', 'find'], from.taxes, errors),
  };
  if (typeof read.dateFormat !== 'string' || !isDateFormat(read.dateFormat)) {
    errors.push('dateFormat must be iso or name year, month and day once each, such as M/D/YY, with or without a time such as HH:mm or h:mm A');
  }
  if (errors.length > 0 || typeof read.dateFormat !== 'string') return { errors };
  return { mapping: { ...read, dateFormat: read.dateFormat, columns: { ...from.columns, ...read.columns }, defaults: { ...from.defaults, ...read.defaults } } };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `unitPrice` and `unit_price` are the same field. */
function fieldOf(name: string): ImportField | undefined {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return IMPORT_FIELDS.find((field) => field === name || field === snake);
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function namesOf(value: unknown): readonly string[] | undefined {
  const names = (Array.isArray(value) ? value : [value]).map(textOf);
  return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
}

/** Known fields only; what is wrong is told in `errors`. */
function fieldsOf<Value>(part: string, value: unknown, read: (value: unknown) => Value | undefined, errors: string[]): Partial<Record<ImportField, Value>> {
  const fields: Partial<Record<ImportField, Value>> = {};
  if (!isRecord(value)) {
    errors.push(`${part} must be an object of texts by field name`);
    return fields;
  }
  for (const [name, given] of Object.entries(value)) {
    const field = fieldOf(name);
    const known = read(given);
    if (field === undefined) errors.push(`${part} names an unknown field "${name}"`);
    else if (known === undefined) errors.push(`${part}.${name} must be a text`);
    else fields[field] = known;
  }
  return fields;
}

/** One sign for the whole file, or by field. */
function decimalOf(value: unknown, base: ImportMapping['decimal'], errors: string[]): ImportMapping['decimal'] {
  if (value === undefined) return base;
  const isDecimal = (sign: unknown): sign is Decimal => sign === ',' || sign === '.';
  if (isDecimal(value)) return Object.fromEntries(NUMBER_FIELDS.map((field) => [field, value]));
  const byField: Partial<Record<NumberField, Decimal>> = {};
  for (const [name, sign] of isRecord(value) ? Object.entries(value) : [['decimal', value] as const]) {
    const field = fieldOf(name);
    if (field !== undefined && isNumberField(field) && isDecimal(sign)) byField[field] = sign;
    else errors.push('decimal must be "," or ".", or name one of them for fields with numbers');
  }
  return { ...base, ...byField };
}

function oneOf<Value extends string>(part: string, value: unknown, allowed: readonly Value[], fallback: Value, errors: string[]): Value {
  if (value === undefined) return fallback;
  const found = allowed.find((each) => each === value);
  if (found === undefined) errors.push(`${part} must be one of ${allowed.join(', ')}`);
  return found ?? fallback;
}
