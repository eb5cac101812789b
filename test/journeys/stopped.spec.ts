import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { removeCompiledService, startService } from '../support/service-process.js';
import { readWholeLog } from '../support/whole-log.js';

const WRITERS = 16;
const ENOUGH = 200;
const TIME_TO_DRAIN_MS = 10_000;

describe('A service told to stop (SIGTERM) under load', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-stopped-'));
  });
  afterAll(() => Promise.all([rm(dataDir, { recursive: true, force: true }), removeCompiledService()]));

  it('drains, exits 0 within ten seconds and has lost nothing it acknowledged', async () => {
    const service = await startService(dataDir);
    const acknowledged: string[] = [];
    let next = 0;
    let stoppedAt = 0;
    const writer = async (): Promise<void> => {
      for (;;) {
        const orderId = `S-${(next += 1)}`;
        try {
          const answer = await service.call('PUT', `/v1/orders/${orderId}`, {
            number: orderId,
            placedAt: '2026-11-01T00:00:00Z',
            currency: 'JPY',
            customer: { name: 'Sumi', email: 'sumi@example.com' },
            lines: [{ lineId: '1', sku: 'CUP', title: 'Cup', quantity: 1, paid: { netMinor: 900, taxMinor: 90 } }],
            payments: [{ paymentId: 'p1', provider: 'manual', reference: 'x', method: 'cash', capturedMinor: 990 }],
          });
          await answer.arrayBuffer();
          if (answer.status !== 201) return;
          acknowledged.push(orderId);
        } catch {
          return;
        }
        if (acknowledged.length === ENOUGH) {
          stoppedAt = performance.now();
          service.kill('SIGTERM');
        }
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));

    expect(await service.exited).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(TIME_TO_DRAIN_MS);
    expect(acknowledged.length).toBeGreaterThanOrEqual(ENOUGH);
    const registered = new Set(
      (await readWholeLog(dataDir)).filter((event) => event.type === 'OrderRegistered').map((event) => event.streamId),
    );
    expect(acknowledged.filter((orderId) => !registered.has(`returns-${orderId}`))).toEqual([]);
  });
});
