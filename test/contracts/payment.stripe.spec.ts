import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PaymentNotExecuted, PaymentOutcomeUnknown, type RefundRequest } from '../../src/payments/payment.port.js';
import { stripeAmount } from '../../src/payments/stripe-mapping.js';
import { StripePayments } from '../../src/payments/stripe.adapter.js';
import { STRIPE_TEST_KEY, StripeDouble, type Trouble } from '../support/stripe-double.js';
import { paymentContract } from './payment.contract.js';

paymentContract('stripe', async () => {
  const double = new StripeDouble();
  const apiBase = await double.open();
  double.paid('pi_1', 100_000);
  const open = () => new StripePayments({ secretKey: STRIPE_TEST_KEY, apiBase, webhookSecret: null });
  return { provider: open(), reference: 'pi_1', givenBack: () => double.givenBack('pi_1'), restarted: open, close: () => double.close() };
});

describe('A refund through Stripe', () => {
  let double: StripeDouble;
  let stripe: StripePayments;
  let apiBase: string;
  const of = (reference: string, more: Partial<RefundRequest> = {}): RefundRequest => ({
    key: 'A-1-R1-F1.card.0',
    refundId: 'A-1-R1-F1',
    paymentId: 'card',
    reference,
    amountMinor: 1299,
    bonusMinor: 0,
    currency: 'EUR',
    ...more,
  });

  beforeEach(async () => {
    double = new StripeDouble();
    apiBase = await double.open();
    stripe = new StripePayments({ secretKey: STRIPE_TEST_KEY, apiBase, webhookSecret: null });
    for (const id of ['pi_1', 'ch_1', 'py_1']) double.paid(id, 5000);
  });
  afterEach(() => double.close());

  it.each(['pi_1', 'ch_1', 'py_1'])('goes to %s, a PaymentIntent or a charge alike, and says there what it is for', async (reference) => {
    expect(await stripe.refund(of(reference))).toEqual({ kind: 'succeeded', providerRefundId: double.refunds[0]?.id });
    expect(double.refunds[0]?.metadata).toEqual({
      ...{ backhaul_key: 'A-1-R1-F1.card.0', refundId: 'A-1-R1-F1', returnId: 'A-1-R1', paymentId: 'card' },
    });
  });

  it.each(['', 'cs_1', 'pi_1 or pi_2', '4711'])(
    'of a reference that is none of Stripe’s (%j) is declined and not sent',
    async (reference) => {
      expect(await stripe.refund(of(reference))).toEqual({ kind: 'declined', code: 'not_a_stripe_payment' });
      expect(double.asked).toEqual([]);
    },
  );

  it.each([
    ['pending', 'pending'],
    ['requires_action', 'pending'],
    ['succeeded', 'succeeded'],
    ['a status of next year', 'pending'],
  ])('that Stripe calls %s is %s', async (status, kind) => {
    double.outcomes.set('pi_1', { status });
    expect(await stripe.refund(of('pi_1'))).toEqual({ kind, providerRefundId: double.refunds[0]?.id });
  });

  it.each([
    ['failed', 'lost_or_stolen_card', 'lost_or_stolen_card'],
    ['failed', undefined, 'failed'],
    ['canceled', undefined, 'canceled'],
  ])('that Stripe calls %s (%s) is declined as %s', async (status, failure_reason, code) => {
    double.outcomes.set('pi_1', { status, ...(failure_reason === undefined ? {} : { failure_reason }) });
    expect(await stripe.refund(of('pi_1'))).toEqual({ kind: 'declined', code });
  });

  it('that was pending and failed later is told as it is now', async () => {
    double.outcomes.set('pi_1', { status: 'pending' });
    await stripe.refund(of('pi_1'));
    double.change(double.refunds[0]!.id, 'failed', 'expired_or_canceled_card');
    expect(await stripe.status(of('pi_1'))).toEqual({ kind: 'declined', code: 'expired_or_canceled_card' });
  });

  it.each<[Trouble, 'nothing moved' | 'unknown', number]>([
    ['reset_before', 'unknown', 0],
    ['reset_after', 'unknown', 1299],
    ['lost_answer_500', 'unknown', 1299],
    ['garbage', 'unknown', 1299],
    ['conflict', 'unknown', 0],
    ['rate_limit', 'nothing moved', 0],
    ['lock_timeout', 'nothing moved', 0],
  ])('that meets %s is %s, and is paid once when it is sent again', async (trouble, known, givenBack) => {
    // The SDK itself sends once more, under the same key, when a connection is closed under it.
    double.troubles.push(trouble, ...(trouble.startsWith('reset') ? [trouble] : []));
    const expected = known === 'unknown' ? PaymentOutcomeUnknown : PaymentNotExecuted;
    await expect(stripe.refund(of('pi_1'))).rejects.toBeInstanceOf(expected);
    expect(double.givenBack('pi_1')).toBe(givenBack);
    expect((await stripe.refund(of('pi_1'))).kind).toBe('succeeded');
    expect(double.givenBack('pi_1')).toBe(1299);
  });

  it('whose answer was lost is found a day later, when Stripe has forgotten the key', async () => {
    double.troubles.push('reset_after', 'reset_after');
    await expect(stripe.refund(of('pi_1'))).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    double.forgetKeys();
    expect(await stripe.status(of('pi_1'))).toEqual({ kind: 'succeeded', providerRefundId: double.refunds[0]?.id });
  });

  it('whose answer was lost is found among many of the same amount', async () => {
    double.paid('pi_many', 1_000_000);
    for (let n = 1; n <= 150; n += 1) await stripe.refund(of('pi_many', { key: `k${n}`, refundId: `A-1-R1-F${n}`, amountMinor: 100 }));
    expect(await stripe.status(of('pi_many', { key: 'k1', amountMinor: 100 }))).toMatchObject({
      providerRefundId: double.refunds[0]?.id,
    });
    expect(await stripe.status(of('pi_many', { key: 'k151', amountMinor: 100 }))).toEqual({ kind: 'not_found' });
  });

  it('of a charge that was refunded to the last cent, by us as it turns out, is that refund', async () => {
    double.paid('ch_full', 1299);
    await stripe.refund(of('ch_full'));
    double.forgetKeys();
    expect(await stripe.refund(of('ch_full'))).toEqual({ kind: 'succeeded', providerRefundId: double.refunds[0]?.id });
  });

  it('of a charge that was refunded in the dashboard is declined', async () => {
    double.paid('ch_full', 1299);
    await stripe.refund(of('ch_full', { key: 'somebody else' }));
    expect(await stripe.refund(of('ch_full'))).toEqual({ kind: 'declined', code: 'charge_already_refunded' });
  });

  it('of a charge that is disputed, of one that is not there, and of more than is left, is declined', async () => {
    double.paid('ch_disputed', 5000, { isDisputed: true });
    expect(await stripe.refund(of('ch_disputed'))).toEqual({ kind: 'declined', code: 'charge_disputed' });
    expect(await stripe.refund(of('ch_of_another_account', { key: 'k2' }))).toEqual({ kind: 'declined', code: 'resource_missing' });
    expect(await stripe.refund(of('pi_1', { key: 'k3', amountMinor: 5001 }))).toEqual({ kind: 'declined', code: 'refund_refused' });
    expect(await stripe.status(of('ch_of_another_account'))).toEqual({ kind: 'not_found' });
  });

  it('of a charge in another currency than the order is declined: Stripe would take the amount for one in its own', async () => {
    double.paid('pi_in_usd', 5000, { currency: 'usd' });
    expect(await stripe.refund(of('pi_in_usd'))).toEqual({ kind: 'declined', code: 'currency_mismatch' });
    expect(double.asked).toEqual([]);
  });

  it('under a key that was used for another amount is in doubt, and so is looking it up', async () => {
    await stripe.refund(of('pi_1'));
    await expect(stripe.refund(of('pi_1', { amountMinor: 1300 }))).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    await expect(stripe.status(of('pi_1', { amountMinor: 1300 }))).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    expect(double.givenBack('pi_1')).toBe(1299);
  });

  it('of an order whose number is no ASCII, or long, is paid once, too', async () => {
    for (const name of ['Grüße-№1', 'x'.repeat(300)]) {
      const request = of('pi_1', { key: `${name}-R1-F1.card.0`, refundId: `${name}-R1-F1`, amountMinor: 10 });
      expect(await stripe.refund(request)).toEqual(await stripe.refund(request));
    }
    expect(double.givenBack('pi_1')).toBe(20);
  });

  it('with a key that Stripe does not know moves nothing, says so in words, and does not repeat the key', async () => {
    const wrong = new StripePayments({ secretKey: 'sk_test_wrong', apiBase, webhookSecret: null });
    const error: unknown = await wrong.refund(of('pi_1')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PaymentNotExecuted);
    expect(String(error)).toContain('STRIPE_SECRET_KEY');
    expect(String(error)).not.toContain('sk_test');
    expect(await wrong.whatIsWrong()).toContain('STRIPE_SECRET_KEY');
    expect(await stripe.whatIsWrong()).toBeUndefined();
  });
});

describe('An amount at Stripe', () => {
  it.each([
    ['EUR', 1299, 1299],
    ['JPY', 1299, 1299],
    ['HUF', 1299, 1299],
    ['ISK', 500, 50_000],
    ['UGX', 500, 50_000],
    ['MGA', 50_000, 500],
    ['MGA', 50_020, undefined],
    ['KWD', 5120, 5120],
    ['KWD', 5124, undefined],
  ])('in %s: %d minor units are %s', (currency, minor, expected) => {
    expect(stripeAmount(minor, currency)).toBe(expected);
  });
});
