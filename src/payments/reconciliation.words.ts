/** What a difference between our log and a provider's books means, and what to do about it. */
import type { DifferenceCode } from './reconciliation.js';

export const DIFFERENCE_WORDS: Readonly<Record<DifferenceCode, string>> = {
  paid_twice: 'The provider has paid this payout a second time. Get the money back from the customer, or let it be.',
  paid_though_failed:
    'The provider has paid, and our log says it has not. Settle the payout with their refund id before anybody retries it.',
  paid_under_older_key:
    'The provider has paid under a key that our log holds declined. Settle the payout with their refund id before anybody retries it.',
  unknown_refund:
    'The provider has paid a refund with our mark that our log does not know: perhaps the log was restored from an older copy.',
  other_amount: 'The provider has paid another amount than our log says.',
  other_currency: 'The provider has paid in another currency than our log says.',
  failed_there: 'Our log says paid, and it has failed at the provider since: the customer has no money. Webhooks would have told it.',
  missing_there: 'Our log says paid, and the provider does not have it. Settled by hand? Otherwise the customer has no money.',
  pending_there: 'Our log says paid, and it is still pending at the provider.',
  paid_unrecorded: 'The provider has paid, and our log does not say so yet. It is asked after by itself; look again in a few minutes.',
  elsewhere_unrecorded:
    'Somebody gave money back at the provider, and the order here does not know: it could be paid again. Record it as refunded elsewhere.',
  elsewhere_other_amount: 'Somebody gave money back at the provider, and the order here has another amount.',
};
