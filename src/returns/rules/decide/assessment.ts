/**
 * What a request would come to under a policy: the units it would take, what the policy says about each line, the terms
 * it would be filed under and the refund. Filing and quoting ask the same question, so they give the same answer.
 */
import { DomainError } from '../../../eventing/decider.js';
import {
  evaluateLine,
  isFinalSale,
  keepsItems,
  leafReason,
  returnShipping,
  reviewOf,
  type DeliveryFacts,
  type LineDecision,
  type LineRule,
  type Refusal,
  type ReturnShipping,
  type Review,
} from '../../../policy/rules/policy.evaluation.js';
import type { Fault, Method, Outcome, PolicyDocument } from '../../../policy/rules/policy.events.js';
import { filedReturn } from '../evolve/authorisation.js';
import { amountsOf, type Amounts } from '../money/breakdown.js';
import { goodsValue } from '../money/caps.js';
import type { Condition, OrderFacts, OrderLine, RequestedLine, Terms } from '../returns.events.js';
import type { ReturnsState, ReturnState } from '../returns.state.js';
import { paidForUnit } from '../returns.status.js';
import { claimedUnits, freeUnits, orderLineOf, positive, registeredOrder } from './find.js';

/** The policy version a return is filed under. */
export type FilingPolicy = { readonly policyId: string; readonly version: number; readonly document: PolicyDocument };
/** One line of what a customer wishes to return. `reason` null: not chosen yet (quotes only). */
export type WishedLine = {
  readonly lineId: string;
  readonly quantity: number;
  readonly reason: string | null;
  readonly condition: Condition;
  readonly noteRef: string | null;
  readonly photoRefs: readonly string[];
};
export type ReturnWish = { readonly lines: readonly WishedLine[]; readonly outcome: Outcome; readonly method: Method };

/** Why that many units cannot be taken. `left`: how many can. */
export type UnitRule = {
  readonly ruleId: `units.${UnitRefusal}`;
  readonly left: number;
};
/** What units and policy say about a line. */
export type Verdict = LineDecision | { readonly decision: 'ineligible'; readonly refusal: UnitRefusal; readonly rule: UnitRule };
export type UnitRefusal = 'not_returnable' | 'already_returned' | 'quantity_not_returnable';
export type AssessedLine = {
  readonly wish: WishedLine;
  readonly units: readonly number[];
  readonly fault: Fault;
  /** Its `refusal`: why the line is refused at filing, by the units that are left or by the policy. */
  readonly verdict: Verdict;
};
export type Assessment = {
  readonly order: OrderFacts;
  readonly lines: readonly AssessedLine[];
  /** `keep` where the policy lets the customer keep items of this value. */
  readonly method: Method;
  readonly terms: Terms;
  readonly shipping: ReturnShipping;
  /** What the lines that are not ineligible give back when every item comes back as new. */
  readonly amounts: Amounts;
  readonly reviews: readonly Review[];
};

/** A return's refund is one event, and an event has a largest size. */
const MAX_UNITS_PER_RETURN = 4000;

function invalid(message: string): never {
  throw new DomainError('validation_failed', message);
}

/** The same line twice is one line; then it must have been wished for in the same way. */
function mergedWishes(lines: readonly WishedLine[]): readonly WishedLine[] {
  if (lines.length === 0) invalid('Name at least one line.');
  const byLine = new Map<string, WishedLine>();
  for (const line of lines) {
    positive(line.quantity, 'The quantity');
    const known = byLine.get(line.lineId);
    if (known === undefined) {
      byLine.set(line.lineId, line);
      continue;
    }
    if (known.reason !== line.reason || known.condition !== line.condition) {
      invalid(`Line ${line.lineId} is named twice with different reasons or conditions; file a return for each.`);
    }
    const photoRefs = [...new Set([...known.photoRefs, ...line.photoRefs])];
    const quantity = positive(known.quantity + line.quantity, 'The quantity');
    byLine.set(line.lineId, { ...known, quantity, noteRef: known.noteRef ?? line.noteRef, photoRefs });
  }
  const quantity = [...byLine.values()].reduce((sum, line) => sum + line.quantity, 0);
  if (quantity > MAX_UNITS_PER_RETURN) invalid(`A return has at most ${MAX_UNITS_PER_RETURN} units; file several.`);
  return [...byLine.values()];
}

/** When the goods came, as far as the shop told. */
export function deliveryOf(state: ReturnsState, order: OrderFacts): DeliveryFacts {
  const shipped = order.lines.filter((line) => line.kind === 'goods' && line.fulfilledQuantity > 0);
  const delivered = shipped.flatMap((line) => (line.deliveredAt === null ? [] : [line.deliveredAt]));
  return {
    lastDeliveredAt: delivered.reduce<string | null>((last, at) => (last === null || Date.parse(at) > Date.parse(last) ? at : last), null),
    undeliveredSince: delivered.length < shipped.length ? state.lastFulfilledAt : null,
  };
}

/** Why that many units cannot be taken, if so. */
function unitRefusal(state: ReturnsState, line: OrderLine, left: number, quantity: number): UnitRefusal | null {
  if (quantity <= left) return null;
  if (line.kind !== 'goods') return 'not_returnable';
  return left === 0 && claimedUnits(state, line.lineId).size > 0 ? 'already_returned' : 'quantity_not_returnable';
}

