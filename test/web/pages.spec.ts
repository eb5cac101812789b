import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { orderBody } from '../journeys/shop-front.js';
import { ok } from '../journeys/warehouse-desk.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { soon } from '../support/wait-for.js';
import { describePages, expectAccessible, launchBrowser, signInWithKey, visit } from './browser.js';

const AREAS = [
  { path: '/warehouse', role: 'warehouse', title: 'Scan station' },
  { path: '/finance', role: 'finance', title: 'Finance' },
  { path: '/admin', role: 'admin', title: 'Operations' },
];

describePages('The pages', () => {
  let service: TestApp;
  let browser: Browser;

  beforeAll(async () => {
    [service, browser] = await Promise.all([startApp(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  it('come with a policy that lets nothing in but what the service gives', async () => {
    const [first, second] = await Promise.all([fetch(`${service.url}/warehouse`), fetch(`${service.url}/warehouse`)]);
    const policy = first.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'nonce-[^']+' 'wasm-unsafe-eval'; style-src 'self' 'nonce-/);
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toBe(second.headers.get('content-security-policy'));
    expect(await first.text()).not.toContain('__CSP_NONCE__');
  });

  it('may be kept by a browser for ever where the name of a file changes with its content, and are asked for anew elsewhere', async () => {
    const kept = async (path: string): Promise<string | null> => {
      const answer = await fetch(`${service.url}${path}`, { headers: { accept: 'text/html' } });
      expect(answer.status).toBe(200);
      return answer.headers.get('cache-control');
    };
    const html = await (await fetch(`${service.url}/warehouse`)).text();
    const built = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(built.map((path) => path.split('.').at(-1))).toEqual(expect.arrayContaining(['js', 'css']));
    for (const path of built) expect([path, await kept(path)]).toEqual([path, 'public, max-age=31536000, immutable']);
    for (const path of ['/', '/warehouse', '/finance/latency', '/admin', '/r/R-1', '/station-sw.js'])
      expect([path, await kept(path)]).toEqual([path, 'no-cache']);
  });

  it('load nothing that is not there', async () => {
    expect((await fetch(`${service.url}/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${service.url}/assets/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  it('may be built anew while the service runs: what is gone is not there, and the service is', async () => {
    const name = `${randomUUID()}.txt`;
    const file = fileURLToPath(new URL(`../../dist/web/assets/${name}`, import.meta.url));
    await writeFile(file, 'of the build before');
    const running = await startApp();
    await rm(file);
    expect((await fetch(`${running.url}/assets/${name}`)).status).toBe(404);
    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    await running.close();
  });

  it.each(AREAS)('$path asks staff to sign in, keeps the key out of the page, and signs out', async ({ path, role }) => {
    const { page, context, leave } = await visit(browser, service.url, { expected: /401|403/ });
    await page.goto(path);
    await page.getByRole('textbox', { name: 'API key' }).fill('bh_wrong');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('This key is not valid').waitFor();
    await expectAccessible(page);
    await signInWithKey(page, await service.keyFor(role));
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
    expect(kept).not.toContain('bh_');
    await soon(async () =>
      expect((await context.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([
        { name: 'bh_staff', httpOnly: true, sameSite: 'Strict' },
      ]),
    );
    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('textbox', { name: 'API key' }).waitFor();
    await leave();
  });

  it('say so, and offer to load again, when they cannot be loaded or shown', async () => {
    const { page, leave } = await visit(browser, service.url, {
      expected: /ERR_FAILED|Failed to fetch dynamically|[Pp]reload|401|TypeError|Cannot read properties/,
    });
    await page.route(/\/assets\/Portal-/, (route) => route.abort());
    await page.goto('/');
    await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
    await expectAccessible(page);
    await page.unroute(/\/assets\/Portal-/);
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByLabel('Order number').waitFor();
    // An answer that this page was not made for.
    await page.route('**/v1/returns?*', (route) => route.fulfill({ json: {} }));
    await page.goto('/admin');
    await page.getByRole('textbox', { name: 'API key' }).fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
    await page.unroute('**/v1/returns?*');
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('heading', { name: 'Returns', exact: true }).waitFor();
    await leave();
  });

  it('open with a link whose session cannot be read', async () => {
    const { page, leave } = await visit(browser, service.url, { expected: /401/ });
    await page.goto('/#session=%');
    await page.getByText('no longer valid').waitFor();
    await leave();
  });

  it('tell staff whose role is another', async () => {
    const { page, leave } = await visit(browser, service.url);
    await page.goto('/finance');
    await signInWithKey(page, await service.keyFor('warehouse'));
    await page.getByText('which may not open this page').waitFor();
    await leave();
  });

  it('tell staff whose key was revoked that their sign-in is over, until they sign in again or sign out', async () => {
    const over = (page: Page) => page.getByRole('status').filter({ hasText: 'Your sign-in is over' });
    const { keyId, key } = ok(
      await service.call<{ keyId: string; key: string }>('POST', '/v1/api-keys', { role: 'finance', label: 'for a day' }),
      201,
    );
    const { page, leave } = await visit(browser, service.url, { expected: /401/ });
    await page.goto('/finance');
    await page.getByRole('textbox', { name: 'API key' }).waitFor();
    await soon(async () => expect(await over(page).count()).toBe(0));
    await signInWithKey(page, key);
    await page.getByRole('heading', { level: 1, name: 'What we owe' }).waitFor();
    expect((await service.call('DELETE', `/v1/api-keys/${keyId}`)).status).toBeLessThan(300);
    await page.getByRole('link', { name: 'Refund latency' }).click();
    await over(page).waitFor();
    await expectAccessible(page);
    await signInWithKey(page, await service.keyFor('finance'));
    await page.getByRole('heading', { level: 1, name: 'Refund latency' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('textbox', { name: 'API key' }).waitFor();
    await soon(async () => expect(await over(page).count()).toBe(0));
    await leave();
  });

  it('work over plain http in the own network, but for the scan station, which says why', async () => {
    const elsewhere = await launchBrowser(['--host-resolver-rules=MAP shop.test 127.0.0.1']);
    const { page, leave } = await visit(elsewhere, service.url.replace('127.0.0.1', 'shop.test'), {
      expected: /Cross-Origin-Opener-Policy header has been ignored/,
    });
    await page.goto('/admin/keys');
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await signInWithKey(page, ADMIN_KEY);
    await page.getByLabel('Used by').fill('plain http');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText(/^bh_/).waitFor();
    await page.goto('/warehouse');
    await page.getByRole('heading', { name: 'The scan station needs https' }).waitFor();
    await expectAccessible(page);
    await leave();
    await elsewhere.close();
  });

  it('say which address names no page of finance or operations, and lead back to one that begins at its heading', async () => {
    const { page, leave } = await visit(browser, service.url);
    await page.goto('/finance/nothing');
    await signInWithKey(page, ADMIN_KEY);
    for (const { address, back, heading } of [
      { address: '/finance/nothing', back: 'Go to what we owe', heading: 'What we owe' },
      { address: '/admin/nothing', back: 'Go to the returns', heading: 'Returns' },
    ]) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor();
      await soon(async () => expect(await page.title()).toBe('No such page · Backhaul'));
      await page.getByRole('link', { name: back }).click();
      await page.locator('h1:focus').filter({ hasText: heading }).waitFor();
    }
    await leave();
  });

  it.each([
    { first: 'customer', area: '/', other: '/admin/keys', left: 'API keys' },
    { first: 'clerk', area: '/admin/keys', other: '/', left: /^Step 2 of 5/ },
  ] as const)('keep a customer and a clerk apart in one browser: the $first signs out, the other stays', async ({ area, other, left }) => {
    expect((await service.call('PUT', '/v1/orders/SIDE-1', orderBody())).status).toBeLessThan(300);
    const { token } = ok(await service.call<{ token: string }>('POST', '/v1/orders/SIDE-1/sessions', {}), 201);
    const { page, context, leave } = await visit(browser, service.url);
    await page.goto(`/#session=${token}`);
    await page.getByRole('heading', { level: 1, name: /^Step 2 of 5/ }).waitFor();
    const clerk = await context.newPage();
    await clerk.goto('/admin/keys');
    await signInWithKey(clerk, ADMIN_KEY);
    const [leaving, staying] = area === '/' ? [page, clerk] : [clerk, page];
    await leaving.getByRole('button', { name: 'Sign out' }).click();
    await leaving.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' });
    await soon(async () => expect(await context.cookies()).toHaveLength(1));
    // Also after it is loaded anew.
    await staying.reload();
    await staying.getByRole('heading', { level: 1, name: left }).waitFor();
    expect(new URL(staying.url()).pathname).toBe(other);
    await leaving.reload();
    await leaving.getByRole('heading', { level: 1 }).waitFor();
    await soon(async () => expect(await leaving.getByRole('button', { name: 'Sign out' }).count()).toBe(0));
    await staying.getByRole('button', { name: 'Sign out' }).click();
    await staying.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' });
    await soon(async () => expect(await context.cookies()).toEqual([]));
    await leave();
  });

  it('let admins into every area', async () => {
    const { page, leave } = await visit(browser, service.url);
    await page.goto('/warehouse');
    await signInWithKey(page, ADMIN_KEY);
    for (const { path, title } of AREAS) {
      await page.goto(path);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      await soon(async () => expect(await page.title()).toContain(title));
    }
    await leave();
  });
});
