import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { Allow, Public, Who, type Principal } from '../../src/access/access.js';
import { AccessStore } from '../../src/access/access.store.js';
import { ApiKeys } from '../../src/access/api-keys.js';
import { CustomerSessions } from '../../src/access/sessions.js';
import { systemClock } from '../../src/shared/clock.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { OidcIssuer } from '../support/oidc-issuer.js';
import { waitFor } from '../support/wait-for.js';

@Controller('probe')
class Probe {
  @Get('any')
  @Allow('shop', 'warehouse', 'finance', 'customer')
  any(@Who() principal: Principal): Principal {
    return principal;
  }
  @Get('warehouse')
  @Allow('warehouse')
  warehouse(): object {
    return {};
  }
  @Get('orders/:orderId')
  @Allow('customer')
  order(@Param('orderId') orderId: string): object {
    return { orderId };
  }
  @Get('returns/:returnId')
  @Allow('customer')
  return(@Param('returnId') returnId: string): object {
    return { returnId };
  }
  @Get('open')
  @Public()
  open(): object {
    return {};
  }
}
@Module({ controllers: [Probe] })
class ProbeModule {}

const status = async (service: TestApp, token: string | null, path: string): Promise<number> =>
  (await service.as(token)('GET', path)).status;

describe('API keys', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ imports: [ProbeModule] });
  });
  afterAll(() => service.close());

  it('open what their role is let into, and nothing else', async () => {
    const warehouse = await service.keyFor('warehouse');
    const shop = await service.keyFor('shop');
    expect(await status(service, warehouse, '/probe/warehouse')).toBe(200);
    expect(await status(service, ADMIN_KEY, '/probe/warehouse')).toBe(200);
    const refused = await service.as(shop)('GET', '/probe/warehouse');
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect(await status(service, shop, '/v1/api-keys')).toBe(403);
  });

  it('are needed on every route that is not public', async () => {
    expect(await status(service, null, '/probe/open')).toBe(200);
    for (const token of [null, '', 'bh_', 'bh_wrong', `${ADMIN_KEY}x`, ADMIN_KEY.slice(0, -1), 'a.b.c', '..', 'x'.repeat(9000)]) {
      const answer = await service.as(token)('GET', '/probe/any');
      expect([answer.status, answer.body.code]).toEqual([401, 'unauthenticated']);
    }
    for (const authorization of [ADMIN_KEY, `Basic ${ADMIN_KEY}`, `Bearer  `, `Bearer ${ADMIN_KEY} ${ADMIN_KEY}`]) {
      expect((await service.as(null)('GET', '/probe/any', undefined, { authorization })).status).toBe(401);
    }
  });

  it('are shown once, listed without the secret, and refused from the moment they are revoked', async () => {
    const made = await service.call<{ keyId: string; key: string }>('POST', '/v1/api-keys', { role: 'finance', label: 'ledger' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ role: 'finance', label: 'ledger', revokedAt: null, key: expect.stringMatching(/^bh_[\w-]{43}$/) });
    expect(await status(service, made.body.key, '/probe/any')).toBe(200);
    const list = await service.call<{ items: { keyId: string; lastUsedAt: string | null }[] }>('GET', '/v1/api-keys');
    expect(list.text).not.toContain(made.body.key);
    expect(list.body.items.find(({ keyId }) => keyId === made.body.keyId)?.lastUsedAt).not.toBeNull();
    const { text } = await service.call('GET', '/v1/api-keys', undefined, { accept: 'text/csv' });
    expect(text.split('\r\n')[0]).toBe('keyId,role,label,createdAt,lastUsedAt,revokedAt');
    expect([text.includes(`${made.body.keyId},finance,ledger,`), text.includes(made.body.key)]).toEqual([true, false]);

    const revoked = await service.call('DELETE', `/v1/api-keys/${made.body.keyId}`);
    expect([revoked.status, typeof revoked.body.revokedAt]).toEqual([200, 'string']);
    expect(await status(service, made.body.key, '/probe/any')).toBe(401);
    expect((await service.call('DELETE', `/v1/api-keys/${made.body.keyId}`)).body.revokedAt).toBe(revoked.body.revokedAt);
    expect((await service.call('DELETE', '/v1/api-keys/key-none')).status).toBe(404);
  });

  it('are made once per idempotency key', async () => {
    const ask = (label: string) => service.call('POST', '/v1/api-keys', { role: 'shop', label }, { 'idempotency-key': '"once"' });
    const first = await ask('portal');
    const again = await ask('portal');
    expect([again.status, again.body.keyId, again.body.key, again.headers.get('idempotency-replayed')]).toEqual([
      201,
      first.body.keyId,
      null,
      'true',
    ]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    const other = await ask('another');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_conflict']);
  });

  it('are nowhere in the data folder', async () => {
    const key = await service.keyFor('shop');
    for (const file of ['access.sqlite', 'access.sqlite-wal']) {
      const content = await readFile(join(service.dataDir, file)).catch(() => Buffer.alloc(0));
      expect(content.includes(key)).toBe(false);
      expect(content.includes(ADMIN_KEY)).toBe(false);
    }
  });

  it('made or revoked by another process beside it (the CLI) are noticed', async () => {
    const beside = new AccessStore(service.dataDir);
    const keys = new ApiKeys(beside, systemClock, null);
    const { key, secret } = keys.create('warehouse', 'by the CLI', { by: 'cli' });
    await waitFor(async () => (await status(service, secret, '/probe/any')) === 200);
    keys.revoke(key.keyId);
    await waitFor(async () => (await status(service, secret, '/probe/any')) === 401);
    keys.close();
    beside.close();
  });

  it('work after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-keys-'));
    const first = await startApp({ imports: [ProbeModule] }, { DATA_DIR: dataDir });
    const key = await first.keyFor('shop');
    await first.close();
    const second = await startApp({ imports: [ProbeModule] }, { DATA_DIR: dataDir });
    expect(await status(second, key, '/probe/any')).toBe(200);
    await second.close();
    await rm(dataDir, { recursive: true, force: true });
  });
});

