import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { RecordedEvent } from '../../src/eventing/event-store.js';
import type { Place } from '../../src/eventing/sql/keyset.js';
import { ageing, OWED_STATES, owedItems } from '../../src/finance/ageing.queries.js';
import { AGE_BUCKETS, type BalancesAnswer, type OwedPayoutAnswer } from '../../src/finance/refunds.dto.js';
import { OWED_OR_PAID, refundsProjection } from '../../src/finance/refunds.projection.js';
import { balancesAt, refundItems } from '../../src/finance/refunds.queries.js';
import { foldReturns } from '../../src/returns/rules/returns.fold.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { livePayouts } from '../../src/returns/rules/returns.status.js';
import { histories, Log, orderIdOf, play, registered, terms } from './refunds.histories.js';
import { batchesOf, openView, type View } from './refunds.view.js';

const DAY_MS = 86_400_000;
let view: View;
beforeAll(async () => {
  view = await openView(refundsProjection);
});
beforeEach(() => view.clear());
afterAll(() => view.dispose());

const FIELD = {
  blocked: 'blockedMinor',
  entitled: 'entitledMinor',
  submitted: 'submittedMinor',
  pending: 'pendingMinor',
  in_doubt: 'inDoubtMinor',
  parked: 'parkedMinor',
  failed: 'failedMinor',
  succeeded: 'paidMinor',
} as const;
type Naive = Record<string, Record<string, number>>;

/** The liability the slow and obvious way: fold every stream as of the instant and add up what its refunds say. */
function naive(events: readonly RecordedEvent[], asOfMs: number): Naive {
  const states = new Map<string, ReturnsState>();
  for (const event of events) {
    if (Date.parse(event.metadata.occurredAt) <= asOfMs) states.set(event.streamId, foldReturns(states.get(event.streamId), event));
  }
  const sums: Naive = {};
  for (const state of states.values()) {
    for (const { blocked } of state.returns) {
      if (blocked === null) continue;
      sums[state.order!.currency] ??= {};
      sums[state.order!.currency]!['blockedMinor'] = (sums[state.order!.currency]!['blockedMinor'] ?? 0) + blocked.amountMinor;
    }
    for (const refund of state.returns.flatMap((ret) => ret.refunds)) {
      for (const [index, payout] of livePayouts(refund).entries()) {
        const currency = state.order!.currency;
        const bonus = payout.destination === 'store_credit' && index === 0 ? refund.breakdown.bonusMinor : 0;
        sums[currency] ??= {};
        sums[currency][FIELD[payout.state]] = (sums[currency][FIELD[payout.state]] ?? 0) + payout.amountMinor + bonus;
      }
    }
  }
  return sums;
}

function nonZero(balances: readonly BalancesAnswer[]): Naive {
  const sums: Naive = {};
  for (const { currency, ...balance } of balances) {
    const fields = Object.values(FIELD).filter((field) => balance[field] !== 0);
    if (fields.length > 0) sums[currency] = Object.fromEntries(fields.map((field) => [field, balance[field]]));
    expect(balance.owedMinor + balance.paidMinor).toBe(balance.totalMinor);
  }
  return sums;
}

const withoutZeros = (sums: Naive): Naive =>
  Object.fromEntries(
    Object.entries(sums)
      .map(([currency, fields]) => [currency, Object.fromEntries(Object.entries(fields).filter(([, amount]) => amount !== 0))] as const)
      .filter(([, fields]) => Object.keys(fields).length > 0),
  );

const total = (payouts: readonly { readonly amountMinor: number }[]): number =>
  payouts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** Every payout as it stood, read page by page. */
async function payoutsAt(asOfMs: number, filter: Parameters<typeof owedItems>[3]) {
  const found: OwedPayoutAnswer[] = [];
  let after: Place | undefined;
  for (;;) {
    const page = await owedItems(view.db, view.tables, asOfMs, filter, { limit: 3, after });
    found.push(...page.map(({ row }) => row));
    if (page.length < 3) return found;
    after = page.at(-1)?.place;
  }
}

