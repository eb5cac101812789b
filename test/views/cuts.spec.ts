import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { labelProcess } from '../../src/carriers/label.process.js';
import type { RecordedEvent } from '../../src/eventing/event-store.js';
import type { Projection } from '../../src/eventing/projection.js';
import { todoProjection } from '../../src/eventing/todo-projection.js';
import { refundLatencyProjection } from '../../src/finance/refund-latency.projection.js';
import { refundsProjection } from '../../src/finance/refunds.projection.js';
import { returnExpiryProcess } from '../../src/operations/expiry.process.js';
import { returnRatesProjection } from '../../src/operations/return-rates.projection.js';
import { returnsBoardProjection } from '../../src/operations/returns-board.projection.js';
import { payoutProcess } from '../../src/payments/payout.process.js';
import { orderNumbersProjection } from '../../src/portal/order-numbers.projection.js';
import type { FoldedOrder } from '../../src/returns/rules/returns.fold.js';
import { receivingQueueProjection } from '../../src/warehouse/receiving-queue.projection.js';
import { histories, play } from './refunds.histories.js';
import { batchesOf, openView, type View } from './refunds.view.js';

const nothing = (): never => {
  throw new Error('Nobody performs anything here');
};
const processes = [
  labelProcess({ queries: nothing, commands: nothing, carriers: nothing, outside: nothing, clock: nothing } as never),
  payoutProcess({ queries: nothing, commands: nothing, providers: nothing, outside: nothing, clock: nothing } as never),
  returnExpiryProcess(nothing as never, nothing),
];
const projections: readonly Projection<FoldedOrder>[] = [
  returnsBoardProjection,
  returnRatesProjection,
  refundLatencyProjection,
  refundsProjection,
  receivingQueueProjection,
  orderNumbersProjection,
  ...processes.map((process) => todoProjection(process)),
];

/** What the runner hands on: streams in which something the projection handles has happened. */
const asTheRunnerDoes = (projection: Projection<FoldedOrder>): Projection<FoldedOrder> => ({
  ...projection,
  apply: (changes) => projection.apply(changes.filter(({ events }) => events.some(({ type }) => projection.handles.has(type)))),
});

describe.each(projections.map((projection) => [projection.name, projection] as const))('The rows of %s', (_name, projection) => {
  let all: View;
  let handled: View;
  beforeAll(async () => {
    all = await openView(projection);
    handled = await openView(asTheRunnerDoes(projection));
  });
  afterAll(async () => {
    await all.dispose();
    await handled.dispose();
  });
  const bookkeeping = new Set(projection.tables.flatMap((table) => table.bookkeeping ?? []));
  const rowsOf = async (view: View) =>
    Object.entries(await view.rows()).map(([table, rows]) => [
      table,
      rows.map((row) => Object.entries(JSON.parse(String(row)) as object).filter(([column]) => !bookkeeping.has(column))),
    ]);
  const rowsAfter = async (view: View, batches: readonly (readonly RecordedEvent[])[]) => {
    await view.clear();
    for (const batch of batches) await view.apply(batch);
    return rowsOf(view);
  };

  it('hang on what happened alone: not on where batches were cut, nor on events it does not handle', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        const { events } = play(steps);
        const whole = await rowsAfter(all, [events]);
        expect(await rowsAfter(all, batchesOf(events, [1]))).toEqual(whole);
        expect(await rowsAfter(handled, batchesOf(events, [1, 3, 17]))).toEqual(whole);
      }),
      { numRuns: 12, seed: 20261130 },
    );
  });

  // What is forgotten may be made good by the next event, so every single one is looked at.
  it('stay as they are at an event that the view does not handle', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (steps) => {
        await all.clear();
        for (const event of play(steps).events) {
          const before = projection.handles.has(event.type) ? undefined : await rowsOf(all);
          await all.apply([event]);
          if (before !== undefined) expect(await rowsOf(all)).toEqual(before);
        }
      }),
      { numRuns: 6, seed: 20261130, endOnFailure: true },
    );
  });
});
