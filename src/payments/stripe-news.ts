/**
 * What Stripe tells by itself, as facts. Events come twice, late and in any order, so what they are about is read anew.
 * https://docs.stripe.com/api/events/types, https://docs.stripe.com/webhooks
 */
import type Stripe from 'stripe';
import type { PayoutNotice, ProviderRefund } from './payment.port.js';
import { answerOf, KEY, minorOfStripe } from './stripe-mapping.js';

/** `references`: what Stripe calls the payment, as PaymentIntent and as charge. Amounts in minor units of `currency`, ISO 4217. */
type OfPayment = { readonly references: readonly string[]; readonly amountMinor: number; readonly currency: string };

const money = ({ amount, currency }: { readonly amount: number; readonly currency: string }) => {
  const iso = currency.toUpperCase();
  return { amountMinor: minorOfStripe(amount, iso), currency: iso };
};

export type StripeNews =
  | { readonly kind: 'payout'; readonly notice: PayoutNotice }
  /** Money given back by somebody else, in the dashboard say. `at`: ISO 8601 UTC. */
  | (OfPayment & { readonly kind: 'refunded_elsewhere'; readonly reference: string; readonly at: string })
  | (OfPayment & { readonly kind: 'disputed'; readonly disputeId: string; readonly outcome: 'won' | 'lost' | null });

const idOf = (object: string | { readonly id: string } | null | undefined): readonly string[] =>
  object === null || object === undefined ? [] : [typeof object === 'string' ? object : object.id];

/** @throws Stripe.errors.StripeError it cannot be asked now */
export async function newsOf(stripe: Stripe, event: Stripe.Event): Promise<readonly StripeNews[]> {
  switch (event.type) {
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
    case 'charge.refund.updated':
      return newsOfRefund(stripe, await stripe.refunds.retrieve(event.data.object.id));
    case 'charge.refunded': {
      const news: StripeNews[] = [];
      for await (const refund of stripe.refunds.list({ charge: event.data.object.id, limit: 100 }))
        news.push(...(await newsOfRefund(stripe, refund)));
      return news;
    }
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
      return newsOfDispute(await stripe.disputes.retrieve(event.data.object.id));
    default:
      return [];
  }
}

/** @returns undefined for a refund by which Stripe lets go of what was never captured @throws Stripe.errors.StripeError */
export async function refundOf(stripe: Stripe, refund: Stripe.Refund): Promise<ProviderRefund | undefined> {
  const { id: providerRefundId, payment_intent: intent, charge } = refund;
  const ours = oursIn(refund);
  if (ours === null && (await isRelease(stripe, refund))) return undefined;
  const { kind } = answerOf(refund);
  const state = kind === 'succeeded' || kind === 'pending' ? kind : 'failed';
  return { providerRefundId, ours, references: [...idOf(intent), ...idOf(charge)], ...money(refund), state };
}

function oursIn({ metadata }: Stripe.Refund): ProviderRefund['ours'] {
  const { [KEY]: key, refundId, paymentId } = metadata ?? {};
  return key === undefined || refundId === undefined || paymentId === undefined ? null : { key, refundId, paymentId };
}

async function newsOfRefund(stripe: Stripe, refund: Stripe.Refund): Promise<readonly StripeNews[]> {
  const { id, status, created } = refund;
  const ours = oursIn(refund);
  if (ours !== null) return [{ kind: 'payout', notice: { noticeId: `${id} ${status ?? 'unknown'}`, ...ours, answer: answerOf(refund) } }];
  if (status !== 'succeeded' || (await isRelease(stripe, refund))) return [];
  const references = [...idOf(refund.payment_intent), ...idOf(refund.charge)];
  const at = new Date(created * 1000).toISOString();
  return [{ kind: 'refunded_elsewhere', references, ...money(refund), reference: id, at }];
}

/** Where less is captured than was authorised, Stripe lets go of the rest by a refund. That money was never paid. */
async function isRelease(stripe: Stripe, { amount, charge }: Stripe.Refund): Promise<boolean> {
  const [id] = idOf(charge);
  if (id === undefined) return false;
  const { amount: authorised, amount_captured: captured } = await stripe.charges.retrieve(id);
  return captured > 0 && authorised - captured === amount;
}

const OUTCOMES = ['won', 'lost'] as const;

/** An inquiry takes no money, and giving it back is how it ends well. */
function newsOfDispute(dispute: Stripe.Dispute): readonly StripeNews[] {
  const { id, status, payment_intent: intent, charge } = dispute;
  if (status.startsWith('warning_')) return [];
  const outcome = OUTCOMES.find((each) => each === status) ?? null;
  return [{ kind: 'disputed', disputeId: id, references: [...idOf(intent), ...idOf(charge)], ...money(dispute), outcome }];
}
