import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Desk, lineOf } from '../journeys/warehouse-desk.js';
import { soon } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, launchBrowser, PHONE, picture } from './browser.js';
import { Clerk, EAN_RED } from './station-floor.js';

/** What browsers throw, or answer, where a page may keep nothing. */
const REFUSALS = ['thrown', 'answered'] as const;

describePages('The scan station in a browser that keeps nothing for it', () => {
  let desk: Desk;
  let browser: Browser;
  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open(), launchBrowser()]);
  });
  afterAll(() => Promise.all([browser.close(), desk.close()]));

  it.each(REFUSALS)('takes nothing and says why and what to do, until the browser keeps something again (%s)', async (refusal) => {
    const clerk = await Clerk.at(browser, desk.app.url, await desk.app.keyFor('warehouse'), 'dock-2', {
      expected: /404|This browser keeps nothing for this page/,
    });
    const { page } = clerk;
    const returnId = await desk.filed({ red: 2 });
    const other = await desk.filed({ red: 1 });
    await clerk.scans(returnId, 'opened', '2 pieces awaited');
    await clerk.scans(EAN_RED, 'accepted', '1 of 2');
    await page.getByText('0 waiting', { exact: true }).waitFor();
    await soon(async () => expect(lineOf(await desk.look(returnId), 'red')?.received).toBe(1));

    // From the next page on, while the address says so.
    await clerk.visit.context.addInitScript((how) => {
      if (!location.search.includes('private')) return;
      const open = IDBFactory.prototype.open.bind(indexedDB);
      const thrown = (): never => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
      // There is a newer one of the page before.
      const answered = (name: string): IDBOpenDBRequest => open(name, 1);
      Object.defineProperty(IDBFactory.prototype, 'open', { value: how === 'thrown' ? thrown : answered });
    }, refusal);
    await page.goto('/warehouse?private');
    const alert = page.getByRole('alert').filter({ hasText: 'Nothing can be scanned in this window' });
    await alert.filter({ hasText: `Allow ${new URL(desk.app.url).host} to keep site data on this device` }).waitFor();
    await alert.filter({ hasText: refusal === 'thrown' ? 'SecurityError: The operation is insecure.' : 'VersionError: ' }).waitFor();
    await page.getByText('Online', { exact: true }).waitFor();

    // A piece of the return that is still open, and another parcel: neither is taken.
    await clerk.scans(EAN_RED, 'refused', /it is not recorded\. This browser keeps nothing for this page/);
    await page.getByLabel('1 of 2 received').waitFor();
    await clerk.scans(other, 'refused', 'so none is taken. Allow');
    await picture(page, `station-keeps-nothing-${refusal}`);
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
    }

    await page.goto('/warehouse');
    await page.getByText('0 waiting', { exact: true }).waitFor();
    await soon(async () => expect(await alert.count()).toBe(0));
    await clerk.scans(EAN_RED, 'accepted', '2 of 2');
    await soon(async () => expect(lineOf(await desk.look(returnId), 'red')).toMatchObject({ received: 2, awaiting: 0 }));
    await soon(async () => expect((await desk.look(returnId)).surplus).toEqual([]));
    await clerk.leave();
  });
});
