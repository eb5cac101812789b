import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { AgeingAnswer, LiabilityAnswer } from '../../src/finance/refunds.dto.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { ok } from '../journeys/shop-front.js';
import { soon } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from './browser.js';
import { FinanceDesk, heading, rowsSavedBy, type Counter } from './finance-shop.js';

const SECOND = 1000;
const euros = (minor: number): string => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(minor / 100);

describePages('The finance desk', () => {
  /** How far the service's clock is ahead. */
  let aheadMs = 0;
  let desk: FinanceDesk;
  let counter: Counter;

  beforeAll(async () => {
    desk = await FinanceDesk.open(() => new Date(Date.now() + aheadMs));
    ({ counter } = desk);
    await counter.refundIn('succeeded', {});
    await counter.refundIn('succeeded', { station: 'dock-2', reason: 'too_small' });
    await counter.refundIn('entitled', { provider: 'manual', currency: 'CHF' });
    await counter.filed();
  });
  afterAll(() => desk.close());

  const at = (path: string, options = {}) => desk.at(path, options);
  const sum = (rows: Record<string, string>[], column: string): number => rows.reduce((total, row) => total + Number(row[column]), 0);
  const does = async (page: Page, action: string, field: string, text: string, confirm: string): Promise<void> => {
    await page.getByRole('button', { name: action, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What it risks').waitFor();
    await dialog.getByRole('textbox', { name: field }).fill(text);
    await dialog.getByRole('button', { name: confirm }).click();
    await page.getByRole('status').getByText('Done').waitFor();
    await dialog.waitFor({ state: 'detached' });
  };
  const owed = async (currency: string) =>
    (await ok(counter.finance<LiabilityAnswer>('GET', '/v1/finance/liability'))).currencies.find((each) => each.currency === currency);

  it('shows what is owed to the cent, by currency, state and age, down to the payouts and returns behind it', async () => {
    const failed = await counter.refundIn('failed', { reference: 'sim_decline' });
    const { page, leave } = await at('/finance');
    const section = page.getByRole('region', { name: 'Euro (EUR)' });
    const balances = await owed('EUR');
    await section.getByRole('link', { name: `Owed: ${euros(balances!.owedMinor)}`, exact: true }).waitFor();
    await section.getByRole('link', { name: `Of which hangs: ${euros(balances!.failedMinor)}`, exact: true }).waitFor();
    await section.getByRole('link', { name: `Paid so far: ${euros(balances!.paidMinor)}`, exact: true }).waitFor();
    await page
      .getByRole('region', { name: 'Swiss Franc (CHF)' })
      .getByRole('link', { name: /^Owed: CHF\s20\.00$/ })
      .waitFor();
    await page.getByText(/^As of position \d+, .* ago · live$/).waitFor();
    const ageing = await ok(counter.finance<AgeingAnswer>('GET', '/v1/finance/ageing'));
    const saved = await rowsSavedBy(section, 'Download state and age in EUR as CSV');
    expect(sum(saved, 'amountMinor')).toBe(ageing.currencies.find((each) => each.currency === 'EUR')?.amountMinor);
    await section
      .getByRole('row', { name: /^Failed/ })
      .getByRole('link')
      .first()
      .click();
    await heading(page, 'Payouts behind the number');
    await page.getByText(`1 payout, together ${euros(2000)}.`).waitFor();
    expect(sum(await rowsSavedBy(page, 'Download these payouts as CSV'), 'amountMinor')).toBe(2000);
    await page.getByRole('link', { name: failed, exact: true }).click();
    await heading(page, `Return ${failed}`);
    await page.getByText('RefundFailed', { exact: true }).waitFor({ state: 'attached' });
    await ok(counter.finance('POST', `/v1/refunds/${failed}-F1/settle`, {}));
    await leave();
  });

  it('shows the past: what was owed then, and the payouts that were', async () => {
    const returnId = await counter.refundIn('entitled', { provider: 'manual', currency: 'NOK' });
    const then = new Date(Date.now() + aheadMs);
    aheadMs += 2 * SECOND;
    await ok(counter.finance('POST', `/v1/refunds/${returnId}-F1/settle`, { providerRefundId: 'bank-1' }));
    await counter.until(returnId, 'succeeded');
    const { page, leave } = await at('/finance');
    const section = page.getByRole('region', { name: 'Norwegian Krone (NOK)' });
    await section.getByRole('link', { name: /^Owed: NOK\s0\.00$/ }).waitFor();
    // The field takes local time: the browser's zone is Berlin, in winter an hour ahead.
    await page.getByLabel('As of').fill(new Date(then.getTime() + SECOND + berlinOffsetMs(then)).toISOString().slice(0, 19));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await section.getByRole('link', { name: /^Owed: NOK\s20\.00$/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('asOf')).not.toBeNull();
    await page.reload();
    await section.getByRole('link', { name: /^Owed: NOK\s20\.00$/ }).click();
    await heading(page, 'Payouts behind the number');
    await page.getByRole('link', { name: returnId, exact: true }).waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByText('There is no such payout').waitFor();
    await leave();
  });

  it.each([
    ['/finance?asOf=soon', 'What we owe'],
    ['/finance/owed?asOf=soon', 'Payouts behind the number'],
    ['/finance/owed?state=bogus', 'Payouts behind the number'],
    ['/finance/payouts?show=constructor', 'Payouts that hang'],
  ])('shows what there is now where an address asks for what cannot be: %s', async (path, title) => {
    const { page, leave } = await at(path);
    await heading(page, title);
    await page.getByText(/^As of position/).waitFor();
    await leave();
  });

  it('saves what it shows, also where the address asks for a state there is not', async () => {
    const { page, leave } = await at('/finance/owed?state=bogus');
    const shown = page.getByRole('region', { name: 'Payouts', exact: true }).getByRole('row');
    await shown.nth(1).waitFor();
    expect(await rowsSavedBy(page, 'Download these payouts as CSV')).toHaveLength((await shown.count()) - 1);
    await leave();
  });

  it('says day by day what was owed, as a line, a table and a file that agree', async () => {
    const { page, leave } = await at('/finance');
    const section = page.getByRole('region', { name: 'Euro (EUR)' });
    await section.getByRole('img', { name: /^Day by day in EUR/ }).waitFor();
    await section.getByRole('button', { name: 'Show table: Day by day in EUR' }).click();
    const saved = await rowsSavedBy(section, 'Download Day by day in EUR as CSV');
    const rows = section.getByRole('region', { name: 'Owed in EUR, day by day' }).getByRole('row');
    await soon(async () => expect(await rows.count()).toBe(saved.length + 1));
    const newest = saved.at(-1)!;
    await soon(async () =>
      expect(await rows.nth(1).getByRole('link').allTextContents()).toEqual(
        [
          Number(newest['owedMinor']),
          Number(newest['failedMinor']) + Number(newest['parkedMinor']) + Number(newest['inDoubtMinor']),
          Number(newest['paidMinor']),
        ].map(euros),
      ),
    );
    await leave();
  });

  it.each(['America/Los_Angeles', 'Pacific/Auckland'])('names the days as the file does, also in %s', async (timezoneId) => {
    const { page, leave } = await at('/finance', { timezoneId });
    const section = page.getByRole('region', { name: 'Euro (EUR)' });
    await section.getByRole('button', { name: 'Show table: Day by day in EUR' }).click();
    const days = (await rowsSavedBy(section, 'Download Day by day in EUR as CSV')).map(({ day = '' }) =>
      new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' }).format(Date.parse(day)),
    );
    await soon(async () =>
      expect(await section.getByRole('region', { name: 'Owed in EUR, day by day' }).getByRole('rowheader').allTextContents()).toEqual(
        days.toReversed(),
      ),
    );
    await leave();
  });

  it('lists what hangs, and lets a person retry, settle and send it another way, seen at once', async () => {
    const [toSettle, toReroute] = [
      await counter.refundIn('failed', { reference: 'sim_decline' }),
      await counter.refundIn('parked', { provider: 'acme' }),
    ];
    const { page, leave } = await at('/finance/payouts');
    const rows = page.getByRole('region', { name: 'Hanging payouts' }).getByRole('row');
    await page.getByText('2 payouts.').waitFor();
    await soon(async () =>
      expect(await rows.allTextContents()).toEqual([
        expect.any(String),
        expect.stringContaining(`${toSettle}-F1`),
        expect.stringContaining(`${toReroute}-F1`),
      ]),
    );
    await rows
      .filter({ hasText: `${toReroute}-F1` })
      .getByText('No payment provider "acme" is set up')
      .waitFor();

    await rows.getByRole('link', { name: `${toSettle}-F1` }).click();
    await heading(page, `Payout ${toSettle}-F1`);
    await does(page, 'Retry', 'Reason', 'the bank says the card works again', 'Retry the payout');
    await page.getByText('The refund is tried again. (the bank says the card works again)').waitFor();
    await page.getByRole('definition').filter({ hasText: /^2$/ }).waitFor();
    await does(page, 'Settle', 'Reference of the payment', 'bank-2026-118', 'Record as paid');
    await page.getByText('Nothing needs to be done: the customer has the money.').waitFor();
    await page.getByRole('link', { name: 'Payouts that hang' }).click();
    await page.getByText('1 payout.', { exact: true }).waitFor();

    await rows.getByRole('link', { name: `${toReroute}-F1` }).click();
    await does(page, 'Reroute', 'Reason', 'acme has closed down', 'Send another way');
    await page.getByRole('link', { name: 'bank_transfer', exact: true }).click();
    await page.getByText('owed, not sent yet').waitFor();
    await does(page, 'Settle', 'Reference of the payment', 'bank-2026-119', 'Record as paid');
    await page.getByRole('link', { name: 'Payouts that hang' }).click();
    await page.getByText('Nothing hangs here').waitFor();
    const { refunds } = await ok(counter.finance<ReturnAnswer>('GET', `/v1/returns/${toReroute}`));
    expect(refunds[0]!.payouts).toMatchObject([{ reroutedTo: 'bank_transfer' }, { state: 'succeeded', providerRefundId: 'bank-2026-119' }]);
    await leave();
  });

  it('does nothing twice, and nothing on what has changed meanwhile', async () => {
    const returnId = await counter.refundIn('failed', { reference: 'sim_decline' });
    const { page, context, leave } = await at(`/finance/payouts/${returnId}-F1/p1`, { expected: /412|ERR_FAILED|ERR_CONNECTION/ });
    const keys: (string | undefined)[] = [];
    await context.route('**/settle', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      // The service does it, and the answer is lost on the way.
      if (keys.length === 1) {
        await route.fetch();
        return route.abort();
      }
      return route.continue();
    });
    await does(page, 'Settle', 'Reference of the payment', 'bank-7', 'Record as paid');
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);
    const { items } = await ok(counter.finance<{ items: { type: string }[] }>('GET', `/v1/returns/${returnId}/history`));
    expect(items.filter(({ type }) => type === 'RefundSucceeded')).toHaveLength(1);

    const other = await counter.refundIn('failed', { reference: 'sim_decline' });
    await page.goto(`/finance/payouts/${other}-F1/p1`);
    await page.getByRole('button', { name: 'Reroute', exact: true }).click();
    await ok(counter.finance('POST', `/v1/refunds/${other}-F1/settle`, {}));
    await page.getByRole('textbox', { name: 'Reason' }).fill('card closed');
    await page.getByRole('button', { name: 'Send another way' }).click();
    await page.getByText('Something happened to this order since you opened this.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Nothing needs to be done: the customer has the money.').waitFor();
    await leave();
  });

  it('shows by itself what others do', async () => {
    const { page, leave } = await at('/finance/payouts');
    await page.getByText('Nothing hangs here').waitFor();
    await page.getByText(/ · live$/).waitFor();
    const returnId = await counter.refundIn('parked', { provider: 'acme' });
    await page.getByRole('link', { name: `${returnId}-F1` }).waitFor();
    await ok(counter.finance('POST', `/v1/refunds/${returnId}-F1/settle`, {}));
    await page.getByText('Nothing hangs here').waitFor();
    await leave();
  });

  it('explains the amount of a refund in rows that add up to it', async () => {
    const returnId = await counter.refundIn('succeeded', {});
    const { page, leave } = await at(`/finance/returns/${returnId}`);
    await heading(page, `Return ${returnId}`);
    const rows = page.getByRole('region', { name: 'Why €20.00' }).getByRole('row');
    await soon(async () =>
      expect(await rows.allInnerTexts()).toEqual([
        expect.anything(),
        expect.stringContaining('Shirt, unit 1'),
        expect.stringContaining('Shirt, unit 2'),
        expect.stringMatching(/Total\s+€20\.00/),
      ]),
    );
    await page
      .getByRole('region', { name: `Payouts of ${returnId}-F1` })
      .getByText('Paid')
      .waitFor();
    const rules = page.getByRole('list', { name: 'Rules applied' }).getByRole('listitem');
    await soon(async () =>
      expect(await rules.allInnerTexts()).toEqual([
        'It is owed because the goods were received.',
        'Every unit counts with what was paid for it.',
        expect.stringMatching(/refunded (first|in proportion)\.$/),
      ]),
    );
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await picture(page, `finance-return-${size.width}`);
    }
    await leave();
  });

  it('says of store credit what the customer gets, bonus included, on every page', async () => {
    const returnId = await counter.refundIn('succeeded', { outcome: 'store_credit' });
    const { page, leave } = await at(`/finance/returns/${returnId}`);
    const payout = page
      .getByRole('region', { name: `Payouts of ${returnId}-F1` })
      .getByRole('row')
      .nth(1);
    await payout.getByRole('cell', { name: euros(2200), exact: true }).waitFor();
    await payout.getByRole('link', { name: 'store_credit' }).click();
    await heading(page, `Payout ${returnId}-F1`);
    await page.getByText(euros(2200), { exact: true }).first().waitFor();
    const { items } = await ok(
      counter.finance<{ items: { type: string; amountMinor: number | null }[] }>('GET', `/v1/returns/${returnId}/history`),
    );
    expect(
      items.filter(({ type }) => type === 'RefundSubmitted' || type === 'StoreCreditIssued').map(({ amountMinor }) => amountMinor),
    ).toEqual([2200, 2200]);
    await leave();
  });

  it('can be worked by keyboard alone', async () => {
    const returnId = await counter.refundIn('failed', { reference: 'sim_decline' });
    const { page, leave } = await at('/finance');
    const tabTo = async (name: string | RegExp, role: 'link' | 'button' | 'textbox' = 'link'): Promise<void> => {
      const wanted = page.getByRole(role, { name, exact: true });
      await wanted.first().waitFor();
      for (let pressed = 0; pressed < 80; pressed += 1) {
        if (await wanted.first().evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`Tab does not reach ${String(name)}`);
    };
    await tabTo('Payouts that hang');
    await page.keyboard.press('Enter');
    await heading(page, 'Payouts that hang');
    await soon(async () => expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1'));
    await tabTo(`${returnId}-F1`);
    await page.keyboard.press('Enter');
    await tabTo('Settle', 'button');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Letters, digits and . _ : / # @ + ~ - without spaces.').waitFor();
    await page.keyboard.type('bank-42');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Recorded as paid').waitFor();
    await leave();
  });

  it.each([
    ['what-we-owe', '/finance', 'What we owe'],
    ['payouts-behind', '/finance/owed?currency=EUR&state=succeeded', 'Payouts behind the number'],
    ['hanging', '/finance/payouts', 'Payouts that hang'],
    ['payout', '/finance/payouts/{hanging}-F1/p1', /^Payout/],
  ])('fits phone and desk and is accessible: %s', async (name, path, title) => {
    const hanging = await counter.refundIn('failed', { reference: 'sim_decline' });
    const { page, leave } = await at(path.replace('{hanging}', hanging));
    await heading(page, title);
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size);
      await picture(page, `finance-${name}-${size.width}`);
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
    }
    if (name === 'payout') {
      await page.setViewportSize(DESK);
      await page.getByRole('button', { name: 'Reroute' }).click();
      await page.getByRole('dialog').waitFor();
      await picture(page, 'finance-reroute');
      await expectAccessible(page);
    }
    await ok(counter.finance('POST', `/v1/refunds/${hanging}-F1/settle`, {}));
    await leave();
  });
});

/** How far Berlin is ahead of UTC. */
function berlinOffsetMs(instant: Date): number {
  const berlin = new Date(instant.toLocaleString('en-US', { timeZone: 'Europe/Berlin' }));
  const utc = new Date(instant.toLocaleString('en-US', { timeZone: 'UTC' }));
  return berlin.getTime() - utc.getTime();
}
