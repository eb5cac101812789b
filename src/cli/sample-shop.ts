/** A small made-up shop for a first look, the same one every time. */

export type SampleShop = { readonly ordersCsv: string; readonly returnedOrderIds: readonly string[] };

const GOODS = [
  ['MUG-01', 'Kitchen', 'Stoneware mug', 1290],
  ['TSH-07', 'Clothing', 'T-shirt, organic cotton', 1999],
  ['LMP-03', 'Home', 'Desk lamp', 4950],
  ['BAG-12', 'Travel', 'Weekender bag', 8900],
  ['PEN-05', 'Office', 'Fountain pen', 3275],
  ['SOC-02', 'Clothing', 'Wool socks, three pairs', 2400],
] as const;
const ORDERS = 60;
const EVERY_NTH_RETURNED = 3;
const DAY_MS = 86_400_000;

/**
 * Orders of the last days before `today` as CSV in the columns of the `generic` mapping, and which of them come back.
 * The same day gives the same shop.
 */
export function sampleShop(today: Date): SampleShop {
  const next = numbers(20_261);
  const rows = ['order_id,line_id,placed_at,currency,customer_name,customer_email,sku,category,title,quantity,paid,payment_provider,payment_reference,payment_method'];
  const returnedOrderIds: string[] = [];
  const midnight = Math.floor(today.getTime() / DAY_MS) * DAY_MS;
  for (let n = 1; n <= ORDERS; n += 1) {
    const orderId = `SHOP-${1000 + n}`;
    const placedAt = new Date(midnight - (1 + (next() % 14)) * DAY_MS).toISOString();
    const lines = 1 + (next() % 3);
    for (let line = 1; line <= lines; line += 1) {
      const [sku, category, title, priceMinor] = GOODS[next() % GOODS.length] ?? GOODS[0];
      const quantity = 1 + (next() % 3);
      const paid = `${Math.floor((priceMinor * quantity) / 100)}.${String((priceMinor * quantity) % 100).padStart(2, '0')}`;
      rows.push(`${orderId},${line},${placedAt},EUR,Sample Customer ${n},customer${n}@shop.example,${sku},${category},"${title}",${quantity},${paid},simulated,sim_ok-${orderId},card`);
    }
    if (n % EVERY_NTH_RETURNED === 0) returnedOrderIds.push(orderId);
  }
  return { ordersCsv: `${rows.join('\n')}\n`, returnedOrderIds };
}

/** A linear congruential generator (Numerical Recipes' constants): repeatable is all it has to be. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
