/** A small made-up shop for a first look, the same one for everybody who looks on the same day. */
import { stringify } from 'csv-stringify/sync';
import { DAY_MS } from '../shared/days.js';
import type { Language } from '../shared/language.js';

/** An order worth trying: `words` say what is special about it. */
export type SampleOrder = { readonly orderNumber: string; readonly email: string; readonly words: string };
/** `ordersCsv`: in the columns of the `generic` mapping. `returnedOrderIds`: orders that go back whole and are paid without trouble. */
export type SampleShop = { readonly ordersCsv: string; readonly returnedOrderIds: readonly string[] };

/** By this payment id a sample order is known from any other. */
export const SAMPLE_PAYMENT = 'sample-payment';

/** Prices are gross, in cents. The barcodes are of the range kept for use inside a shop (GS1 prefix 200). */
type Good = {
  readonly sku: string;
  readonly barcode: string;
  readonly category: string;
  readonly title: string;
  readonly priceMinor: number;
  readonly grams: number;
};
const GOODS: readonly [Good, ...Good[]] = [
  { sku: 'TSH-07-M', barcode: '2000000001012', category: 'Clothing', title: 'T-shirt, organic cotton, M', priceMinor: 1999, grams: 180 },
  { sku: 'MUG-01', barcode: '2000000001029', category: 'Kitchen', title: 'Stoneware mug', priceMinor: 1290, grams: 410 },
  { sku: 'LMP-03', barcode: '2000000001036', category: 'Home', title: 'Desk lamp, brass', priceMinor: 4950, grams: 1600 },
  { sku: 'BAG-12', barcode: '2000000001043', category: 'Travel', title: 'Weekender bag', priceMinor: 8900, grams: 1250 },
  { sku: 'PEN-05', barcode: '2000000001050', category: 'Office', title: 'Fountain pen', priceMinor: 3275, grams: 60 },
  { sku: 'SOC-02', barcode: '2000000001067', category: 'Clothing', title: 'Wool socks, three pairs', priceMinor: 2400, grams: 210 },
  { sku: 'SHO-09-42', barcode: '2000000001074', category: 'Shoes', title: 'Running shoes, size 42', priceMinor: 11900, grams: 820 },
];
const LAST_CHANCE: Good = {
  sku: 'SCF-90',
  barcode: '2000000001081',
  category: 'Outlet',
  title: 'Silk scarf, last chance',
  priceMinor: 2900,
  grams: 90,
};
const [SHIRT, MUG] = [good('TSH-07-M'), good('MUG-01')];

type Line = { readonly good: Good; readonly quantity: number; readonly finalSale?: boolean };
type Order = {
  readonly placedDaysAgo: number;
  readonly reference: string;
  readonly shippingMinor: number;
  readonly lines: readonly Line[];
};
type Special = Omit<Order, 'shippingMinor'> & { readonly words: Readonly<Record<Language, string>> };

/** The first orders, each with something to see. The references tell the simulated provider how to behave. */
const SPECIAL: readonly Special[] = [
  {
    words: {
      en: 'Several pieces of several articles; the refund is paid at once.',
      de: 'Mehrere Stück von mehreren Artikeln; die Erstattung wird sofort ausgezahlt.',
    },
    placedDaysAgo: 6,
    reference: 'sim_ok',
    lines: [
      { good: SHIRT, quantity: 3 },
      { good: MUG, quantity: 2 },
      { good: good('SOC-02'), quantity: 1 },
    ],
  },
  {
    words: {
      en: 'The payment provider takes its time: the refund is pending at first.',
      de: 'Der Zahlungsdienstleister lässt sich Zeit: Die Erstattung ist zunächst unterwegs.',
    },
    placedDaysAgo: 8,
    reference: 'sim_pending',
    lines: [
      { good: good('SHO-09-42'), quantity: 1 },
      { good: good('SOC-02'), quantity: 2 },
    ],
  },
  {
    words: {
      en: 'The refund is declined; finance has to send it another way.',
      de: 'Die Erstattung wird abgelehnt; die Buchhaltung muss sie auf anderem Weg auszahlen.',
    },
    placedDaysAgo: 9,
    reference: 'sim_decline',
    lines: [{ good: good('LMP-03'), quantity: 1 }],
  },
  {
    words: {
      en: 'The provider’s answer is lost: the refund is in doubt until it is looked up, and paid once.',
      de: 'Die Antwort des Zahlungsdienstleisters geht verloren: Die Erstattung wird erst geklärt und nur einmal ausgezahlt.',
    },
    placedDaysAgo: 5,
    reference: 'sim_timeout',
    lines: [
      { good: good('BAG-12'), quantity: 1 },
      { good: good('PEN-05'), quantity: 1 },
    ],
  },
  {
    words: { en: 'Bought too long ago: the time for returning it is over.', de: 'Zu lange her: Die Rückgabefrist ist abgelaufen.' },
    placedDaysAgo: 95,
    reference: 'sim_ok',
    lines: [
      { good: good('LMP-03'), quantity: 1 },
      { good: MUG, quantity: 4 },
    ],
  },
  {
    words: {
      en: 'One of the two articles was sold without the right to return.',
      de: 'Einer der beiden Artikel wurde ohne Rückgaberecht verkauft.',
    },
    placedDaysAgo: 7,
    reference: 'sim_ok',
    lines: [
      { good: LAST_CHANCE, quantity: 1, finalSale: true },
      { good: SHIRT, quantity: 2 },
    ],
  },
];
const ORDERS = 60;
const EVERY_NTH_RETURNED = 3;
/** Days between order and delivery. */
const ON_THE_WAY = 2;
const SHIPPING_MINOR = 490;
const FREE_SHIPPING_FROM_MINOR = 10_000;

