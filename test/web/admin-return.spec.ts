import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ok } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import { describePages, expectAccessible, expectNoSidewaysScrolling, expectPictures, PHONE, picture } from './browser.js';

describePages('One return', () => {
  let office: Office;
  let returnId: string;
  beforeAll(async () => {
    office = await Office.open({ inspectionRequired: true, refundTrigger: 'inspected' });
    returnId = await office.filed({ red: 2 }, { note: 'The seam came open.', photos: 1 });
    const { desk } = office;
    await desk.shop('POST', `/v1/returns/${returnId}/approve`, {});
    await desk.receive(returnId, 's-1', [{ lineId: 'red', quantity: 1 }]);
    await desk.receive(returnId, 's-2', [{ lineId: 'red', quantity: 1 }]);
    await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 2, grade: 'C' }] });
    await waitFor(async () => (await desk.look(returnId)).status === 'refunded', 'the refund');
  });
  afterAll(() => office.close());

  it('is shown with its history in words, and why its refund is as much as it is', async () => {
    const { page, leave } = await office.admin(`/admin/returns/${returnId}`);
    await page.getByRole('heading', { name: `Return ${returnId}` }).waitFor();
    await page.getByText('The refund was paid.').first().waitFor();
    await page.getByText('Why this amount').click();
    await page.getByRole('rowheader', { name: 'Total' }).waitFor();
    await page.getByText('Details').first().click();
    await page.getByText('ReturnRequested').waitFor();
    await expectPictures(page.locator('main img'), 1);
    await expectAccessible(page);
    await picture(page, 'admin-return-1280');
    await leave();
  });

  it('is shown as it was, moment by moment, with the keyboard alone', async () => {
    const { page, leave } = await office.admin(`/admin/returns/${returnId}`);
    const slider = page.getByRole('slider', { name: 'Moment' });
    await slider.waitFor();
    await slider.press('Home');
    await page.waitForURL(/asOf=/);
    await page.getByText('You are looking at the past').waitFor();
    await page.locator('main').getByText('in review', { exact: true }).waitFor();
    await soon(async () => expect(await slider.getAttribute('aria-valuetext')).toContain('Sent to review'));
    await soon(async () => expect(await page.getByRole('button', { name: 'Close' }).count()).toBe(0));
    await slider.press('ArrowRight');
    await page.locator('main').getByText('approved', { exact: true }).waitFor();
    await slider.press('ArrowRight');
    await page.locator('main').getByText('receiving', { exact: true }).waitFor();
    // One of two units is here: authorised 2, awaiting 1, received 1.
    await waitFor(
      async () =>
        (await page.getByRole('region', { name: 'Lines' }).getByRole('row').nth(1).getByRole('cell').allInnerTexts()).slice(1, 4).join() ===
        '2,1,1',
      'the counters of that moment',
    );
    await page.getByText('No refund yet.').waitFor();
    await expectAccessible(page);
    await picture(page, 'admin-return-past-1280');
    await page.reload();
    await page.locator('main').getByText('receiving', { exact: true }).waitFor();
    await page.getByRole('slider', { name: 'Moment' }).press('End');
    await page.locator('main').getByText('refunded', { exact: true }).first().waitFor();
    expect(page.url()).not.toContain('asOf');
    await leave();
  });

  it('is opened whatever its order is called', async () => {
    const { desk } = office;
    const orderId = 'shop:eu@2+4';
    const order = {
      placedAt: '2026-01-01T00:00:00Z',
      currency: 'EUR',
      customer: { name: 'Ada Example', email: 'ada@example.org' },
      lines: [
        {
          lineId: 'mug',
          sku: 'MUG',
          title: 'Mug',
          quantity: 1,
          deliveredAt: new Date().toISOString(),
          paid: { netMinor: 1000, taxMinor: 0 },
        },
      ],
      payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok_odd', method: 'card', capturedMinor: 1000 }],
    };
    ok(await desk.shop('PUT', `/v1/orders/${encodeURIComponent(orderId)}`, order), 201);
    const wanted = {
      lines: [{ lineId: 'mug', quantity: 1, reason: 'defective', condition: 'used' }],
      outcome: 'original_payment',
      method: 'own_shipping',
    };
    const { returnId: odd } = ok(
      await desk.shop<{ returnId: string }>('POST', `/v1/orders/${encodeURIComponent(orderId)}/returns`, wanted),
      201,
    );
    const { page, leave } = await office.admin('/admin');
    await page.getByRole('link', { name: odd }).click();
    await page.getByRole('heading', { name: `Return ${odd}` }).waitFor();
    await page.getByRole('region', { name: 'Lines' }).waitFor();
    await leave();
  });

  it('says when there was nothing of it yet, and when there is no such return', async () => {
    const { page, leave } = await office.admin(`/admin/returns/${returnId}?asOf=2020-01-01T00:00:00.000Z`, { expected: /404/ });
    await page.getByText('Before the beginning').waitFor();
    await page.getByRole('button', { name: 'Show it as it is now' }).click();
    await page.locator('main').getByText('refunded', { exact: true }).first().waitFor();
    await page.goto('/admin/returns/NOT-THERE-R1');
    await page.getByText('There is no return NOT-THERE-R1').waitFor();
    await expectAccessible(page);
    await leave();
  });

  it('is closed, with a reason, and opened again', async () => {
    const open = await office.filed({ mug: 1 });
    const { page, leave } = await office.admin(`/admin/returns/${open}`);
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByLabel('Why').fill('The customer kept it');
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
    await page.locator('main').getByText('closed', { exact: true }).first().waitFor();
    await page.getByText('Closed: The customer kept it.').first().waitFor();
    await page.getByRole('button', { name: 'Open again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Open again' }).click();
    await page.locator('main').getByText('approved', { exact: true }).first().waitFor();
    await leave();
  });

  it('fits a phone', async () => {
    const { page, leave } = await office.admin(`/admin/returns/${returnId}`, { viewport: PHONE });
    await page.getByText('The refund was paid.').first().waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'admin-return-320');
    await leave();
  });
});
