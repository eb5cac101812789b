/**
 * What a policy says about concrete facts: per line eligible, for review or ineligible, with the rules that led there; what
 * return shipping costs; until when something may be returned. Pure: the time comes in, and words are made elsewhere.
 */
import { DAY_MS, localDate } from '../../shared/days.js';
import type { Fault, Method, PolicyDocument, ReturnReason } from './policy.events.js';

export type Decision = 'eligible' | 'review' | 'ineligible';
/** Why a line is refused at filing; a line ineligible without one is recorded and declined. */
export type Refusal = 'window_closed' | 'final_sale' | 'reason_not_a_leaf' | 'note_required';
/** The rule that decides about a line, and what it is about. `until`: last day, `YYYY-MM-DD`; `reason`: the code chosen. */
export type LineRule =
  | { readonly ruleId: 'finalSale.line' | 'finalSale.skus' | 'windowDays.none' }
  | { readonly ruleId: 'finalSale.categories'; readonly category: string }
  | { readonly ruleId: 'windowDays'; readonly until: string }
  | { readonly ruleId: 'reasons' | 'reasons.requiresNote' | 'approval.declineReasons'; readonly reason: string };
export type LineDecision = { readonly decision: Decision; readonly refusal: Refusal | null; readonly rule: LineRule };

/** When the order's goods came to the customer, as far as known; ISO 8601 UTC. */
export type DeliveryFacts = {
  /** Of the last parcel known to be delivered. */
  readonly lastDeliveredAt: string | null;
  /** Of the last fulfilment, where some of what was fulfilled is not known to be delivered. */
  readonly undeliveredSince: string | null;
};
export type LineFacts = {
  readonly sku: string | null;
  readonly category: string | null;
  readonly finalSale: boolean;
  /** Null when none is chosen yet: then the rules about reasons are left out. */
  readonly reason: string | null;
  readonly hasNote: boolean;
};

const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * Last day on which the order's goods may be returned, `YYYY-MM-DD` in the shop's time zone; null without a limit or as
 * long as nothing was shipped. Counts from the delivery of the last parcel; what was shipped and not reported delivered
 * is taken to arrive after the transit buffer.
 */
export function returnableUntil(policy: PolicyDocument, { lastDeliveredAt, undeliveredSince }: DeliveryFacts): string | null {
  const arrivals = [
    ...(lastDeliveredAt === null ? [] : [Date.parse(lastDeliveredAt)]),
    ...(undeliveredSince === null ? [] : [Date.parse(undeliveredSince) + policy.transitBufferDays * DAY_MS]),
  ];
  if (policy.windowDays === null || arrivals.length === 0) return null;
  return daysAfter(localDate(Math.max(...arrivals), policy.timeZone), policy.windowDays);
}

/** The reason with that code if it may be chosen: it exists and none stands below it. */
export function leafReason(policy: PolicyDocument, code: string): ReturnReason | undefined {
  return policy.reasons.some((reason) => reason.parent === code) ? undefined : policy.reasons.find((reason) => reason.code === code);
}

const ineligible = (refusal: Refusal | null, rule: LineRule): LineDecision => ({ decision: 'ineligible', refusal, rule });

/** Whether shop or policy sold it as final. */
export const isFinalSale = (
  { finalSale: { skus, categories } }: PolicyDocument,
  { sku, category, finalSale }: Pick<LineFacts, 'sku' | 'category' | 'finalSale'>,
): boolean => finalSale || (sku !== null && skus.includes(sku)) || (category !== null && categories.includes(category));

function refusalOf(policy: PolicyDocument, delivery: DeliveryFacts, line: LineFacts, at: string): LineDecision | undefined {
  if (line.finalSale) return ineligible('final_sale', { ruleId: 'finalSale.line' });
  if (line.sku !== null && policy.finalSale.skus.includes(line.sku)) return ineligible('final_sale', { ruleId: 'finalSale.skus' });
  if (line.category !== null && policy.finalSale.categories.includes(line.category)) {
    return ineligible('final_sale', { ruleId: 'finalSale.categories', category: line.category });
  }
  const until = returnableUntil(policy, delivery);
  if (until !== null && localDate(Date.parse(at), policy.timeZone) > until) {
    return ineligible('window_closed', { ruleId: 'windowDays', until });
  }
  return line.reason === null ? undefined : reasonRefusal(policy, line.reason, line.hasNote);
}

