/**
 * What a policy says about concrete facts: per line eligible, for review or ineligible, with the rules that led there and
 * words for the customer; what the way back costs; until when something may be returned. Pure: the time comes in.
 */
import { DAY_MS, localDate } from '../../shared/days.js';
import { dayInWords, type Language } from '../../shared/language.js';
import { labelOf, POLICY_WORDS, type PolicyReview } from '../policy.words.js';
import type { Fault, Method, PolicyDocument, Reason } from './policy.events.js';

export type Decision = 'eligible' | 'review' | 'ineligible';
/** Why a line is refused at filing; a line ineligible without one is recorded and declined. */
export type Refusal = 'window_closed' | 'final_sale' | 'reason_not_a_leaf' | 'note_required';
export type LineDecision = {
  readonly decision: Decision;
  readonly refusal: Refusal | null;
  readonly ruleIds: readonly string[];
  readonly words: string;
};

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
export function leafReason(policy: PolicyDocument, code: string): Reason | undefined {
  return policy.reasons.some((reason) => reason.parent === code) ? undefined : policy.reasons.find((reason) => reason.code === code);
}

const ineligible = (refusal: Refusal | null, ruleId: string, words: string): LineDecision => ({
  decision: 'ineligible',
  refusal,
  ruleIds: [ruleId],
  words,
});

/** Whether shop or policy sold it as final. */
export const isFinalSale = (
  { finalSale: { skus, categories } }: PolicyDocument,
  { sku, category, finalSale }: Pick<LineFacts, 'sku' | 'category' | 'finalSale'>,
): boolean => finalSale || (sku !== null && skus.includes(sku)) || (category !== null && categories.includes(category));

function refusalOf(
  policy: PolicyDocument,
  delivery: DeliveryFacts,
  line: LineFacts,
  at: string,
  language: Language,
): LineDecision | undefined {
  const words = POLICY_WORDS[language];
  if (line.finalSale) return ineligible('final_sale', 'finalSale.line', words.soldAsFinal);
  if (line.sku !== null && policy.finalSale.skus.includes(line.sku)) return ineligible('final_sale', 'finalSale.skus', words.finalSale);
  if (line.category !== null && policy.finalSale.categories.includes(line.category)) {
    return ineligible('final_sale', 'finalSale.categories', words.finalSaleCategory(line.category));
  }
  const until = returnableUntil(policy, delivery);
  if (until !== null && localDate(Date.parse(at), policy.timeZone) > until) {
    return ineligible('window_closed', 'windowDays', words.windowClosed(dayInWords(until, language, policy.timeZone)));
  }
  return line.reason === null ? undefined : reasonRefusal(policy, line.reason, line.hasNote, language);
}

function reasonRefusal(policy: PolicyDocument, code: string, hasNote: boolean, language: Language): LineDecision | undefined {
  const words = POLICY_WORDS[language];
  const reason = leafReason(policy, code);
  if (reason === undefined) {
    const isKnown = policy.reasons.some((each) => each.code === code);
    return ineligible('reason_not_a_leaf', 'reasons', isKnown ? words.reasonNotALeaf(code) : words.reasonUnknown(code));
  }
  if (reason.requiresNote && !hasNote)
    return ineligible('note_required', 'reasons.requiresNote', words.noteRequired(labelOf(reason, language)));
  if (isBelow(policy, reason, policy.approval.declineReasons)) {
    return ineligible(null, 'approval.declineReasons', words.reasonDeclined(labelOf(reason, language)));
  }
  return undefined;
}

/** Is the reason, or one it stands below, among the codes? */
function isBelow(policy: PolicyDocument, reason: Reason, codes: readonly string[]): boolean {
  for (let at: Reason | undefined = reason; at !== undefined; at = policy.reasons.find((each) => each.code === at?.parent)) {
    if (codes.includes(at.code)) return true;
  }
  return false;
}

/** What the policy says about one line; whether the amount needs a review is asked by `reviewOf`, for the request as a whole. */
export function evaluateLine(
  policy: PolicyDocument,
  delivery: DeliveryFacts,
  line: LineFacts,
  at: string,
  language: Language,
): LineDecision {
  const refused = refusalOf(policy, delivery, line, at, language);
  if (refused !== undefined) return refused;
  const until = returnableUntil(policy, delivery);
  const say = POLICY_WORDS[language];
  const words = until === null ? say.returnable : say.returnableUntil(dayInWords(until, language, policy.timeZone));
  return { decision: 'eligible', refusal: null, ruleIds: [until === null ? 'windowDays.none' : 'windowDays'], words };
}

export type Review = { readonly ruleId: string; readonly code: PolicyReview; readonly words: string };

/** Why a person must look at the request before it is approved; empty = the policy approves by itself. */
export function reviewOf(policy: PolicyDocument, refundMinor: number, language: Language): readonly Review[] {
  const words = POLICY_WORDS[language].reviews;
  const { auto, reviewAboveMinor } = policy.approval;
  const reviews: Review[] = [];
  if (!auto) reviews.push({ ruleId: 'approval.auto', code: 'review_all', words: words.review_all });
  if (reviewAboveMinor !== null && refundMinor > reviewAboveMinor)
    reviews.push({ ruleId: 'approval.reviewAboveMinor', code: 'review_above', words: words.review_above });
  return reviews;
}

export type WayBack = {
  readonly feeMinor: number;
  readonly ruleId: string;
  /** How much more the order would have had to be worth for a free way back; 0 when it is free. */
  readonly missingMinor: number;
  readonly words: string;
};

/** Methods whose way back the shop buys. */
const BOUGHT: ReadonlySet<Method> = new Set<Method>(['label', 'drop_off', 'pickup']);

/** What the way back costs the customer: nothing where somebody else is at fault, the order is worth enough, or he sees to it himself. */
export function wayBack(
  policy: PolicyDocument,
  method: Method,
  faults: readonly Fault[],
  orderValueMinor: number,
  language: Language,
): WayBack {
  const say = POLICY_WORDS[language].wayBack;
  const { feeMinor, freeFromMinor } = policy.returnShipping;
  const free = (ruleId: string, words: string): WayBack => ({ feeMinor: 0, ruleId, missingMinor: 0, words });
  if (method === 'keep') return free('keepItemBelowMinor', say.keep);
  if (!BOUGHT.has(method)) return free('returnShipping.own', say.own);
  if (feeMinor === 0) return free('returnShipping.feeMinor', say.free);
  if (faults.some((fault) => fault !== 'customer')) return free('returnShipping.fault', say.notYourFault);
  if (freeFromMinor !== null && orderValueMinor >= freeFromMinor) return free('returnShipping.freeFromMinor', say.orderValue);
  const missingMinor = freeFromMinor === null ? 0 : freeFromMinor - orderValueMinor;
  return { feeMinor, ruleId: 'returnShipping.feeMinor', missingMinor, words: say.charged };
}

/** May the customer keep everything and be refunded? Only below the policy's limit; null = never. */
export const keepsItems = (policy: PolicyDocument, valueMinor: number): boolean =>
  policy.keepItemBelowMinor !== null && valueMinor < policy.keepItemBelowMinor;
