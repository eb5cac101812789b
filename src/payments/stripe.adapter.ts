/**
 * Refunds through Stripe. A payment's `reference` is the PaymentIntent (`pi_…`) or the charge (`ch_…`, `py_…`).
 * https://docs.stripe.com/api/refunds, https://docs.stripe.com/error-codes, https://docs.stripe.com/api/idempotent_requests
 */
import { createHash } from 'node:crypto';
import Stripe from 'stripe';
import { returnIdOfRefund } from '../returns/rules/returns.events.js';
import {
  PaymentNotExecuted,
  PaymentOutcomeUnknown,
  type PaymentProvider,
  type ProviderAnswer,
  type ProviderRefund,
  type RefundRequest,
} from './payment.port.js';
import { answerOf, KEY, stripeAmount } from './stripe-mapping.js';
import { newsOf, refundOf, type StripeNews } from './stripe-news.js';

export type StripeOptions = {
  /** `sk_…`, or `rk_…` with the right to read and write refunds. */
  readonly secretKey: string;
  /** Where Stripe's API is, `https://api.stripe.com` unless said otherwise. */
  readonly apiBase: string | null;
  /** `whsec_…` of the endpoint; null: nobody listens to webhooks. */
  readonly webhookSecret: string | null;
};

/** A call is given up after thirty seconds; what Stripe says until then is worth more. */
const TIMEOUT_MS = 25_000;
const PAGE = 100;
/** Another request with the same idempotency key is under way. */
const CONFLICT = 409;
/** Longest `Idempotency-Key` that Stripe takes. */
const LONGEST_KEY = 255;
/** Nothing has moved, and the same request may be sent again. */
const LATER: ReadonlySet<string> = new Set(['lock_timeout', 'rate_limit', 'balance_insufficient', 'insufficient_funds']);
const MISSING = 'resource_missing';
/** What moves nothing may be sent again by the SDK. */
const LOOKING = { maxNetworkRetries: 2 };

type StripePayment = { readonly payment_intent: string } | { readonly charge: string };

export class StripePayments implements PaymentProvider {
  readonly id = 'stripe';
  readonly simulated: boolean;
  readonly #stripe: Stripe;

