/**
 * What must hold in every state of an order's returns, written down a second time and independently of the decisions
 * that keep it: `verify` folds the log and asks here. Pure; answers in words, nothing when all is well.
 */
import { earnedBy } from '../returns/rules/decide/entitlement.js';
import { refundableOfOrder } from '../returns/rules/money/caps.js';
import type { Breakdown, OrderFacts } from '../returns/rules/returns.events.js';
import type { Refund, ReturnsState } from '../returns/rules/returns.state.js';
import { countersOf, livePayouts } from '../returns/rules/returns.status.js';

/** `returnId` null: it concerns the order as a whole. */
export type Violation = { readonly returnId: string | null; readonly words: string };

/** Every broken invariant of units and money. */
export function faultsOf(state: ReturnsState): readonly Violation[] {
  if (state.order === null) {
    return state.returns.map(({ returnId }) => ({ returnId, words: 'belongs to an order that was never registered' }));
  }
  return [
    ...state.returns.flatMap((ret) => ret.refunds.flatMap((refund) => refundFaults(refund))),
    ...unitFaults(state, state.order),
    ...counterFaults(state),
    ...capFaults(state, state.order),
  ];
}

/**
 * What must hold once a decision is whole, and not between two of its events: what goods have earned is entitled, or held back
 * with its amount because the payments cannot bear it.
 */
export function restFaultsOf(state: ReturnsState): readonly Violation[] {
  return state.returns.flatMap((ret): readonly Violation[] => {
    const { returnId, blocked } = ret;
    const fault = (words: string): readonly Violation[] => [{ returnId, words }];
    if (state.order === null) return [];
    const earned = earnedBy(state, ret);
    if (earned === undefined) return blocked === null ? [] : fault(`holds back ${blocked.amountMinor}, and its goods have earned nothing`);
    const { totalMinor, bonusMinor } = earned;
    if (blocked?.amountMinor !== totalMinor)
      return fault(`holds back ${blocked?.amountMinor ?? 'nothing'}, its goods have earned ${totalMinor}`);
    return totalMinor - bonusMinor > refundableOfOrder(state, state.order)
      ? []
      : fault(`holds back ${totalMinor}, which the payments can bear`);
  });
}

const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** The breakdown adds up, and the payouts are what it says. */
function refundFaults({ refundId, returnId, breakdown, payouts }: Refund): readonly Violation[] {
  const fault = (words: string): Violation => ({ returnId, words: `refund ${refundId}: ${words}` });
  const faults: Violation[] = [];
  const given =
    total(breakdown.units.map((unit) => unit.refundMinor)) + breakdown.shippingMinor - total(breakdown.fees.map((fee) => fee.amountMinor));
  const payable = breakdown.totalMinor - breakdown.bonusMinor;
  const paidOut = total(breakdown.payments.map((payment) => payment.amountMinor));
  const live = total(payouts.filter((payout) => payout.reroutedTo === null).map((payout) => payout.amountMinor));
  if (given !== payable) faults.push(fault(`units, shipping and fees come to ${given}, the total without bonus is ${payable}`));
  if (paidOut !== payable) faults.push(fault(`its payments come to ${paidOut}, the total without bonus is ${payable}`));
  if (live !== payable) faults.push(fault(`its payouts come to ${live}, the total without bonus is ${payable}`));
  if (amountsOf(breakdown).some((amount) => !Number.isSafeInteger(amount) || amount < 0))
    faults.push(fault('an amount is negative or not a whole number of minor units'));
  for (const unit of breakdown.units) {
    if (unit.refundMinor > unit.netMinor + unit.taxMinor)
      faults.push(fault(`unit ${unit.unit} of line ${unit.lineId} gives more than was paid for it`));
  }
  return faults;
}

