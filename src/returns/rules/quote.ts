/** What customers are shown before they decide. A quote changes nothing; the API puts it into words. */
import { evaluateLine, returnableUntil, returnShipping, type Decision, type ShippingReason } from '../../policy/rules/policy.evaluation.js';
import type { Method, PolicyDocument, ReturnReason } from '../../policy/rules/policy.events.js';
import {
  assess,
  deliveryOf,
  type AssessedLine,
  type Assessment,
  type FilingPolicy,
  type ReturnWish,
  type UnitRefusal,
  type Verdict,
} from './decide/assessment.js';
import { claimedUnits, freeUnits, registeredOrder } from './decide/find.js';
import { share } from './money/allocate.js';
import { blockCode, goodsValue, refundableOfOrder } from './money/caps.js';
import { isWrapping } from './money/shipping.js';
import type { OrderFacts, OrderLine } from './returns.events.js';
import type { ReturnsState } from './returns.state.js';
import { paidForUnit, quantityOf, statusOf } from './returns.status.js';

export type { FilingPolicy, ReturnWish, WishedLine } from './decide/assessment.js';

export type Quote = ReturnType<typeof quote>;

function quotedLine({ wish, verdict }: AssessedLine, { amounts, reviews }: Assessment) {
  const { lineId, quantity } = wish;
  const refundMinor = amounts.units.filter((unit) => unit.lineId === lineId).reduce((sum, unit) => sum + unit.refundMinor, 0);
  const isReviewed = verdict.decision === 'eligible' && reviews.length > 0;
  const decision: Decision = isReviewed ? 'review' : verdict.decision;
  // The reviews say why a person looks at it first.
  return { lineId, quantity, decision, verdict, reviews: isReviewed ? reviews : [], refundMinor };
}

type MethodOffer = { readonly method: Method; readonly feeMinor: number; readonly why: ShippingReason };

function methodsOf({ lines, order, method }: Assessment, policy: PolicyDocument): readonly MethodOffer[] {
  if (method === 'keep') return [{ method, feeMinor: 0, why: 'keep' }];
  const faults = lines.filter((line) => line.verdict.decision !== 'ineligible').map((line) => line.fault);
  return policy.methods
    .filter((offered) => offered !== 'keep')
    .map((offered) => {
      const { feeMinor, why } = returnShipping(policy, offered, faults, goodsValue(order));
      return { method: offered, feeMinor, why };
    });
}

function outcomesOf({ amounts }: Assessment, policy: PolicyDocument) {
  const payableMinor = amounts.totalMinor - amounts.bonusMinor;
  return policy.outcomes
    .filter((outcome) => outcome !== 'exchange')
    .map((outcome) => {
      const bonusMinor = outcome === 'store_credit' ? share(payableMinor, policy.storeCreditBonusBp) : 0;
      return { outcome, bonusMinor, totalRefundMinor: payableMinor + bonusMinor };
    });
}

/** What the payments could not bear if it were to be paid now. The bonus is on top of what they bear, and comes with all of it. */
function heldBack(state: ReturnsState, { order, amounts, terms }: Assessment) {
  const borneMinor = Math.min(amounts.totalMinor - amounts.bonusMinor, refundableOfOrder(state, order));
  if (borneMinor === amounts.totalMinor - amounts.bonusMinor) return { payableTodayMinor: amounts.totalMinor, blockedCode: null };
  const bonusMinor = amounts.bonusMinor === 0 ? 0 : share(borneMinor, terms.storeCreditBonusBp);
  return { payableTodayMinor: borneMinor + bonusMinor, blockedCode: blockCode(state, order) };
}

/**
 * What a request would give back, itemised; every item is taken to come back as new. Filing it at the same moment is
 * worth exactly `totalRefundMinor`. Lines that cannot be returned are ineligible and count for nothing.
 *
 * @throws DomainError not_found, unknown_line, validation_failed, outcome_not_offered, method_not_offered
 */
