import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Readiness } from '../../src/http/health.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import { removeCompiledService, runCli, startService, type ServiceProcess } from '../support/service-process.js';
import { waitFor } from '../support/wait-for.js';
import { orderBody } from './shop-front.js';

const WAITS = 'views and processes wait for the event log since the start';

describe('A service that starts before its EventStoreDB', () => {
  let double: EventStoreDbDouble;
  let port: number;
  let dataDir: string;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'backhaul-late-'));
    double = await EventStoreDbDouble.start();
    port = double.network.port;
  });
  afterEach(async () => {
    await double.stop();
    rmSync(dataDir, { recursive: true });
  });
  afterAll(() => removeCompiledService());

  const start = (role: string): Promise<ServiceProcess> =>
    startService(dataDir, { ROLE: role, EVENTSTORE_URL: `esdb://127.0.0.1:${port}?tls=false` });
  const readiness = async (service: ServiceProcess): Promise<Readiness> =>
    (await (await service.call('GET', '/health/ready')).json()) as Readiness;
  async function stopped(service: ServiceProcess): Promise<{ code: number | null; ms: number }> {
    const begun = performance.now();
    service.kill('SIGTERM');
    return { code: await service.exited, ms: performance.now() - begun };
  }

  it.each(['worker', 'all'])('as ROLE=%s waits for it, says so, and works once it is there', async (role) => {
    await double.network.down();
    const service = await start(role);
    expect((await readiness(service)).wrong).toContain(WAITS);
    expect((await service.call('PUT', '/v1/orders/A-1', orderBody())).status).toBe(503);
    expect((await service.call('GET', '/v1/returns')).status).toBe(503);
    await waitFor(() => /Waiting for the event log.+trying again in/.test(service.output()), 'a line in the log');
    await double.network.up(port);
    await waitFor(async () => (await readiness(service)).ready, 'readiness', 30_000);
    expect((await service.call('PUT', '/v1/orders/A-1', orderBody())).status).toBe(201);
    await waitFor(async () => (await service.call('GET', '/v1/returns')).status === 200, 'the board');
    expect((await stopped(service)).code).toBe(0);
  });

  it('stops at once while it waits, for one that is not there and for one that is frozen', async () => {
    await double.network.down();
    const waiting = await start('worker');
    expect(await stopped(waiting)).toMatchObject({ code: 0 });
    await double.network.up(port);
    double.network.freeze();
    const frozen = await start('worker');
    const { code, ms } = await stopped(frozen);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5000);
  });

  it('is not waited for by a command of the CLI, which says what cannot be reached', async () => {
    await double.network.down();
    const env = process.env['EVENTSTORE_URL'];
    process.env['EVENTSTORE_URL'] = `esdb://127.0.0.1:${port}?tls=false`;
    try {
      expect(await runCli(['rebuild'], dataDir)).toMatchObject({
        code: 1,
        output: expect.stringContaining('EventStoreDB could not be read'),
      });
    } finally {
      if (env === undefined) delete process.env['EVENTSTORE_URL'];
      else process.env['EVENTSTORE_URL'] = env;
    }
  });
});
