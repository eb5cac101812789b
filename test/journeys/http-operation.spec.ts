import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isFromInside } from '../../src/access/insiders.js';
import { startApp, type TestApp } from '../support/app.js';
import { soon, waitFor } from '../support/wait-for.js';

describe('Operating the service', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('needs no credentials to ask whether it is alive and ready', async () => {
    const anybody = service.as(null);
    expect((await anybody('GET', '/health/live')).body).toEqual({ status: 'alive' });
    await waitFor(async () => (await anybody('GET', '/health/ready')).status === 200, 'a ready service');
    await soon(async () => {
      const { body } = await anybody<{ ready: boolean; wrong: string[]; views: { name: string; state: string }[] }>('GET', '/health/ready');
      expect(body).toMatchObject({ ready: true, wrong: [] });
      expect(body.views.length).toBeGreaterThan(0);
      expect(body.views.filter(({ state }) => state !== 'live')).toEqual([]);
    });
  });

  it('shows what it does to Prometheus, with routes for labels and no identifiers', async () => {
    await service.call('DELETE', '/v1/api-keys/key-secret-name');
    const { text, headers, status } = await service.as(null)('GET', '/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/plain/)]);
    expect(text).toMatch(
      /^backhaul_http_request_duration_seconds_count\{method="DELETE",route="\/v1\/api-keys\/:keyId",status="404"\} 1$/m,
    );
    expect(text).toMatch(/^backhaul_view_lag_seconds\{view="[a-z-]+"\} /m);
    expect(text).not.toContain('key-secret-name');
  });

  it('says with every answer of the API that it is nobody else’s, and what it is', async () => {
    await service.call('PUT', '/v1/orders/H-1', {
      number: 'H-1',
      placedAt: '2026-11-20T10:00:00Z',
      currency: 'EUR',
      customer: {},
      lines: [{ lineId: '1', sku: 'MUG', quantity: 1, paid: { netMinor: 1, taxMinor: 0 } }],
      payments: [],
    });
    const asked: readonly [string, string, Record<string, string>?][] = [
      ['GET', '/v1/orders/H-1'],
      ['GET', '/v1/returns'],
      ['GET', '/v1/returns', { accept: 'text/csv' }],
      ['GET', '/v1/orders/none'],
      ['GET', '/v1/policy'],
      ['GET', '/v1/nowhere'],
      ['GET', '/metrics'],
      ['HEAD', '/v1/events'],
    ];
    for (const [method, path, headers] of asked) {
      const answer = await service.call(method, path, undefined, headers);
      expect([path, answer.headers.get('cache-control'), answer.headers.get('x-content-type-options')]).toEqual([
        path,
        'no-store',
        'nosniff',
      ]);
    }
    const refused = await service.as('bh_wrong')('GET', '/v1/returns');
    expect([refused.status, refused.headers.get('cache-control'), refused.headers.get('x-content-type-options')]).toEqual([
      401,
      'no-store',
      'nosniff',
    ]);
    for (const path of ['/', '/docs', '/openapi.json', '/v1/%ff'])
      expect([path, (await service.as(null)('GET', path)).headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
    // Still told, for it is what a client sends back with If-Match.
    expect((await service.call('GET', '/v1/policy')).headers.get('etag')).toMatch(/^"-?\d+"$/);
  });

  it('counts commands by what became of them', async () => {
    const counted = async (outcome: string): Promise<number> => {
      const { text } = await service.call('GET', '/metrics');
      return Number(new RegExp(`^backhaul_commands_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    };
    const before = [await counted('appended'), await counted('unchanged')];
    expect((await service.call('PUT', '/v1/policy', {})).status).toBeLessThan(300);
    expect((await service.call('PUT', '/v1/policy', {})).status).toBeLessThan(300);
    expect([(await counted('appended')) - before[0]!, (await counted('unchanged')) - before[1]!]).toEqual([1, 1]);
  });

  it('is described by OpenAPI 3.1, every operation with its credentials, errors and problem schema', async () => {
    const { body } = await service.as(null)<{
      openapi: string;
      paths: Record<string, Record<string, { security?: unknown[]; responses: Record<string, unknown>; 'x-roles': string[] }>>;
      components: { schemas: object };
    }>('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.components.schemas)).toContain('ProblemBody');
    for (const [path, operations] of Object.entries(body.paths)) {
      for (const [method, { security, responses, 'x-roles': roles }] of Object.entries(operations)) {
        expect([path, method, roles.length > 0, responses['400'] !== undefined]).toEqual([path, method, true, true]);
        expect([path, method, security !== undefined]).toEqual([path, method, !roles.includes('public')]);
      }
    }
  });

  it('shows its documentation from its own files only', async () => {
    const anybody = service.as(null);
    const page = await anybody('GET', '/docs');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url!);
    expect(loaded.length).toBeGreaterThanOrEqual(4);
    for (const url of loaded) {
      expect(url).toMatch(/^\/docs\//);
      expect([url, (await anybody('GET', url)).status]).toEqual([url, 200]);
    }
    const styles = (await anybody('GET', '/docs/swagger-ui.css')).text;
    expect([...styles.matchAll(/url\(["']?(?!data:)([^)"']+)/g)].map(([, url]) => url)).toEqual([]);
    for (const file of ['package.json', 'index.html', '..%2fpackage.json', 'constructor'])
      expect((await anybody('GET', `/docs/${file}`)).status).toBeGreaterThanOrEqual(400);
    expect((await anybody('GET', '/')).body).toMatchObject({ docs: '/docs', openapi: '/openapi.json' });
  });
});

describe('How the service is doing, in production', () => {
  let service: TestApp;
  const STRANGER = { 'x-forwarded-for': '203.0.113.7' };
  beforeAll(async () => {
    service = await startApp({}, { NODE_ENV: 'production', TRUSTED_PROXIES: '127.0.0.2', PUBLIC_URL: 'https://returns.example' });
    await waitFor(async () => (await service.call('GET', '/health/ready')).status === 200, 'a ready service');
  });
  afterAll(() => service.close());

  it('is for everybody inside', async () => {
    const inside = service.as(null);
    expect((await inside('GET', '/metrics')).status).toBe(200);
    expect((await inside('GET', '/health/ready')).body).toMatchObject({ ready: true, wrong: [], processes: expect.any(Array) });
  });

  it('is for staff from anywhere', async () => {
    const clerk = service.as(await service.keyFor('warehouse'));
    expect((await clerk('GET', '/metrics', undefined, STRANGER)).status).toBe(200);
    expect((await clerk('GET', '/health/ready', undefined, STRANGER)).body).toMatchObject({ views: expect.any(Array) });
  });

  it('is for strangers whether it is ready, which is all a load balancer needs', async () => {
    for (const token of [null, 'bh_wrong']) {
      const stranger = service.as(token);
      const metrics = await stranger('GET', '/metrics', undefined, STRANGER);
      expect([metrics.status, metrics.body.code]).toEqual([401, 'unauthenticated']);
      const ready = await stranger('GET', '/health/ready', undefined, STRANGER);
      expect([ready.status, ready.body]).toEqual([200, { ready: true }]);
      expect((await stranger('GET', '/health/live', undefined, STRANGER)).status).toBe(200);
    }
  });

  it.each<[string, string, string | undefined, Record<string, string>, boolean]>([
    ['the machine itself', '127.0.0.1', undefined, {}, true],
    ['a pod', '10.42.0.7', undefined, {}, true],
    ['a pod by IPv6', '::ffff:10.42.0.7', undefined, {}, true],
    ['a unique local address', 'fd00::7', undefined, {}, true],
    ['the world', '203.0.113.7', undefined, {}, false],
    ['the world by IPv6', '2001:db8::7', undefined, {}, false],
    ['the world behind a proxy that is not trusted', '10.0.0.1', '10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, false],
    ['somebody who only says to be inside, behind such a proxy', '10.0.0.1', '10.0.0.1', { 'x-forwarded-for': '127.0.0.1' }, false],
    ['the world behind a trusted proxy', '203.0.113.7', '10.0.0.1', { 'x-forwarded-for': '203.0.113.7' }, false],
    ['a colleague behind a trusted proxy', '192.168.7.7', '10.0.0.1', { 'x-forwarded-for': '192.168.7.7' }, true],
    ['nobody knows where', 'unknown', undefined, {}, false],
  ])('tells by the address whether it is inside: %s', (_, ip, connected, headers, expected) => {
    expect(isFromInside({ ip, headers, socket: { remoteAddress: connected ?? ip } })).toBe(expected);
  });
});
