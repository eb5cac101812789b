/** What operators are told of the providers: on or off, test or live, whether they answer, and what waits there. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ProviderAnswer, ProvidersAnswer } from '../../src/operations/providers.dto.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { startApp, type TestApp } from '../support/app.js';
import { STRIPE_TEST_KEY, StripeDouble } from '../support/stripe-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok } from './shop-front.js';

const double = new StripeDouble();
let app: TestApp;

beforeAll(async () => {
  app = await startApp({}, { STRIPE_SECRET_KEY: STRIPE_TEST_KEY, STRIPE_API_BASE: await double.open() });
  await ok(app.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(async () => {
  await app.close();
  await double.close();
});

const providers = async (method: 'GET' | 'POST' = 'GET'): Promise<readonly ProviderAnswer[]> =>
  (
    await ok(
      method === 'GET' ? app.call<ProvidersAnswer>('GET', '/v1/providers') : app.call<ProvidersAnswer>('POST', '/v1/providers/check', {}),
    )
  ).items;
const told = async (id: string, method: 'GET' | 'POST' = 'GET') => (await providers(method)).find((each) => each.id === id);
const untilTold = (id: string, what: (provider: ProviderAnswer) => boolean): Promise<ProviderAnswer> =>
  waitFor(async () => {
    const provider = await told(id);
    return provider !== undefined && what(provider) ? provider : undefined;
  }, `news of ${id}`);

/** Paid through `provider`, and handed in at the counter. */
async function handedIn(orderId: string, provider: string, reference: string): Promise<void> {
  double.paid(reference, 2240);
  const line = { lineId: 'lamp', sku: 'LAMP', title: 'Lamp', quantity: 1, deliveredAt: '2026-03-01T10:00:00.000Z' };
  await ok(
    app.call('PUT', `/v1/orders/${orderId}`, {
      ...{ number: orderId, placedAt: '2026-03-01T10:00:00.000Z', currency: 'EUR', customer: null },
      lines: [{ ...line, paid: { netMinor: 1882, taxMinor: 358 } }],
      payments: [{ paymentId: 'card', provider, reference, method: 'card', capturedMinor: 2240 }],
    }),
    201,
  );
  const lines = [{ lineId: 'lamp', quantity: 1, reason: 'changed_mind', condition: 'opened' }];
  const wanted = { lines, outcome: 'original_payment', method: 'in_store' };
  const { returnId } = await ok(app.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, wanted), 201);
  await ok(
    app.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's', station: 'dock', items: [{ lineId: 'lamp', quantity: 1 }] }),
  );
}

describe('Providers', () => {
  it('are asked when the service starts, and the answer is told', async () => {
    expect(await untilTold('stripe', ({ answeredAt }) => answeredAt !== null)).toMatchObject({
      ...{ kind: 'payments', state: 'answers', mode: 'test', failure: null, toldAt: null, waiting: [] },
    });
    expect(await told('builtin')).toMatchObject({ kind: 'labels', state: 'not_asked', mode: 'live' });
    expect(await told('outbox')).toMatchObject({ kind: 'mail', mode: 'test' });
  });

  it('that do not answer are called failing, with why, until they answer again', async () => {
    double.mood = () => 'reset_before';
    expect(await told('stripe', 'POST')).toMatchObject({ state: 'fails', failure: expect.stringContaining('Stripe') as unknown });
    double.mood = () => undefined;
    expect(await told('stripe', 'POST')).toMatchObject({ state: 'answers' });
  });

  it('say how many payouts wait there, and since when', async () => {
    double.outcomes.set('pi_W1', { status: 'pending' });
    await handedIn('W1', 'stripe', 'pi_W1');
    const { waiting } = await untilTold('stripe', (provider) => provider.waiting?.some(({ state }) => state === 'pending') === true);
    expect(waiting).toMatchObject([{ state: 'pending', count: 1 }]);
    expect(Date.parse(waiting?.[0]?.since ?? '')).toBeGreaterThan(Date.parse('2026-01-01'));
  });

  it('that orders name and nobody set up are told apart from what is paid by hand', async () => {
    await handedIn('W2', 'manual', 'wire');
    await handedIn('W3', 'paypal', 'PP-1');
    expect(await untilTold('manual', () => true)).toMatchObject({
      state: 'by_hand',
      mode: null,
      waiting: [{ state: 'entitled', count: 1 }],
    });
    expect(await untilTold('paypal', ({ waiting }) => waiting?.[0]?.state === 'parked')).toMatchObject({ state: 'not_set_up' });
  });

  it('are the business of admins', async () => {
    expect((await app.as(await app.keyFor('finance'))('GET', '/v1/providers')).status).toBe(403);
  });
});
