import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/eventing/event-store.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { reins, type Reins } from '../support/reins.js';
import { soon, waitFor } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from './browser.js';
import { Counter, ProviderLine } from './finance-shop.js';

describePages('The service, as an admin looks after it,', () => {
  let office: Office;
  let rein: Reins;
  beforeAll(async () => {
    office = await Office.open();
    rein = reins(office.desk.app.app.get<EventStore>(EVENT_STORE));
    for (let n = 0; n < 3; n += 1) await office.filed({ mug: 1 });
  });
  afterAll(async () => {
    rein.isHeld = false;
    await office.close();
  });

  it('gives out keys that are seen once, and takes them back', async () => {
    const { page, leave } = await office.admin('/admin/keys');
    await page.getByLabel('Used by').fill('Scanner at dock 4');
    await page.getByLabel('Role').selectOption('warehouse');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText('copy it now, it is not shown again').waitFor();
    const key = await page.locator('main pre').innerText();
    await expectAccessible(page);
    expect((await office.desk.app.as(key)('GET', '/v1/warehouse/queue')).status).toBe(200);
    expect((await office.desk.app.as(key)('GET', '/v1/api-keys')).status).toBe(403);
    await page.reload();
    await page.getByRole('rowheader', { name: 'Scanner at dock 4' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain(key);
    await picture(page, 'admin-keys-1280');
    await page.getByRole('button', { name: 'Revoke the key of Scanner at dock 4' }).click();
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText(/^revoked/).waitFor();
    expect((await office.desk.app.as(key)('GET', '/v1/warehouse/queue')).status).toBe(401);
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Menu' }).waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'admin-keys-320');
    await leave();
  });

  it('says what happened and what to do where a process fails, and what it failed with on demand', async () => {
    const line = new ProviderLine(office.desk.app);
    line.broken = 'before';
    await (await Counter.open(office.desk.app)).handedIn();
    const { page, leave } = await office.admin('/admin/health');
    const payouts = page.getByRole('region', { name: 'Processes' }).getByRole('row', { name: /refund-payout/ });
    await payouts.getByText("The payment provider's answer was lost, so nobody knows whether it has paid.").waitFor();
    const detail = payouts.getByText('PaymentOutcomeUnknown: The line to the bank broke off');
    await soon(async () => expect(await detail.isVisible()).toBe(false));
    await payouts.getByText('Technical detail').click();
    await detail.waitFor();
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await picture(page, `admin-health-failing-${size.width}`);
    }
    // Once the line is mended, the money goes out and all is well again: by then the pauses are about as long as it was broken.
    line.broken = null;
    await page.getByText('All is well').waitFor({ timeout: 90_000 });
    await leave();
  });

  it('tells which providers are set up, whether they answer, and what waits there', async () => {
    const { page, leave } = await office.admin('/admin/providers');
    const row = (name: string) => page.getByRole('region', { name: 'Providers' }).getByRole('row', { name: new RegExp(name) });
    await row('simulated').getByText('Gives money back, for tests only').waitFor();
    await row('builtin').getByText('Makes labels').waitFor();
    await page.getByRole('button', { name: 'Ask them all now' }).click();
    await page.getByText('All that can be asked were asked.').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-providers-1280');
    await page.setViewportSize(PHONE);
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'admin-providers-320');
    await leave();
  });

  it('rebuilds a view and shows how far it is', async () => {
    const { page, leave } = await office.admin('/admin/health');
    await page.getByText('All is well').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-health-1280');
    Object.assign(rein, { isHeld: true, allowed: 4 });
    await page.getByRole('button', { name: 'Rebuild returns-board' }).click();
    const bar = page.getByRole('progressbar', { name: 'Rebuild of returns-board' });
    await bar.waitFor();
    await waitFor(async () => Number(await bar.getAttribute('aria-valuenow')) > 0, 'progress');
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeLessThan(100);
    await page.getByText(/^Rebuilding returns-board/).waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-health-rebuilding-1280', { fullPage: false });
    rein.isHeld = false;
    await page.getByText('returns-board is rebuilt.').waitFor();
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Menu' }).waitFor();
    await picture(page, 'admin-health-320');
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await leave();
  });
});
