import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Desk, lineOf, ok, reviewCodesOf } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, launchBrowser, PHONE, picture } from './browser.js';
import { Clerk, EAN_RED } from './station-floor.js';

const EAN_STRANGER = '5012345678900';

describePages('At the scan station, what is not as announced', () => {
  let desk: Desk;
  let browser: Browser;
  let clerk: Clerk;
  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open(), launchBrowser()]);
    clerk = await Clerk.at(browser, desk.app.url, await desk.app.keyFor('warehouse'), 'dock-2', { expected: /404|409/ });
  });
  afterAll(async () => {
    await clerk.leave();
    await browser.close();
    await desk.close();
  });

  /** The clerk's screen passes as it is, on a desk and on a phone; a picture of it is kept. */
  const shown = async (name: string): Promise<void> => {
    await picture(clerk.page, `station-${name}`, { fullPage: false });
    for (const size of [PHONE, DESK]) {
      await clerk.page.setViewportSize(size);
      await expectNoSidewaysScrolling(clerk.page);
      await expectAccessible(clerk.page);
    }
  };
  const recorded = (returnId: string, count: number) =>
    waitFor(async () => (await desk.look(returnId)).surplus.reduce((sum, item) => sum + item.quantity, 0) === count, 'what was set aside');

  it('a wrong item is set aside, and may be said to have come instead of another', async () => {
    const returnId = await desk.filed({ red: 2, blue: 1 });
    await clerk.scans(returnId, 'opened', '3 pieces awaited');
    await clerk.scans(EAN_STRANGER, 'wrong_item', 'Not in this return');
    await shown('wrong-item');
    await clerk.press('2');
    await clerk.sees('note', `${EAN_STRANGER} came instead of Blue shirt`);
    await waitFor(async () => (await desk.look(returnId)).mismatches.length === 1, 'the mismatch');
    const ret = await desk.look(returnId);
    expect(ret.mismatches).toMatchObject([{ expectedLineId: 'blue', foundBarcode: EAN_STRANGER }]);
    expect(ret.surplus).toMatchObject([{ barcode: EAN_STRANGER, why: 'not_in_return' }]);
    expect(lineOf(ret, 'blue')).toMatchObject({ awaiting: 1, received: 0 });
  });

  it('an item that another return awaits is named as such', async () => {
    const other = await desk.filed({ mug: 1 }, { suffix: '-O' });
    const returnId = await desk.filed({ red: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG-O', 'wrong_item', other);
    await recorded(returnId, 1);
  });

  it('an item of the same order that was not announced is told by its name', async () => {
    const returnId = await desk.filed({ red: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG', 'wrong_item', 'Mug is of the same order');
    await recorded(returnId, 1);
  });

  it('one too many is set aside', async () => {
    const returnId = await desk.filed({ blue: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-BLUE', 'accepted', '1 of 1');
    await shown('accepted');
    await clerk.scans('SKU-BLUE', 'too_many', 'Set this one aside');
    await shown('too-many');
    await recorded(returnId, 1);
    await soon(async () => expect(lineOf(await desk.look(returnId), 'blue')).toMatchObject({ received: 1 }));
  });

  it('an unknown code is asked about before anything is recorded', async () => {
    const returnId = await desk.filed({ red: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('GIBBERISH-1', 'unknown', 'Unknown code');
    await shown('unknown');
    expect((await desk.look(returnId)).surplus).toEqual([]);
    await clerk.scans('BH:1', 'wrong_item', 'GIBBERISH-1 is recorded');
    await recorded(returnId, 1);
  });

  it('a return whose goods are all here says so', async () => {
    const returnId = await desk.filed({ mug: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await clerk.scans(returnId, 'duplicate', 'Open already');
    await shown('duplicate');
    await clerk.scans('BH:DONE', 'note', '1 piece received');
    await clerk.scans(returnId, 'already_received', 'everything announced has come');
    await shown('already-received');
    await clerk.press('F4');
  });

  it.each(['expired', 'cancelled'] as const)('a return that is %s says so, and takes the goods in all the same', async (status) => {
    const returnId = await desk.filed({ mug: 1 });
    if (status === 'cancelled') await desk.shop('POST', `/v1/returns/${returnId}/cancel`, {});
    else await desk.command(returnId, { type: 'ExpireReturn', at: '2199-01-01T00:00:00.000Z', returnId });
    await clerk.scans(returnId, 'ended', `Return ${status}`);
    await shown(status);
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await waitFor(async () => lineOf(await desk.look(returnId), 'mug')?.received === 1, 'the mug');
    await soon(async () => expect(reviewCodesOf(await desk.look(returnId))).toContain('late_parcel'));
  });

  it('the rest may be missing, which is asked first', async () => {
    const returnId = await desk.filed({ red: 3 });
    await clerk.scans(returnId, 'opened', '3 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 3');
    await clerk.scans('BH:DONE', 'question', '2 pieces still awaited');
    await shown('question');
    await clerk.press('2');
    await clerk.sees('note', 'Marked missing');
    await waitFor(async () => lineOf(await desk.look(returnId), 'red')?.missing === 2, 'the missing pieces');
  });

  it('a wrong scan is undone, the latest by one key and any from the list, after the refund too', async () => {
    const returnId = await desk.filed({ red: 2, mug: 1 });
    await clerk.scans(returnId, 'opened', '3 pieces awaited');
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await waitFor(async () => (await desk.look(returnId)).money.refundedMinor === 2000, 'the refund');
    await clerk.press('F2');
    await clerk.sees('note', 'Undone');
    await clerk.page.getByText('refunded in advance').or(clerk.page.getByText('not refunded again')).first().waitFor();
    await shown('undone');
    await clerk.page.getByRole('button', { name: /^Undo Mug/ }).press('Enter');
    await clerk.sees('note', 'Took back: Mug');
    await waitFor(async () => (await desk.look(returnId)).lines.every((line) => line.received === 0), 'both undone');
    await clerk.scans('BH:UNDO', 'refused', 'Nothing to undo');
    await shown('refused');
  });

  it('what the service refuses is shown at once and stays until somebody has dealt with it', async () => {
    const returnId = await desk.filed({ mug: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await waitFor(async () => lineOf(await desk.look(returnId), 'mug')?.received === 1, 'the mug');
    // The line is slow: somebody else's grade is recorded first, and this page does not know it.
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    await clerk.page.route('**/inspections', async (route) => {
      await held;
      await route.continue();
    });
    await clerk.press('X');
    await clerk.sees('note', 'Grade X');
    await clerk.press('Enter');
    await clerk.sees('accepted', 'Quarantine');
    ok(await desk.post(`/v1/returns/${returnId}/inspections`, { items: [{ lineId: 'mug', quantity: 1, grade: 'A' }] }));
    letGo();
    await clerk.sees('refused', 'Grade not recorded');
    const panel = clerk.page.getByRole('region', { name: /^The service refused/ });
    await panel.waitFor();
    await clerk.page.getByText('0 waiting', { exact: true }).waitFor();
    await shown('conflict');
    await clerk.page.unroute('**/inspections');
    await clerk.page.reload();
    await panel.waitFor();
    for (let left = await panel.getByRole('button', { name: /^Settled/ }).count(); left > 0; left -= 1) {
      await panel
        .getByRole('button', { name: /^Settled/ })
        .first()
        .press('Enter');
      await waitFor(async () => (await panel.getByRole('button', { name: /^Settled/ }).count()) < left, 'it to be settled');
    }
    await panel.waitFor({ state: 'detached' });
    await clerk.page.reload();
    await clerk.page.getByText('0 waiting', { exact: true }).waitFor();
    await soon(async () => expect(await panel.count()).toBe(0));
  });

  it('tells what of a line was given up on, why a graded piece cannot be taken back, and drops a question nobody answered', async () => {
    const returnId = await desk.filed({ red: 3 });
    await clerk.scans(returnId, 'opened', '3 pieces awaited');
    await clerk.press('F6');
    await clerk.sees('question', '3 pieces missing?');
    await clerk.press('1');
    await clerk.sees('note', 'Marked missing');
    await clerk.scans(EAN_RED, 'accepted', '2 more were given up as missing.');
    await clerk.press('a');
    await clerk.sees('note', 'Grade A');
    await clerk.press('Enter');
    await clerk.sees('accepted', 'Restock');
    await waitFor(async () => lineOf(await desk.look(returnId), 'red')?.disposed === 1, 'the piece on its shelf');
    await clerk.press('F2');
    await clerk.sees('refused', 'Nothing of this scan can be taken back any more. What has been graded since cannot be undone');
    await clerk.scans('NOBODY-KNOWS', 'unknown', 'Unknown code');
    await clerk.page.getByText('An item of this parcel: set it aside').waitFor();
    await clerk.press('F9');
    await clerk.sees('note', 'Grade');
    await clerk.page.getByText('An item of this parcel: set it aside').waitFor({ state: 'detached' });
    await clerk.press('F4');
    await clerk.sees('note', 'Done');
  });

  it('reads on a phone', async () => {
    await clerk.page.setViewportSize(PHONE);
    const returnId = await desk.filed({ red: 2, blue: 1 });
    await clerk.scans(returnId, 'opened', '3 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await picture(clerk.page, 'station-phone-accepted', { fullPage: false });
    await clerk.scans(EAN_STRANGER, 'wrong_item', 'Not in this return');
    await picture(clerk.page, 'station-phone-wrong-item');
  });
});
