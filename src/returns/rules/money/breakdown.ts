/** What units give back, with every cent explained. */
import type { Fault } from '../../../policy/rules/policy.events.js';
import type { Breakdown, Fee, OrderFacts, Terms, UnitRefund } from '../returns.events.js';
import type { ReturnsState, ReturnState } from '../returns.state.js';
import { takenOff } from '../returns.status.js';
import { share } from './allocate.js';
import { lostToRounding, refundableOfOrder } from './caps.js';
import { promotionLost } from './promotions.js';
import { shippingRefund, wrappingRefund } from './shipping.js';

/** A unit to be refunded now: at which factor, and what earlier (manual) refunds gave for it already. */
export type UnitClaim = {
  readonly lineId: string;
  readonly unit: number;
  readonly fault: Fault;
  readonly factorBp: number;
  readonly entitledMinor: number;
};
/** The amounts of a refund before it is known which way they go. */
export type Amounts = Omit<Breakdown, 'payments'>;

/** What a unit gives in all is its paid amount times its factor, half rounded up; earlier refunds of it are taken off. */
function unitRefunds(order: OrderFacts, claims: readonly UnitClaim[]): readonly UnitRefund[] {
  const lines = new Map(order.lines.map((line) => [line.lineId, line.units]));
  return claims.map(({ lineId, unit, factorBp, entitledMinor }) => {
    const { netMinor, taxMinor } = lines.get(lineId)?.[unit] ?? { netMinor: 0, taxMinor: 0 };
    const refundMinor = Math.max(0, share(netMinor + taxMinor, factorBp) - entitledMinor);
    return { lineId, unit, netMinor, taxMinor, factorBp, refundMinor };
  });
}

/** Per unit and never more than the unit gives; only where customers changed their mind and send the item back. */
function restockingFee(terms: Terms, claims: readonly UnitClaim[], units: readonly UnitRefund[], keeps: boolean): number {
  if (terms.restockingFeeBp === 0 || keeps) return 0;
  return units.reduce((sum, unit, index) => {
    if (claims[index]?.fault !== 'customer') return sum;
    return sum + Math.min(unit.refundMinor, share(unit.netMinor + unit.taxMinor, terms.restockingFeeBp));
  }, 0);
}

/** Once per return; what one refund was too small to bear is left to the next. */
const returnShippingDue = (ret: ReturnState): number => ret.terms.returnShippingFeeMinor - takenOff([ret], 'return_shipping');

/** Charges the fees one after the other as far as `sumMinor` reaches: a return never makes a customer owe money. */
function charge(sumMinor: number, due: readonly Fee[]): readonly Fee[] {
  let left = sumMinor;
  return due.flatMap(({ code, amountMinor }) => {
    const charged = Math.min(amountMinor, left);
    left -= charged;
    return charged === 0 ? [] : [{ code, amountMinor: charged }];
  });
}

/** The bonus of all refunds together, less what earlier ones gave: however many refunds a return has, they come to the bonus of one. */
function bonusDue(ret: ReturnState, payableMinor: number): number {
  if (ret.outcome !== 'store_credit') return 0;
  const earlier = ret.refunds.filter((refund) => refund.trigger !== 'manual').map((refund) => refund.breakdown);
  const givenMinor = earlier.reduce((sum, { bonusMinor }) => sum + bonusMinor, 0);
  const paidMinor = earlier.reduce((sum, { totalMinor, bonusMinor }) => sum + totalMinor - bonusMinor, 0);
  return share(paidMinor + payableMinor, ret.terms.storeCreditBonusBp) - givenMinor;
}

function ruleIds(terms: Terms, amounts: Omit<Amounts, 'ruleIds'>, hasWrapping: boolean): readonly string[] {
  return [
    'units.paid',
    ...new Set(amounts.units.filter((unit) => unit.factorBp !== 10_000).map((unit) => `gradeFactorsBp.${unit.factorBp}`)),
    ...(amounts.shippingMinor > 0 ? [`outboundShipping.${terms.outboundShipping}`] : []),
    ...(hasWrapping ? [`wrappingRefund.${terms.wrappingRefund}`] : []),
    ...amounts.fees.map((fee) => `fees.${fee.code}`),
    ...(amounts.bonusMinor > 0 ? ['storeCreditBonusBp'] : []),
  ];
}

/**
 * The refund of `claims` under the return's terms: Σ units + outbound shipping − min(fees, that sum), plus the bonus of
 * a store credit. What the payments lack by rounding is taken off; whether they can bear the rest is asked elsewhere, unless
 * what they cannot is `given_up`.
 *
 * @param state before this refund; earlier refunds count for shipping, fees and promotions
 */
export function amountsOf(
  state: ReturnsState,
  order: OrderFacts,
  ret: ReturnState,
  claims: readonly UnitClaim[],
  lacking: 'owed' | 'given_up' = 'owed',
): Amounts {
  const { terms } = ret;
  const goods = unitRefunds(order, claims);
  // A unit that came back wrong or as an empty box does not bring the shipping back.
  const complete = claims.filter((claim) => claim.factorBp > 0);
  const shippingMinor = shippingRefund(state, order, terms, complete);
  const wrapping = wrappingRefund(state, order, terms, complete);
  const units = [...goods, ...wrapping];
  const sumMinor = units.reduce((sum, unit) => sum + unit.refundMinor, shippingMinor);
  const goodsMinor = goods.reduce((sum, unit) => sum + unit.netMinor + unit.taxMinor, 0);
  const charged = charge(sumMinor, [
    { code: 'restocking', amountMinor: restockingFee(terms, claims, goods, ret.method === 'keep') },
    { code: 'return_shipping', amountMinor: returnShippingDue(ret) },
    { code: 'promotion_lost', amountMinor: terms.brokenPromotion === 'reprice' ? promotionLost(state, order, goodsMinor) : 0 },
  ]);
  const earnedMinor = sumMinor - charged.reduce((sum, fee) => sum + fee.amountMinor, 0);
  const lostMinor = lostToRounding(state, order, terms.captureToleranceMinor, earnedMinor);
  const givenUpMinor = lacking === 'owed' ? 0 : Math.max(0, earnedMinor - lostMinor - refundableOfOrder(state, order));
  const lost: readonly Fee[] = [
    { code: 'not_captured', amountMinor: lostMinor },
    { code: 'given_up', amountMinor: givenUpMinor },
  ];
  const fees = [...charged, ...lost.filter((fee) => fee.amountMinor > 0)];
  const payableMinor = earnedMinor - lostMinor - givenUpMinor;
  const bonusMinor = bonusDue(ret, payableMinor);
  const amounts = { units, shippingMinor, fees, bonusMinor, totalMinor: payableMinor + bonusMinor };
  return { ...amounts, ruleIds: ruleIds(terms, amounts, wrapping.length > 0) };
}
