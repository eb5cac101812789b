import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/eventing/event-store.js';
import { Views } from '../../src/eventing/views.js';
import { verify } from '../../src/finance/verify.js';
import type { Readiness } from '../../src/http/health.js';
import { PaymentProviders } from '../../src/payments/payment.port.js';
import { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { ADMIN_KEY } from '../support/app.js';
import { EventFollower } from '../support/event-follower.js';
import { EventStoreDbDouble, type AppendFault } from '../support/eventstoredb-double/eventstoredb-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok, Shop } from './shop-front.js';

describe('The main job while the way to EventStoreDB breaks', () => {
  let double: EventStoreDbDouble;
  let shop: Shop;
  let follower: EventFollower;
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
    shop = await Shop.open({ EVENTSTORE_URL: double.url });
    await ok(shop.call('PUT', '/v1/policy', {}));
    follower = new EventFollower(shop.app.url, ADMIN_KEY);
  });
  afterAll(async () => {
    await follower.leave();
    await shop.close();
    await double.stop();
  });

  const receive = (returnId: string, scanId: string, headers = {}) =>
    shop.call<PresentedReturn>(
      'POST',
      `/v1/returns/${returnId}/receipts`,
      { scanId, station: 'dock-1', items: [{ lineId: 'shirt', quantity: 1 }] },
      headers,
    );
  const refunded = (returnId: string): Promise<PresentedReturn> =>
    waitFor(
      async () => {
        const now = await shop.look(returnId).catch(() => undefined);
        return now?.status === 'refunded' ? now : undefined;
      },
      `the refund of ${returnId}`,
      30_000,
    );
  const typesOf = (returnId: string): string[] =>
    double.log.stream(`returns-${returnId.slice(0, returnId.lastIndexOf('-R'))}`).map(({ type }) => type);
  const countOf = (returnId: string, type: string): number => typesOf(returnId).filter((each) => each === type).length;
  const readiness = async (): Promise<Readiness & { status: number }> => {
    const { status, body } = await shop.call<Readiness>('GET', '/health/ready');
    return { ...body, status };
  };

  it('asks the server for one subscription, for all views, processes and live streams together', async () => {
    const another = new EventFollower(shop.app.url, ADMIN_KEY);
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    await ok(receive(returnId, 's0'));
    await refunded(returnId);
    await waitFor(() => another.frames.some(({ type }) => type === 'RefundSucceeded'), 'the live stream');
    await waitFor(() => double.openReads === 1, 'everything but one subscription to be closed');
    await another.leave();
    expect(double.openReads).toBe(1);
  });

  it.each<AppendFault['kind']>(['cut-before-write', 'cut-after-write', 'timeout-after-write', 'ended'])(
    'takes a scan once, %s',
    async (kind) => {
      const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
      double.failNextAppends({ kind } as AppendFault);
      await ok(receive(returnId, 's1'));
      const { refunds } = await refunded(returnId);
      expect(refunds).toMatchObject([{ state: 'succeeded' }]);
      expect([countOf(returnId, 'ItemReceived'), countOf(returnId, 'RefundSucceeded')]).toEqual([1, 1]);
    },
  );

  it.each(['ended', 'unavailable'] as const)(
    'goes on buying labels, paying and telling when subscriptions are dropped (%s)',
    async (how) => {
      const { returnId } = await shop.filed(await shop.order(), { shirt: 1 }, { method: 'label' });
      double.dropSubscriptions(how);
      await waitFor(async () => (await shop.look(returnId)).status === 'label_issued', 'the label');
      double.dropSubscriptions(how);
      const answer = await receive(returnId, 's1');
      await waitFor(
        async () =>
          (await shop.call('GET', '/v1/returns', undefined, { 'x-min-position': answer.headers.get('x-position') ?? '' })).status === 200,
        'the board',
      );
      double.dropSubscriptions(how);
      await refunded(returnId);
      expect([countOf(returnId, 'LabelIssued'), countOf(returnId, 'RefundSucceeded')]).toEqual([1, 1]);
    },
  );

  it('says while the log is away that nothing was written, answers from its views, and is ready again by itself', async () => {
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    const port = await double.network.down();
    const key = { 'idempotency-key': 'while-away' };
    const away = await receive(returnId, 's1', key);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await readiness()).toMatchObject({ status: 503, ready: false, wrong: ['the event log does not answer'] });
    expect((await shop.call('GET', '/v1/returns')).status).toBe(200);
    expect((await shop.call('GET', '/health/live')).status).toBe(200);
    await double.network.up(port);
    const done = await waitFor(async () => {
      const answer = await receive(returnId, 's1', key);
      return answer.status === 200 ? answer : undefined;
    }, 'the log to be back');
    await refunded(returnId);
    await waitFor(async () => (await readiness()).ready, 'readiness', 20_000);
    const again = await receive(returnId, 's1', key);
    expect([again.headers.get('idempotency-replayed'), again.headers.get('etag')]).toEqual(['true', done.headers.get('etag')]);
    expect(countOf(returnId, 'ItemReceived')).toBe(1);
  });

  it('loses and doubles nothing when the connection is cut again and again under many returns', async () => {
    const filed = await Promise.all(Array.from({ length: 20 }, async () => (await shop.filed(await shop.order(), { shirt: 1 })).returnId));
    const faults = Array.from({ length: 30 }, (_, n): (AppendFault | undefined)[] => [
      undefined,
      { kind: n % 2 === 0 ? 'cut-after-write' : 'cut-before-write' },
      undefined,
      undefined,
    ]);
    double.failNextAppends(...faults.flat());
    await Promise.all(
      filed.map((returnId) =>
        waitFor(
          async () => {
            const { status, text } = await receive(returnId, 's1', { 'idempotency-key': 'once' });
            if (status !== 200 && status !== 503) throw new Error(`${status}: ${text}`);
            return status === 200;
          },
          'the scan',
          30_000,
        ),
      ),
    );
    for (const returnId of filed) {
      await refunded(returnId);
      expect(['ItemReceived', 'RefundEntitled', 'RefundSucceeded'].map((type) => countOf(returnId, type))).toEqual([1, 1, 1]);
    }
  });

  it('has told those who follow everything once, and its log, views and money agree', async () => {
    const store = shop.app.app.get<EventStore>(EVENT_STORE);
    const views = shop.app.app.get(Views);
    const { log, differences } = await verify(store, views);
    expect(differences).toEqual([]);
    await waitFor(() => follower.frames.length >= log.events, 'all events');
    follower.expectWhole(log.events);
    const executed = shop.app.app
      .get(PaymentProviders)
      .all.flatMap((provider) => (provider instanceof SimulatedPayments ? provider.executions() : []));
    expect(executed).toHaveLength(log.refunds);
    await waitFor(async () => (await readiness()).ready, 'readiness');
    // Some appends arrived and were not written, or were sent again.
    expect(double.received).toBeGreaterThan(double.log.writes);
  });
});
