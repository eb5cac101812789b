/** Money that payments cannot bear, or that is paid twice over: over HTTP, from the quote to the end of the case. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgeingAnswer, LiabilityAnswer, OwedPayoutsAnswer, RefundRowsAnswer } from '../../src/finance/refunds.dto.js';
import type { BoardAnswer } from '../../src/operations/returns-board.dto.js';
import { PaymentProviders } from '../../src/payments/payment.port.js';
import type { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { startApp, type Call, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { ok } from './shop-front.js';

const PLACED = '2026-03-01T10:00:00.000Z';
let app: TestApp;
let finance: Call;
let shop: Call;
beforeAll(async () => {
  app = await startApp();
  [finance, shop] = [app.as(await app.keyFor('finance')), app.as(await app.keyFor('shop'))];
  await ok(app.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(() => app.close());

/** A lamp for 22.40 of which so much was captured. */
async function lamp(orderId: string, capturedMinor: number, currency = 'EUR', payment: object = {}): Promise<void> {
  const lines = [{ lineId: 'lamp', sku: 'LAMP', title: 'Lamp', quantity: 1, deliveredAt: PLACED, paid: { netMinor: 1882, taxMinor: 358 } }];
  const payments = [
    { paymentId: 'card', provider: 'simulated', reference: `sim_ok_${orderId}`, method: 'card', capturedMinor, ...payment },
  ];
  const told = await shop('PUT', `/v1/orders/${orderId}`, {
    number: orderId,
    placedAt: PLACED,
    currency,
    customer: { name: 'Ada Example', email: 'ada@example.org' },
    lines,
    payments,
  });
  expect([200, 201]).toContain(told.status);
}
const wanted = {
  lines: [{ lineId: 'lamp', quantity: 1, reason: 'changed_mind', condition: 'opened' }],
  outcome: 'original_payment',
  method: 'in_store',
};

async function handedIn(orderId: string): Promise<ReturnAnswer> {
  const { returnId } = await ok(shop<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, wanted), 201);
  return ok(
    app.call<ReturnAnswer>('POST', `/v1/returns/${returnId}/receipts`, {
      scanId: 's1',
      station: 'dock-1',
      items: [{ lineId: 'lamp', quantity: 1 }],
    }),
  );
}
const until = (returnId: string, status: string): Promise<ReturnAnswer> =>
  waitFor(async () => {
    const ret = await ok(finance<ReturnAnswer>('GET', `/v1/returns/${returnId}`));
    return ret.status === status ? ret : undefined;
  }, `${returnId} ${status}`);

