import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSqlite } from '../../src/eventing/sql/sqlite.js';
import type { Readiness } from '../../src/http/health.js';
import type { ViewsAnswer, ViewStateAnswer } from '../../src/http/views.controller.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { startApp, type TestApp } from '../support/app.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import { testFolder } from '../support/test-store.js';
import { soon, waitFor } from '../support/wait-for.js';
import { ok, orderBody, returnBody, START } from './shop-front.js';

describe('Requests answered by one part of the service and work done by another (ROLE), with EventStoreDB and one data folder', () => {
  let double: EventStoreDbDouble;
  let data: Awaited<ReturnType<typeof testFolder>>;
  let api: TestApp;
  let worker: TestApp;
  const start = (role: string): Promise<TestApp> =>
    startApp({ clock: () => new Date(START) }, { ROLE: role, EVENTSTORE_URL: double.url, DATA_DIR: data.folder });
  beforeAll(async () => {
    double = await EventStoreDbDouble.start();
    data = await testFolder();
    api = await start('api');
  });
  afterAll(async () => {
    await api.close();
    await worker.close();
    await double.stop();
    await data.remove();
  });

  const look = (returnId: string): Promise<PresentedReturn> => ok(api.call<PresentedReturn>('GET', `/v1/returns/${returnId}`));
  const until = (returnId: string, status: string) => waitFor(async () => (await look(returnId)).status === status, `the return ${status}`);
  const file = async (orderId: string): Promise<string> => {
    await ok(api.call('PUT', `/v1/orders/${orderId}`, orderBody()), 201);
    return (
      await ok(api.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody({ shirt: 1 }, { method: 'label' })), 201)
    ).returnId;
  };

  it('takes orders and returns before any worker is there, which then does what is owed', async () => {
    await ok(api.call('PUT', '/v1/policy', {}));
    const returnId = await file('A-1');
    expect((await api.call('GET', '/v1/returns')).status).toBe(503);
    worker = await start('worker');
    await until(returnId, 'label_issued');
  });

  it('shows what was just written, though another process writes the views', async () => {
    const returnId = await file('A-2');
    const { headers } = await api.call('POST', `/v1/returns/${returnId}/receipts`, {
      scanId: 's1',
      station: 'dock-1',
      items: [{ lineId: 'shirt', quantity: 1 }],
    });
    const board = await ok(
      api.call<{ items: { returnId: string }[] }>('GET', '/v1/returns', undefined, { 'x-min-position': headers.get('x-position') ?? '' }),
    );
    expect(board.items.map((item) => item.returnId)).toContain(returnId);
    await until(returnId, 'refunded');
    await waitFor(async () => (await api.call('GET', '/health/ready')).status === 200, 'readiness');
  });

  it('knows a new key everywhere within moments', async () => {
    const key = await api.keyFor('finance');
    await waitFor(async () => (await worker.as(key)('GET', '/v1/finance/liability')).status === 200, 'the key to be known');
  });

  it('lets one worker at a time do the work, and the next go on where it stopped', async () => {
    await expect(start('worker')).rejects.toThrow(/already in use/);
    await expect(start('all')).rejects.toThrow(/already in use/);
    await worker.close();
    const returnId = await file('A-3');
    worker = await start('worker');
    await until(returnId, 'label_issued');
    expect(double.log.stream('returns-A-3').filter(({ type }) => type === 'LabelIssued')).toHaveLength(1);
  });

  const wrongAt = async (app: TestApp): Promise<readonly string[]> => (await app.call<Readiness>('GET', '/health/ready')).body.wrong!;
  /** Undefined while it cannot be asked: both parts run in this process here, and one that waits for a lock holds up the other. */
  const boardAt = async (app: TestApp): Promise<ViewStateAnswer | undefined> =>
    (await app.call<ViewsAnswer>('GET', '/v1/views')).body.views?.find(({ name }) => name === 'returns-board');

  it('tells of a view that the worker cannot write, with the reason, and of its end', async () => {
    await file('A-4');
    const lock = openSqlite(join(data.folder, 'views.sqlite'));
    try {
      lock.exec('begin exclusive');
      await file('A-5');
      await soon(async () => expect(await wrongAt(api)).toContain('view returns-board cannot be read or written just now'));
      const error = expect.stringContaining('is locked by another program');
      await soon(async () => expect(await boardAt(api)).toMatchObject({ state: 'cannot_write', error }));
    } finally {
      lock.close();
    }
    await soon(async () => expect(await wrongAt(api)).toEqual([]));
    await soon(async () => expect(await boardAt(api)).toMatchObject({ state: 'live', error: null }));
  });

  it('tells that the views fall behind when the worker is gone', async () => {
    await worker.close();
    try {
      await file('A-6');
      await soon(async () => expect((await boardAt(api))?.lagSeconds).toBeGreaterThan(1));
    } finally {
      worker = await start('worker');
    }
    await soon(async () => expect((await boardAt(api))?.lagSeconds).toBe(0));
  });

  it('tells of a view that has stopped in the worker, and at which event', async () => {
    const [good] = double.log.stream('returns-A-1');
    double.log.append('returns-A-7', -1, [{ ...good!, id: randomUUID(), data: Buffer.from('{"at":"2026-03-01T00:00:00Z"}') }]);
    await soon(async () => expect(await wrongAt(api)).toContain('view returns-board has stopped at an event it cannot take'));
    const error = expect.stringContaining('stopped at event OrderRegistered');
    await soon(async () => expect(await boardAt(api)).toMatchObject({ state: 'failed', error }));
    expect((await boardAt(api))?.error).toBe((await boardAt(worker))?.error);
  });

  it('is refused with the embedded log, which is for one process', async () => {
    for (const role of ['api', 'worker']) await expect(startApp({}, { ROLE: role })).rejects.toThrow(`ROLE=${role} needs EVENTSTORE_URL`);
  });
});
