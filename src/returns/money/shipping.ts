/** How much of the order's outbound shipping a refund gives back; over all refunds never more than was paid for it. */
import type { Fault } from '../../policy/policy.events.js';
import type { OrderFacts, Terms } from '../returns.events.js';
import type { ReturnsState } from '../returns.state.js';
import { allocate } from './allocate.js';

/** A unit that this refund pays for. */
export type RefundedUnit = { readonly lineId: string; readonly unit: number; readonly fault: Fault };

const paidShipping = (order: OrderFacts): number => order.shipping.netMinor + order.shipping.taxMinor;

/** Outbound shipping given back by all refunds so far, minor units. */
export function shippingRefunded(state: ReturnsState): number {
  return state.returns.reduce((sum, ret) => sum + ret.refunds.reduce((part, refund) => part + refund.breakdown.shippingMinor, 0), 0);
}

/** Units that earlier refunds settled with something (or that cost nothing to begin with). */
function settledUnits(state: ReturnsState, order: OrderFacts): number {
  const paid = new Map(order.lines.map((line) => [line.lineId, line.units]));
  let count = 0;
  for (const ret of state.returns) {
    for (const line of ret.lines) {
      const units = paid.get(line.lineId);
      for (const { unit, settled, entitledMinor } of line.units) {
        const gross = (units?.[unit]?.netMinor ?? 0) + (units?.[unit]?.taxMinor ?? 0);
        if (settled && (entitledMinor > 0 || gross === 0)) count += 1;
      }
    }
  }
  return count;
}

const sharesByOrder = new WeakMap<OrderFacts, ReadonlyMap<string, readonly number[]>>();

/**
 * The shipping spread over all units of the order by what was paid for each, once, so that any order of partial
 * returns adds up to exactly the shipping. Remembered per order: order facts never change in place.
 */
function shippingShares(order: OrderFacts): ReadonlyMap<string, readonly number[]> {
  const known = sharesByOrder.get(order);
  if (known !== undefined) return known;
  const parts = allocate(paidShipping(order), order.lines.flatMap((line) => line.units.map((unit) => unit.netMinor + unit.taxMinor)));
  let from = 0;
  const shares = new Map(order.lines.map((line) => {
    const own = parts.slice(from, from + line.units.length);
    from += line.units.length;
    return [line.lineId, own];
  }));
  sharesByOrder.set(order, shares);
  return shares;
}

function dueShipping(state: ReturnsState, order: OrderFacts, policy: Terms['outboundShipping'], units: readonly RefundedUnit[]): number {
  switch (policy) {
    case 'never':
      return 0;
    case 'merchantFault':
      return units.some((unit) => unit.fault !== 'customer') ? paidShipping(order) : 0;
    case 'fullReturn': {
      const ordered = order.lines.reduce((sum, line) => sum + line.units.length, 0);
      return settledUnits(state, order) + units.length >= ordered ? paidShipping(order) : 0;
    }
    case 'proportional': {
      const shares = shippingShares(order);
      return units.reduce((sum, { lineId, unit }) => sum + (shares.get(lineId)?.[unit] ?? 0), 0);
    }
  }
}

/**
 * Outbound shipping to be refunded together with `units`, minor units.
 * - `fullReturn`: all of it with the refund that completes the whole order, as ordered;
 * - `merchantFault`: all of it with the first unit returned through no fault of the customer's;
 * - `proportional`: each unit's share by value.
 */
export function shippingRefund(state: ReturnsState, order: OrderFacts, policy: Terms['outboundShipping'], units: readonly RefundedUnit[]): number {
  if (units.length === 0) return 0;
  return Math.min(dueShipping(state, order, policy, units), paidShipping(order) - shippingRefunded(state));
}
