/** What somebody does who has just started the service for the first time: no configuration, no orders, only a browser. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, expectPictures, launchBrowser, PHONE, picture, signInWithKey, visit } from './browser.js';
import { atStep } from './portal-shop.js';
import { Clerk } from './station-floor.js';

/** The SKU of an article, which a scanner reads from it as well as its barcode. */
type Order = { readonly lines: readonly { readonly sku: string }[] };

describePages('A newcomer on an empty data folder', () => {
  let service: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startApp(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  /** The mailed code, read where the page says it can be read. */
  async function codeFrom(page: Page): Promise<string> {
    const outbox = await page.context().newPage();
    await outbox.goto('/dev/outbox');
    await outbox.getByRole('link').first().click();
    const code = /\d{4} \d{4}/.exec(await outbox.locator('pre').innerText())?.[0];
    await outbox.close();
    if (code === undefined) throw new Error('The newest mail holds no code');
    return code;
  }

  it('loads sample orders, files a return, scans it in and sees it refunded', async () => {
    const customer = await visit(browser, service.url);
    const { page } = customer;
    await page.goto('/');
    await page.getByRole('button', { name: /sample orders/i }).click();
    await page.getByRole('button', { name: /SHOP-1001/ }).click();
    await picture(page, 'first-look-portal');
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByLabel('Code from the e-mail').waitFor();
    await page.getByLabel('Code from the e-mail').fill(await codeFrom(page));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.getByRole('checkbox').first().check();
    await picture(page, 'first-look-items');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Reason').selectOption('Too small');
    await page.getByRole('button', { name: 'Continue' }).click();
    await atStep(page, 4, 'Your money and return shipping');
    await page.getByText('You get back').first().waitFor();
    await picture(page, 'first-look-money');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Send my return' }).click();
    await page.getByRole('heading', { level: 1, name: /Put the label on the parcel/ }).waitFor();
    const returnId = decodeURIComponent(new URL(page.url()).pathname.replace('/r/', ''));
    const label = page.getByRole('img', { name: /Return label/ });
    await expectPictures(label, 1);
    await picture(page, 'first-look-return');

    const { body: ret } = await service.call<Order>('GET', `/v1/returns/${returnId}`);
    const clerk = await Clerk.at(browser, service.url, ADMIN_KEY, 'dock-1');
    await clerk.scans(returnId, 'opened', '1 piece');
    await clerk.scans(ret.lines[0]!.sku, 'accepted', '1 of 1');
    await picture(clerk.page, 'first-look-station', { fullPage: false });

    await page.getByRole('heading', { level: 1, name: /^All done/ }).waitFor();
    await waitFor(
      async () => (await service.call<{ status: string }>('GET', `/v1/returns/${returnId}`)).body.status === 'refunded',
      'the refund',
    );
    await page.getByText('Refunded', { exact: true }).first().waitFor();
    await picture(page, 'first-look-refunded');

    await clerk.page.goto('/admin');
    await clerk.page.getByText(returnId).first().waitFor();
    await picture(clerk.page, 'first-look-operations', { fullPage: false });
    await clerk.leave();
    await customer.leave();
  });

  it('finds the sample orders again on a phone, and no second shop to load', async () => {
    const { page, leave } = await visit(browser, service.url, { viewport: PHONE });
    await page.goto('/');
    await page.getByRole('button', { name: /SHOP-1002/ }).waitFor();
    await soon(async () => expect(await page.getByRole('button', { name: /load sample/i }).count()).toBe(0));
    await picture(page, 'first-look-phone');
    await leave();
  });

  it('publishes his own terms in place of those the service came with', async () => {
    const { page, leave } = await visit(browser, service.url);
    await page.goto('/admin/policy');
    await signInWithKey(page, ADMIN_KEY);
    await page.getByText('The built-in terms are in force.').waitFor();
    await page.getByLabel('Days to return').fill('60');
    await page.getByText('1 difference from what is in force.').waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Version 1 is in force').waitFor();
    await leave();
  });
});
