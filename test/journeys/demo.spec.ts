import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../src/cli/api-client.js';
import { runDemo } from '../../src/cli/demo.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { Problem } from '../../src/http/problem.js';
import type { DemoAnswer, DemoOrdersAnswer } from '../../src/orders/demo.controller.js';
import { sampleShop, type SampleShop } from '../../src/orders/sample-shop.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { orderIdOfStream } from '../../src/returns/rules/returns.events.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { ok, orderBody, refusal, returnBody } from './shop-front.js';

describe('The made-up shop', () => {
  let service: TestApp;
  afterEach(() => service.close());
  const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
    service = await startApp({}, env);
  };
  const look = (): Promise<DemoAnswer> => ok(service.as(null)<DemoAnswer>('GET', '/v1/demo'));
  const load = () => service.as(null)<DemoOrdersAnswer>('POST', '/v1/demo', {});

  it('is offered to anybody while there is no order, loaded once, and then names orders to try', async () => {
    await start();
    expect(await look()).toEqual({ offered: true, orders: [] });
    await ok(service.call('PUT', '/v1/policy', { windowDays: 20 }));
    expect((await look()).offered).toBe(true);
    const [loaded] = await Promise.all([ok(load()), ok(load())]);
    expect(loaded.orders[0]).toEqual({ orderNumber: 'SHOP-1001', email: 'customer1@shop.example', words: expect.any(String) });
    expect(await look()).toEqual({ offered: false, orders: loaded.orders });
    const before = await ok(service.call<{ revision: number }>('GET', '/v1/orders/SHOP-1001'));
    expect(await ok(load())).toEqual(loaded);
    expect((await ok(service.call<{ revision: number }>('GET', '/v1/orders/SHOP-1001'))).revision).toBe(before.revision);
  });

  it('broken off while it is loaded is still offered, and loaded to its end, also on another day', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-demo-'));
    let now = Date.parse('2026-03-10T12:00:00.000Z');
    const store = EmbeddedEventStore.open(dataDir);
    const append = store.append.bind(store);
    const loadedFirst: string[] = [];
    let most = 20;
    store.append = async (...written) => {
      if (loadedFirst.length === most) throw new Problem('store_unavailable', 'The disk is full.');
      loadedFirst.push(orderIdOfStream(written[0]) ?? '');
      return append(...written);
    };
    service = await startApp({ eventStore: store, clock: () => new Date(now) }, { DATA_DIR: dataDir });
    const placedAt = async () => (await ok(service.call<{ placedAt: string }>('GET', `/v1/orders/${loadedFirst[0]}/returnable`))).placedAt;
    try {
      expect((await load()).status).toBe(500);
      const placed = await placedAt();
      expect(await look()).toEqual({ offered: true, orders: [] });
      most = Infinity;
      now += 26 * 3_600_000;
      const loaded = await ok(load());
      expect(await look()).toEqual({ offered: false, orders: loaded.orders });
      expect(loadedFirst).toHaveLength(60);
      expect(await placedAt()).toBe(placed);
    } finally {
      await service.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('shows what the service does: closed windows, final sale, scanners and refunds with trouble', async () => {
    await start();
    await ok(load());
    const file = (orderId: string) => service.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody({ 1: 1 }));
    expect([await refusal(file('SHOP-1005')), await refusal(file('SHOP-1006'))]).toEqual([
      [409, 'window_closed'],
      [409, 'final_sale'],
    ]);
    const ends = { 'SHOP-1001': 'partially_refunded', 'SHOP-1002': 'refunded', 'SHOP-1003': 'refund_failed', 'SHOP-1004': 'refunded' };
    for (const [orderId, end] of Object.entries(ends)) {
      const quantity = orderId === 'SHOP-1001' ? 2 : 1;
      const { returnId } = await ok(
        service.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody({ 1: quantity })),
        201,
      );
      const barcode = { 'SHOP-1001': '2000000001012', 'SHOP-1002': '2000000001074', 'SHOP-1003': '2000000001036' }[orderId] ?? 'BAG-12';
      await ok(service.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's1', station: 'dock', items: [{ barcode }] }));
      await waitFor(
        async () => (await ok(service.call<PresentedReturn>('GET', `/v1/returns/${returnId}`))).status === end,
        `${orderId} to be ${end}`,
        20_000,
      );
    }
  });

  it('says in the reader’s language what there is to see', async () => {
    await start();
    const loaded = await service.as(null)<DemoOrdersAnswer>('POST', '/v1/demo', {}, { 'accept-language': 'de' });
    const seen = await service.as(null)<DemoAnswer>('GET', '/v1/demo', undefined, { 'accept-language': 'de' });
    expect(seen.body.orders).toEqual(loaded.body.orders);
    expect([seen.headers.get('content-language'), seen.body.orders[4]?.words]).toEqual([
      'de',
      'Zu lange her: Die Rückgabefrist ist abgelaufen.',
    ]);
    expect((await look()).orders[4]?.words).toBe('Bought too long ago: the time for returning it is over.');
  });

  it('is not offered beside other orders', async () => {
    await start();
    await ok(service.call('PUT', '/v1/orders/A-1', orderBody()), 201);
    expect(await look()).toEqual({ offered: false, orders: [] });
    expect(await refusal(load())).toEqual([409, 'invalid_state']);
  });

  it('is not offered in production', async () => {
    await start({ NODE_ENV: 'production', ALLOW_SIMULATED_PAYMENTS: 'true' });
    expect(await look()).toEqual({ offered: false, orders: [] });
    expect(await refusal(load())).toEqual([409, 'invalid_state']);
  });
});

describe('The demo of the command line', () => {
  let service: TestApp;
  beforeEach(async () => {
    service = await startApp();
  });
  afterEach(() => service.close());

  // Of the made-up shop the orders that come back are enough.
  const whole = sampleShop(new Date());
  const shop: SampleShop = { ...whole, returnedOrderIds: whole.returnedOrderIds.slice(0, 2) };
  const run = (ownData: boolean) => runDemo(new ApiClient(service.url, ADMIN_KEY), { kind: 'sample', shop }, { ownData });
  const policyNow = () => ok(service.call<{ version: number; windowDays: number | null }>('GET', '/v1/policy'));

  it('never changes the policy of a service that is there for something else', async () => {
    await ok(service.call('PUT', '/v1/policy', { windowDays: 60 }));
    const before = await policyNow();
    const { returns, paidMinor, refundedMinor } = await run(false);
    expect([returns, refundedMinor]).toEqual([2, paidMinor]);
    expect(await policyNow()).toEqual(before);
  });

  it('says what of that policy stands in its way, and registers nothing', async () => {
    await ok(service.call('PUT', '/v1/policy', { approval: { auto: false }, methods: ['in_store'] }));
    await expect(run(false)).rejects.toThrow(/approved by hand; the method label is not offered/);
    expect((await service.call('GET', '/v1/orders/SHOP-1001')).status).toBe(404);
  });

  it('takes back old orders on data of its own', async () => {
    await run(true);
    expect((await policyNow()).windowDays).toBeNull();
  });
});
