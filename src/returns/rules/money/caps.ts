/**
 * What may still be refunded. Everything entitled and not failed counts as used, whether it has left the house or not:
 * a payout in doubt may have been executed.
 */
import type { BlockCode, OrderFacts, Payment } from '../returns.events.js';
import type { Payout, ReturnsState } from '../returns.state.js';
import { livePayouts, takenOff } from '../returns.status.js';

/** One payment of the order; amounts in minor units. captured − disputed − refunded elsewhere − refunded − reserved = refundable (never below 0). */
export type PaymentBalance = Payment & {
  /** Paid back through it. */
  readonly refundedMinor: number;
  /** Entitled, submitted, pending, in doubt or parked. */
  readonly reservedMinor: number;
  /** Open disputes and lost ones: the bank has taken, or may take, that much itself. */
  readonly disputedMinor: number;
  /** Given back outside this service. */
  readonly refundedElsewhereMinor: number;
  /** Paid back, here and elsewhere, beyond what was captured: it happened, and somebody must look into it. */
  readonly excessMinor: number;
  readonly refundableMinor: number;
};

const counts = (payout: Payout): boolean => payout.state !== 'failed';

function allPayouts(state: ReturnsState): readonly Payout[] {
  return state.returns.flatMap((ret) => ret.refunds.flatMap(livePayouts));
}

const total = (amounts: readonly { readonly amountMinor: number }[]): number => amounts.reduce((sum, each) => sum + each.amountMinor, 0);

/** What the bank may take, or has taken, of a payment: never more than was captured, whatever it is disputed for; the other payments stay free. */
function disputed(state: ReturnsState, { paymentId, capturedMinor }: Payment): number {
  return Math.min(capturedMinor, total(state.disputes.filter((dispute) => dispute.paymentId === paymentId && dispute.state !== 'won')));
}

/** What was given back of a payment outside, without what turned out to be a payout of ours. */
function refundedElsewhere(state: ReturnsState, paymentId: string): number {
  return total(state.refundsElsewhere.filter((each) => each.paymentId === paymentId && each.refundId === null));
}

/** What of a payment is not ours to give back any more: never more than was captured, so that the other payments stay free. */
const taken = (state: ReturnsState, payment: Payment): number =>
  Math.min(payment.capturedMinor, disputed(state, payment) + refundedElsewhere(state, payment.paymentId));

/** The balance left on every payment, in the order of the payments. */
export function paymentBalances(state: ReturnsState, order: OrderFacts): readonly PaymentBalance[] {
  const payouts = allPayouts(state).filter((payout) => payout.destination === 'original_payment' && counts(payout));
  return order.payments.map((payment) => {
    const { paymentId, capturedMinor } = payment;
    const own = payouts.filter((payout) => payout.paymentId === paymentId);
    const refundedMinor = total(own.filter((payout) => payout.state === 'succeeded'));
    const reservedMinor = total(own) - refundedMinor;
    const disputedMinor = disputed(state, payment);
    const refundedElsewhereMinor = refundedElsewhere(state, paymentId);
    const refundableMinor = Math.max(0, capturedMinor - refundedMinor - reservedMinor - taken(state, payment));
    const excessMinor = Math.max(0, refundedMinor + refundedElsewhereMinor - capturedMinor);
    return { ...payment, refundedMinor, reservedMinor, disputedMinor, refundedElsewhereMinor, excessMinor, refundableMinor };
  });
}

/** Everything used, whichever way it goes: store credit and bank transfers included, bonus credit not. */
export const usedOfOrder = (state: ReturnsState): number => total(allPayouts(state).filter(counts));

/** What the order's units and its shipping were priced at, after all discounts. */
export const priceOf = (order: OrderFacts): number => goodsValue(order) + order.shipping.netMinor + order.shipping.taxMinor;

export const goodsValue = (order: OrderFacts): number =>
  order.lines.reduce((sum, line) => line.units.reduce((part, unit) => part + unit.netMinor + unit.taxMinor, sum), 0);

export const capturedOf = (order: OrderFacts): number => order.payments.reduce((sum, payment) => sum + payment.capturedMinor, 0);

/** All that was captured, less disputes, what was given back elsewhere and everything used; below 0 when disputed after it was refunded. */
function orderBalance(state: ReturnsState, order: OrderFacts): number {
  const gone = order.payments.reduce((sum, payment) => sum + taken(state, payment), 0);
  return capturedOf(order) - gone - usedOfOrder(state);
}

/** What the order as a whole may still give back, whichever way it goes. */
export const refundableOfOrder = (state: ReturnsState, order: OrderFacts): number => Math.max(0, orderBalance(state, order));

/**
 * What of `amountMinor` was lost to rounding: the payments have captured a little less than the prices come to (net and gross
 * round trips, cash rounding), by no more than the tolerance for every line and every payment that captured something.
 * Over all refunds never more than that difference. 0 where the payments bear it all, or lack more than rounding explains.
 */
export function lostToRounding(state: ReturnsState, order: OrderFacts, toleranceMinor: number, amountMinor: number): number {
  const lackingMinor = amountMinor - refundableOfOrder(state, order);
  const paid = order.payments.filter((payment) => payment.capturedMinor > 0);
  if (lackingMinor <= 0 || paid.length === 0) return 0;
  const differenceMinor = priceOf(order) - capturedOf(order);
  if (differenceMinor > toleranceMinor * (order.lines.length + paid.length)) return 0;
  return lackingMinor <= differenceMinor - takenOff(state.returns, 'not_captured') ? lackingMinor : 0;
}

/** Why the order's payments cannot bear what goods have earned. */
export function blockCode(state: ReturnsState, order: OrderFacts): BlockCode {
  const balances = paymentBalances(state, order);
  if (balances.some((balance) => balance.disputedMinor > 0)) return 'disputed';
  if (balances.some((balance) => balance.refundedElsewhereMinor > 0)) return 'refunded_elsewhere';
  if (capturedOf(order) === 0) return 'nothing_captured';
  return capturedOf(order) < priceOf(order) ? 'part_captured' : 'used_up';
}

/**
 * Does the order, or that payment of it, give back more than it may? Asked of the state after a payout was started
 * again, settled or sent another way.
 */
export function isOverdrawn(state: ReturnsState, order: OrderFacts, paymentId: string): boolean {
  if (orderBalance(state, order) < 0) return true;
  const payment = order.payments.find((each) => each.paymentId === paymentId);
  const balance = paymentBalances(state, order).find((each) => each.paymentId === paymentId);
  return (
    payment !== undefined &&
    balance !== undefined &&
    balance.refundedMinor + balance.reservedMinor + taken(state, payment) > balance.capturedMinor
  );
}
