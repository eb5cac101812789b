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
  reviewOf,
  wayBack,
  type DeliveryFacts,
  type LineDecision,
  type Review,
  type WayBack,
} from '../../../policy/rules/policy.evaluation.js';
import type { Fault, Method, Outcome, PolicyDocument } from '../../../policy/rules/policy.events.js';
import type { Language } from '../../../shared/language.js';
import { OFFER_WORDS } from '../../words/returns.words.js';
import { filedReturn } from '../evolve/authorisation.js';
import { amountsOf, type Amounts } from '../money/breakdown.js';
import { goodsValue } from '../money/caps.js';
import type { Condition, OrderFacts, OrderLine, RequestedLine, Terms } from '../returns.events.js';
import type { ReturnsState, ReturnState } from '../returns.state.js';
import { orderLineOf, orderOf, positive } from './find.js';
import { claimedUnits, freeUnits } from './units.js';

/** The policy version a return is filed under. */
export type PolicyVersion = { readonly policyId: string; readonly version: number; readonly document: PolicyDocument };
/** One line of a request. `reason` null: not chosen yet (quotes only). */
export type AskedLine = {
  readonly lineId: string;
  readonly quantity: number;
  readonly reason: string | null;
  readonly condition: Condition;
  readonly noteRef: string | null;
  readonly photoRefs: readonly string[];
};
export type Asked = { readonly lines: readonly AskedLine[]; readonly outcome: Outcome; readonly method: Method };

/** When it is asked (ISO 8601 UTC), and in which language the answer is worded. */
export type Moment = { readonly at: string; readonly language: Language };

export type LineProblem = { readonly code: string; readonly words: string };
export type AssessedLine = {
  readonly asked: AskedLine;
  readonly units: readonly number[];
  readonly fault: Fault;
  readonly verdict: LineDecision;
  /** Why the line is refused at filing: by the units that are left, or by the policy. */
  readonly problem: LineProblem | null;
};
export type Assessment = {
  readonly order: OrderFacts;
  readonly lines: readonly AssessedLine[];
  /** `keep` where the policy lets the customer keep items of this value. */
  readonly method: Method;
  readonly terms: Terms;
  readonly wayBack: WayBack;
  /** What the lines that are not ineligible give back when every item comes back as new. */
  readonly amounts: Amounts;
  readonly reviews: readonly Review[];
};

/** A return's refund is one event, and an event has a largest size. */
const MAX_UNITS_PER_RETURN = 4000;

function invalid(message: string): never {
  throw new DomainError('validation_failed', message);
}

/** The same line twice is one line; then it must have been asked for in the same way. */
function merged(lines: readonly AskedLine[]): readonly AskedLine[] {
  if (lines.length === 0) invalid('Name at least one line.');
  const byLine = new Map<string, AskedLine>();
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
function unitProblem(state: ReturnsState, line: OrderLine, left: number, quantity: number, language: Language): LineProblem | null {
  if (quantity <= left) return null;
  const say = OFFER_WORDS[language];
  if (line.kind !== 'goods') return { code: 'not_returnable', words: say.notGoods };
  if (left === 0 && claimedUnits(state, line.lineId).size > 0) {
    return { code: 'already_returned', words: say.allInReturn };
  }
  return { code: 'quantity_not_returnable', words: left === 0 ? say.nothingShipped : say.onlyLeft(left) };
}

function assessLine(
  state: ReturnsState,
  order: OrderFacts,
  policy: PolicyDocument,
  delivery: DeliveryFacts,
  asked: AskedLine,
  { at, language }: Moment,
): AssessedLine {
  const line = orderLineOf(order, asked.lineId);
  const free = freeUnits(state, line);
  const facts = {
    sku: line.sku,
    category: line.category,
    finalSale: line.finalSale,
    reason: asked.reason,
    hasNote: asked.noteRef !== null,
  };
  const verdict = evaluateLine(policy, delivery, facts, at, language);
  const fault = asked.reason === null ? 'customer' : (leafReason(policy, asked.reason)?.fault ?? 'customer');
  const units = free.slice(0, asked.quantity);
  const short = unitProblem(state, line, free.length, asked.quantity, language);
  if (short !== null) {
    const refused: LineDecision = { decision: 'ineligible', refusal: null, ruleIds: [`units.${short.code}`], words: short.words };
    return { asked, units, fault, verdict: refused, problem: short };
  }
  return { asked, units, fault, verdict, problem: verdict.refusal === null ? null : { code: verdict.refusal, words: verdict.words } };
}

function checkOffered(policy: PolicyDocument, { outcome, method }: Asked, keeps: boolean): void {
  if (outcome === 'exchange')
    throw new DomainError('outcome_not_offered', 'Exchanges are not offered yet; please choose a refund or store credit.');
  if (!policy.outcomes.includes(outcome)) throw new DomainError('outcome_not_offered', `The outcome ${outcome} is not offered.`);
  if (keeps) return;
  if (method === 'keep') throw new DomainError('method_not_offered', 'Items of this value must come back.');
  if (!policy.methods.includes(method)) throw new DomainError('method_not_offered', `The method ${method} is not offered.`);
}

function termsOf({ policyId, version, document }: PolicyVersion, order: OrderFacts, returnShippingFeeMinor: number): Terms {
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
export function requestedLine({ asked, units, fault }: AssessedLine): RequestedLine {
  const { lineId, reason, condition, noteRef, photoRefs } = asked;
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
 * against a line is in its `problem` and `verdict`, not thrown.
 */
export function assess(policy: PolicyVersion, state: ReturnsState, asked: Asked, moment: Moment): Assessment {
  const { at, language } = moment;
  const { document } = policy;
  const order = orderOf(state);
  const delivery = deliveryOf(state, order);
  const lines = merged(asked.lines).map((line) => assessLine(state, order, document, delivery, line, moment));
  const accepted = lines.filter((line) => line.verdict.decision !== 'ineligible');
  const paid = new Map(order.lines.map((line) => [line.lineId, line.units]));
  const valueMinor = accepted
    .flatMap((line) => line.units.map((unit) => paid.get(line.asked.lineId)?.[unit]))
    .reduce((sum, unit) => sum + (unit?.netMinor ?? 0) + (unit?.taxMinor ?? 0), 0);
  const keeps = accepted.length > 0 && keepsItems(document, valueMinor);
  checkOffered(document, asked, keeps);
  const method = keeps ? 'keep' : asked.method;
  const way = wayBack(
    document,
    method,
    accepted.map((line) => line.fault),
    goodsValue(order),
    language,
  );
  const terms = termsOf(policy, order, way.feeMinor);
  const amounts = refundOfAll(state, order, imagined(accepted, asked.outcome, method, terms, at));
  const reviews = accepted.length === 0 ? [] : reviewOf(document, amounts.totalMinor - amounts.bonusMinor, language);
  return { order, lines, method, terms, wayBack: way, amounts, reviews };
}