function amountsOf(breakdown: Breakdown): readonly number[] {
  return [
    breakdown.totalMinor,
    breakdown.bonusMinor,
    breakdown.shippingMinor,
    ...breakdown.units.map((unit) => unit.refundMinor),
    // What was charged for a lost promotion is given back when nothing is kept in the end.
    ...breakdown.fees.map((fee) => (fee.code === 'promotion_lost' ? Math.abs(fee.amountMinor) : fee.amountMinor)),
    ...breakdown.payments.map((payment) => payment.amountMinor),
  ];
}

/** No unit is in two returns at once, and none gives more than was paid for it. */
function unitFaults(state: ReturnsState, order: OrderFacts): readonly Violation[] {
  const faults: Violation[] = [];
  const holders = new Map<string, string>();
  for (const { returnId, lines } of state.returns) {
    for (const { lineId, units } of lines) {
      for (const { unit, place } of units) {
        const name = `unit ${unit} of line ${lineId}`;
        const other = holders.get(name);
        if (place === 'released') continue;
        if (other !== undefined) faults.push({ returnId, words: `${name} is also in return ${other}` });
        holders.set(name, returnId);
      }
    }
  }
  const given = new Map<string, number>();
  for (const unit of state.returns.flatMap((ret) => ret.refunds.flatMap((refund) => refund.breakdown.units))) {
    const name = `unit ${unit.unit} of line ${unit.lineId}`;
    given.set(name, (given.get(name) ?? 0) + unit.refundMinor);
  }
  const paid = new Map<string, number>(
    order.lines.flatMap(({ lineId, units }) =>
      units.map((unit, index) => [`unit ${index} of line ${lineId}`, unit.netMinor + unit.taxMinor] as const),
    ),
  );
  for (const [name, amount] of given) {
    const limit = paid.get(name) ?? 0;
    if (amount > limit) faults.push({ returnId: null, words: `${name} gave ${amount}, ${limit} was paid for it` });
  }
  return faults;
}

function counterFaults(state: ReturnsState): readonly Violation[] {
  return state.returns.flatMap(({ returnId, lines }) =>
    lines.flatMap((line) => {
      const { authorised, awaiting, received, missing, kept, released, awaitingInspection, graded, disposed, quarantined } =
        countersOf(line);
      const addUp =
        authorised === awaiting + received + missing + kept + released &&
        received === awaitingInspection + graded &&
        graded === disposed + quarantined;
      return addUp ? [] : [{ returnId, words: `the counters of line ${line.lineId} do not add up` }];
    }),
  );
}

/** Σ not failed ≤ captured, per payment and for the order; shipping at most once; what was given back elsewhere counted once. */
function capFaults(state: ReturnsState, order: OrderFacts): readonly Violation[] {
  const refunds = state.returns.flatMap((ret) => ret.refunds);
  const used = refunds.flatMap(livePayouts).filter((payout) => payout.state !== 'failed');
  const faults = order.payments.flatMap(({ paymentId, capturedMinor }): Violation[] => {
    const amount = total(
      used.filter((each) => each.destination === 'original_payment' && each.paymentId === paymentId).map((each) => each.amountMinor),
    );
    return amount > capturedMinor
      ? [{ returnId: null, words: `payment ${paymentId} gives back ${amount}, ${capturedMinor} was captured` }]
      : [];
  });
  const captured = total(order.payments.map((payment) => payment.capturedMinor));
  const all = total(used.map((payout) => payout.amountMinor));
  if (all > captured) faults.push({ returnId: null, words: `the order gives back ${all}, ${captured} was captured` });
  const elsewhere = state.refundsElsewhere.map((each) => each.reference);
  if (new Set(elsewhere).size < elsewhere.length) faults.push({ returnId: null, words: 'a refund given back elsewhere counts twice' });
  const shipping = total(refunds.map((refund) => refund.breakdown.shippingMinor));
  const shippingPaid = order.shipping.netMinor + order.shipping.taxMinor;
  if (shipping > shippingPaid)
    faults.push({ returnId: null, words: `${shipping} of shipping was refunded, ${shippingPaid} was paid for it` });
  return faults;
}
