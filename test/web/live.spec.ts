/** What pages know of the line on which they hear of events: whether it stands, and what was missed while it did not. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.js';
import { describePages, launchBrowser, type Visit } from './browser.js';
import { PortalShop } from './portal-shop.js';

const LINE_FAULTS = /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_FAILED|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load resource/;
const EVENTS = '**/v1/events';

describePages('The line on which a page hears of events', () => {
  let shop: PortalShop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([PortalShop.open(), launchBrowser()]);
    await shop.policy({});
  });
  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  const headline = (page: Page, words: RegExp) => page.getByRole('heading', { level: 1, name: words }).waitFor();
  const interrupted = (page: Page) => page.getByText('The connection is interrupted');
  /** As when a network goes: what is open breaks off in the middle, and nothing new gets through. */
  const breakLine = async (context: BrowserContext): Promise<void> => {
    await context.setOffline(true);
    shop.app.app.getHttpServer().closeAllConnections();
  };
  /** A customer who looks at a return of his, once the line is up. */
  const following = async (): Promise<Visit & { readonly orderId: string; readonly returnId: string }> => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { shirt: 1 });
    const customer = await shop.customer(browser, orderId, { expected: LINE_FAULTS });
    await customer.page.getByRole('heading', { level: 1 }).waitFor();
    await Promise.all([customer.page.waitForResponse(EVENTS), customer.page.goto(`/r/${returnId}`)]);
    await headline(customer.page, /hand it in by/);
    return { ...customer, orderId, returnId };
  };

  it('is known to be gone when it breaks in the middle, and what was missed is read once it is back', async () => {
    const { page, context, returnId, leave } = await following();
    await breakLine(context);
    await interrupted(page).waitFor();
    await shop.receive(returnId, { shirt: 1 });
    await context.setOffline(false);
    await interrupted(page).waitFor({ state: 'detached' });
    await headline(page, /refund|received|All done/i);
    await leave();
  });

  it('is not taken to stand while the service refuses it', async () => {
    const { page, context, leave } = await following();
    let asked = 0;
    await page.route(EVENTS, async (route) => {
      asked += 1;
      await route.fulfill({ status: 503, json: { code: 'too_busy', detail: 'Too busy.' } });
    });
    await breakLine(context);
    await interrupted(page).waitFor();
    await page.evaluate(() => {
      const seen = globalThis as typeof globalThis & { wasLive?: boolean };
      new MutationObserver(() => {
        if (document.body.textContent?.includes('The connection is interrupted') === false) seen.wasLive = true;
      }).observe(document.body, { childList: true, subtree: true });
    });
    asked = 0;
    await context.setOffline(false);
    await waitFor(() => asked >= 2, 'two refusals');
    expect(await page.evaluate(() => (globalThis as typeof globalThis & { wasLive?: boolean }).wasLive)).toBeUndefined();
    await page.unroute(EVENTS);
    await interrupted(page).waitFor({ state: 'detached' });
    await leave();
  });

  it('ends when another tab signs out, and the page says so by itself', async () => {
    const { page, context, leave } = await following();
    const { sessions } = (await (await context.request.get(`${shop.app.url}/v1/session`)).json()) as { sessions: { csrfToken: string }[] };
    await context.request.delete(`${shop.app.url}/v1/session?area=customer`, { headers: { 'x-csrf-token': sessions[0]!.csrfToken } });
    await page
      .getByText(/sign-in is over|time is over|signed out|sign in again/i)
      .first()
      .waitFor();
    await leave();
  });

  it('is asked for again as who is signed in now, when another tab has signed in anew', async () => {
    const { page, context, orderId, returnId, leave } = await following();
    const other = await context.newPage();
    await other.goto(await shop.linkFor(orderId, `/r/${returnId}`));
    await headline(other, /hand it in by/);
    await breakLine(context);
    await interrupted(page).waitFor();
    await context.setOffline(false);
    await interrupted(page).waitFor({ state: 'detached' });
    await leave();
  });
});