describe('The first start', () => {
  it('without a preset key makes an admin key once', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-first-'));
    const first = await startApp({}, { DATA_DIR: dataDir, ADMIN_API_KEY: '' });
    const secret = first.app.get(ApiKeys).createFirstAdminKey();
    expect(secret).toMatch(/^bh_/);
    expect(await status(first, secret ?? null, '/v1/api-keys')).toBe(200);
    expect(first.app.get(ApiKeys).createFirstAdminKey()).toBeUndefined();
    await first.close();
    const second = await startApp({}, { DATA_DIR: dataDir, ADMIN_API_KEY: '' });
    expect(second.app.get(ApiKeys).createFirstAdminKey()).toBeUndefined();
    expect(await status(second, secret ?? null, '/v1/api-keys')).toBe(200);
    await second.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is refused while a route has no policy, and names it', async () => {
    @Controller('v1/forgotten')
    class Forgotten {
      @Get(':thing')
      get(): object {
        return {};
      }
    }
    @Module({ controllers: [Forgotten] })
    class ForgottenModule {}
    await expect(startApp({ imports: [ForgottenModule] })).rejects.toThrow('GET /v1/forgotten/:thing (Forgotten.get)');
  });

  it('is refused while customers are let in by a parameter that belongs to no order', async () => {
    @Controller('v1/loose')
    class Loose {
      @Get(':contactRef')
      @Allow('customer')
      get(): object {
        return {};
      }
    }
    @Module({ controllers: [Loose] })
    class LooseModule {}
    await expect(startApp({ imports: [LooseModule] })).rejects.toThrow('/v1/loose/:contactRef');
  });
});

