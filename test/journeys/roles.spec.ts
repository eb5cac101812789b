import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { startApp, type TestApp } from '../support/app.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import { testFolder } from '../support/test-store.js';
import { waitFor } from '../support/wait-for.js';
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

  it('is refused with the embedded log, which is for one process', async () => {
    for (const role of ['api', 'worker']) await expect(startApp({}, { ROLE: role })).rejects.toThrow(`ROLE=${role} needs EVENTSTORE_URL`);
  });
});
