/** What customers are shown before they decide. A quote changes nothing. */
import { labelOf } from '../../policy/policy.words.js';
import { evaluateLine, returnableUntil, wayBack, type Decision, type LineDecision } from '../../policy/rules/policy.evaluation.js';
import type { Fault, Method, Outcome, PolicyDocument } from '../../policy/rules/policy.events.js';
import type { Language } from '../../shared/language.js';
import { BLOCK_WORDS, OFFER_WORDS } from '../words/returns.words.js';
import {
  assess,
  deliveryOf,
  type Asked,
  type AssessedLine,
  type Assessment,
  type Moment,
  type PolicyVersion,
} from './decide/assessment.js';
import { orderOf } from './decide/find.js';
import { claimedUnits, freeUnits } from './decide/units.js';
import { share } from './money/allocate.js';
import { blockCode, goodsValue, orderRoom } from './money/caps.js';
import { inWords } from './money/currency.js';
import { isWrapping } from './money/shipping.js';
import type { BlockCode, Fee, NetTax, OrderFacts, OrderLine } from './returns.events.js';
import type { ReturnsState } from './returns.state.js';
import { paidForUnit, quantityOf, statusOf, type ReturnStatus } from './returns.status.js';

export type { Asked, AskedLine, PolicyVersion } from './decide/assessment.js';

/** Amounts in minor units of `currency`. */
export type Quote = {
  readonly currency: string;
  readonly policy: { readonly id: string; readonly version: number };
  readonly lines: readonly {
    readonly lineId: string;
    readonly quantity: number;
    readonly decision: Decision;
    readonly ruleIds: readonly string[];
    readonly words: string;
    readonly refundMinor: number;
  }[];
  readonly shippingRefundMinor: number;
  /** What was paid for the wrapping, where it comes back too. */
  readonly wrappingRefundMinor: number;
  readonly fees: readonly { readonly code: Fee['code']; readonly amountMinor: number; readonly words: string }[];
  /** What the outcome asked for adds; part of the total. */
  readonly bonusMinor: number;
  readonly totalRefundMinor: number;
  /** What of it the payments could bear today; less than the total where `blockedCode` says why. */
  readonly payableTodayMinor: number;
  readonly blockedCode: BlockCode | null;
  readonly blockedWords: string | null;
  readonly methods: readonly { readonly method: Method; readonly feeMinor: number; readonly words: string }[];
  /** `totalRefundMinor`: with this outcome, its bonus included. */
  readonly outcomes: readonly {
    readonly outcome: Outcome;
    readonly bonusMinor: number;
    readonly totalRefundMinor: number;
    readonly words: string;
  }[];
  /** How much more the order would have had to be worth for a free way back; 0 when it is free. */
  readonly freeReturnMissingMinor: number;
};

function quotedLine({ asked, verdict }: AssessedLine, { amounts, reviews }: Assessment): Quote['lines'][number] {
  const { lineId, quantity } = asked;
  const refundMinor = amounts.units.filter((unit) => unit.lineId === lineId).reduce((sum, unit) => sum + unit.refundMinor, 0);
  const isReviewed = verdict.decision === 'eligible' && reviews.length > 0;
  if (!isReviewed) return { lineId, quantity, decision: verdict.decision, ruleIds: verdict.ruleIds, words: verdict.words, refundMinor };
  const ruleIds = [...verdict.ruleIds, ...reviews.map((review) => review.ruleId)];
  return {
    lineId,
    quantity,
    decision: 'review',
    ruleIds,
    words: [verdict.words, ...reviews.map((review) => review.words)].join(' '),
    refundMinor,
  };
}

function methodsOf({ lines, order, method }: Assessment, policy: PolicyDocument, language: Language): Quote['methods'] {
  const say = OFFER_WORDS[language];
  if (method === 'keep') return [{ method, feeMinor: 0, words: say.methods.keep }];
  const faults = lines.filter((line) => line.verdict.decision !== 'ineligible').map((line) => line.fault);
  return policy.methods
    .filter((offered) => offered !== 'keep')
    .map((offered) => {
      const { feeMinor, words, ruleId } = wayBack(policy, offered, faults, goodsValue(order), language);
      if (ruleId === 'returnShipping.own') return { method: offered, feeMinor, words: say.methods[offered] };
      const cost = feeMinor === 0 ? words : say.feeTakenOff(inWords(feeMinor, order.currency, language));
      return { method: offered, feeMinor, words: `${say.methods[offered]} ${cost}` };
    });
}

