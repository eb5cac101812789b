/** What customers are shown before they decide. A quote changes nothing. */
import type { Method, Outcome, PolicyDocument } from '../policy/policy.events.js';
import { type Decision, evaluateLine, returnableUntil, wayBack } from '../policy/policy.evaluation.js';
import { type Asked, assess, type AssessedLine, type Assessment, deliveryOf, goodsValue, type PolicyVersion } from './decide/assessment.js';
import { orderOf } from './decide/find.js';
import { claimedUnits, freeUnits } from './decide/units.js';
import { share } from './money/allocate.js';
import { inWords } from './money/currency.js';
import type { Fee, NetTax, OrderFacts, OrderLine } from './returns.events.js';
import type { ReturnsState } from './returns.state.js';

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
  readonly fees: readonly { readonly code: Fee['code']; readonly amountMinor: number; readonly words: string }[];
  /** Bonus included. */
  readonly totalRefundMinor: number;
  readonly methods: readonly { readonly method: Method; readonly feeMinor: number; readonly words: string }[];
  readonly outcomes: readonly { readonly outcome: Outcome; readonly bonusMinor: number; readonly words: string }[];
  /** How much more the order would have had to be worth for a free way back; 0 when it is free. */
  readonly freeReturnMissingMinor: number;
};

const FEE_WORDS: Readonly<Record<Fee['code'], string>> = {
  restocking: 'Restocking fee',
  return_shipping: 'Way back of the parcel',
  promotion_lost: 'A promotion no longer applies to what you keep',
};

/** A promotion is the only thing charged that may come back: nothing is kept in the end, so nothing is lost. */
const PROMOTION_GIVEN_BACK = 'An earlier charge for a promotion is given back';

const METHOD_WORDS: Readonly<Record<Method, string>> = {
  label: 'You get a label to put on the parcel.',
  drop_off: 'You show a code at a drop-off point; no printer needed.',
  pickup: 'A courier fetches the parcel at your door.',
  own_shipping: 'You send it with a carrier of your choice, at your own expense.',
  in_store: 'You bring it to the store.',
  keep: 'You keep the item and get your money back.',
};

function quotedLine({ asked, verdict }: AssessedLine, { amounts, reviews }: Assessment): Quote['lines'][number] {
  const { lineId, quantity } = asked;
  const refundMinor = amounts.units.filter((unit) => unit.lineId === lineId).reduce((sum, unit) => sum + unit.refundMinor, 0);
  const isReviewed = verdict.decision === 'eligible' && reviews.length > 0;
  if (!isReviewed) return { lineId, quantity, decision: verdict.decision, ruleIds: verdict.ruleIds, words: verdict.words, refundMinor };
  const ruleIds = [...verdict.ruleIds, ...reviews.map((review) => review.ruleId)];
  return { lineId, quantity, decision: 'review', ruleIds, words: [verdict.words, ...reviews.map((review) => review.words)].join(' '), refundMinor };
}

function methodsOf({ lines, order, method }: Assessment, policy: PolicyDocument): Quote['methods'] {
  if (method === 'keep') return [{ method, feeMinor: 0, words: METHOD_WORDS.keep }];
  const faults = lines.filter((line) => line.verdict.decision !== 'ineligible').map((line) => line.fault);
  return policy.methods
    .filter((offered) => offered !== 'keep')
    .map((offered) => {
      const { feeMinor, words, ruleId } = wayBack(policy, offered, faults, goodsValue(order));
      if (ruleId === 'returnShipping.own') return { method: offered, feeMinor, words: METHOD_WORDS[offered] };
      const cost = feeMinor === 0 ? words : `${inWords(feeMinor, order.currency)} is taken off your refund.`;
      return { method: offered, feeMinor, words: `${METHOD_WORDS[offered]} ${cost}` };
    });
}

function outcomesOf({ amounts, order }: Assessment, policy: PolicyDocument): Quote['outcomes'] {
  const payableMinor = amounts.totalMinor - amounts.bonusMinor;
  return policy.outcomes
    .filter((outcome) => outcome !== 'exchange')
    .map((outcome) => {
      const bonusMinor = outcome === 'store_credit' ? share(payableMinor, policy.storeCreditBonusBp) : 0;
      const bonus = bonusMinor === 0 ? '' : `, with a bonus of ${inWords(bonusMinor, order.currency)}`;
      return { outcome, bonusMinor, words: outcome === 'store_credit' ? `Credit to spend in the shop${bonus}.` : 'Back the way you paid.' };
    });
}

