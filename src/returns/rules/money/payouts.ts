/** Which way a refund's money goes. */
import type { Outcome, TenderOrder } from '../../../policy/rules/policy.events.js';
import type { Breakdown, OrderFacts } from '../returns.events.js';
import type { ReturnsState } from '../returns.state.js';
import { allocate } from './allocate.js';
import { paymentBalances, refundableOfOrder, type PaymentBalance } from './caps.js';

type Parts = Breakdown['payments'];

/** Names of payouts that are no payments of the order. */
export const STORE_CREDIT = 'store_credit';
export const BANK_TRANSFER = 'bank_transfer';

/** Fills the balances one after the other. */
function inTurn(amountMinor: number, balances: readonly PaymentBalance[]): Parts {
  let left = amountMinor;
  return balances.map(({ paymentId, refundableMinor }) => {
    const part = Math.min(left, refundableMinor);
    left -= part;
    return { paymentId, amountMinor: part };
  });
}

function throughPayments(amountMinor: number, order: OrderFacts, balances: readonly PaymentBalance[], tenderOrder: TenderOrder): Parts {
  const lastFirst = balances.toReversed();
  switch (tenderOrder) {
    case 'reverseCapture':
      return inTurn(amountMinor, lastFirst);
    case 'giftCardFirst': {
      const giftCards = new Set(order.payments.filter((payment) => payment.method === 'gift_card').map((payment) => payment.paymentId));
      return inTurn(amountMinor, [
        ...balances.filter((balance) => giftCards.has(balance.paymentId)),
        ...lastFirst.filter((balance) => !giftCards.has(balance.paymentId)),
      ]);
    }
    case 'proportional': {
      // No part exceeds its balance: the amount is at most the sum of the balances, and a share is rounded up only when it is a fraction below a whole balance.
      const weights = balances.map((balance) => balance.refundableMinor);
      const parts = allocate(amountMinor, weights);
      return balances.map(({ paymentId }, index) => ({ paymentId, amountMinor: parts[index] ?? 0 }));
    }
  }
}

/**
 * Spreads `amountMinor` over the ways it goes back; the parts add up to it exactly. The balances of the payments together
 * are never less than the balance of the order, so what fits the order always finds its way.
 *
 * @returns undefined when the order's payments cannot give that much any more; empty for 0
 */
export function spread(
  state: ReturnsState,
  order: OrderFacts,
  amountMinor: number,
  outcome: Outcome,
  tenderOrder: TenderOrder,
): Parts | undefined {
  if (amountMinor > refundableOfOrder(state, order)) return undefined;
  if (amountMinor === 0) return [];
  if (outcome === 'store_credit') return [{ paymentId: STORE_CREDIT, amountMinor }];
  return throughPayments(amountMinor, order, paymentBalances(state, order), tenderOrder).filter((part) => part.amountMinor > 0);
}