describe('Money that cannot be paid as computed', () => {
  it('a cent less captured than the lines: 22.39 is paid, the cent explained, and the case ends', async () => {
    await lamp('CENT', 2239);
    expect(await ok(shop('POST', '/v1/orders/CENT/returns/quote', wanted))).toMatchObject({
      totalRefundMinor: 2239,
      payableTodayMinor: 2239,
      fees: [{ code: 'not_captured', amountMinor: 1 }],
    });
    await handedIn('CENT');
    expect(await until('CENT-R1', 'refunded')).toMatchObject({
      needsDecision: null,
      money: { refundedMinor: 2239, blockedMinor: 0 },
      refunds: [{ breakdown: { fees: [{ code: 'not_captured', amountMinor: 1 }] } }],
    });
  });

  it('more lacking: owed and held back in the answer, the queue, the liability and its age, until more is captured', async () => {
    await lamp('PART', 1200, 'NOK');
    expect(await ok(shop('POST', '/v1/orders/PART/returns/quote', wanted))).toMatchObject({
      totalRefundMinor: 2240,
      payableTodayMinor: 1200,
      blockedCode: 'part_captured',
    });
    const held = await handedIn('PART');
    expect(held).toMatchObject({
      status: 'refund_blocked',
      needsDecision: 'blocked',
      refunds: [],
      money: { blockedMinor: 2240, blockedCode: 'part_captured', payableTodayMinor: 1200 },
    });
    expect((await ok(shop<ReturnAnswer>('POST', '/v1/returns/PART-R1/approve', {}))).revision).toBe(held.revision);
    const closed = await shop('POST', '/v1/returns/PART-R1/close', {});
    expect([closed.status, closed.text]).toEqual([409, expect.stringContaining('approve what can be paid today, or wait')]);
    await app.caughtUp();
    const queue = await ok(shop<BoardAnswer>('GET', '/v1/returns?needsDecision=true'));
    expect(queue.items).toMatchObject([{ returnId: 'PART-R1', needsDecision: 'blocked', blockedMinor: 2240 }]);
    const owed = async (): Promise<unknown> =>
      (await ok(finance<LiabilityAnswer>('GET', '/v1/finance/liability?currency=NOK'))).currencies[0];
    expect(await owed()).toMatchObject({ blockedMinor: 2240, owedMinor: 2240, paidMinor: 0, totalMinor: 2240 });
    const { currencies } = await ok(finance<AgeingAnswer>('GET', '/v1/finance/ageing?currency=NOK'));
    expect(currencies[0]!.states).toMatchObject([{ state: 'blocked', amountMinor: 2240 }]);
    const behind = await ok(finance<OwedPayoutsAnswer>('GET', '/v1/finance/liability/payouts?currency=NOK&state=blocked'));
    expect(behind.items).toMatchObject([{ returnId: 'PART-R1', refundId: 'PART-R1', paymentId: '', state: 'blocked' }]);
    expect((await app.call('GET', '/metrics')).text).toContain('backhaul_refunds_waiting{why="blocked"} 1');
    await lamp('PART', 2240, 'NOK');
    expect(await until('PART-R1', 'refunded')).toMatchObject({ money: { refundedMinor: 2240, blockedMinor: 0, givenUpMinor: 0 } });
    await app.caughtUp();
    expect(await owed()).toMatchObject({ blockedMinor: 0, owedMinor: 0, paidMinor: 2240, totalMinor: 2240 });
  });

  it('nothing captured, and nothing will be: the shop says so, and nobody waits any more', async () => {
    await lamp('COD', 0, 'SEK', { provider: 'manual', method: 'cash_on_delivery' });
    await handedIn('COD');
    const other = await finance('POST', '/v1/returns/COD-R1/refunds/capped', { amountMinor: 1, reason: 'x' });
    expect([other.status, other.text]).toEqual([409, expect.stringContaining('0 can be paid today')]);
    const ended = await ok(
      shop<ReturnAnswer>('POST', '/v1/returns/COD-R1/refunds/capped', { amountMinor: 0, reason: 'The parcel was refused at the door' }),
    );
    expect(ended).toMatchObject({
      status: 'refunded',
      next: 'All done. There was nothing to pay back.',
      needsDecision: null,
      money: { givenUpMinor: 2240, refundedMinor: 0 },
      refunds: [
        { amountMinor: 0, reason: 'The parcel was refused at the door', breakdown: { fees: [{ code: 'given_up', amountMinor: 2240 }] } },
      ],
    });
    await app.caughtUp();
    const { items } = await ok(
      finance<{ items: unknown[] }>('GET', '/v1/finance/refund-latency/returns?groupBy=currency&key=SEK&state=open'),
    );
    expect(items).toEqual([]);
  });

  it('refunded and disputed for the same payment: finance is told, with the reference for the bank', async () => {
    await lamp('TWICE', 2240);
    await handedIn('TWICE');
    const reference = (await until('TWICE-R1', 'refunded')).refunds[0]!.payouts[0]!.providerRefundId;
    await ok(app.call('POST', '/v1/orders/TWICE/disputes', { disputeId: 'dp-9', paymentId: 'card', amountMinor: 2240 }));
    await app.caughtUp();
    const disputed = async () => (await ok(finance<RefundRowsAnswer>('GET', '/v1/finance/refunds?disputed=true'))).items;
    expect(await disputed()).toMatchObject([
      {
        refundId: 'TWICE-R1-F1',
        state: 'succeeded',
        disputeId: 'dp-9',
        disputeState: 'open',
        disputedMinor: 2240,
        providerRefundId: reference,
      },
    ]);
    await ok(app.call('POST', '/v1/orders/TWICE/disputes/dp-9/close', { outcome: 'won' }));
    await app.caughtUp();
    expect(await disputed()).toEqual([]);
  });

  it('what a person calls failed is asked of the provider first: what it has paid stays paid, and is recorded', async () => {
    const provider = app.app.get(PaymentProviders).find('simulated') as SimulatedPayments;
    const refund = provider.refund.bind(provider);
    const status = provider.status.bind(provider);
    const silent = (): never => {
      throw new Error('The line broke');
    };
    provider.refund = async (request) => {
      await refund(request);
      return silent();
    };
    provider.status = silent;
    await lamp('DOUBT', 2240);
    await handedIn('DOUBT');
    await until('DOUBT-R1', 'refund_in_doubt');
    const mute = await finance('POST', '/v1/refunds/DOUBT-R1-F1/fail', {});
    expect([mute.status, mute.text]).toEqual([409, expect.stringContaining('cannot say now whether this was paid')]);
    provider.status = status;
    const refused = await finance('POST', '/v1/refunds/DOUBT-R1-F1/fail', {});
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('has been paid')]);
    provider.refund = refund;
    expect(await until('DOUBT-R1', 'refunded')).toMatchObject({ refunds: [{ state: 'succeeded' }], money: { refundedMinor: 2240 } });
    const again = await finance('POST', '/v1/refunds/DOUBT-R1-F1/settle', { providerRefundId: 'bank-77' });
    expect([again.status, again.text]).toEqual([409, expect.stringContaining('paid already, with the reference')]);
  });
});
