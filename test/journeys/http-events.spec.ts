import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessStore } from '../../src/access/access.store.js';
import { ApiKeys } from '../../src/access/api-keys.js';
import { CustomerSessions } from '../../src/access/sessions.js';
import type { Actor, EventStore, NewEvent } from '../../src/eventing/event-store.js';
import { EventLines } from '../../src/http/event-lines.js';
import type { EventStream } from '../../src/http/event-stream.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { ADMIN_KEY, IDLE_CONNECTIONS_STAY_MS, startApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { OidcIssuer } from '../support/oidc-issuer.js';

type Frame = {
  readonly id: string;
  readonly event: string;
  readonly data: {
    readonly streamId: string;
    readonly revision: number;
    readonly data: Record<string, unknown>;
    readonly actor: Partial<Actor>;
  };
};

function eventOf(n: number): NewEvent {
  const id = randomUUID();
  const actor: Actor = { kind: 'warehouse', id: 'key-anna', channel: 'api' };
  const metadata = {
    commandId: id,
    commandHash: 'h',
    correlationId: id,
    causationId: id,
    schemaVersion: 1,
    actor,
    occurredAt: '2026-11-01T10:00:00.000Z',
  };
  return {
    id,
    type: 'ItemReceived',
    data: { at: '2026-11-01T10:00:00.000Z', returnId: '1001-R1', n, units: [n], clerk: 'anna', station: 's1' },
    metadata,
  };
}

