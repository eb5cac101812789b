/** Plain words for what finance sees. Pure. */
import type { Schemas } from '../shared/api';
import { sentence } from '../shared/words';
import { duration } from '../shared/times';

export type PayoutState = Schemas['RefundRowAnswer']['state'];
export type Stage = Schemas['StageLatencyAnswer']['stage'];
export type Holder = keyof Schemas['HolderCountsAnswer'];

/** In the order of urgency for a person. */
export const HANGING = ['in_doubt', 'failed', 'parked'] as const satisfies readonly PayoutState[];

export const STATES: Readonly<Record<PayoutState, { readonly name: string; readonly means: string }>> = {
  entitled: { name: 'Entitled', means: 'owed, not sent yet' },
  submitted: { name: 'Submitted', means: 'sent, no answer yet' },
  pending: { name: 'Pending', means: 'the provider works on it' },
  in_doubt: { name: 'In doubt', means: 'may have been paid; the answer was lost' },
  failed: { name: 'Failed', means: 'declined, still owed' },
  parked: { name: 'Parked', means: 'given up after several attempts, still owed' },
  succeeded: { name: 'Paid', means: 'with the customer' },
};

export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  approval: 'Approval', label: 'Label', first_scan: 'First scan', delivery: 'Delivery', receipt: 'Receipt', inspection: 'Inspection',
  entitlement: 'Entitlement', submission: 'Submission', money: 'Money', total: 'Total',
};
export const STAGES = Object.keys(STAGE_NAMES) as readonly Stage[];

export const HOLDER_NAMES: Readonly<Record<Holder, string>> = { customer: 'Customer', carrier: 'Carrier', merchant: 'Merchant (warehouse, office)', bank: 'Payment provider' };
export const HOLDERS = Object.keys(HOLDER_NAMES) as readonly Holder[];

/** `EUR` → `Euro (EUR)` */
export function currencyName(code: string): string {
  const name = new Intl.DisplayNames('en', { type: 'currency' }).of(code);
  return name === undefined || name === code ? code : `${name} (${code})`;
}

/** Seconds for people; what took less than one is not nothing. */
export const waited = (seconds: number): string => (seconds > 0 && seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : duration(seconds));

/** The value of a dimension: codes of the API in words, names of people's own (a warehouse, a carrier) as they are. */
export const valueWords = (dimension: string, value: string): string =>
  dimension === 'method' || dimension === 'reason' || value === 'unknown' || value === 'several' ? sentence(value) : value;

const TRIGGERS: Readonly<Record<Schemas['RefundAnswer']['trigger'], string>> = {
  approved: 'the return was approved', firstScan: 'the carrier has the parcel', delivered: 'the parcel was delivered', received: 'the goods were received', inspected: 'the goods were inspected', manual: 'finance decided so',
};

/** Why a refund is owed, after "because". */
export const becauseWords = ({ trigger, reason }: Pick<Schemas['RefundAnswer'], 'trigger' | 'reason'>): string => (reason === null ? TRIGGERS[trigger] : `${TRIGGERS[trigger]}: ${reasonWords(reason)}`);

/** A code of the API or a person's sentence, for people. */
export const reasonWords = (code: string | null): string => (code === null ? '–' : /^[a-z][a-z0-9_]*$/.test(code) ? sentence(code) : code);
