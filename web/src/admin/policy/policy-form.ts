/** The policy as a form holds it, and back. Pure: texts in, a document and the faults of what cannot be read out. */
import type { Schemas } from '../../shared/api/api';
import { decimalOf } from '../../shared/words/money';
import { fieldAt } from '../../shared/words/words';
import { OFFERED_OUTCOMES } from '../offers';

export const FAULTS = ['customer', 'merchant', 'carrier'] as const satisfies readonly Reason['fault'][];
export const TRIGGERS = ['firstScan', 'delivered', 'received', 'inspected'] as const satisfies readonly Policy['refundTrigger'][];
export const SHIPPING = ['never', 'fullReturn', 'merchantFault', 'proportional'] as const satisfies readonly Policy['outboundShipping'][];
export const WRAPPING = ['never', 'fullReturn'] as const satisfies readonly Policy['wrappingRefund'][];
export const TENDERS = ['giftCardFirst', 'reverseCapture', 'proportional'] as const satisfies readonly Policy['tenderOrder'][];
export const PROMOTIONS = ['keepProrata', 'reprice'] as const satisfies readonly Policy['brokenPromotion'][];
export const GRADES = ['A', 'B', 'C', 'D', 'X'] as const satisfies readonly (keyof Policy['gradeFactorsBp'])[];

/** What is sent, with every field there. */
type Whole<Sent> = Sent extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : Sent extends object
    ? { readonly [Field in keyof Sent]-?: Whole<Sent[Field]> }
    : Sent;

/** The label in the languages customers are spoken to in, where it is to differ. */
type Labels = Readonly<Schemas['ReasonLabelsBody']>;
export type Reason = Whole<Omit<Schemas['ReasonBody'], 'labels'>> & { readonly labels: Labels };
/** The whole policy. Amounts in minor units, rates in basis points. */
export type Policy = Whole<Omit<Schemas['PolicyBody'], 'reasons'>> & { readonly reasons: readonly Reason[] };

export type ReasonForm = Omit<Reason, 'parent' | 'labels'> & {
  /** Of this row, as long as the form is open: a code may change while it is written. */
  readonly id: number;
  /** '' = none, as are the labels. */
  readonly parent: string;
  readonly labelEn: string;
  readonly labelDe: string;
  readonly isDeclined: boolean;
};
/** Fields that are the same in the form as in the document. */
type Same = Pick<
  Policy,
  | 'timeZone'
  | 'inspectionRequired'
  | 'refundTrigger'
  | 'outboundShipping'
  | 'wrappingRefund'
  | 'tenderOrder'
  | 'brokenPromotion'
  | 'outcomes'
  | 'methods'
>;
/** Numbers as they are written; '' where there is none. Lists one entry a line. */
export type PolicyForm = Same & {
  readonly windowDays: string;
  readonly transitBufferDays: string;
  readonly finalSaleCategories: string;
  readonly finalSaleSkus: string;
  readonly reasons: readonly ReasonForm[];
  readonly fee: string;
  readonly freeFrom: string;
  readonly restockingFee: string;
  readonly keepItemBelow: string;
  readonly auto: boolean;
  readonly reviewAbove: string;
  readonly grades: Readonly<Record<(typeof GRADES)[number], string>>;
  readonly storeCreditBonus: string;
  /** Minor units: rounding is counted in them, whatever the currency. */
  readonly captureTolerance: string;
  readonly expireAfterDays: string;
};

export type Fault = { readonly pointer: string; readonly detail: string };

