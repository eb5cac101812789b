import { describe, expect, it } from '@jest/globals';
import type { PayoutOnLog } from '../../src/finance/refunds.queries.js';
import type { ProviderRefund } from '../../src/payments/payment.port.js';
import { differencesOf, elsewhere, missingThere } from '../../src/payments/reconciliation.js';

const KEY = 'A-R1-F1/card/0';
const ours = { key: KEY, refundId: 'A-R1-F1', paymentId: 'card' };
const here = (more: Partial<PayoutOnLog> = {}): PayoutOnLog => ({
  ...{ refund_id: 'A-R1-F1', return_id: 'A-R1', payment_id: 'card', state: 'succeeded', amount_minor: 500, currency: 'EUR' },
  ...{ idempotency_key: KEY, provider_refund_id: 're_1', settled_ms: 1000 },
  ...more,
});
const there = (more: Partial<ProviderRefund> = {}): ProviderRefund => ({
  ...{ providerRefundId: 're_1', ours, references: ['pi_1'], amountMinor: 500, currency: 'EUR', state: 'succeeded' },
  ...more,
});
const codes = (payouts: readonly PayoutOnLog[], refunds: readonly ProviderRefund[]) =>
  differencesOf(payouts, refunds).map(({ code }) => code);

describe('Our log and the list of a provider', () => {
  it('that agree have no differences, an earlier attempt that failed there included', () => {
    expect(codes([here()], [there()])).toEqual([]);
    expect(codes([here()], [there({ providerRefundId: 're_0', state: 'failed', ours: { ...ours, key: 'older' } }), there()])).toEqual([]);
    expect(codes([here({ state: 'failed' })], [there({ state: 'failed' })])).toEqual([]);
    expect(codes([here({ state: 'pending' })], [there({ state: 'pending' })])).toEqual([]);
    expect(codes([here({ state: 'in_doubt' })], [there({ state: 'pending' })])).toEqual([]);
  });

  it.each<[string, Partial<PayoutOnLog>, readonly Partial<ProviderRefund>[]]>([
    ['paid_twice', {}, [{}, { providerRefundId: 're_2' }]],
    ['paid_though_failed', { state: 'failed' }, [{}]],
    ['paid_though_failed', { state: 'parked' }, [{ state: 'pending' }]],
    ['paid_under_older_key', { state: 'failed' }, [{ ours: { ...ours, key: 'older' } }]],
    ['unknown_refund', {}, [{}, { providerRefundId: 're_9', ours: { ...ours, refundId: 'B-R1-F1' } }]],
    ['other_amount', {}, [{ amountMinor: 501 }]],
    ['other_currency', {}, [{ currency: 'USD' }]],
    ['failed_there', {}, [{ state: 'failed' }]],
    ['pending_there', {}, [{ state: 'pending' }]],
    ['paid_unrecorded', { state: 'in_doubt' }, [{}]],
  ])('tell %s', (code, payout, refunds) => {
    expect(codes([here(payout)], refunds.map(there))).toEqual([code]);
  });

  it('name both sides of a difference', () => {
    expect(differencesOf([here()], [there({ amountMinor: 700 })])).toEqual([
      {
        ...{ code: 'other_amount', returnId: 'A-R1', refundId: 'A-R1-F1', providerRefundId: 're_1' },
        ...{ hereMinor: 500, hereCurrency: 'EUR', thereMinor: 700, thereCurrency: 'EUR' },
      },
    ]);
  });

  it('leave to be asked what is paid here and not on a list of that time', () => {
    expect(missingThere([here()], [], 1000)).toHaveLength(1);
    expect(missingThere([here()], [], 1001)).toEqual([]);
    expect(missingThere([here()], [there()], 0)).toEqual([]);
    expect(missingThere([here({ state: 'failed' })], [], 0)).toEqual([]);
  });

  it('tell what others gave back and the order does not know, or knows as another amount', () => {
    const foreign = { ...there(), ours: null };
    expect(elsewhere(foreign, undefined)).toMatchObject({ code: 'elsewhere_unrecorded', hereMinor: null, thereMinor: 500 });
    expect(elsewhere(foreign, 400)).toMatchObject({ code: 'elsewhere_other_amount', hereMinor: 400, thereMinor: 500 });
    expect(elsewhere(foreign, 500)).toBeUndefined();
    expect(elsewhere({ ...foreign, state: 'pending' }, undefined)).toBeUndefined();
  });
});
