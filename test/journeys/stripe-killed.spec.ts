/**
 * Refunds through a Stripe that fails in a third of all calls, by a service that is killed again and again. A short setting; the long one:
 * STRIPE_REFUNDS=10000 STRIPE_KILLS=50.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { removeCompiledService, runCli, startService, type ServiceProcess } from '../support/service-process.js';
import { STRIPE_TEST_KEY, StripeDouble, type StripeRefund, type Trouble } from '../support/stripe-double.js';
import { waitFor } from '../support/wait-for.js';

const REFUNDS = Number(process.env['STRIPE_REFUNDS'] ?? 120);
const KILLS = Number(process.env['STRIPE_KILLS'] ?? 4);
const WRITERS = 8;
/** A payout in doubt is looked up with growing pauses. */
const PATIENCE_MS = 120_000 + REFUNDS * 500;
const SECRET = 'whsec_test';
const FAULTS: readonly Trouble[] = ['reset_before', 'reset_after', 'lost_answer_500', 'rate_limit', 'lock_timeout', 'conflict', 'garbage'];

/** The same moods in every run: a linear congruential generator (Numerical Recipes). */
let seed = 20261130;
const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const double = new StripeDouble();
const stripe = new Stripe(STRIPE_TEST_KEY);
const ids = Array.from({ length: REFUNDS }, (_, n) => `Z${n}`);
const amountOf = (id: string): number => 1000 + Number(id.slice(1));
let dataDir: string;
let apiBase: string;
let service: ServiceProcess;

/** Twice, whenever it suits; nobody may be there to hear it. */
async function tell(refund: StripeRefund): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    await delay(random() * 300);
    const payload = JSON.stringify({ id: `evt_${refund.id}`, object: 'event', type: 'refund.created', data: { object: refund } });
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
    await fetch(`${service.url}/v1/webhooks/stripe`, { method: 'POST', headers, body: payload }).catch(() => undefined);
  }
}

const start = (): Promise<ServiceProcess> =>
  startService(dataDir, { STRIPE_SECRET_KEY: STRIPE_TEST_KEY, STRIPE_API_BASE: apiBase, STRIPE_WEBHOOK_SECRET: SECRET });

/** Sends it until it is done; a service that was killed has not answered. */
async function done<Json>(method: string, path: string, body: unknown, key: string): Promise<Json> {
  return waitFor(async () => {
    const response = await service.call(method, path, body, { 'idempotency-key': key }).catch(() => undefined);
    return response?.ok === true ? ((await response.json()) as Json) : undefined;
  }, `${method} ${path}`);
}

async function returned(id: string): Promise<void> {
  double.paid(`pi_${id}`, amountOf(id));
  if (random() < 0.2) double.outcomes.set(`pi_${id}`, { status: 'pending' });
  const at = '2026-11-01T10:00:00.000Z';
  const line = { lineId: '1', sku: 'LAMP', title: 'Lamp', quantity: 1, deliveredAt: at, paid: { netMinor: amountOf(id), taxMinor: 0 } };
  const payments = [{ paymentId: 'card', provider: 'stripe', reference: `pi_${id}`, method: 'card', capturedMinor: amountOf(id) }];
  await done('PUT', `/v1/orders/${id}`, { number: id, placedAt: at, currency: 'EUR', customer: null, lines: [line], payments }, `o-${id}`);
  const lines = [{ lineId: '1', quantity: 1, reason: 'changed_mind', condition: 'opened' }];
  await done('POST', `/v1/orders/${id}/returns`, { lines, outcome: 'original_payment', method: 'in_store' }, `r-${id}`);
  await done('POST', `/v1/returns/${id}-R1/receipts`, { scanId: 's', station: 'dock', items: [{ lineId: '1', quantity: 1 }] }, `s-${id}`);
}

describe(`${REFUNDS} refunds by a service killed ${KILLS} times, at a Stripe that fails in a third of all calls`, () => {
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-stripe-'));
    apiBase = await double.open();
    double.mood = () => (random() < 0.3 ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined);
    double.made = (refund) => void tell(refund);
    service = await start();
    const waiting = [...ids];
    const writers = Array.from({ length: WRITERS }, async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await returned(id);
    });
    for (let kills = 1; kills <= KILLS; kills += 1) {
      const enough = Math.floor((kills * REFUNDS) / (KILLS + 1));
      await waitFor(() => double.refunds.length >= enough, `${enough} refunds`, 600_000);
      service.kill('SIGKILL');
      await service.exited;
      // What was pending meanwhile has arrived.
      for (const { id, status } of double.refunds) if (status === 'pending') double.change(id, 'succeeded');
      service = await start();
    }
    await Promise.all(writers);
  }, 3_600_000);

  afterAll(async () => {
    service.kill('SIGTERM');
    await service.exited;
    await double.close();
    await Promise.all([rm(dataDir, { recursive: true, force: true }), removeCompiledService()]);
  });

  it(
    'are all paid in the end: none is stuck',
    async () => {
      const owed = new Set(ids);
      await waitFor(
        async () => {
          for (const { id, status } of double.refunds) if (status === 'pending') double.change(id, 'succeeded');
          for (const id of owed) {
            const response = await service.call('GET', `/v1/returns/${id}-R1`);
            if (((await response.json()) as ReturnAnswer).money.refundedMinor === amountOf(id)) owed.delete(id);
          }
          return owed.size === 0;
        },
        'all refunds',
        PATIENCE_MS,
      );
    },
    PATIENCE_MS + 30_000,
  );

  it('moved just what was owed, each once', () => {
    expect(double.refunds).toHaveLength(REFUNDS);
    expect(Object.fromEntries(ids.map((id) => [id, double.givenBack(`pi_${id}`)]))).toEqual(
      Object.fromEntries(ids.map((id) => [id, amountOf(id)])),
    );
  });

  it('leave a log and views without a difference', async () => {
    service.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    const { code, output } = await runCli(['verify'], dataDir);
    expect(output).toContain('no differences');
    expect(code).toBe(0);
    service = await start();
  });
});
