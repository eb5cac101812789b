import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Desk, lineOf } from '../journeys/warehouse-desk.js';
import { waitFor } from '../support/wait-for.js';
import { describePages, expectAccessible, launchBrowser, picture } from './browser.js';
import { Clerk, EAN_RED } from './station-floor.js';

describePages('The scan station', () => {
  let desk: Desk;
  let browser: Browser;
  let key: string;
  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open({ inspectionRequired: true, refundTrigger: 'inspected' }), launchBrowser()]);
    key = await desk.app.keyFor('warehouse');
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  it('takes a parcel from its label to the shelf by scanning alone, and the customer gets the money', async () => {
    const { returnId, trackingNumber } = await desk.labelled({ red: 2, blue: 1 });
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await picture(clerk.page, 'station-ready', {});
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
    const ret = await desk.look(returnId);
    expect(lineOf(ret, 'red')).toMatchObject({ received: 2, disposed: 2, awaitingInspection: 0 });
    expect(lineOf(ret, 'blue')).toMatchObject({ received: 1, disposed: 1 });
    expect(ret.restocks).toMatchObject([{ lineId: 'red', quantity: 1, location: 'SHELF-B-12' }]);
    await clerk.leave();
  });

  it('is accessible', async () => {
    const clerk = await Clerk.at(browser, desk.app.url, key);
    await expectAccessible(clerk.page);
    await clerk.leave();
  });
});