/** Orders of the last days before `today`, so that most can still be returned. The same day (UTC) gives the same shop. */
export function sampleShop(today: Date): SampleShop {
  const midnight = Math.floor(today.getTime() / DAY_MS) * DAY_MS;
  const numbers = numberedOrders();
  const rows = numbers.flatMap(({ n, order }) => rowsOf(n, order, midnight));
  const isOrdinary = (n: number): boolean => n > SPECIAL.length && n % EVERY_NTH_RETURNED === 0;
  return {
    ordersCsv: stringify(rows, { header: true, quoted_match: / / }),
    returnedOrderIds: numbers.filter(({ n }) => isOrdinary(n)).map(({ n }) => orderIdOf(n)),
  };
}

/** The orders worth trying first. */
export const sampleOrders = (language: Language): SampleOrder[] =>
  SPECIAL.map(({ words }, index) => ({ orderNumber: orderIdOf(index + 1), email: emailOf(index + 1), words: words[language] }));

const orderIdOf = (n: number): string => `SHOP-${1000 + n}`;
export const SAMPLE_ORDER_IDS: ReadonlySet<string> = new Set(Array.from({ length: ORDERS }, (_, index) => orderIdOf(index + 1)));
const emailOf = (n: number): string => `customer${n}@shop.example`;

function good(sku: string): Good {
  const found = GOODS.find((each) => each.sku === sku);
  if (found === undefined) throw new Error(`The sample shop has no ${sku}`);
  return found;
}

function numberedOrders(): readonly { readonly n: number; readonly order: Order }[] {
  const next = randomNumbers(20_261);
  return Array.from({ length: ORDERS }, (_, index) => ({ n: index + 1, order: withShipping(SPECIAL[index] ?? anyOrder(next)) }));
}

function anyOrder(next: () => number): Omit<Order, 'shippingMinor'> {
  const placedDaysAgo = ON_THE_WAY + 1 + (next() % 14);
  const lines = Array.from({ length: 1 + (next() % 3) }, () => ({
    good: GOODS[next() % GOODS.length] ?? GOODS[0],
    quantity: 1 + (next() % 3),
  }));
  return { placedDaysAgo, reference: 'sim_ok', lines };
}

function withShipping(order: Omit<Order, 'shippingMinor'>): Order {
  const goodsMinor = order.lines.reduce((sum, { good: { priceMinor }, quantity }) => sum + priceMinor * quantity, 0);
  return { ...order, shippingMinor: goodsMinor >= FREE_SHIPPING_FROM_MINOR ? 0 : SHIPPING_MINOR };
}

/** By column of the `generic` mapping. */
function rowsOf(n: number, { placedDaysAgo, reference, shippingMinor, lines }: Order, midnight: number) {
  const orderId = orderIdOf(n);
  const shipping = netAndTax(shippingMinor);
  return lines.map(({ good: { sku, barcode, category, title, priceMinor, grams }, quantity, finalSale = false }, index) => {
    const paid = netAndTax(priceMinor * quantity);
    return {
      order_id: orderId,
      line_id: index + 1,
      placed_at: new Date(midnight - placedDaysAgo * DAY_MS).toISOString(),
      delivered_at: new Date(midnight - (placedDaysAgo - ON_THE_WAY) * DAY_MS).toISOString(),
      currency: 'EUR',
      customer_name: `Sample Customer ${n}`,
      customer_email: emailOf(n),
      sku,
      barcode,
      category,
      title,
      quantity,
      weight_grams: grams,
      final_sale: finalSale ? 'yes' : 'no',
      paid: paid.net,
      paid_tax: paid.tax,
      shipping: shipping.net,
      shipping_tax: shipping.tax,
      payment_id: SAMPLE_PAYMENT,
      payment_provider: 'simulated',
      payment_reference: `${reference}-${orderId}`,
      payment_method: 'card',
    };
  });
}

/** A gross amount with 19 % tax in it, as decimals. */
function netAndTax(grossMinor: number): { readonly net: string; readonly tax: string } {
  const netMinor = Math.round(grossMinor / 1.19);
  return { net: decimal(netMinor), tax: decimal(grossMinor - netMinor) };
}

const decimal = (minor: number): string => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;

/** A linear congruential generator (Numerical Recipes' constants): repeatable is all it has to be. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
