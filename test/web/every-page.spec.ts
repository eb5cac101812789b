/**
 * Every page and every dialog of staff, on a desk and on a phone: accessible, without sideways scrolling, no words cut off.
 * A page or dialog that is added and not listed here fails. Pages are light whatever the system prefers.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { ok } from '../journeys/warehouse-desk.js';
import { waitFor } from '../support/wait-for.js';
import { Office } from './admin-office.js';
import {
  describePages,
  DESK,
  expectAccessible,
  expectNoSidewaysScrolling,
  expectWordsWhole,
  PHONE,
  picture,
  type Visit,
} from './browser.js';
import { Counter } from './finance-shop.js';

const SOURCES = fileURLToPath(new URL('../../web/src/', import.meta.url));
const AREAS = ['admin/Admin.tsx', 'finance/Finance.tsx', 'warehouse/Warehouse.tsx'];

/** Returns the pages are opened for. */
type Scene = {
  readonly reviewed: string;
  readonly approved: string;
  readonly closed: string;
  readonly refunded: string;
  readonly failed: string;
  readonly heldBack: string;
  readonly byHand: string;
};

/** By the route as the area names it; a page with much in it more than once. */
const PAGES: readonly (readonly [route: string, title: string | RegExp, path?: (scene: Scene) => string])[] = [
  ['/admin', 'Returns'],
  ['/admin', 'Returns', () => '/admin?status=in_review&sku=none'],
  ['/admin/review', 'Review queue'],
  ['/admin/returns/*', /^Return /, ({ refunded }) => `/admin/returns/${refunded}`],
  ['/admin/returns/*', /^Return /, ({ reviewed }) => `/admin/returns/${reviewed}`],
  ['/admin/reports', 'Return rates'],
  ['/admin/reports', 'Return rates', () => '/admin/reports?groupBy=reason&basis=return'],
  ['/admin/policy', 'Return policy'],
  ['/admin/policy', 'Return policy', () => '/admin/policy?tab=versions&from=0&to=3'],
  ['/admin/keys', 'API keys'],
  ['/admin/providers', 'Providers'],
  ['/admin/health', 'Health of views and processes'],
  ['/admin/none', 'There is no such page'],
  ['/finance', 'What we owe'],
  ['/finance', 'What we owe', () => '/finance?asOf=2020-01-01T00:00:00.000Z'],
  ['/finance/owed', 'Payouts behind the number', () => '/finance/owed?currency=EUR'],
  ['/finance/payouts', 'Payouts that hang'],
  ['/finance/payouts/:refundId/:paymentId', /^Payout /, ({ failed }) => `/finance/payouts/${failed}-F1/p1`],
  ['/finance/latency', 'Refund latency'],
  ['/finance/latency/compare', /Compare|compare/],
  ['/finance/latency/waiting', /^Where/],
  ['/finance/latency/returns', /./],
  ['/finance/returns/:returnId', /^Return /, ({ failed }) => `/finance/returns/${failed}`],
  ['/finance/none', 'There is no such page'],
  ['/warehouse', /./],
  ['/warehouse/queue', /./],
  ['/warehouse/parcels', /./],
  ['/warehouse/codes', /./],
];

type Opening = (page: Page) => Promise<void>;
const pressing =
  (...names: readonly string[]): Opening =>
  async (page) => {
    for (const name of names)
      await page
        .getByRole(name.startsWith('menu:') ? 'menuitem' : 'button', { name: name.replace('menu:', ''), exact: true })
        .first()
        .click();
  };
const publishing: Opening = async (page) => {
  await page.getByLabel('Days to return').fill('45');
  await page.getByLabel('Restocking fee in %').fill('12.5');
  await pressing('Publish…')(page);
};
const makingKey: Opening = async (page) => {
  await page.getByLabel('Used by').fill('Scanner at the returns desk in the basement');
  await pressing('Make a key')(page);
  await page.getByText('copy it now, it is not shown again').waitFor();
};

/** By the file that builds it. */
const DIALOGS: readonly (readonly [file: string, name: string, path: (scene: Scene) => string, open: Opening])[] = [
  ['admin/return/ReasonDialog.tsx', 'approve', ({ reviewed }) => `/admin/returns/${reviewed}`, pressing('Approve')],
  ['admin/return/ReasonDialog.tsx', 'decline', ({ reviewed }) => `/admin/returns/${reviewed}`, pressing('Decline')],
  ['admin/return/ReasonDialog.tsx', 'cancel', ({ reviewed }) => `/admin/returns/${reviewed}`, pressing('More', 'menu:Cancel')],
  ['admin/return/ReasonDialog.tsx', 'close', ({ approved }) => `/admin/returns/${approved}`, pressing('Close')],
  ['admin/return/ReasonDialog.tsx', 'review', ({ approved }) => `/admin/returns/${approved}`, pressing('More', 'menu:Send to review')],
  ['admin/return/ReasonDialog.tsx', 'label', ({ approved }) => `/admin/returns/${approved}`, pressing('New label')],
  ['admin/return/ReasonDialog.tsx', 'reopen', ({ closed }) => `/admin/returns/${closed}`, pressing('Open again')],
  ['admin/return/ReasonDialog.tsx', 'decline-in-queue', () => '/admin/review', pressing('Decline')],
  ['admin/policy/PublishDialog.tsx', 'publish', () => '/admin/policy', publishing],
  ['admin/policy/Versions.tsx', 'withdraw', () => '/admin/policy?tab=versions', pressing('Withdraw version 1')],
  ['admin/keys/KeysPage.tsx', 'revoke', () => '/admin/keys', pressing('Revoke the key of test finance')],
  ['finance/payouts/ActionDialog.tsx', 'retry', ({ failed }) => `/finance/payouts/${failed}-F1/p1`, pressing('Retry')],
  ['finance/payouts/ActionDialog.tsx', 'settle', ({ failed }) => `/finance/payouts/${failed}-F1/p1`, pressing('Settle')],
  ['finance/payouts/ActionDialog.tsx', 'reroute', ({ failed }) => `/finance/payouts/${failed}-F1/p1`, pressing('Reroute')],
  ['shared/return/HeldBack.tsx', 'capped', ({ heldBack }) => `/finance/returns/${heldBack}`, pressing('Approve €15.00')],
  ['finance/payouts/ActionDialog.tsx', 'fail', ({ byHand }) => `/finance/payouts/${byHand}-F1/p1`, pressing('Fail')],
];

