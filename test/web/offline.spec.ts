import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { removeCompiledService, startService, type ServiceProcess } from '../support/service-process.js';
import { readWholeLog } from '../support/whole-log.js';
import { describePages, launchBrowser } from './browser.js';
import { enter, NO_SERVICE, ready } from './offline-floor.js';
import { Clerk, EAN_RED } from './station-floor.js';

const RETURNS = 25;
const PIECES = 20;
const SCANS = RETURNS * PIECES;

describePages('The scan station without the line', () => {
  let browser: Browser;
  let dataDir: string;
  /** Chosen by the system at the first start and kept: the clerk's page goes on under its address. */
  let port: string;
  /** Running or about to. */
  let service: Promise<ServiceProcess> | undefined;
  let clerk: Clerk | undefined;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => Promise.all([browser.close(), removeCompiledService()]));
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-offline-'));
    port = '0';
  });
  afterEach(async () => {
    await kill();
    await clerk?.visit.context.close();
    clerk = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = (): Promise<ServiceProcess> =>
    (service = startService(dataDir, { PORT: port }).then((running) => {
      ({ port } = new URL(running.url));
      return running;
    }));
  const kill = async (): Promise<void> => {
    const running = await service?.catch(() => undefined);
    service = undefined;
    running?.kill('SIGKILL');
    await running?.exited;
  };
  /** A clerk whose device knows all returns and can open the station without the service. */
  const atWork = async (returns: number, pieces: number): Promise<{ readonly clerk: Clerk; readonly returnIds: readonly string[] }> => {
    const running = await start();
    const returnIds = await fileReturns(running, returns, pieces);
    clerk = await Clerk.at(browser, running.url, await keyFor(running), 'dock-2', { expected: NO_SERVICE });
    await ready(clerk.page, returns);
    return { clerk, returnIds };
  };
  const receive = async (at: Clerk, returnId: string, pieces: number): Promise<void> => {
    await enter(at.page, [returnId]);
    await at.sees('opened', `${returnId} is open`);
    await enter(
      at.page,
      Array.from({ length: pieces }, () => EAN_RED),
    );
    await at.sees('accepted', `${pieces} of`);
  };

  it('sends 500 scans exactly once, whatever is killed or loaded again in between', async () => {
    const { clerk: at, returnIds } = await atWork(RETURNS, PIECES);
    const begun = performance.now();
    let [kills, reloads, reloadsWithoutService] = [0, 0, 0];
    for (const [index, returnId] of returnIds.entries()) {
      await receive(at, returnId, PIECES);
      if (index % 4 === 1) {
        await kill();
        kills += 1;
      } else if (index % 4 === 3) void start();
      if (index % 5 === 0) {
        await at.page.reload();
        await at.page.getByRole('textbox', { name: 'Scan or type' }).waitFor();
        reloads += 1;
        if (service === undefined) reloadsWithoutService += 1;
      }
    }
    const scanned = performance.now();
    await (service ?? start());
    await at.page.getByText('0 waiting', { exact: true }).waitFor({ timeout: 60_000 });
    const sent = performance.now();
    await kill();
    console.log(
      `${SCANS} scans entered in ${Math.round(scanned - begun)} ms, sent ${Math.round(sent - scanned)} ms after the last, ${kills} kills, ${reloads} reloads (${reloadsWithoutService} without the service)`,
    );
    expect(reloadsWithoutService).toBeGreaterThan(0);
    expect(await received(dataDir)).toEqual(new Map(returnIds.map((returnId) => [returnId, { scans: PIECES, events: PIECES }])));
    await at.leave();
    // So long on a machine that does much else.
  }, 300_000);
});

async function ok<Json>(answer: Promise<Response>): Promise<Json> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Json;
}

const keyFor = async (service: ServiceProcess): Promise<string> =>
  (await ok<{ key: string }>(service.call('POST', '/v1/api-keys', { role: 'warehouse', label: 'dock' }))).key;

/** Approved returns of as many pieces each, and their ids. */
async function fileReturns(service: ServiceProcess, count: number, pieces: number): Promise<readonly string[]> {
  await ok(service.call('PUT', '/v1/policy', { windowDays: null }));
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const delivered = '2026-03-01T10:00:00.000Z';
      const order = {
        number: `O-${index}`,
        placedAt: delivered,
        currency: 'EUR',
        customer: { name: 'Kay', email: 'kay@example.org' },
        lines: [
          {
            lineId: 'red',
            sku: 'SKU-RED',
            barcode: EAN_RED,
            title: 'Red shirt',
            quantity: pieces,
            deliveredAt: delivered,
            paid: { netMinor: pieces * 1000, taxMinor: 0 },
          },
        ],
        payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: pieces * 1000 }],
      };
      await ok(service.call('PUT', `/v1/orders/O-${index}`, order));
      const wanted = {
        lines: [{ lineId: 'red', quantity: pieces, reason: 'changed_mind', condition: 'opened' }],
        outcome: 'original_payment',
        method: 'own_shipping',
      };
      return (await ok<{ returnId: string }>(service.call('POST', `/v1/orders/O-${index}/returns`, wanted))).returnId;
    }),
  );
}

/** Of each return: how many different scans the log has, and how many events of them. */
async function received(dataDir: string): Promise<ReadonlyMap<string, { readonly scans: number; readonly events: number }>> {
  const scans = new Map<string, string[]>();
  for (const {
    type,
    data: { returnId, scanId },
  } of await readWholeLog(dataDir)) {
    if (type !== 'ItemReceived' || typeof returnId !== 'string' || typeof scanId !== 'string') continue;
    scans.set(returnId, [...(scans.get(returnId) ?? []), scanId]);
  }
  return new Map([...scans].map(([returnId, ids]) => [returnId, { scans: new Set(ids).size, events: ids.length }]));
}
