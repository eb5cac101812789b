import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Module, type OnModuleInit } from '@nestjs/common';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import type { Projection } from '../../src/eventing/projection.js';
import { table, text } from '../../src/eventing/sql/table.js';
import { Views } from '../../src/eventing/views.js';
import type { ViewsAnswer, ViewStateAnswer } from '../../src/http/views.controller.js';
import type { BoardAnswer } from '../../src/operations/returns-board.dto.js';
import { returnsModel } from '../../src/returns/rules/returns.decider.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../../src/returns/rules/returns.fold.js';
import { file, order, wish } from '../rules/returns.scenes.js';
import { startApp, type Call, type TestApp } from '../support/app.js';
import { context } from '../support/counter-model.js';
import { reins, type Reins } from '../support/reins.js';
import { testStore, type TestStore } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';
import { ok, orderBody, returnBody, START } from './shop-front.js';

/** A view of orders that can be made to stumble. */
const stumbling = { now: false };
const ordersSeen: Projection<FoldedOrder> = {
  name: 'orders-seen',
  version: 1,
  tables: [table({ name: 'rows', columns: { id: text() }, key: ['id'] })],
  fold: returnsFold,
  handles: new Set(['OrderRegistered']),
  apply: () => {
    if (stumbling.now) throw new Error('it stumbled');
    return [];
  },
};
@Module({})
class StumblingModule implements OnModuleInit {
  constructor(private readonly views: Views) {}
  onModuleInit(): void {
    this.views.register(ordersSeen);
  }
}

describe('Views, as an admin sees them', () => {
  let log: TestStore;
  let rein: Reins;
  let service: TestApp;
  let call: Call;
  beforeAll(async () => {
    log = await testStore();
    rein = reins(log.store);
    service = await startApp({ eventStore: log.store, imports: [StumblingModule], clock: () => new Date(START) });
    call = service.call;
    for (let n = 1; n <= 4; n += 1) {
      await ok(call('PUT', `/v1/orders/A-${n}`, orderBody({ number: `#${n}` })), 201);
      await ok(call('POST', `/v1/orders/A-${n}/returns`, returnBody({ shirt: 1 })), 201);
    }
  });
  afterEach(() => {
    rein.isHeld = false;
  });
  afterAll(async () => {
    await service.close();
    await log.dispose();
  });

  const views = (): Promise<ViewsAnswer> => ok(call<ViewsAnswer>('GET', '/v1/views'));
  const view = async (name: string): Promise<ViewStateAnswer | undefined> => (await views()).views.find((each) => each.name === name);
  const rebuild = (name: string) => call<ViewStateAnswer>('POST', `/v1/views/${name}/rebuild`, {});

  it('are all named with how they stand, and so are the processes', async () => {
    await service.caughtUp();
    await waitFor(async () => (await views()).views.every(({ state }) => state === 'live'), 'live views');
    await waitFor(async () => (await views()).processes.every(({ state }) => state === 'running'), 'running processes');
    const answer = await views();
    expect(answer.views.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['returns-board', 'refunds', 'receiving-queue', 'orders-seen']),
    );
    expect(await waitFor(async () => (await view('orders-seen'))?.eventsApplied === 4)).toBe(true);
    expect(await view('orders-seen')).toEqual({
      name: 'orders-seen',
      version: 1,
      state: 'live',
      lagSeconds: expect.any(Number),
      eventsApplied: 4,
      position: expect.any(String),
      progress: null,
      error: null,
      rebuildError: null,
    });
    expect(answer.processes.map(({ name }) => name)).toContain('refund-payout');
    expect(answer.processes.every(({ state, failing, lastError }) => state === 'running' && failing === 0 && lastError === null)).toBe(
      true,
    );
  });

  it('can be rebuilt while the old build answers, with progress to be seen, once at a time', async () => {
    // How far a build has come is told by what the one before it has seen.
    await service.caughtUp();
    Object.assign(rein, { isHeld: true, allowed: 0 });
    const first = await rebuild('returns-board');
    expect([first.status, first.body]).toEqual([202, expect.objectContaining({ name: 'returns-board', state: 'rebuilding', progress: 0 })]);
    const shares: number[] = [];
    for (const allowed of [3, 6, 9]) {
      rein.allowed = allowed;
      shares.push(
        await waitFor(async () => {
          const { progress } = (await view('returns-board')) ?? {};
          return typeof progress === 'number' && progress > (shares.at(-1) ?? 0) ? progress : undefined;
        }, 'progress'),
      );
      expect((await ok(call<BoardAnswer>('GET', '/v1/returns'))).items).toHaveLength(4);
      expect((await rebuild('returns-board')).status).toBe(202);
    }
    expect(shares.at(-1)).toBeLessThan(1);
    const filed = await call('POST', '/v1/orders/A-1/returns', returnBody({ mug: 1 }));
    const position = { 'x-min-position': filed.headers.get('x-position') ?? '' };
    expect((await ok(call<BoardAnswer>('GET', '/v1/returns', undefined, position))).items).toHaveLength(5);
    rein.isHeld = false;
    await waitFor(async () => (await view('returns-board'))?.state === 'live', 'the new build');
    expect((await ok(call<BoardAnswer>('GET', '/v1/returns', undefined, position))).items).toHaveLength(5);
  });

  it('that failed come back by a rebuild; until the cause is mended the rebuild says why it broke off', async () => {
    stumbling.now = true;
    await ok(call('PUT', '/v1/orders/A-9', orderBody({ number: '#9' })), 201);
    const failed = await waitFor(async () => [await view('orders-seen')].find((each) => each?.state === 'failed'), 'the failed view');
    expect(failed.error).toContain('it stumbled');
    expect((await call('GET', '/health/ready')).text).not.toContain('it stumbled');
    await rebuild('orders-seen');
    const stillFailed = await waitFor(
      async () => [await view('orders-seen')].find((each) => each?.state === 'failed'),
      'the rebuild to break off',
    );
    expect([stillFailed.error, stillFailed.rebuildError]).toEqual([
      expect.stringContaining('it stumbled'),
      expect.stringContaining('it stumbled'),
    ]);
    stumbling.now = false;
    await rebuild('orders-seen');
    await waitFor(async () => (await view('orders-seen'))?.state === 'live', 'the mended view');
    expect(await view('orders-seen')).toMatchObject({ eventsApplied: 5, error: null, rebuildError: null });
    await waitFor(async () => (await call('GET', '/health/ready')).status === 200, 'a ready service');
  });

  it('that nobody knows are not found', async () => {
    expect((await rebuild('nonsense')).status).toBe(404);
  });

  it('are not rebuilt by a process that only answers requests', async () => {
    const other = await testStore();
    const api = await startApp({ eventStore: other.store }, { ROLE: 'api', EVENTSTORE_URL: 'esdb://nowhere.example:2113' });
    try {
      const answer = await api.call('POST', '/v1/views/returns-board/rebuild', {});
      expect([answer.status, answer.text]).toEqual([409, expect.stringContaining('ROLE=api')]);
    } finally {
      await api.close();
      await other.dispose();
    }
  });
});

