/**
 * What was paid for each line, from what a shop's file says about lines and about the order as a whole: discounts and taxes
 * that stand once per order are spread over its lines to the minor unit. Whether prices hold the tax, and what a discount
 * was for, no column says; it is found by which reading comes to the order's total. Pure; all amounts in minor units.
 */
import { allocate } from '../../returns/rules/money/allocate.js';

export type Amount = { readonly netMinor: number; readonly taxMinor: number };

export type LineAmounts = {
  /** As the file has it: for the line, or price × quantity, before what the order takes off. */
  readonly minor: number;
  /** Of `minor` or beside it, where the file says it line by line. */
  readonly taxMinor: number;
  /** Taken off the line; null = nothing said. */
  readonly discountMinor: number;
  readonly quantity: number;
  readonly isTaxable: boolean;
};

type OrderAmounts = {
  readonly shipping: Amount;
  /** Rows that are a discount of the whole order, as amounts above 0. */
  readonly takenOff: Amount;
  readonly discountMinor: number;
  readonly taxMinor: number;
  /** The goods after all discounts. */
  readonly subtotalMinor: number | null;
  readonly totalMinor: number | null;
  readonly taxes: 'included' | 'added' | 'find';
  /** Amounts come from unit prices, which shops round. */
  readonly areUnitPrices: boolean;
};

export type Settled = {
  readonly lines: readonly Amount[];
  readonly shipping: Amount;
  /** Sum of all of it. */
  readonly sumMinor: number;
  /** Does it come to the sums of the file, where it has any? */
  readonly agrees: boolean;
};

const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** One way to read the file. */
type Way = { readonly goodsMinor: number; readonly shippingMinor: number; readonly isTaxAdded: boolean };
const comesTo = ({ goodsMinor, shippingMinor, isTaxAdded }: Way, taxMinor: number): number =>
  goodsMinor + shippingMinor + (isTaxAdded ? taxMinor : 0);

/** @returns an error in words where no reading makes sense */
export function settle(lines: readonly LineAmounts[], order: OrderAmounts): Settled | { readonly error: string } {
  const { takenOff, shipping, totalMinor, taxMinor } = order;
  const lineTaxMinor = sumOf(lines.map((line) => line.taxMinor)) - takenOff.taxMinor + shipping.taxMinor;
  const ways = waysOf(lines, order);
  const wanted = totalMinor === null ? null : totalMinor - lineTaxMinor;
  const way = wanted === null ? ways[0] : bestOf(ways, wanted, taxMinor, roundingOf(lines, order));
  if (way === undefined || way.goodsMinor < 0 || lineTaxMinor < 0) return { error: 'the discounts are more than the lines' };
  if (totalMinor === null && order.taxes === 'find' && taxMinor > 0)
    return {
      error:
        'whether the prices hold the tax is not known: map the total of the order, or say "taxes": "included" or "added" in the mapping',
    };
  const off = wanted === null ? 0 : wanted - comesTo(way, taxMinor);
  const isRounding = off !== 0 && Math.abs(off) <= roundingOf(lines, order) && way.goodsMinor + off >= 0;
  const goodsMinor = isRounding ? way.goodsMinor + off : way.goodsMinor;
  const settled = spread(lines, goodsMinor, way, order);
  return { ...settled, agrees: (totalMinor === null || settled.sumMinor === totalMinor) && isExplained(lines, order) };
}

/** Is what the goods' own sum is less than the lines a discount that the file names? */
function isExplained(lines: readonly LineAmounts[], { subtotalMinor, discountMinor, takenOff }: OrderAmounts): boolean {
  if (subtotalMinor === null) return true;
  const off = sumOf(lines.map((line) => line.minor)) - subtotalMinor;
  return off >= 0 && off <= discountMinor + takenOff.netMinor + sumOf(lines.map((line) => line.discountMinor));
}