/** Fields of the document, as the form calls them. */
const NAMES: Readonly<Record<string, string>> = {
  '/windowDays': 'Days to return',
  '/transitBufferDays': 'Days in transit',
  '/timeZone': 'Time zone',
  '/finalSale/categories': 'Final sale: categories',
  '/finalSale/skus': 'Final sale: SKUs',
  '/approval/reviewAboveMinor': 'A person looks above',
  '/expireAfterDays': 'Days until it expires',
  '/returnShipping/feeMinor': 'Return shipping fee',
  '/returnShipping/freeFromMinor': 'Free for orders from',
  '/keepItemBelowMinor': 'Kept below',
  '/restockingFeeBp': 'Restocking fee in %',
  '/storeCreditBonusBp': 'Bonus on store credit in %',
  '/captureToleranceMinor': 'Rounding tolerance',
  '/methods': 'Methods',
  '/outcomes': 'Outcomes',
  '/refundTrigger': 'Refund when',
  '/outboundShipping': 'Order shipping refunded',
  '/wrappingRefund': 'Wrapping refunded',
  '/tenderOrder': 'Payments refunded',
  '/brokenPromotion': 'Broken promotion',
  ...Object.fromEntries(GRADES.map((grade) => [`/gradeFactorsBp/${grade}`, `Grade ${grade} %`])),
};

/** What the form calls the field of the document. `/reasons/2/code` → `Reason 3 › code` */
export const nameOf = (pointer: string): string =>
  NAMES[pointer] ?? fieldAt(pointer.replace(/^\/reasons\/(\d+)/, (_, index: string) => `Reason ${Number(index) + 1}`));

/** `4.9, 2` → 490 without a floating-point step; undefined when it is no such number. Takes a comma for the point. */
export function scaled(text: string, digits: number): number | undefined {
  const match = /^(-?)(\d{1,12})(?:[.,](\d*))?$/.exec(text.trim());
  const [, sign = '', whole = '', part = ''] = match ?? [];
  if (match === null || part.length > digits) return undefined;
  return Number(`${sign}${whole}${part.padEnd(digits, '0')}`);
}

/** Rates are written in percent: two decimals are one basis point. */
const PERCENT_DIGITS = 2;
const WHOLE_BP = 10_000;
const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
const percentOf = (bp: number): string => trimmed(decimalOf(bp, PERCENT_DIGITS));
const whole = (value: number | null): string => (value === null ? '' : String(value));
const decimal = (value: number | null, digits: number): string => (value === null ? '' : decimalOf(value, digits));

function sameOf({ timeZone, inspectionRequired, refundTrigger, outboundShipping, wrappingRefund, ...rest }: Same): Same {
  const { tenderOrder, brokenPromotion, outcomes, methods } = rest;
  return {
    timeZone,
    inspectionRequired,
    refundTrigger,
    outboundShipping,
    wrappingRefund,
    tenderOrder,
    brokenPromotion,
    outcomes,
    methods,
  };
}

/** @param digits decimals of the currency that amounts are shown in */
export function formOf(policy: Policy, digits: number): PolicyForm {
  const { finalSale, reasons, returnShipping, approval, gradeFactorsBp: factors } = policy;
  return {
    ...sameOf(policy),
    // What a policy from earlier offers and nothing can carry out is not published again.
    outcomes: OFFERED_OUTCOMES.filter((outcome) => policy.outcomes.includes(outcome)),
    windowDays: whole(policy.windowDays),
    transitBufferDays: whole(policy.transitBufferDays),
    finalSaleCategories: finalSale.categories.join('\n'),
    finalSaleSkus: finalSale.skus.join('\n'),
    reasons: reasons.map(({ labels, ...reason }, id) => ({
      ...reason,
      id,
      labelEn: labels.en ?? '',
      labelDe: labels.de ?? '',
      parent: reason.parent ?? '',
      isDeclined: approval.declineReasons.includes(reason.code),
    })),
    fee: decimalOf(returnShipping.feeMinor, digits),
    freeFrom: decimal(returnShipping.freeFromMinor, digits),
    restockingFee: percentOf(policy.restockingFeeBp),
    keepItemBelow: decimal(policy.keepItemBelowMinor, digits),
    auto: approval.auto,
    reviewAbove: decimal(approval.reviewAboveMinor, digits),
    grades: { A: percentOf(factors.A), B: percentOf(factors.B), C: percentOf(factors.C), D: percentOf(factors.D), X: percentOf(factors.X) },
    storeCreditBonus: percentOf(policy.storeCreditBonusBp),
    captureTolerance: whole(policy.captureToleranceMinor),
    expireAfterDays: whole(policy.expireAfterDays),
  };
}

