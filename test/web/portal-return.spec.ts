/** What a customer sees of a return once it is filed, and how he gets in. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page, Route } from 'playwright-core';
import { ok } from '../journeys/shop-front.js';
import { jpeg } from '../support/photos.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, DESK, launchBrowser, PHONE, picture, visit } from './browser.js';
import { atStep, looksGood, PortalShop } from './portal-shop.js';

/** `€1,234.50` or `-€4.90` in cents. */
const cents = (text: string): number => Number(text.replaceAll(/[^\d-]/g, ''));

describePages('A customer follows a return', () => {
  let shop: PortalShop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([PortalShop.open(), launchBrowser()]);
    await shop.policy({
      returnShipping: { feeMinor: 490, freeFromMinor: 15_000 },
      storeCreditBonusBp: 1000,
      restockingFeeBp: 500,
      inspectionRequired: true,
      refundTrigger: 'inspected',
    });
  });
  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  const headline = (page: Page, words: RegExp) => page.getByRole('heading', { level: 1, name: words });
  const follow = async (returnId: string, options: Parameters<PortalShop['customer']>[2] = {}) => {
    const orderId = returnId.slice(0, returnId.lastIndexOf('-R'));
    return shop.customer(browser, orderId, { path: `/r/${returnId}`, ...options });
  };

  it('and sees at once what the warehouse receives and inspects, and why the refund is what it is', async () => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { shirt: 2, mug: 1 }, { outcome: 'store_credit' });
    const { page, leave } = await follow(returnId);
    await headline(page, /hand it in by/).waitFor();
    await shop.receive(returnId, { shirt: 2, mug: 1 });
    await headline(page, /We are inspecting|Your return is here/).waitFor();
    await page.getByRole('region', { name: 'What you are returning' }).getByText('2 pieces · 2 received').waitFor();
    await soon(async () =>
      expect(await page.getByRole('status').allInnerTexts()).toContainEqual(expect.stringContaining('News about your return:')),
    );
    const inspect = (lineId: string, quantity: number, grade: string) =>
      ok(shop.clerk('POST', `/v1/returns/${returnId}/inspections`, { station: 'dock-1', items: [{ lineId, quantity, grade }] }));
    await inspect('shirt', 1, 'A');
    await inspect('shirt', 1, 'C');
    await inspect('mug', 1, 'A');
    await waitFor(async () => (await shop.look(returnId)).status === 'refunded', 'the refund');
    await headline(page, /All done/).waitFor();
    const refunds = page.getByRole('region', { name: 'Why this amount' });
    const { refunds: owed, money } = await shop.look(returnId);
    await soon(async () => expect(await refunds.count()).toBe(owed.length));
    let total = 0;
    for (const refund of await refunds.all()) {
      const rows = await refund.locator('tbody td').allInnerTexts();
      const sum = cents(await refund.locator('tfoot td').innerText());
      expect(rows.reduce((before, row) => before + cents(row), 0)).toBe(sum);
      const ways = await refund.locator('dl dd').allInnerTexts();
      expect(ways.reduce((before, way) => before + cents(way), 0)).toBe(sum);
      total += sum;
    }
    expect(total).toBe(money.refundedMinor);
    await page.getByText('75 % after inspection').waitFor();
    await looksGood(page, 'portal-refunded-1280');
    await page.setViewportSize(PHONE);
    await looksGood(page, 'portal-refunded-320');
    await leave();
  });

  it('hears plainly that the parcel is late and that something is missing', async () => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { shirt: 2 });
    await waitFor(async () => (await shop.look(returnId)).labels.some(({ state }) => state === 'issued'), 'the label');
    const { page, leave } = await follow(returnId, { viewport: PHONE });
    await headline(page, /hand it in by/).waitFor();
    await ok(shop.call('POST', `/v1/returns/${returnId}/tracking`, { status: 'scanned', place: 'Berlin' }));
    await headline(page, /on its way to us/).waitFor();
    await ok(shop.call('POST', `/v1/returns/${returnId}/tracking`, { status: 'delayed', place: 'Leipzig' }));
    await page.getByRole('alert').getByText('Your parcel is delayed on its way to us.').waitFor();
    await soon(async () => expect(await page.getByRole('button', { name: 'Cancel this return' }).count()).toBe(0));
    await looksGood(page, 'portal-delayed-320');
    await shop.receive(returnId, { shirt: 1 });
    await ok(
      shop.clerk('POST', `/v1/returns/${returnId}/missing`, {
        station: 'dock-1',
        items: [{ lineId: 'shirt', quantity: 1 }],
        why: 'not_in_parcel',
      }),
    );
    await page
      .getByRole('alert')
      .getByText(/1 × .*Linen shirt.* did not arrive with us/)
      .waitFor();
    await leave();
  });

  it('cancels it, once asked whether that is meant', async () => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    const { page, leave } = await follow(returnId);
    await page.getByRole('button', { name: 'Cancel this return' }).click();
    await page.getByRole('heading', { name: 'Cancel this return?' }).waitFor();
    await looksGood(page, 'portal-cancel-1280');
    await page.getByRole('button', { name: 'No, keep it' }).click();
    expect((await shop.look(returnId)).status).not.toBe('cancelled');
    await page.getByRole('button', { name: 'Cancel this return' }).click();
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await headline(page, /This return is cancelled/).waitFor();
    await soon(async () => expect((await shop.look(returnId)).status).toBe('cancelled'));
    await page.getByRole('link', { name: 'Return something else' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.getByRole('checkbox', { name: 'Stoneware mug' }).waitFor();
    await leave();
  });

  it('books the courier', async () => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 }, { method: 'pickup' });
    const { page, leave } = await follow(returnId, { viewport: PHONE, expected: /409/ });
    await headline(page, /Choose when the courier shall come/).waitFor();
    await page.getByLabel('Time').selectOption({ index: 1 });
    await looksGood(page, 'portal-pickup-320');
    await page.getByRole('button', { name: 'Book the pickup' }).dblclick();
    await headline(page, /The courier comes on/).waitFor();
    await page.getByText(/The courier comes on .*12:00 to 15:00/).waitFor();
    const { pickups } = await shop.look(returnId);
    expect(pickups.map(({ from, until }) => Date.parse(until) - Date.parse(from))).toEqual([3 * 3_600_000]);
    await leave();
  });

  it('downloads the label as a PDF', async () => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    const { page, leave } = await follow(returnId);
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as PDF' }).click();
    expect((await coming).suggestedFilename()).toBe(`${returnId}-L1.pdf`);
    await page.emulateMedia({ media: 'print' });
    await picture(page, 'portal-print-1280');
    await soon(async () => expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(false));
    await soon(async () => expect(await page.getByRole('img', { name: /Return label/ }).isVisible()).toBe(true));
    await leave();
  });

  it('does not see those of others', async () => {
    const [mine, others] = [await shop.order(), await shop.order()];
    const { returnId } = await shop.filed(others.orderId, { mug: 1 });
    const { page, leave } = await shop.customer(browser, mine.orderId, { path: `/r/${returnId}`, expected: /404/ });
    await headline(page, /We cannot find this return/).waitFor();
    await looksGood(page, 'portal-not-found-1280');
    await page.getByRole('link', { name: 'To your order' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.getByText(`Order #${mine.number}`).waitFor();
    await leave();
  });

  it('still hears of it when the stream of events is down', async () => {
    const { orderId } = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 });
    const { page, leave } = await visitWithoutEvents(orderId, returnId);
    await headline(page, /hand it in by/).waitFor();
    await shop.receive(returnId, { mug: 1 });
    await headline(page, /We are inspecting|Your return is here/).waitFor();
    await leave();
  });

  const visitWithoutEvents = async (orderId: string, returnId: string) => {
    const customer = await visit(browser, shop.app.url, { expected: /ERR_FAILED/ });
    await customer.context.route('**/v1/events', (route) => route.abort());
    await customer.page.goto(await shop.linkFor(orderId, `/r/${returnId}`));
    return customer;
  };
});