export function quote(policy: FilingPolicy, state: ReturnsState, wish: ReturnWish, at: string) {
  const assessment = assess(policy, state, wish, at);
  const { order, lines, amounts } = assessment;
  return {
    currency: order.currency,
    policy: { id: policy.policyId, version: policy.version },
    lines: lines.map((line) => quotedLine(line, assessment)),
    shippingRefundMinor: amounts.shippingMinor,
    wrappingRefundMinor: amounts.units.filter((unit) => isWrapping(order, unit.lineId)).reduce((sum, unit) => sum + unit.refundMinor, 0),
    fees: amounts.fees,
    // What the outcome asked for adds; part of the total.
    bonusMinor: amounts.bonusMinor,
    totalRefundMinor: amounts.totalMinor,
    ...heldBack(state, assessment),
    methods: methodsOf(assessment, policy.document),
    outcomes: outcomesOf(assessment, policy.document),
    // How much more the order would have had to be worth for free return shipping; 0 when it is free.
    freeReturnMissingMinor: assessment.shipping.missingMinor,
  };
}

/** A reason as it is offered; one with `children` cannot be chosen itself. */
export type ReasonNode = { readonly reason: ReturnReason; readonly children: readonly ReasonNode[] };
/** Why a line cannot be returned now. */
export const WHY_NOT = ['not_returnable', 'final_sale', 'window_closed', 'already_returned', 'quantity_not_returnable'] as const;
export type WhyNot = (typeof WHY_NOT)[number];

const reasonTree = (reasons: readonly ReturnReason[], parent: string | null): readonly ReasonNode[] =>
  reasons.filter((reason) => reason.parent === parent).map((reason) => ({ reason, children: reasonTree(reasons, reason.code) }));

/** What speaks against a line for which no reason is chosen yet: what it is, the policy, or that no unit is left. */
function verdictOn(policy: PolicyDocument, state: ReturnsState, order: OrderFacts, line: OrderLine, free: number, at: string): Verdict {
  const unitsSay = (refusal: UnitRefusal): Verdict => ({
    decision: 'ineligible',
    refusal,
    rule: { ruleId: `units.${refusal}`, left: free },
  });
  if (line.kind !== 'goods') return unitsSay('not_returnable');
  const { sku, category, finalSale } = line;
  const verdict = evaluateLine(policy, deliveryOf(state, order), { sku, category, finalSale, reason: null, hasNote: false }, at);
  if (verdict.decision === 'ineligible' || free > 0) return verdict;
  return unitsSay(claimedUnits(state, line.lineId).size > 0 ? 'already_returned' : 'quantity_not_returnable');
}

const isWhyNot = (refusal: Verdict['refusal']): refusal is WhyNot => WHY_NOT.some((each) => each === refusal);

function returnableLine(policy: PolicyDocument, state: ReturnsState, order: OrderFacts, line: OrderLine, at: string) {
  const { lineId, sku, title, category, fulfilledQuantity } = line;
  const free = freeUnits(state, line);
  const verdict = verdictOn(policy, state, order, line, free.length, at);
  const isEligible = verdict.decision !== 'ineligible';
  const never = verdict.refusal === 'final_sale' || verdict.refusal === 'not_returnable';
  return {
    lineId,
    sku,
    title,
    category,
    quantity: quantityOf(line),
    fulfilled: fulfilledQuantity,
    // Tax included; units may differ by a cent.
    unitPaidMinor: paidForUnit(order, lineId, free[0] ?? 0),
    returnable: isEligible ? free.length : 0,
    units: isEligible ? free.flatMap((unit) => line.units[unit] ?? []) : [],
    decision: verdict.decision,
    whyNot: isWhyNot(verdict.refusal) ? verdict.refusal : null,
    // Last day for this line, `YYYY-MM-DD` in the shop's time zone; null without a limit, while nothing was shipped, and for what can never be returned.
    until: never ? null : returnableUntil(policy, deliveryOf(state, order)),
    verdict,
  };
}

/**
 * What of the order may be returned now, and what may be chosen for it.
 * @throws DomainError not_found
 */
export function returnableLines(policy: FilingPolicy, state: ReturnsState, at: string) {
  const { policyId, version, document } = policy;
  const order = registeredOrder(state);
  return {
    number: order.number,
    placedAt: order.placedAt,
    currency: order.currency,
    policy: { id: policyId, version },
    returnableUntil: returnableUntil(document, deliveryOf(state, order)),
    lines: order.lines.map((line) => returnableLine(document, state, order, line, at)),
    reasons: reasonTree(document.reasons, null),
    methods: document.methods.filter((method) => method !== 'keep'),
    outcomes: document.outcomes.filter((outcome) => outcome !== 'exchange'),
    returns: state.returns.map((ret) => ({
      returnId: ret.returnId,
      status: statusOf(state, ret),
      requestedAt: ret.milestones.requestedAt,
    })),
  };
}
