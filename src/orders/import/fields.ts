/** What the columns of a shop's export can mean, and how a mapping says it. */
import type { Decimal } from './values.js';

const ABOUT_ORDER = [
  'number',
  'placed_at',
  'currency',
  'customer_name',
  'customer_first_name',
  'customer_last_name',
  'customer_email',
  'customer_phone',
  'address_line1',
  'address_line2',
  'city',
  'region',
  'postal_code',
  'country',
] as const;
const TOTALS = ['shipping', 'shipping_tax', 'discount', 'tax', 'subtotal', 'total', 'outstanding', 'refunded'] as const;
const ABOUT_PAYMENT = [
  'payment_status',
  'fulfilment_status',
  'payment_id',
  'payment_provider',
  'payment_reference',
  'payment_method',
] as const;

/** What a column can mean; under most of these names the `generic` mapping finds them. `camelCase` is taken for `snake_case`. */
export const IMPORT_FIELDS = [
  'order_id',
  ...ABOUT_ORDER,
  'line_id',
  'sku',
  'barcode',
  'title',
  'category',
  'quantity',
  'fulfilled_quantity',
  'line_status',
  'delivered_at',
  'fulfilled_at',
  'paid',
  'paid_tax',
  'unit_price',
  'line_discount',
  'taxable',
  'final_sale',
  'weight_grams',
  ...TOTALS,
  ...ABOUT_PAYMENT,
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Fields with numbers; for these a column's decimal sign is decided. */
export const NUMBER_FIELDS = [
  'quantity',
  'fulfilled_quantity',
  'paid',
  'paid_tax',
  'unit_price',
  'line_discount',
  'weight_grams',
  ...TOTALS,
] as const satisfies readonly ImportField[];
export type NumberField = (typeof NUMBER_FIELDS)[number];
export const isNumberField = (field: string): field is NumberField => NUMBER_FIELDS.some((known) => known === field);

/** What belongs to an order as a whole, beside its id. */
export const ORDER_FIELDS = [...ABOUT_ORDER, 'fulfilled_at', ...TOTALS, ...ABOUT_PAYMENT] as const satisfies readonly ImportField[];

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
