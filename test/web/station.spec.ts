import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Desk, lineOf } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, expectAccessible, launchBrowser, picture } from './browser.js';
import { Clerk, EAN_RED } from './station-floor.js';

describePages('The scan station', () => {
  let desk: Desk;
  let browser: Browser;
  let key: string;
  beforeAll(async () => {
    [desk, browser] = await Promise.all([
      Desk.open({ inspectionRequired: true, refundTrigger: 'inspected' }),
      launchBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']),
    ]);
    key = await desk.app.keyFor('warehouse');
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  it('takes a parcel from its label to the shelf by scanning alone, and the customer gets the money', async () => {
    const { returnId, trackingNumber } = await desk.labelled({ red: 2, blue: 1 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await picture(clerk.page, 'station-ready', { fullPage: false });
    await clerk.scans(trackingNumber, 'opened', '3 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await clerk.press('A');
    await clerk.sees('note', 'Grade A');
    await clerk.scans('SHELF-B-12', 'note', 'Shelf SHELF-B-12');
    await clerk.scans(EAN_RED, 'accepted', '2 of 2');
    await clerk.scans('BH:GRADE:C', 'note', 'Refurbish?');
    await clerk.press('Enter');
    await clerk.sees('accepted', 'Refurbish');
    await clerk.scans('SKU-BLUE', 'accepted', '1 of 1');
    await clerk.press('b');
    await clerk.sees('note', 'Grade B');
    await clerk.press('2');
    await clerk.sees('note', 'Open box');
    await clerk.scans('BH:DONE', 'note', '3 pieces received');
    await waitFor(async () => (await desk.look(returnId)).money.refundedMinor === 2750, 'the refund');
    // The grade alone pays; where the piece was put is sent after it.
    await waitFor(async () => lineOf(await desk.look(returnId), 'blue')?.disposed === 1, 'the last piece on its shelf');
    const ret = await desk.look(returnId);
    expect(lineOf(ret, 'red')).toMatchObject({ received: 2, disposed: 2, awaitingInspection: 0 });
    expect(lineOf(ret, 'blue')).toMatchObject({ received: 1, disposed: 1, awaitingInspection: 0 });
    expect(ret.restocks).toMatchObject([{ lineId: 'red', quantity: 1, location: 'SHELF-B-12' }]);
    await clerk.leave();
  });

  it('counts each scan once where the browser keeps no notes', async () => {
    const returnId = await desk.filed({ red: 2 });
    const clerk = await Clerk.at(browser, desk.app.url, key, 'dock-2', { expected: /use-local-storage/ });
    await clerk.visit.context.addInitScript(
      "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } });",
    );
    await clerk.page.reload();
    await clerk.page.getByRole('textbox', { name: 'Name of the station' }).fill('dock-2');
    await clerk.press('Enter');
    await clerk.page.getByRole('textbox', { name: 'Scan or type' }).waitFor();
    await clerk.scans(returnId, 'opened', '2 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await clerk.scans(EAN_RED, 'accepted', '2 of 2');
    await waitFor(async () => lineOf(await desk.look(returnId), 'red')?.received === 2, 'both scans');
    await clerk.sees('accepted', '2 of 2');
    await clerk.leave();
  });

  it('grades first and puts away later, a whole line at once', async () => {
    const returnId = await desk.filed({ red: 4 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await clerk.scans(returnId, 'opened', '4 pieces awaited');
    for (const count of [1, 2, 3, 4]) await clerk.scans(EAN_RED, 'accepted', `${count} of 4`);
    await clerk.scans('BH:STEP:GRADING', 'note', 'Grade');
    await clerk.scans(EAN_RED, 'accepted', '4 pieces to grade');
    await clerk.scans('BH:ALL', 'note', 'Whole line');
    await clerk.scans('BH:GRADE:D', 'note', 'Grade D');
    await clerk.press('a');
    await clerk.sees('note', 'Grade A');
    await expectAccessible(clerk.page);
    await picture(clerk.page, 'station-grading', { fullPage: false });
    await clerk.scans('BH:STEP:PUT-AWAY', 'note', 'Put away');
    await waitFor(async () => lineOf(await desk.look(returnId), 'red')?.quarantined === 4, 'the grades');
    await clerk.scans(EAN_RED, 'accepted', '4 pieces to put away');
    await clerk.press('F3');
    await clerk.sees('note', 'Whole line');
    await clerk.scans('BH:DISPOSE:OPEN-BOX', 'note', 'Open box');
    await picture(clerk.page, 'station-put-away', { fullPage: false });
    await clerk.scans('OUTLET-3', 'note', 'Shelf OUTLET-3');
    await clerk.scans('BH:OK', 'accepted', '4 pieces at OUTLET-3');
    await waitFor(async () => lineOf(await desk.look(returnId), 'red')?.disposed === 4, 'the shelf');
    await clerk.scans('BH:DONE', 'note', '4 pieces received');
    await clerk.leave();
  });

  it('a grade given by mistake is taken back before it is recorded', async () => {
    const returnId = await desk.filed({ mug: 1 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await clerk.press('X');
    await clerk.sees('note', 'Grade X');
    await clerk.scans('BH:UNDO', 'note', 'Grade X was not recorded');
    await clerk.scans('BH:GRADE:B', 'note', 'Grade B');
    await clerk.press('Enter');
    await clerk.sees('accepted', 'Restock');
    await waitFor(async () => (await desk.look(returnId)).restocks.length === 1, 'the restock');
    await soon(async () => expect((await desk.look(returnId)).reviewReasons).toEqual([]));
    await clerk.leave();
  });

  it('a photo from the camera goes with the grade', async () => {
    const returnId = await desk.filed({ mug: 1 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await clerk.scan('BH:PHOTO');
    await clerk.page.getByRole('button', { name: 'Take photo' }).waitFor();
    await expectAccessible(clerk.page);
    await picture(clerk.page, 'station-photo', { fullPage: false });
    await clerk.scans('BH:OK', 'note', 'Photo kept');
    await clerk.scans('BH:GRADE:C', 'note', 'Grade C');
    await clerk.press('Enter');
    await clerk.sees('accepted', 'Refurbish');
    await waitFor(async () => (await desk.clerk<unknown[]>('GET', `/v1/returns/${returnId}/photos`)).body.length === 1, 'the photo');
    await clerk.leave();
  });

  it('goes on after a reload where it was', async () => {
    const returnId = await desk.filed({ red: 2 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await clerk.scans(returnId, 'opened', '2 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await clerk.page.reload();
    await clerk.page.getByRole('heading', { name: returnId }).waitFor();
    await clerk.scans(EAN_RED, 'accepted', '2 of 2');
    await waitFor(async () => lineOf(await desk.look(returnId), 'red')?.received === 2, 'both');
    await clerk.leave();
  });

  it('hears the scanner wherever the focus is, and leaves slow typing to the field', async () => {
    const returnId = await desk.filed({ red: 2 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    const { page } = clerk;
    await page.getByRole('button', { name: 'Use camera' }).focus();
    await clerk.scans(returnId, 'opened', '2 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await page.keyboard.type('/4006381333931', { delay: 70 });
    await page.keyboard.press('Enter');
    await clerk.sees('accepted', '2 of 2');
    await clerk.press('F1');
    await page.getByRole('heading', { name: 'Keys and control codes' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'station-help', { fullPage: false });
    await clerk.leave();
  });

  it('asks for the name of the desk once, and is accessible before anything was scanned', async () => {
    const clerk = await Clerk.at(browser, desk.app.url, key, 'dock-7');
    await expectAccessible(clerk.page);
    await clerk.page.reload();
    await clerk.page.getByRole('button', { name: /Station dock-7/ }).press('Enter');
    await expectAccessible(clerk.page);
    await clerk.leave();
  });
});
