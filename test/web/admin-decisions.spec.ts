/** Decisions that cost money or collide: another label, goods that need not come back, and two people at one return. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ok } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from './browser.js';

describePages('A decision on a return', () => {
  let office: Office;
  beforeAll(async () => {
    office = await Office.open();
  });
  afterAll(() => office.close());

  const statusOf = async (returnId: string): Promise<string> => (await office.desk.look(returnId)).status;
  const eventsOf = async (returnId: string): Promise<string[]> =>
    ok(await office.desk.shop<{ items: { type: string }[] }>('GET', `/v1/returns/${returnId}/history`)).items.map(({ type }) => type);
  const has = (page: Page, status: string) => page.locator('main').getByText(status, { exact: true }).first().waitFor();
  /** On a phone and on a desk: accessible, without sideways scrolling, and kept as a picture. */
  const looksGood = async (page: Page, name: string): Promise<void> => {
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await picture(page, `${name}-${size.width}`, { fullPage: false });
    }
  };
  /** Nothing waits for a review but what the test files. */
  const emptyQueue = async (): Promise<void> => {
    await office.desk.app.caughtUp();
    const { items } = ok(await office.desk.shop<{ items: { returnId: string }[] }>('GET', '/v1/returns?status=in_review'));
    for (const { returnId } of items) ok(await office.desk.shop('POST', `/v1/returns/${returnId}/decline`, {}));
  };

  it('orders another label, and shows both', async () => {
    const returnId = await office.filed({ mug: 1 }, { method: 'label' });
    await waitFor(async () => (await office.desk.look(returnId)).labels.find(({ state }) => state === 'issued'), 'the first label');
    const { page, leave } = await office.admin(`/admin/returns/${returnId}`);
    const shipping = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Return shipping' }) });
    const issued = shipping.getByText('issued', { exact: true });
    await issued.waitFor();
    await page.getByRole('button', { name: 'New label' }).click();
    await page.getByRole('dialog').getByText('Another label is ordered from the carrier. Those issued before stay valid.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'New label' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await issued.nth(1).waitFor();
    const { labels } = await office.desk.look(returnId);
    expect(labels.map(({ state }) => state)).toEqual(['issued', 'issued']);
    for (const { trackingNumber } of labels) await shipping.getByText(String(trackingNumber)).waitFor();
    await soon(async () => expect((await eventsOf(returnId)).filter((type) => type === 'LabelRequested')).toHaveLength(2));
    await picture(page, 'admin-two-labels-1280');
    await leave();
  });

  it('pays at once where nothing has to come back: it says how much before, and offers no undoing after', async () => {
    await emptyQueue();
    ok(await office.desk.shop('PUT', '/v1/policy', { windowDays: null, keepItemBelowMinor: 5000, approval: { reviewAboveMinor: 1500 } }));
    const [kept, other] = [await office.filed({ red: 2 }), await office.filed({ blue: 2 })];
    ok(await office.desk.shop('PUT', '/v1/policy', { windowDays: null, approval: { reviewAboveMinor: 1500 } }));
    await soon(async () => expect((await office.desk.look(kept)).method).toBe('keep'));
    const { page, leave } = await office.admin('/admin/review');
    await page.getByRole('heading', { name: kept, exact: true }).waitFor();
    await page.getByText('At stake').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing has to come back: €20.00 is paid at once. That cannot be undone.').waitFor();
    await looksGood(page, 'admin-review-pay');
    // Nothing is paid by somebody who thinks better of it.
    await dialog.getByRole('button', { name: 'Back' }).click();
    await soon(async () => expect(await statusOf(kept)).toBe('in_review'));
    // The return's own page says the same.
    await page.goto(`/admin/returns/${kept}`);
    await has(page, 'in review');
    await page.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByText('Nothing has to come back: €20.00 is paid at once. That cannot be undone.').waitFor();
    await dialog.getByRole('button', { name: 'Approve and pay' }).waitFor();
    await looksGood(page, 'admin-return-pay');
    await dialog.getByRole('button', { name: 'Back' }).click();
    await page.goto('/admin/review');
    await page.getByRole('heading', { name: kept, exact: true }).waitFor();
    await page.getByText('At stake').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByRole('button', { name: 'Approve and pay' }).click();
    await page.getByText(`${kept} is approved.`).waitFor();
    await soon(async () => expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0));
    await page.getByRole('heading', { name: other, exact: true }).waitFor();
    await page.keyboard.press('u');
    await waitFor(async () => (await statusOf(kept)) === 'refunded', 'the refund');
    await page.goto(`/admin/returns/${kept}`);
    await has(page, 'refunded');
    await page.getByText('The refund was paid.').first().waitFor();
    expect(await eventsOf(kept)).not.toContain('ReturnReceived');
    await leave();
  });

  it('of the one who comes second is refused in words, and he sees what the first has decided; nothing happens twice', async () => {
    const returnId = await office.filed({ red: 2 });
    const [first, second] = [
      await office.admin(`/admin/returns/${returnId}`),
      await office.admin(`/admin/returns/${returnId}`, { expected: /412/ }),
    ];
    for (const { page } of [first, second]) {
      await page.getByRole('button', { name: 'Decline', exact: true }).click();
      await page.getByRole('dialog').getByLabel('Words for the customer').fill('It was worn.');
    }
    const decline = async (page: Page): Promise<void> =>
      page.getByRole('dialog').getByRole('button', { name: 'Decline', exact: true }).click();
    await decline(first.page);
    await has(first.page, 'declined');
    await decline(second.page);
    const dialog = second.page.getByRole('dialog');
    await dialog
      .getByText('This return, or its order, has changed since you opened it. Nothing was decided. Look at it as it is now, then decide.')
      .waitFor();
    await soon(async () => expect(await dialog.getByLabel('Words for the customer').inputValue()).toBe('It was worn.'));
    await looksGood(second.page, 'admin-return-conflict');
    await dialog.getByRole('button', { name: 'Back' }).click();
    await has(second.page, 'declined');
    await soon(async () => expect(await second.page.getByRole('button', { name: 'Decline' }).count()).toBe(0));
    await soon(async () => expect((await eventsOf(returnId)).filter((type) => type === 'ReturnDeclined')).toHaveLength(1));
    await first.leave();
    await second.leave();
  });

  it('in the queue, taken by a colleague: nobody finds another return under his hands, and nothing is decided twice', async () => {
    await emptyQueue();
    const [returnId, next] = [await office.filed({ red: 2 }), await office.filed({ blue: 2 })];
    const [first, second] = [await office.admin('/admin/review'), await office.admin('/admin/review', { expected: /412/ })];
    for (const { page } of [first, second]) {
      await page.getByRole('heading', { name: returnId, exact: true }).waitFor();
      await page.getByText('At stake').waitFor();
    }
    await second.page.getByRole('button', { name: 'Decline', exact: true }).click();
    await second.page.getByRole('dialog').getByLabel('Words for the customer').fill('It was worn.');
    await first.page.getByRole('button', { name: 'Approve' }).click();
    await first.page.getByText(`${returnId} is approved.`).waitFor();
    await second.page.getByText('1 return waiting').waitFor();
    const dialog = second.page.getByRole('dialog', { name: `Decline ${returnId}` });
    await dialog.getByRole('button', { name: 'Decline', exact: true }).click();
    await dialog.getByText('Nothing was decided. Look at it as it is now, then decide.').waitFor();
    await dialog.getByRole('button', { name: 'Back' }).click();
    await second.page.getByRole('button', { name: 'Show it as it is now' }).first().click();
    await second.page.getByText('It is approved now and waits for nobody.').waitFor();
    await soon(async () => expect([await statusOf(returnId), await statusOf(next)]).toEqual(['approved', 'in_review']));
    await soon(async () => expect(await second.page.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true));
    await picture(second.page, 'admin-review-taken-1280');
    await second.page.keyboard.press('j');
    await second.page.getByRole('heading', { name: next, exact: true }).waitFor();
    await first.leave();
    await second.leave();
  });
});
