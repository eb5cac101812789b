import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, type TestApp } from '../support/app.js';

const SHOP = 'https://shop.example';
const ask = (app: TestApp, origin: string): Promise<Response> =>
  fetch(`${app.url}/v1/orders/B-1/returns`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,idempotency-key' },
  });

describe('A browser on another origin', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({}, { CORS_ORIGINS: `${SHOP}, https://other.example:8443` });
  });
  afterAll(() => app.close());

  it('may call from the origins that are named, and reads the headers it needs', async () => {
    const allowed = await ask(app, SHOP);
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([204, SHOP]);
    expect(allowed.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    // Cookies stay at home: a page elsewhere has credentials of its own.
    expect([
      allowed.headers.get('access-control-allow-credentials'),
      allowed.headers.get('access-control-allow-headers')?.includes('CSRF'),
    ]).toEqual([null, false]);
    const answer = await fetch(`${app.url}/v1/orders/B-1`, { headers: { origin: SHOP } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, SHOP]);
    expect(answer.headers.get('access-control-expose-headers')).toContain('X-Position');
  });

  it('may not call from any other', async () => {
    expect((await ask(app, 'https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may not call at all where no origin is named', async () => {
    const closed = await startApp();
    expect((await ask(closed, SHOP)).headers.get('access-control-allow-origin')).toBeNull();
    await closed.close();
  });
});