/** In `station-lists.spec`, with goods that a dialog there is about. */
const LOOKED_AT_ELSEWHERE = ['warehouse/lists/ActButton.tsx'];

const sourceOf = (file: string): Promise<string> => readFile(join(SOURCES, file), 'utf8');

describe('The list of pages and dialogs that are looked at', () => {
  it('names every route of staff', async () => {
    const routes = (await Promise.all(AREAS.map(sourceOf))).flatMap((source) =>
      [...source.matchAll(/<Route path="([^"]+)"/g)].map(([, route]) => String(route)),
    );
    expect(routes.length).toBeGreaterThan(15);
    expect(routes.filter((route) => !PAGES.some(([listed]) => listed === route))).toEqual([]);
  });

  it('names every dialog of staff', async () => {
    const files = (await readdir(SOURCES, { recursive: true })).filter(
      (file) => file.endsWith('.tsx') && !file.startsWith('portal') && file !== 'shared/page/Dialog.tsx',
    );
    const building: string[] = [];
    for (const file of files) if (/<(Dialog|Modal|Drawer)\b/.test(await sourceOf(file))) building.push(file);
    expect(building.sort()).toEqual([...new Set([...DIALOGS.map(([file]) => file), ...LOOKED_AT_ELSEWHERE])].sort());
  });
});

describePages('Every page of staff', () => {
  let office: Office;
  let scene: Scene;
  let visitor: Visit;
  beforeAll(async () => {
    office = await Office.open();
    const counter = await Counter.open(office.desk.app);
    const refunded = await counter.refundIn('succeeded', {});
    const failed = await counter.refundIn('failed', { reference: 'sim_decline' });
    const byHand = await counter.refundIn('entitled', { provider: 'manual', currency: 'CHF' });
    ok(await office.desk.shop('PUT', '/v1/policy', { windowDays: null, approval: { reviewAboveMinor: 1500 }, expireAfterDays: 20 }));
    const [reviewed, approved, closed] = [
      await office.filed({ red: 2 }, { note: 'The seam came open on the first day.', photos: 1 }),
      await office.filed({ mug: 1 }, { method: 'label' }),
      await office.filed({ mug: 1 }),
    ];
    await waitFor(async () => (await office.desk.look(approved)).status === 'label_issued', 'the label');
    ok(await office.desk.shop('POST', `/v1/returns/${closed}/close`, {}));
    // Filed after the one in review, which stays the first of the queue.
    ok(await office.desk.shop('PUT', '/v1/policy', { windowDays: null, expireAfterDays: 20 }));
    const heldBack = await counter.handedIn({ capturedMinor: 1500 });
    scene = { reviewed, approved, closed, refunded, failed, heldBack, byHand };
    visitor = await office.admin('/admin/none');
  });
  afterAll(async () => {
    await visitor.leave();
    await office.close();
  });

  const looksRight = async (page: Page): Promise<void> => {
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await expectNoSidewaysScrolling(page);
      await expectWordsWhole(page);
      await expectAccessible(page);
    }
  };
  const opened = async (path: string): Promise<Page> => {
    const { page } = visitor;
    await page.setViewportSize(DESK);
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status', { name: /^Loading/ }).waitFor({ state: 'detached' });
    return page;
  };

  it.each(PAGES)('%s, %s, fits desk and phone and is accessible', async (route, title, path = () => route) => {
    const page = await opened(path(scene));
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await looksRight(page);
    await picture(
      page,
      `every${path(scene)
        .replace(/\?.*/, '')
        .replaceAll(/[^\w]+/g, '-')
        .replace(/[FW]-\d+-R1/g, 'R')}-320`,
    );
  });

  it.each(DIALOGS)('%s: the dialog to %s fits desk and phone and is accessible', async (_file, name, path, open) => {
    const page = await opened(path(scene));
    await open(page);
    await page.getByRole('dialog').waitFor();
    await looksRight(page);
    await picture(page, `every-dialog-${name}-320`, { fullPage: false });
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('/admin/keys with a new key, shown once, fits desk and phone and is accessible', async () => {
    const page = await opened('/admin/keys');
    await makingKey(page);
    await looksRight(page);
    await picture(page, 'every-new-key-320');
  });

  it('shows on a phone where else one can go', async () => {
    const page = await opened('/admin');
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('link', { name: 'Return rates' }).waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await picture(page, 'every-menu-320', { fullPage: false });
    await page.getByRole('link', { name: 'Return rates' }).click();
    await page.getByRole('heading', { level: 1, name: 'Return rates' }).waitFor();
  });
});