/** The form with its amounts as a currency of other decimals writes them; what cannot be read stays as it was typed. */
export function inDigits(form: PolicyForm, before: number, digits: number): PolicyForm {
  const again = (text: string): string => {
    const minor = scaled(text, before);
    return minor === undefined ? text : decimalOf(minor, digits);
  };
  return {
    ...form,
    fee: again(form.fee),
    freeFrom: again(form.freeFrom),
    keepItemBelow: again(form.keepItemBelow),
    reviewAbove: again(form.reviewAbove),
  };
}

const lines = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

const labelsOf = (en: string, de: string): Labels => ({ ...(en === '' ? {} : { en }), ...(de === '' ? {} : { de }) });

/** Reads numbers, and keeps what is wrong with them by the field of the document. */
class Reader {
  readonly faults: Fault[] = [];
  constructor(private readonly digits: number) {}

  number(pointer: string, text: string, digits: number, says: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = scaled(text, digits);
    const isTaken = value !== undefined && value >= 0 && value <= most;
    if (!isTaken) this.faults.push({ pointer, detail: says });
    return isTaken ? value : 0;
  }
  days = (pointer: string, text: string): number => this.number(pointer, text, 0, 'Write a whole number of days.');
  units = (pointer: string, text: string): number =>
    this.number(pointer, text, 0, 'Write a whole number of minor units, such as 1 for one cent.');
  percent = (pointer: string, text: string): number =>
    this.number(pointer, text, PERCENT_DIGITS, 'Write a percentage from 0 to 100, such as 75 or 12.5.', WHOLE_BP);
  amount = (pointer: string, text: string): number =>
    this.number(
      pointer,
      text,
      this.digits,
      this.digits === 0 ? 'Write a whole amount.' : `Write an amount such as ${decimalOf(490, this.digits)}.`,
    );
  optional = (pointer: string, text: string, read: (pointer: string, text: string) => number): number | null =>
    text.trim() === '' ? null : read(pointer, text);
}

/** The document that the form says; where there are faults, a number that cannot be read is 0 in it. */
export function readForm(form: PolicyForm, digits: number): { readonly policy: Policy; readonly faults: readonly Fault[] } {
  const read = new Reader(digits);
  const factor = (grade: (typeof GRADES)[number]): number => read.percent(`/gradeFactorsBp/${grade}`, form.grades[grade]);
  const policy: Policy = {
    ...sameOf(form),
    timeZone: form.timeZone.trim(),
    windowDays: read.optional('/windowDays', form.windowDays, read.days),
    transitBufferDays: read.days('/transitBufferDays', form.transitBufferDays),
    finalSale: { categories: lines(form.finalSaleCategories), skus: lines(form.finalSaleSkus) },
    reasons: form.reasons.map(({ code, label, labelEn, labelDe, parent, fault, requiresNote }) => ({
      code: code.trim(),
      label: label.trim(),
      labels: labelsOf(labelEn.trim(), labelDe.trim()),
      parent: parent === '' ? null : parent,
      fault,
      requiresNote,
    })),
    returnShipping: {
      feeMinor: read.amount('/returnShipping/feeMinor', form.fee),
      freeFromMinor: read.optional('/returnShipping/freeFromMinor', form.freeFrom, read.amount),
    },
    restockingFeeBp: read.percent('/restockingFeeBp', form.restockingFee),
    keepItemBelowMinor: read.optional('/keepItemBelowMinor', form.keepItemBelow, read.amount),
    approval: {
      auto: form.auto,
      reviewAboveMinor: read.optional('/approval/reviewAboveMinor', form.reviewAbove, read.amount),
      declineReasons: form.reasons.filter(({ isDeclined }) => isDeclined).map(({ code }) => code.trim()),
    },
    gradeFactorsBp: { A: factor('A'), B: factor('B'), C: factor('C'), D: factor('D'), X: factor('X') },
    storeCreditBonusBp: read.percent('/storeCreditBonusBp', form.storeCreditBonus),
    captureToleranceMinor: read.units('/captureToleranceMinor', form.captureTolerance),
    expireAfterDays: read.days('/expireAfterDays', form.expireAfterDays),
  };
  return { policy, faults: read.faults };
}