/** The readings worth trying, the likeliest first. */
function waysOf(
  lines: readonly LineAmounts[],
  { shipping, takenOff, discountMinor, subtotalMinor, taxes, taxMinor }: OrderAmounts,
): readonly Way[] {
  const all = sumOf(lines.map((line) => line.minor - line.discountMinor)) - takenOff.netMinor;
  const goods = subtotalMinor === null ? [all - discountMinor, all] : [subtotalMinor];
  // A code for free shipping is in the same column as one for the goods.
  const shippings =
    discountMinor > 0 && shipping.netMinor >= discountMinor ? [shipping.netMinor, shipping.netMinor - discountMinor] : [shipping.netMinor];
  const added = taxMinor === 0 ? [false] : taxes === 'find' ? [false, true] : [taxes === 'added'];
  return goods
    .flatMap((goodsMinor) => shippings.flatMap((shippingMinor) => added.map((isTaxAdded) => ({ goodsMinor, shippingMinor, isTaxAdded }))))
    .filter(({ goodsMinor }) => goodsMinor >= 0);
}

function bestOf(ways: readonly Way[], wanted: number, taxMinor: number, rounding: number): Way | undefined {
  const off = (way: Way): number => Math.abs(wanted - comesTo(way, taxMinor));
  return ways.find((way) => off(way) === 0) ?? ways.find((way) => off(way) <= rounding) ?? [...ways].sort((a, b) => off(a) - off(b))[0];
}

/** A price for one piece may be off by half a minor unit a piece. */
const roundingOf = (lines: readonly LineAmounts[], { areUnitPrices }: OrderAmounts): number =>
  areUnitPrices ? sumOf(lines.map((line) => line.quantity)) : 0;

function spread(
  lines: readonly LineAmounts[],
  goodsMinor: number,
  way: Way,
  { shipping, takenOff, taxMinor }: OrderAmounts,
): Omit<Settled, 'agrees'> {
  const minors = partsOf(lines, goodsMinor);
  const told = lines.map((line) => line.taxMinor);
  const lineTaxes = less(told, takenOff.taxMinor);
  const bases = [...lines.map((line, index) => (line.isTaxable ? (minors[index] ?? 0) : 0)), way.shippingMinor];
  const isIn = !way.isTaxAdded && taxMinor <= sumOf(bases);
  const taxes = taxMinor === 0 || (!isIn && !way.isTaxAdded) ? bases.map(() => 0) : allocate(taxMinor, bases);
  const amountOf = (minor: number, tax: number, ownTax: number): Amount => ({
    netMinor: way.isTaxAdded ? minor : minor - tax,
    taxMinor: tax + ownTax,
  });
  const settled = minors.map((minor, index) => amountOf(minor, taxes[index] ?? 0, lineTaxes[index] ?? 0));
  const sent = amountOf(way.shippingMinor, taxes[lines.length] ?? 0, shipping.taxMinor);
  return { lines: settled, shipping: sent, sumMinor: sumOf([...settled, sent].map((each) => each.netMinor + each.taxMinor)) };
}

/** `goodsMinor` over the lines, in proportion to what each costs; as they are where it is the sum already. */
function partsOf(lines: readonly LineAmounts[], goodsMinor: number): readonly number[] {
  const after = lines.map((line) => line.minor - line.discountMinor);
  if (sumOf(after) === goodsMinor) return after;
  // Some shops' prices are after the line's own discount, some before; a reading in which lines grow is the wrong one.
  const before = lines.map((line) => line.minor);
  const weights = sumOf(after) > goodsMinor && after.every((minor) => minor >= 0) ? after : before;
  return sumOf(weights) < goodsMinor && sumOf(weights) > 0 && goodsMinor - sumOf(weights) > sumOf(lines.map((line) => line.quantity))
    ? weights
    : allocate(goodsMinor, weights);
}

/** The parts with `minor` less in sum, in proportion. */
const less = (parts: readonly number[], minor: number): readonly number[] => (minor === 0 ? parts : allocate(sumOf(parts) - minor, parts));
