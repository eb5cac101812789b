import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ok } from '../journeys/warehouse-desk.js';
import { soon } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import { describePages, expectAccessible, expectNoSidewaysScrolling, expectPictures, PHONE, picture } from './browser.js';

describePages('The review queue', () => {
  let office: Office;
  let queue: string[] = [];
  beforeAll(async () => {
    office = await Office.open();
  });
  /** Three returns that wait, and none of the tests before. */
  beforeEach(async () => {
    for (const returnId of queue) await office.desk.shop('POST', `/v1/returns/${returnId}/decline`, {});
    queue = [
      await office.filed({ red: 2 }, { note: 'The seam came open on the first day.', photos: 2 }),
      await office.filed({ red: 3 }),
      await office.filed({ blue: 2 }),
    ];
  });
  afterAll(() => office.close());

  const statusOf = async (returnId: string): Promise<string> => (await office.desk.look(returnId)).status;
  const atHeading = (page: Page, returnId: string | undefined) =>
    page.getByRole('heading', { name: String(returnId), exact: true }).waitFor();
  const historyOf = async (returnId: string) =>
    ok(
      await office.desk.shop<{ items: { type: string; words: string; who: { kind: string; channel: string } }[] }>(
        'GET',
        `/v1/returns/${returnId}/history`,
      ),
    ).items;

  it('is worked through by keyboard alone: one approved, one declined, the next one comes up by itself', async () => {
    const { page, leave } = await office.admin('/admin/review');
    await page.getByText('3 returns waiting').waitFor();
    await atHeading(page, queue[0]);
    await page.getByText('The seam came open on the first day.').waitFor();
    await expectPictures(page.locator('main img'), 2);
    await expectAccessible(page);
    await picture(page, 'admin-review-1280');
    await page.keyboard.press('?');
    await page.getByText('next return').waitFor();
    await page.keyboard.press('j');
    await atHeading(page, queue[1]);
    await page.keyboard.press('k');
    await atHeading(page, queue[0]);
    await page.getByText('The seam came open').waitFor();
    await page.keyboard.press('a');
    await page.getByText(`${queue[0]} is approved.`).waitFor();
    await atHeading(page, queue[1]);
    await soon(async () => expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(queue[1]));
    await page.getByText('At stake').waitFor();
    await page.keyboard.press('d');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-review-decline-1280', { fullPage: false });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('The shirt was worn and washed.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(`${queue[1]} is declined.`).waitFor();
    await atHeading(page, queue[2]);
    await soon(async () =>
      expect([await statusOf(queue[0] ?? ''), await statusOf(queue[1] ?? ''), await statusOf(queue[2] ?? '')]).toEqual([
        'approved',
        'declined',
        'in_review',
      ]),
    );
    await soon(async () =>
      expect((await historyOf(queue[0] ?? '')).map(({ type, who }) => `${type} ${who.kind}`)).toContain('ReturnApproved admin'),
    );
    await soon(async () => expect(await office.desk.look(queue[1] ?? '')).toMatchObject({ endReason: 'signs_of_use' }));
    await leave();
  });

  it('takes an approval back', async () => {
    const { page, leave } = await office.admin('/admin/review');
    await page.getByText('At stake').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText(`${queue[0]} is approved.`).waitFor();
    await soon(async () => expect(await statusOf(queue[0] ?? '')).toBe('approved'));
    await page.keyboard.press('u');
    await page.getByText('3 returns waiting').waitFor();
    await atHeading(page, queue[0]);
    await soon(async () => expect(await statusOf(queue[0] ?? '')).toBe('in_review'));
    await leave();
  });

  it('refuses a decision on a return that has changed meanwhile, and says so', async () => {
    const { page, leave } = await office.admin('/admin/review', { expected: /412/ });
    await page.getByText('At stake').waitFor();
    const orderId = queue[0]?.replace(/-R1$/, '') ?? '';
    const second = {
      lines: [{ lineId: 'mug', quantity: 1, reason: 'changed_mind', condition: 'opened' }],
      outcome: 'original_payment',
      method: 'own_shipping',
    };
    ok(await office.desk.shop('POST', `/v1/orders/${orderId}/returns`, second), 201);
    await page.keyboard.press('a');
    await page.getByText('It has changed').waitFor();
    await page.getByText('Nothing was decided. Look at it as it is now, then decide.').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-review-changed-1280');
    await soon(async () => expect(await statusOf(queue[0] ?? '')).toBe('in_review'));
    await page.getByRole('button', { name: 'Show it as it is now' }).first().click();
    await page.getByText('It has changed').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText(`${queue[0]} is approved.`).waitFor();
    await leave();
  });

  it('does not say that nothing was decided where the answer leaves that open, and decides once', async () => {
    const { page, leave } = await office.admin('/admin/review', { expected: /502/ });
    await page.getByText('At stake').waitFor();
    await page.route('**/approve', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }), {
      times: 1,
    });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('This was not confirmed').waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText(`${queue[0]} is approved.`).waitFor();
    await leave();
  });

  it('leaves keys alone once they are turned off', async () => {
    const { page, leave } = await office.admin('/admin/review');
    await page.getByText('At stake').waitFor();
    await page.getByRole('switch', { name: 'Keyboard shortcuts' }).press('Space');
    await page.getByRole('heading', { name: 'Review queue' }).click();
    await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.getByRole('switch', { name: 'Keyboard shortcuts' }).press('Space');
    await page.keyboard.press('j');
    await atHeading(page, queue[1]);
    await soon(async () => expect(await statusOf(queue[0] ?? '')).toBe('in_review'));
    await leave();
  });

  it('shows money that cannot be paid, with its reason and both ways on, and pays what can be paid', async () => {
    const returnId = await office.filed({ mug: 1 }, { method: 'in_store' });
    const orderId = returnId.replace(/-R1$/, '');
    ok(await office.desk.shop('POST', `/v1/orders/${orderId}/disputes`, { disputeId: 'dp-1', paymentId: 'p1', amountMinor: 6800 }));
    ok(
      await office.desk.app.call('POST', `/v1/returns/${returnId}/receipts`, {
        scanId: 's1',
        station: 'dock-1',
        items: [{ lineId: 'mug', quantity: 1 }],
      }),
    );
    const { money } = ok(
      await office.desk.shop<{ money: { blockedMinor: number; blockedCode: string; payableTodayMinor: number } }>(
        'GET',
        `/v1/returns/${returnId}`,
      ),
    );
    expect(money).toMatchObject({ blockedCode: 'disputed', payableTodayMinor: 200 });
    const { page, leave } = await office.admin('/admin/review');
    await page.getByText('4 returns waiting').waitFor();
    await page.getByRole('button', { name: new RegExp(`${returnId}.*cannot be paid`) }).click();
    await atHeading(page, returnId);
    await page.getByText(/is owed and cannot be paid yet/).waitFor();
    await page.getByText(/Because the payment is disputed with the bank/).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
    await page.getByRole('button', { name: /^Approve .*2\.00$/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Why the rest is given up' }).fill('The bank has decided');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: /^Pay .*2\.00, give up/ }).click();
    await page.getByText(`${returnId} is settled.`).waitFor();
    await page.getByText('3 returns waiting').waitFor();
    await soon(async () =>
      expect(ok(await office.desk.shop('GET', `/v1/returns/${returnId}`))).toMatchObject({
        needsDecision: null,
        money: { givenUpMinor: money.blockedMinor - 200, entitledMinor: 200, blockedMinor: 0 },
      }),
    );
    await leave();
  });

  it('fits a phone', async () => {
    const { page, leave } = await office.admin('/admin/review', { viewport: PHONE });
    await page.getByText('At stake').waitFor();
    await page.locator('main img').first().waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'admin-review-320');
    await leave();
  });
});