function verdictOn(
  state: ReturnsState,
  policy: PolicyDocument,
  delivery: DeliveryFacts,
  line: OrderLine,
  left: number,
  wish: WishedLine,
  at: string,
): Verdict {
  const refusal = unitRefusal(state, line, left, wish.quantity);
  if (refusal !== null) return { decision: 'ineligible', refusal, rule: { ruleId: `units.${refusal}`, left } };
  const { sku, category, finalSale } = line;
  return evaluateLine(policy, delivery, { sku, category, finalSale, reason: wish.reason, hasNote: wish.noteRef !== null }, at);
}

function assessLine(
  state: ReturnsState,
  order: OrderFacts,
  policy: PolicyDocument,
  delivery: DeliveryFacts,
  wish: WishedLine,
  at: string,
): AssessedLine {
  const line = orderLineOf(order, wish.lineId);
  const free = freeUnits(state, line);
  const fault = wish.reason === null ? 'customer' : (leafReason(policy, wish.reason)?.fault ?? 'customer');
  const verdict = verdictOn(state, policy, delivery, line, free.length, wish, at);
  return { wish, units: free.slice(0, wish.quantity), fault, verdict };
}

/** A line cannot be filed; `rule` of `policy` says why, and who answers the caller makes words of it. */
export class LineRefusedError extends DomainError {
  constructor(
    code: Refusal | UnitRefusal,
    readonly rule: LineRule | UnitRule,
    readonly policy: PolicyDocument,
    lineId: string,
  ) {
    super(code, rule.ruleId, { lineId });
  }
}

function checkOffered(policy: PolicyDocument, { outcome, method }: ReturnWish, keeps: boolean): void {
  if (outcome === 'exchange')
    throw new DomainError('outcome_not_offered', 'Exchanges are not offered yet; please choose a refund or store credit.');
  if (!policy.outcomes.includes(outcome)) throw new DomainError('outcome_not_offered', `The outcome ${outcome} is not offered.`);
  if (keeps) return;
  if (method === 'keep') throw new DomainError('method_not_offered', 'Items of this value must come back.');
  if (!policy.methods.includes(method)) throw new DomainError('method_not_offered', `The method ${method} is not offered.`);
}

function termsOf({ policyId, version, document }: FilingPolicy, order: OrderFacts, returnShippingFeeMinor: number): Terms {
  const { refundTrigger, inspectionRequired, gradeFactorsBp, restockingFeeBp, outboundShipping, wrappingRefund, tenderOrder } = document;
  const { brokenPromotion, captureToleranceMinor, storeCreditBonusBp, expireAfterDays } = document;
  const finalSaleLines = order.lines.filter((line) => isFinalSale(document, line)).map((line) => line.lineId);
  return {
    policyId,
    version,
    refundTrigger,
    inspectionRequired,
    gradeFactorsBp,
    restockingFeeBp,
    returnShippingFeeMinor,
    outboundShipping,
    wrappingRefund,
    finalSaleLines,
    tenderOrder,
    brokenPromotion,
    captureToleranceMinor,
    storeCreditBonusBp,
    expireAfterDays,
  };
}

/** The assessed line as it is filed. */
export function requestedLine({ wish, units, fault }: AssessedLine): RequestedLine {
  const { lineId, reason, condition, noteRef, photoRefs } = wish;
  return { lineId, units, reason: reason ?? '', fault, condition, noteRef, photoRefs };
}

/** The return as it would stand, for computing its refund. */
function imagined(lines: readonly AssessedLine[], outcome: Outcome, method: Method, terms: Terms, at: string): ReturnState {
  const data = { at, returnId: '', lines: lines.map(requestedLine), outcome, method, carrier: '', terms, quotedMinor: 0 };
  return filedReturn({ type: 'ReturnRequested', data }, 0);
}

function refundOfAll(state: ReturnsState, order: OrderFacts, ret: ReturnState): Amounts {
  const claims = ret.lines.flatMap(({ lineId, fault, units }) =>
    units.map(({ unit }) => ({ lineId, unit, fault, factorBp: 10_000, entitledMinor: 0 })),
  );
  return amountsOf(state, order, ret, claims);
}

/**
 * Assesses a request; changes nothing.
 * @throws DomainError not_found, unknown_line, validation_failed, outcome_not_offered, method_not_offered. What speaks
 * against a line is in its `verdict`, not thrown.
 */
export function assess(policy: FilingPolicy, state: ReturnsState, wish: ReturnWish, at: string): Assessment {
  const { document } = policy;
  const order = registeredOrder(state);
  const delivery = deliveryOf(state, order);
  const lines = mergedWishes(wish.lines).map((line) => assessLine(state, order, document, delivery, line, at));
  const accepted = lines.filter((line) => line.verdict.decision !== 'ineligible');
  const valueMinor = accepted
    .flatMap(({ wish: { lineId }, units }) => units.map((unit) => paidForUnit(order, lineId, unit)))
    .reduce((sum, paid) => sum + paid, 0);
  const keeps = accepted.length > 0 && keepsItems(document, valueMinor);
  checkOffered(document, wish, keeps);
  const method = keeps ? 'keep' : wish.method;
  const shipping = returnShipping(
    document,
    method,
    accepted.map((line) => line.fault),
    goodsValue(order),
  );
  const terms = termsOf(policy, order, shipping.feeMinor);
  const amounts = refundOfAll(state, order, imagined(accepted, wish.outcome, method, terms, at));
  const reviews = accepted.length === 0 ? [] : reviewOf(document, amounts.totalMinor - amounts.bonusMinor);
  return { order, lines, method, terms, shipping, amounts, reviews };
}
