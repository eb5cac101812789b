/** How much of the order's outbound shipping and wrapping a refund gives back; over all refunds never more than was paid for them. */
import type { Fault } from '../../../policy/rules/policy.events.js';
import { kept } from '../../../shared/kept.js';
import type { OrderFacts, OrderLine, Terms, UnitRefund } from '../returns.events.js';
import type { ReturnsState, ReturnUnit } from '../returns.state.js';
import { paidForUnit } from '../returns.status.js';
import { allocate } from './allocate.js';

/** A unit that this refund pays for. */
export type RefundedUnit = { readonly lineId: string; readonly unit: number; readonly fault: Fault };

const paidShipping = (order: OrderFacts): number => order.shipping.netMinor + order.shipping.taxMinor;

/** Outbound shipping given back by all refunds so far, minor units. */
export function shippingRefunded(state: ReturnsState): number {
  return state.returns.reduce((sum, ret) => sum + ret.refunds.reduce((part, refund) => part + refund.breakdown.shippingMinor, 0), 0);
}

/** Goods that were sent and can come back: what is cancelled, not sent, sold as final or no goods at all holds up no full return. */
const comesBack = (terms: Terms, line: OrderLine): boolean => line.kind === 'goods' && !terms.finalSaleLines.includes(line.lineId);

/** True when, with `units`, everything that was sent and can come back has been settled with something (or cost nothing to begin with). */
function isFullReturn(state: ReturnsState, order: OrderFacts, terms: Terms, units: readonly RefundedUnit[]): boolean {
  const lines = new Map(order.lines.filter((line) => comesBack(terms, line)).map((line) => [line.lineId, line]));
  const sent = [...lines.values()].reduce((sum, line) => sum + line.fulfilledQuantity, 0);
  const isSettled = (lineId: string, { unit, settled, entitledMinor }: ReturnUnit): boolean =>
    settled && (entitledMinor > 0 || paidForUnit(order, lineId, unit) === 0);
  let count = units.filter((unit) => lines.has(unit.lineId)).length;
  for (const line of state.returns.flatMap((ret) => ret.lines)) {
    if (lines.has(line.lineId)) count += line.units.filter((unit) => isSettled(line.lineId, unit)).length;
  }
  return count >= sent;
}

/**
 * The shipping spread over all goods of the order by what was paid for each, once, so that any order of partial
 * returns adds up to exactly the shipping. Remembered per order: order facts never change in place.
 */
const shippingShares = kept((order: OrderFacts): ReadonlyMap<string, readonly number[]> => {
  const goods = order.lines.filter((line) => line.kind === 'goods');
  const live = goods.flatMap(({ lineId, units, cancelled }) => {
    const gone = new Set(cancelled);
    return units.map((paid, unit) => ({ lineId, unit, paid })).filter(({ unit }) => !gone.has(unit));
  });
  const weights = live.map(({ paid }) => paid.netMinor + paid.taxMinor);
  const parts = allocate(paidShipping(order), weights);
  const shares = new Map(goods.map(({ lineId, units }) => [lineId, units.map(() => 0)]));
  live.forEach(({ lineId, unit }, index) => shares.get(lineId)?.splice(unit, 1, parts[index] ?? 0));
  return shares;
}, new WeakMap());

function dueShipping(state: ReturnsState, order: OrderFacts, terms: Terms, units: readonly RefundedUnit[]): number {
  switch (terms.outboundShipping) {
    case 'never':
      return 0;
    case 'merchantFault':
      return units.some((unit) => unit.fault !== 'customer') ? paidShipping(order) : 0;
    case 'fullReturn':
      return isFullReturn(state, order, terms, units) ? paidShipping(order) : 0;
    case 'proportional': {
      const shares = shippingShares(order);
      return units.reduce((sum, { lineId, unit }) => sum + (shares.get(lineId)?.[unit] ?? 0), 0);
    }
  }
}

/**
 * Outbound shipping to be refunded together with `units`, minor units.
 * - `fullReturn`: all of it with the refund that completes what was sent and can come back;
 * - `merchantFault`: all of it with the first unit returned through no fault of the customer's;
 * - `proportional`: each unit's share by value.
 */
export function shippingRefund(state: ReturnsState, order: OrderFacts, terms: Terms, units: readonly RefundedUnit[]): number {
  if (units.length === 0) return 0;
  return Math.min(dueShipping(state, order, terms, units), paidShipping(order) - shippingRefunded(state));
}

export const isWrapping = (order: OrderFacts, lineId: string): boolean =>
  order.lines.some((line) => line.lineId === lineId && line.kind === 'wrapping');

/** What refunds gave back so far of a line's units, by index. */
function givenOf(state: ReturnsState, lineId: string): ReadonlyMap<number, number> {
  const given = new Map<number, number>();
  for (const unit of state.returns.flatMap((ret) => ret.refunds.flatMap((refund) => refund.breakdown.units))) {
    if (unit.lineId === lineId) given.set(unit.unit, (given.get(unit.unit) ?? 0) + unit.refundMinor);
  }
  return given;
}

/** What refunds gave back so far of a line that is wrapping, minor units. */
export const wrappingRefunded = (state: ReturnsState, lineId: string): number =>
  [...givenOf(state, lineId).values()].reduce((sum, amount) => sum + amount, 0);

/**
 * The wrapping to be refunded together with `units`: with the refund that completes what was sent and can come back, what
 * was paid for it and not given back yet. It need not come back itself.
 */
export function wrappingRefund(
  state: ReturnsState,
  order: OrderFacts,
  terms: Terms,
  units: readonly RefundedUnit[],
): readonly UnitRefund[] {
  if (terms.wrappingRefund === 'never' || units.length === 0 || !isFullReturn(state, order, terms, units)) return [];
  return order.lines
    .filter((line) => line.kind === 'wrapping')
    .flatMap((line) => {
      const given = givenOf(state, line.lineId);
      return line.units
        .map(({ netMinor, taxMinor }, unit) => ({
          lineId: line.lineId,
          unit,
          netMinor,
          taxMinor,
          factorBp: 10_000,
          refundMinor: netMinor + taxMinor - (given.get(unit) ?? 0),
        }))
        .filter((unit) => unit.refundMinor > 0);
    });
}
