import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessStore } from '../../src/access/access.store.js';
import { ApiKeys } from '../../src/access/api-keys.js';
import { BrowserSessions } from '../../src/access/browser-sessions.js';
import { CustomerSessions } from '../../src/access/sessions.js';
import { systemClock } from '../../src/shared/clock.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { waitFor } from '../support/wait-for.js';

const START = '2026-11-21T10:00:00Z';
const HOUR = 60 * 60 * 1000;

const order = (number: string) => ({
  number,
  placedAt: '2026-11-20T10:00:00Z',
  currency: 'EUR',
  customer: {},
  lines: [
    { lineId: '1', sku: 'MUG', title: 'Mug', quantity: 3, deliveredAt: '2026-11-20T12:00:00Z', paid: { netMinor: 900, taxMinor: 171 } },
  ],
  payments: [{ paymentId: 'p1', provider: 'manual', reference: 'cash', method: 'cash', capturedMinor: 1071 }],
});
const RETURN = { lines: [{ lineId: '1', quantity: 1, reason: 'changed_mind' }], method: 'own_shipping' };

describe('A session of the web pages', () => {
  let service: TestApp;
  let now = new Date(START);
  const customerToken = async (orderId: string, seconds?: number): Promise<string> =>
    (await service.app.get(CustomerSessions).mintCustomerSession(orderId, { id: 'key-shop' }, seconds)).token;

  beforeAll(async () => {
    service = await startApp({ clock: () => now });
    for (const orderId of ['B-1', 'B-2']) expect((await service.call('PUT', `/v1/orders/${orderId}`, order(orderId))).status).toBe(201);
  });
  afterEach(() => {
    now = new Date(START);
  });
  afterAll(() => service.close());

  describe('begins with a credential', () => {
    it('of staff, and says who it is and until when', async () => {
      const key = await service.keyFor('finance');
      const answer = await new Browser(service).ask('POST', '/v1/session', { headers: { authorization: `Bearer ${key}` } });
      expect([answer.status, answer.body]).toEqual([
        201,
        {
          area: 'staff',
          roles: ['finance'],
          id: expect.stringMatching(/^key-/),
          orderId: null,
          expiresAt: '2026-11-21T22:00:00.000Z',
          csrfToken: expect.stringMatching(/^[\w-]{43}$/),
        },
      ]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('of a customer, and lasts as long as that', async () => {
      const session = await new Browser(service).signIn(await customerToken('B-1', 600));
      expect(session).toMatchObject({
        area: 'customer',
        roles: ['customer'],
        id: 'customer-of-B-1',
        orderId: 'B-1',
        expiresAt: '2026-11-21T10:10:00.000Z',
      });
    });

    it('and with nothing less', async () => {
      const browser = new Browser(service);
      expect((await browser.ask('POST', '/v1/session')).body.code).toBe('unauthenticated');
      expect((await browser.ask('POST', '/v1/session', { headers: { authorization: 'Bearer bh_wrong' } })).status).toBe(401);
      const { csrfToken } = await browser.signIn(ADMIN_KEY);
      expect((await browser.ask('POST', '/v1/session', { csrfToken })).status).toBe(401);
      expect(
        (await browser.ask('POST', '/v1/session', { body: { area: 'staff' }, headers: { authorization: `Bearer ${ADMIN_KEY}` } })).status,
      ).toBe(400);
    });

    it('whose cookie no script and no other site gets', async () => {
      const signIn = (to: TestApp) => to.call('POST', '/v1/session');
      expect((await signIn(service)).headers.getSetCookie()).toEqual([
        expect.stringMatching(/^bh_staff=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/),
      ]);
      for (const [name, value] of [
        ['PUBLIC_URL', 'https://returns.example'],
        ['NODE_ENV', 'production'],
      ] as const) {
        const secured = await startApp({}, { [name]: value });
        expect((await signIn(secured)).headers.getSetCookie()).toEqual([expect.stringMatching(/; HttpOnly; Secure; SameSite=Strict$/)]);
        await secured.close();
      }
    });

    it('and leaves nothing in the data folder that opens it', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(await service.keyFor('shop'));
      const id = browser.cookies.split('=')[1]!;
      for (const file of ['access.sqlite', 'access.sqlite-wal']) {
        const content = await readFile(join(service.dataDir, file)).catch(() => Buffer.alloc(0));
        expect([content.includes(id), content.includes(csrfToken)]).toEqual([false, false]);
      }
    });
  });

  describe('in the place of a credential', () => {
    it('opens what may be read, without a token, as links and images must', async () => {
      const browser = new Browser(service);
      const { id } = await browser.signIn(await service.keyFor('warehouse'));
      const answer = await browser.ask('GET', '/v1/warehouse/queue');
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
      expect((await browser.ask('GET', '/v1/finance/refunds')).body.code).toBe('forbidden');
      expect(id).toMatch(/^key-/);
    });

    it('follows the events as they happen', async () => {
      const browser = new Browser(service);
      await browser.signIn(await customerToken('B-1'));
      const leave = new AbortController();
      const response = await fetch(`${service.url}/v1/events?after=start`, { headers: { cookie: browser.cookies }, signal: leave.signal });
      expect(response.headers.get('content-type')).toContain('text/event-stream');
      let seen = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        seen += chunk;
        if (seen.includes('OrderRegistered')) break;
      }
      leave.abort();
      expect(seen).toContain('B-1');
      expect(seen).not.toContain('B-2');
    });

    it('writes only with its token', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(await customerToken('B-1'));
      const { csrfToken: foreign } = await new Browser(service).signIn(ADMIN_KEY);
      const file = (token?: string) =>
        browser.ask('POST', '/v1/orders/B-1/returns', { body: RETURN, ...(token === undefined ? {} : { csrfToken: token }) });
      for (const token of [undefined, '', 'x', foreign, `${csrfToken}x`]) {
        const refused = await file(token);
        expect([refused.status, refused.body.code]).toEqual([403, 'csrf_token_missing']);
      }
      expect((await file(csrfToken)).status).toBe(201);
    });

    it('is the same person to the log and to idempotency keys as the credential', async () => {
      const key = await service.keyFor('shop');
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(key);
      const headers = { 'idempotency-key': 'one-return' };
      const first = await service.as(key)('POST', '/v1/orders/B-2/returns', RETURN, headers);
      const again = await browser.ask('POST', '/v1/orders/B-2/returns', { body: RETURN, csrfToken, headers });
      expect([again.status, again.body.returnId, again.headers.get('idempotency-replayed')]).toEqual([201, first.body.returnId, 'true']);
    });

    it('keeps a customer to his order: anything else is not there', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(await customerToken('B-1'));
      expect((await browser.ask('GET', '/v1/orders/B-1')).status).toBe(200);
      const missing = await browser.ask('GET', '/v1/orders/none');
      for (const answer of [
        await browser.ask('GET', '/v1/orders/B-2'),
        await browser.ask('POST', '/v1/orders/B-2/returns', { body: RETURN, csrfToken }),
      ]) {
        expect([answer.status, answer.text]).toEqual([404, missing.text]);
      }
      expect((await browser.ask('GET', '/v1/warehouse/queue')).body.code).toBe('forbidden');
    });

    it('does not count beside an Authorization header', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(ADMIN_KEY);
      const finance = { authorization: `Bearer ${await service.keyFor('finance')}` };
      expect((await browser.ask('GET', '/v1/api-keys', { csrfToken, headers: finance })).status).toBe(403);
      expect((await browser.ask('GET', '/v1/api-keys', { csrfToken, headers: { authorization: 'Bearer bh_wrong' } })).status).toBe(401);
      // No token is asked of whoever sends credentials of his own.
      expect(
        (
          await browser.ask('POST', '/v1/api-keys', {
            body: { role: 'shop', label: 'x' },
            headers: { authorization: `Bearer ${ADMIN_KEY}` },
          })
        ).status,
      ).toBe(201);
    });

    it('does not count for pages of other origins', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(ADMIN_KEY);
      for (const site of ['cross-site', 'same-site']) {
        expect((await browser.ask('GET', '/v1/api-keys', { csrfToken, headers: { 'sec-fetch-site': site } })).status).toBe(401);
      }
      expect((await browser.ask('GET', '/v1/api-keys', { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
    });
  });

  describe('of a customer beside one of staff in the same browser', () => {
    const both = async () => {
      const browser = new Browser(service);
      const staff = await browser.signIn(await service.keyFor('finance'));
      return { browser, staff, customer: await browser.signIn(await customerToken('B-1')) };
    };

    it('is listed with it', async () => {
      const { browser, staff, customer } = await both();
      expect(await browser.sessions()).toEqual([customer, staff]);
    });

    it('calls where its token is sent, and nowhere else', async () => {
      const { browser, staff, customer } = await both();
      expect((await browser.ask('GET', '/v1/orders/B-2', { csrfToken: staff.csrfToken })).status).toBe(200);
      expect((await browser.ask('GET', '/v1/orders/B-2', { csrfToken: customer.csrfToken })).status).toBe(404);
      // Finance may not file, the customer may not pay.
      expect((await browser.ask('POST', '/v1/orders/B-1/returns', { body: RETURN, csrfToken: staff.csrfToken })).body.code).toBe(
        'forbidden',
      );
      expect((await browser.ask('POST', '/v1/orders/B-1/returns/quote', { body: RETURN, csrfToken: customer.csrfToken })).status).toBe(200);
      expect((await browser.ask('POST', '/v1/refunds/B-1-R1-F1/retry', { body: {}, csrfToken: customer.csrfToken })).body.code).toBe(
        'forbidden',
      );
    });

    it('reads its own order without a token, and staff everything else', async () => {
      const { browser } = await both();
      for (const path of ['/v1/orders/B-1', '/v1/orders/B-1/returnable', '/v1/orders/B-2', '/v1/finance/refunds'])
        expect([path, (await browser.ask('GET', path)).status]).toEqual([path, 200]);
      let position: string | null = null;
      for (const orderId of ['B-1', 'B-2']) {
        const filed = await service.call('POST', `/v1/orders/${orderId}/returns`, RETURN);
        expect(filed.status).toBe(201);
        position = filed.headers.get('x-position');
      }
      const board = await browser.ask<{ items: { orderId: string }[] }>('GET', '/v1/returns', {
        headers: { 'x-min-position': position ?? '' },
      });
      expect(new Set(board.body.items.map(({ orderId }) => orderId))).toEqual(new Set(['B-1', 'B-2']));
    });

    it('does not step in for a page whose own session is over', async () => {
      const { browser, staff } = await both();
      await browser.ask('DELETE', '/v1/session?area=staff', { csrfToken: staff.csrfToken });
      expect((await browser.ask('GET', '/v1/orders/B-1', { csrfToken: staff.csrfToken })).status).toBe(401);
      expect((await browser.ask('GET', '/v1/orders/B-1')).status).toBe(200);
    });
  });

  describe('ends', () => {
    const isIn = async (browser: Browser): Promise<boolean> => (await browser.ask('GET', '/v1/returns')).status === 200;

    it('with signing out, on the server too', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(ADMIN_KEY);
      const copy = browser.movedTo(service);
      for (const token of [undefined, 'x']) {
        expect((await browser.ask('DELETE', '/v1/session?area=staff', token === undefined ? {} : { csrfToken: token })).body.code).toBe(
          'csrf_token_missing',
        );
      }
      expect(await isIn(copy)).toBe(true);
      const out = await browser.ask('DELETE', '/v1/session?area=staff', { csrfToken });
      expect([out.status, out.body]).toEqual([200, { sessions: [], ways: ['api_key'] }]);
      expect([browser.cookies, await isIn(copy)]).toEqual(['', false]);
    });

    it('as often as one likes, and only in the area that is named', async () => {
      const browser = new Browser(service);
      const { csrfToken } = await browser.signIn(ADMIN_KEY);
      expect((await browser.ask('DELETE', '/v1/session?area=customer', { csrfToken })).status).toBe(200);
      expect(await browser.sessions()).toHaveLength(1);
      expect((await new Browser(service).ask('DELETE', '/v1/session?area=staff')).status).toBe(200);
      for (const query of ['', '?area=nowhere'])
        expect((await browser.ask('DELETE', `/v1/session${query}`, { csrfToken })).body.code).toBe('validation_failed');
    });

    it('when the same browser signs in again', async () => {
      const browser = new Browser(service);
      const first = await browser.signIn(ADMIN_KEY);
      const copy = browser.movedTo(service);
      const second = await browser.signIn(ADMIN_KEY);
      expect([second.csrfToken === first.csrfToken, await isIn(browser), await isIn(copy)]).toEqual([false, true, false]);
    });

    it('at once with its API key', async () => {
      const key = await service.keyFor('shop');
      const browser = new Browser(service);
      const { id } = await browser.signIn(key);
      expect(await isIn(browser)).toBe(true);
      await service.call('DELETE', `/v1/api-keys/${id}`);
      expect(await isIn(browser)).toBe(false);
      const listed = await browser.ask('GET', '/v1/session');
      expect([listed.status, listed.body.sessions]).toEqual([200, []]);
    });

    it('when another process beside it (the CLI, another api) revokes the key or ends it', async () => {
      const beside = new AccessStore(service.dataDir);
      const keys = new ApiKeys(beside, systemClock, null);
      const sessions = new BrowserSessions(beside, keys, systemClock);
      const { key, secret } = keys.create('shop', 'by the CLI', { by: 'cli' });
      if (secret === null) throw new Error('A new key has a secret');
      await waitFor(async () => (await service.as(secret)('GET', '/v1/returns')).status === 200);
      const [first, second] = [new Browser(service), new Browser(service)];
      await first.signIn(secret);
      await second.signIn(secret);
      expect([await isIn(first), await isIn(second)]).toEqual([true, true]);
      sessions.end(first.cookies.split('=')[1]!);
      await waitFor(async () => !(await isIn(first)));
      expect(await isIn(second)).toBe(true);
      keys.revoke(key.keyId);
      await waitFor(async () => !(await isIn(second)));
      sessions.close();
      keys.close();
      beside.close();
    });

    it('after 12 hours for staff, for a customer with his token', async () => {
      const [staff, customer] = [new Browser(service), new Browser(service)];
      await staff.signIn(ADMIN_KEY);
      await customer.signIn(await customerToken('B-1', 3600));
      now = new Date(Date.parse(START) + HOUR - 1000);
      expect([await isIn(staff), await isIn(customer)]).toEqual([true, true]);
      now = new Date(Date.parse(START) + HOUR);
      expect([await isIn(staff), await isIn(customer)]).toEqual([true, false]);
      now = new Date(Date.parse(START) + 12 * HOUR);
      expect(await isIn(staff)).toBe(false);
      expect(await staff.sessions()).toEqual([]);
    });

    it('and is then forgotten', async () => {
      const database = service.app.get(AccessStore).database;
      const ended = (): number =>
        Number(database.prepare('select count(*) as n from browser_sessions where expires_at <= ?').get(now.getTime())?.['n']);
      await new Browser(service).signIn(ADMIN_KEY);
      now = new Date(Date.parse(START) + 13 * HOUR);
      expect(ended()).toBeGreaterThan(0);
      await new Browser(service).signIn(ADMIN_KEY);
      expect(ended()).toBe(0);
    });
  });

  it('is not made by cookies that nobody was given', async () => {
    for (const value of ['x', 'a'.repeat(43), '%00', '"']) {
      const cookie = `bh_staff=${value}; other=1`;
      expect((await service.as(null)('GET', '/v1/returns', undefined, { cookie })).status).toBe(401);
      const listed = await service.as(null)('GET', '/v1/session', undefined, { cookie });
      expect([listed.status, listed.body]).toEqual([200, { sessions: [], ways: ['api_key'] }]);
      expect(listed.headers.getSetCookie()).toEqual([]);
    }
  });

  it('is not taken from a browser by a late answer to the cookie it had before', async () => {
    const browser = new Browser(service);
    await browser.signIn(ADMIN_KEY);
    const before = browser.cookies;
    await browser.signIn(ADMIN_KEY);
    const late = await service.as(null)<{ sessions: unknown[] }>('GET', '/v1/session', undefined, { cookie: before });
    expect([late.status, late.body.sessions, late.headers.getSetCookie()]).toEqual([200, [], []]);
  });

  it('opens nothing under the name of the other area', async () => {
    const browser = new Browser(service);
    await browser.signIn(await customerToken('B-1'));
    const cookie = browser.cookies.replace('bh_customer', 'bh_staff');
    expect((await service.as(null)('GET', '/v1/returns', undefined, { cookie })).status).toBe(401);
  });
});

describe('When the service starts again', () => {
  it('everybody is still signed in, unless the preset admin key is another one', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-sessions-'));
    const first = await startApp({}, { DATA_DIR: dataDir });
    const [admin, clerk] = [new Browser(first), new Browser(first)];
    const before = [await admin.signIn(ADMIN_KEY), await clerk.signIn(await first.keyFor('warehouse'))];
    await first.close();

    const second = await startApp({}, { DATA_DIR: dataDir });
    expect([await admin.movedTo(second).sessions(), await clerk.movedTo(second).sessions()]).toEqual(before.map((session) => [session]));
    expect((await clerk.movedTo(second).ask('GET', '/v1/warehouse/queue')).status).toBe(200);
    await second.close();

    const third = await startApp({}, { DATA_DIR: dataDir, ADMIN_API_KEY: 'bh_another_0123456789abcdef' });
    expect([await admin.movedTo(third).sessions(), (await clerk.movedTo(third).sessions()).length]).toEqual([[], 1]);
    await third.close();
    await rm(dataDir, { recursive: true, force: true });
  });
});
