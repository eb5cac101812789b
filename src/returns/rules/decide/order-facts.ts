/** Turns what the shop tells about an order into facts: checked, and with the paid amounts allocated to units. */
import { DomainError } from '../../../eventing/decider.js';
import { split } from '../money/allocate.js';
import { minorDigits } from '../money/currency.js';
import { BANK_TRANSFER, STORE_CREDIT } from '../money/payouts.js';
import { shippingRefunded, wrappingRefunded } from '../money/shipping.js';
import type { NetTax, OrderFacts, OrderLine } from '../returns.events.js';
import type { ReturnsState } from '../returns.state.js';
import { claimedUnits, isClaimed, refuse } from './find.js';

/** An order line as the shop tells it; `paid` is the line's total, net and tax, after all discounts. */
export type OrderLineFacts = Omit<OrderLine, 'units' | 'cancelled'> & { readonly quantity: number; readonly paid: NetTax };
export type ToldOrder = Omit<OrderFacts, 'lines'> & { readonly lines: readonly OrderLineFacts[] };

/** An order is one event, and an event has a largest size. */
const MAX_UNITS_PER_LINE = 10_000;
const MAX_UNITS_PER_ORDER = 20_000;
/** Largest amount, minor units: sums of all amounts of an order stay exact. */
export const MAX_AMOUNT_MINOR = 1_000_000_000_000;

function invalid(message: string): never {
  throw new DomainError('validation_failed', message);
}

function checkWhole(value: number, max: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > max) invalid(`${what} must be a whole number from 0 to ${max}.`);
}

function checkPaid(paid: NetTax, what: string): void {
  checkWhole(paid.netMinor, MAX_AMOUNT_MINOR, `The net amount of ${what}`);
  checkWhole(paid.taxMinor, MAX_AMOUNT_MINOR, `The tax of ${what}`);
}

function checkDistinct<Name extends string>(named: readonly { readonly [name in Name]: string }[], name: Name, what: string): void {
  const seen = new Set<string>();
  for (const { [name]: id } of named) {
    if (seen.has(id)) invalid(`The ${what} ${id} is named twice.`);
    seen.add(id);
  }
}

function checkWhen(at: string | null, what: string): void {
  if (at !== null && Number.isNaN(Date.parse(at))) invalid(`${what} is no point in time.`);
}

/** @param isKnown a line of the order can be cancelled to the last unit */
function checkLine(line: OrderLineFacts, isKnown: boolean): void {
  const what = `line ${line.lineId}`;
  checkWhole(line.quantity, MAX_UNITS_PER_LINE, `The quantity of ${what}`);
  if (line.quantity === 0 && !isKnown) invalid(`The quantity of ${what} must be at least 1; 0 cancels a line the order has.`);
  checkWhole(line.fulfilledQuantity, line.quantity, `The fulfilled quantity of ${what}`);
  checkPaid(line.paid, what);
  if (line.quantity === 0 && grossOf(line.paid) > 0) invalid(`All of ${what} is cancelled, so nothing can be paid for it.`);
  checkWhen(line.deliveredAt, `The delivery of ${what}`);
}

function checkPayments(told: ToldOrder): void {
  checkDistinct(told.payments, 'paymentId', 'payment');
  for (const { paymentId, capturedMinor } of told.payments) {
    if (paymentId === STORE_CREDIT || paymentId.split('.')[0] === BANK_TRANSFER)
      invalid(`A payment cannot be called ${paymentId}; that name is taken.`);
    checkWhole(capturedMinor, MAX_AMOUNT_MINOR, `The captured amount of payment ${paymentId}`);
  }
  const paid = [...told.lines.map((line) => line.paid), told.shipping];
  if (told.payments.length === 0 && paid.some(({ netMinor, taxMinor }) => netMinor + taxMinor > 0)) {
    invalid('An order that costs something has at least one payment; name it with what was captured so far, even if that is 0.');
  }
}

