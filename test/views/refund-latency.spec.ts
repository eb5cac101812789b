import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import type { Place } from '../../src/eventing/sql/keyset.js';
import { GROUPINGS, type Grouping } from '../../src/finance/latency-groups.js';
import { refundLatencyProjection } from '../../src/finance/refund-latency.projection.js';
import { latencyGroups, latencyReturns, openBefore, type LatencyFilter } from '../../src/finance/refund-latency.queries.js';
import { refundsProjection } from '../../src/finance/refunds.projection.js';
import { spansOf, STAGES, type Span } from '../../src/finance/stages.js';
import { projectionKit } from '../support/projection-kit.js';
import { histories, play, type History } from './refunds.histories.js';
import { batchesOf, openView, type View } from './refunds.view.js';

let view: View;
beforeAll(async () => {
  view = await openView(refundLatencyProjection);
});
beforeEach(() => view.clear());
afterAll(() => view.dispose());

const EVERYTHING: LatencyFilter = { from: null, to: null, stage: undefined, dimensions: {} };
/** Enough runs to meet everything, and no shrinking: a counterexample of hundreds of steps takes minutes to shrink. */
const RUNS = { numRuns: 25, endOnFailure: true };
/** A long and busy history, the same every time. */
const BUSY = Array.from({ length: 500 }, (_, index) => ({
  order: index % 4,
  what: (index * 37) % 1000,
  pick: (index * 7919) % 10_000,
  waitMs: ((index * 31) % 11) * 5_000_000,
}));

const exactSpans = ({ states }: History): readonly Span[] => [...states.values()].flatMap((state) => state.returns.flatMap(spansOf));
const nearestRank = (sorted: readonly number[], percent: number): number =>
  sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1]!;
const groups = (groupBy: Grouping, nowMs: number, filter = EVERYTHING) => latencyGroups(view.db, view.tables, filter, groupBy, nowMs);

