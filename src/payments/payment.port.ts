/**
 * A payment provider as this service needs it: gives money back, once per key. Every adapter passes
 * `test/contracts/payment.contract.ts`.
 */
import type { ProviderAnswer } from '../returns/rules/decide/refund.js';

export type { ProviderAnswer };

/** Provider id of payments that finance pays by hand: nothing executes them, they are settled through the API. */
export const PAID_BY_HAND = 'manual';

export type RefundRequest = {
  /** Idempotency key: under one key money moves at most once, however often it is asked for. */
  readonly key: string;
  readonly refundId: string;
  readonly paymentId: string;
  /** The provider's own id of the charge; empty where there is none. */
  readonly reference: string;
  /** Minor units of `currency`, above 0. */
  readonly amountMinor: number;
  /** On top of the amount, for store credit. */
  readonly bonusMinor: number;
  /** ISO 4217. */
  readonly currency: string;
};

/** What the provider tells by itself, possibly long after the call and more than once. */
export type PayoutNotice = {
  /** The provider's id of the notice, the same each time it is told. */
  readonly noticeId: string;
  readonly key: string;
  readonly refundId: string;
  readonly paymentId: string;
  readonly answer: ProviderAnswer;
};

/** A refund as the provider's own books have it. */
export type ProviderRefund = {
  readonly providerRefundId: string;
  /** Of the payout, where we asked for it; null: somebody else did, in the provider's dashboard say. */
  readonly ours: { readonly key: string; readonly refundId: string; readonly paymentId: string } | null;
  /** What the provider calls the payment. */
  readonly references: readonly string[];
  /** Minor units of `currency`, ISO 4217. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly state: 'succeeded' | 'pending' | 'failed';
};

export interface PaymentProvider {
  /** Stored in events and shown in the API; never renamed. */
  readonly id: string;
  /** True: no real money moves. */
  readonly simulated: boolean;

  /**
   * Gives the money back, or tells what became of it when it was asked for under the same key before.
   * @throws PaymentNotExecuted certainly nothing moved; ask again later under the same key
   * @throws PaymentOutcomeUnknown (or anything else) it may have moved
   */
  refund(request: RefundRequest, signal: AbortSignal): Promise<ProviderAnswer>;

  /**
   * What became of the key; moves no money. `not_found` only when certainly nothing was executed under it, so that
   * asking for the refund again cannot pay twice.
   * @throws Error it cannot be told now
   */
  status(request: RefundRequest, signal: AbortSignal): Promise<ProviderAnswer | { readonly kind: 'not_found' }>;

  /**
   * All that was given back since then, by whomever, for providers that can list it.
   * @throws Error it cannot be told now
   */
  refundsSince?(since: Date): AsyncIterable<ProviderRefund>;

  /** Looked at when the service starts, for providers that can tell: what is wrong with the key, in words. Undefined: nothing is. */
  whatIsWrong?(): Promise<string | undefined>;

  /**
   * Tells what the provider learns by itself, for providers that do. `tell` resolves when it is recorded; until then the
   * notice is told again, also after a restart.
   * @returns ends it
   */
  watch?(tell: (notice: PayoutNotice) => Promise<void>): () => void;
}

/** Certainly nothing was executed: refused before it began, rate limited, provider down. */
export class PaymentNotExecuted extends Error {
  override readonly name = 'PaymentNotExecuted';
}

/** The request may have been executed and the answer was lost. */
export class PaymentOutcomeUnknown extends Error {
  override readonly name = 'PaymentOutcomeUnknown';
}

/** The payment providers this installation works with, by id. */
export class PaymentProviders {
  readonly #byId: ReadonlyMap<string, PaymentProvider>;

  constructor(readonly all: readonly PaymentProvider[]) {
    this.#byId = new Map(all.map((provider) => [provider.id, provider]));
  }

  /** Undefined for a provider that is not, or no longer, set up. */
  find(id: string): PaymentProvider | undefined {
    return this.#byId.get(id);
  }
}
