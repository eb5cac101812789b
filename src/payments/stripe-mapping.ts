/** What we say in Stripe's terms, and what Stripe says in ours. Pure. */
import type Stripe from 'stripe';
import { digitsOf } from '../returns/rules/money/decimals.js';
import type { ProviderAnswer } from './payment.port.js';

/** In the metadata of each refund: by it a refund is found again when Stripe has forgotten the idempotency key, as it does after a day. */
export const KEY = 'backhaul_key';

/** Only `succeeded` is paid: with too little balance, or while the customer must say where to, Stripe has accepted it and no more. */
export function answerOf({ id, status, failure_reason: reason }: Stripe.Refund): ProviderAnswer {
  if (status === 'succeeded') return { kind: 'succeeded', providerRefundId: id };
  if (status === 'failed' || status === 'canceled') return { kind: 'declined', code: reason ?? status };
  return { kind: 'pending', providerRefundId: id };
}

/** Counted in whole units, though ISO 4217 has fifths of an ariary. */
const WHOLE: ReadonlySet<string> = new Set(['MGA']);
/** Without a minor unit, and counted in hundredths all the same; only whole units can be paid. */
const IN_HUNDREDTHS: ReadonlySet<string> = new Set(['ISK', 'UGX']);
const HUNDREDTHS = 100;
/** Of three decimals the last must be 0. */
const LAST_OF_THREE = 10;

/**
 * Amounts as Stripe counts them, which is not always ISO 4217's minor unit: https://docs.stripe.com/currencies (zero-decimal,
 * three-decimal currencies, special cases).
 * @param amountMinor in the currency's minor unit. @returns undefined: Stripe cannot pay just that
 */
export function stripeAmount(amountMinor: number, currency: string): number | undefined {
  if (IN_HUNDREDTHS.has(currency)) return amountMinor * HUNDREDTHS;
  if (WHOLE.has(currency)) return amountMinor % HUNDREDTHS === 0 ? amountMinor / HUNDREDTHS : undefined;
  return digitsOf(currency) === 3 && amountMinor % LAST_OF_THREE !== 0 ? undefined : amountMinor;
}

/** The other way round: minor units of what Stripe tells. @param currency as we write it, `EUR` */
export function minorOfStripe(amount: number, currency: string): number {
  if (IN_HUNDREDTHS.has(currency)) return Math.trunc(amount / HUNDREDTHS);
  return WHOLE.has(currency) ? amount * HUNDREDTHS : amount;
}
