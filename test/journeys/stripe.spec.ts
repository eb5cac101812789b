/** Refunds through Stripe, over HTTP on both sides: what the service asks Stripe for, and what Stripe tells by itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import type { OrderAnswer } from '../../src/orders/orders.dto.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { startApp, type Body, type TestApp } from '../support/app.js';
import { STRIPE_TEST_KEY, StripeDouble } from '../support/stripe-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok } from './shop-front.js';

const SECRET = 'whsec_test';
const PAID = 2240;
const stripe = new Stripe(STRIPE_TEST_KEY);
const double = new StripeDouble();
let app: TestApp;

beforeAll(async () => {
  app = await startApp({}, { STRIPE_SECRET_KEY: STRIPE_TEST_KEY, STRIPE_API_BASE: await double.open(), STRIPE_WEBHOOK_SECRET: SECRET });
  await ok(app.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(async () => {
  await app.close();
  await double.close();
});

/** An order paid through Stripe. @param payment what Stripe calls it */
async function ordered(orderId: string, payment = `pi_${orderId}`): Promise<void> {
  double.paid(payment, PAID);
  const line = { lineId: 'lamp', sku: 'LAMP', title: 'Lamp', quantity: 1, deliveredAt: '2026-03-01T10:00:00.000Z' };
  await ok(
    app.call('PUT', `/v1/orders/${orderId}`, {
      ...{ number: orderId, placedAt: '2026-03-01T10:00:00.000Z', currency: 'EUR', customer: null },
      lines: [{ ...line, paid: { netMinor: 1882, taxMinor: 358 } }],
      payments: [{ paymentId: 'card', provider: 'stripe', reference: payment, method: 'card', capturedMinor: PAID }],
    }),
    201,
  );
}

async function handedIn(orderId: string): Promise<string> {
  const lines = [{ lineId: 'lamp', quantity: 1, reason: 'changed_mind', condition: 'opened' }];
  const wanted = { lines, outcome: 'original_payment', method: 'in_store' };
  const { returnId } = await ok(app.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, wanted), 201);
  await ok(
    app.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's', station: 'dock', items: [{ lineId: 'lamp', quantity: 1 }] }),
  );
  return returnId;
}
const returned = (returnId: string): Promise<ReturnAnswer> => ok(app.call<ReturnAnswer>('GET', `/v1/returns/${returnId}`));
const payoutOf = async (returnId: string): Promise<string | undefined> => (await returned(returnId)).refunds[0]?.payouts[0]?.state;
const until = (returnId: string, state: string): Promise<true> =>
  waitFor(async () => (await payoutOf(returnId)) === state || undefined, `the payout of ${returnId} ${state}`);
const order = (orderId: string): Promise<OrderAnswer> => ok(app.call<OrderAnswer>('GET', `/v1/orders/${orderId}`));

let serial = 0;
/** A webhook as Stripe sends it. */
async function told(type: string, object: object, options: Signed = {}): Promise<{ status: number; body: Body }> {
  return sent({ id: `evt_${(serial += 1)}`, object: 'event', type, data: { object } }, options);
}

type Signed = { readonly secret?: string; readonly secondsAgo?: number };
async function sent(event: object, { secret = SECRET, secondsAgo = 0 }: Signed = {}): Promise<{ status: number; body: Body }> {
  const payload = JSON.stringify(event, null, 2);
  const timestamp = Math.floor(Date.now() / 1000) - secondsAgo;
  const signature = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  const response = await fetch(`${app.url}/v1/webhooks/stripe`, {
    ...{ method: 'POST', body: payload, headers: { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature } },
  });
  return { status: response.status, body: (await response.json()) as Body };
}
const heard = { status: 200, body: { received: true } };

describe('A refund of a payment at Stripe', () => {
  it('is paid there once, and says what it is for', async () => {
    await ordered('S1');
    const returnId = await handedIn('S1');
    await until(returnId, 'succeeded');
    expect((await returned(returnId)).status).toBe('refunded');
    expect(double.givenBack('pi_S1')).toBe(PAID);
    expect(double.refunds.find(({ payment_intent }) => payment_intent === 'pi_S1')?.metadata).toMatchObject({
      returnId,
      paymentId: 'card',
    });
  });

  it('is not called paid while Stripe says pending, and is as soon as Stripe tells', async () => {
    await ordered('S2');
    double.outcomes.set('pi_S2', { status: 'pending' });
    const returnId = await handedIn('S2');
    await until(returnId, 'pending');
    const refund = double.refunds.at(-1)!;
    expect(await told('refund.updated', refund)).toEqual(heard);
    expect((await returned(returnId)).money.refundedMinor).toBe(0);
    double.change(refund.id, 'succeeded');
    // What the event itself says may be of an hour ago.
    expect(await told('refund.created', refund)).toEqual(heard);
    expect((await returned(returnId)).money.refundedMinor).toBe(PAID);
  });

  it('that fails after it had succeeded is owed again, however often and in whatever order that is told', async () => {
    await ordered('S3');
    const returnId = await handedIn('S3');
    await until(returnId, 'succeeded');
    const refund = double.refunds.at(-1)!;
    double.change(refund.id, 'failed', 'expired_or_canceled_card');
    for (const type of ['refund.failed', 'refund.created', 'refund.failed', 'charge.refund.updated'])
      expect(await told(type, refund)).toEqual(heard);
    expect((await returned(returnId)).refunds[0]?.payouts[0]).toMatchObject({ state: 'failed' });
    expect((await returned(returnId)).money.refundedMinor).toBe(0);
  });

  it('survives an answer that is lost, and is paid once', async () => {
    await ordered('S4');
    double.troubles.push('reset_after', 'reset_after');
    await until(await handedIn('S4'), 'succeeded');
    expect(double.givenBack('pi_S4')).toBe(PAID);
  });

  it('of a charge that Stripe refuses for good fails with Stripe’s code', async () => {
    await ordered('S5');
    double.paid('pi_S5', PAID, { isDisputed: true });
    const returnId = await handedIn('S5');
    await until(returnId, 'failed');
    expect((await returned(returnId)).refunds[0]?.payouts[0]).toMatchObject({ state: 'failed', code: 'charge_disputed' });
  });
});

