/** Whatever a hurried customer or a bad line does, a return is filed once. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page, Route } from 'playwright-core';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, launchBrowser, PHONE, picture } from './browser.js';
import { atStep, PortalShop } from './portal-shop.js';

const FILING = /\/v1\/orders\/[^/]+\/returns$/;
const LINE_FAULTS = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_CONNECTION|Failed to load resource/;

describePages('A return is filed once', () => {
  let shop: PortalShop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([PortalShop.open(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  const send = (page: Page) => page.getByRole('button', { name: 'Send my return' });
  /** A customer of a fresh order who has chosen one shirt and stands before sending it. */
  const aboutToSend = async (expected?: RegExp) => {
    const { orderId } = await shop.order();
    const customer = await shop.customer(browser, orderId, { viewport: PHONE, ...(expected === undefined ? {} : { expected }) });
    const { page } = customer;
    await page.getByRole('checkbox', { name: 'Linen shirt' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Reason').selectOption('Changed my mind');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('region', { name: 'Your refund' }).getByText('€19.84', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await atStep(page, 5, 'Check and send');
    return { ...customer, orderId };
  };
  const filedOnce = async (page: Page, orderId: string): Promise<void> => {
    await page.waitForURL(`**/r/${orderId}-R1`);
    await page.getByRole('heading', { level: 1, name: /hand it in by/ }).waitFor();
    await soon(async () => expect(await shop.returnsOf(orderId)).toEqual([`${orderId}-R1`]));
  };

  it('when the button is clicked twice before the page can stop it', async () => {
    const { page, orderId, leave } = await aboutToSend(/409|Failed to load resource/);
    const keys: (string | undefined)[] = [];
    await page.route(FILING, async (route: Route) => {
      keys.push(route.request().headers()['idempotency-key']);
      await route.continue();
    });
    // In one go: the page has no time to disable the button in between.
    await page.evaluate(() => {
      const form = document.querySelector('form');
      form?.requestSubmit();
      form?.requestSubmit();
    });
    await filedOnce(page, orderId);
    expect(keys.length).toBeGreaterThanOrEqual(2);
    expect(new Set(keys).size).toBe(1);
    await leave();
  });

  it('when he chooses and goes on before the money is known', async () => {
    const { page, orderId, leave } = await aboutToSend();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await atStep(page, 4, 'Your money and return shipping');
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await page.route(/\/returns\/quote$/, async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('radio', { name: /Drop-off with a code/ }).check();
    await page.getByRole('button', { name: 'Continue' }).press('Enter');
    await atStep(page, 4, 'Your money and return shipping');
    letGo();
    await atStep(page, 5, 'Check and send');
    await send(page).click();
    await page.waitForURL(`**/r/${orderId}-R1`);
    expect((await shop.look(`${orderId}-R1`)).method).toBe('drop_off');
    await leave();
  });

  it('when he goes back after it is filed, and forward again', async () => {
    const { page, orderId, leave } = await aboutToSend();
    await send(page).dblclick();
    await filedOnce(page, orderId);
    await page.goBack();
    await atStep(page, 2, 'What would you like to return?');
    await soon(async () => expect(await page.getByRole('checkbox', { name: 'Linen shirt' }).isChecked()).toBe(false));
    await page.getByRole('link', { name: `${orderId}-R1` }).waitFor();
    await page.goForward();
    await filedOnce(page, orderId);
    await leave();
  });

  it('when the page is loaded again while it is being sent', async () => {
    const { page, orderId, leave } = await aboutToSend(LINE_FAULTS);
    const arrived = new Promise<void>((resolve) => {
      void page.route(
        FILING,
        async (route) => {
          // The service has filed it, but the page that would hear of it is gone.
          await route.fetch();
          resolve();
        },
        { times: 1 },
      );
    });
    await send(page).click();
    await arrived;
    await page.reload();
    await atStep(page, 5, 'Check and send');
    await page.getByText('We do not know yet whether your return has reached us').waitFor();
    await picture(page, 'portal-unsure-320');
    await send(page).click();
    await filedOnce(page, orderId);
    await leave();
  });

  it('when the answer is lost on the way', async () => {
    const { page, orderId, leave } = await aboutToSend(LINE_FAULTS);
    await page.route(
      FILING,
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await send(page).click();
    await filedOnce(page, orderId);
    await leave();
  });

  it('when the service does not know at first whether it was written, and then is still at it', async () => {
    const { page, orderId, leave } = await aboutToSend(/503|409/);
    const keys: (string | undefined)[] = [];
    const answers = [
      { status: 503, code: 'outcome_unknown' },
      { status: 409, code: 'idempotency_in_progress' },
    ];
    await page.route(FILING, async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      const answer = answers.shift();
      if (answer === undefined) return route.continue();
      await route.fetch();
      return route.fulfill({ status: answer.status, headers: { 'retry-after': '1' }, json: { code: answer.code, detail: 'Not now.' } });
    });
    await send(page).click();
    await filedOnce(page, orderId);
    expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
    await leave();
  });

  it('when the connection is gone and comes back', async () => {
    const { page, context, orderId, leave } = await aboutToSend(LINE_FAULTS);
    await context.setOffline(true);
    await send(page).click();
    await page.getByText('We cannot reach the service').waitFor();
    expect(await shop.returnsOf(orderId)).toEqual([]);
    await context.setOffline(false);
    await send(page).click();
    await filedOnce(page, orderId);
    await leave();
  });

  it('while back and forward of the browser move between the steps, and a reload keeps what was entered', async () => {
    const { page, orderId, leave } = await aboutToSend();
    await page.goBack();
    await atStep(page, 4, 'Your money and return shipping');
    await page.goBack();
    await atStep(page, 3, 'Tell us why');
    await page.getByLabel('Note').fill('Not my colour');
    await page.reload();
    await atStep(page, 3, 'Tell us why');
    await soon(async () => expect(await page.getByLabel('Note').inputValue()).toBe('Not my colour'));
    await page.goForward();
    await page.goForward();
    await atStep(page, 5, 'Check and send');
    await page.getByText('Not my colour').waitFor();
    await send(page).click();
    await filedOnce(page, orderId);
    await leave();
  });

  it('when the sign-in ends in the middle: he signs in again and goes on with what he had entered', async () => {
    const { page, context, orderId, leave } = await aboutToSend(/401/);
    await context.clearCookies();
    await send(page).click();
    await page.getByText('Your sign-in is over. Sign in again: what you have entered is still here.').waitFor();
    expect(await shop.returnsOf(orderId)).toEqual([]);
    await page.goto(await shop.linkFor(orderId, '/?step=check'));
    await atStep(page, 5, 'Check and send');
    expect(page.url()).not.toContain('session=');
    await waitFor(async () => (await page.getByText('1 × Linen shirt').count()) > 0, 'what was entered');
    await send(page).click();
    await filedOnce(page, orderId);
    await leave();
  });

  it('and when what was chosen has gone into another return meanwhile, he is told and can choose anew', async () => {
    const { page, orderId, leave } = await aboutToSend(/409/);
    await shop.filed(orderId, { shirt: 3 });
    await send(page).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.getByText('can no longer be returned; it was taken off').waitFor();
    await soon(async () => expect(await shop.returnsOf(orderId)).toEqual([`${orderId}-R1`]));
    await leave();
  });
});
