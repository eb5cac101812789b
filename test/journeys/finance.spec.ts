import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { EventStore } from '../../src/eventing/event-store.js';
import { Views } from '../../src/eventing/views.js';
import type { LatencyAnswer, LatencyReturnsAnswer } from '../../src/finance/refund-latency.dto.js';
import type { AgeingAnswer, LiabilityAnswer, OwedPayoutsAnswer, RefundRowsAnswer } from '../../src/finance/refunds.dto.js';
import { verify } from '../../src/finance/verify.js';
import type { HistoryAnswer } from '../../src/returns/api/return-history.dto.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { startApp, type Answer, type Call, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
let finance: Call;
beforeAll(async () => {
  app = await startApp();
  finance = app.as(await app.keyFor('finance'));
  ok(await app.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(() => app.close());

function ok<Json>({ status, body, text }: Answer<Json>, expected = 200): Json {
  if (status !== expected) throw new Error(`Expected ${expected}, got ${status}: ${text.slice(0, 500)}`);
  return body;
}
const positionOf = ({ headers }: Answer<unknown>): Record<string, string> => ({ 'x-min-position': headers.get('x-position') ?? '' });
const codeOf = (answer: Answer<unknown>): unknown => (JSON.parse(answer.text) as { code: unknown }).code;

let orders = 0;
/** Two units for 10.00 each handed in over the counter; refunded through one payment that behaves as `reference` says. */
async function handedIn(
  provider: 'simulated' | 'manual' | 'acme',
  reference: string,
  { currency = 'EUR', quantity = 2 } = {},
): Promise<string> {
  orders += 1;
  const orderId = `FIN-${orders}`;
  const placedAt = '2026-03-01T10:00:00.000Z';
  ok(
    await app.call('PUT', `/v1/orders/${orderId}`, {
      number: orderId,
      placedAt,
      currency,
      customer: { name: 'Ada Example', email: 'ada@example.org' },
      lines: [{ lineId: 'l1', sku: 'SKU-1', title: 'Shirt', quantity: 3, deliveredAt: placedAt, paid: { netMinor: 2400, taxMinor: 600 } }],
      payments: [{ paymentId: 'p1', provider, reference: `${reference}_${orderId}`, method: 'card', capturedMinor: 3000 }],
    }),
    201,
  );
  const lines = [{ lineId: 'l1', quantity, reason: 'changed_mind', condition: 'opened' }];
  const { returnId } = ok(
    await app.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, { lines, outcome: 'original_payment', method: 'in_store' }),
    201,
  );
  ok(await app.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's1', station: 'dock-1', items: [{ lineId: 'l1', quantity }] }));
  return returnId;
}

/** The return once its first refund is in that state. */
const refundIn = (returnId: string, state: string): Promise<ReturnAnswer> =>
  waitFor(async () => {
    const ret = ok(await finance<ReturnAnswer>('GET', `/v1/returns/${returnId}`));
    return ret.refunds[0]?.state === state ? ret : undefined;
  }, `the refund ${state}`);

const refundsOf = async (returnId: string, headers = {}): Promise<RefundRowsAnswer['items']> =>
  ok(await finance<RefundRowsAnswer>('GET', `/v1/finance/refunds?returnId=${returnId}`, undefined, headers)).items;

const liability = async (query = '', headers = {}): Promise<LiabilityAnswer> =>
  ok(await finance<LiabilityAnswer>('GET', `/v1/finance/liability${query}`, undefined, headers));
const balance = (answer: LiabilityAnswer, currency: string) => answer.currencies.find((each) => each.currency === currency);