  constructor(private readonly options: StripeOptions) {
    const { secretKey, apiBase } = options;
    this.simulated = secretKey.includes('_test_');
    const { protocol, hostname, port } = new URL(apiBase ?? 'https://api.stripe.com');
    // When to try again is not the SDK's to decide: between two attempts we look what became of the first.
    this.#stripe = new Stripe(secretKey, {
      ...{ protocol: protocol === 'http:' ? 'http' : 'https', host: hostname, ...(port === '' ? {} : { port }) },
      ...{ maxNetworkRetries: 0, timeout: TIMEOUT_MS, telemetry: false },
    });
  }

  async refund(request: RefundRequest): Promise<ProviderAnswer> {
    const of = paymentOf(request.reference);
    if (of === undefined) return { kind: 'declined', code: 'not_a_stripe_payment' };
    const amount = stripeAmount(request.amountMinor, request.currency);
    if (amount === undefined) return { kind: 'declined', code: 'amount_not_payable' };
    const currency = await this.#currencyOf(of);
    if (currency === undefined) return { kind: 'declined', code: MISSING };
    // Stripe counts the amount in the currency of the payment, whatever that of the order is.
    if (currency !== request.currency.toLowerCase()) return { kind: 'declined', code: 'currency_mismatch' };
    const { key, refundId, paymentId } = request;
    const metadata = { [KEY]: key, refundId, returnId: returnIdOfRefund(refundId) ?? '', paymentId };
    try {
      return answerOf(await this.#stripe.refunds.create({ ...of, amount, metadata }, { idempotencyKey: idempotencyKeyOf(key) }));
    } catch (error) {
      return this.#refused(request, error);
    }
  }

  /** By the metadata of all refunds of the payment: what Stripe's idempotency keys say is gone after a day. */
  async status(request: RefundRequest): Promise<ProviderAnswer | { readonly kind: 'not_found' }> {
    const of = paymentOf(request.reference);
    if (of === undefined) return { kind: 'not_found' };
    try {
      for await (const refund of this.#stripe.refunds.list({ ...of, limit: PAGE }))
        if (refund.metadata?.[KEY] === request.key) return answerOf(sameAmount(refund, request));
      return { kind: 'not_found' };
    } catch (error) {
      // A payment that Stripe does not have gave nothing back either.
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === MISSING) return { kind: 'not_found' };
      throw error instanceof Stripe.errors.StripeError ? new PaymentOutcomeUnknown(wordsOf(error), { cause: error }) : error;
    }
  }

  /** In Stripe's letters; undefined for a payment that it does not have. @throws PaymentNotExecuted it cannot be told now */
  async #currencyOf(of: StripePayment): Promise<string | undefined> {
    try {
      const payment = await ('charge' in of
        ? this.#stripe.charges.retrieve(of.charge, {}, LOOKING)
        : this.#stripe.paymentIntents.retrieve(of.payment_intent, {}, LOOKING));
      return payment.currency;
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === MISSING) return undefined;
      throw new PaymentNotExecuted(wordsOf(error), { cause: error });
    }
  }

  async *refundsSince(since: Date): AsyncGenerator<ProviderRefund> {
    try {
      const created = { gte: Math.floor(since.getTime() / 1000) };
      for await (const refund of this.#stripe.refunds.list({ created, limit: PAGE }, LOOKING)) {
        const told = await refundOf(this.#stripe, refund);
        if (told !== undefined) yield told;
      }
    } catch (error) {
      throw error instanceof Stripe.errors.StripeError ? new PaymentOutcomeUnknown(wordsOf(error), { cause: error }) : error;
    }
  }

  async whatIsWrong(): Promise<string | undefined> {
    try {
      await this.#stripe.refunds.list({ limit: 1 });
      return undefined;
    } catch (error) {
      return wordsOf(error);
    }
  }

  /** Whether webhooks are set up. */
  get listens(): boolean {
    return this.options.webhookSecret !== null;
  }

  /**
   * A webhook's event. @param body as it was sent
   * @returns undefined: it is not signed by Stripe for us, or not of these minutes; null: it is, and of a kind we never asked for ("thin" events of API v2)
   */
  eventIn(body: Buffer, signature: string): Stripe.Event | undefined | null {
    try {
      return this.#stripe.webhooks.constructEvent(body, signature, this.options.webhookSecret ?? '');
    } catch (error) {
      return error instanceof Stripe.errors.StripeSignatureVerificationError ? undefined : null;
    }
  }

  /** @throws PaymentOutcomeUnknown Stripe cannot be asked now */
  async newsOf(event: Stripe.Event): Promise<readonly StripeNews[]> {
    return newsOf(this.#stripe, event).catch((error: unknown) => {
      throw new PaymentOutcomeUnknown(wordsOf(error), { cause: error });
    });
  }

  /**
   * @returns a final no, or what became of the key before
   * @throws PaymentNotExecuted, PaymentOutcomeUnknown
   */
  async #refused(request: RefundRequest, error: unknown): Promise<ProviderAnswer> {
    if (isRefusedForNow(error)) throw new PaymentNotExecuted(wordsOf(error), { cause: error });
    const isFinal = error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode !== CONFLICT;
    // A no may be because we were here before: the answer was lost, or Stripe has forgotten the key.
    const known = isFinal || error instanceof Stripe.errors.StripeIdempotencyError ? await this.status(request) : undefined;
    if (known !== undefined && known.kind !== 'not_found') return known;
    if (isFinal) return { kind: 'declined', code: error.code ?? 'refund_refused' };
    throw new PaymentOutcomeUnknown(wordsOf(error), { cause: error });
  }
}

const { StripeAuthenticationError, StripePermissionError, StripeRateLimitError } = Stripe.errors;

const isRefusedForNow = (error: unknown): boolean =>
  [StripeAuthenticationError, StripePermissionError, StripeRateLimitError].some((each) => error instanceof each) ||
  (error instanceof Stripe.errors.StripeError && LATER.has(error.code ?? ''));

/** @throws PaymentOutcomeUnknown Stripe knows our key with another amount */
function sameAmount(refund: Stripe.Refund, { key, amountMinor, currency }: RefundRequest): Stripe.Refund {
  if (refund.amount === stripeAmount(amountMinor, currency)) return refund;
  throw new PaymentOutcomeUnknown(`Stripe's refund ${refund.id} has our key ${key} and another amount; look at it in Stripe's dashboard`);
}

function paymentOf(reference: string): StripePayment | undefined {
  if (/^pi_\w+$/.test(reference)) return { payment_intent: reference };
  return /^(ch|py)_\w+$/.test(reference) ? { charge: reference } : undefined;
}

/** A header takes no letters but ASCII, and order numbers have others. */
const idempotencyKeyOf = (key: string): string =>
  /^[\x21-\x7e]+$/.test(key) && key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');

/** For finance and operators. What Stripe says of a key quotes parts of it. */
function wordsOf(error: unknown): string {
  if (error instanceof StripeAuthenticationError) return 'Stripe does not know this key: set STRIPE_SECRET_KEY to one of the account';
  if (error instanceof StripePermissionError)
    return 'This key may not make refunds: give it the right to read and write "Charges and Refunds" in Stripe, or use another one';
  if (error instanceof Stripe.errors.StripeIdempotencyError)
    return 'Stripe knows the key of this refund from another request; look at the payment in its dashboard';
  if (error instanceof Stripe.errors.StripeConnectionError) return 'Stripe cannot be reached, or its answer was lost';
  return error instanceof Error ? `Stripe: ${error.message}` : 'Stripe: unknown error';
}
