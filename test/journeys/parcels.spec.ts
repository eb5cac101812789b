import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { startApp, type Call } from '../support/app.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok, orderBody, returnBody, Shop, START } from './shop-front.js';

describe('The way back, over HTTP', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open();
    await ok(shop.call('PUT', '/v1/policy', {}));
  });
  afterAll(() => shop.close());

  const withLabel = async (over: object = {}): Promise<{ ret: PresentedReturn; customer: Call; file: string }> => {
    const orderId = await shop.order(over);
    const filed = await shop.filed(orderId, { shirt: 1 }, { method: 'label' });
    const ret = await waitFor(async () => {
      const now = await shop.look(filed.returnId);
      return now.labels[0]?.state === 'issued' ? now : undefined;
    }, 'the label');
    return { ret, customer: await shop.customerOf(orderId), file: `/v1/returns/${ret.returnId}/labels/${ret.labels[0]!.labelId}/file` };
  };

  it('a customer files a return and downloads the label in each format', async () => {
    const { ret, customer, file } = await withLabel();
    expect(ret.status).toBe('label_issued');
    for (const [format, type, start] of [
      ['pdf', 'application/pdf', '%PDF-'],
      ['png', 'image/png', '\uFFFDPNG'],
      ['zpl', 'application/zpl', '^XA'],
    ] as const) {
      const answer = await customer('GET', `${file}?format=${format}`);
      expect([answer.status, answer.headers.get('content-type'), answer.text.startsWith(start)]).toEqual([200, type, true]);
      expect(answer.headers.get('content-disposition')).toBe(`inline; filename="${ret.labels[0]!.labelId}.${format}"`);
    }
    expect((await customer('GET', file)).headers.get('content-type')).toBe('application/pdf');
    expect((await customer('GET', `${file}?format=gif`)).body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  it('another customer sees no label, and nobody one that does not exist or is void', async () => {
    const { ret, file } = await withLabel();
    const stranger = await shop.customerOf(await shop.order());
    expect((await stranger('GET', file)).body).toMatchObject({ code: 'not_found' });
    expect((await shop.call('GET', file.replace('-L1', '-L9'))).body).toMatchObject({ code: 'not_found' });
    await ok(shop.call('POST', `/v1/returns/${ret.returnId}/cancel`, {}));
    expect((await shop.call('GET', file)).body).toMatchObject({ status: 409, code: 'invalid_state' });
  });

  it('another label can be asked for, from a carrier that is set up', async () => {
    const { ret, customer } = await withLabel();
    const labels = `/v1/returns/${ret.returnId}/labels`;
    expect((await customer('POST', labels, { carrier: 'pigeon' })).body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      errors: [{ pointer: '/carrier' }],
    });
    const asked = await ok(customer<PresentedReturn>('POST', labels, {}));
    expect(asked.labels.map(({ labelId }) => labelId)).toEqual([`${ret.returnId}-L1`, `${ret.returnId}-L2`]);
  });

  it('a label that is still being bought is asked for again in a moment', async () => {
    // A process with this role answers requests only; labels are bought by the worker, which is not there.
    const log = await EventStoreDbDouble.start();
    const front = await startApp({ clock: () => new Date(START) }, { ROLE: 'api', EVENTSTORE_URL: log.url });
    try {
      await ok(front.call('PUT', '/v1/orders/A-1', orderBody()), 201);
      const filed = await ok(
        front.call<PresentedReturn>('POST', '/v1/orders/A-1/returns', returnBody({ shirt: 1 }, { method: 'label' })),
        201,
      );
      const early = await front.call('GET', `/v1/returns/${filed.returnId}/labels/${filed.returnId}-L1/file`);
      expect([early.status, early.body['code'], early.headers.get('retry-after')]).toEqual([409, 'label_not_ready', '1']);
    } finally {
      await front.close();
      await log.stop();
    }
  });

  it('what the carrier reports moves the return, once per piece of news', async () => {
    const { ret } = await withLabel();
    const tell = (news: object) => ok(shop.call<PresentedReturn>('POST', `/v1/returns/${ret.returnId}/tracking`, news));
    const { trackingNumber } = ret.labels[0]!;
    const scan = { status: 'in_transit', at: '2026-03-10T11:00:00Z', place: 'Berlin', trackingNumber };
    const moved = await tell(scan);
    expect(moved.status).toBe('in_transit');
    expect((await tell(scan)).revision).toBe(moved.revision);
    expect((await tell({ status: 'delivered', trackingNumber })).status).toBe('delivered');
    const ahead = await shop.call('POST', `/v1/returns/${ret.returnId}/tracking`, { ...scan, at: '2026-03-11T11:00:00Z' });
    expect(ahead.body).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ pointer: '/at' }] });
  });

  it('a courier can be had to the door, and told to have come in vain', async () => {
    const { ret, customer } = await withLabel();
    const when = { from: '2026-03-12T08:00:00Z', until: '2026-03-12T12:00:00Z' };
    const booked = await ok(customer<PresentedReturn>('POST', `/v1/returns/${ret.returnId}/pickups`, when));
    expect(booked.pickups).toMatchObject([{ state: 'scheduled' }]);
    expect((await customer('POST', `/v1/returns/${ret.returnId}/tracking`, { status: 'pickup_missed' })).status).toBe(403);
    const missed = await ok(
      shop.call<PresentedReturn>('POST', `/v1/returns/${ret.returnId}/tracking`, { status: 'pickup_missed', fault: 'customer' }),
    );
    expect(missed.pickups).toMatchObject([{ state: 'missed' }]);
  });

  it('the money follows the goods: received, paid, and said to be simulated', async () => {
    const { ret } = await withLabel();
    await ok(
      shop.call('POST', `/v1/returns/${ret.returnId}/receipts`, {
        scanId: 's-1',
        station: 'dock-1',
        items: [{ lineId: 'shirt', quantity: 1 }],
      }),
    );
    const paid = await waitFor(async () => {
      const now = await shop.look(ret.returnId);
      return now.status === 'refunded' ? now : undefined;
    }, 'the refund');
    expect(paid.refunds).toMatchObject([{ state: 'succeeded', payouts: [{ provider: 'simulated', simulated: true, state: 'succeeded' }] }]);
  });

  it('a refund that fails late is told by the provider itself', async () => {
    const { ret } = await withLabel({
      payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_late_failure_1', method: 'card', capturedMinor: 7490 }],
    });
    await ok(
      shop.call('POST', `/v1/returns/${ret.returnId}/receipts`, {
        scanId: 's-1',
        station: 'dock-1',
        items: [{ lineId: 'shirt', quantity: 1 }],
      }),
    );
    await waitFor(async () => (await shop.look(ret.returnId)).status === 'refunded', 'the refund');
    shop.now += 10_000;
    await waitFor(async () => (await shop.look(ret.returnId)).status === 'refund_failed', 'the failure');
  });
});
