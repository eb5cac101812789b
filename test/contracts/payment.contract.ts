import { describe, expect, it } from '@jest/globals';
import type { PaymentProvider, RefundRequest } from '../../src/payments/payment.port.js';

/** What a provider under test offers beside the port, to prove what it did. */
export type PaymentFixture = {
  readonly provider: PaymentProvider;
  /** A charge that can be refunded. */
  readonly reference: string;
  /** Minor units given back in all, as the provider's own books say; undefined where it keeps none. */
  readonly givenBack?: () => number;
  /** The provider as a service started anew sees it. */
  readonly restarted: () => PaymentProvider;
  readonly close: () => Promise<void> | void;
};

/** What every payment adapter promises. */
export function paymentContract(name: string, open: () => Promise<PaymentFixture>): void {
  const anySignal = () => new AbortController().signal;
  const inFixture = async (test: (fixture: PaymentFixture, request: RefundRequest) => Promise<void>) => {
    const fixture = await open();
    const request = {
      key: 'R1-F1.card.0',
      refundId: 'R1-F1',
      paymentId: 'card',
      reference: fixture.reference,
      amountMinor: 1299,
      bonusMinor: 0,
      currency: 'EUR',
    };
    await test(fixture, request).finally(() => fixture.close());
  };

  describe(`The payment provider ${name}`, () => {
    it('gives money back', () =>
      inFixture(async ({ provider, givenBack }, request) => {
        expect(['succeeded', 'pending', 'credited']).toContain((await provider.refund(request, anySignal())).kind);
        expect(givenBack?.() ?? 1299).toBe(1299);
      }));

    it('gives it back once under the same key and repeats its answer', () =>
      inFixture(async ({ provider, givenBack }, request) => {
        const first = await provider.refund(request, anySignal());
        expect(await provider.refund(request, anySignal())).toEqual(first);
        expect(givenBack?.() ?? 1299).toBe(1299);
      }));

    it('gives it back once when asked many times at the same moment', () =>
      inFixture(async ({ provider, givenBack }, request) => {
        await Promise.allSettled(Array.from({ length: 20 }, () => provider.refund(request, anySignal())));
        expect(givenBack?.() ?? 1299).toBe(1299);
      }));

    it('gives back two equal amounts under two keys', () =>
      inFixture(async ({ provider, givenBack }, request) => {
        const first = await provider.refund(request, anySignal());
        const second = await provider.refund({ ...request, key: 'R1-F2.card.0', refundId: 'R1-F2' }, anySignal());
        expect(second).not.toEqual(first);
        expect(givenBack?.() ?? 2598).toBe(2598);
      }));

    it('tells what became of a key, also to a service started anew', () =>
      inFixture(async ({ provider, restarted }, request) => {
        const answer = await provider.refund(request, anySignal());
        expect(await provider.status(request, anySignal())).toEqual(answer);
        expect(await restarted().status(request, anySignal())).toEqual(answer);
      }));
  });
}
