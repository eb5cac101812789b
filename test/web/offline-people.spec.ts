import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import type { EventStore } from '../../src/eventing/event-store.js';
import { returnsStream } from '../../src/returns/rules/returns.events.js';
import { EVENT_STORE } from '../../src/shared/tokens.js';
import { Desk, ok, STATION } from '../journeys/warehouse-desk.js';
import { soon, waitFor } from '../support/wait-for.js';
import {
  describePages,
  DESK,
  expectAccessible,
  expectNoSidewaysScrolling,
  launchBrowser,
  PHONE,
  picture,
  signInWithKey,
  visit,
} from './browser.js';
import { enter, NO_SERVICE, ready } from './offline-floor.js';
import { Clerk, EAN_RED } from './station-floor.js';

type Person = { readonly keyId: string; readonly key: string };

describePages('Two people at one scan station', () => {
  let desk: Desk;
  let browser: Browser;
  let ada: Person;
  let grace: Person;

  beforeAll(async () => {
    [desk, browser] = await Promise.all([Desk.open({ inspectionRequired: true }), launchBrowser()]);
    const person = async (label: string): Promise<Person> =>
      ok(await desk.shop<Person>('POST', '/v1/api-keys', { role: 'warehouse', label }), 201);
    [ada, grace] = [await person('Dock 1'), await person('Dock 2')];
  });
  afterAll(async () => {
    await browser.close();
    await desk.close();
  });

  const atWork = ({ key }: Person): Promise<Clerk> =>
    Clerk.at(browser, desk.app.url, key, STATION, { expected: new RegExp(`${NO_SERVICE.source}|status of 401`) });
  const open = async (clerk: Clerk, returnId: string): Promise<void> => {
    await enter(clerk.page, [returnId]);
    await clerk.sees('opened', `${returnId} is open`);
  };
  const waiting = (page: Page, count: number): Promise<void> => page.getByText(`${count} waiting`, { exact: true }).waitFor();
  const ofOthers = (page: Page): Locator => page.getByRole('region', { name: /of another sign-in/ });
  /** Whom the log names for each piece of the return, in order. */
  const clerksOf = async (returnId: string): Promise<readonly unknown[]> => {
    const events = await desk.app.app.get<EventStore>(EVENT_STORE).readStream(returnsStream(returnId.slice(0, returnId.lastIndexOf('-R'))));
    return events.filter(({ type }) => type === 'ItemReceived').map(({ data }) => data['clerk']);
  };
  /** Ada has scanned two pieces that could not be sent; her session is over, and Grace signs in. */
  const adaLeavesTwo = async (returnId: string): Promise<Clerk> => {
    const clerk = await atWork(ada);
    await open(clerk, returnId);
    await clerk.visit.context.setOffline(true);
    await enter(clerk.page, [EAN_RED, EAN_RED]);
    await clerk.sees('accepted', '2 of 4');
    await clerk.visit.context.clearCookies();
    await clerk.visit.context.setOffline(false);
    await clerk.page.getByText('2 scans wait on this device').waitFor();
    await signInWithKey(clerk.page, grace.key);
    return clerk;
  };

  it('each have what they scanned sent in their own name, in the order in which it was done', async () => {
    const [returnId, other] = [await desk.filed({ red: 4 }), await desk.filed({ red: 1 })];
    const clerk = await adaLeavesTwo(returnId);
    const { page } = clerk;
    await ofOthers(page).getByText('2 scans of another sign-in wait').waitFor();
    await enter(page, [EAN_RED]);
    await clerk.sees('accepted', '3 of 4');
    await enter(page, ['BH:DONE', 'BH:1']);
    await open(clerk, other);
    await enter(page, [EAN_RED]);
    await waitFor(async () => (await clerksOf(other)).length === 1, 'the piece of another return');
    await waiting(page, 3);
    await soon(async () => expect([await clerksOf(returnId), await clerksOf(other)]).toEqual([[], [grace.keyId]]));
    for (const size of [PHONE, DESK]) {
      await page.setViewportSize(size);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await picture(page, `station-others-${size.width}`, { fullPage: false });
    }
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signInWithKey(page, ada.key);
    await ofOthers(page).getByText('One scan of another sign-in waits').waitFor();
    await waiting(page, 1);
    await soon(async () => expect(await clerksOf(returnId)).toEqual([ada.keyId, ada.keyId]));
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signInWithKey(page, grace.key);
    await waiting(page, 0);
    await ofOthers(page).waitFor({ state: 'detached' });
    await soon(async () => expect(await clerksOf(returnId)).toEqual([ada.keyId, ada.keyId, grace.keyId]));
    await clerk.leave();
  });

  it('may send what the other one left, who will not come back, as their own', async () => {
    const returnId = await desk.filed({ red: 4 });
    const clerk = await adaLeavesTwo(returnId);
    await ofOthers(clerk.page).getByRole('button', { name: 'Send as mine' }).press('Enter');
    await waiting(clerk.page, 0);
    await soon(async () => expect(await clerksOf(returnId)).toEqual([grace.keyId, grace.keyId]));
    await soon(async () => expect(await ofOthers(clerk.page).count()).toBe(0));
    await clerk.page.getByRole('textbox', { name: 'Scan or type' }).and(clerk.page.locator(':focus')).waitFor();
    await clerk.leave();
  });

  it('are told apart on a page that was opened without the service, too', async () => {
    const returnId = await desk.filed({ red: 4 });
    const clerk = await atWork(ada);
    const { page, context } = clerk.visit;
    await ready(page, 1);
    await open(clerk, returnId);
    await context.setOffline(true);
    await page.reload();
    await page.getByRole('heading', { name: returnId }).waitFor();
    await enter(page, [EAN_RED]);
    await clerk.sees('accepted', '1 of 4');
    await waiting(page, 1);
    await context.clearCookies();
    await context.setOffline(false);
    await signInWithKey(page, grace.key);
    await ofOthers(page).waitFor();
    expect(await clerksOf(returnId)).toEqual([]);
    await clerk.leave();
  });

  it('in two tabs are told apart as soon as one of them has signed in', async () => {
    const returnId = await desk.filed({ red: 4 });
    const clerk = await atWork(ada);
    await open(clerk, returnId);
    await clerk.visit.context.setOffline(true);
    await enter(clerk.page, [EAN_RED]);
    await waiting(clerk.page, 1);
    await clerk.visit.context.clearCookies();
    const tab = await clerk.visit.context.newPage();
    await clerk.visit.context.setOffline(false);
    await tab.goto('/warehouse');
    await signInWithKey(tab, grace.key);
    for (const page of [tab, clerk.page]) await ofOthers(page).waitFor();
    await open(clerk, await desk.filed({ red: 1 }));
    await enter(tab, [await desk.filed({ mug: 1 }), 'SKU-MUG']);
    await waiting(tab, 1);
    expect(await clerksOf(returnId)).toEqual([]);
    await ofOthers(tab).getByRole('button', { name: 'Send as mine' }).click();
    await waiting(clerk.page, 0);
    await soon(async () => expect(await clerksOf(returnId)).toEqual([grace.keyId]));
    await clerk.leave();
  });

  it('lose nothing that waited before the station kept who had scanned it: whoever is signed in sends that', async () => {
    const returnId = await desk.filed({ red: 1 });
    const { page, leave } = await visit(browser, desk.app.url, { expected: /favicon\.ico/ });
    await page.goto('/favicon.svg');
    await page.evaluate(
      async (waiting) => {
        const opening = indexedDB.open('backhaul-station', 1);
        opening.onupgradeneeded = () => {
          const { result } = opening;
          result.createObjectStore('queued', { autoIncrement: true }).add(waiting);
          result.createObjectStore('conflicts', { keyPath: 'queued.id' });
          result.createObjectStore('returns', { keyPath: 'returnId' }).createIndex('codes', 'codes', { multiEntry: true });
          result.createObjectStore('session').add({ roles: ['warehouse'], expiresAt: '2099-01-01T00:00:00.000Z' }, 'staff');
        };
        await new Promise((resolve) => (opening.onsuccess = resolve));
        opening.result.close();
      },
      {
        id: 'c1',
        madeAt: '2026-03-01T10:00:00.000Z',
        command: { kind: 'receipt', returnId, body: { scanId: 's1', station: STATION, items: [{ barcode: EAN_RED, quantity: 1 }] } },
        effects: [],
      },
    );
    await page.goto('/warehouse');
    await page.getByText('One scan waits on this device').waitFor();
    await signInWithKey(page, grace.key);
    await waitFor(async () => (await clerksOf(returnId)).length === 1, 'the piece');
    await soon(async () => expect(await clerksOf(returnId)).toEqual([grace.keyId]));
    await leave();
  });
});
