/** Promotions that needed a minimum order value and lose their ground when too much goes back. */
import type { OrderFacts } from '../returns.events.js';
import type { ReturnsState } from '../returns.state.js';

const gross = (units: readonly { readonly netMinor: number; readonly taxMinor: number }[]): number =>
  units.reduce((sum, unit) => sum + unit.netMinor + unit.taxMinor, 0);

/** What was paid for units that earlier refunds settled. */
function settledValue(state: ReturnsState, order: OrderFacts): number {
  const paid = new Map(order.lines.map((line) => [line.lineId, line.units]));
  let sum = 0;
  for (const ret of state.returns) {
    for (const line of ret.lines) {
      const units = paid.get(line.lineId);
      for (const unit of line.units) if (unit.settled) sum += (units?.[unit.unit]?.netMinor ?? 0) + (units?.[unit.unit]?.taxMinor ?? 0);
    }
  }
  return sum;
}

function chargedSoFar(state: ReturnsState): number {
  const fees = state.returns.flatMap((ret) => ret.refunds.flatMap((refund) => refund.breakdown.fees));
  return fees.filter((fee) => fee.code === 'promotion_lost').reduce((sum, fee) => sum + fee.amountMinor, 0);
}

/**
 * What the customer owes for promotions broken by now, less what earlier refunds were charged for it; minor units.
 * The discount contained in the kept units is lost when their value before discounts is below the threshold. It depends
 * only on what is kept in the end, so any order of partial returns comes to the same; negative when a later return
 * keeps less (nothing kept: nothing lost, and what was charged is given back).
 *
 * @param refundedMinor what was paid for the units refunded now
 */
export function promotionLost(state: ReturnsState, order: OrderFacts, refundedMinor: number): number {
  const total = order.lines.reduce((sum, line) => sum + gross(line.units), 0);
  const discounts = order.promotions.reduce((sum, promotion) => sum + promotion.discountMinor, 0);
  if (total === 0 || discounts === 0) return 0;
  const kept = total - settledValue(state, order) - refundedMinor;
  const partKept = (amountMinor: number): number =>
    Number((BigInt(amountMinor) * BigInt(kept) * 2n + BigInt(total)) / (BigInt(total) * 2n));
  const keptBeforeDiscounts = kept + partKept(discounts);
  const lost = order.promotions
    .filter((promotion) => keptBeforeDiscounts < promotion.thresholdMinor)
    .reduce((sum, promotion) => sum + partKept(promotion.discountMinor), 0);
  return lost - chargedSoFar(state);
}
