/** What a person can do about a payout, and what it means. Pure; the service decides in the end. */
import type { Schemas } from '../../shared/api/api';
import { money } from '../../shared/words/money';
import type { PayoutState } from '../words';

export type Payout = Schemas['PayoutAnswer'];
export const ACTIONS = ['retry', 'settle', 'fail', 'reroute'] as const;
export type Action = (typeof ACTIONS)[number];

const FROM: Readonly<Record<Action, readonly PayoutState[]>> = {
  retry: ['failed', 'parked', 'in_doubt'],
  settle: ['submitted', 'pending', 'in_doubt', 'parked', 'failed'],
  fail: ['submitted', 'pending', 'in_doubt', 'parked'],
  reroute: ['failed', 'parked'],
};

/** What makes sense for this payout now. What is paid by hand is settled or failed before anything was submitted. */
export function actionsFor({ state, provider, reroutedTo }: Payout): readonly Action[] {
  if (reroutedTo !== null) return [];
  const isByHand = state === 'entitled' && provider === 'manual';
  return ACTIONS.filter((action) => FROM[action].includes(state) || (isByHand && (action === 'settle' || action === 'fail')));
}

type ActionWords = {
  readonly button: string;
  readonly title: string;
  readonly does: string;
  readonly risks: string;
  readonly confirm: string;
};

/** What is said before somebody does it. `currency` of the payout. */
export function wordsFor(action: Action, { totalMinor, provider, state, paymentId }: Payout, currency: string): ActionWords {
  const amount = money(totalMinor, currency);
  const who = provider === 'manual' ? 'by hand' : `the provider ${provider}`;
  switch (action) {
    case 'retry':
      return {
        button: 'Retry',
        title: `Send ${amount} on its way again?`,
        confirm: 'Retry the payout',
        does:
          state === 'in_doubt'
            ? `Asks ${who} once more under the same key, so that a payment already made is recognised and not made twice.`
            : `Sends ${amount} to ${who} once more, back to ${paymentId}.`,
        risks: 'If somebody has paid the customer another way meanwhile, they get the money twice.',
      };
    case 'settle':
      return {
        button: 'Settle',
        title: `Has the customer received ${amount}?`,
        confirm: 'Record as paid',
        does: `Records that the customer has ${amount}. No money moves, and the payout leaves this list for good.`,
        risks: 'If the money has not arrived, nobody will send it any more. Look at the bank or the provider first.',
      };
    case 'fail':
      return {
        button: 'Fail',
        title: `Was ${amount} certainly not paid?`,
        confirm: 'Record as failed',
        does: `${provider === 'manual' ? 'Records that it was not paid by hand and will not be' : `Records that ${who} has not paid and will not`}. The money is still owed; afterwards it can be retried or sent another way.`,
        risks:
          provider === 'manual'
            ? 'If somebody has paid it after all, the next attempt pays a second time. Look at the bank first.'
            : 'The provider is asked first, and what it has paid is not recorded as failed. If nobody can ask it, look at its own records: the next attempt may pay a second time.',
      };
    case 'reroute':
      return {
        button: 'Reroute',
        title: `Send ${amount} another way?`,
        confirm: 'Send another way',
        does: `Replaces this payout by one on another way. ${who === 'by hand' ? 'Nothing is paid by hand any more' : `Nothing is asked of ${who} any more`}.`,
        risks: 'This cannot be undone. If the first way has paid unknown to us, the customer gets the money twice.',
      };
  }
}

/** What was done, said afterwards. */
export const DONE: Readonly<Record<Action, string>> = {
  retry: 'The payout is on its way again.',
  settle: 'Recorded as paid: the customer has the money.',
  fail: 'Recorded as failed: the money is still owed.',
  reroute: 'The money goes another way now.',
};

/** The return of a refund: `A-1001-R1-F1` → `A-1001-R1`. */
export const returnIdOf = (refundId: string): string => refundId.replace(/-F\d+$/, '');