function check(told: ToldOrder, known: ReadonlySet<string>): void {
  minorDigits(told.currency);
  checkWhen(told.placedAt, 'placedAt');
  if (told.lines.length === 0) invalid('An order has at least one line.');
  checkDistinct(told.lines, 'lineId', 'line');
  for (const line of told.lines) checkLine(line, known.has(line.lineId));
  const units = told.lines.reduce((sum, line) => sum + line.quantity, 0);
  if (units > MAX_UNITS_PER_ORDER) invalid(`An order has at most ${MAX_UNITS_PER_ORDER} units; this one has ${units}.`);
  checkPaid(told.shipping, 'the shipping');
  checkPayments(told);
  checkDistinct(told.promotions, 'promotionId', 'promotion');
  for (const { promotionId, thresholdMinor, discountMinor } of told.promotions) {
    checkWhole(thresholdMinor, MAX_AMOUNT_MINOR, `The threshold of promotion ${promotionId}`);
    checkWhole(discountMinor, MAX_AMOUNT_MINOR, `The discount of promotion ${promotionId}`);
  }
}

const grossOf = ({ netMinor, taxMinor }: NetTax): number => netMinor + taxMinor;
const NOTHING: NetTax = { netMinor: 0, taxMinor: 0 };
const sumOf = (units: readonly NetTax[]): NetTax =>
  units.reduce((sum, unit) => ({ netMinor: sum.netMinor + unit.netMinor, taxMinor: sum.taxMinor + unit.taxMinor }), NOTHING);
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

type Units = Pick<OrderLine, 'units' | 'cancelled'>;

/**
 * What the units that no return claims were paid with: the line's amount less what the claimed ones keep. Shops round the
 * price of a single unit, so a minor unit per claimed one may be missing; where net and tax are cut otherwise than before,
 * the sum of both counts.
 */
function paidForFree({ lineId, quantity, paid }: OrderLineFacts, kept: NetTax, claimed: number): NetTax {
  const leftMinor = grossOf(paid) - grossOf(kept);
  const all = `Of line ${lineId} ${plural(claimed, 'unit')} ${claimed === 1 ? 'is' : 'are'} in a return and ${claimed === 1 ? 'keeps its' : 'keep their'} ${grossOf(kept)}`;
  const instead = 'Money given back for units in a return is told with POST …/refunds-elsewhere, and the line keeps what was paid for it.';
  if (quantity === claimed && Math.abs(leftMinor) > claimed)
    return refuse(`${all}, so the line cannot have cost ${grossOf(paid)}. ${instead}`);
  if (leftMinor < -claimed) return refuse(`${all}, so the line cannot have cost less than that; told was ${grossOf(paid)}. ${instead}`);
  const freeMinor = Math.max(0, leftMinor);
  const netMinor = Math.min(freeMinor, Math.max(0, paid.netMinor - kept.netMinor));
  return { netMinor, taxMinor: freeMinor - netMinor };
}

/**
 * What each unit was paid with. Units in a return keep their place and amounts; what the line was paid beyond them is
 * spread over the others. When there are fewer than before, the last free ones are cancelled; a cancelled unit between
 * claimed ones keeps its place, because a unit is named by it for ever. A line told as it was stays as it is.
 */
function unitsOf(line: OrderLineFacts, before: OrderLine | undefined, claimed: ReadonlySet<number>): Units {
  const { quantity, paid, lineId } = line;
  const { units: was, cancelled } = before ?? { units: [], cancelled: [] };
  const paidBefore = sumOf(was);
  const isSame =
    was.length - cancelled.length === quantity && paidBefore.netMinor === paid.netMinor && paidBefore.taxMinor === paid.taxMinor;
  if (isSame) return { units: was, cancelled };
  if (quantity < claimed.size) {
    return refuse(
      `Line ${lineId} cannot have fewer than ${plural(claimed.size, 'unit')}: that many are in a return. End the return first, if they do not come back.`,
    );
  }
  const kept = sumOf(was.filter((_, unit) => claimed.has(unit)));
  const free = claimed.size === 0 ? paid : paidForFree(line, kept, claimed.size);
  const freeCount = quantity - claimed.size;
  const net = split(free.netMinor, freeCount);
  const tax = split(free.taxMinor, freeCount);
  const units: NetTax[] = [];
  const gaps: number[] = [];
  const toCome = new Set([...claimed].filter((unit) => unit < was.length));
  for (let next = 0; next < freeCount || toCome.size > 0;) {
    const unit = units.length;
    const own = was[unit];
    if (own !== undefined && toCome.delete(unit)) units.push(own);
    else if (next < freeCount) {
      units.push({ netMinor: net[next] ?? 0, taxMinor: tax[next] ?? 0 });
      next += 1;
    } else {
      units.push(NOTHING);
      gaps.push(unit);
    }
  }
  return { units, cancelled: gaps };
}

