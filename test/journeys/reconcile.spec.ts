/** Our log beside Stripe's own list of refunds: nothing differs, and then ten things that somebody has changed at Stripe. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReconciledProviderAnswer, ReconciliationAnswer } from '../../src/payments/reconciliation.dto.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { startApp, type TestApp } from '../support/app.js';
import { removeCompiledService, runCli } from '../support/service-process.js';
import { STRIPE_TEST_KEY, StripeDouble, type StripeRefund } from '../support/stripe-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok } from './shop-front.js';

const PAID = 2240;
const double = new StripeDouble();
let app: TestApp;
let key: string;

beforeAll(async () => {
  app = await startApp({}, { STRIPE_SECRET_KEY: STRIPE_TEST_KEY, STRIPE_API_BASE: await double.open() });
  await ok(app.call('PUT', '/v1/policy', { windowDays: null }));
  key = await app.keyFor('finance');
});
afterAll(async () => {
  await app.close();
  await double.close();
  await removeCompiledService();
});

async function ordered(orderId: string): Promise<void> {
  double.paid(`pi_${orderId}`, PAID);
  const line = { lineId: 'lamp', sku: 'LAMP', title: 'Lamp', quantity: 1, deliveredAt: '2026-03-01T10:00:00.000Z' };
  await ok(
    app.call('PUT', `/v1/orders/${orderId}`, {
      ...{ number: orderId, placedAt: '2026-03-01T10:00:00.000Z', currency: 'EUR', customer: null },
      lines: [{ ...line, paid: { netMinor: 1882, taxMinor: 358 } }],
      payments: [{ paymentId: 'card', provider: 'stripe', reference: `pi_${orderId}`, method: 'card', capturedMinor: PAID }],
    }),
    201,
  );
}

/** @returns the refund at Stripe */
async function refunded(orderId: string, state = 'succeeded'): Promise<StripeRefund> {
  await ordered(orderId);
  const lines = [{ lineId: 'lamp', quantity: 1, reason: 'changed_mind', condition: 'opened' }];
  const wanted = { lines, outcome: 'original_payment', method: 'in_store' };
  const { returnId } = await ok(app.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, wanted), 201);
  await ok(
    app.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's', station: 'dock', items: [{ lineId: 'lamp', quantity: 1 }] }),
  );
  const stateOf = async () => (await ok(app.call<ReturnAnswer>('GET', `/v1/returns/${returnId}`))).refunds[0]?.payouts[0]?.state;
  await waitFor(async () => (await stateOf()) === state || undefined, `the payout of ${returnId} ${state}`);
  return double.refunds.find(({ payment_intent }) => payment_intent === `pi_${orderId}`)!;
}

const compared = async (): Promise<ReconciledProviderAnswer> =>
  (await ok(app.call<ReconciliationAnswer>('POST', '/v1/finance/reconciliations', { days: 365 }))).items[0]!;
/** Somebody changes Stripe's books behind our back. */
const alter = (refund: StripeRefund, change: Partial<StripeRefund>): void => {
  const index = double.refunds.findIndex(({ id }) => id === refund.id);
  double.refunds[index] = { ...double.refunds[index]!, ...change };
};
const command = (...args: string[]) => runCli(['reconcile', '--url', app.url, '--key', key, ...args], '/nowhere');

describe('Reconciling with Stripe', () => {
  it('finds nothing where both say the same, refunds in the dashboard that were told included', async () => {
    for (let index = 0; index < 12; index += 1) await refunded(`SAME${index}`);
    double.outcomes.set('pi_NO', { status: 'failed', failure_reason: 'expired_or_canceled_card' });
    await refunded('NO', 'failed');
    await ordered('TOLD');
    const { id } = double.refundElsewhere('pi_TOLD', 300);
    await ok(app.call('POST', '/v1/orders/TOLD/refunds-elsewhere', { paymentId: 'card', amountMinor: 300, reference: id }));
    double.paid('pi_not_ours', 900);
    double.refundElsewhere('pi_not_ours', 900);
    expect(await compared()).toMatchObject({ provider: 'stripe', there: 15, unrelated: 1, differences: [] });
    expect(await command('--days', '365')).toEqual({
      code: 0,
      output: expect.stringMatching(/^stripe: 15 refunds there since .*; 0 differences\n$/) as unknown,
    });
  });

  it('finds ten of ten planted differences', async () => {
    const twice = await refunded('TWICE');
    double.refunds.push({ ...twice, id: 're_twice' });
    alter(await refunded('AMOUNT'), { amount: PAID + 1 });
    alter(await refunded('CURRENCY'), { currency: 'usd' });
    alter(await refunded('BOUNCED'), { status: 'failed', failure_reason: 'lost_or_stolen_card' });
    alter(await refunded('BACKWARDS'), { status: 'pending' });
    double.refunds.splice(double.refunds.indexOf(await refunded('GONE')), 1);
    double.outcomes.set('pi_AFTERALL', { status: 'failed', failure_reason: 'unknown' });
    alter(await refunded('AFTERALL', 'failed'), { status: 'succeeded', failure_reason: null });
    double.refunds.push({ ...twice, id: 're_restored', metadata: { ...twice.metadata, refundId: 'LOST-R1-F1' } });
    await ordered('DASHBOARD');
    double.refundElsewhere('pi_DASHBOARD', 200);
    alter(
      double.refunds.find(({ payment_intent }) => payment_intent === 'pi_TOLD')!,
      { amount: 350 },
    );

    const { differences } = await compared();
    expect(differences.map(({ code, refundId, providerRefundId }) => `${code} ${refundId ?? providerRefundId ?? ''}`).sort()).toEqual(
      [
        'paid_twice TWICE-R1-F1',
        'other_amount AMOUNT-R1-F1',
        'other_currency CURRENCY-R1-F1',
        'failed_there BOUNCED-R1-F1',
        'pending_there BACKWARDS-R1-F1',
        'missing_there GONE-R1-F1',
        'paid_though_failed AFTERALL-R1-F1',
        'unknown_refund LOST-R1-F1',
        `elsewhere_unrecorded ${double.refunds.find(({ payment_intent }) => payment_intent === 'pi_DASHBOARD')!.id}`,
        `elsewhere_other_amount ${double.refunds.find(({ payment_intent }) => payment_intent === 'pi_TOLD')!.id}`,
      ].sort(),
    );
    const { code, output } = await command('--days', '365', '--provider', 'stripe');
    expect(code).toBe(1);
    expect(output).toContain('paid_twice TWICE-R1-F1, re_twice: here €22.40, there €22.40.');
    expect(output).toMatch(/^other_currency CURRENCY-R1-F1, re_\d+: here €22\.40, there \$22\.40\./m);
    expect(output).toContain('10 differences');
  });

  it('says so where Stripe cannot be reached, and where there is nobody to compare with', async () => {
    double.mood = () => 'reset_before';
    expect((await app.call('POST', '/v1/finance/reconciliations', {})).body).toMatchObject({ code: 'provider_unavailable' });
    double.mood = () => undefined;
    expect((await app.call('POST', '/v1/finance/reconciliations', { provider: 'simulated' })).body).toMatchObject({
      code: 'validation_failed',
    });
  });
});
