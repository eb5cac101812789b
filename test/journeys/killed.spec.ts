import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '../../src/eventing/event-store.js';
import { removeCompiledService, runCli, startService, type ServiceProcess } from '../support/service-process.js';
import { readWholeLog } from '../support/whole-log.js';

const ORDERS = 8;
const UNITS = 2_000;
const WRITERS = 32;
const ROUNDS = 20;
/** Between the kills: enough that group commits, views and payouts are all under way. */
const ACKNOWLEDGED_PER_ROUND = 60;

describe('A service killed with -9 under 32 parallel writers, 20 times over', () => {
  let dataDir: string;
  const acknowledged = new Map<string, string>();
  let log: readonly RecordedEvent[];

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-killed-'));
    await fileReturns(dataDir);
    let serial = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      serial = await scanUntilKilled(await startService(dataDir), acknowledged, serial);
    }
    log = await readWholeLog(dataDir);
  }, 600_000);

  afterAll(() => Promise.all([rm(dataDir, { recursive: true, force: true }), removeCompiledService()]));

  it('acknowledged work in every round', () => {
    expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_PER_ROUND);
  });

  it('has every acknowledged scan exactly once', () => {
    const stored = new Map<string, number>();
    for (const event of log) {
      const { scanId } = event.data;
      if (event.type === 'ItemReceived' && typeof scanId === 'string') stored.set(scanId, (stored.get(scanId) ?? 0) + 1);
    }
    expect([...acknowledged.keys()].filter((scanId) => stored.get(scanId) !== 1)).toEqual([]);
    expect([...stored.values()].filter((times) => times !== 1)).toEqual([]);
  });

  it('has contiguous revisions on every stream', () => {
    const next = new Map<string, number>();
    for (const event of log) {
      expect(event.revision).toBe(next.get(event.streamId) ?? 0);
      next.set(event.streamId, event.revision + 1);
    }
  });

  it('has views that equal a fold of the log, and books that balance', async () => {
    const { code, output } = await runCli(['verify'], dataDir);
    expect(output).toContain('no differences');
    expect(code).toBe(0);
  });
});

async function fileReturns(dataDir: string): Promise<void> {
  const service = await startService(dataDir);
  for (let n = 0; n < ORDERS; n += 1) {
    const paid = { netMinor: 100 * UNITS, taxMinor: 19 * UNITS };
    const order = {
      number: `K-${n}`,
      placedAt: new Date().toISOString(),
      currency: 'EUR',
      customer: { name: 'Kay', email: 'kay@example.com' },
      lines: [{ lineId: '1', sku: 'THING', title: 'Thing', quantity: UNITS, paid }],
      payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 119 * UNITS }],
    };
    await expectOk(service.call('PUT', `/v1/orders/K-${n}`, order));
    const lines = [{ lineId: '1', quantity: UNITS, reason: 'changed_mind', condition: 'unopened' }];
    await expectOk(service.call('POST', `/v1/orders/K-${n}/returns`, { lines, outcome: 'original_payment', method: 'own_shipping' }));
  }
  service.kill('SIGTERM');
  expect(await service.exited).toBe(0);
}

async function expectOk(answer: Promise<Response>): Promise<void> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

/** Writers scan until enough is acknowledged, then the process dies without warning; answers the next scan number. */
async function scanUntilKilled(service: ServiceProcess, acknowledged: Map<string, string>, serial: number): Promise<number> {
  const before = acknowledged.size;
  let next = serial;
  const writer = async (): Promise<void> => {
    for (;;) {
      const scanId = `scan-${(next += 1)}`;
      const returnId = `K-${next % ORDERS}-R1`;
      try {
        const answer = await service.call('POST', `/v1/returns/${returnId}/receipts`, {
          scanId,
          station: 'dock',
          items: [{ lineId: '1', quantity: 1 }],
        });
        if (!answer.ok) throw new Error(`${answer.status}`);
        await answer.arrayBuffer();
        acknowledged.set(scanId, returnId);
      } catch {
        return;
      }
      if (acknowledged.size - before >= ACKNOWLEDGED_PER_ROUND) service.kill('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  await service.exited;
  return next;
}
