import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { localPath } from '../../src/access/oidc-sign-in.js';
import { ConfigError, readConfig } from '../../src/shared/config.js';
import { startApp, type Answer, type TestApp } from '../support/app.js';
import { Browser, type Sessions } from '../support/browser.js';
import { OidcIssuer } from '../support/oidc-issuer.js';

const START = '/v1/session/oidc';
const CALLBACK = '/v1/session/oidc/callback';

describe('Signing in to the pages with the identity provider', () => {
  let issuer: OidcIssuer;
  let service: TestApp;
  let browser: Browser;
  let late = 0;
  const clock = () => new Date(Date.now() + late);

  beforeAll(async () => {
    issuer = await OidcIssuer.open('backhaul-pages', 'hush');
    service = await startApp(
      { clock },
      { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'backhaul', OIDC_CLIENT_ID: 'backhaul-pages', OIDC_CLIENT_SECRET: 'hush' },
    );
  });
  beforeEach(() => {
    browser = new Browser(service);
    issuer.person = { sub: 'u-17', roles: ['finance', 'reader'] };
  });
  afterEach(() => {
    [issuer.up, issuer.spoil, late] = [true, {}, 0];
  });
  afterAll(async () => {
    await service.close();
    issuer.close();
  });

  const leave = async (from = browser, query = ''): Promise<URL> => {
    const answer = await from.ask('GET', `${START}${query}`);
    expect(answer.status).toBe(302);
    return new URL(answer.headers.get('location') ?? '');
  };
  /** The provider's own page: it sends the browser back to us. */
  const atProvider = async (address: URL): Promise<string> => {
    const { status, headers } = await fetch(address, { redirect: 'manual' });
    expect(status).toBe(302);
    const back = new URL(headers.get('location') ?? '');
    expect(back.origin + back.pathname).toBe(service.url + CALLBACK);
    return back.pathname + back.search;
  };
  const signIn = async (query = ''): Promise<Answer> => browser.ask('GET', await atProvider(await leave(browser, query)));
  const expectPage = async (answer: Answer, status: number, words: string): Promise<void> => {
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('location')]).toEqual([
      status,
      'text/html; charset=utf-8',
      null,
    ]);
    expect(answer.text).toContain(words);
    expect(await browser.sessions()).toEqual([]);
  };

  it('is offered where it is configured', async () => {
    expect((await browser.ask<Sessions>('GET', '/v1/session')).body.ways).toEqual(['api_key', 'oidc']);
    const without = await startApp();
    expect((await without.call<Sessions>('GET', '/v1/session')).body.ways).toEqual(['api_key']);
    for (const path of [START, CALLBACK]) expect((await without.call('GET', path)).body.code).toBe('not_found');
    await without.close();
  });

  it('ends at the page it began at, with a session of the token’s roles', async () => {
    const answer = await signIn('?returnTo=%2Ffinance%3Fstate%3Dfailed%23top');
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([
      302,
      '/finance?state=failed#top',
      'no-store',
    ]);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^bh_staff=[\w-]{43}; Max-Age=43(200|1\d\d); Path=\/; HttpOnly; SameSite=Strict$/),
      'bh_oidc=; Max-Age=0; Path=/v1/session/oidc; HttpOnly; SameSite=Lax',
    ]);
    const [session] = await browser.sessions();
    expect(session).toMatchObject({ area: 'staff', roles: ['finance'], id: 'oidc:u-17', orderId: null });
    expect((await browser.ask('GET', '/v1/finance/refunds')).status).toBe(200);
    expect((await browser.ask('PUT', '/v1/policy', { body: {}, csrfToken: session!.csrfToken })).body.code).toBe('forbidden');
  });

  it('makes the same person of somebody as his token does', async () => {
    issuer.person = { sub: 'ann@example.com', role: 'admin' };
    await signIn();
    const page = await browser.ask<Sessions>('GET', '/v1/session');
    const token = await new Browser(service).signIn(
      await issuer.sign({ role: 'admin' }, { subject: 'ann@example.com', audience: 'backhaul' }),
    );
    expect(page.body.sessions[0]).toMatchObject({ id: token.id, roles: token.roles });
    expect(token.id).not.toContain('ann');
    // A token lasts as long as its issuer says.
    expect(Date.parse(token.expiresAt)).toBeLessThanOrEqual(Date.now() + 5 * 60_000);
  });

  it('takes along what it must know in a cookie for ten minutes, and nothing secret in the address', async () => {
    const answer = await browser.ask('GET', START);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^bh_oidc=[\w.-]+; Max-Age=600; Path=\/v1\/session\/oidc; HttpOnly; SameSite=Lax$/),
    ]);
    const asked = new URL(answer.headers.get('location') ?? '').searchParams;
    expect([...asked.keys()].toSorted()).toEqual([
      'client_id',
      'code_challenge',
      'code_challenge_method',
      'nonce',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ]);
  });

  it('tells somebody without a role so, in words', async () => {
    for (const claims of [{}, { roles: ['customer'] }, { roles: 'nobody' }]) {
      issuer.person = { sub: 'u-18', ...claims };
      await expectPage(await signIn(), 403, 'no role in this service');
    }
  });

  it('tells somebody who gave up so', async () => {
    issuer.person = null;
    await expectPage(await signIn(), 403, 'did not confirm');
  });

  it('works only once, only in the browser it began in, and only for ten minutes', async () => {
    const back = await atProvider(await leave());
    const stranger = new Browser(service);
    expect((await stranger.ask('GET', back)).status).toBe(400);
    await leave(stranger);
    expect((await stranger.ask('GET', back)).status).toBe(400);
    late = 10 * 60_000 + 1000;
    await expectPage(await browser.ask('GET', back), 400, 'took too long');
    late = 0;
    await expectPage(await browser.ask('GET', back), 400, 'start again');

    const again = await atProvider(await leave());
    const copy = browser.movedTo(service);
    expect((await browser.ask('GET', again)).status).toBe(302);
    expect((await copy.ask('GET', again)).status).toBe(403);
    for (const query of ['', '?code=x', '?state=x&code=y', '?error=access_denied'])
      expect((await new Browser(service).ask('GET', CALLBACK + query)).status).toBe(400);
  });

  it('takes no answer that the provider did not give to this question', async () => {
    const stranger = (await generateKeyPair('ES256')).privateKey;
    for (const spoil of [{ nonce: 'another' }, { key: stranger }, { audience: 'backhaul' }]) {
      issuer.spoil = spoil;
      await expectPage(await signIn(), 503, 'not possible just now');
    }
  });

  it('says so while the provider cannot be reached, and works once it can', async () => {
    const back = await atProvider(await leave());
    issuer.up = false;
    await expectPage(await browser.ask('GET', back), 503, 'cannot be reached');
    const fresh = await startApp({}, { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'backhaul' });
    const answer = await fresh.call('GET', START);
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining('cannot be reached')]);
    issuer.up = true;
    expect((await fresh.call('GET', START)).status).toBe(302);
    await fresh.close();
  });

  it('returns to PUBLIC_URL where that is set, whatever the request says, as the client the audience names', async () => {
    const behind = await startApp({}, { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'backhaul', PUBLIC_URL: 'https://returns.example/desk/' });
    const answer = await behind.call('GET', START, undefined, { 'x-forwarded-host': 'evil.example' });
    const asked = new URL(answer.headers.get('location') ?? '').searchParams;
    expect([asked.get('redirect_uri'), asked.get('client_id')]).toEqual([
      'https://returns.example/desk/v1/session/oidc/callback',
      'backhaul',
    ]);
    expect(answer.headers.getSetCookie()[0]).toContain('; Secure');
    await behind.close();
  });

  it('is not offered in production without PUBLIC_URL: a request’s own words decide no address there', async () => {
    const oidc = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'backhaul', NODE_ENV: 'production' };
    const service = await startApp({}, oidc);
    expect((await service.call<Sessions>('GET', '/v1/session')).body.ways).toEqual(['api_key']);
    expect((await service.call('GET', START)).status).toBe(404);
    await service.close();
  });
});