/** Reads frames until there are `count` with an event, then leaves. */
async function follow(
  service: TestApp,
  token: string,
  count: number,
  headers: Record<string, string>,
  path = '/v1/events',
  onOpen: () => Promise<void> = async () => {},
): Promise<Frame[]> {
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
      const lines = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
      );
      text = text.slice(end + 2);
      if (lines['data'] !== undefined)
        frames.push({ id: lines['id']!, event: lines['event']!, data: JSON.parse(lines['data']) as Frame['data'] });
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
    for (let n = 0; n < 10; n += 1)
      await store.append(`returns-${n % 2 === 0 ? '1001' : '1002'}`, [eventOf(n)], n < 2 ? 'no-stream' : Math.floor(n / 2) - 1);
    customer = (await service.app.get(CustomerSessions).mintCustomerSession('1001', { id: 'key-shop' })).token;
  });
  afterAll(() => service.close());

  it('tells staff everything, in order, and goes on where it broke', async () => {
    const first = await follow(service, ADMIN_KEY, 4, {}, '/v1/events?after=start');
    const rest = await follow(service, ADMIN_KEY, 6, { 'last-event-id': first[3]!.id });
    expect([...first.slice(0, 4), ...rest].map(({ data }) => data.data['n'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rest[0]!.data.actor).toEqual({ kind: 'warehouse', id: 'key-anna', channel: 'api' });
  });

  it('tells a customer about their order only, and nothing that is not listed for them', async () => {
    const frames = await follow(service, customer, 5, {}, '/v1/events?after=start');
    expect(frames.map(({ data }) => [data.streamId, data.data['units']])).toEqual([0, 2, 4, 6, 8].map((n) => ['returns-1001', [n]]));
    expect(JSON.stringify(frames)).not.toMatch(/anna|s1|key-|"n"/);
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

describe('A stream of events', () => {
  let service: TestApp;
  let issuer: OidcIssuer;
  let now: Date;
  beforeAll(async () => {
    issuer = await OidcIssuer.open();
    now = new Date();
    service = await startApp({ clock: () => now }, { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'backhaul' });
    await service.app.get<EventStore>(EVENT_STORE).append('returns-1001', [eventOf(1)], 'no-stream');
  });
  afterAll(async () => {
    await service.close();
    issuer.close();
  });
  const turn = (seconds: number): void => void (now = new Date(now.getTime() + seconds * 1000));

  /** Opens one; `rest` is what comes until it ends. */
  async function opened(headers: Record<string, string>): Promise<{ readonly rest: Promise<string>; readonly leave: () => void }> {
    const leave = new AbortController();
    const response = await fetch(`${service.url}/v1/events?after=start`, { headers, signal: leave.signal });
    expect([response.status, response.headers.get('cache-control'), response.headers.get('x-content-type-options')]).toEqual([
      200,
      'no-store',
      'nosniff',
    ]);
    return { rest: response.text().catch(() => 'left'), leave: () => leave.abort() };
  }
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  const refusal = async (headers: Record<string, string>): Promise<readonly unknown[]> => {
    const answer = await service.as(null)('GET', '/v1/events', undefined, headers);
    return [answer.status, answer.body.code];
  };

  it('ends when its key is revoked, and tells nothing that happens after', async () => {
    const { body } = await service.call<{ key: string; keyId: string }>('POST', '/v1/api-keys', { role: 'warehouse', label: 'stolen' });
    const { rest } = await opened(bearer(body.key));
    await service.call('DELETE', `/v1/api-keys/${body.keyId}`);
    await service.app.get<EventStore>(EVENT_STORE).append('returns-1002', [eventOf(42)], 'no-stream');
    expect(await rest).not.toContain('"n":42');
    expect(await refusal(bearer(body.key))).toEqual([401, 'unauthenticated']);
  });

  it('ends when its key is revoked by another process', async () => {
    const { body } = await service.call<{ key: string; keyId: string }>('POST', '/v1/api-keys', { role: 'warehouse', label: 'stolen' });
    const { rest } = await opened(bearer(body.key));
    const other = new AccessStore(service.dataDir);
    const keys = new ApiKeys(other, () => now, null);
    keys.revoke(body.keyId);
    expect(await rest).toContain('retry: ');
    keys.close();
    other.close();
  });

  it('ends when its browser signs out, and when its session is over', async () => {
    const signedOut = new Browser(service);
    const { csrfToken } = await signedOut.signIn(ADMIN_KEY);
    const first = await opened({ cookie: signedOut.cookies });
    const staying = new Browser(service);
    await staying.signIn(ADMIN_KEY);
    const second = await opened({ cookie: staying.cookies });
    expect((await signedOut.ask('DELETE', '/v1/session?area=staff', { csrfToken })).status).toBe(200);
    expect(await first.rest).toContain('ItemReceived');
    turn(12 * 3600);
    expect(await second.rest).toContain('ItemReceived');
  });

  it('ends with a customer’s session and with the token of an identity provider', async () => {
    now = new Date();
    const { token } = await service.app.get(CustomerSessions).mintCustomerSession('1001', { id: 'key-shop' }, 300);
    const person = await issuer.sign({ roles: ['finance'] }, { expires: '5m' });
    const [customer, clerk] = [await opened(bearer(token)), await opened(bearer(person))];
    turn(305);
    expect(await customer.rest).toContain('ItemReceived');
    expect(await clerk.rest).toContain('ItemReceived');
    // Clocks may differ by half a minute, which is no reason to begin and to end a stream every second.
    expect((await service.as(person)('GET', '/v1/returns')).status).toBe(200);
    expect(await refusal(bearer(person))).toEqual([401, 'unauthenticated']);
  });

  it('is one of ten of a session; one more ends the oldest, which is not to come back at once', async () => {
    const tabs = new Browser(service);
    await tabs.signIn(ADMIN_KEY);
    const other = new Browser(service);
    await other.signIn(ADMIN_KEY);
    const elsewhere = await opened({ cookie: other.cookies });
    const open = [];
    for (let n = 0; n < 11; n += 1) open.push(await opened({ cookie: tabs.cookies }));
    expect(await open[0]!.rest).toMatch(/retry: 30000\n\n$/);
    const settled = await Promise.race(
      [...open.slice(1), elsewhere]
        .map(({ rest }) => rest.then(() => 'ended'))
        .concat(service.call('GET', '/health/live').then(() => 'open')),
    );
    expect(settled).toBe('open');
    for (const { leave } of [...open, elsewhere]) leave();
  });
});

describe('The lines of an event stream', () => {
  const stream = (): EventStream => ({ end: () => undefined }) as unknown as EventStream;
  const holder = (name: string) => ({ holder: name, holds: () => true });

  it('are kept free for staff: customers use up theirs alone', () => {
    const lines = new EventLines({ most: 6, forStaff: 2, each: 2 });
    const open = (name: string, isCustomer: boolean): void => {
      const admission = holder(name);
      lines.makeRoom(admission, isCustomer);
      lines.add({ admission, isCustomer, stream: stream() });
    };
    for (const name of ['order 1', 'order 2', 'order 3', 'order 4']) open(name, true);
    expect(() => open('order 5', true)).toThrow('Too many event streams are open');
    open('clerk 1', false);
    open('clerk 2', false);
    expect(() => open('clerk 3', false)).toThrow('Too many event streams are open');
    open('clerk 1', false);
    lines.close();
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
