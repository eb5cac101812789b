import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WaitingLine } from '../../src/http/waiting-line.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';

const AT_WORK = 60;
const NEWCOMERS = 200;

/** A client with a connection of its own that asks again as soon as it is answered. */
class Client {
  answers = 0;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly url: string) {}

  ask(again: boolean): void {
    get(`${this.url}/v1/policy`, { agent: this.#agent, headers: { authorization: `Bearer ${ADMIN_KEY}` } }, (response) => {
      response.resume().once('end', () => {
        this.answers += 1;
        if (again) this.ask(true);
      });
    }).on('error', () => undefined);
  }

  leave(): void {
    this.#agent.destroy();
  }
}

describe('While many keep the service busy', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('those who come are let in and answered: nobody who was there before is served fifty times meanwhile', async () => {
    const clients = (number: number): Client[] => Array.from({ length: number }, () => new Client(service.url));
    const [atWork, newcomers] = [clients(AT_WORK), clients(NEWCOMERS)];
    for (const client of atWork) client.ask(true);
    await waitFor(() => atWork.every(({ answers }) => answers > 5));
    const before = atWork.map(({ answers }) => answers);
    for (const client of newcomers) client.ask(false);
    await waitFor(() => newcomers.every(({ answers }) => answers === 1));
    const meanwhile = atWork.map(({ answers }, index) => answers - (before[index] ?? 0));
    for (const client of [...atWork, ...newcomers]) client.leave();
    expect(Math.max(...meanwhile)).toBeLessThan(50);
  });
});

describe('The waiting line', () => {
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('begins requests in the order in which they came, a few in each turn', async () => {
    const line = new WaitingLine();
    const begun: number[] = [];
    for (let n = 0; n < 20; n += 1) line.enter(() => begun.push(n));
    const inFirstTurn = begun.length;
    expect(inFirstTurn).toBeGreaterThan(0);
    expect(inFirstTurn).toBeLessThan(20);
    await nextTurn();
    expect(begun.length).toBe(2 * inFirstTurn);
    while (begun.length < 20) await nextTurn();
    expect(begun).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });

  it('lets nobody overtake who comes when others wait', async () => {
    const line = new WaitingLine();
    const begun: string[] = [];
    for (let n = 0; n < 10; n += 1) line.enter(() => begun.push('early'));
    await nextTurn();
    line.enter(() => begun.push('late'));
    while (begun.length < 11) await nextTurn();
    expect(begun.at(-1)).toBe('late');
  });

  it('sends away who comes when it is too long, and takes the next one when it is shorter', async () => {
    const line = new WaitingLine();
    let begun = 0;
    const enter = (): boolean => line.enter(() => (begun += 1));
    let taken = 0;
    while (enter()) taken += 1;
    expect(taken).toBeGreaterThan(500);
    await nextTurn();
    expect(enter()).toBe(true);
    while (begun < taken + 1) await nextTurn();
    expect(begun).toBe(taken + 1);
  });
});
