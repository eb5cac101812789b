/** What shops send that no page may stumble over: ids with signs, slashes, blanks and other scripts, items without a SKU. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { ok, orderBody, returnBody } from '../journeys/shop-front.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { soon } from '../support/wait-for.js';
import { describePages, launchBrowser, signInWithKey, visit } from './browser.js';
import { Clerk } from './station-floor.js';

const ORDER_ID = '#注文/7 ü?&+';

describePages('An order with an odd id and an item without a SKU', () => {
  let service: TestApp;
  let browser: Browser;
  let returnId: string;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startApp(), launchBrowser()]);
    await ok(service.call('PUT', '/v1/policy', { windowDays: null }));
    const [shirt, mug] = orderBody().lines;
    await ok(
      service.call(
        'PUT',
        `/v1/orders/${encodeURIComponent(ORDER_ID)}`,
        orderBody({ number: ORDER_ID, lines: [shirt, { ...mug, sku: '', title: 'Mug, engraved' }] }),
      ),
      201,
    );
    const filed = await ok(
      service.call<PresentedReturn>('POST', `/v1/orders/${encodeURIComponent(ORDER_ID)}/returns`, returnBody({ mug: 1 })),
      201,
    );
    ({ returnId } = filed);
  });
  afterAll(async () => {
    await browser.close();
    await service.close();
  });
  const now = () => ok(service.call<PresentedReturn>('GET', `/v1/returns/${encodeURIComponent(returnId)}`));

  it('is shown to the customer, over a reload', async () => {
    const { token } = await ok(service.call<{ token: string }>('POST', `/v1/orders/${encodeURIComponent(ORDER_ID)}/sessions`, {}), 201);
    const { page, leave } = await visit(browser, service.url);
    await page.goto(`/r/${encodeURIComponent(returnId)}#session=${token}`);
    await page.getByText('Mug, engraved').first().waitFor();
    await page.reload();
    await page.getByText('Mug, engraved').first().waitFor();
    await leave();
  });

  it('is received at the station by its id and by the name of the item', async () => {
    const clerk = await Clerk.at(browser, service.url, await service.keyFor('warehouse'));
    await service.caughtUp();
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.page.getByText('Without a code: type its name and press Enter').waitFor();
    await clerk.scans('mug, ENGRAVED', 'accepted', '1 of 1');
    await soon(async () => expect((await now()).lines).toMatchObject([{ received: 1, sku: null }]));
    await clerk.leave();
  });

  it('is found on the board, and leads to its return and back to its order', async () => {
    await service.caughtUp();
    const { page, leave } = await visit(browser, service.url);
    await page.goto(`/admin?q=${encodeURIComponent('注文／７ Ü?&+')}`);
    await signInWithKey(page, ADMIN_KEY);
    await page.getByText('1 unit: Mug, engraved').first().waitFor();
    await page.getByRole('link', { name: returnId }).first().click();
    await page.getByRole('link', { name: `All returns of order ${ORDER_ID}` }).click();
    await page.getByText('1 unit: Mug, engraved').first().waitFor();
    await leave();
  });

  it('is explained at the finance desk', async () => {
    const { page, leave } = await visit(browser, service.url);
    await page.goto(`/finance/returns/${encodeURIComponent(returnId)}`);
    await signInWithKey(page, ADMIN_KEY);
    await page.getByText('Mug, engraved').first().waitFor();
    await leave();
  });
});
