import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor, EventStore, NewEvent } from '../../src/eventing/event-store.js';
import { CustomerSessions } from '../../src/http/sessions.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { ADMIN_KEY, IDLE_CONNECTIONS_STAY_MS, startApp, type TestApp } from '../support/app.js';

type Frame = { readonly id: string; readonly event: string; readonly data: { readonly streamId: string; readonly revision: number; readonly data: Record<string, unknown>; readonly actor: Partial<Actor> } };

function eventOf(n: number): NewEvent {
  const id = randomUUID();
  const actor: Actor = { kind: 'warehouse', id: 'key-anna', channel: 'api' };
  const metadata = { commandId: id, commandHash: 'h', correlationId: id, causationId: id, schemaVersion: 1, actor, occurredAt: '2026-11-01T10:00:00.000Z' };
  return { id, type: 'ItemReceived', data: { at: '2026-11-01T10:00:00.000Z', returnId: '1001-R1', n, clerk: 'anna', station: 's1' }, metadata };
}

/** Reads frames until there are `count` with an event, then leaves. */
async function follow(service: TestApp, token: string, count: number, headers: Record<string, string>, path = '/v1/events', onOpen: () => Promise<void> = async () => {}): Promise<Frame[]> {
  const leave = new AbortController();
  const response = await fetch(service.url + path, { headers: { authorization: `Bearer ${token}`, ...headers }, signal: leave.signal });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  await onOpen();
  const frames: Frame[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const lines = Object.fromEntries(text.slice(0, end).split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
      text = text.slice(end + 2);
      if (lines['data'] !== undefined) frames.push({ id: lines['id']!, event: lines['event']!, data: JSON.parse(lines['data']) as Frame['data'] });
    }
    if (frames.length >= count) break;
  }
  leave.abort();
  return frames;
}

describe('Following the log (server-sent events)', () => {
  let service: TestApp;
  let store: EventStore;
  let customer: string;
  beforeAll(async () => {
    service = await startApp();
    store = service.app.get<EventStore>(EVENT_STORE);
    for (let n = 0; n < 10; n += 1) await store.append(`returns-${n % 2 === 0 ? '1001' : '1002'}`, [eventOf(n)], n < 2 ? 'no-stream' : Math.floor(n / 2) - 1);
    customer = (await service.app.get(CustomerSessions).mintCustomerSession('1001', { id: 'key-shop' })).token;
  });
  afterAll(() => service.close());

  it('tells staff everything, in order, and goes on where it broke', async () => {
    const first = await follow(service, ADMIN_KEY, 4, {}, '/v1/events?after=start');
    const rest = await follow(service, ADMIN_KEY, 6, { 'last-event-id': first[3]!.id });
    expect([...first.slice(0, 4), ...rest].map(({ data }) => data.data['n'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rest[0]!.data.actor).toEqual({ kind: 'warehouse', id: 'key-anna', channel: 'api' });
  });

  it('tells a customer about his order only, and nothing about staff', async () => {
    const frames = await follow(service, customer, 5, {}, '/v1/events?after=start');
    expect(frames.map(({ data }) => [data.streamId, data.data['n']])).toEqual([0, 2, 4, 6, 8].map((n) => ['returns-1001', n]));
    expect(JSON.stringify(frames)).not.toMatch(/anna|s1|key-/);
    expect(frames[0]!.data.actor).toEqual({ kind: 'warehouse' });
  });

  it('without a position tells what happens from now on', async () => {
    const frames = await follow(service, ADMIN_KEY, 1, {}, '/v1/events', async () => {
      await store.append('returns-1003', [eventOf(99)], 'no-stream');
    });
    expect(frames.map(({ data }) => data.data['n'])).toEqual([99]);
  });

  it('answers a HEAD at once', async () => {
    expect((await service.call('HEAD', '/v1/events?after=start')).status).toBe(200);
  });

  it('refuses a position this log has not given', async () => {
    for (const id of ['abc', '9999999999999999', '1', '-1', '0000000000000001/0000000000000001', 'a b']) {
      const answer = await service.call('GET', '/v1/events', undefined, { 'last-event-id': id });
      expect([id, answer.status, answer.body.code]).toEqual([id, 400, 'validation_failed']);
    }
  });
});

describe('Following the log while the service stops', () => {
  let service: TestApp;
  beforeEach(async () => {
    service = await startApp();
  });
  afterEach(() => service.close());

  it('ends, so that the service can', async () => {
    const response = await fetch(`${service.url}/v1/events?after=start`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    const text = response.text();
    const before = performance.now();
    await service.app.close();
    expect(await text).toContain('retry: ');
    expect(performance.now() - before).toBeLessThan(IDLE_CONNECTIONS_STAY_MS / 4);
  });
});
