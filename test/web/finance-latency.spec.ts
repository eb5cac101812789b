import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import type { LatencyAnswer } from '../../src/finance/refund-latency.dto.js';
import { sentence } from '../../web/src/shared/words/words.js';
import { ok } from '../journeys/shop-front.js';
import { soon } from '../support/wait-for.js';
import { describePages, DESK, expectAccessible, expectNoSidewaysScrolling, PHONE, picture } from './browser.js';
import { FinanceDesk, heading, rowsSavedBy, type Counter } from './finance-shop.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describePages('The finance desk on refund latency', () => {
  let now = Date.parse('2026-09-01T08:00:00.000Z');
  let desk: FinanceDesk;
  let counter: Counter;
  /** Filed, on its way and never received. */
  let onItsWay: string;

  beforeAll(async () => {
    desk = await FinanceDesk.open(() => new Date(now));
    ({ counter } = desk);
    for (let week = 0; week < 5; week += 1) {
      for (const [parcel, station] of ['dock-1', 'dock-2', 'dock-1'].entries()) {
        const { returnId, told, opened } = await counter.sent({ station, reason: parcel === 2 ? 'too_small' : 'changed_mind' });
        now += (6 + 5 * parcel + week) * HOUR;
        await told('in_transit');
        now += (30 + 7 * week) * HOUR;
        await told('delivered');
        now += (station === 'dock-2' ? 40 : 9) * HOUR;
        await opened();
        await counter.until(returnId, 'succeeded');
      }
      now += DAY;
    }
    const last = await counter.sent();
    await last.told('in_transit');
    onItsWay = last.returnId;
    now += 3 * DAY;
  });
  afterAll(() => desk.close());

  const at = (path: string) => desk.at(path);
  const report = (query: string) => ok(counter.finance<LatencyAnswer>('GET', `/v1/finance/refund-latency${query}`));
  /** The cells of a table's body, row by row. */
  const cells = async (table: Locator): Promise<string[][]> => {
    await table.getByRole('row').nth(1).waitFor();
    // The typographer's spaces around a dash are as good as others.
    return table
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => (cell.textContent ?? '').replaceAll(/\s/g, ' '))));
  };

  it('gives the percentiles of a stage week by week, as a line, a table and a file that agree', async () => {
    const { page, leave } = await at('/finance/latency?stage=receipt');
    await page.getByRole('img', { name: /^Receipt per week\. Latest, Oct 19\s–\s25, 2026: / }).waitFor();
    await page.getByRole('button', { name: 'Show table: Receipt per week' }).click();
    const rows = await cells(page.getByRole('region', { name: 'Receipt per week' }));
    const saved = await rowsSavedBy(page, 'Download Receipt per week as CSV');
    const { groups } = await report('?groupBy=week&stage=receipt');
    expect(saved.map((row) => [row['key'], row['count'], row['p90']])).toEqual(
      groups.map(({ key: week, stages }) => [week, String(stages[0]!.count), String(stages[0]!.p90 ?? '')]),
    );
    expect(groups.map(({ key: week }) => week)).toEqual([
      '2026-W36',
      '2026-W37',
      '2026-W38',
      '2026-W39',
      '2026-W40',
      '2026-W41',
      '2026-W42',
      '2026-W43',
    ]);
    const weeks = [
      'Aug 31 – Sep 6, 2026',
      'Sep 7 – 13, 2026',
      'Sep 14 – 20, 2026',
      'Sep 21 – 27, 2026',
      'Sep 28 – Oct 4, 2026',
      'Oct 5 – 11, 2026',
      'Oct 12 – 18, 2026',
      'Oct 19 – 25, 2026',
    ];
    expect(rows.map((row) => [row[0], row[6], row[7]])).toEqual(
      groups.map(({ stages }, index) => [weeks[index], String(stages[0]!.count), String(stages[0]!.open)]),
    );
    await leave();
  });

  it.each([
    ['day', /^[A-Z][a-z]{2} \d{1,2}, 2026$/],
    ['week', /^[A-Z][a-z]{2} \d{1,2} – ([A-Z][a-z]{2} )?\d{1,2}, 2026$/],
    ['month', /^(Sep|Oct) 2026$/],
  ])(
    'calls a %s the same at the chart, in its table and above the returns behind it, and says whose days they are',
    async (period, words) => {
      const { page, leave } = await at(`/finance/latency?stage=receipt&period=${period}`);
      const chart = page.getByRole('img', { name: new RegExp(`^Receipt per ${period}`) });
      await page.getByRole('button', { name: `Show table: Receipt per ${period}` }).click();
      const table = page.getByRole('region', { name: `Receipt per ${period}` });
      await table.getByRole('columnheader', { name: `${sentence(period)} (UTC)` }).waitFor();
      const names = (await cells(table)).map(([name]) => name ?? '');
      for (const name of names) expect(name).toMatch(words);
      await soon(async () =>
        expect(names).toEqual(
          expect.arrayContaining(
            (await chart.locator('.recharts-xAxis .recharts-cartesian-axis-tick-value').allTextContents()).map((tick) =>
              tick.replaceAll(/\s/g, ' '),
            ),
          ),
        ),
      );
      await table.getByRole('row').nth(1).getByRole('link').first().click();
      await page.getByText(`Stage Receipt of ${period} ${names[0] ?? ''} (UTC): completed, the slowest first.`).waitFor();
      await page.goto(`/finance/latency/waiting?by=${period}`);
      const stack = page.getByRole('region', { name: `Waiting time by stage and ${period}` });
      for (const [name] of await cells(stack)) expect(name).toMatch(words);
      await leave();
    },
  );

  it('compares warehouses, and keeps what is asked in the address', async () => {
    const { page, leave } = await at('/finance/latency');
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await heading(page, 'Compare refund latency');
    await page.getByLabel('Stage').selectOption('receipt');
    await page.getByRole('button', { name: 'More filters' }).click();
    await page.getByLabel('Reason').selectOption('changed_mind');
    const table = page.getByRole('region', { name: 'Receipt by warehouse' });
    await page.getByRole('img', { name: 'Receipt by warehouse. Slowest: dock-2, 90 percent within 1 d 15 h.' }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: /Slowest: dock-2/ }).waitFor();
    await soon(async () => expect(await page.getByLabel('Stage').inputValue()).toBe('receipt'));
    await soon(async () => expect(await page.getByLabel('Reason').inputValue()).toBe('changed_mind'));
    const shown = await cells(table);
    expect(shown.map((row) => [row[0], row[6]])).toEqual([
      ['dock-1', '5'],
      ['dock-2', '5'],
    ]);
    await page.getByLabel('Compare').selectOption('reason');
    await page.getByRole('region', { name: 'Receipt by reason' }).getByRole('rowheader', { name: 'Changed mind' }).waitFor();
    await leave();
  });

  it('takes a day that is being typed for one filter, not for a step back with every digit', async () => {
    const { page, leave } = await at('/finance/latency/returns');
    await heading(page, 'Returns behind the number');
    const before = await page.evaluate(() => history.length);
    await page.getByLabel('From').pressSequentially('09092026');
    await page.waitForURL(/from=2026-09-09/);
    expect(await page.evaluate(() => history.length)).toBe(before);
    await leave();
  });

  it('leads from a number to the returns behind it and on to their events', async () => {
    const { page, leave } = await at('/finance/latency/compare?stage=receipt');
    const row = page.getByRole('region', { name: 'Receipt by warehouse' }).getByRole('row', { name: /^dock-2/ });
    await row.getByRole('link', { name: '5', exact: true }).click();
    await heading(page, 'Returns behind the number');
    await page.getByText('Stage Receipt of warehouse dock-2: completed, the slowest first.').waitFor();
    await page.getByText('5 returns.').waitFor();
    expect(await rowsSavedBy(page, 'Download these returns as CSV')).toHaveLength(5);
    await page.getByRole('region', { name: 'Returns' }).getByRole('link').first().click();
    await page.getByRole('heading', { level: 1, name: /^Return F-/ }).waitFor();
    await page.getByText('ParcelDelivered', { exact: true }).waitFor({ state: 'attached' });

    await page.goto('/finance/latency/waiting');
    await page.getByRole('region', { name: 'Open cases by stage and holder' }).getByRole('link', { name: '1', exact: true }).click();
    await page.getByRole('link', { name: onItsWay, exact: true }).waitFor();
    await page.getByText('open, with: carrier').waitFor();
    await leave();
  });

  it('shows where the waiting time goes and who holds it, adding up to the total', async () => {
    const { page, leave } = await at('/finance/latency/waiting');
    const saved = await rowsSavedBy(page, 'Download Waiting time by stage as CSV');
    const seconds = (wanted: (row: Record<string, string>) => boolean): number =>
      saved.filter(wanted).reduce((sum, row) => sum + Number(row['sumSeconds']), 0);
    const total = seconds(({ stage }) => stage === 'total');
    const ofStages = seconds(({ stage }) => stage !== 'total');
    // The parcel that is still on its way was handed over at once, so it adds nothing to the completed stages.
    expect(ofStages).toBeCloseTo(total, 0);
    const held = page.getByRole('region', { name: 'Who held it' });
    const carrier = Math.round((seconds(({ holder }) => holder === 'carrier') * 100) / ofStages);
    await held.getByText(`${carrier} %`, { exact: true }).waitFor();
    const rows = await cells(page.getByRole('region', { name: 'Waiting time by stage' }));
    const delivery = rows.find(([stage]) => stage === 'Delivery');
    expect(delivery?.slice(0, 2)).toEqual(['Delivery', 'Carrier']);
    expect([delivery?.[3], delivery?.[6]]).toEqual(['15', '1']);
    await leave();
  });

  it.each([
    ['latency', '/finance/latency', 'Refund latency'],
    ['compare', '/finance/latency/compare?stage=receipt', 'Compare refund latency'],
    ['waiting-time', '/finance/latency/waiting?by=warehouse', 'Where time goes'],
    ['waiting-time-by-week', '/finance/latency/waiting?by=week', 'Where time goes'],
    ['latency-returns', '/finance/latency/returns?stage=delivery', 'Returns behind the number'],
  ])('fits phone and desk and is accessible: %s', async (name, path, title) => {
    const { page, leave } = await at(path);
    await heading(page, title);
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    for (const size of [DESK, PHONE]) {
      await page.setViewportSize(size);
      await picture(page, `finance-${name}-${size.width}`);
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
    }
    await leave();
  });
});
