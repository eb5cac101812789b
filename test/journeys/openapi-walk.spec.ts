import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startApp, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { Description, type Operation, type Pool, type Request } from './openapi-requests.js';
import { openScene, type Scene } from './openapi-scene.js';

/** Of each kind and operation. */
const RUNS = 30;
/** The same requests in every run; another seed walks another way. */
const SEED = 20_261_122;

describe('Every operation of the API description', () => {
  let service: TestApp;
  let scene: Scene;
  let description: Description;
  let pool: Pool;

  beforeAll(async () => {
    service = await startApp();
    scene = await openScene(service);
    pool = scene.pool;
    description = await Description.of(service);
  });
  afterAll(() => service.close());

  async function expectAsDescribed(operation: Operation, { path, body, headers }: Request): Promise<number> {
    const answer = await scene.ask(operation, path, body, headers);
    const fault = answer.status >= 500 ? `${answer.status}: ${answer.text}` : description.fault(operation, answer);
    if (fault !== undefined) throw new Error(`${operation.method} ${path} ${JSON.stringify(body)} ${JSON.stringify(headers)}\n→ ${fault}`);
    return answer.status;
  }

  it('is there', () => {
    expect(description.operations.length).toBeGreaterThan(40);
  });

  it('answers hundreds of requests, right ones and wrong ones, as described and never with 5xx', async () => {
    const faults: string[] = [];
    const statuses = new Map<string, Set<number>>();
    for (const operation of description.operations) {
      const seen = new Set<number>();
      statuses.set(`${operation.method} ${operation.path}`, seen);
      for (const requests of [description.right(operation, pool), description.wrong(operation, pool)]) {
        const property = fc.asyncProperty(requests, async (request) => {
          seen.add(await expectAsDescribed(operation, request));
        });
        const { failed, errorInstance } = await fc.check(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
        if (failed) faults.push(String(errorInstance));
      }
    }
    expect(faults).toEqual([]);
    // The walk is worth something only where it gets past the door.
    const neverTaken = [...statuses]
      .filter(([, seen]) => ![...seen].some((status) => status < 300 || status === 409 || status === 404 || status === 422))
      .map(([name]) => name);
    expect(neverTaken).toEqual([]);
  }, 300_000);

  it('has put nothing into the log that a view or a process cannot take', async () => {
    await waitFor(
      async () =>
        (await service.call<{ views: { state: string }[] }>('GET', '/health/ready')).body.views.every(
          ({ state }) => state !== 'catching-up',
        ),
      'views that are up to date',
    );
    const { body } = await service.call<{ ready: boolean; wrong: string[]; views: { state: string }[]; processes: { failing: number }[] }>(
      'GET',
      '/health/ready',
    );
    expect(body.wrong).toEqual([]);
    expect(body.processes.filter(({ failing }) => failing > 0)).toEqual([]);
  });
});