describe('Views that are built for the first time', () => {
  let log: TestStore;
  let rein: Reins;
  let service: TestApp;
  beforeAll(async () => {
    log = await testStore();
    const executor = new CommandExecutor(log.store);
    for (const orderId of ['O-1', 'O-2', 'O-3', 'O-4']) {
      await executor.execute(returnsModel, returnsStream(orderId), order(), context());
      await executor.execute(returnsModel, returnsStream(orderId), file([wish('cap')], { orderId }), context());
    }
    rein = Object.assign(reins(log.store), { isHeld: true, allowed: 4 });
    service = await startApp({ eventStore: log.store });
  });
  afterAll(async () => {
    rein.isHeld = false;
    await service.close();
    await log.dispose();
  });
  const board = async () => (await service.call<ViewsAnswer>('GET', '/v1/views')).body.views.find(({ name }) => name === 'returns-board');

  it('answer nothing before they have seen the whole log, and say how much of it they have seen', async () => {
    await waitFor(async () => ((await board())?.progress ?? 0) > 0, 'progress');
    expect(await board()).toMatchObject({ state: 'catching-up', progress: expect.any(Number), error: null });
    const asked = await service.call('GET', '/v1/returns');
    expect([asked.status, asked.headers.get('retry-after'), asked.body]).toEqual([
      503,
      expect.any(String),
      expect.objectContaining({ code: 'view_behind', detail: expect.stringMatching(/being built from the log \(\d+ % done\)/) }),
    ]);
    const ready = await service.call('GET', '/health/ready');
    expect([ready.status, ready.body['wrong']]).toEqual([
      503,
      expect.arrayContaining([expect.stringMatching(/^view returns-board is being built from the log \(\d+ % done\)$/)]),
    ]);
  });

  it('answer once they have', async () => {
    rein.isHeld = false;
    await waitFor(async () => (await service.call('GET', '/health/ready')).status === 200, 'a ready service');
    expect((await ok(service.call<BoardAnswer>('GET', '/v1/returns'))).items).toHaveLength(4);
  });
});
