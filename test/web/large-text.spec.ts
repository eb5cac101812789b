/** The portal for people who read large letters, are made dizzy by what moves, or use no mouse: on a phone, at 320 pixels. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { soon } from '../support/wait-for.js';
import { describePages, expectNoSidewaysScrolling, expectWordsWhole, launchBrowser, PHONE, picture } from './browser.js';
import { atStep, PortalShop, type Order } from './portal-shop.js';

const USUAL_PX = 16;
/** The smallest letters at the usual size, in pixels. */
const SMALLEST_PX = 12;

describePages('The portal at 320 pixels', () => {
  let shop: PortalShop;
  let browser: Browser;
  let largeBrowser: Browser;
  beforeAll(async () => {
    [shop, browser, largeBrowser] = await Promise.all([
      PortalShop.open(),
      launchBrowser(),
      launchBrowser([`--blink-settings=defaultFontSize=${2 * USUAL_PX}`]),
    ]);
    await shop.policy({ returnShipping: { feeMinor: 490, freeFromMinor: 15_000 }, storeCreditBonusBp: 500 });
  });
  afterAll(async () => {
    await browser.close();
    await largeBrowser.close();
    await shop.close();
  });

  /** Goes from the items to the filed return; `look` at each step, once its content is there. */
  async function file(page: Page, { orderId }: Order, look: (step: string) => Promise<void>): Promise<void> {
    const onward = () => page.getByRole('button', { name: 'Continue' }).click();
    await atStep(page, 2, 'What would you like to return?');
    await page.getByRole('checkbox', { name: 'Linen shirt' }).check();
    await page.getByRole('button', { name: 'One more of Linen shirt' }).click();
    await look('items');
    await onward();
    await page.getByLabel('Reason').selectOption('Too small');
    await look('details');
    await onward();
    await page.getByRole('radio', { name: /Store credit/ }).check();
    await look('offers');
    await onward();
    await page.getByRole('region', { name: 'Your refund' }).getByText('You get back').first().waitFor();
    await look('check');
    await page.getByRole('button', { name: 'Send my return' }).click();
    await page.getByRole('img', { name: /Return label/ }).waitFor();
    await look('return');
    await soon(async () => expect(await shop.returnsOf(orderId)).toHaveLength(1));
  }

  it('can be read to the end with letters twice as large: all words grow, none is cut off or written over', async () => {
    const order = await shop.order();
    const { page, leave } = await shop.customer(largeBrowser, order.orderId, { viewport: PHONE });
    const faults: string[] = [];
    await file(page, order, async (step) => {
      await picture(page, `large-text-${step}`);
      for (const small of await page.evaluate(lettersBelow, 2 * SMALLEST_PX)) faults.push(`${step}: ${small}`);
      await expectNoSidewaysScrolling(page);
      await expectWordsWhole(page);
    });
    expect(faults).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await atStep(page, 1, 'Sign in');
    await picture(page, 'large-text-sign-in');
    await expectNoSidewaysScrolling(page);
    await expectWordsWhole(page);
    await leave();
  });

  it('moves nothing for those who have asked for less motion', async () => {
    const order = await shop.order();
    const { page, leave } = await shop.customer(browser, order.orderId, { viewport: PHONE, reducedMotion: 'reduce' });
    const moving: string[] = [];
    await file(page, order, async (step) => {
      for (const each of await page.evaluate(movingThings)) moving.push(`${step}: ${each}`);
    });
    expect(moving).toEqual([]);
    await leave();
  });

  it('shows where the keyboard is, at every stop', async () => {
    const { orderId } = await shop.order();
    const { page, leave } = await shop.customer(browser, orderId, { viewport: PHONE });
    await atStep(page, 2, 'What would you like to return?');
    await page.getByRole('checkbox', { name: 'Linen shirt' }).check();
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    const stops: string[] = [];
    const unseen: string[] = [];
    // From the last stop on, the next one is the first of the page again.
    for (let tabs = 0; tabs < 40; tabs += 1) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(focusNow);
      if (stop === null) continue;
      if (stops.includes(stop.words)) break;
      stops.push(stop.words);
      if (!stop.isSeen) unseen.push(stop.words);
    }
    expect(stops.length).toBeGreaterThan(6);
    expect(unseen).toEqual([]);
    await leave();
  });
});

/** Runs in the page: words whose letters are smaller than that many pixels. */
function lettersBelow(pixels: number): string[] {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small: string[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.textContent?.trim() ?? '';
    if (
      words === '' ||
      element === null ||
      element.closest('.visually-hidden, .skip, svg, script, style, noscript') !== null ||
      !element.checkVisibility()
    )
      continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (size < pixels) small.push(`${size} px: ${words}`);
  }
  return small;
}

/** Runs in the page: what would take its time to move or fade. */
function movingThings(): string[] {
  const longest = (durations: string): number =>
    Math.max(...durations.split(',').map((each) => parseFloat(each) * (each.trim().endsWith('ms') ? 0.001 : 1)));
  return [...document.querySelectorAll('body *')]
    .filter((element) => {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(element);
      return longest(transitionDuration) > 0.001 || (animationName !== 'none' && longest(animationDuration) > 0.001);
    })
    .map((element) => element.outerHTML.slice(0, 120));
}

/** Runs in the page: what has the focus, and whether a ring of 2 pixels or more around it (or its choice) is in the window. */
function focusNow(): { readonly words: string; readonly isSeen: boolean } | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return null;
  const ringed = [element, element.closest('.choice')].find((each) => {
    if (each === null) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  });
  const box = ringed?.getBoundingClientRect();
  const isSeen =
    box !== undefined && box.width > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
  return { words: `${element.tagName} ${element.getAttribute('aria-label') ?? element.textContent ?? ''}`, isSeen };
}
