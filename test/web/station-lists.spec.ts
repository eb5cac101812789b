import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { FoundParcelAnswer } from '../../src/warehouse/warehouse.dto.js';
import { Desk, lineOf, ok } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, launchBrowser, PHONE, picture } from './browser.js';
import { Clerk } from './station-floor.js';

describePages('The lists of the warehouse', () => {
  let desk: Desk;
  let browser: Browser;
  let clerk: Clerk;
  let page: Page;

  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open(), launchBrowser()]);
    // What a page asks for that a service worker has opened does not come past the test, which answers once in the service's place.
    clerk = await Clerk.at(browser, desk.app.url, await desk.app.keyFor('warehouse'), 'dock-4', {
      serviceWorkers: 'block',
      expected: /404|409.*(unmatch|confirm)|503.*confirm|Service Worker registration blocked/,
    });
    ({ page } = clerk);
  });
  afterAll(async () => {
    await clerk.leave().finally(() => Promise.all([browser.close(), desk.close()]));
  });

  const shown = async (name: string): Promise<void> => {
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await picture(page, `${name}-${size.width}`, { fullPage: false });
    }
  };
  /** A return of two red shirts that the stock system refuses to take back, and the restock's id. */
  const blocked = async (suffix: string, reason = 'unknown_sku'): Promise<{ readonly returnId: string; readonly restockId: string }> => {
    const returnId = await desk.filed({ red: 2 }, { suffix });
    ok(await desk.receive(returnId, 's1', [{ lineId: 'red', quantity: 2 }]));
    ok(await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'red', quantity: 2, grade: 'A' }] }));
    const away = ok(
      await desk.post(`/v1/returns/${returnId}/dispositions`, { items: [{ lineId: 'red', quantity: 2, disposition: 'restock' }] }),
    );
    const restockId = String(away.restocks[0]?.restockId);
    ok(await desk.post(`/v1/returns/${returnId}/restocks/${restockId}/block`, { reason }));
    return { returnId, restockId };
  };
  /** Says what became of the pieces, once the dialog has put the keyboard where it begins: a key pressed sooner would go there. */
  const chooses = async (end: 'They are back on sale' | 'They go elsewhere'): Promise<void> => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'They are back on sale' }).and(page.locator(':focus')).waitFor();
    await dialog.getByRole('radio', { name: end }).press(' ');
  };
  const parcel = async (trackingNumber: string): Promise<string> =>
    ok(await desk.post<FoundParcelAnswer>('/v1/warehouse/parcels', { trackingNumber }), 201).parcelId;
  const parcelNow = async (parcelId: string): Promise<FoundParcelAnswer> =>
    ok(await desk.clerk<FoundParcelAnswer>('GET', `/v1/warehouse/parcels/${parcelId}`));

  it('a blocked restock is settled where it is shown, and leaves the queue with that', async () => {
    const { returnId, restockId } = await blocked('-B');
    await page.goto('/warehouse/queue?problems=true&sku=SKU-RED-B');
    await page.getByText('Not back on sale: 2 × SKU-RED-B (the stock system does not know the SKU)').waitFor();
    await shown('station-blocked');
    const settle = page.getByRole('button', { name: `Settle: 2 × SKU-RED-B of ${returnId}` });
    await settle.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'What became of 2 × SKU-RED-B?' });
    await dialog.waitFor();
    await dialog.getByRole('radio', { name: 'They are back on sale' }).and(page.locator(':focus')).waitFor();
    await shown('station-blocked-settle');
    await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
    await settle.and(page.locator(':focus')).waitFor();
    expect((await desk.look(returnId)).restocks).toMatchObject([{ restockId, state: 'blocked' }]);
    await settle.press('Enter');
    await dialog.waitFor();
    await soon(async () => expect(await dialog.getByRole('textbox', { name: 'Station' }).inputValue()).toBe('dock-4'));
    // Nothing said, nothing done.
    await dialog.getByRole('radio', { name: 'They are back on sale' }).and(page.locator(':focus')).waitFor();
    await dialog.getByRole('button', { name: 'Settle' }).press('Enter');
    await dialog.locator('form:invalid').waitFor();
    await dialog.getByRole('radio', { name: 'They are back on sale' }).press(' ');
    await dialog.getByRole('button', { name: 'Settle' }).press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: `2 × SKU-RED-B of ${returnId}: back on sale.` })
      .and(page.locator(':focus'))
      .waitFor();
    await page.getByText('Nothing waits here.').waitFor();
    await soon(async () => expect((await desk.look(returnId)).restocks).toMatchObject([{ restockId, state: 'confirmed' }]));
  });

  it('pieces of a blocked restock that are not sold go elsewhere, and leave the queue with that', async () => {
    const { returnId, restockId } = await blocked('-E', 'recalled');
    const before = await desk.look(returnId);
    await page.goto('/warehouse/queue?problems=true&sku=SKU-RED-E');
    await page.getByRole('button', { name: `Settle: 2 × SKU-RED-E of ${returnId}` }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'What became of 2 × SKU-RED-E?' });
    await dialog.getByText('The stock system refused them (recalled).').waitFor();
    await chooses('They go elsewhere');
    const where = dialog.getByRole('combobox', { name: 'Where do they go?' });
    await soon(async () =>
      expect(await where.getByRole('option').allInnerTexts()).toEqual([
        'Choose',
        'Open box',
        'Refurbish',
        'Scrap',
        'Recycle',
        'Donate',
        'Return to vendor',
        'Return to customer',
        'Quarantine',
      ]),
    );
    await where.selectOption('Return to vendor');
    await dialog.getByRole('textbox', { name: 'Place' }).fill('PALLET-3');
    await shown('station-blocked-elsewhere');
    await dialog.getByRole('button', { name: 'Settle' }).press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: `2 × SKU-RED-E of ${returnId}: not back on sale, put elsewhere (return to vendor, PALLET-3).` })
      .and(page.locator(':focus'))
      .waitFor();
    await page.getByText('Nothing waits here.').waitFor();
    await soon(async () =>
      expect(await desk.look(returnId)).toMatchObject({
        restocks: [{ restockId, state: 'withdrawn', reason: 'recalled' }],
        money: { entitledMinor: before.money.entitledMinor },
      }),
    );
    await soon(async () => expect(lineOf(await desk.look(returnId), 'red')).toMatchObject({ graded: 2, disposed: 2, quarantined: 0 }));
  });

  it('a blocked restock that a colleague has settled meanwhile is not settled again, and the clerk reads what became of it', async () => {
    const { returnId, restockId } = await blocked('-M', 'recalled');
    await page.goto('/warehouse/queue?problems=true&sku=SKU-RED-M');
    // What the colleague does comes to this page only with its next look, which is held up.
    const settle = page.getByRole('button', { name: /^Settle/ });
    await settle.waitFor();
    await page.route('**/v1/warehouse/queue?*', () => undefined);
    ok(await desk.post(`/v1/returns/${returnId}/restocks/${restockId}/withdraw`, { disposition: 'recycle' }));
    await settle.press('Enter');
    const dialog = page.getByRole('dialog');
    await chooses('They are back on sale');
    await dialog.getByRole('button', { name: 'Settle' }).press('Enter');
    await dialog
      .getByRole('alert')
      .filter({ hasText: `The pieces of restock ${restockId} have been put elsewhere already: recycle.` })
      .waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).press('Enter');
    await page.unroute('**/v1/warehouse/queue?*');
    await page.goto('/warehouse/queue?problems=true&sku=SKU-RED-M');
    await page.getByText('Nothing waits here.').waitFor();
  });

  it('an answer that was lost is asked for again by itself, under the same key, and nothing is done twice', async () => {
    const { returnId } = await blocked('-L');
    await page.goto('/warehouse/queue?problems=true&sku=SKU-RED-L');
    const keys: (string | undefined)[] = [];
    await page.route('**/confirm', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 1) return route.continue();
      await route.fetch();
      return route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 503, code: 'outcome_unknown', title: 'Unknown', detail: 'It is not known whether this was done.' }),
      });
    });
    await page.getByRole('button', { name: /^Settle/ }).press('Enter');
    await chooses('They are back on sale');
    await page.getByRole('dialog').getByRole('button', { name: 'Settle' }).press('Enter');
    await page.getByRole('status').filter({ hasText: 'back on sale.' }).waitFor();
    await page.unroute('**/confirm');
    await soon(async () =>
      expect([keys.length, new Set(keys).size, (await desk.look(returnId)).restocks[0]?.state]).toEqual([2, 1, 'confirmed']),
    );
  });

  it('a wrong match is taken back before anything of the parcel was received, and the parcel goes to the right return', async () => {
    const [wrong, right] = [await desk.filed({ red: 1 }), await desk.filed({ red: 1 })];
    const parcelId = await parcel('1Z-WRONG');
    ok(await desk.post(`/v1/warehouse/parcels/${parcelId}/match`, { returnId: wrong }));
    await page.goto('/warehouse/parcels');
    await page.getByRole('combobox', { name: 'State' }).selectOption('Matched');
    await page.getByText(`It belongs to the return ${wrong}.`).waitFor();
    await shown('station-matched');
    await page.getByRole('button', { name: `Wrong match: 1Z-WRONG with ${wrong}` }).press('Enter');
    await page.getByRole('dialog', { name: `Does 1Z-WRONG not belong to ${wrong}?` }).waitFor();
    await shown('station-unmatch');
    await page.getByRole('button', { name: 'Take back the match' }).press('Enter');
    await page
      .getByRole('status')
      .filter({ hasText: `1Z-WRONG is no longer matched with ${wrong}.` })
      .and(page.locator(':focus'))
      .waitFor();
    await soon(async () => expect(await parcelNow(parcelId)).toMatchObject({ state: 'unmatched', returnId: null }));
    ok(await desk.post(`/v1/warehouse/parcels/${parcelId}/match`, { returnId: right }));
    ok(await desk.post(`/v1/warehouse/parcels/${parcelId}/items`, { scanId: 's1', items: [{ barcode: 'SKU-RED' }] }));
    await waitFor(async () => (await parcelNow(parcelId)).state === 'handed_over', 'the piece at the right return');
    await soon(async () => expect(lineOf(await desk.look(wrong), 'red')?.received).toBe(0));
  });

  it('a match that something came of is not taken back here, and the service says why to whoever was too late', async () => {
    const returnId = await desk.filed({ red: 1 });
    const parcelId = await parcel('1Z-LATE');
    ok(await desk.post(`/v1/warehouse/parcels/${parcelId}/match`, { returnId }));
    await page.goto('/warehouse/parcels?state=matched');
    await page.getByRole('button', { name: /^Wrong match: 1Z-LATE/ }).press('Enter');
    await page.getByRole('dialog').waitFor();
    ok(await desk.post(`/v1/warehouse/parcels/${parcelId}/items`, { scanId: 's1', items: [{ barcode: 'SKU-RED' }] }));
    await waitFor(async () => (await parcelNow(parcelId)).state === 'handed_over', 'the piece at its return');
    await page.getByRole('button', { name: 'Take back the match' }).press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: `Pieces of the parcel have been received on the return ${returnId}. Take those scans back there.` })
      .waitFor();
    await page.goto('/warehouse/parcels?state=handed_over');
    await page.getByRole('link', { name: '1Z-LATE' }).waitFor();
    await soon(async () => expect(await page.getByRole('button', { name: /^Wrong match: 1Z-LATE/ }).count()).toBe(0));
  });
});