/**
 * What a request would give back, itemised; every item is taken to come back as new. Filing it at the same moment is
 * worth exactly `totalRefundMinor`. Lines that cannot be returned are ineligible and count for nothing.
 *
 * @throws DomainError not_found, unknown_line, validation_failed, outcome_not_offered, method_not_offered
 */
export function quote(policy: PolicyVersion, state: ReturnsState, request: Asked, at: string): Quote {
  const assessment = assess(policy, state, request, at);
  const { order, lines, amounts } = assessment;
  return {
    currency: order.currency,
    policy: { id: policy.policyId, version: policy.version },
    lines: lines.map((line) => quotedLine(line, assessment)),
    shippingRefundMinor: amounts.shippingMinor,
    fees: amounts.fees.map(({ code, amountMinor }) => ({ code, amountMinor, words: amountMinor < 0 ? PROMOTION_GIVEN_BACK : FEE_WORDS[code] })),
    totalRefundMinor: amounts.totalMinor,
    methods: methodsOf(assessment, policy.document),
    outcomes: outcomesOf(assessment, policy.document),
    freeReturnMissingMinor: assessment.wayBack.missingMinor,
  };
}

/** A reason as it is offered; one with `children` cannot be chosen itself. */
export type ReasonNode = { readonly code: string; readonly label: string; readonly requiresNote: boolean; readonly children: readonly ReasonNode[] };

export type ReturnableLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly title: string;
  readonly quantity: number;
  readonly fulfilled: number;
  /** Units that may still be returned; 0 for an ineligible line. */
  readonly returnable: number;
  /** What was paid for each of these units. */
  readonly units: readonly NetTax[];
  readonly decision: Decision;
  readonly ruleIds: readonly string[];
  readonly words: string;
};
export type Returnable = {
  readonly currency: string;
  readonly policy: { readonly id: string; readonly version: number };
  /** Last day, `YYYY-MM-DD` in the shop's time zone; null without a limit or while nothing was shipped. */
  readonly returnableUntil: string | null;
  readonly lines: readonly ReturnableLine[];
  readonly reasons: readonly ReasonNode[];
  readonly methods: readonly Method[];
  readonly outcomes: readonly Outcome[];
};

function reasonTree(policy: PolicyDocument, parent: string | null): readonly ReasonNode[] {
  return policy.reasons
    .filter((reason) => reason.parent === parent)
    .map(({ code, label, requiresNote }) => ({ code, label, requiresNote, children: reasonTree(policy, code) }));
}

function returnableLine(policy: PolicyDocument, state: ReturnsState, order: OrderFacts, line: OrderLine, at: string): ReturnableLine {
  const { lineId, sku, title, category, finalSale, fulfilledQuantity } = line;
  const base = { lineId, sku, title, quantity: line.units.length, fulfilled: fulfilledQuantity };
  const verdict = evaluateLine(policy, deliveryOf(state, order), { sku, category, finalSale, reason: null, hasNote: false }, at);
  const free = freeUnits(state, line);
  if (verdict.decision !== 'ineligible' && free.length > 0) {
    const units = free.flatMap((unit) => line.units[unit] ?? []);
    return { ...base, returnable: free.length, units, decision: verdict.decision, ruleIds: verdict.ruleIds, words: verdict.words };
  }
  const none = { ...base, returnable: 0, units: [], decision: 'ineligible' as const };
  if (verdict.decision === 'ineligible') return { ...none, ruleIds: verdict.ruleIds, words: verdict.words };
  if (claimedUnits(state, lineId).size > 0) return { ...none, ruleIds: ['units.already_returned'], words: 'Everything of this item that was shipped is in a return already.' };
  return { ...none, ruleIds: ['units.quantity_not_returnable'], words: 'Nothing of this item was shipped yet.' };
}

/**
 * What of the order may be returned now, and what may be chosen for it.
 * @throws DomainError not_found
 */
export function returnableLines(policy: PolicyVersion, state: ReturnsState, at: string): Returnable {
  const { policyId, version, document } = policy;
  const order = orderOf(state);
  return {
    currency: order.currency,
    policy: { id: policyId, version },
    returnableUntil: returnableUntil(document, deliveryOf(state, order)),
    lines: order.lines.map((line) => returnableLine(document, state, order, line, at)),
    reasons: reasonTree(document, null),
    methods: document.methods.filter((method) => method !== 'keep'),
    outcomes: document.outcomes.filter((outcome) => outcome !== 'exchange'),
  };
}
