import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { soon } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, PHONE, picture, savedBy } from './browser.js';

describePages('The returns board', () => {
  let office: Office;
  const reviewed: string[] = [];
  const approved: string[] = [];
  beforeAll(async () => {
    office = await Office.open();
    for (let n = 0; n < 3; n += 1) reviewed.push(await office.filed({ red: 2 }));
    for (let n = 0; n < 24; n += 1) approved.push(await office.filed({ mug: 1 }));
  });
  afterAll(() => office.close());

  it('keeps search and filters in its address, over a reload', async () => {
    const { page, leave } = await office.admin('/admin');
    await page.getByText('25 returns on this page').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-board-1280', { fullPage: false });
    await page.getByText('In review (3)').click();
    await page.getByText('3 returns on this page').waitFor();
    await page.getByLabel('Method').selectOption('own_shipping');
    await page.waitForURL(/method=own_shipping/);
    expect(new URL(page.url()).searchParams.get('status')).toBe('in_review');
    await page.reload();
    await page.getByText('3 returns on this page').waitFor();
    await soon(async () => expect(await page.getByRole('checkbox', { name: /In review/ }).isChecked()).toBe(true));
    await page.getByRole('button', { name: 'Clear all' }).click();
    await page.getByRole('searchbox').fill(` ${reviewed[1]?.toLowerCase() ?? ''}`);
    await page.keyboard.press('Enter');
    await page.getByText('1 return on this page').waitFor();
    await soon(async () => expect(await page.getByRole('rowheader').allInnerTexts()).toEqual([reviewed[1]]));
    await page.goBack();
    await page.getByText('25 returns on this page').waitFor();
    await leave();
  });

  it('shows page after page, and the oldest first where that is wanted', async () => {
    const { page, leave } = await office.admin('/admin');
    await page.getByRole('button', { name: 'Next page' }).click();
    await page.getByText('2 returns on this page').waitFor();
    await soon(async () => expect(await page.getByRole('rowheader').allInnerTexts()).toEqual([reviewed[1], reviewed[0]]));
    await page.getByRole('button', { name: 'First page' }).click();
    await page.getByRole('button', { name: /show the oldest first/ }).click();
    await page
      .getByRole('rowheader')
      .filter({ hasText: String(reviewed[0]) })
      .waitFor();
    await soon(async () => expect((await page.getByRole('rowheader').allInnerTexts())[0]).toBe(reviewed[0]));
    await leave();
  });

  it('does not move by itself: it says what has changed, and shows it when asked', async () => {
    const { page, leave } = await office.admin('/admin?sku=SKU-BLUE');
    await page.getByText('No return matches').waitFor();
    await office.filed({ blue: 1 });
    await page.getByRole('button', { name: /changes?: show/ }).click();
    await page.getByText('1 return on this page').waitFor();
    await leave();
  });

  it('is saved as a CSV file of everything that matches', async () => {
    const { page, leave } = await office.admin('/admin?status=in_review');
    await page.getByText('3 returns on this page').waitFor();
    const { file, rows } = await savedBy(page.getByRole('button', { name: 'Download CSV' }));
    expect(file).toBe('returns.csv');
    expect(rows.map(({ returnId }) => returnId)).toEqual([...reviewed].reverse());
    await leave();
  });

  it('fits a phone', async () => {
    const { page, leave } = await office.admin('/admin', { viewport: PHONE });
    await page.getByText('25 returns on this page').waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'admin-board-320', { fullPage: false });
    await page
      .getByRole('link', { name: String(approved[0]) })
      .first()
      .waitFor({ state: 'attached' });
    await leave();
  });

  it('has the shares of what comes back beside it', async () => {
    const { page, leave } = await office.admin('/admin/reports', { viewport: DESK });
    await page.getByRole('rowheader', { name: 'SKU-MUG' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-reports-1280');
    await page.getByLabel('By').selectOption('reason');
    await page
      .getByRole('row', { name: /^Defective [A-Z][a-z]+ \d{4} / })
      .first()
      .waitFor();
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Menu' }).waitFor();
    await picture(page, 'admin-reports-320');
    await expectNoSidewaysScrolling(page);
    await leave();
  });
});
