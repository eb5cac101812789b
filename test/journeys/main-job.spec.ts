import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/eventing/event-store.js';
import { Views } from '../../src/eventing/views.js';
import type { LatencyAnswer } from '../../src/finance/refund-latency.dto.js';
import type { LiabilityAnswer, RefundRowsAnswer } from '../../src/finance/refunds.dto.js';
import { verify } from '../../src/finance/verify.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { ADMIN_KEY } from '../support/app.js';
import { EventFollower } from '../support/event-follower.js';
import { LOGS, type Log } from '../support/logs.js';
import { waitFor } from '../support/wait-for.js';
import { ok, refusal, returnBody, Shop } from './shop-front.js';

describe.each(LOGS)('The main job, with its events in $log', ({ open }) => {
  let log: Log;
  let shop: Shop;
  let follower: EventFollower;
  beforeAll(async () => {
    log = await open();
    shop = await Shop.open(log.env);
    await ok(shop.call('PUT', '/v1/policy', {}));
    follower = new EventFollower(shop.app.url, ADMIN_KEY);
  });
  afterAll(async () => {
    await follower.leave();
    await shop.close();
    await log.stop();
  });

  const until = (returnId: string, status: string): Promise<PresentedReturn> =>
    waitFor(async () => {
      const now = await shop.look(returnId);
      return now.status === status ? now : undefined;
    }, `the return ${status}`);
  const receive = (returnId: string, scanId: string, quantity: number, headers = {}) =>
    shop.call<PresentedReturn>(
      'POST',
      `/v1/returns/${returnId}/receipts`,
      { scanId, station: 'dock-1', items: [{ lineId: 'shirt', quantity }] },
      headers,
    );
  /** A view that must show what was just answered. */
  const seen = <Json>(path: string, position: string | null): Promise<Json> =>
    ok(shop.call<Json>('GET', path, undefined, { 'x-min-position': position ?? 'none' }));

  it('leads from the order over label, scans and receipts to the money and the numbers', async () => {
    const orderId = await shop.order();
    const customer = await shop.customerOf(orderId);
    const filed = await customer<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody({ shirt: 2 }, { method: 'label' }));
    expect([filed.status, filed.body.status]).toEqual([201, 'approved']);
    const { returnId } = filed.body;
    const board = await seen<{ items: { returnId: string }[] }>('/v1/returns', filed.headers.get('x-position'));
    expect(board.items.map((item) => item.returnId)).toContain(returnId);
    const { labels } = await until(returnId, 'label_issued');
    const { trackingNumber } = labels[0]!;
    await ok(shop.call('POST', `/v1/returns/${returnId}/tracking`, { status: 'in_transit', at: '2026-03-10T11:00:00Z', trackingNumber }));
    await ok(shop.call('POST', `/v1/returns/${returnId}/tracking`, { status: 'delivered', trackingNumber }));
    await ok(receive(returnId, 's1', 1));
    const received = await receive(returnId, 's2', 1);
    const rows = await seen<RefundRowsAnswer>(`/v1/finance/refunds?returnId=${returnId}`, received.headers.get('x-position'));
    expect(rows.items.reduce((sum, row) => sum + row.amountMinor, 0)).toBe(3968);
    const paid = await until(returnId, 'refunded');
    expect(paid.refunds.flatMap(({ payouts }) => payouts.map(({ state }) => state))).toEqual(paid.refunds.map(() => 'succeeded'));
    const { currencies } = await waitFor(async () => {
      const answer = await ok(shop.call<LiabilityAnswer>('GET', '/v1/finance/liability'));
      return answer.currencies[0]?.owedMinor === 0 ? answer : undefined;
    }, 'the books');
    expect(currencies).toMatchObject([{ currency: 'EUR', paidMinor: 3968, totalMinor: 3968 }]);
    const { groups } = await ok(shop.call<LatencyAnswer>('GET', '/v1/finance/refund-latency?stage=total'));
    expect(groups).toMatchObject([{ key: 'all' }]);
  });

  it('answers a repeated request as the first time, on whichever connection', async () => {
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    const key = { 'idempotency-key': 'scan-1' };
    const first = await receive(returnId, 's1', 1, key);
    await until(returnId, 'refunded');
    const again = await receive(returnId, 's1', 1, key);
    expect([again.headers.get('idempotency-replayed'), again.headers.get('x-position'), again.headers.get('etag')]).toEqual([
      'true',
      first.headers.get('x-position'),
      first.headers.get('etag'),
    ]);
    expect(again.body).toEqual(first.body);
    expect(await refusal(receive(returnId, 's2', 1, key))).toEqual([422, 'idempotency_conflict']);
  });

  it('holds a change back that was made on an older state', async () => {
    const { returnId } = await shop.filed(await shop.order(), { shirt: 2 });
    const { headers } = await shop.call('GET', `/v1/returns/${returnId}`);
    const match = { 'if-match': headers.get('etag') ?? '' };
    await ok(receive(returnId, 's1', 1, match));
    expect(await refusal(receive(returnId, 's2', 1, match))).toEqual([412, 'revision_mismatch']);
  });

  it('knows the positions it has given, and only those', async () => {
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    const position = (await receive(returnId, 's1', 1)).headers.get('x-position') ?? '';
    for (const other of ['none', position.slice(1), `${position}0`]) {
      expect(await refusal(shop.call('GET', '/v1/returns', undefined, { 'x-min-position': other }))).toEqual([400, 'validation_failed']);
      expect(await refusal(shop.call('GET', '/v1/events', undefined, { 'last-event-id': other }))).toEqual([400, 'validation_failed']);
    }
    const ahead = position.replace(/\d/g, '9');
    expect(await refusal(shop.call('GET', '/v1/events', undefined, { 'last-event-id': ahead }))).toEqual([400, 'validation_failed']);
    expect(await refusal(shop.call('GET', '/v1/returns', undefined, { 'x-min-position': ahead }))).toEqual([503, 'view_behind']);
  });

  it('tells those who follow everything once and in order, through any number of broken connections', async () => {
    follower.reconnect();
    const { returnId } = await shop.filed(await shop.order(), { shirt: 1 });
    await waitFor(() => follower.frames.some(({ streamId }) => streamId === `returns-${returnId.slice(0, -3)}`), 'news of the order');
    follower.reconnect();
    await ok(receive(returnId, 's1', 1));
    await until(returnId, 'refunded');
    const { events } = (await verify(store(shop), viewsOf(shop))).log;
    await waitFor(() => follower.frames.length >= events, 'all events');
    follower.expectWhole(events);
  });

  it('ends with a log, views and money that agree', async () => {
    const { log: checked, views, differences } = await verify(store(shop), viewsOf(shop));
    expect(differences).toEqual([]);
    expect(checked.returns).toBe(5);
    await waitFor(async () => (await verify(store(shop), viewsOf(shop))).views.every(({ behind }) => !behind), 'the views');
    expect(views.length).toBeGreaterThan(5);
    expect(await ok(shop.call('GET', '/health/ready'))).toMatchObject({ ready: true, wrong: [] });
  });
});

const store = (shop: Shop): EventStore => shop.app.app.get<EventStore>(EVENT_STORE);
const viewsOf = (shop: Shop): Views => shop.app.app.get(Views);