describe('A customer session', () => {
  let service: TestApp;
  let now = new Date('2026-11-01T10:00:00Z');
  let token: string;
  beforeAll(async () => {
    service = await startApp({ imports: [ProbeModule], clock: () => now });
    token = (await service.app.get(CustomerSessions).mintCustomerSession('1001', { id: 'key-shop' })).token;
  });
  afterEach(() => {
    now = new Date('2026-11-01T10:00:00Z');
  });
  afterAll(() => service.close());

  it('opens its own order and that order’s returns', async () => {
    expect(await status(service, token, '/probe/orders/1001')).toBe(200);
    expect(await status(service, token, '/probe/returns/1001-R1')).toBe(200);
    expect((await service.as(token)('GET', '/probe/any')).body).toEqual({ kind: 'customer', id: 'customer-of-1001', orderId: '1001' });
  });

  it('sees someone else’s as if it did not exist, to the letter', async () => {
    const missing = await service.call('GET', '/nothing/here');
    for (const path of [
      '/probe/orders/1002',
      '/probe/returns/1002-R1',
      '/probe/orders/10011',
      '/probe/returns/1001',
      '/probe/returns/1001-R0',
      '/probe/returns/1001-R1-R1',
      '/probe/orders/1001%2F..%2F1002',
    ]) {
      const answer = await service.as(token)('GET', path);
      expect([path, answer.status, answer.text]).toEqual([path, 404, missing.text]);
    }
  });

  it('is over after its time, and at the latest after a day', async () => {
    const long = await service.app.get(CustomerSessions).mintCustomerSession('1001', { id: 'key-shop' }, 1_000_000);
    expect(long.expiresAt).toBe('2026-11-02T10:00:00.000Z');
    expect(await status(service, long.token, '/probe/any')).toBe(200);
    now = new Date('2026-11-01T18:00:01Z');
    expect(await status(service, token, '/probe/any')).toBe(401);
    expect(await status(service, long.token, '/probe/any')).toBe(200);
    now = new Date('2026-11-02T10:00:01Z');
    expect(await status(service, long.token, '/probe/any')).toBe(401);
  });

  it('cannot be forged', async () => {
    const claims = { iss: 'backhaul', aud: 'backhaul:customer', order: '1001', exp: Math.floor(now.getTime() / 1000) + 3600 };
    const forged = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.alloc(32)),
      `${token.slice(0, -4)}AAAA`,
      token
        .split('.')
        .with(1, Buffer.from(JSON.stringify({ ...claims, order: '1002' })).toString('base64url'))
        .join('.'),
    ];
    for (const each of forged) expect(await status(service, each, '/probe/any')).toBe(401);
  });

  it('never gets staff rights', async () => {
    expect(await status(service, token, '/probe/warehouse')).toBe(403);
    expect(await status(service, token, '/v1/api-keys')).toBe(403);
  });
});

describe('People of the merchant, signed in with their identity provider (OIDC)', () => {
  let issuer: OidcIssuer;
  let service: TestApp;

  beforeAll(async () => {
    issuer = await OidcIssuer.open();
    service = await startApp({ imports: [ProbeModule] }, { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'backhaul' });
  });
  afterAll(async () => {
    await service.close();
    issuer.close();
  });
  const sign: OidcIssuer['sign'] = (claims, options) => issuer.sign(claims, options);

  it('cannot be let in while its keys cannot be had, which is not their fault', async () => {
    const token = await sign({ role: 'finance' });
    for (const [discovery, keys] of [
      [false, true],
      [true, false],
    ] as const) {
      [issuer.up, issuer.keysUp] = [discovery, keys];
      const answer = await service.as(token)('GET', '/probe/any');
      expect([answer.status, answer.body.code, answer.headers.get('retry-after')]).toEqual([503, 'auth_unavailable', '5']);
    }
    [issuer.up, issuer.keysUp] = [true, true];
    expect(await status(service, token, '/probe/any')).toBe(200);
  });

  it('have the roles of their token', async () => {
    expect((await service.as(await sign({ roles: ['finance', 'reader'] }))('GET', '/probe/any')).body).toEqual({
      kind: 'finance',
      id: 'oidc:u-17',
    });
    const two = await sign({ roles: ['finance', 'warehouse'] });
    expect(await status(service, two, '/probe/warehouse')).toBe(200);
    expect(await status(service, await sign({ role: 'admin' }), '/v1/api-keys')).toBe(200);
    expect(await status(service, await sign({ role: 'finance' }), '/probe/warehouse')).toBe(403);
    for (const claims of [{}, { roles: 'nobody' }, { roles: [['admin']] }, { role: 'customer', order: '1001' }])
      expect(await status(service, await sign(claims), '/probe/any')).toBe(403);
  });

  it('leave no address in the log, even where it is their subject', async () => {
    const { body } = await service.as(await sign({ role: 'shop' }, { subject: 'ann@example.com' }))('GET', '/probe/any');
    expect(body.id).toMatch(/^oidc:[0-9a-f]{32}$/);
  });

  it('are refused with a token that is not right', async () => {
    const stranger = (await generateKeyPair('ES256')).privateKey;
    const wrong = [
      await sign({ role: 'admin' }, { key: stranger }),
      await sign({ role: 'admin' }, { issuer: 'http://evil.example' }),
      await sign({ role: 'admin' }, { audience: 'other' }),
      await sign({ role: 'admin' }, { expires: '-5m' }),
      new UnsecuredJWT({ role: 'admin' }).setIssuer(issuer.url).setAudience('backhaul').setSubject('u').setExpirationTime('5m').encode(),
      await new SignJWT({ role: 'admin' })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(issuer.url)
        .setAudience('backhaul')
        .setSubject('u')
        .setExpirationTime('5m')
        .sign(Buffer.alloc(32)),
    ];
    for (const token of wrong) expect(await status(service, token, '/probe/any')).toBe(401);
  });
});