describe('the refund latency view', () => {
  it('gives percentiles within 1 % of the exact ones of the folded returns, and counts exactly', async () => {
    let completed = 0;
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }), async (steps, sizes) => {
        const history = play(steps);
        await view.clear();
        for (const batch of batchesOf(history.events, sizes)) await view.apply(batch);
        const [all] = await groups('none', history.endMs);
        for (const stage of all!.stages) {
          const spans = exactSpans(history).filter((span) => span.stage === stage.stage);
          const seconds = spans
            .flatMap(({ startedMs, endedMs }) => (endedMs === null ? [] : [(endedMs - startedMs) / 1000]))
            .sort((a, b) => a - b);
          const open = spans.filter(({ endedMs }) => endedMs === null);
          expect([stage.count, stage.open]).toEqual([seconds.length, open.length]);
          const { customer, carrier, merchant, bank } = stage.holders;
          expect(customer + carrier + merchant + bank).toBe(open.length);
          expect(stage.openOldestSeconds).toBe(
            open.length === 0 ? null : (history.endMs - Math.min(...open.map(({ startedMs }) => startedMs))) / 1000,
          );
          expect(stage.sumSeconds).toBeCloseTo(
            seconds.reduce((sum, each) => sum + each, 0),
            3,
          );
          expect(stage.openSeconds).toBeCloseTo(
            open.reduce((sum, { startedMs }) => sum + (history.endMs - startedMs) / 1000, 0),
            3,
          );
          if (seconds.length === 0) continue;
          for (const [percent, found] of [
            [50, stage.p50],
            [90, stage.p90],
            [95, stage.p95],
            [99, stage.p99],
            [100, stage.max],
          ] as const) {
            const exact = nearestRank(seconds, percent);
            expect(Math.abs(found! - exact)).toBeLessThanOrEqual(exact * 0.01);
          }
          completed += stage.stage === 'total' ? stage.count : 0;
        }
      }),
      RUNS,
    );
    // How many differs from run to run by dozens; none at all would say that the comparison saw nothing.
    expect(completed).toBeGreaterThan(0);
  });

  it('adds up: the groups of every grouping are the whole, and the rows behind each number are as many as it says', async () => {
    const { events, endMs } = play(BUSY);
    await view.apply(events);
    const [all] = await groups('none', endMs);
    for (const groupBy of GROUPINGS) {
      const parts = await groups(groupBy, endMs);
      for (const [index, stage] of STAGES.entries()) {
        const sum = (field: 'count' | 'open' | 'sumSeconds'): number =>
          parts.reduce<number>((total, { stages }) => total + stages[index]![field], 0);
        expect(sum('sumSeconds')).toBeCloseTo(all!.stages[index]!.sumSeconds, 3);
        expect([groupBy, stage, sum('count'), sum('open')]).toEqual([groupBy, stage, all!.stages[index]!.count, all!.stages[index]!.open]);
      }
      for (const { key, stages } of parts) {
        for (const { stage, count, open } of stages) {
          const behind = (state: 'completed' | 'open') =>
            latencyReturns(
              view.db,
              view.tables,
              { ...EVERYTHING, stage: stage as Span['stage'] },
              { groupBy, key: groupBy === 'none' ? undefined : key, state },
              { limit: 1000, after: undefined },
              endMs,
            );
          expect([(await behind('completed')).length, (await behind('open')).length]).toEqual([count, open]);
        }
      }
      expect([groupBy, parts.length > 1]).toEqual([groupBy, groupBy !== 'none']);
    }
  });

  it('narrows to a period by the day a stage began, and does not forget the open cases before it', async () => {
    const { events, endMs, states } = play(BUSY);
    await view.apply(events);
    const spans = [...states.values()].flatMap((state) => state.returns.flatMap(spansOf)).filter(({ stage }) => stage === 'total');
    const days = [...new Set(spans.map(({ startedMs }) => new Date(startedMs).toISOString().slice(0, 10)))].sort();
    const from = days[Math.floor(days.length / 2)]!;
    const within = spans.filter(({ startedMs }) => startedMs >= Date.parse(from));
    const filter = { ...EVERYTHING, from };
    const [group] = await groups('none', endMs, filter);
    expect([group!.count, group!.open]).toEqual([
      within.filter(({ endedMs }) => endedMs !== null).length,
      within.filter(({ endedMs }) => endedMs === null).length,
    ]);
    const earlier = spans.filter(({ startedMs, endedMs }) => endedMs === null && startedMs < Date.parse(from));
    expect(earlier.length).toBeGreaterThan(0);
    expect(await openBefore(view.db, view.tables, filter, endMs)).toEqual({
      count: earlier.length,
      oldestSeconds: (endMs - Math.min(...earlier.map(({ startedMs }) => startedMs))) / 1000,
    });
  });

  it('lists the slowest first, page by page, with exact durations', async () => {
    const { events, endMs, states } = play(BUSY);
    await view.apply(events);
    const exact = [...states.values()]
      .flatMap((state) => state.returns.flatMap(spansOf))
      .filter(({ stage, endedMs }) => stage === 'entitlement' && endedMs !== null);
    const seen: number[] = [];
    let after: Place | undefined;
    do {
      const page = await latencyReturns(
        view.db,
        view.tables,
        { ...EVERYTHING, stage: 'entitlement' },
        { groupBy: 'none', key: undefined, state: 'completed' },
        { limit: 3, after },
        endMs,
      );
      const shown = page.slice(0, 2);
      seen.push(...shown.map(({ row }) => row.seconds));
      const last = shown.at(-1);
      after = page.length > 2 ? last?.place : undefined;
    } while (after !== undefined);
    expect(seen).toEqual(exact.map(({ startedMs, endedMs }) => (endedMs! - startedMs) / 1000).sort((a, b) => b - a));
    expect(seen.length).toBeGreaterThan(4);
  });

  it('has the same rows whatever the batches were: what was revoked leaves no trace', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }), async (steps, sizes) => {
        const { events } = play(steps);
        await view.clear();
        for (const batch of batchesOf(events, sizes)) await view.apply(batch);
        const piecewise = await view.rows();
        await view.clear();
        await view.apply(events);
        expect(piecewise).toEqual(await view.rows());
        const { rows } = await sql<{
          least: number | null;
        }>`select min(observations) as least from ${sql.table(view.tables('sketches'))}`.execute(view.db);
        expect(rows[0]!.least ?? 1).toBeGreaterThanOrEqual(1);
      }),
      RUNS,
    );
  });

  it('and the refunds view stay as they are under redelivery, restart and rebuild by the real runner', async () => {
    const { events } = play(BUSY);
    for (const open of [() => projectionKit(refundLatencyProjection), () => projectionKit(refundsProjection)]) {
      const kit = await open();
      try {
        for (const { streamId, type, data, metadata } of events)
          await kit.happened(streamId, { type, data, occurredAt: metadata.occurredAt });
        await kit.expectRepeatable();
      } finally {
        await kit.dispose();
      }
    }
  });
});
