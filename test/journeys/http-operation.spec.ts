import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
    expect(text).toMatch(/^backhaul_http_request_duration_seconds_count\{method="DELETE",route="\/v1\/api-keys\/:keyId",status="404"\} 1$/m);
    expect(text).toMatch(/^backhaul_view_lag_seconds\{view="[a-z-]+"\} /m);
    expect(text).not.toContain('key-secret-name');
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
    const { body } = await service.as(null)<{ openapi: string; paths: Record<string, Record<string, { security?: unknown[]; responses: Record<string, unknown>; 'x-roles': string[] }>>; components: { schemas: object } }>('GET', '/openapi.json');
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
    for (const file of ['package.json', 'index.html', '..%2fpackage.json', 'constructor']) expect((await anybody('GET', `/docs/${file}`)).status).toBeGreaterThanOrEqual(400);
    expect((await anybody('GET', '/')).body).toMatchObject({ docs: '/docs', openapi: '/openapi.json' });
  });
});
