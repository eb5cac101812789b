import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { CUSTOMER, Desk, lineOf, ok, STATION, type Seen } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import { describePages, expectAccessible, launchBrowser, PHONE, picture, signInWithKey } from './browser.js';
import { allKept, countKept, enter, NO_SERVICE, ready } from './offline-floor.js';
import { Clerk, EAN_RED } from './station-floor.js';

const REFUSED = /status of (400|401|409)/;

describePages('What waits in the scan station', () => {
  let desk: Desk;
  let browser: Browser;
  let key: string;

  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open({ inspectionRequired: true }), launchBrowser()]);
    key = await desk.app.keyFor('warehouse');
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  const atWork = (): Promise<Clerk> =>
    Clerk.at(browser, desk.app.url, key, STATION, { expected: new RegExp(`${NO_SERVICE.source}|${REFUSED.source}`) });
  const open = async (clerk: Clerk, returnId: string): Promise<void> => {
    await enter(clerk.page, [returnId]);
    await clerk.sees('opened', `${returnId} is open`);
  };
  const nothingWaits = (page: Page): Promise<void> => page.getByText('0 waiting', { exact: true }).waitFor();
  const receivedOn = async (returnId: string): Promise<number | undefined> => lineOf(await desk.look(returnId), 'red')?.received;

  it('is done once when the answer is lost after the service has done it', async () => {
    const returnId = await desk.filed({ red: 3 });
    const clerk = await atWork();
    await open(clerk, returnId);
    const lost: string[] = [];
    await clerk.page.route(/\/(receipts|inspections)$/, async (route) => {
      const { status } = await route.fetch().then((answer) => ({ status: answer.status() }));
      const kind = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
      if (lost.includes(kind)) return route.continue();
      lost.push(kind);
      expect(status).toBe(200);
      return route.abort('connectionreset');
    });
    await enter(clerk.page, [EAN_RED, EAN_RED]);
    await clerk.sees('accepted', '2 of 3');
    await nothingWaits(clerk.page);
    await enter(clerk.page, ['BH:GRADE:B', 'BH:OK']);
    await waitFor(() => lost.length === 2, 'the answer to the grade to be lost');
    await nothingWaits(clerk.page);
    await soon(async () => expect(lineOf(await desk.look(returnId), 'red')).toMatchObject({ received: 2, awaitingInspection: 1 }));
    await clerk.leave();
  });

  it('shows what the service refused until a person has settled it, and lets everything else go on', async () => {
    const [returnId, other] = [await desk.filed({ red: 2 }), await desk.filed({ red: 2 })];
    const clerk = await atWork();
    await ready(clerk.page, 2);
    await open(clerk, returnId);
    const [receipt] = await Promise.all([clerk.page.waitForRequest(/\/receipts$/), enter(clerk.page, [EAN_RED])]);
    const { scanId } = receipt.postDataJSON() as { scanId: string };
    await clerk.sees('accepted', '1 of 2');
    await nothingWaits(clerk.page);
    await clerk.visit.context.setOffline(true);
    await enter(clerk.page, ['BH:UNDO', EAN_RED]);
    await waitFor(async () => (await countKept(clerk.page, 'queued')) === 2, 'the undo to wait');
    // Somebody else undoes the same scan meanwhile.
    ok(await desk.post<Seen>(`/v1/returns/${returnId}/receipts/${scanId}/corrections`, { quantity: 1, why: 'wrong_scan' }));
    await open(clerk, other);
    await enter(clerk.page, [EAN_RED]);
    await clerk.visit.context.setOffline(false);
    const panel = clerk.page.getByRole('region', { name: /^The service refused/ });
    await panel.getByText(`Took back 1 piece of a scan · return ${returnId}`).waitFor();
    await nothingWaits(clerk.page);
    await soon(async () => expect([await receivedOn(returnId), await receivedOn(other)]).toEqual([1, 1]));
    await clerk.page.reload();
    await panel.getByText('What to do:').waitFor();
    await picture(clerk.page, 'station-refused', { fullPage: false });
    await expectAccessible(clerk.page);
    await clerk.page.setViewportSize(PHONE);
    await expectAccessible(clerk.page);
    await panel.getByRole('button', { name: /^Settled/ }).click();
    await panel.waitFor({ state: 'detached' });
    await clerk.page.reload();
    await nothingWaits(clerk.page);
    expect(await countKept(clerk.page, 'conflicts')).toBe(0);
    await clerk.leave();
  });

  it('waits for the clerk to sign in again when the session is over, and is sent then', async () => {
    const returnId = await desk.filed({ red: 3 });
    const clerk = await atWork();
    await open(clerk, returnId);
    await clerk.visit.context.setOffline(true);
    await enter(clerk.page, [EAN_RED, EAN_RED]);
    await clerk.sees('accepted', '2 of 3');
    await clerk.visit.context.clearCookies();
    await clerk.visit.context.setOffline(false);
    await clerk.page.getByText('Sign in again, nothing is lost').waitFor();
    await clerk.page.getByText('2 scans wait on this device').waitFor();
    await picture(clerk.page, 'station-sign-in-again', { fullPage: false });
    await expectAccessible(clerk.page);
    await signInWithKey(clerk.page, key);
    await nothingWaits(clerk.page);
    await waitFor(async () => (await receivedOn(returnId)) === 2, 'both pieces');
    await clerk.leave();
  });

  it('is sent by another tab when the one that sent is closed', async () => {
    const [first, second] = [await desk.filed({ red: 4 }), await desk.filed({ red: 4 })];
    const clerk = await atWork();
    await ready(clerk.page, 2);
    const other = await clerk.visit.context.newPage();
    await other.goto('/warehouse');
    await other.getByRole('textbox', { name: 'Scan or type' }).waitFor();
    await open(clerk, first);
    await clerk.visit.context.setOffline(true);
    await enter(
      clerk.page,
      Array.from({ length: 4 }, () => EAN_RED),
    );
    await clerk.sees('accepted', '4 of 4');
    await enter(other, [second]);
    await other.getByText(`${second} is open`).waitFor();
    await enter(
      other,
      Array.from({ length: 4 }, () => EAN_RED),
    );
    await other.getByText('8 waiting', { exact: true }).waitFor();
    await clerk.page.close();
    await clerk.visit.context.setOffline(false);
    await nothingWaits(other);
    await soon(async () => expect([await receivedOn(first), await receivedOn(second)]).toEqual([4, 4]));
    await clerk.leave();
  });

  it('stays counted on the device when the service was asked before it and answers after it', async () => {
    const returnId = await desk.filed({ red: 3 });
    const clerk = await atWork();
    await ready(clerk.page, 1);
    let letGo: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let asked = 0;
    // The first opens the return, the second asks for it once more, and no later one is answered.
    await clerk.page.route('**/warehouse/expected?*', async (route) => {
      asked += 1;
      if (asked === 1) return route.continue();
      if (asked > 2) return route.abort();
      const response = await route.fetch();
      await held;
      return route.fulfill({ response });
    });
    await open(clerk, returnId);
    await waitFor(() => asked === 2, 'the return to be asked for');
    await enter(clerk.page, [EAN_RED]);
    await waitFor(async () => (await receivedOn(returnId)) === 1, 'the piece');
    await nothingWaits(clerk.page);
    const answered = clerk.page.waitForResponse(/\/warehouse\/expected/);
    letGo();
    await answered;
    await clerk.visit.context.setOffline(true);
    await enter(clerk.page, ['BH:DONE', 'BH:1', returnId]);
    await clerk.sees('opened', '2 pieces awaited');
    await clerk.leave();
  });

  it('counts although the clock of the device is an hour fast', async () => {
    const returnId = await desk.filed({ red: 1 });
    const clerk = await atWork();
    await clerk.page.clock.setSystemTime(Date.now() + 3_600_000);
    await open(clerk, returnId);
    const refused = clerk.page.waitForResponse((answer) => answer.url().endsWith('/receipts') && answer.status() === 400);
    await enter(clerk.page, [EAN_RED]);
    await refused;
    await waitFor(async () => (await receivedOn(returnId)) === 1, 'the piece');
    await nothingWaits(clerk.page);
    expect(await countKept(clerk.page, 'conflicts')).toBe(0);
    await clerk.leave();
  });

  it('needs a service worker that keeps the station and nothing of other areas, and is asked for anew each time', async () => {
    const worker = await fetch(`${desk.app.url}/station-sw.js`);
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    const kept = [...(await worker.text()).matchAll(/"(\/assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
    expect(kept.filter((file) => /Portal|Finance|Admin/.test(file))).toEqual([]);
    expect(kept.some((file) => /Warehouse-.*\.js$/.test(file)) && kept.some((file) => file.endsWith('.wasm'))).toBe(true);
    expect(await Promise.all(kept.map(async (file) => (await fetch(desk.app.url + file)).status))).toEqual(kept.map(() => 200));
  });

  it('holds no key, no token and nothing of the customer, with scans recorded, waiting and refused', async () => {
    const [recorded, returnId] = [await desk.filed({ red: 2, mug: 1 }), await desk.filed({ red: 2, mug: 1 })];
    const clerk = await atWork();
    const { page, context } = clerk.visit;
    await ready(page, 2);
    await open(clerk, recorded);
    const [receipt] = await Promise.all([page.waitForRequest(/\/receipts$/), enter(page, [EAN_RED])]);
    await nothingWaits(page);
    await page.route('**/mismatches', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 409, code: 'invalid_state', title: 'No', detail: 'Not now.' }),
      }),
    );
    await enter(page, ['5012345678900', 'BH:1']);
    await waitFor(async () => (await countKept(page, 'conflicts')) === 1, 'the refusal');
    await nothingWaits(page);
    const secrets = [key, receipt.headers()['x-csrf-token'] ?? '', ...(await context.cookies()).map(({ value }) => value)];
    await context.setOffline(true);
    await open(clerk, returnId);
    await enter(page, [EAN_RED, 'BH:GRADE:B', 'BH:OK']);
    await waitFor(async () => (await countKept(page, 'queued')) === 3, 'what was scanned to wait');
    const kept = await allKept(page);
    // Each place holds what it is there for, so what is not found there would be found.
    expect(kept.indexedDb).toContain(recorded);
    expect(kept.indexedDb).toContain(returnId);
    expect(kept.sessionStorage).toContain(returnId);
    expect(kept.localStorage).toContain(STATION);
    expect(kept.caches).toContain('/warehouse');
    expect(secrets.filter((secret) => secret.length < 20)).toEqual([]);
    const { address, ...contact } = CUSTOMER;
    const found = Object.entries(kept).flatMap(([place, text]) =>
      [...secrets, ...Object.values(contact), address.line1, 'bh_staff']
        .filter((secret) => text.includes(secret))
        .map((secret) => `${secret} in ${place}`),
    );
    expect(found).toEqual([]);
    await clerk.leave();
  });
});
