/** The policy of a shop that has said nothing, how the rest is filled in, and what makes a policy contradict itself. */
import { DomainError } from '../../eventing/decider.js';
import type { Language } from '../../shared/language.js';
import type { Fault, PolicyDocument, ReturnReason } from './policy.events.js';

/** Labels as a merchant who has said nothing would write them; like all labels they are the merchant's own. */
const reason = (code: string, label: string, fault: Fault, requiresNote = false): ReturnReason => ({
  code,
  label,
  labels: {},
  parent: null,
  fault,
  requiresNote,
});

export const DEFAULT_POLICY: PolicyDocument = {
  windowDays: 30,
  transitBufferDays: 7,
  timeZone: 'UTC',
  finalSale: { categories: [], skus: [] },
  reasons: [
    reason('too_small', 'Too small', 'customer'),
    reason('too_large', 'Too large', 'customer'),
    reason('not_as_described', 'Not as described', 'merchant'),
    reason('changed_mind', 'Changed my mind', 'customer'),
    reason('defective', 'Defective', 'merchant'),
    reason('wrong_item', 'Wrong item', 'merchant'),
    reason('arrived_damaged', 'Arrived damaged', 'carrier'),
    reason('other', 'Other', 'customer', true),
  ],
  returnShipping: { feeMinor: 0, freeFromMinor: null },
  restockingFeeBp: 0,
  keepItemBelowMinor: null,
  approval: { auto: true, reviewAboveMinor: null, declineReasons: [] },
  inspectionRequired: false,
  refundTrigger: 'received',
  outboundShipping: 'fullReturn',
  wrappingRefund: 'never',
  tenderOrder: 'reverseCapture',
  brokenPromotion: 'keepProrata',
  captureToleranceMinor: 1,
  gradeFactorsBp: { A: 10_000, B: 10_000, C: 7500, D: 0, X: 0 },
  storeCreditBonusBp: 0,
  outcomes: ['original_payment', 'store_credit'],
  methods: ['label', 'drop_off', 'pickup', 'own_shipping', 'in_store'],
  expireAfterDays: 28,
};

type ReasonInput = Pick<ReturnReason, 'code' | 'label' | 'fault'> &
  Partial<Omit<ReturnReason, 'labels'>> & { readonly labels?: { readonly [language in Language]?: string | undefined } | undefined };
/** What a merchant says: any field may be left out, in the parts too. Lists are taken whole. */
export type PolicyInput = Partial<
  Omit<PolicyDocument, 'finalSale' | 'reasons' | 'returnShipping' | 'approval' | 'gradeFactorsBp'> & {
    readonly finalSale: Partial<PolicyDocument['finalSale']>;
    readonly reasons: readonly ReasonInput[];
    readonly returnShipping: Partial<PolicyDocument['returnShipping']>;
    readonly approval: Partial<PolicyDocument['approval']>;
    readonly gradeFactorsBp: Partial<PolicyDocument['gradeFactorsBp']>;
  }
>;

/** A field that is there as undefined must not hide its default. */
function filled<T extends object>(defaults: T, said: { readonly [Field in keyof T]?: T[Field] | undefined } | undefined): T {
  return { ...defaults, ...Object.fromEntries(Object.entries(said ?? {}).filter(([, value]) => value !== undefined)) };
}

const completeReason = ({ code, label, labels, parent, fault, requiresNote }: ReasonInput): ReturnReason => ({
  code,
  label,
  labels: filled<ReturnReason['labels']>({}, labels),
  parent: parent ?? null,
  fault,
  requiresNote: requiresNote ?? false,
});

/**
 * The whole policy: every field left out has its default.
 * @throws DomainError validation_failed see `checkPolicy`
 */
export function completePolicy(input: PolicyInput): PolicyDocument {
  const { finalSale, reasons, returnShipping, approval, gradeFactorsBp, ...plain } = input;
  const parts = {
    finalSale: filled(DEFAULT_POLICY.finalSale, finalSale),
    reasons: reasons?.map(completeReason) ?? DEFAULT_POLICY.reasons,
    returnShipping: filled(DEFAULT_POLICY.returnShipping, returnShipping),
    approval: filled(DEFAULT_POLICY.approval, approval),
    gradeFactorsBp: filled(DEFAULT_POLICY.gradeFactorsBp, gradeFactorsBp),
  };
  const document = { ...filled<PolicyDocument>(DEFAULT_POLICY, plain), ...parts };
  checkPolicy(document);
  return document;
}

/** @param pointer the field it is about, as a JSON pointer into the document */
function invalid(pointer: string, message: string): never {
  throw new DomainError('validation_failed', message, { pointer });
}

