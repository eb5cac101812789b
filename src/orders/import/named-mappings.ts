/** Mappings of known files, by name: what their columns are called, and how real ones are filled. */
import { IMPORT_FIELDS, type ImportField, type ImportMapping } from './fields.js';

/** No payment column: the whole order was paid in one payment that finance refunds by hand. */
const PAYMENT_DEFAULTS = {
  payment_id: 'payment-1',
  payment_provider: 'manual',
  payment_reference: '{order_id}',
  payment_method: 'other',
} as const;

const PLAIN = { defaults: PAYMENT_DEFAULTS, dateFormat: 'iso', decimal: {}, lineIds: 'column', taxes: 'find' } as const;

/** Columns that a file may have for its own use stay unread: sums of the order, and what other columns say already. */
const NOT_GENERIC: readonly ImportField[] = [
  'customer_first_name',
  'customer_last_name',
  'line_status',
  'fulfilled_at',
  'line_discount',
  'taxable',
  'discount',
  'tax',
  'subtotal',
  'total',
  'outstanding',
  'refunded',
  'payment_status',
  'fulfilment_status',
];
export const GENERIC: ImportMapping = {
  ...PLAIN,
  columns: Object.fromEntries(IMPORT_FIELDS.filter((field) => !NOT_GENERIC.includes(field)).map((field) => [field, [field]])),
};

/** The public "Sample - Superstore" export: one row per order line, `Sales` is the line's total in dollars. Payments are simulated. */
const SUPERSTORE: ImportMapping = {
  ...PLAIN,
  columns: {
    order_id: ['Order ID'],
    placed_at: ['Order Date'],
    customer_name: ['Customer Name'],
    city: ['City'],
    region: ['State'],
    postal_code: ['Postal Code'],
    country: ['Country'],
    line_id: ['Row ID'],
    sku: ['Product ID'],
    title: ['Product Name'],
    category: ['Category'],
    quantity: ['Quantity'],
    paid: ['Sales'],
  },
  defaults: {
    ...PAYMENT_DEFAULTS,
    currency: 'USD',
    payment_provider: 'simulated',
    payment_reference: 'sim_ok-{order_id}',
    payment_method: 'card',
  },
  dateFormat: 'M/D/YY',
};

/**
 * Shopify's export of orders (Admin, Orders, Export, "Plain CSV"): a row per item, what belongs to the order on its first row
 * only. Prices are of one piece, before the discounts of the order; `Subtotal` is the goods after all of them. There is no id
 * of a line, and no column says whether prices hold the tax.
 */
const SHOPIFY: ImportMapping = {
  ...PLAIN,
  columns: {
    order_id: ['Name'],
    number: ['Name'],
    placed_at: ['Created at'],
    currency: ['Currency'],
    customer_name: ['Shipping Name', 'Billing Name'],
    customer_email: ['Email'],
    customer_phone: ['Shipping Phone', 'Phone', 'Billing Phone'],
    address_line1: ['Shipping Address1', 'Shipping Street'],
    address_line2: ['Shipping Address2'],
    city: ['Shipping City'],
    region: ['Shipping Province'],
    postal_code: ['Shipping Zip'],
    country: ['Shipping Country'],
    sku: ['Lineitem sku'],
    title: ['Lineitem name'],
    quantity: ['Lineitem quantity'],
    unit_price: ['Lineitem price'],
    line_discount: ['Lineitem discount'],
    taxable: ['Lineitem taxable'],
    line_status: ['Lineitem fulfillment status'],
    fulfilment_status: ['Fulfillment Status'],
    fulfilled_at: ['Fulfilled at'],
    shipping: ['Shipping'],
    discount: ['Discount Amount'],
    tax: ['Taxes'],
    subtotal: ['Subtotal'],
    total: ['Total'],
    outstanding: ['Outstanding Balance'],
    refunded: ['Refunded Amount'],
    payment_status: ['Financial Status'],
    payment_method: ['Payment Method'],
    payment_reference: ['Payment Reference', 'Payment References', 'Payment ID', 'Id'],
  },
  lineIds: 'position',
};

/**
 * WooCommerce, a row per item, by either of two exporters: "Advanced Order Export" (`Order Number`, `Item Cost`: of one piece,
 * rounded, without tax) or "Order Export" of WooCommerce itself in its format "One Row per Item" (`order_number`, `item_total`).
 * Neither says what was sent line by line: an order that is completed was.
 */
const WOOCOMMERCE: ImportMapping = {
  ...PLAIN,
  columns: {
    order_id: ['Order Number', 'Order ID'],
    number: ['Order Number'],
    placed_at: ['Order Date', 'date'],
    currency: ['Currency', 'order_currency'],
    customer_first_name: ['First Name (Shipping)', 'shipping_first_name', 'First Name (Billing)', 'billing_first_name'],
    customer_last_name: ['Last Name (Shipping)', 'shipping_last_name', 'Last Name (Billing)', 'billing_last_name'],
    customer_email: ['Email (Billing)', 'billing_email'],
    customer_phone: ['Phone (Billing)', 'billing_phone'],
    address_line1: ['Address 1&2 (Shipping)', 'shipping_address_1'],
    address_line2: ['shipping_address_2'],
    city: ['City (Shipping)', 'shipping_city'],
    region: ['State Code (Shipping)', 'shipping_state'],
    postal_code: ['Postcode (Shipping)', 'shipping_postcode'],
    country: ['Country Code (Shipping)', 'shipping_country'],
    sku: ['SKU', 'item_sku'],
    title: ['Item Name'],
    quantity: ['Quantity', 'item_quantity'],
    paid: ['item_total'],
    paid_tax: ['item_total_tax'],
    unit_price: ['Item Cost'],
    fulfilment_status: ['Order Status', 'status'],
    payment_status: ['Order Status', 'status'],
    shipping: ['Order Shipping Amount', 'shipping_total'],
    shipping_tax: ['shipping_tax_total'],
    discount: ['Cart Discount Amount'],
    tax: ['Order Total Tax Amount'],
    total: ['Order Total Amount', 'order_total'],
    refunded: ['Order Refund Amount', 'refunded_total'],
    payment_method: ['Payment Method Title', 'payment_method'],
    payment_reference: ['Transaction ID'],
  },
  lineIds: 'position',
  taxes: 'added',
};

export const NAMED_MAPPINGS: ReadonlyMap<string, ImportMapping> = new Map([
  ['generic', GENERIC],
  ['superstore', SUPERSTORE],
  ['shopify', SHOPIFY],
  ['woocommerce', WOOCOMMERCE],
]);
