import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Desk, lineOf, ok, type Seen } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, launchBrowser, PHONE, picture } from './browser.js';
import { Clerk } from './station-floor.js';

describePages('At the scan station, codes and parcels as they come', () => {
  let desk: Desk;
  let browser: Browser;
  let clerk: Clerk;
  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open(), launchBrowser()]);
    clerk = await Clerk.at(browser, desk.app.url, await desk.app.keyFor('warehouse'), 'dock-2', {
      expected: /404.*\/v1\/warehouse\/expected|ERR_INTERNET_DISCONNECTED/,
    });
  });
  afterAll(async () => {
    await clerk.leave();
    await browser.close();
    await desk.close();
  });

  const shown = async (name: string): Promise<void> => {
    await picture(clerk.page, `station-${name}`, { fullPage: false });
    for (const size of [PHONE, DESK]) {
      await clerk.page.setViewportSize(size);
      await expectNoSidewaysScrolling(clerk.page);
      await expectAccessible(clerk.page);
    }
  };
  const received = (returnId: string, lineId: string, count: number) =>
    waitFor(async () => lineOf(await desk.look(returnId), lineId)?.received === count, `${count} of ${lineId} on ${returnId}`);
  /** Another return of the same order. */
  const another = async (returnId: string, lineId: string): Promise<string> => {
    const body = {
      lines: [{ lineId, quantity: 1, reason: 'changed_mind', condition: 'opened' }],
      outcome: 'original_payment',
      method: 'own_shipping',
    };
    return ok(await desk.shop<Seen>('POST', `/v1/orders/${returnId.replace(/-R\d+$/, '')}/returns`, body), 201).returnId;
  };

  it('an item is counted by GS1 content without a prefix, with a batch and a date behind its number', async () => {
    const returnId = await desk.filed({ red: 1 });
    await clerk.scans(returnId, 'opened', '1 piece awaited');
    await clerk.scans('01040063813339311727123110LOT5', 'accepted', '1 of 1');
    await received(returnId, 'red', 1);
    await clerk.press('F4');
  });

  it('a return is found although the scanner types with another keyboard, and the screen says how to set it right', async () => {
    const returnId = await desk.filed({ mug: 1 });
    await soon(async () =>
      expect(
        (await desk.clerk('GET', `/v1/warehouse/expected?barcode=${encodeURIComponent(returnId.toLowerCase().replaceAll('-', '\u2011'))}`))
          .status,
      ).toBe(200),
    );
    await clerk.scans(returnId.replaceAll('-', 'ß'), 'opened', 'US scanner at a German computer');
    await shown('other-keyboard');
    await clerk.scans('SKU-MUG', 'accepted', '1 of 1');
    await received(returnId, 'mug', 1);
    await clerk.press('F4');
  });

  it('where no return fits, the station names the keyboard as the cause', async () => {
    await clerk.scans('Z)9999)R1', 'unknown', /another keyboard layout.*9999-R1.*French computer/);
    await shown('other-keyboard-unknown');
    await clerk.scans('NOBODY-KNOWS', 'unknown', 'NOBODY-KNOWS: nothing is expected');
    await soon(async () => expect(await clerk.page.getByText('another keyboard layout').count()).toBe(0));
  });

  it('what another return of the order awaits is received there, and said so; undone, it is awaited there again', async () => {
    const first = await desk.filed({ red: 1 });
    const second = await another(first, 'mug');
    await clerk.scans(first, 'opened', '1 piece awaited');
    await clerk.scans('SKU-MUG', 'accepted', `Belongs to ${second}`);
    await shown('other-return');
    await received(second, 'mug', 1);
    await clerk.page.getByText('counted there · recorded').waitFor();
    await clerk.press('F2');
    await clerk.sees('note', 'Undone');
    await received(second, 'mug', 0);
    // At once the screen may not have heard yet that it is awaited again, and says so when the service does.
    await clerk.scan('SKU-MUG');
    await clerk.page
      .locator('[data-feedback]')
      .filter({ hasText: `elongs to ${second}` })
      .waitFor();
    await received(second, 'mug', 1);
    await clerk.scans('SKU-MUG', 'wrong_item', 'Mug is of the same order');
    await clerk.scans('4006381333931', 'accepted', '1 of 1');
    await soon(async () => {
      const [one, two] = await Promise.all([desk.look(first), desk.look(second)]);
      expect([lineOf(one, 'red')?.received, lineOf(two, 'mug')?.received, one.surplus.length]).toEqual([1, 1, 1]);
    });
    await clerk.press('F4');
  });

  it('without the line the station sends the scan, and the answer says where the item belongs', async () => {
    const first = await desk.filed({ red: 1 });
    await clerk.scans(first, 'opened', '1 piece awaited');
    await clerk.page.context().setOffline(true);
    // Filed when this station could not hear of it.
    const second = await another(first, 'blue');
    await clerk.scans('SKU-BLUE', 'wrong_item', 'Set it aside');
    await clerk.page.context().setOffline(false);
    await received(second, 'blue', 1);
    await clerk.sees('differs', second);
    await clerk.press('F4');
  });
});