describe('refund liability', () => {
  it('is at every instant, to the cent, what the streams folded as of that instant say', async () => {
    const statesSeen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        async (steps, moments) => {
          const { events, endMs } = play(steps);
          await view.clear();
          for (const batch of batchesOf(events, [1, 7, 3, 40])) await view.apply(batch);
          const startMs = Date.parse(events[0]!.metadata.occurredAt);
          for (const share of [...moments, 1]) {
            const asOfMs = Math.floor(startMs + share * (endMs - startMs));
            const { currencies, days } = await balancesAt(view.db, view.tables, asOfMs, '2026-01-01');
            expect(nonZero(currencies)).toEqual(withoutZeros(naive(events, asOfMs)));
            for (const balance of currencies) expect(days.findLast((day) => day.currency === balance.currency)).toMatchObject(balance);
          }
          const { rows } = await sql<{
            to_state: string | null;
          }>`select distinct to_state from ${sql.table(view.tables('movements'))}`.execute(view.db);
          for (const { to_state } of rows) statesSeen.add(String(to_state));
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
    // The histories must not be poor ones.
    expect([...statesSeen].sort()).toEqual([...Object.keys(FIELD), 'null'].sort());
  });

  it('names at every instant the payouts behind what was owed, and how old they were then', async () => {
    await fc.assert(
      fc.asyncProperty(
        histories,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
        async (steps, moments) => {
          const { events, endMs } = play(steps);
          await view.clear();
          await view.apply(events);
          const startMs = Date.parse(events[0]!.metadata.occurredAt);
          for (const share of [...moments, 1]) {
            const asOfMs = Math.floor(startMs + share * (endMs - startMs));
            const behind = await payoutsAt(asOfMs, { states: OWED_OR_PAID });
            const sums: Naive = {};
            for (const { currency, state, amountMinor } of behind) {
              const field = FIELD[state as keyof typeof FIELD];
              sums[currency] = { ...sums[currency], [field]: (sums[currency]?.[field] ?? 0) + amountMinor };
            }
            expect(sums).toEqual(withoutZeros(naive(events, asOfMs)));
            for (const { currency, amountMinor, buckets } of await ageing(view.db, view.tables, asOfMs)) {
              const owed = await Promise.all(AGE_BUCKETS.map((bucket) => payoutsAt(asOfMs, { states: OWED_STATES, currency, bucket })));
              expect(owed.map(total)).toEqual(buckets.map((each) => each.amountMinor));
              expect(owed.map(total).reduce((sum, each) => sum + each, 0)).toBe(amountMinor);
            }
          }
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it('gives the same rows whatever the batches were', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }), async (steps, sizes) => {
        const { events } = play(steps);
        await view.clear();
        for (const batch of batchesOf(events, sizes)) await view.apply(batch);
        const piecewise = await view.rows();
        await view.clear();
        await view.apply(events);
        expect(piecewise).toEqual(await view.rows());
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('shows the end of every day on which something moved', async () => {
    const log = paidReturn();
    await view.apply(log.events);
    const { days } = await balancesAt(view.db, view.tables, log.nowMs, '2026-01-01');
    expect(
      days.map(({ day, entitledMinor, submittedMinor, paidMinor, owedMinor, totalMinor }) => ({
        day,
        entitledMinor,
        submittedMinor,
        paidMinor,
        owedMinor,
        totalMinor,
      })),
    ).toEqual([
      { day: '2026-01-05', entitledMinor: 1192, submittedMinor: 0, paidMinor: 0, owedMinor: 1192, totalMinor: 1192 },
      { day: '2026-01-06', entitledMinor: 0, submittedMinor: 1192, paidMinor: 0, owedMinor: 1192, totalMinor: 1192 },
      { day: '2026-01-08', entitledMinor: 0, submittedMinor: 0, paidMinor: 1192, owedMinor: 0, totalMinor: 1192 },
    ]);
    const later = await balancesAt(view.db, view.tables, log.nowMs, '2026-01-07');
    expect(later.days.map(({ day }) => day)).toEqual(['2026-01-08']);
    expect(later.opening).toMatchObject([{ currency: 'EUR', submittedMinor: 1192, owedMinor: 1192, paidMinor: 0 }]);
  });

  it('takes a late failure back out of what is paid, and owes it again', async () => {
    const log = paidReturn();
    log.nowMs += DAY_MS;
    const [refund] = log.stateOf(0).returns[0]!.refunds;
    const key = refund!.payouts[0]!.key!;
    log.run(0, {
      type: 'RecordPayoutOutcome',
      at: log.at,
      returnId: refund!.returnId,
      refundId: refund!.refundId,
      paymentId: 'card',
      key,
      outcome: { kind: 'declined', code: 'account_closed' },
    });
    await view.apply(log.events);
    const now = await balancesAt(view.db, view.tables, log.nowMs, '2026-01-01');
    expect(now.currencies).toMatchObject([
      { currency: 'EUR', failedMinor: 1192, paidMinor: 0, owedMinor: 1192, owedPayouts: 1, paidPayouts: 0 },
    ]);
    const before = await balancesAt(view.db, view.tables, log.nowMs - 1, '2026-01-01');
    expect(before.currencies).toMatchObject([{ failedMinor: 0, paidMinor: 1192, owedMinor: 0 }]);
    const [row] = await refundItems(
      view.db,
      view.tables,
      { state: ['failed'] },
      { limit: 10, after: undefined, sort: 'newest' },
      log.nowMs,
    );
    expect(row!.row).toMatchObject({
      refundId: refund!.refundId,
      state: 'failed',
      code: { code: 'account_closed' },
      declines: 1,
      amountMinor: 1192,
      currency: 'EUR',
      provider: 'simulated',
    });
  });

  it('shows what is owed by age since the entitlement, adding up to the liability', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.integer({ min: 0, max: 40 * DAY_MS }), async (steps, laterMs) => {
        const { events, endMs } = play(steps);
        await view.clear();
        await view.apply(events);
        const nowMs = endMs + laterMs;
        const aged = await ageing(view.db, view.tables, nowMs);
        const { currencies } = await balancesAt(view.db, view.tables, nowMs, '2026-01-01');
        expect(aged.map(({ currency, amountMinor, count }) => [currency, amountMinor, count])).toEqual(
          currencies
            .filter((each) => each.owedPayouts > 0)
            .map(({ currency, owedMinor, owedPayouts }) => [currency, owedMinor, owedPayouts]),
        );
        const oldest = await refundItems(
          view.db,
          view.tables,
          { state: OWED_OR_PAID },
          { limit: 10_000, after: undefined, sort: 'newest' },
          nowMs,
        );
        for (const { currency, buckets } of aged) {
          const ages = oldest
            .map(({ row }) => row)
            .filter((row) => row.currency === currency && row.state !== 'succeeded')
            .map((row) => row.ageSeconds / 86_400);
          const within = (from: number, to: number): number => ages.filter((days) => days >= from && days < to).length;
          expect(buckets.map(({ count }) => count)).toEqual([
            within(0, 1),
            within(1, 3),
            within(3, 7),
            within(7, 14),
            within(14, 30),
            within(30, Infinity),
          ]);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('pages through the refunds, newest first, each exactly once', async () => {
    const log = new Log();
    for (const order of [0, 1, 2, 3]) {
      log.run(order, registered(order));
      for (const number of [1, 2]) {
        log.nowMs += 60_000;
        receivedReturn(log, order, number);
      }
    }
    await view.apply(log.events);
    const seen: string[] = [];
    let after: Place | undefined;
    do {
      const page = await refundItems(view.db, view.tables, {}, { limit: 3, after, sort: 'newest' }, log.nowMs);
      seen.push(...page.map(({ row }) => `${row.refundId} ${row.paymentId}`));
      after = page.at(-1)?.place;
    } while (after !== undefined);
    // The gift card, charged last, has 1426 to give: the second refund of 1191 takes what is left of it and the card.
    const newestFirst = [3, 2, 1, 0].flatMap((order) =>
      ['R2-F1 card', 'R2-F1 gift', 'R1-F1 gift'].map((each) => `${orderIdOf(order)}-${each}`),
    );
    expect([...seen].sort()).toEqual([...newestFirst].sort());
    expect(seen.map((each) => each.split(' ')[0])).toEqual(newestFirst.map((each) => each.split(' ')[0]));
  });
});

/** Files, approves and receives one unit of line L1, refunded through the card or gift card. */
function receivedReturn(log: Log, order: number, number: number): string {
  const returnId = `${orderIdOf(order)}-R${number}`;
  const { at } = log;
  const lines = [
    { lineId: 'L1', units: [number - 1], reason: 'too_small', fault: 'customer', condition: 'opened', noteRef: null, photoRefs: [] },
  ] as const;
  log.write(order, [
    {
      type: 'ReturnRequested',
      data: {
        at,
        returnId,
        lines,
        outcome: 'original_payment',
        method: 'in_store',
        carrier: 'builtin',
        terms: terms({ tenderOrder: 'reverseCapture' }),
        quotedMinor: 1192,
      },
    },
    { type: 'ReturnApproved', data: { at, returnId, by: 'policy', ruleIds: [] } },
  ]);
  log.run(order, {
    type: 'ReceiveItems',
    at,
    returnId,
    station: 'S1',
    clerk: 'c',
    scanId: `scan-${returnId}`,
    trackingNumber: null,
    items: [{ lineId: 'L1', barcode: null, quantity: 1 }],
  });
  return returnId;
}

/** Received on the 5th, submitted on the 6th, paid on the 8th. */
function paidReturn(): Log {
  const log = new Log();
  const order = registered(0);
  if (order.type !== 'RegisterOrder') throw new Error('not an order');
  log.run(0, {
    ...order,
    payments: [{ paymentId: 'card', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 9426 }],
  });
  const returnId = receivedReturn(log, 0, 1);
  const refundId = `${returnId}-F1`;
  log.nowMs += DAY_MS;
  log.run(0, { type: 'SubmitPayout', at: log.at, returnId, refundId, paymentId: 'card' });
  log.nowMs += 2 * DAY_MS;
  const key = log.stateOf(0).returns[0]!.refunds[0]!.payouts[0]!.key!;
  log.run(0, {
    type: 'RecordPayoutOutcome',
    at: log.at,
    returnId,
    refundId,
    paymentId: 'card',
    key,
    outcome: { kind: 'succeeded', providerRefundId: 're_1' },
  });
  return log;
}
