/** What differs between two policies, field by field, in words. Pure. */
import { count, percent, plain } from '../../shared/words/words';
import type { Policy, Reason } from './policy-form';

type Money = (minor: number) => string;
export type Difference = { readonly field: string; readonly before: string; readonly after: string };

const NONE = 'none';
const days = (value: number | null): string => (value === null ? 'no limit' : count(value, 'day'));
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const list = (texts: readonly string[]): string => (texts.length === 0 ? NONE : [...texts].sort().map(plain).join(', '));
const exactly = (texts: readonly string[]): string => (texts.length === 0 ? NONE : [...texts].sort().join(', '));

/** Every field but the reasons, as people read it. */
function facts(policy: Policy, money: Money): readonly (readonly [field: string, value: string])[] {
  const amount = (minor: number | null): string => (minor === null ? NONE : money(minor));
  const { finalSale, returnShipping, approval, gradeFactorsBp } = policy;
  return [
    ['Days to return', days(policy.windowDays)],
    ['Days in transit where no delivery is known', days(policy.transitBufferDays)],
    ['Time zone', policy.timeZone],
    ['Final sale categories', exactly(finalSale.categories)],
    ['Final sale SKUs', exactly(finalSale.skus)],
    ['Approved at once', yesNo(approval.auto)],
    ['Looked at by a person above', amount(approval.reviewAboveMinor)],
    ['Reasons always declined', exactly(approval.declineReasons)],
    ['Days until an approved return expires', days(policy.expireAfterDays)],
    ['Methods', list(policy.methods)],
    ['Return shipping fee', amount(returnShipping.feeMinor)],
    ['Return shipping free from', amount(returnShipping.freeFromMinor)],
    ['Kept by the customer below', amount(policy.keepItemBelowMinor)],
    ['Refund when', plain(policy.refundTrigger)],
    ['Inspection required', yesNo(policy.inspectionRequired)],
    ['Outcomes', list(policy.outcomes)],
    ['Bonus on store credit', percent(policy.storeCreditBonusBp)],
    ['Restocking fee', percent(policy.restockingFeeBp)],
    ...Object.entries(gradeFactorsBp).map(([grade, bp]): [string, string] => [`Refund for grade ${grade}`, percent(bp)]),
    ['Shipping of the order refunded', plain(policy.outboundShipping)],
    ['Wrapping refunded', plain(policy.wrappingRefund)],
    ['Payments refunded', plain(policy.tenderOrder)],
    ['Broken promotion', plain(policy.brokenPromotion)],
    ['Rounding tolerance per line and payment', amount(policy.captureToleranceMinor)],
  ];
}

const reasonInWords = ({ label, labels, fault, requiresNote, parent }: Reason): string =>
  [
    `"${label}"`,
    ...(labels.en === undefined ? [] : [`in English "${labels.en}"`]),
    ...(labels.de === undefined ? [] : [`in German "${labels.de}"`]),
    `fault of ${fault}`,
    ...(requiresNote ? ['needs a note'] : []),
    ...(parent === null ? [] : [`below ${parent}`]),
  ].join(', ');

function reasonDifferences(before: readonly Reason[], after: readonly Reason[]): Difference[] {
  const old = new Map(before.map((reason) => [reason.code, reasonInWords(reason)]));
  const now = new Map(after.map((reason) => [reason.code, reasonInWords(reason)]));
  const codes = [...new Set([...old.keys(), ...now.keys()])];
  const changed = codes
    .filter((code) => old.get(code) !== now.get(code))
    .map((code) => ({ field: `Reason ${code}`, before: old.get(code) ?? NONE, after: now.get(code) ?? NONE }));
  const order = (all: Map<string, string>): string =>
    codes
      .filter((code) => old.has(code) && now.has(code) && all.has(code))
      .sort((a, b) => [...all.keys()].indexOf(a) - [...all.keys()].indexOf(b))
      .join(', ');
  return order(old) === order(now) ? changed : [...changed, { field: 'Order of the reasons', before: order(old), after: order(now) }];
}

/** Old and new value of every field that differs; nothing where the two mean the same. */
export function policyDifferences(before: Policy, after: Policy, money: Money): readonly Difference[] {
  const now = new Map(facts(after, money));
  const changed = facts(before, money).flatMap(([field, value]) =>
    now.get(field) === value ? [] : [{ field, before: value, after: now.get(field) ?? NONE }],
  );
  return [...changed, ...reasonDifferences(before.reasons, after.reasons)];
}
