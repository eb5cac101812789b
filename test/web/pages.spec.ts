import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
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
    expect((await context.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }))).toEqual([{ name: 'bh_staff', httpOnly: true, sameSite: 'Strict' }]);
    await page.reload();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('textbox', { name: 'API key' }).waitFor();
    await leave();
  });

  it('say so, and offer to load again, when they cannot be loaded or shown', async () => {
    const { page, leave } = await visit(browser, service.url, { expected: /ERR_FAILED|Failed to fetch dynamically|[Pp]reload|401|TypeError|Cannot read properties/ });
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

  it('work over plain http in the own network, but for the scan station, which says why', async () => {
    const elsewhere = await launchBrowser(['--host-resolver-rules=MAP shop.test 127.0.0.1']);
    const { page, leave } = await visit(elsewhere, service.url.replace('127.0.0.1', 'shop.test'), { expected: /Cross-Origin-Opener-Policy header has been ignored/ });
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

  it('let admins into every area', async () => {
    const { page, leave } = await visit(browser, service.url);
    await page.goto('/warehouse');
    await signInWithKey(page, ADMIN_KEY);
    for (const { path, title } of AREAS) {
      await page.goto(path);
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      expect(await page.title()).toContain(title);
    }
    await leave();
  });
});
