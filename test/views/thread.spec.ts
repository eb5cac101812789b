/** Views that a thread of their own keeps up to date, as the service runs them on its own log. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import type { Position } from '../../src/eventing/event-store.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { openViewDatabase, type Database } from '../../src/eventing/sql/database.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { ViewThread } from '../../src/eventing/view-thread.js';
import { Views } from '../../src/eventing/views.js';
import { returnsModel } from '../../src/returns/rules/returns.decider.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { registerEvents, registerViews } from '../../src/view-registry.js';
import { card, file, order, wish } from '../rules/returns.scenes.js';
import { context } from '../support/counter-model.js';
import { compiled, removeCompiledService } from '../support/service-process.js';
import { testFolder } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';

describe('views in a thread of their own', () => {
  let worker: URL;
  let folder: string;
  let remove: () => Promise<void>;
  let store: EmbeddedEventStore;
  let database: Database;
  let views: Views;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    worker = pathToFileURL(join(await compiled(), 'dist/views.worker.js'));
  });
  afterAll(async () => {
    await removeCompiledService();
  });
  beforeEach(async () => {
    ({ folder, remove } = await testFolder());
    store = EmbeddedEventStore.open(folder);
  });
  afterEach(async () => {
    await views.stop();
    await database.close();
    await store.close();
    await remove();
  });

  async function serve(): Promise<void> {
    database = openViewDatabase(folder);
    const catalogue = new EventCatalogue();
    registerEvents(catalogue);
    const thread = new ViewThread(() => new Worker(worker, { workerData: { dataDir: folder, log: store.share() } }));
    views = new Views(store, database, catalogue, { thread, waitMs: 20_000 });
    registerViews(views);
    await views.start({ run: true });
  }
  async function filed(orderId: string): Promise<Position> {
    const executor = new CommandExecutor(store);
    await executor.execute(returnsModel, returnsStream(orderId), order({ payments: [card(3370)] }), context());
    const { position } = await executor.execute(returnsModel, returnsStream(orderId), file([wish('cap')], { orderId }), context());
    if (position === null) throw new Error('nothing appended');
    return position;
  }
  const returns = async (min?: Position): Promise<number> =>
    (
      await views.read('returns-board', min, async (db, tables) => {
        const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(tables('returns'))}`.execute(db);
        return rows[0]?.count ?? 0;
      })
    ).result;
  /** As if something in the thread had thrown that nobody caught. */
  async function end(): Promise<void> {
    const { thread } = views;
    if (thread === undefined) throw new Error('There is no thread');
    const gone = new Promise((resolve) => thread.once('exit', resolve));
    thread.postMessage({ ask: 'reach', view: 'none-of-ours', position: 'start', timeoutMs: 0 });
    await gone;
  }
  const stateOf = (view: string) => views.status().find(({ name }) => name === view);

  it('show a write to whoever names its position', async () => {
    await serve();
    expect(await returns(await filed('O-1'))).toBe(1);
    expect(await returns(await filed('O-2'))).toBe(2);
    expect(stateOf('returns-board')).toMatchObject({ state: 'live', error: null });
  });

  it('go on from their checkpoints when the thread ends, and count nothing twice', async () => {
    await serve();
    for (let round = 0; round < 6; round += 1) {
      const last = await Promise.all(Array.from({ length: 20 }, (_, n) => filed(`O-${round}-${n}`)));
      await end();
      expect(stateOf('returns-board')).toMatchObject({ state: 'catching-up', error: expect.stringContaining('is started again') });
      const newest = last.reduce((a, b) => (a > b ? a : b));
      expect(await returns(newest)).toBe(20 * (round + 1));
    }
    await waitFor(() => views.status().every(({ state }) => state === 'live'), 'all views');
    const names = views.status().map(({ name }) => name);
    const compared = await views.compare(names, () => undefined);
    expect(compared).toEqual(names.map((view) => expect.objectContaining({ view, differences: [] })));
  });

  it('tell whoever rebuilds one how far it is, and whoever waits when it has ended', async () => {
    await serve();
    await returns(await filed('O-1'));
    const seen = jest.fn();
    await views.rebuild('returns-board', seen);
    expect(seen).toHaveBeenCalledWith(expect.objectContaining({ view: 'returns-board' }));
    expect(await returns()).toBe(1);
    await views.startRebuild('returns-board');
    expect(stateOf('returns-board')).toMatchObject({ state: 'rebuilding' });
    await waitFor(() => stateOf('returns-board')?.state === 'live', 'the new build');
    const refused = expect(views.rebuild('returns-board', () => undefined)).rejects.toThrow('The thread of the views ended');
    await end();
    await refused;
    await waitFor(() => stateOf('returns-board')?.state === 'live', 'the view');
    expect(await returns()).toBe(1);
  });

  it('refuse another log as they do in the main thread', async () => {
    await serve();
    await returns(await filed('O-1'));
    await views.stop();
    await database.close();
    await store.close();
    const other = await testFolder();
    store = EmbeddedEventStore.open(other.folder);
    await expect(serve()).rejects.toMatchObject({ name: 'LogMismatchError' });
    await store.close();
    await other.remove();
    store = EmbeddedEventStore.open(folder);
    await serve();
    expect(await returns()).toBe(1);
  });
});
