/** Turns what the shop tells about an order into facts: checked, and with the paid amounts allocated to units. */
import { DomainError } from '../../eventing/decider.js';
import { split } from '../money/allocate.js';
import { minorDigits } from '../money/currency.js';
import { BANK_TRANSFER, STORE_CREDIT } from '../money/payouts.js';
import { shippingRefunded } from '../money/shipping.js';
import type { NetTax, OrderFacts, OrderLine } from '../returns.events.js';
import type { ReturnsState } from '../returns.state.js';
import { refuse } from './find.js';
import { claimedUnits } from './units.js';

/** An order line as the shop tells it; `paid` is the line's total, net and tax, after all discounts. */
export type OrderLineFacts = Omit<OrderLine, 'units'> & { readonly quantity: number; readonly paid: NetTax };
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

function checkDistinct(ids: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) invalid(`The ${what} ${id} is named twice.`);
    seen.add(id);
  }
}

function checkWhen(at: string | null, what: string): void {
  if (at !== null && Number.isNaN(Date.parse(at))) invalid(`${what} is no point in time.`);
}

function checkLine(line: OrderLineFacts): void {
  const what = `line ${line.lineId}`;
  checkWhole(line.quantity, MAX_UNITS_PER_LINE, `The quantity of ${what}`);
  if (line.quantity === 0) invalid(`The quantity of ${what} must be at least 1.`);
  checkWhole(line.fulfilledQuantity, line.quantity, `The fulfilled quantity of ${what}`);
  checkPaid(line.paid, what);
  checkWhen(line.deliveredAt, `The delivery of ${what}`);
}

function checkPayments(told: ToldOrder): void {
  checkDistinct(told.payments.map((payment) => payment.paymentId), 'payment');
  for (const { paymentId, capturedMinor } of told.payments) {
    if (paymentId === STORE_CREDIT || paymentId.split('.')[0] === BANK_TRANSFER) invalid(`A payment cannot be called ${paymentId}; that name is taken.`);
    checkWhole(capturedMinor, MAX_AMOUNT_MINOR, `The captured amount of payment ${paymentId}`);
  }
  const paid = [...told.lines.map((line) => line.paid), told.shipping];
  if (told.payments.length === 0 && paid.some(({ netMinor, taxMinor }) => netMinor + taxMinor > 0)) {
    invalid('An order that costs something has at least one payment; name it with what was captured so far, even if that is 0.');
  }
}

function check(told: ToldOrder): void {
  minorDigits(told.currency);
  checkWhen(told.placedAt, 'placedAt');
  if (told.lines.length === 0) invalid('An order has at least one line.');
  checkDistinct(told.lines.map((line) => line.lineId), 'line');
  for (const line of told.lines) checkLine(line);
  const units = told.lines.reduce((sum, line) => sum + line.quantity, 0);
  if (units > MAX_UNITS_PER_ORDER) invalid(`An order has at most ${MAX_UNITS_PER_ORDER} units; this one has ${units}.`);
  checkPaid(told.shipping, 'the shipping');
  checkPayments(told);
  checkDistinct(told.promotions.map((promotion) => promotion.promotionId), 'promotion');
  for (const { promotionId, thresholdMinor, discountMinor } of told.promotions) {
    checkWhole(thresholdMinor, MAX_AMOUNT_MINOR, `The threshold of promotion ${promotionId}`);
    checkWhole(discountMinor, MAX_AMOUNT_MINOR, `The discount of promotion ${promotionId}`);
  }
}

const total = (units: readonly NetTax[], part: keyof NetTax): number => units.reduce((sum, unit) => sum + unit[part], 0);

/**
 * What each unit was paid with. Units in a return keep their amounts; what the line is paid beyond them is spread over
 * the others. A line told with the same quantity and amounts keeps its units as they are.
 */
function unitsOf(line: OrderLineFacts, before: OrderLine | undefined, claimed: ReadonlySet<number>): readonly NetTax[] {
  const { quantity, paid, lineId } = line;
  const was = before?.units ?? [];
  const same = was.length === quantity && total(was, 'netMinor') === paid.netMinor && total(was, 'taxMinor') === paid.taxMinor;
  if (same) return was;
  if (claimed.size > 0) checkAmended(line, was, claimed);
  const kept = was.filter((_, unit) => claimed.has(unit));
  const free = quantity - kept.length;
  const net = split(paid.netMinor - total(kept, 'netMinor'), free);
  const tax = split(paid.taxMinor - total(kept, 'taxMinor'), free);
  let next = 0;
  return Array.from({ length: quantity }, (_, unit): NetTax => {
    const own = was[unit];
    if (own !== undefined && claimed.has(unit)) return own;
    const fresh = { netMinor: net[next] ?? 0, taxMinor: tax[next] ?? 0 };
    next += 1;
    return fresh;
  }).map((unit, index) => {
    if (unit.netMinor < 0 || unit.taxMinor < 0) return refuse(`Unit ${index + 1} of line ${lineId} would have cost less than nothing.`);
    return unit;
  });
}

function checkAmended({ lineId, quantity, paid }: OrderLineFacts, was: readonly NetTax[], claimed: ReadonlySet<number>): void {
  const highest = Math.max(...claimed);
  if (quantity <= highest) refuse(`Line ${lineId} cannot have fewer than ${highest + 1} units: they are in a return.`);
  if (paid.netMinor < total(was, 'netMinor') || paid.taxMinor < total(was, 'taxMinor')) {
    refuse(`The amount paid for line ${lineId} cannot be lowered: units of it are in a return.`);
  }
  if (quantity === claimed.size) refuse(`The amount paid for line ${lineId} cannot be changed: all its units are in a return.`);
}

/** Facts that returns already rely on must stay as they are. */
function checkReliedUpon(told: ToldOrder, state: ReturnsState): void {
  const { order, returns } = state;
  if (order === null || returns.length === 0) return;
  if (told.currency !== order.currency) refuse('The currency cannot change: the order has returns.');
  if (told.shipping.netMinor + told.shipping.taxMinor < shippingRefunded(state)) refuse('The shipping cannot be lowered below what refunds gave back of it.');
  const lines = new Map(told.lines.map((line) => [line.lineId, line]));
  for (const lineId of new Set(returns.flatMap((ret) => ret.lines.map((line) => line.lineId)))) {
    const line = lines.get(lineId);
    if (line === undefined) return refuse(`Line ${lineId} cannot be taken away: it is in a return.`);
    const claimed = claimedUnits(state, lineId).size;
    if (line.fulfilledQuantity < claimed) refuse(`${claimed} units of line ${lineId} are in a return; fewer cannot be fulfilled.`);
  }
}

/**
 * The order's facts as they will be kept.
 * @throws DomainError validation_failed the facts make no sense in themselves
 * @throws DomainError invalid_state they contradict what returns already rely on
 */
export function orderFacts(told: ToldOrder, state: ReturnsState): OrderFacts {
  check(told);
  checkReliedUpon(told, state);
  const before = new Map(state.order?.lines.map((line) => [line.lineId, line]));
  const lines = told.lines.map((line): OrderLine => {
    const { lineId, sku, barcode, title, category, fulfilledQuantity, deliveredAt, finalSale, weightGrams } = line;
    const units = unitsOf(line, before.get(lineId), claimedUnits(state, lineId));
    return { lineId, sku, barcode, title, category, fulfilledQuantity, deliveredAt, finalSale, weightGrams, units };
  });
  const { number, placedAt, currency, contactRef, shipping, payments, promotions } = told;
  return { number, placedAt, currency, contactRef, lines, shipping, payments, promotions };
}
