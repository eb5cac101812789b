/** Payouts of which nobody knows whether they were paid, and those a person records as failed: found, cleared up, sent another way. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PaymentProviders } from '../../src/payments/payment.port.js';
import { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { ok } from '../journeys/shop-front.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from './browser.js';
import { FinanceDesk, ProviderLine, type Counter } from './finance-shop.js';

/** By its name: a space that does not break stands between currency and number. */
const amount = (currency: string, text: string): RegExp => new RegExp(`^${currency}\\s${text}$`);

describePages('A payout that nobody knows the end of', () => {
  let desk: FinanceDesk;
  let counter: Counter;
  let line: ProviderLine;
  beforeAll(async () => {
    desk = await FinanceDesk.open(() => new Date());
    ({ counter } = desk);
    line = new ProviderLine(desk.service);
  });
  afterAll(() => desk.close());

  /** Two shirts for 20.00 in a currency that no other test uses; the line to its provider breaks before or after it is paid. */
  const inDoubt = async (currency: string, broken: 'before' | 'after'): Promise<string> => {
    line.broken = broken;
    return counter.refundIn('in_doubt', { currency });
  };
  const payoutsOf = async (returnId: string) =>
    (await ok(counter.finance<ReturnAnswer>('GET', `/v1/returns/${returnId}`))).refunds[0]!.payouts;
  const executed = (returnId: string): number =>
    desk.service.app
      .get(PaymentProviders)
      .all.flatMap((provider) => (provider instanceof SimulatedPayments ? provider.executions() : []))
      .filter(({ refundId, state }) => refundId === `${returnId}-F1` && state === 'succeeded').length;
  const does = async (page: Page, action: string, field: string, text: string, confirm: string): Promise<void> => {
    await page.getByRole('button', { name: action, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: field }).fill(text);
    await dialog.getByRole('button', { name: confirm }).click();
    await dialog.waitFor({ state: 'detached' });
  };
  /** What the page of balances says of this currency. */
  const owes = async (
    page: Page,
    currency: string,
    { owed, hangs, paid }: { readonly owed: string; readonly hangs: string; readonly paid: string },
  ): Promise<void> => {
    await page.getByRole('navigation', { name: 'Finance' }).getByRole('link', { name: 'What we owe' }).click();
    const section = page.getByRole('region', { name: new RegExp(`\\(${currency}\\)$`) });
    for (const [label, minor] of [
      ['Owed', owed],
      ['Of which hangs', hangs],
      ['Paid so far', paid],
    ] as const) {
      await section.getByRole('link', { name: new RegExp(`^${label}: ${currency}\\s${minor}$`) }).waitFor();
    }
  };

  it('is found with its reason, recorded as failed once the bank has said so, and sent another way; what is owed follows', async () => {
    const returnId = await inDoubt('SEK', 'before');
    const { page, leave } = await desk.at('/finance/payouts?show=in_doubt');
    const row = page
      .getByRole('region', { name: 'Hanging payouts' })
      .getByRole('row')
      .filter({ hasText: `${returnId}-F1` });
    await row.getByText('In doubt', { exact: true }).waitFor();
    await row.getByRole('cell', { name: /^The line to the bank broke off/ }).waitFor();
    await row.getByRole('cell', { name: amount('SEK', '20\\.00') }).waitFor();
    await owes(page, 'SEK', { owed: '20\\.00', hangs: '20\\.00', paid: '0\\.00' });

    await page.goto(`/finance/payouts/${returnId}-F1/p1`);
    await page.getByText('may have been paid; the answer was lost').waitFor();
    await page
      .getByRole('definition')
      .filter({ hasText: /^The line to the bank broke off$/ })
      .waitFor();
    await page
      .getByText('It is not known yet whether the refund was paid; nothing further is paid until it is. (The line to the bank broke off)')
      .waitFor();
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await picture(page, `finance-in-doubt-${size.width}`);
    }
    await page.setViewportSize(DESK);
    // What may have been paid goes no other way before it is known that it was not.
    await soon(async () => expect(await page.getByRole('button', { name: 'Reroute', exact: true }).count()).toBe(0));
    // The provider is asked first, and knows of nothing.
    line.canAsk = true;
    await does(page, 'Fail', 'What went wrong', 'not_executed', 'Record as failed');
    line.canAsk = false;
    await page.getByText('Recorded as failed: the money is still owed.').waitFor();
    await page.getByText('The refund failed (not executed); the money is still owed.').waitFor();
    await page
      .getByRole('definition')
      .filter({ hasText: /^Not executed$/ })
      .waitFor();
    await owes(page, 'SEK', { owed: '20\\.00', hangs: '20\\.00', paid: '0\\.00' });

    await page.goto(`/finance/payouts/${returnId}-F1/p1`);
    await page.getByRole('button', { name: 'Reroute', exact: true }).click();
    await page.getByLabel('How the money shall reach the customer').selectOption('Store credit');
    await page.getByRole('textbox', { name: 'Reason' }).fill('the bank never saw it');
    await page.getByRole('button', { name: 'Send another way' }).click();
    await page.getByText('The refund now goes another way: as store credit. (the bank never saw it)').waitFor();
    await page.getByRole('link', { name: 'store_credit', exact: true }).click();
    await page.getByText('with the customer', { exact: true }).waitFor();
    await owes(page, 'SEK', { owed: '0\\.00', hangs: '0\\.00', paid: '20\\.00' });
    await soon(async () =>
      expect(await payoutsOf(returnId)).toMatchObject([
        { paymentId: 'p1', state: 'failed', code: 'not_executed', reroutedTo: 'store_credit' },
        { paymentId: 'store_credit', state: 'succeeded' },
      ]),
    );
    await leave();
  });

  it('is looked up when it is tried again: what had been paid is recognised, and not paid twice', async () => {
    const returnId = await inDoubt('NOK', 'after');
    const { page, leave } = await desk.at(`/finance/payouts/${returnId}-F1/p1`);
    await does(page, 'Retry', 'Reason', 'the line stands again', 'Retry the payout');
    await page.getByText('The refund is tried again. (the line stands again)').waitFor();
    await page.getByText('may have been paid; the answer was lost').waitFor();
    line.broken = null;
    await page.getByText('Nothing needs to be done: the customer has the money.').waitFor();
    await page.getByText('The refund was paid.', { exact: true }).waitFor();
    await owes(page, 'NOK', { owed: '0\\.00', hangs: '0\\.00', paid: '20\\.00' });
    expect([executed(returnId), (await payoutsOf(returnId)).length]).toEqual([1, 1]);
    await leave();
  });

  it('is settled by a person who has seen it at the bank, and asked for no more', async () => {
    const returnId = await inDoubt('DKK', 'after');
    const { page, leave } = await desk.at(`/finance/payouts/${returnId}-F1/p1`);
    await does(page, 'Settle', 'Reference of the payment', 'bank-2026-200', 'Record as paid');
    await page.getByText('The refund was paid and settled by hand.').waitFor();
    await page
      .getByRole('definition')
      .filter({ hasText: /^bank-2026-200$/ })
      .waitFor();
    line.broken = null;
    await page.goto('/finance/payouts?currency=DKK');
    await page.getByText('Nothing hangs here').waitFor();
    await owes(page, 'DKK', { owed: '0\\.00', hangs: '0\\.00', paid: '20\\.00' });
    const { processes } = await ok(desk.service.call<{ processes: { name: string; pending: number }[] }>('GET', '/v1/views'));
    expect(processes.find(({ name }) => name === 'refund-payout')).toMatchObject({ pending: 0 });
    await leave();
  });

  it('by hand: is recorded as failed before anything was paid, and paid another way', async () => {
    const returnId = await counter.refundIn('entitled', { provider: 'manual', currency: 'CHF' });
    const { page, leave } = await desk.at('/finance/payouts?show=by_hand');
    await page.getByRole('link', { name: `${returnId}-F1` }).click();
    await does(page, 'Fail', 'What went wrong', 'account_closed', 'Record as failed');
    await page.getByText('The refund failed (account closed); the money is still owed.').waitFor();
    await does(page, 'Reroute', 'Reason', 'the customer named another account', 'Send another way');
    await page.getByRole('link', { name: 'bank_transfer', exact: true }).click();
    await page.getByText('owed, not sent yet').waitFor();
    await owes(page, 'CHF', { owed: '20\\.00', hangs: '0\\.00', paid: '0\\.00' });
    await waitFor(async () => (await payoutsOf(returnId)).at(-1)?.state === 'entitled', 'the payout by bank');
    await leave();
  });

  it('by hand: is named where nothing hangs, and its chart has no amounts between two cents', async () => {
    const orderId = 'ONE-CENT';
    const line = {
      lineId: 'l1',
      sku: 'BAG',
      title: 'Bag',
      quantity: 1,
      deliveredAt: '2026-03-01T10:00:00.000Z',
      paid: { netMinor: 1, taxMinor: 0 },
    };
    const order = {
      placedAt: '2026-03-01T10:00:00.000Z',
      currency: 'HUF',
      lines: [line],
      payments: [{ paymentId: 'p1', provider: 'manual', reference: 'till', capturedMinor: 1 }],
    };
    await ok(desk.service.call('PUT', `/v1/orders/${orderId}`, order), 201);
    await ok(
      desk.service.call('POST', `/v1/orders/${orderId}/returns`, {
        lines: [{ lineId: 'l1', quantity: 1, reason: 'too_small' }],
        method: 'in_store',
      }),
      201,
    );
    await ok(
      desk.service.call('POST', `/v1/returns/${orderId}-R1/receipts`, {
        scanId: 's-cent',
        station: 'dock-1',
        items: [{ lineId: 'l1', quantity: 1 }],
      }),
    );
    await counter.until(`${orderId}-R1`, 'entitled');
    const { page, leave } = await desk.at('/finance/payouts?currency=HUF');
    await page.getByText('Nothing hangs here').waitFor();
    await page.getByText('Some refunds wait to be paid by hand').getByRole('link', { name: 'show them' }).click();
    await page.getByRole('link', { name: `${orderId}-R1-F1` }).waitFor();
    await page.goto('/finance');
    const chart = page.getByRole('img', { name: /Day by day in HUF/ });
    await chart.getByText(/^HUF.0\.01$/).waitFor();
    await soon(async () => expect(await chart.innerText()).not.toContain('NaN'));
    await leave();
  });
});