describe('The page shown after signing in', () => {
  it('is one of this service', () => {
    for (const path of ['/', '/finance', '/finance/refunds?state=failed#x', '/a%2F%2Fb', '/?next=//evil.example'])
      expect(localPath(path)).toBe(path);
  });

  it('is the first one for anything else', () => {
    const others = [
      undefined,
      '',
      'finance',
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      '/\t/evil.example',
      '/\n//evil.example',
      '/.//evil.example',
      '/x/..//evil.example',
      '/%2e//evil.example',
      'javascript:alert(1)',
      ' /finance',
      ['/finance', '/x'],
      `/${'x'.repeat(2000)}`,
      `/${'ü'.repeat(500)}`,
    ];
    for (const other of others) expect([other, localPath(other)]).toEqual([other, '/']);
  });
});

describe('The settings of the identity provider', () => {
  const mistakesOf = (env: Record<string, string>): readonly string[] => {
    try {
      readConfig(env);
      return [];
    } catch (error) {
      return error instanceof ConfigError ? error.mistakes : [String(error)];
    }
  };

  it('belong together', () => {
    const both = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'api' };
    expect(readConfig(both).oidc).toEqual({ issuer: 'https://id.example', audience: 'api', clientId: 'api', clientSecret: null });
    expect(readConfig({ ...both, OIDC_CLIENT_ID: 'pages', OIDC_CLIENT_SECRET: 'hush' }).oidc).toMatchObject({
      clientId: 'pages',
      clientSecret: 'hush',
    });
    expect(mistakesOf({ OIDC_CLIENT_ID: 'pages' })).toEqual([
      'OIDC_ISSUER is needed with OIDC_CLIENT_ID',
      'OIDC_AUDIENCE is needed with OIDC_CLIENT_ID',
    ]);
  });

  it('name an issuer by https in production', () => {
    const plain = { OIDC_ISSUER: 'http://id.example', OIDC_AUDIENCE: 'api' };
    expect(mistakesOf(plain)).toEqual([]);
    expect(mistakesOf({ ...plain, NODE_ENV: 'production' })).toEqual(['OIDC_ISSUER must be a URL starting with https://']);
  });
});