function outcomesOf({ amounts, order }: Assessment, policy: PolicyDocument, language: Language): Quote['outcomes'] {
  const say = OFFER_WORDS[language];
  const payableMinor = amounts.totalMinor - amounts.bonusMinor;
  return policy.outcomes
    .filter((outcome) => outcome !== 'exchange')
    .map((outcome) => {
      const bonusMinor = outcome === 'store_credit' ? share(payableMinor, policy.storeCreditBonusBp) : 0;
      const bonus = bonusMinor === 0 ? null : inWords(bonusMinor, order.currency, language);
      return {
        outcome,
        bonusMinor,
        totalRefundMinor: payableMinor + bonusMinor,
        words: outcome === 'store_credit' ? say.storeCredit(bonus) : say.originalPayment,
      };
    });
}

/** What the payments could not bear if it were to be paid now. The bonus is on top of what they bear, and comes with all of it. */
function heldBack(
  state: ReturnsState,
  { order, amounts, terms }: Assessment,
  language: Language,
): Pick<Quote, 'payableTodayMinor' | 'blockedCode' | 'blockedWords'> {
  const borneMinor = Math.min(amounts.totalMinor - amounts.bonusMinor, orderRoom(state, order));
  if (borneMinor === amounts.totalMinor - amounts.bonusMinor)
    return { payableTodayMinor: amounts.totalMinor, blockedCode: null, blockedWords: null };
  const bonusMinor = amounts.bonusMinor === 0 ? 0 : share(borneMinor, terms.storeCreditBonusBp);
  const code = blockCode(state, order);
  return { payableTodayMinor: borneMinor + bonusMinor, blockedCode: code, blockedWords: BLOCK_WORDS[language][code] };
}

/**
 * What a request would give back, itemised; every item is taken to come back as new. Filing it at the same moment is
 * worth exactly `totalRefundMinor`. Lines that cannot be returned are ineligible and count for nothing.
 *
 * @throws DomainError not_found, unknown_line, validation_failed, outcome_not_offered, method_not_offered
 */
export function quote(policy: PolicyVersion, state: ReturnsState, request: Asked, at: string, language: Language = 'en'): Quote {
  const assessment = assess(policy, state, request, { at, language });
  const say = OFFER_WORDS[language];
  const { order, lines, amounts } = assessment;
  return {
    currency: order.currency,
    policy: { id: policy.policyId, version: policy.version },
    lines: lines.map((line) => quotedLine(line, assessment)),
    shippingRefundMinor: amounts.shippingMinor,
    wrappingRefundMinor: amounts.units.filter((unit) => isWrapping(order, unit.lineId)).reduce((sum, unit) => sum + unit.refundMinor, 0),
    fees: amounts.fees.map(({ code, amountMinor }) => ({
      code,
      amountMinor,
      words: amountMinor < 0 ? say.promotionGivenBack : say.fees[code],
    })),
    bonusMinor: amounts.bonusMinor,
    totalRefundMinor: amounts.totalMinor,
    ...heldBack(state, assessment, language),
    methods: methodsOf(assessment, policy.document, language),
    outcomes: outcomesOf(assessment, policy.document, language),
    freeReturnMissingMinor: assessment.wayBack.missingMinor,
  };
}

/** A reason as it is offered; one with `children` cannot be chosen itself. */
export type ReasonNode = {
  readonly code: string;
  readonly label: string;
  readonly fault: Fault;
  readonly requiresNote: boolean;
  readonly children: readonly ReasonNode[];
};
/** Why a line cannot be returned now. */
export const WHY_NOT = ['not_returnable', 'final_sale', 'window_closed', 'already_returned', 'quantity_not_returnable'] as const;
export type WhyNot = (typeof WHY_NOT)[number];

