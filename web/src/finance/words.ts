/** Plain words for what finance sees. Pure. */
import type { Schemas } from '../shared/api/api';
import { TRIGGERS } from '../shared/return/rules';
import { date, duration, monthOf, weekOf } from '../shared/words/times';
import { sentence } from '../shared/words/words';

export type PayoutState = Schemas['RefundRowAnswer']['state'];
export type Stage = Schemas['StageLatencyAnswer']['stage'];
export type Holder = keyof Schemas['HolderCountsAnswer'];

/** In the order of urgency for a person. */
export const HANGING = ['in_doubt', 'failed', 'parked'] as const satisfies readonly PayoutState[];

export const STATES: Readonly<Record<PayoutState, { readonly name: string; readonly means: string }>> = {
  blocked: { name: 'Blocked', means: 'earned by goods; the payments cannot bear it yet' },
  entitled: { name: 'Entitled', means: 'owed, not sent yet' },
  submitted: { name: 'Submitted', means: 'sent, no answer yet' },
  pending: { name: 'Pending', means: 'the provider works on it' },
  in_doubt: { name: 'In doubt', means: 'may have been paid; the answer was lost' },
  failed: { name: 'Failed', means: 'declined, still owed' },
  parked: { name: 'Parked', means: 'given up after several attempts, still owed' },
  succeeded: { name: 'Paid', means: 'with the customer' },
};

export const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  approval: 'Approval',
  label: 'Label',
  first_scan: 'First scan',
  delivery: 'Delivery',
  receipt: 'Receipt',
  inspection: 'Inspection',
  entitlement: 'Entitlement',
  submission: 'Submission',
  money: 'Money',
  total: 'Total',
};
export const STAGES = Object.keys(STAGE_NAMES) as readonly Stage[];

export const HOLDER_NAMES: Readonly<Record<Holder, string>> = {
  customer: 'Customer',
  carrier: 'Carrier',
  merchant: 'Merchant (warehouse, office)',
  bank: 'Payment provider',
};
export const HOLDERS = Object.keys(HOLDER_NAMES) as readonly Holder[];

/** `EUR` → `Euro (EUR)` */
export function currencyName(code: string): string {
  const name = new Intl.DisplayNames('en', { type: 'currency' }).of(code);
  return name === undefined || name === code ? code : `${name} (${code})`;
}

/** Seconds for people; what took less than one is not nothing. */
export const waited = (seconds: number): string =>
  seconds > 0 && seconds < 1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : duration(seconds);

const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/**
 * The key of a group: periods as the days they span, codes of the API in words, names of people's own (a warehouse, a
 * carrier) as they are. So is what names no period, as an address may do.
 */
export function valueWords(groupBy: string, key: string): string {
  switch (groupBy) {
    case 'day':
      return isDay(key) ? date(key) : key;
    case 'week':
      return weekOf(key);
    case 'month':
      return isDay(`${key}-01`) ? monthOf(key) : key;
    case 'method':
    case 'reason':
      return sentence(key);
    default:
      return key === 'unknown' || key === 'several' ? sentence(key) : key;
  }
}

/** The days of periods are those of one zone, wherever the reader is. */
const zoneOf = (groupBy: string): string => (groupBy === 'day' || groupBy === 'week' || groupBy === 'month' ? ' (UTC)' : '');
/** Heading over the keys of groups. */
export const groupingName = (groupBy: string): string => `${sentence(groupBy)}${zoneOf(groupBy)}`;
/** `week Nov 16 – 22, 2026 (UTC)`, `warehouse dock-2` */
export const groupName = (groupBy: string, key: string): string => `${groupBy} ${valueWords(groupBy, key)}${zoneOf(groupBy)}`;

/** Why a refund is owed, after "because". */
export const becauseWords = ({ trigger, reason }: Pick<Schemas['RefundAnswer'], 'trigger' | 'reason'>): string =>
  reason === null ? TRIGGERS[trigger] : `${TRIGGERS[trigger]}: ${reasonWords(reason)}`;

/** A code of the API or a person's sentence, for people. */
export const reasonWords = (code: string | null): string => (code === null ? '–' : /^[a-z][a-z0-9_]*$/.test(code) ? sentence(code) : code);