const csv = async (path: string): Promise<Record<string, string>[]> => {
  const answer = await finance('GET', path, undefined, { accept: 'text/csv' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
  return parse(answer.text, { columns: true });
};

describe('Finance', () => {
  it('sees what is owed by hand until it says that it is paid, and what it was owed before', async () => {
    const returnId = await handedIn('manual', 'cash', { currency: 'CHF' });
    const { refunds } = await refundIn(returnId, 'entitled');
    const refundId = refunds[0]!.refundId;
    const before = await waitFor(async () => {
      const answer = await liability();
      return balance(answer, 'CHF')?.owedMinor === 2000 ? answer : undefined;
    }, 'the liability');
    expect(balance(before, 'CHF')).toMatchObject({ owedMinor: 2000, paidMinor: 0, totalMinor: 2000, owedPayouts: 1 });
    const settled = await finance<ReturnAnswer>('POST', `/v1/refunds/${refundId}/settle`, { providerRefundId: 'till-17' });
    expect(ok(settled)).toMatchObject({
      returnId,
      status: 'refunded',
      refunds: [{ refundId, state: 'succeeded' }],
      money: { refundedMinor: 2000 },
    });
    expect(settled.headers.get('etag')).toBe(`"${settled.body.revision}"`);
    const after = await liability('', positionOf(settled));
    expect(balance(after, 'CHF')).toMatchObject({ owedMinor: 0, paidMinor: 2000, totalMinor: 2000, paidPayouts: 1 });
    expect(after.days.findLast((day) => day.currency === 'CHF')).toMatchObject({ paidMinor: 2000, owedMinor: 0 });
    expect(balance(await liability(`?asOf=${refunds[0]!.entitledAt}`), 'CHF')).toMatchObject({ owedMinor: 2000, paidMinor: 0 });
    expect(balance(await liability('?asOf=2020-01-01T00:00:00Z'), 'CHF')).toBeUndefined();
    const [row] = await refundsOf(returnId);
    expect(row).toMatchObject({
      refundId,
      returnId,
      state: 'succeeded',
      amountMinor: 2000,
      currency: 'CHF',
      provider: 'manual',
      providerRefundId: 'till-17',
    });
  });

  it('names the payouts behind what is owed and what was owed, which add up to the liability', async () => {
    const [failed, byHand] = [
      await handedIn('simulated', 'sim_decline', { currency: 'NOK' }),
      await handedIn('manual', 'cash', { currency: 'NOK' }),
    ];
    const { refunds } = await refundIn(failed, 'failed');
    const owing = await waitFor(async () => {
      const { items } = ok(await finance<OwedPayoutsAnswer>('GET', '/v1/finance/liability/payouts?currency=NOK'));
      return items.length === 2 && items.some(({ state }) => state === 'failed') ? items : undefined;
    }, 'both payouts');
    expect(owing.map(({ returnId, state, amountMinor }) => ({ returnId, state, amountMinor }))).toEqual([
      { returnId: failed, state: 'failed', amountMinor: 2000 },
      { returnId: byHand, state: 'entitled', amountMinor: 2000 },
    ]);
    const asOf = new Date().toISOString();
    // What happens within the same millisecond counts as having happened then.
    await waitFor(() => Date.now() > Date.parse(asOf), 'the next millisecond');
    const settled = await finance<ReturnAnswer>('POST', `/v1/refunds/${refunds[0]!.refundId}/settle`, { providerRefundId: 'bank-9' });
    ok(settled);
    const behind = async (query: string) =>
      ok(
        await finance<OwedPayoutsAnswer>('GET', `/v1/finance/liability/payouts?currency=NOK${query}`, undefined, positionOf(settled)),
      ).items.map(({ returnId }) => returnId);
    expect(await behind('')).toEqual([byHand]);
    expect(await behind('&state=succeeded')).toEqual([failed]);
    expect(await behind(`&asOf=${asOf}`)).toEqual([failed, byHand]);
    expect(await behind(`&asOf=${asOf}&state=failed&bucket=0-1d`)).toEqual([failed]);
    expect(await behind(`&asOf=${asOf}&bucket=1-3d`)).toEqual([]);
    const then = ok(await finance<AgeingAnswer>('GET', `/v1/finance/ageing?asOf=${asOf}`)).currencies.find(
      ({ currency }) => currency === 'NOK',
    );
    expect(then).toMatchObject({ count: 2, amountMinor: 4000 });
    const days = await csv(`/v1/finance/liability/days?asOf=${asOf}`);
    expect(days.findLast(({ currency }) => currency === 'NOK')).toMatchObject({
      owedMinor: '4000',
      failedMinor: '2000',
      entitledMinor: '2000',
    });
    expect(await csv(`/v1/finance/liability/payouts?currency=NOK&asOf=${asOf}`)).toHaveLength(2);
    expect(new Set((await csv(`/v1/finance/liability/days?currency=NOK&asOf=${asOf}`)).map(({ currency }) => currency))).toEqual(
      new Set(['NOK']),
    );
    expect((await csv(`/v1/finance/ageing?currency=NOK&asOf=${asOf}`)).reduce((sum, { amountMinor }) => sum + Number(amountMinor), 0)).toBe(
      4000,
    );
    const hanging = ok(
      await finance<RefundRowsAnswer>(
        'GET',
        '/v1/finance/refunds?state=failed,parked,in_doubt&sort=oldest',
        undefined,
        positionOf(settled),
      ),
    );
    expect(hanging.items.map(({ returnId }) => returnId)).not.toContain(failed);
    ok(await finance('POST', `/v1/refunds/${byHand}-F1/settle`, {}));
  });

  it('finds a declined refund, sends it another way, and the ageing says for how long it is owed', async () => {
    const returnId = await handedIn('simulated', 'sim_decline', { currency: 'SEK' });
    const failed = await refundIn(returnId, 'failed');
    const refundId = failed.refunds[0]!.refundId;
    const [row] = await waitFor(async () => {
      const rows = await refundsOf(returnId);
      return rows[0]?.state === 'failed' ? rows : undefined;
    }, 'the failed row');
    expect(row).toMatchObject({ state: 'failed', declines: 1, amountMinor: 2000 });
    const aged = ok(await finance<AgeingAnswer>('GET', '/v1/finance/ageing'));
    const { states, buckets } = aged.currencies.find(({ currency }) => currency === 'SEK')!;
    expect(buckets[0]).toEqual({ bucket: '0-1d', count: 1, amountMinor: 2000 });
    expect(states).toMatchObject([{ state: 'failed', count: 1, amountMinor: 2000 }]);
    const rerouted = await finance<ReturnAnswer>('POST', `/v1/refunds/${refundId}/reroute`, {
      destination: 'bank_transfer',
      reason: 'account closed',
    });
    expect(ok(rerouted).refunds[0]!.payouts).toMatchObject([
      { paymentId: 'p1', reroutedTo: 'bank_transfer' },
      { paymentId: 'bank_transfer', provider: 'manual', amountMinor: 2000 },
    ]);
    const rows = await refundsOf(returnId, positionOf(rerouted));
    expect(rows).toMatchObject([{ paymentId: 'bank_transfer', destination: 'bank_transfer', amountMinor: 2000 }]);
    const paid = await finance<ReturnAnswer>('POST', `/v1/refunds/${refundId}/settle`, {});
    expect(ok(paid).status).toBe('refunded');
    expect(balance(await liability('', positionOf(paid)), 'SEK')).toMatchObject({
      failedMinor: 0,
      owedMinor: 0,
      paidMinor: 2000,
      totalMinor: 2000,
    });
  });

  it('retries a declined refund under a new key, and fails one that was never executed', async () => {
    const declined = await refundIn(await handedIn('simulated', 'sim_decline'), 'failed');
    const before = declined.refunds[0]!.payouts[0]!.key;
    ok(await finance('POST', `/v1/refunds/${declined.refunds[0]!.refundId}/retry`, { reason: 'customer called' }));
    const again = await waitFor(async () => {
      const ret = ok(await finance<ReturnAnswer>('GET', `/v1/returns/${declined.returnId}`));
      return ret.refunds[0]?.state === 'failed' && ret.refunds[0].payouts[0]!.key !== before ? ret : undefined;
    }, 'the second decline');
    expect(again.refunds[0]!.payouts[0]!.key).toMatch(/\.1$/);
    const byHand = ok(await finance<ReturnAnswer>('GET', `/v1/returns/${await handedIn('manual', 'cash')}`));
    const failed = ok(await finance<ReturnAnswer>('POST', `/v1/refunds/${byHand.refunds[0]!.refundId}/fail`, { code: 'iban_unknown' }));
    expect(failed.refunds[0]).toMatchObject({ state: 'failed', payouts: [{ code: 'iban_unknown' }] });
  });

  it('reads why a payout is parked in the same words everywhere', async () => {
    const why = 'No payment provider "acme" is set up; set it up and retry, or settle or reroute';
    const parked = await refundIn(await handedIn('acme', 'charge'), 'parked');
    const { returnId } = parked;
    expect(parked.refunds[0]!.payouts[0]!.code).toBe(why);
    const row = await waitFor(async () => {
      const rows = await refundsOf(returnId);
      return rows[0]?.state === 'parked' ? rows[0] : undefined;
    }, 'the parked row');
    expect(row.code).toBe(why);
    const history = ok(await finance<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`));
    expect(history.items.at(-1)?.words).toBe(`The refund could not be paid after 1 attempt; someone looks into it. (${why})`);
  });

  it('refunds by hand up to what is left of the units, once per key, and not a cent more', async () => {
    const returnId = await handedIn('simulated', 'sim_ok', { quantity: 1 });
    await refundIn(returnId, 'succeeded');
    const second = await finance('POST', `/v1/returns/${returnId}/refunds`, { amountMinor: 1, reason: 'goodwill' });
    expect([second.status, codeOf(second)]).toEqual([409, 'over_refund']);
    const waiting = await handedInLater();
    const key = { 'idempotency-key': 'by-hand-1' };
    const given = await finance<ReturnAnswer>('POST', `/v1/returns/${waiting}/refunds`, { amountMinor: 300, reason: 'goodwill' }, key);
    expect(ok(given, 201).refunds).toMatchObject([{ trigger: 'manual', amountMinor: 300, reason: 'goodwill' }]);
    const repeated = await finance<ReturnAnswer>('POST', `/v1/returns/${waiting}/refunds`, { amountMinor: 300, reason: 'goodwill' }, key);
    expect([repeated.headers.get('idempotency-replayed'), repeated.body]).toEqual(['true', given.body]);
  });

  it('is told no where there is nothing, or not in this state, and lets nobody else in', async () => {
    for (const path of ['/v1/refunds/FIN-1-R1-F9/retry', '/v1/refunds/nonsense/settle', '/v1/refunds/NONE-R1-F1/fail']) {
      const answer = await finance('POST', path, {});
      expect([answer.status, codeOf(answer)]).toEqual([404, 'not_found']);
    }
    const done = await refundIn(await handedIn('simulated', 'sim_ok'), 'succeeded');
    const retried = await finance('POST', `/v1/refunds/${done.refunds[0]!.refundId}/retry`, {});
    expect([retried.status, codeOf(retried)]).toEqual([409, 'invalid_state']);
    for (const role of ['shop', 'warehouse']) {
      const other = app.as(await app.keyFor(role));
      for (const path of ['refunds', 'liability', 'ageing', 'refund-latency', 'refund-latency/returns']) {
        expect((await other('GET', `/v1/finance/${path}`)).status).toBe(403);
      }
      expect((await other('POST', `/v1/refunds/${done.refunds[0]!.refundId}/settle`, {})).status).toBe(403);
    }
    for (const query of [
      'refund-latency?from=2026-02-31',
      'refund-latency?groupBy=moon',
      'refund-latency/returns?key=x',
      'refund-latency/returns?groupBy=week&key=2026-W99',
      'refunds?cursor=bad',
      'liability?asOf=soon',
    ]) {
      expect((await finance('GET', `/v1/finance/${query}`)).status).toBe(400);
    }
  });

  it('measures how long customers wait, by stage and grouping, down to the returns behind a number', async () => {
    const returnId = await handedIn('simulated', 'sim_ok');
    await refundIn(returnId, 'succeeded');
    const open = await handedInLater();
    const report = await waitFor(async () => {
      const { items } = ok(await finance<LatencyReturnsAnswer>('GET', '/v1/finance/refund-latency/returns?limit=200'));
      if (!items.some((item) => item.returnId === returnId)) return undefined;
      const answer = ok(await finance<LatencyAnswer>('GET', '/v1/finance/refund-latency'));
      return answer.groups[0]?.stages.some((each) => each.stage === 'receipt' && each.open > 0) ? answer : undefined;
    }, 'the latency');
    const [all] = report.groups;
    expect(report).toMatchObject({ from: null, to: null, groupBy: 'none' });
    expect(all!.stages.map(({ stage }) => stage)).toEqual([
      'approval',
      'label',
      'first_scan',
      'delivery',
      'receipt',
      'inspection',
      'entitlement',
      'submission',
      'money',
      'total',
    ]);
    const receipt = all!.stages.find(({ stage }) => stage === 'receipt')!;
    expect(receipt).toMatchObject({ open: 1, holders: { merchant: 1, customer: 0 } });
    expect(receipt.count).toBeGreaterThan(0);
    expect(receipt.p50).toBeGreaterThan(0);
    expect(all!.stages.find(({ stage }) => stage === 'label')).toMatchObject({ count: 0, p50: null, open: 0, openOldestSeconds: null });
    const today = new Date().toISOString().slice(0, 10);
    const byCurrency = ok(await finance<LatencyAnswer>('GET', `/v1/finance/refund-latency?groupBy=currency&stage=total&from=${today}`));
    expect(byCurrency.groups.map(({ key }) => key)).toEqual(['CHF', 'EUR', 'NOK', 'SEK']);
    expect(byCurrency.groups.reduce((sum, { count }) => sum + count, 0)).toBe(all!.count);
    const behind = ok(
      await finance<LatencyReturnsAnswer>('GET', '/v1/finance/refund-latency/returns?groupBy=warehouse&key=dock-1&stage=receipt&limit=200'),
    );
    expect(behind.items).toHaveLength(receipt.count);
    const hanging = ok(await finance<LatencyReturnsAnswer>('GET', '/v1/finance/refund-latency/returns?stage=receipt&state=open'));
    expect(hanging.items).toMatchObject([{ returnId: open, holder: 'merchant', endedAt: null, warehouse: 'unknown', method: 'in_store' }]);
    const past = ok(await finance<LatencyAnswer>('GET', '/v1/finance/refund-latency?to=2020-01-01'));
    expect(past.groups).toMatchObject([{ key: 'all', count: 0, open: 0 }]);
  });

  it('exports CSV that adds up to the JSON', async () => {
    const { currencies } = await liability();
    const sums = (rows: Record<string, string>[], column: string): number => rows.reduce((sum, row) => sum + Number(row[column]), 0);
    const total = currencies.reduce((sum, each) => sum + each.totalMinor, 0);
    expect(sums(await csv('/v1/finance/liability'), 'totalMinor')).toBe(total);
    const refunds = await csv('/v1/finance/refunds');
    expect(sums(refunds, 'amountMinor')).toBe(total);
    expect(sums(await csv('/v1/finance/refunds?state=succeeded'), 'amountMinor')).toBe(
      currencies.reduce((sum, each) => sum + each.paidMinor, 0),
    );
    expect(sums(await csv('/v1/finance/ageing'), 'amountMinor')).toBe(currencies.reduce((sum, each) => sum + each.owedMinor, 0));
    const latency = ok(await finance<LatencyAnswer>('GET', '/v1/finance/refund-latency?groupBy=currency&stage=total'));
    const rows = await csv('/v1/finance/refund-latency?groupBy=currency&stage=total');
    expect(rows.map(({ key, count }) => [key, Number(count)])).toEqual(latency.groups.map(({ key, count }) => [key, count]));
    expect(await csv('/v1/finance/refund-latency/returns')).toHaveLength(latency.groups.reduce((sum, { count }) => sum + count, 0));
  });

  it('has a log, views and money that agree, as verify says', async () => {
    const { log, views, differences } = await verify(app.app.get<EventStore>(EVENT_STORE), app.app.get(Views));
    expect(differences).toEqual([]);
    expect(log.returns).toBe(orders);
    expect(views.map(({ view }) => view)).toEqual(
      expect.arrayContaining(['refunds', 'refund-latency', 'returns-board', 'receiving-queue']),
    );
  });
});

/** A return that is filed and not handed in yet. */
async function handedInLater(): Promise<string> {
  orders += 1;
  const orderId = `FIN-${orders}`;
  const placedAt = '2026-03-01T10:00:00.000Z';
  const line = { lineId: 'l1', sku: 'SKU-1', title: 'Shirt', quantity: 3, deliveredAt: placedAt, paid: { netMinor: 2400, taxMinor: 600 } };
  const payments = [{ paymentId: 'p1', provider: 'simulated', reference: `sim_ok_${orderId}`, method: 'card', capturedMinor: 3000 }];
  ok(
    await app.call('PUT', `/v1/orders/${orderId}`, {
      number: orderId,
      placedAt,
      currency: 'EUR',
      customer: { name: 'Ada Example', email: 'ada@example.org' },
      lines: [line],
      payments,
    }),
    201,
  );
  const lines = [{ lineId: 'l1', quantity: 1, reason: 'changed_mind', condition: 'opened' }];
  return ok(
    await app.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, { lines, outcome: 'original_payment', method: 'in_store' }),
    201,
  ).returnId;
}
