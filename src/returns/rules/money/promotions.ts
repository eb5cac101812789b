/** Promotions that needed a minimum order value and lose their ground when too much goes back. */
import type { OrderFacts } from '../returns.events.js';
import type { ReturnsState } from '../returns.state.js';
import { takenOff } from '../returns.status.js';
import { goodsValue } from './caps.js';

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

/**
 * What the customer owes for promotions broken by now, less what earlier refunds were charged for it; minor units.
 * The discount contained in the kept units is lost when their value before discounts is below the threshold. It depends
 * only on what is kept in the end, so any order of partial returns comes to the same; negative when a later return
 * keeps less (nothing kept: nothing lost, and what was charged is given back).
 *
 * @param refundedMinor what was paid for the units refunded now
 */
export function promotionLost(state: ReturnsState, order: OrderFacts, refundedMinor: number): number {
  const total = goodsValue(order);
  const discounts = order.promotions.reduce((sum, promotion) => sum + promotion.discountMinor, 0);
  if (total === 0 || discounts === 0) return 0;
  const kept = total - settledValue(state, order) - refundedMinor;
  const partKept = (amountMinor: number): number =>
    Number((BigInt(amountMinor) * BigInt(kept) * 2n + BigInt(total)) / (BigInt(total) * 2n));
  const keptBeforeDiscounts = kept + partKept(discounts);
  const lost = order.promotions
    .filter((promotion) => keptBeforeDiscounts < promotion.thresholdMinor)
    .reduce((sum, promotion) => sum + partKept(promotion.discountMinor), 0);
  return lost - takenOff(state.returns, 'promotion_lost');
}
