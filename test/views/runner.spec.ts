import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { StoreUnavailableError, UnknownOutcomeError, type Position } from '../../src/eventing/event-store.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import type { Projection } from '../../src/eventing/projection.js';
import { openDatabase, type Database } from '../../src/eventing/sql/database.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { LogMismatchError } from '../../src/eventing/view.js';
import { ViewBehindError, Views, type ViewLogEntry, type ViewsOptions } from '../../src/eventing/views.js';
import { clear, context, count, counterModel, type Counter } from '../support/counter-model.js';
import { counterProjection } from '../support/counter-projection.js';
import { projectionKit } from '../support/projection-kit.js';
import { testStore, type TestStore } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';

type Totals = readonly { readonly id: string; readonly total: number }[];

describe('a view', () => {
  let test: TestStore;
  let executor: CommandExecutor;
  const opened: { readonly views: Views; readonly database: Database }[] = [];

  /** The views of one run of the service; what it ran before is stopped first. */
  async function serve(
    projections: readonly Projection<Counter>[] = [counterProjection],
    options: ViewsOptions & { readonly run?: boolean } = {},
    store = test,
  ) {
    const database = openDatabase(join(test.folder, 'views.sqlite'));
    const catalogue = new EventCatalogue();
    catalogue.register(counterModel);
    const views = new Views(store.store, database, catalogue, options);
    opened.push({ views, database });
    for (const projection of projections) views.register(projection);
    await views.start({ run: options.run ?? true });
    return views;
  }
  async function stopAll(): Promise<void> {
    for (const { views, database } of opened.splice(0)) {
      await views.stop();
      await database.close();
    }
  }
  async function totals(views: Views, min?: Position, view = 'counters') {
    return views.read(view, min, async (db, tables): Promise<Totals> => {
      const { rows } = await sql<{ id: string; total: number }>`select id, total from ${sql.table(tables('rows'))} order by id`.execute(db);
      return rows.map((row) => ({ ...row }));
    });
  }
  async function counted(stream: string, by: number): Promise<Position> {
    const { position } = await executor.execute(counterModel, stream, count(by), context());
    if (position === null) throw new Error('nothing appended');
    return position;
  }
  const statusOf = (views: Views, view = 'counters') => views.status().find(({ name }) => name === view);

  beforeEach(async () => {
    test = await testStore();
    executor = new CommandExecutor(test.store, { backOffMs: 1 });
  });
  afterEach(async () => {
    await stopAll();
    await test.dispose();
  });

  it('shows a write to whoever names its position', async () => {
    const views = await serve();
    const position = await counted('counter-a', 4);
    expect(await totals(views, position)).toEqual({ result: [{ id: 'counter-a', total: 4 }], asOfPosition: position, lagSeconds: 0 });
    expect(statusOf(views)).toMatchObject({ state: 'live', position, eventsApplied: 1, error: null });
  });

  it('says it is behind when the position does not come in time', async () => {
    const views = await serve([counterProjection], { waitMs: 30 });
    const position = await counted('counter-a', 4);
    const later = `${Number(position) + 1}`.padStart(position.length, '0') as Position;
    await expect(totals(views, later)).rejects.toThrow(ViewBehindError);
  });

  it('goes on where it stopped, with the sums it had', async () => {
    await serve();
    await counted('counter-a', 4);
    await waitFor(() => opened[0]?.views.status()[0]?.eventsApplied === 1);
    await stopAll();
    await counted('counter-a', 4);
    const last = await counted('counter-b', 1);
    const views = await serve();
    expect((await totals(views, last)).result).toEqual([
      { id: 'counter-a', total: 8 },
      { id: 'counter-b', total: 1 },
    ]);
    expect(statusOf(views)).toMatchObject({ eventsApplied: 3 });
  });

  it('killed at any moment goes on from its checkpoint and counts nothing twice', async () => {
    const killed = await serve();
    for (let each = 0; each < 8; each += 1) await counted(`counter-${each % 2}`, 1);
    await totals(killed, (await test.store.head()) as Position);
    const { database } = opened.splice(0)[0]!;
    await database.close();
    const restarted = await serve([counterProjection], { batchSize: 3 });
    const last = await counted('counter-1', 5);
    expect((await totals(restarted, last)).result).toEqual([
      { id: 'counter-0', total: 4 },
      { id: 'counter-1', total: 9 },
    ]);
    const sizes = await restarted.read('counters', undefined, (db, tables) =>
      sql<{ size: number; times: number }>`select size, times from ${sql.table(tables('sizes'))} order by size`.execute(db),
    );
    expect(sizes.result.rows.map(({ size, times }) => [size, times])).toEqual([
      [1, 8],
      [5, 1],
    ]);
    expect(statusOf(restarted)).toMatchObject({ eventsApplied: 9 });
  });

  it('has the same rows when every batch comes twice, one by one, and after a rebuild', async () => {
    const kit = await projectionKit(counterProjection);
    try {
      for (let round = 0; round < 10; round += 1) {
        await kit.happened(`counter-${round % 3}`, { type: 'Counted', data: { by: round } }, { type: 'Counted', data: { by: 2 } });
      }
      await kit.happened('counter-1', { type: 'Cleared', data: {} });
      expect(await kit.rows('rows')).toEqual([
        { id: 'counter-0', total: 26 },
        { id: 'counter-1', total: 0 },
        { id: 'counter-2', total: 21 },
      ]);
      expect(await kit.rows('sizes')).toContainEqual({ size: 2, times: 11 });
      await kit.expectRepeatable();
    } finally {
      await kit.dispose();
    }
  });

  it('moves its checkpoint past events of others too', async () => {
    const onlyCleared = { ...counterProjection, name: 'cleared', handles: new Set(['Cleared']) };
    let views = await serve([onlyCleared]);
    const last = await counted('counter-a', 4);
    expect((await totals(views, last, 'cleared')).asOfPosition).toBe(last);
    await stopAll();
    views = await serve([onlyCleared], { run: false });
    expect((await totals(views, last, 'cleared')).asOfPosition).toBe(last);
  });

  it('is read by processes that do not run it', async () => {
    await serve();
    const reader = await serve([counterProjection], { run: false });
    const position = await counted('counter-a', 4);
    expect((await totals(reader, position)).result).toEqual([{ id: 'counter-a', total: 4 }]);
  });

  it('stops at an event it cannot apply, alone, and goes on after a restart with a mended release', async () => {
    const broken: Projection<Counter> = {
      ...counterProjection,
      name: 'broken',
      apply: (changes) => {
        if (changes.some(({ events }) => events.some(({ data }) => data['by'] === 13))) throw new Error('unlucky');
        return counterProjection.apply(changes);
      },
    };
    let views = await serve([broken, counterProjection]);
    await executor.execute(counterModel, 'counter-a', count(1), context());
    const poison = await counted('counter-a', 13);
    const last = await counted('counter-b', 2);
    expect((await totals(views, last)).result).toHaveLength(2);
    const failed = await waitFor(() => views.status().find(({ state }) => state === 'failed'));
    expect(failed).toMatchObject({ name: 'broken', eventsApplied: 1 });
    expect(failed.error).toContain(`event Counted, position ${poison}`);
    expect((await totals(views, undefined, 'broken')).result).toEqual([{ id: 'counter-a', total: 1 }]);
    await expect(totals(views, last, 'broken')).rejects.toThrow(ViewBehindError);
    await stopAll();
    views = await serve([{ ...counterProjection, name: 'broken' }]);
    expect((await totals(views, last, 'broken')).result).toEqual([
      { id: 'counter-a', total: 14 },
      { id: 'counter-b', total: 2 },
    ]);
  });

  it('is stopped loudly when another runner moves its checkpoint', async () => {
    const first = await serve();
    await totals(first, await counted('counter-a', 1));
    const second = await serve();
    await totals(second, undefined);
    const position = await counted('counter-a', 1);
    const failed = await waitFor(() => [first, second].find((each) => statusOf(each)?.state === 'failed'));
    expect(statusOf(failed)?.error).toContain('Another runner');
    const survivor = failed === first ? second : first;
    expect((await totals(survivor, position)).result).toEqual([{ id: 'counter-a', total: 2 }]);
    const { result } = await survivor.read('counters', undefined, (db, tables) =>
      sql<{ times: number }>`select times from ${sql.table(tables('sizes'))}`.execute(db),
    );
    expect(result.rows.map((row) => row.times)).toEqual([2]);
  });

  it('says once that storage stands in its way, and once that it goes on', async () => {
    const told: ViewLogEntry[] = [];
    const views = await serve([counterProjection], { log: (entry) => told.push(entry) });
    await totals(views);
    const { write } = opened[0]!.database;
    const begin = write.transaction.bind(write);
    let isFull = true;
    write.transaction = () => {
      const transaction = begin();
      const execute = transaction.execute.bind(transaction);
      transaction.execute = async (work) => {
        if (isFull) throw new StoreUnavailableError('the disk is full');
        return execute(work);
      };
      return transaction;
    };
    const position = await counted('counter-a', 4);
    await waitFor(() => statusOf(views)?.state === 'cannot_write');
    expect(statusOf(views)).toMatchObject({ state: 'cannot_write', error: 'the disk is full' });
    isFull = false;
    expect((await totals(views, position)).result).toEqual([{ id: 'counter-a', total: 4 }]);
    await waitFor(() => statusOf(views)?.state === 'live');
    expect(told.map(({ view, state, error }) => [view, state === 'cannot_write', error])).toEqual([
      ['counters', true, 'the disk is full'],
      ['counters', false, undefined],
    ]);
  });

  it('goes on where the database is after a commit of which nobody knows whether it happened', async () => {
    const handles = new Set(['Cleared']);
    const onlyCleared: Projection<Counter> = {
      ...counterProjection,
      name: 'cleared',
      handles,
      // Whether the others come in the same batch is chance.
      apply: (changes) =>
        counterProjection.apply(changes.map((change) => ({ ...change, events: change.events.filter(({ type }) => handles.has(type)) }))),
    };
    const views = await serve([onlyCleared]);
    await totals(views, undefined, 'cleared');
    const { write } = opened[0]!.database;
    const begin = write.transaction.bind(write);
    let lost = 0;
    write.transaction = () => {
      const transaction = begin();
      const execute = transaction.execute.bind(transaction);
      transaction.execute = async (work) => {
        const result = await execute(work);
        if (lost === 0) {
          lost += 1;
          throw new UnknownOutcomeError('the disk went away');
        }
        return result;
      };
      return transaction;
    };
    // Passed in memory alone, so that what the database says lies behind when the commit comes.
    await counted('counter-a', 4);
    await executor.execute(counterModel, 'counter-a', clear, context());
    await counted('counter-a', 4);
    const { position } = await executor.execute(counterModel, 'counter-a', clear, context());
    expect((await totals(views, position ?? undefined, 'cleared')).result).toEqual([{ id: 'counter-a', total: 0 }]);
    expect(lost).toBe(1);
    const sizes = await views.read('cleared', undefined, (db, tables) =>
      sql<{ size: number; times: number }>`select size, times from ${sql.table(tables('sizes'))} order by size`.execute(db),
    );
    expect(sizes.result.rows.map(({ size, times }) => [size, times])).toEqual([[0, 2]]);
    expect(statusOf(views, 'cleared')).toMatchObject({ state: 'live', error: null });
  });

  it('refuses another log than the one it was built from', async () => {
    const views = await serve();
    await totals(views, await counted('counter-a', 1));
    await stopAll();
    const other = await testStore();
    await expect(serve([counterProjection], {}, other)).rejects.toThrow(LogMismatchError);
    await other.dispose();
  });

  it('refuses to start on events no model declares', async () => {
    await expect(serve([{ ...counterProjection, handles: new Set(['Unheard']) }])).rejects.toThrow('handles Unheard');
  });

  describe('beside others of the same streams', () => {
    const named = (name: string): Projection<Counter> => ({ ...counterProjection, name });
    /** Who reads the log at this moment, and how often it was read stream by stream. */
    function readers() {
      const seen = { following: 0, wholeReads: 0 };
      const { streams } = test.store;
      const subscribe = test.store.subscribe.bind(test.store);
      test.store.subscribe = async function* (...from) {
        seen.following += 1;
        try {
          yield* subscribe(...from);
        } finally {
          seen.following -= 1;
        }
      };
      test.store.streams = (...from) => {
        seen.wholeReads += 1;
        return streams!(...from);
      };
      return seen;
    }

    it('shares the reading of the log, and its folding', async () => {
      for (let each = 0; each < 5; each += 1) await counted(`counter-${each}`, 1);
      const reading = readers();
      const readByCommands = test.store.reads;
      const views = await serve([named('one'), named('two'), named('three')]);
      await waitFor(() => views.status().every(({ state }) => state === 'live'));
      const last = await counted('counter-0', 2);
      for (const view of ['one', 'two', 'three'])
        expect((await totals(views, last, view)).result).toContainEqual({ id: 'counter-0', total: 3 });
      expect(reading).toEqual({ following: 1, wholeReads: 1 });
      expect(test.store.reads).toBe(readByCommands);
    });

    it('comes later, catches up by itself and joins them', async () => {
      const before = await serve([named('one')]);
      await totals(before, await counted('counter-0', 1), 'one');
      await stopAll();
      const reading = readers();
      const views = await serve([named('one'), named('late')], { batchSize: 1 });
      await waitFor(() => views.status().every(({ state }) => state === 'live'));
      const last = await counted('counter-0', 2);
      for (const view of ['one', 'late']) expect((await totals(views, last, view)).result).toEqual([{ id: 'counter-0', total: 3 }]);
      await waitFor(() => reading.following === 1, 'one reader');
      await Promise.all([views.rebuild('one', () => undefined), views.rebuild('late', () => undefined)]);
      await waitFor(() => reading.following === 1, 'one reader');
      // The late one, and the rebuilds together.
      expect(reading.wholeReads).toBe(2);
      for (const view of ['one', 'late']) expect((await totals(views, last, view)).result).toEqual([{ id: 'counter-0', total: 3 }]);
    });

    it('whose statements the database refuses is set apart; they go on', async () => {
      const refused: Projection<Counter> = {
        ...named('refused'),
        apply: (changes) =>
          counterProjection
            .apply(changes)
            .map((write) => (changes[0]!.after.total > 5 ? { ...write, table: { ...write.table, name: 'nowhere' } } : write)),
      };
      const views = await serve([named('one'), refused, named('two')]);
      await totals(views, await counted('counter-a', 5), 'refused');
      const last = await counted('counter-a', 1);
      for (const view of ['one', 'two']) expect((await totals(views, last, view)).result).toEqual([{ id: 'counter-a', total: 6 }]);
      const failed = await waitFor(() => [statusOf(views, 'refused')].find((each) => each?.state === 'failed'));
      expect(failed?.error).toContain(`event Counted, position ${last}`);
      expect((await totals(views, undefined, 'refused')).result).toEqual([{ id: 'counter-a', total: 5 }]);
    });

    it('goes on where each of them stands, when they stand at different places', async () => {
      const names = ['one', 'two', 'three'];
      for (const [index] of names.entries()) {
        const views = await serve(names.slice(0, index + 1).map(named));
        const last = await counted('counter-a', 1);
        for (const view of names.slice(0, index + 1)) await totals(views, last, view);
        await stopAll();
      }
      await serve([named('one')]).then(async (views) => totals(views, await counted('counter-a', 1), 'one'));
      await stopAll();
      const views = await serve(names.map(named));
      const last = await counted('counter-a', 1);
      for (const view of names) {
        expect((await totals(views, last, view)).result).toEqual([{ id: 'counter-a', total: 5 }]);
        const { result } = await views.read(view, last, (db, tables) =>
          sql<{ times: number }>`select times from ${sql.table(tables('sizes'))}`.execute(db),
        );
        expect(result.rows.map(({ times }) => times)).toEqual([5]);
      }
    });
  });

  describe('built anew', () => {
    const doubled: Projection<Counter> = {
      ...counterProjection,
      version: 2,
      apply: (changes) =>
        counterProjection.apply(changes.map((change) => ({ ...change, after: { ...change.after, total: change.after.total * 2 } }))),
    };

    it('in a new version lets the old one answer until it has caught up', async () => {
      let views = await serve();
      const last = await counted('counter-a', 7);
      await totals(views, last);
      await stopAll();
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const slow = test.store.subscribe.bind(test.store);
      test.store.subscribe = async function* (...from) {
        await gate;
        yield* slow(...from);
      };
      views = await serve([doubled]);
      expect((await totals(views)).result).toEqual([{ id: 'counter-a', total: 7 }]);
      expect(statusOf(views)).toMatchObject({ state: 'rebuilding', version: 2 });
      open();
      await waitFor(() => statusOf(views)?.state === 'live');
      expect((await totals(views, last)).result).toEqual([{ id: 'counter-a', total: 14 }]);
      const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table' and name like 'counters%'`.execute(
        opened.at(-1)!.database.read,
      );
      expect(rows.map(({ name }) => name).sort()).toEqual(['counters_g2_rows', 'counters_g2_sizes']);
    });

    it('in a new version goes on after an interruption', async () => {
      let views = await serve();
      for (let each = 0; each < 20; each += 1) await counted('counter-a', 1);
      await totals(views, (await test.store.head()) as Position);
      await stopAll();
      views = await serve([doubled], { batchSize: 1 });
      await stopAll();
      views = await serve([doubled], { batchSize: 1 });
      await waitFor(() => statusOf(views)?.state === 'live');
      expect((await totals(views)).result).toEqual([{ id: 'counter-a', total: 40 }]);
      expect(statusOf(views)?.eventsApplied).toBe(20);
    });

    it('on request keeps answering, follows what happens meanwhile and reports how far it is', async () => {
      const views = await serve([counterProjection], { batchSize: 5 });
      for (let each = 0; each < 30; each += 1) await counted(`counter-${each}`, 1);
      await totals(views, (await test.store.head()) as Position);
      const seen: number[] = [];
      const rebuilt = views.rebuild('counters', ({ eventsSeen, eventsExpected }) => {
        seen.push(eventsSeen);
        expect(eventsExpected).toBeGreaterThanOrEqual(30);
      });
      const meanwhile = await counted('counter-a', 5);
      expect((await totals(views, meanwhile)).result).toHaveLength(31);
      await rebuilt;
      expect(seen.length).toBeGreaterThan(3);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      const after = await counted('counter-a', 5);
      expect((await totals(views, after)).result).toContainEqual({ id: 'counter-a', total: 10 });
      expect((await totals(views)).result).toHaveLength(31);
    });

    it('in the background is given up when the service stops, at whatever moment; the old build stays', async () => {
      for (let each = 0; each < 20; each += 1) await counted('counter-a', 1);
      for (const turns of [0, 1, 3, 10, 30]) {
        const views = await serve([counterProjection], { batchSize: 1 });
        await totals(views, (await test.store.head()) as Position);
        void views.startRebuild('counters');
        void views.startRebuild('counters');
        expect(statusOf(views)?.state).toBe('rebuilding');
        for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        await stopAll();
      }
      const views = await serve();
      expect((await totals(views, await counted('counter-a', 1))).result).toEqual([{ id: 'counter-a', total: 21 }]);
      const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table' and name like 'counters%'`.execute(
        opened.at(-1)!.database.read,
      );
      expect(rows).toHaveLength(2);
    });

    it('on request and then not put in its place leaves the old build answering and following', async () => {
      const views = await serve();
      await totals(views, await counted('counter-a', 3));
      const { write, read } = opened.at(-1)!.database;
      await sql`create trigger full before update on active_views begin select raise(abort, 'the disk is full'); end`.execute(write);
      await expect(views.rebuild('counters', () => undefined)).rejects.toThrow('the disk is full');
      expect((await totals(views, await counted('counter-a', 4))).result).toEqual([{ id: 'counter-a', total: 7 }]);
      await waitFor(() => statusOf(views)?.state === 'live');
      const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table' and name like 'counters%'`.execute(
        read,
      );
      expect(rows).toHaveLength(2);
      await sql`drop trigger full`.execute(write);
      await views.rebuild('counters', () => undefined);
      expect((await totals(views, await counted('counter-a', 1))).result).toEqual([{ id: 'counter-a', total: 8 }]);
    });

    it('on request mends a view that failed', async () => {
      let unlucky = true;
      const broken: Projection<Counter> = {
        ...counterProjection,
        apply: (changes) => {
          if (unlucky) throw new Error('unlucky');
          return counterProjection.apply(changes);
        },
      };
      const views = await serve([broken]);
      const last = await counted('counter-a', 3);
      await waitFor(() => statusOf(views)?.state === 'failed');
      await expect(views.rebuild('counters', () => undefined)).rejects.toThrow('unlucky');
      unlucky = false;
      await views.rebuild('counters', () => undefined);
      expect((await totals(views, last)).result).toEqual([{ id: 'counter-a', total: 3 }]);
      expect(statusOf(views)).toMatchObject({ state: 'live', error: null });
    });
  });

  it('follows a cleared counter in the same batch as its counting', async () => {
    await Promise.all([1, 2, 3].map((by) => executor.execute(counterModel, 'counter-a', count(by), context())));
    await executor.execute(counterModel, 'counter-a', clear, context());
    const views = await serve();
    expect((await totals(views, (await test.store.head()) as Position)).result).toEqual([{ id: 'counter-a', total: 0 }]);
  });
});