function reasonRefusal(policy: PolicyDocument, code: string, hasNote: boolean): LineDecision | undefined {
  const reason = leafReason(policy, code);
  if (reason === undefined) return ineligible('reason_not_a_leaf', { ruleId: 'reasons', reason: code });
  if (reason.requiresNote && !hasNote) return ineligible('note_required', { ruleId: 'reasons.requiresNote', reason: code });
  if (isBelow(policy, reason, policy.approval.declineReasons)) return ineligible(null, { ruleId: 'approval.declineReasons', reason: code });
  return undefined;
}

/** Is the reason, or one it stands below, among the codes? */
function isBelow(policy: PolicyDocument, reason: ReturnReason, codes: readonly string[]): boolean {
  for (let at: ReturnReason | undefined = reason; at !== undefined; at = policy.reasons.find((each) => each.code === at?.parent)) {
    if (codes.includes(at.code)) return true;
  }
  return false;
}

/** What the policy says about one line; whether the amount needs a review is asked by `reviewOf`, for the request as a whole. */
export function evaluateLine(policy: PolicyDocument, delivery: DeliveryFacts, line: LineFacts, at: string): LineDecision {
  const refused = refusalOf(policy, delivery, line, at);
  if (refused !== undefined) return refused;
  const until = returnableUntil(policy, delivery);
  return { decision: 'eligible', refusal: null, rule: until === null ? { ruleId: 'windowDays.none' } : { ruleId: 'windowDays', until } };
}

/** Why a policy sends a request to a person. */
export type PolicyReview = 'review_all' | 'review_above';
export type Review = { readonly ruleId: string; readonly code: PolicyReview };

/** Why a person must look at the request before it is approved; empty = the policy approves by itself. */
export function reviewOf(policy: PolicyDocument, refundMinor: number): readonly Review[] {
  const { auto, reviewAboveMinor } = policy.approval;
  const reviews: Review[] = [];
  if (!auto) reviews.push({ ruleId: 'approval.auto', code: 'review_all' });
  if (reviewAboveMinor !== null && refundMinor > reviewAboveMinor)
    reviews.push({ ruleId: 'approval.reviewAboveMinor', code: 'review_above' });
  return reviews;
}

/** Why return shipping costs what it costs. */
export type ShippingReason = 'keep' | 'own' | 'free' | 'notYourFault' | 'orderValue' | 'charged';
export type ReturnShipping = {
  readonly feeMinor: number;
  readonly why: ShippingReason;
  /** How much more the order would have had to be worth for free return shipping; 0 when it is free. */
  readonly missingMinor: number;
};

/** Methods whose shipping the shop buys. */
const BOUGHT: ReadonlySet<Method> = new Set<Method>(['label', 'drop_off', 'pickup']);

/** What return shipping costs the customer: nothing where somebody else is at fault, the order is worth enough, or they see to it themselves. */
export function returnShipping(policy: PolicyDocument, method: Method, faults: readonly Fault[], orderValueMinor: number): ReturnShipping {
  const { feeMinor, freeFromMinor } = policy.returnShipping;
  const free = (why: ShippingReason): ReturnShipping => ({ feeMinor: 0, why, missingMinor: 0 });
  if (method === 'keep') return free('keep');
  if (!BOUGHT.has(method)) return free('own');
  if (feeMinor === 0) return free('free');
  if (faults.some((fault) => fault !== 'customer')) return free('notYourFault');
  if (freeFromMinor !== null && orderValueMinor >= freeFromMinor) return free('orderValue');
  return { feeMinor, why: 'charged', missingMinor: freeFromMinor === null ? 0 : freeFromMinor - orderValueMinor };
}

/** May the customer keep everything and be refunded? Only below the policy's limit; null = never. */
export const keepsItems = (policy: PolicyDocument, valueMinor: number): boolean =>
  policy.keepItemBelowMinor !== null && valueMinor < policy.keepItemBelowMinor;
