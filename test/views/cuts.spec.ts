import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordedEvent } from '../../src/eventing/event-store.js';
import type { Projection } from '../../src/eventing/projection.js';
import type { FoldedOrder } from '../../src/returns/rules/returns.fold.js';
import { RETURNS_VIEWS } from '../../src/view-registry.js';
import { histories, play } from './refunds.histories.js';
import { batchesOf, openView, type View } from './refunds.view.js';

/** What the runner hands on: streams in which something the projection handles has happened. */
const asTheRunnerDoes = (projection: Projection<FoldedOrder>): Projection<FoldedOrder> => ({
  ...projection,
  apply: (changes) => projection.apply(changes.filter(({ events }) => events.some(({ type }) => projection.handles.has(type)))),
});

describe.each(RETURNS_VIEWS.map((projection) => [projection.name, projection] as const))('The rows of %s', (_name, projection) => {
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
