import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { PolicyAnswer } from '../../src/policy/policy.dto.js';
import { ok } from '../journeys/warehouse-desk.js';
import { soon } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import { describePages, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from './browser.js';

describePages('The policy editor', () => {
  let office: Office;
  beforeAll(async () => {
    office = await Office.open();
  });
  afterAll(() => office.close());

  const inForce = async (): Promise<PolicyAnswer> => ok(await office.desk.shop<PolicyAnswer>('GET', '/v1/policy'));

  it('says in plain language what is being written, publishes it after showing what changes, and the next quote follows it', async () => {
    const { page, leave } = await office.admin('/admin/policy');
    await page.getByText('We refund when the item is received.').waitFor();
    await page.getByText('Return shipping is free.').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-policy-1280');
    await page.getByLabel('Days to return').fill('100');
    await page.getByLabel('Return shipping fee').fill('4,90');
    await page.getByText('A label, drop-off or pickup costs the customer €4.90').waitFor();
    await page.getByText('A customer has 100 days after delivery').waitFor();
    await page.getByRole('button', { name: 'Add a reason' }).click();
    const added = page.getByRole('group', { name: 'Reason 9: reason 9' });
    await added.getByLabel('Label', { exact: true }).fill('Arrived too late');
    await page
      .getByRole('group', { name: /Reason 9/ })
      .getByLabel('Code')
      .fill('too_late');
    await page
      .getByRole('group', { name: /Reason 9/ })
      .getByLabel('At whose fault')
      .selectOption('carrier');
    await page.getByText('At the fault of the carrier: Arrived damaged, Arrived too late.').waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('row', { name: 'Return shipping fee €0.00 €4.90' }).waitFor();
    await dialog.getByRole('row', { name: 'Reason too_late none "Arrived too late", fault of carrier' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-policy-publish-1280', { fullPage: false });
    const before = await inForce();
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(`Version ${before.version + 1} is in force`).waitFor();
    await soon(async () =>
      expect(await inForce()).toMatchObject({ version: before.version + 1, windowDays: 100, returnShipping: { feeMinor: 490 } }),
    );
    const orderId = await office.desk.order();
    await office.desk.shop('PUT', '/v1/policy', { ...(await inForce()), windowDays: null });
    const quote = {
      lines: [{ lineId: 'mug', quantity: 1, reason: 'changed_mind', condition: 'opened' }],
      outcome: 'original_payment',
      method: 'label',
    };
    expect(ok(await office.desk.shop('POST', `/v1/orders/${orderId}/returns/quote`, quote))).toMatchObject({
      totalRefundMinor: 510,
      fees: [{ code: 'return_shipping', amountMinor: 490 }],
    });
    await leave();
  });

  it('shows what is wrong at the field it is about, while it is written', async () => {
    const { page, leave } = await office.admin('/admin/policy', { expected: /400/ });
    await page.getByLabel('Time zone').fill('Moon/Base');
    await page.getByText('Moon/Base is not an IANA time zone.').first().waitFor();
    const described = () =>
      page.getByLabel('Time zone').evaluate((field) =>
        (field.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id)?.textContent)
          .join(' '),
      );
    await soon(async () => expect(await described()).toContain('Moon/Base is not an IANA time zone.'));
    await page.getByLabel('Restocking fee in %').fill('lots');
    await page.getByText('Restocking fee in %: Write a percentage from 0 to 100, such as 75 or 12.5.').first().waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    await soon(async () => expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).toBe('true'));
    await expectAccessible(page);
    await picture(page, 'admin-policy-faults-1280', { fullPage: false });
    await page.getByLabel('Restocking fee in %').fill('200');
    await page.getByLabel('Time zone').fill('Europe/Berlin');
    await page.getByText('Restocking fee in %: Write a percentage from 0 to 100, such as 75 or 12.5.').waitFor();
    await page.getByLabel('Restocking fee in %').fill('20');
    await page.getByLabel('Days to return').fill('4000');
    await page.getByText('Days to return: must be a whole number from 0 to 3650').waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.getByText('This is what is in force.').waitFor();
    await leave();
  });

  it('publishes once, and says so, when the answer is lost on the way', async () => {
    const { page, leave } = await office.admin('/admin/policy', { expected: /ERR_FAILED/ });
    await page.getByLabel('Days until it expires').fill('17');
    await page.getByText('1 difference from what is in force.').waitFor();
    const before = await inForce();
    let isLost = false;
    await page.route('**/v1/policy', async (route) => {
      if (isLost || route.request().method() !== 'PUT') return route.continue();
      isLost = true;
      await route.fetch();
      return route.abort();
    });
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText(`Version ${before.version + 1} is in force`).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await soon(async () => expect(await inForce()).toMatchObject({ version: before.version + 1, expireAfterDays: 17 }));
    await leave();
  });

  it('leaves the keyboard where it was when a dialog is closed, and at the heading when its button has gone with what it did', async () => {
    const { page, leave } = await office.admin('/admin/policy');
    const hasFocus = (named: string) =>
      soon(async () => expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(named));
    await page.getByLabel('Days until it expires').fill('19');
    await page.getByText('1 difference from what is in force.').waitFor();
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hasFocus('Publish…');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('This is what is in force.').waitFor();
    await hasFocus('Return policy');
    await leave();
  });

  it('refuses to publish over a version somebody else has published meanwhile', async () => {
    const { page, leave } = await office.admin('/admin/policy', { expected: /412/ });
    await page.getByLabel('Restocking fee in %').fill('15');
    await page.getByText('1 difference from what is in force.').waitFor();
    ok(await office.desk.shop('PUT', '/v1/policy', { windowDays: null, expireAfterDays: 14 }));
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Somebody has published or withdrawn a version').waitFor();
    await soon(async () => expect(await inForce()).toMatchObject({ restockingFeeBp: 0, expireAfterDays: 14 }));
    await leave();
  });

  it('tells any two versions apart in words, and withdraws one', async () => {
    ok(await office.desk.shop('PUT', '/v1/policy', { windowDays: 14, refundTrigger: 'inspected' }));
    const { version } = await inForce();
    const { page, leave } = await office.admin('/admin/policy?tab=versions');
    await page.getByLabel('From', { exact: true }).selectOption('0');
    await page.getByRole('row', { name: 'Days to return 30 days 14 days' }).waitFor();
    await page.getByRole('row', { name: 'Refund when received inspected' }).waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toBe('0');
    await expectAccessible(page);
    await picture(page, 'admin-policy-versions-1280');
    await page.getByRole('button', { name: `Withdraw version ${version}`, exact: true }).click();
    await page.getByText(`Returns filed from now on follow: Version ${version - 1}.`).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText(`Version ${version - 1} is in force`).waitFor();
    await soon(async () => expect((await inForce()).version).toBe(version - 1));
    await leave();
  });

  it('fits a phone', async () => {
    const { page, leave } = await office.admin('/admin/policy', { viewport: PHONE });
    await page.getByText('Who may return what').first().waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'admin-policy-320');
    await page.getByRole('tab', { name: 'Versions and differences' }).click();
    await page.getByRole('heading', { name: 'Differences' }).waitFor();
    await expectNoSidewaysScrolling(page);
    await leave();
  });
});
