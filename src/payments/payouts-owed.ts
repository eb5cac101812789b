/** Which payouts are owed now, from the folded returns of an order. Pure. */
import type { ToDo, ToDos } from '../eventing/process.js';
import { isDoubtBeside, payoutKey } from '../returns/rules/decide/refund.js';
import { eventTypesOf, orderIdOfReturn } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { Payout, Refund, ReturnsState } from '../returns/rules/returns.state.js';
import { PAID_BY_HAND } from './payment.port.js';

export type PayoutToMake = { readonly orderId: string; readonly returnId: string; readonly refundId: string; readonly paymentId: string };

/** What to do next: send it, find out what became of what was sent, or ask whether the money has arrived. */
export type PayoutStep = 'submit' | 'reconcile' | 'poll';

/** @returns undefined when nothing is to be done: settled, waiting for a person, or held back by a doubt about its payment */
export function payoutStep(state: ReturnsState, refund: Refund, payout: Payout): PayoutStep | undefined {
  if (payout.reroutedTo !== null || payout.provider === PAID_BY_HAND) return undefined;
  switch (payout.state) {
    case 'entitled':
      // Asked for again while still in doubt: under its old key, so the first thing is to find out.
      if (payout.doubtful) return 'reconcile';
      return isDoubtBeside(state, refund, payout) ? undefined : 'submit';
    case 'submitted':
    case 'in_doubt':
      return 'reconcile';
    case 'pending':
      return 'poll';
    default:
      return undefined;
  }
}

/** One to-do per payout owed; those of one refund share a lane. */
function pending(state: ReturnsState): readonly ToDo<PayoutToMake>[] {
  return state.returns.flatMap(({ returnId, refunds }) => {
    const orderId = orderIdOfReturn(returnId);
    if (orderId === undefined) return [];
    return refunds.flatMap((refund) =>
      refund.payouts.flatMap((payout) => {
        const step = payoutStep(state, refund, payout);
        if (step === undefined) return [];
        const { refundId } = refund;
        // Waiting for the money to arrive is another thing to do than sending it, with attempts of its own.
        const key = `${payoutKey(refund, payout)}${step === 'poll' ? ' arrival' : ''}`;
        return [{ key, lane: refundId, dueAt: payout.since, payload: { orderId, returnId, refundId, paymentId: payout.paymentId } }];
      }),
    );
  });
}

export const payoutsOwed: ToDos<FoldedOrder, PayoutToMake> = {
  name: 'refund-payout',
  version: 3,
  handles: eventTypesOf('money'),
  fold: returnsFold,
  pending,
};