/** Returns that claim units of the line. */
const claiming = ({ returns }: ReturnsState, lineId: string): string =>
  returns
    .filter((ret) => ret.lines.some((line) => line.lineId === lineId && line.units.some(isClaimed)))
    .map((ret) => ret.returnId)
    .join(', ');

/** Wrapping that was refunded keeps its units, or it could be refunded again. */
function isSameWrapping(before: OrderLine, line: OrderLineFacts | undefined): boolean {
  const paid = sumOf(before.units);
  return (
    line?.kind === 'wrapping' &&
    line.quantity === before.units.length - before.cancelled.length &&
    line.paid.netMinor === paid.netMinor &&
    line.paid.taxMinor === paid.taxMinor
  );
}

/** Facts that returns already rely on must stay as they are. */
function checkReliedUpon(told: ToldOrder, state: ReturnsState): void {
  const { order, returns } = state;
  if (order === null || returns.length === 0) return;
  if (told.currency !== order.currency)
    refuse(
      `The currency cannot change from ${order.currency} to ${told.currency}: the order has returns, whose amounts are in ${order.currency}.`,
    );
  const refundedMinor = shippingRefunded(state);
  if (grossOf(told.shipping) < refundedMinor) {
    refuse(
      `The shipping cannot be lowered below the ${refundedMinor} that refunds gave back of it; tell what was paid for it before refunds.`,
    );
  }
  const lines = new Map(told.lines.map((line) => [line.lineId, line]));
  for (const before of order.lines) {
    const { lineId } = before;
    const line = lines.get(lineId);
    const givenMinor = before.kind === 'wrapping' ? wrappingRefunded(state, lineId) : 0;
    if (givenMinor > 0 && !isSameWrapping(before, line))
      refuse(`The wrapping ${lineId} stays as it was told: refunds gave back ${givenMinor} of it.`);
    const claimed = claimedUnits(state, lineId).size;
    if (claimed === 0) continue;
    const who = `${plural(claimed, 'unit')} of line ${lineId} ${claimed === 1 ? 'is' : 'are'} in a return (${claiming(state, lineId)})`;
    if (line === undefined) return refuse(`${who}; the line cannot be taken away. Keep it with that quantity, or end the return first.`);
    if (line.kind !== 'goods') refuse(`${who}; so it stays goods. End the return first, if nothing of it can come back.`);
    if (line.fulfilledQuantity < claimed && line.quantity >= claimed) {
      refuse(
        `${who}; so at least that many were sent, told were ${line.fulfilledQuantity}. Tell what was sent before anything came back, or end the return first.`,
      );
    }
  }
}

/** Lines the shop has taken away that some return once named: they stay, without units, so that a late parcel still finds its article. */
function emptied(told: ToldOrder, state: ReturnsState): readonly OrderLine[] {
  const kept = new Set(told.lines.map((line) => line.lineId));
  const named = new Set(state.returns.flatMap((ret) => ret.lines.map((line) => line.lineId)));
  return (state.order?.lines ?? [])
    .filter(({ lineId }) => named.has(lineId) && !kept.has(lineId))
    .map((line) => ({ ...line, fulfilledQuantity: 0, units: [], cancelled: [] }));
}

/**
 * The order's facts as they will be kept.
 * @throws DomainError validation_failed the facts make no sense in themselves
 * @throws DomainError invalid_state they contradict what returns already rely on
 */
export function orderFacts(told: ToldOrder, state: ReturnsState): OrderFacts {
  check(told, new Set(state.order?.lines.map((line) => line.lineId)));
  checkReliedUpon(told, state);
  const before = new Map(state.order?.lines.map((line) => [line.lineId, line]));
  const lines = told.lines.map((line): OrderLine => {
    const { lineId, kind, sku, barcode, title, category, fulfilledQuantity, deliveredAt, finalSale, weightGrams } = line;
    const units = unitsOf(line, before.get(lineId), claimedUnits(state, lineId));
    return { lineId, kind, sku, barcode, title, category, fulfilledQuantity, deliveredAt, finalSale, weightGrams, ...units };
  });
  const { number, placedAt, currency, contactRef, shipping, payments, promotions } = told;
  return { number, placedAt, currency, contactRef, lines: [...lines, ...emptied(told, state)], shipping, payments, promotions };
}