export type ReturnableLine = {
  readonly lineId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly category: string | null;
  readonly quantity: number;
  readonly fulfilled: number;
  /** Paid for one unit, tax included; units may differ by a cent. */
  readonly unitPaidMinor: number;
  /** Units that may still be returned; 0 for an ineligible line. */
  readonly returnable: number;
  /** What was paid for each of these units. */
  readonly units: readonly NetTax[];
  readonly decision: Decision;
  /** Null for a line that may be returned. */
  readonly whyNot: WhyNot | null;
  /** Last day for this line, as `returnableUntil`; null too for what can never be returned. */
  readonly until: string | null;
  readonly ruleIds: readonly string[];
  readonly words: string;
};
export type Returnable = {
  /** The order's number and when it was placed, as the shop told. */
  readonly number: string;
  readonly placedAt: string;
  readonly currency: string;
  readonly policy: { readonly id: string; readonly version: number };
  /** Last day, `YYYY-MM-DD` in the shop's time zone; null without a limit or while nothing was shipped. */
  readonly returnableUntil: string | null;
  readonly lines: readonly ReturnableLine[];
  readonly reasons: readonly ReasonNode[];
  readonly methods: readonly Method[];
  readonly outcomes: readonly Outcome[];
  /** Filed so far, oldest first. */
  readonly returns: readonly { readonly returnId: string; readonly status: ReturnStatus; readonly requestedAt: string }[];
};

function reasonTree(policy: PolicyDocument, parent: string | null, language: Language): readonly ReasonNode[] {
  return policy.reasons
    .filter((reason) => reason.parent === parent)
    .map((reason) => ({
      code: reason.code,
      label: labelOf(reason, language),
      fault: reason.fault,
      requiresNote: reason.requiresNote,
      children: reasonTree(policy, reason.code, language),
    }));
}

/** Why not, of lines for which no reason is chosen yet. */
function whyNotOf({ refusal }: LineDecision): WhyNot | null {
  return refusal === 'final_sale' || refusal === 'window_closed' ? refusal : null;
}

function returnableLine(
  policy: PolicyDocument,
  state: ReturnsState,
  order: OrderFacts,
  line: OrderLine,
  { at, language }: Moment,
): ReturnableLine {
  const { lineId, sku, title, category, finalSale, fulfilledQuantity } = line;
  const delivery = deliveryOf(state, order);
  const verdict = evaluateLine(policy, delivery, { sku, category, finalSale, reason: null, hasNote: false }, at, language);
  const whyNot = line.kind === 'goods' ? whyNotOf(verdict) : 'not_returnable';
  const free = freeUnits(state, line);
  const base = {
    lineId,
    sku,
    title,
    category,
    quantity: quantityOf(line),
    fulfilled: fulfilledQuantity,
    unitPaidMinor: paidForUnit(order, lineId, free[0] ?? 0),
    until: whyNot === 'final_sale' || whyNot === 'not_returnable' ? null : returnableUntil(policy, delivery),
  };
  if (verdict.decision !== 'ineligible' && free.length > 0) {
    const units = free.flatMap((unit) => line.units[unit] ?? []);
    return {
      ...base,
      returnable: free.length,
      units,
      decision: verdict.decision,
      whyNot: null,
      ruleIds: verdict.ruleIds,
      words: verdict.words,
    };
  }
  const none = { ...base, returnable: 0, units: [], decision: 'ineligible' as const };
  if (whyNot === 'not_returnable') return { ...none, whyNot, ruleIds: [`units.${whyNot}`], words: OFFER_WORDS[language].notGoods };
  if (verdict.decision === 'ineligible') return { ...none, whyNot, ruleIds: verdict.ruleIds, words: verdict.words };
  const say = OFFER_WORDS[language];
  if (claimedUnits(state, lineId).size > 0)
    return { ...none, whyNot: 'already_returned', ruleIds: ['units.already_returned'], words: say.allInReturn };
  return { ...none, whyNot: 'quantity_not_returnable', ruleIds: ['units.quantity_not_returnable'], words: say.nothingShipped };
}

/**
 * What of the order may be returned now, and what may be chosen for it.
 * @throws DomainError not_found
 */
export function returnableLines(policy: PolicyVersion, state: ReturnsState, at: string, language: Language = 'en'): Returnable {
  const { policyId, version, document } = policy;
  const order = orderOf(state);
  return {
    number: order.number,
    placedAt: order.placedAt,
    currency: order.currency,
    policy: { id: policyId, version },
    returnableUntil: returnableUntil(document, deliveryOf(state, order)),
    lines: order.lines.map((line) => returnableLine(document, state, order, line, { at, language })),
    reasons: reasonTree(document, null, language),
    methods: document.methods.filter((method) => method !== 'keep'),
    outcomes: document.outcomes.filter((outcome) => outcome !== 'exchange'),
    returns: state.returns.map((ret) => ({
      returnId: ret.returnId,
      status: statusOf(state, ret),
      requestedAt: ret.milestones.requestedAt,
    })),
  };
}