describePages('At the door of the portal', () => {
  let shop: PortalShop;
  let browser: Browser;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([PortalShop.open(), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  it('a newcomer loads the sample orders and signs in with one of them', async () => {
    const { page, leave } = await visit(browser, shop.app.url, { viewport: DESK });
    await page.goto('/');
    await page.getByRole('button', { name: 'Load sample orders' }).click();
    await page.getByRole('button', { name: 'Use order SHOP-1001' }).click();
    await soon(async () => expect(await page.getByLabel('E-mail address').inputValue()).toBe('customer1@shop.example'));
    await looksGood(page, 'portal-samples-1280');
    await page.setViewportSize(PHONE);
    await looksGood(page, 'portal-samples-320');
    await page.getByRole('button', { name: /^DE/ }).click();
    await page.getByText('Zu lange her: Die Rückgabefrist ist abgelaufen.').waitFor();
    await page.getByRole('button', { name: /^EN/ }).click();
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page
      .getByLabel('Code from the e-mail')
      .fill(await shop.codeFor({ orderId: 'SHOP-1001', number: 'SHOP-1001', email: 'customer1@shop.example' }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await leave();
  });

  it('a wrong code is refused in words at the field, and the right one still opens', async () => {
    const order = await shop.order();
    const { page, leave } = await visit(browser, shop.app.url, { expected: /401/ });
    await page.goto('/');
    await page.getByLabel('Order number').fill(`#${order.number.toLowerCase()}`);
    await page.getByLabel('E-mail address').fill(order.email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    const code = await shop.codeFor(order);
    const field = page.getByLabel('Code from the e-mail');
    await field.fill('12');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter all 8 digits of the code.').waitFor();
    await field.fill(code === '1234 5678' ? '8765 4321' : '1234 5678');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This code is wrong, too old or used already.').waitFor();
    await soon(async () =>
      expect(await field.evaluate((input) => [input === document.activeElement, input.getAttribute('aria-invalid')])).toEqual([
        true,
        'true',
      ]),
    );
    await looksGood(page, 'portal-wrong-code-1280');
    // A phone ends the page while he looks into his mailbox.
    await page.reload();
    await field.fill(code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await atStep(page, 1, 'Sign in');
    await leave();
  });

  it('a link of the shop whose session is over leads to the sign-in, without the session in the address', async () => {
    const { page, leave } = await visit(browser, shop.app.url, { expected: /401/ });
    await page.goto('/#session=not-a-session');
    await page.getByText('The link you came by is no longer valid.').waitFor();
    expect(page.url()).toBe(`${shop.app.url}/`);
    await leave();
  });

  it('a link that could not be tried is no old link: it is tried again, and why he was signed out is forgotten once he has signed in', async () => {
    const { orderId } = await shop.order();
    const { page, context, leave } = await visit(browser, shop.app.url, { expected: /401|503/ });
    await page.route('**/v1/session', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({ status: 503, headers: { 'retry-after': '0' }, json: { code: 'store_unavailable', detail: 'Not now.' } })
        : route.continue(),
    );
    await page.goto(await shop.linkFor(orderId));
    await page.getByText('The service is busy.').waitFor();
    await soon(async () => expect(await page.getByText('no longer valid').count()).toBe(0));
    await page.unroute('**/v1/session');
    await page.getByRole('button', { name: 'Try again' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await context.clearCookies();
    await page.getByRole('checkbox', { name: 'Linen shirt' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Reason').selectOption('Changed my mind');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Your sign-in is over.').waitFor();
    // The same page goes on, with another link.
    await page.evaluate((link) => location.assign(link), (await shop.linkFor(orderId)).slice(1));
    await page.getByRole('heading', { level: 1, name: /^Step 4/ }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await atStep(page, 1, 'Sign in');
    await soon(async () => expect(await page.getByText(/Your sign-in is over|no longer valid/).count()).toBe(0));
    await soon(async () =>
      expect(await page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith('backhaul.')))).toEqual([]),
    );
    await leave();
  });

  it('a code that was right is not lost when the session cannot be opened at once, and signing out that did not work says so', async () => {
    const order = await shop.order();
    const { page, leave } = await visit(browser, shop.app.url, { expected: /ERR_FAILED/ });
    await page.goto('/');
    await page.getByLabel('Order number').fill(order.number);
    await page.getByLabel('E-mail address').fill(order.email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await page.getByLabel('Code from the e-mail').fill(await shop.codeFor(order));
    const isNot = (method: string) => (route: Route) => (route.request().method() === method ? route.abort() : route.continue());
    await page.route(/\/v1\/session\b/, isNot('POST'));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('We cannot reach the service').waitFor();
    await page.unroute(/\/v1\/session\b/);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.route(/\/v1\/session\b/, isNot('DELETE'));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('We cannot reach the service').waitFor();
    await page.getByRole('heading', { level: 1, name: /^Step 2/ }).waitFor();
    await leave();
  });

  it('nothing can be returned any more: the page says why for each item', async () => {
    const { orderId } = await shop.order({ deliveredDaysAgo: 60 });
    const { page, leave } = await shop.customer(browser, orderId, { viewport: PHONE });
    await page.getByText('Nothing of this order can be returned at the moment.').waitFor();
    await soon(async () => expect(await page.getByText(/This item could be returned until/).count()).toBe(2));
    await page.getByText('sold as final sale and cannot be returned').waitFor();
    await soon(async () => expect(await page.getByRole('button', { name: 'Continue' }).count()).toBe(0));
    await looksGood(page, 'portal-expired-320');
    await leave();
  });

  it('photos that are none, or too large, are refused in words, and one can be removed again', async () => {
    const { orderId } = await shop.order();
    const { page, leave } = await shop.customer(browser, orderId, { viewport: PHONE, expected: /415|422/ });
    await page.getByRole('checkbox', { name: 'Stoneware mug' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    const input = page.locator('input[type=file]');
    await input.setInputFiles([
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') },
      { name: 'huge.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(10 * 1024 * 1024 + 1) },
    ]);
    await page.getByText('notes.txt is not a photo we can read.').waitFor();
    await page.getByText('huge.jpg is larger than 10 MB.').waitFor();
    await input.setInputFiles({ name: 'broken.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no photo') });
    await page.getByText(/broken.jpg: This file is not a photo/).waitFor();
    await looksGood(page, 'portal-photos-320');
    await input.setInputFiles(
      [1, 2].map((number) => ({ name: `${number}.jpg`, mimeType: 'image/jpeg', buffer: photos[number - 1] ?? Buffer.of() })),
    );
    await page.getByRole('img', { name: 'Photo 2 of Stoneware mug' }).waitFor();
    await page.getByRole('button', { name: 'Remove photo 1 of Stoneware mug' }).click();
    await page.reload();
    await page.getByRole('img', { name: 'Photo 1 of Stoneware mug' }).waitFor();
    await soon(async () => expect(await page.getByRole('img', { name: /Photo/ }).count()).toBe(1));
    await leave();
  });

  let photos: readonly Buffer[];
  beforeAll(async () => {
    photos = [Buffer.from(await jpeg(300, 200, '#0055aa')), Buffer.from(await jpeg(200, 300, '#22aa22'))];
  });
});
