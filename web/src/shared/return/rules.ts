/** The rules a refund comes from, in plain words for staff: those of the policy and those a refund was reckoned by. Pure. */
import type { Schemas } from '../api/api';
import { percent } from '../words/words';
import { FEES } from './fees';

type Refund = Schemas['RefundAnswer'];
type Policy = Required<Schemas['PolicyBody']>;

/** Why a refund is owed, after "because". */
export const TRIGGERS: Readonly<Record<Refund['trigger'], string>> = {
  approved: 'the return was approved',
  firstScan: 'the carrier has the parcel',
  delivered: 'the parcel was delivered',
  received: 'the goods were received',
  inspected: 'the goods were inspected',
  manual: 'finance decided so',
};
export const OUTBOUND: Readonly<Record<Policy['outboundShipping'], string>> = {
  never: 'Shipping of the order is never refunded.',
  fullReturn: 'Shipping of the order is refunded when everything comes back.',
  merchantFault: 'Shipping of the order is refunded when we or the carrier are at fault.',
  proportional: 'Shipping of the order is refunded in proportion to what comes back.',
};
export const WRAPPING: Readonly<Record<Policy['wrappingRefund'], string>> = {
  never: 'What was paid for wrapping is never refunded.',
  fullReturn: 'What was paid for wrapping is refunded when everything comes back.',
};
export const TENDERS: Readonly<Record<Policy['tenderOrder'], string>> = {
  giftCardFirst: 'Gift cards are refunded first.',
  reverseCapture: 'The payment made last is refunded first.',
  proportional: 'All payments of the order are refunded in proportion.',
};

/** Every fee of the API has a name. */
const FEE_NAMES: Readonly<Record<Schemas['FeeAnswer']['code'], string>> = FEES.en;
const FEE_NAME_OF: ReadonlyMap<string, string> = new Map(Object.entries(FEE_NAMES));

/** `received` → `refundTrigger.received`, with its sentence. */
const ofFamily = (
  family: string,
  words: Readonly<Record<string, string>>,
  sentence: (words: string) => string,
): (readonly [id: string, sentence: string])[] => Object.entries(words).map(([code, text]) => [`${family}.${code}`, sentence(text)]);

const RULES: ReadonlyMap<string, string> = new Map([
  ['manual', 'Finance chose the amount.'],
  ['units.paid', 'Every unit counts with what was paid for it.'],
  ['storeCreditBonusBp', 'Store credit comes with a bonus.'],
  ['destination.store_credit', 'It is given as store credit.'],
  ...ofFamily('refundTrigger', TRIGGERS, (why) => `It is owed because ${why}.`),
  ...ofFamily('outboundShipping', OUTBOUND, (rule) => rule),
  ...ofFamily('wrappingRefund', WRAPPING, (rule) => rule),
  ...ofFamily('fees', FEE_NAMES, (fee) => `Reckoned with: ${fee}.`),
  ...ofFamily('tenderOrder', TENDERS, (rule) => rule),
]);

/** A rule as a sentence; one this page does not know stays its id. */
export function ruleWords(ruleId: string): string {
  const [, factorBp] = /^gradeFactorsBp\.(\d+)$/.exec(ruleId) ?? [];
  return factorBp === undefined ? (RULES.get(ruleId) ?? ruleId) : `A unit of that grade counts ${percent(Number(factorBp))}.`;
}

/** A fee by its name; one this page does not know stays its code. */
export const feeName = (code: string): string => FEE_NAME_OF.get(code) ?? code;