function checkWhole(value: number | null, max: number, what: string, min = 0): void {
  if (value === null) return;
  if (!Number.isSafeInteger(value) || value < min || value > max)
    invalid(`/${what.replaceAll('.', '/')}`, `${what} must be a whole number from ${min} to ${max}.`);
}

const LARGEST_AMOUNT_MINOR = 1_000_000_000_000;
/** More than rounding ever comes to; a larger difference is no rounding and for a person to look at. */
const LARGEST_TOLERANCE_MINOR = 1000;
const LONGEST_DAYS = 3650;
const WHOLE_BP = 10_000;

function checkNumbers(policy: PolicyDocument): void {
  checkWhole(policy.windowDays, LONGEST_DAYS, 'windowDays');
  checkWhole(policy.transitBufferDays, LONGEST_DAYS, 'transitBufferDays');
  checkWhole(policy.expireAfterDays, LONGEST_DAYS, 'expireAfterDays', 1);
  checkWhole(policy.returnShipping.feeMinor, LARGEST_AMOUNT_MINOR, 'returnShipping.feeMinor');
  checkWhole(policy.returnShipping.freeFromMinor, LARGEST_AMOUNT_MINOR, 'returnShipping.freeFromMinor');
  checkWhole(policy.keepItemBelowMinor, LARGEST_AMOUNT_MINOR, 'keepItemBelowMinor');
  checkWhole(policy.approval.reviewAboveMinor, LARGEST_AMOUNT_MINOR, 'approval.reviewAboveMinor');
  checkWhole(policy.captureToleranceMinor, LARGEST_TOLERANCE_MINOR, 'captureToleranceMinor');
  checkWhole(policy.restockingFeeBp, WHOLE_BP, 'restockingFeeBp');
  checkWhole(policy.storeCreditBonusBp, WHOLE_BP, 'storeCreditBonusBp');
  for (const [grade, factorBp] of Object.entries(policy.gradeFactorsBp)) checkWhole(factorBp, WHOLE_BP, `gradeFactorsBp.${grade}`);
}

function checkReasons(reasons: readonly ReturnReason[]): void {
  if (reasons.length === 0) invalid('/reasons', 'A policy needs at least one reason.');
  const byCode = new Map<string, ReturnReason>();
  for (const [index, each] of reasons.entries()) {
    if (each.code === '') invalid(`/reasons/${index}/code`, 'A reason needs a code.');
    if (byCode.has(each.code)) invalid(`/reasons/${index}/code`, `The reason ${each.code} is there twice.`);
    byCode.set(each.code, each);
  }
  for (const [index, each] of reasons.entries()) {
    const above = new Set<string>();
    for (let parent = each.parent; parent !== null; parent = byCode.get(parent)?.parent ?? null) {
      if (!byCode.has(parent)) invalid(`/reasons/${index}/parent`, `The reason ${each.code} stands below ${parent}, which is not there.`);
      if (above.has(parent)) invalid(`/reasons/${index}/parent`, `The reason ${each.code} stands below itself.`);
      above.add(parent);
    }
  }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    invalid('/timeZone', `${timeZone} is not an IANA time zone.`);
  }
}

/** Nothing may be offered that nobody can carry out: customers would choose it and be refused. */
function checkOffers({ outcomes, methods, keepItemBelowMinor }: PolicyDocument): void {
  if (outcomes.includes('exchange'))
    invalid('/outcomes', 'Exchanges cannot be carried out yet, so a policy cannot offer them. Leave exchange out of outcomes.');
  if (outcomes.length === 0) invalid('/outcomes', 'A policy offers at least one outcome.');
  if (methods.every((method) => method === 'keep')) invalid('/methods', 'A policy offers at least one method by which items come back.');
  if (methods.includes('keep') && keepItemBelowMinor === null)
    invalid('/methods', 'Nothing says which items may be kept: give keepItemBelowMinor, or leave keep out of methods.');
}

/**
 * Refuses a policy that contradicts itself: reasons twice, without their parent or in a circle, rates and days out of range,
 * an unknown time zone, decline reasons that cannot be chosen, nothing offered.
 * @throws DomainError validation_failed
 */
export function checkPolicy(policy: PolicyDocument): void {
  checkNumbers(policy);
  checkReasons(policy.reasons);
  checkTimeZone(policy.timeZone);
  const codes = new Set(policy.reasons.map((each) => each.code));
  for (const code of policy.approval.declineReasons)
    if (!codes.has(code)) invalid('/approval/declineReasons', `approval.declineReasons names ${code}, which is no reason of this policy.`);
  checkOffers(policy);
}