describe('What Stripe tells of an order’s payment', () => {
  it('a refund in the dashboard counts as given back, once', async () => {
    await ordered('E1');
    const refund = double.refundElsewhere('pi_E1', 1000);
    for (const type of ['refund.created', 'charge.refund.updated', 'refund.updated']) expect(await told(type, refund)).toEqual(heard);
    expect(await told('charge.refunded', { id: refund.charge, object: 'charge' })).toEqual(heard);
    expect((await order('E1')).payments).toMatchObject([{ refundedElsewhereMinor: 1000, refundableMinor: PAID - 1000 }]);
  });

  it('a refund in the dashboard of a payment known by its charge, too', async () => {
    await ordered('E2', 'ch_E2');
    expect(await told('refund.created', double.refundElsewhere('ch_E2', 500))).toEqual(heard);
    expect((await order('E2')).payments).toMatchObject([{ refundedElsewhereMinor: 500 }]);
  });

  it('one that is pending, and the rest of an authorisation that was not captured, are nothing given back', async () => {
    await ordered('E3');
    double.outcomes.set('pi_E3', { status: 'pending' });
    expect(await told('refund.created', double.refundElsewhere('pi_E3', 500))).toEqual(heard);
    await ordered('E4');
    double.paid('pi_E4', PAID + 760, { captured: PAID });
    expect(await told('charge.refunded', { id: double.refundElsewhere('pi_E4', 760).charge, object: 'charge' })).toEqual(heard);
    for (const id of ['E3', 'E4']) expect((await order(id)).payments).toMatchObject([{ refundedElsewhereMinor: 0, refundableMinor: PAID }]);
  });

  it('a dispute takes the amount away until it is won, also when the end is told before the beginning', async () => {
    await ordered('D1');
    expect(await told('charge.dispute.created', double.dispute('dp_1', 'pi_D1', PAID))).toEqual(heard);
    expect((await order('D1')).payments).toMatchObject([{ disputedMinor: PAID, refundableMinor: 0 }]);
    const won = double.dispute('dp_1', 'pi_D1', PAID, 'won');
    for (const type of ['charge.dispute.closed', 'charge.dispute.created', 'charge.dispute.closed'])
      expect(await told(type, won)).toEqual(heard);
    expect((await order('D1')).payments).toMatchObject([{ disputedMinor: 0, refundableMinor: PAID }]);
    await ordered('D2');
    expect(await told('charge.dispute.closed', double.dispute('dp_2', 'pi_D2', PAID, 'lost'))).toEqual(heard);
    expect((await order('D2')).payments).toMatchObject([{ refundableMinor: 0 }]);
  });

  it('in another currency than the order’s is not taken for an amount in that', async () => {
    await ordered('E5');
    double.paid('pi_E5', PAID, { currency: 'usd' });
    expect(await told('refund.created', double.refundElsewhere('pi_E5', 500))).toEqual(heard);
    expect((await order('E5')).payments).toMatchObject([{ refundedElsewhereMinor: 0 }]);
  });

  it('an inquiry before a dispute takes nothing', async () => {
    await ordered('D3');
    expect(await told('charge.dispute.created', double.dispute('dp_3', 'pi_D3', PAID, 'warning_needs_response'))).toEqual(heard);
    expect((await order('D3')).payments).toMatchObject([{ disputedMinor: 0, refundableMinor: PAID }]);
  });

  it('about payments of others, refunds of other installations, and events nobody asked for change nothing', async () => {
    double.paid('pi_of_others', 9000);
    expect(await told('refund.created', double.refundElsewhere('pi_of_others', 100))).toEqual(heard);
    double.refunds.push({
      ...double.refunds.at(-1)!,
      id: 're_other',
      metadata: { backhaul_key: 'X-R1-F1.card.0', refundId: 'X-R1-F1', paymentId: 'card' },
    });
    expect(await told('refund.updated', { id: 're_other' })).toEqual(heard);
    expect(await told('customer.created', { id: 'cus_1' })).toEqual(heard);
    const thin = { id: 'evt_thin', object: 'v2.core.event', type: 'v1.billing.meter.error_report_triggered', related_object: null };
    expect(await sent(thin)).toEqual(heard);
  });
});

describe('A webhook', () => {
  it('that is not signed for us, or was signed long ago, is refused', async () => {
    for (const options of [{ secret: 'whsec_of_another_endpoint' }, { secondsAgo: 3600 }]) {
      const { status, body } = await told('refund.created', { id: 're_1' }, options);
      expect([status, body.code]).toEqual([400, 'bad_signature']);
    }
    const unsigned = await app.as(null)('POST', '/v1/webhooks/stripe', { type: 'refund.created' });
    expect([unsigned.status, unsigned.body.code]).toEqual([400, 'bad_signature']);
  });

  it('that cannot be looked up now is told again by Stripe, since it is not acknowledged', async () => {
    const { status, body } = await told('refund.created', { id: 're_that_is_not_there' });
    expect([status, body.code]).toEqual([503, 'provider_unavailable']);
  });

  it('is not there where Stripe is not set up', async () => {
    const without = await startApp();
    try {
      expect((await without.as(null)('POST', '/v1/webhooks/stripe', {})).status).toBe(404);
    } finally {
      await without.close();
    }
  });
});
