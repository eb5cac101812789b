/** A policy in plain language. Pure; `money` and the rest come in, so it can be tested without a page. */
import { OUTBOUND, TENDERS, WRAPPING } from '../../shared/return/rules';
import { count, percent } from '../../shared/words/words';
import { METHOD_WORDS, OUTCOME_WORDS } from '../offers';
import type { Policy } from './policy-form';

type Money = (minor: number) => string;
type Paragraph = { readonly title: string; readonly sentences: readonly string[] };

const TRIGGERS: Readonly<Record<Policy['refundTrigger'], string>> = {
  firstScan: 'the carrier has scanned the parcel for the first time',
  delivered: 'the parcel has reached the warehouse',
  received: 'the item is received',
  inspected: 'the item is inspected',
};
const PROMOTIONS: Readonly<Record<Policy['brokenPromotion'], string>> = {
  keepProrata: 'A discount for a minimum order value stays, shared out over all units, whatever comes back.',
  reprice: 'A discount for a minimum order value is taken back when what is kept falls below it.',
};
const FAULTS: Readonly<Record<Policy['reasons'][number]['fault'], string>> = {
  customer: 'the customer',
  merchant: 'us',
  carrier: 'the carrier',
};

const days = (number: number): string => count(number, 'day');
/** `a, b or c` */
const either = (texts: readonly string[], word = 'or'): string =>
  texts.length < 2 ? (texts[0] ?? 'nothing') : `${texts.slice(0, -1).join(', ')} ${word} ${texts.at(-1)}`;

/** What the policy means, by subject. */
export function policyInWords(policy: Policy, money: Money): readonly Paragraph[] {
  return [
    { title: 'Who may return what', sentences: deadline(policy) },
    { title: 'Approval', sentences: approval(policy, money) },
    { title: 'Return shipping', sentences: returnMethods(policy, money) },
    { title: 'Money', sentences: refunds(policy, money) },
    { title: 'Reasons', sentences: reasons(policy) },
  ];
}

function deadline({ windowDays, transitBufferDays, timeZone, finalSale }: Policy): string[] {
  const excluded = [
    ...(finalSale.categories.length === 0
      ? []
      : [`the categor${finalSale.categories.length === 1 ? 'y' : 'ies'} ${either(finalSale.categories, 'and')}`]),
    ...(finalSale.skus.length === 0 ? [] : [`the SKU${finalSale.skus.length === 1 ? '' : 's'} ${either(finalSale.skus, 'and')}`]),
  ];
  return [
    windowDays === null
      ? 'A customer can return without a time limit.'
      : `A customer has ${days(windowDays)} after delivery, counted in the time zone ${timeZone}.`,
    ...(windowDays === null ? [] : [`Where no delivery is known, it is taken to be ${days(transitBufferDays)} after shipping.`]),
    excluded.length === 0
      ? 'Nothing is final sale, except what the order says.'
      : `Final sale, which cannot be returned: ${either(excluded, 'and')}.`,
  ];
}

function approval({ approval: { auto, reviewAboveMinor, declineReasons }, reasons: all, expireAfterDays }: Policy, money: Money): string[] {
  const declined = all.filter(({ code }) => declineReasons.includes(code)).map(({ label }) => `"${label}"`);
  const byItself =
    reviewAboveMinor === null
      ? 'Returns are approved at once.'
      : `Returns worth up to ${money(reviewAboveMinor)} are approved at once; a person looks at the others.`;
  return [
    auto ? byItself : 'A person looks at every return before it is approved.',
    ...(declined.length === 0 ? [] : [`Always declined: ${either(declined, 'and')}.`]),
    `What is not sent within ${days(expireAfterDays)} after approval expires.`,
  ];
}

function returnMethods({ methods, returnShipping: { feeMinor, freeFromMinor }, keepItemBelowMinor }: Policy, money: Money): string[] {
  const free = freeFromMinor === null ? '' : `, unless the order is worth ${money(freeFromMinor)} or more`;
  return [
    `Items come back ${either(methods.map((method) => METHOD_WORDS[method]))}.`,
    feeMinor === 0
      ? 'Return shipping is free.'
      : `A label, drop-off or pickup costs the customer ${money(feeMinor)}${free}; it is free when we or the carrier are at fault.`,
    keepItemBelowMinor === null
      ? 'Everything has to come back.'
      : `What is worth less than ${money(keepItemBelowMinor)} need not come back.`,
  ];
}

function refunds(policy: Policy, money: Money): string[] {
  const {
    refundTrigger,
    inspectionRequired,
    outcomes,
    storeCreditBonusBp,
    restockingFeeBp,
    outboundShipping,
    wrappingRefund,
    tenderOrder,
    brokenPromotion,
    captureToleranceMinor,
    gradeFactorsBp,
  } = policy;
  const grades = Object.entries(gradeFactorsBp).map(([grade, bp]) => `${grade} ${percent(bp)}`);
  return [
    `We refund when ${TRIGGERS[refundTrigger]}${inspectionRequired && refundTrigger !== 'inspected' ? ', and every item is inspected before' : ''}.`,
    `The customer chooses ${either(outcomes.map((outcome) => OUTCOME_WORDS[outcome]))}${storeCreditBonusBp === 0 || !outcomes.includes('store_credit') ? '' : `; store credit is worth ${percent(storeCreditBonusBp)} more`}.`,
    ...(restockingFeeBp === 0
      ? []
      : [`A restocking fee of ${percent(restockingFeeBp)} (${money(restockingFeeBp)} of ${money(10_000)}) is taken off.`]),
    `An inspected item counts by its grade: ${grades.join(', ')}. Grade D counts in full when we or the carrier are at fault.`,
    OUTBOUND[outboundShipping],
    WRAPPING[wrappingRefund],
    TENDERS[tenderOrder],
    PROMOTIONS[brokenPromotion],
    captureToleranceMinor === 0
      ? 'Where less was captured than the prices come to, a person decides.'
      : `Where up to ${money(captureToleranceMinor)} per line and payment less was captured than the prices come to, the refund is that much smaller; where more is lacking, a person decides.`,
  ];
}

function reasons({ reasons: all }: Policy): string[] {
  const parents = new Set(all.map(({ parent }) => parent));
  const leaves = all.filter(({ code }) => !parents.has(code));
  return [
    ...(['customer', 'merchant', 'carrier'] as const).flatMap((fault) => {
      const labels = leaves
        .filter((reason) => reason.fault === fault)
        .map(({ label, requiresNote }) => `${label}${requiresNote ? ' (needs a note)' : ''}`);
      return labels.length === 0 ? [] : [`At the fault of ${FAULTS[fault]}: ${labels.join(', ')}.`];
    }),
  ];
}
