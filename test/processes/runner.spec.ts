import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { Processes, type ProcessLogEntry, type ProcessOptions } from '../../src/eventing/process-runner.js';
import { openDatabase, type Database } from '../../src/eventing/sql/database.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { Views } from '../../src/eventing/views.js';
import { AT, context } from '../support/counter-model.js';
import { errandModel, errandProcess, Provider, report, type Perform } from '../support/errand-process.js';
import { testStore, type TestStore } from '../support/test-store.js';
import { soon, waitFor } from '../support/wait-for.js';

const STREAM = 'errands-1';
const NEVER = new Promise<never>(() => undefined);

/** One run of the service. */
type Run = {
  readonly processes: Processes;
  readonly views: Views;
  readonly database: Database;
  stop(boundMs?: number): Promise<void>;
};

describe('a process', () => {
  let test: TestStore;
  let executor: CommandExecutor;
  let provider: Provider;
  let log: ProcessLogEntry[];
  let nowMs: number;
  const runs: Run[] = [];

  async function serve(perform: Perform, options: ProcessOptions & { readonly concurrency?: number } = {}): Promise<Run> {
    const database = openDatabase(join(test.folder, 'views.sqlite'));
    const catalogue = new EventCatalogue();
    catalogue.register(errandModel);
    const views = new Views(test.store, database, catalogue);
    const processes = new Processes(test.store, views, {
      backOffMs: 4,
      now: () => nowMs,
      log: (entry) => log.push(entry),
      ...options,
    });
    processes.register(errandProcess(perform, options.concurrency));
    await views.start({ run: true });
    await processes.start();
    const run: Run = {
      processes,
      views,
      database,
      stop: async (boundMs = 1000) => {
        runs.splice(runs.indexOf(run), 1);
        await processes.stop(boundMs);
        await views.stop();
        await database.close();
      },
    };
    runs.push(run);
    return run;
  }
  /** As if the process had been killed: what hangs is left hanging. */
  const kill = (run: Run) => run.stop(0);
  async function order(...errands: readonly { errand: string; dueAt?: string; lane?: string }[]): Promise<void> {
    await executor.execute(errandModel, STREAM, { type: 'order', at: AT, errands }, context());
  }
  const done = async () =>
    (await executor.history(errandModel, STREAM)).filter(({ type }) => type === 'ErrandDone').map(({ data }) => data['errand']);
  const allDone = (count: number) => waitFor(async () => (await done()).length >= count, `${count} errands done`);
  const statusOf = async (run: Run) => (await run.processes.status())[0];
  const settled = (run: Run) => waitFor(async () => (await statusOf(run))?.pending === 0, 'nothing owed');
  /** The usual errand: call the provider, report the receipt. */
  const errand: Perform = async ({ key, payload }) => report(executor, payload.stream, payload.errand, provider.call(key));

  beforeEach(async () => {
    test = await testStore();
    executor = new CommandExecutor(test.store, { backOffMs: 1 });
    provider = new Provider();
    log = [];
    nowMs = Date.parse(AT);
  });
  afterEach(async () => {
    for (const run of [...runs]) await run.stop(0);
    await test.dispose();
  });

  it('does what the log says is owed, and each thing once', async () => {
    await order({ errand: 'a' }, { errand: 'b' });
    const run = await serve(errand);
    await allDone(2);
    await order({ errand: 'c' });
    await allDone(3);
    await settled(run);
    expect(provider.calls.toSorted()).toEqual(['a', 'b', 'c']);
    expect(await statusOf(run)).toMatchObject({
      name: 'errands',
      state: 'running',
      pending: 0,
      due: 0,
      failing: 0,
      oldestDueSeconds: 0,
      lastError: null,
    });
    expect(log).toEqual([]);
  });

  it('does nothing before its to-dos are those of the whole log', async () => {
    // The view of its to-dos is there, and what happened since is not yet in it.
    const before = await serve(errand);
    await before.views.waitFor('errands-todos', 'start', 5000);
    await before.stop();
    await order({ errand: 'a' }, { errand: 'b' });
    await report(executor, STREAM, 'a', 'by another');
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    test.store.streams = undefined;
    const all = test.store.subscribe.bind(test.store);
    test.store.subscribe = async function* (after, { signal }) {
      // One event, then the view is kept from going on.
      for await (const batch of all(after, { batchSize: 1, signal })) {
        yield batch;
        await gate;
      }
    };
    const run = await serve(errand);
    await waitFor(() => run.views.status()[0]?.eventsApplied === 1);
    run.processes.wake();
    expect(await statusOf(run)).toMatchObject({ state: 'waiting', pending: 1, due: 1, inFlight: 0 });
    open();
    await allDone(2);
    expect(provider.calls).toEqual(['b']);
  });

  it('tries again under the same key after failures, with growing pauses', async () => {
    await order({ errand: 'a' });
    const attempts: number[] = [];
    const run = await serve(async (todo, attempt, signal) => {
      attempts.push(attempt);
      if (attempt < 4) throw new Error('provider is down');
      return errand(todo, attempt, signal);
    });
    await allDone(1);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect(log.map(({ event, key, attempt, error }) => ({ event, key, attempt, error }))).toEqual(
      [1, 2, 3].map((attempt) => ({ event: 'attempt_failed', key: 'a', attempt, error: 'Error: provider is down' })),
    );
    log.forEach(({ retryInMs }, index) => {
      expect(retryInMs).toBeGreaterThanOrEqual(2 * 2 ** index);
      expect(retryInMs).toBeLessThanOrEqual(4 * 2 ** index);
    });
    await settled(run);
  });

  it('shows what fails', async () => {
    await order({ errand: 'a' }, { errand: 'b' });
    nowMs += 90_000;
    const run = await serve(async (todo, ...rest) => (todo.key === 'a' ? Promise.reject(new Error('down')) : errand(todo, ...rest)), {
      backOffMs: 60_000,
    });
    await allDone(1);
    await soon(async () =>
      expect(await statusOf(run)).toMatchObject({
        pending: 1,
        due: 1,
        inFlight: 0,
        failing: 1,
        oldestDueSeconds: 90,
        lastError: 'Error: down',
      }),
    );
  });

  it('runs lanes side by side and within a lane one at a time', async () => {
    await order(
      ...['1', '2', '3'].flatMap((n) => [
        { errand: `x${n}`, lane: 'x' },
        { errand: `y${n}`, lane: 'y' },
      ]),
    );
    const running = new Map<string, number>();
    const run = await serve(async (todo, ...rest) => {
      running.set(todo.lane, (running.get(todo.lane) ?? 0) + 1);
      expect(running.get(todo.lane)).toBe(1);
      // Would one lane wait for the other, the first of it would not be let go.
      await waitFor(() => running.size === 2, 'both lanes under way');
      await errand(todo, ...rest);
      running.set(todo.lane, 0);
    });
    await allDone(6);
    await settled(run);
    expect(provider.calls.filter((key) => key.startsWith('x'))).toEqual(['x1', 'x2', 'x3']);
    expect(log).toEqual([]);
  });

  it('is not held up by a slow one, and never runs more than it may', async () => {
    await order({ errand: 'slow' }, ...Array.from({ length: 40 }, (_, index) => ({ errand: `e${index}` })));
    let inFlight = 0;
    let most = 0;
    let finishSlow = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      finishSlow = resolve;
    });
    await serve(
      async (todo, ...rest) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        await (todo.key === 'slow' ? slow : waitFor(() => most === 8, 'as many under way as may be'));
        await errand(todo, ...rest);
        inFlight -= 1;
      },
      { concurrency: 8 },
    );
    await allDone(40);
    expect(await done()).not.toContain('slow');
    finishSlow();
    await allDone(41);
    expect(most).toBe(8);
  });

  it('waits until a to-do is due', async () => {
    const later = new Date(nowMs + 60_000).toISOString();
    await order({ errand: 'later', dueAt: later }, { errand: 'now' });
    const run = await serve(errand);
    await allDone(1);
    expect(await statusOf(run)).toMatchObject({ pending: expect.any(Number), due: expect.any(Number) });
    await waitFor(async () => (await statusOf(run))?.pending === 1);
    expect(provider.calls).toEqual(['now']);
    nowMs += 60_000;
    run.processes.wake();
    await allDone(2);
  });

  it('is woken by the clock itself', async () => {
    await order({ errand: 'soon', dueAt: new Date(Date.now() + 60).toISOString() });
    await serve(errand, { now: Date.now });
    await allDone(1);
  });

  it('tries later, not at once, what is owed even after it was recorded', async () => {
    await order({ errand: 'a' });
    const run = await serve(async (todo, attempt, signal) => (attempt === 1 ? undefined : errand(todo, attempt, signal)));
    await allDone(1);
    await settled(run);
    expect(log).toMatchObject([{ event: 'still_owed_after_recording', key: 'a' }]);
  });

  describe('that crashes', () => {
    const once = async (): Promise<void> => {
      await allDone(1);
      const run = await serve(errand);
      await settled(run);
      expect(provider.done.size).toBe(1);
      expect(await done()).toEqual(['a']);
    };

    it('before the call: the effect happens once, after the restart', async () => {
      await order({ errand: 'a' });
      let reached = false;
      const first = await serve(async () => {
        reached = true;
        await NEVER;
      });
      await waitFor(() => reached);
      await kill(first);
      expect(provider.calls).toEqual([]);
      const second = await serve(errand);
      await allDone(1);
      await second.stop();
      await once();
      expect(provider.calls).toEqual(['a']);
    });

    it('after the call, before recording it: the provider is asked again with the same key and does it once', async () => {
      await order({ errand: 'a' });
      const first = await serve(async ({ key }) => {
        provider.call(key);
        await NEVER;
      });
      await waitFor(() => provider.calls.length === 1);
      await kill(first);
      expect(await done()).toEqual([]);
      const second = await serve(errand);
      await allDone(1);
      await second.stop();
      await once();
      expect(provider.calls).toEqual(['a', 'a']);
    });

    it('after recording, before the to-dos know: it is not asked again', async () => {
      await order({ errand: 'a' });
      test.store.streams = undefined;
      const all = test.store.subscribe.bind(test.store);
      test.store.subscribe = async function* (...from) {
        for await (const batch of all(...from)) {
          if (batch.events.some(({ type }) => type === 'ErrandDone')) await NEVER;
          yield batch;
        }
      };
      const first = await serve(errand);
      await allDone(1);
      await first.processes.stop(1000);
      expect((await statusOf(first))?.pending).toBe(1);
      runs.splice(runs.indexOf(first), 1);
      await first.database.close();
      test.store.subscribe = all;
      await once();
      expect(provider.calls).toEqual(['a']);
    });

    it('and is killed at every step in turn still ends with one outcome', async () => {
      await order({ errand: 'a' });
      for (let step = 0; step < 6; step += 1) {
        const run = await serve(async (todo, ...rest) => {
          if (step % 3 === 0) return NEVER;
          const receipt = provider.call(todo.key);
          if (step % 3 === 1) return NEVER;
          await report(executor, todo.payload.stream, todo.payload.errand, receipt);
          return errand(todo, ...rest);
        });
        await waitFor(
          async () => (await statusOf(run))?.state === 'running' && ((await statusOf(run))?.inFlight === 1 || (await done()).length === 1),
        );
        await kill(run);
      }
      await once();
    });
  });

  describe('that is stopped', () => {
    it('finishes what is under way and takes nothing new', async () => {
      await order({ errand: 'a', lane: 'x' }, { errand: 'b', lane: 'x' });
      let finish = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const run = await serve(async (...todo) => {
        await gate;
        await errand(...todo);
      });
      await waitFor(async () => (await statusOf(run))?.inFlight === 1);
      const stopped = run.stop(5000);
      finish();
      await stopped;
      expect(await done()).toEqual(['a']);
    });

    it('tells what takes too long to end, and says what was left', async () => {
      await order({ errand: 'a' }, { errand: 'deaf' });
      let told = false;
      const run = await serve(async ({ key }, _attempt, signal) => {
        await new Promise((_, reject) => {
          if (key === 'a') signal.addEventListener('abort', () => reject(new Error('stopped')));
        }).catch((error: unknown) => {
          told = true;
          throw error;
        });
      });
      await waitFor(async () => (await statusOf(run))?.inFlight === 2);
      await run.stop(20);
      expect(told).toBe(true);
      expect(log).toContainEqual({ process: 'errands', event: 'stopped_before_recording', key: 'deaf' });
    });
  });
});
