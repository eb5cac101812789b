/**
 * A real Chromium for tests of the pages. A visit fails when it is left, if a page of it has logged an error, broken the
 * content security policy or asked another host for anything.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type ConsoleMessage,
  type Locator,
  type Page,
} from 'playwright-core';
import { soon, waitFor } from '../support/wait-for.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Pictures of the pages, for people to look at after a run. */
const PICTURES = join(ROOT, 'test-output/pages');
/** Those that the README shows, made anew where `README_PICTURES` is set. */
const OF_README: ReadonlySet<string> = new Set([
  'portal-offers-1280',
  'station-wrong-item',
  'finance-latency-1280',
  'admin-return-past-1280',
]);
const README_PICTURES = join(ROOT, 'docs/pictures');
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** Nothing is fetched in the background, so what a page asks for is all that is asked for. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

const executable = [process.env['CHROMIUM_PATH'], ...USUAL_PLACES].find((path) => path !== undefined && existsSync(path));

/**
 * As `describe`, for tests that need a browser. Without one they are skipped, by name; where `CI` is set they fail
 * instead, since there nothing may be skipped.
 */
export function describePages(name: string, tests: () => void): void {
  if (executable !== undefined) return void describe(name, tests);
  if (process.env['CI'] !== undefined)
    throw new Error(`"${name}" needs Chromium: install the package chromium, or say where it is with CHROMIUM_PATH`);
  console.warn(`SKIPPED, there is no Chromium (set CHROMIUM_PATH): ${name}`);
  describe.skip(name, tests);
}

/** @param more arguments of Chromium beside the usual ones, e.g. for a camera that is none */
export const launchBrowser = (more: readonly string[] = []): Promise<Browser> => {
  if (executable === undefined) throw new Error('There is no Chromium');
  return chromium.launch({ executablePath: executable, args: [...ARGUMENTS, ...more] });
};

export const PHONE = { width: 320, height: 720 } as const;
export const DESK = { width: 1280, height: 900 } as const;

export type Visit = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Closes the page and fails when anything went wrong in it. */
  readonly leave: () => Promise<void>;
};

type VisitOptions = BrowserContextOptions & {
  /** Console errors that belong to the test, such as the 401 of a wrong code. */
  readonly expected?: RegExp;
};

/** A fresh visitor at `origin`: own cookies, own storage. */
export async function visit(browser: Browser, origin: string, { expected, ...options }: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ viewport: DESK, locale: 'en-GB', timezoneId: 'Europe/Berlin', baseURL: origin, ...options });
  context.setDefaultTimeout(30_000);
  const faults: string[] = [];
  const note = (fault: string): void => {
    if (expected?.test(fault) !== true) faults.push(fault);
  };
  context.on('console', (message: ConsoleMessage) => {
    if (['error', 'warning'].includes(message.type())) note(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => note(`error: ${error.error().message}`));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) faults.push(`asked another host: ${url}`);
  });
  const page = await context.newPage();
  const leave = async (): Promise<void> => {
    await context.close();
    expect(faults).toEqual([]);
  };
  return { page, context, leave };
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Half-way through an animation, colours and places are what they will not stay. */
const atRest = (page: Page): Promise<unknown> =>
  page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));

/** axe-core finds no violation of WCAG 2.2 A and AA, nor of its best practices, in what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(await axeSource);
  await atRest(page);
  const found = await page.evaluate(async (rules) => {
    const axe = (
      globalThis as unknown as {
        axe: {
          run: (
            options: object,
          ) => Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
        };
      }
    ).axe;
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: rules } });
    return violations.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n    ${failureSummary ?? ''}`).join('\n')}`,
    );
  }, RULES);
  expect(found).toEqual([]);
}

/** Keeps a picture of the page as `test-output/pages/<name>.png`: the whole page, or what the window shows of it. */
export async function picture(page: Page, name: string, { fullPage = true }: { readonly fullPage?: boolean } = {}): Promise<void> {
  await mkdir(PICTURES, { recursive: true });
  const path = join(PICTURES, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled', fullPage });
  if (process.env['README_PICTURES'] !== undefined && OF_README.has(name)) await copyFile(path, join(README_PICTURES, `${name}.png`));
}

/** Nothing of the page is wider than its window, once what moves has come to rest. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  await waitFor(
    () => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    'a page that is not wider than its window',
  );
}

/** No words are cut off at an edge, or lie over one another: in the dialog where one is open, else in the page. */
export async function expectWordsWhole(page: Page): Promise<void> {
  await atRest(page);
  await soon(async () => expect(await page.evaluate(faultsOfWords)).toEqual([]));
}

/** Runs in the page. What is scrolled out of sight in a box that scrolls is no fault. */
function faultsOfWords(): string[] {
  type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  type Line = Box & { readonly words: string; readonly node: Node };
  /** Half of the line's height around its middle: lines may touch, and letters seldom fill their line. */
  const core = ({ left, right, top, bottom }: Box): Box => ({
    left,
    right,
    top: top + (bottom - top) / 4,
    bottom: bottom - (bottom - top) / 4,
  });
  const lines: Line[] = [];
  const faults: string[] = [];
  const isOff = (outer: number, inner: number): boolean => outer - inner > 1.5;
  /** What is to be seen of it; notes what is cut off on the way up. */
  const shown = (box: Box, element: Element, words: string): Box | undefined => {
    let seen = box;
    for (let outer: Element | null = element; outer !== null && outer !== document.documentElement; outer = outer.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(outer);
      if (outer !== document.body && (overflowX !== 'visible' || overflowY !== 'visible')) {
        const edge = outer.getBoundingClientRect();
        const cutX = ['hidden', 'clip'].includes(overflowX) && (isOff(seen.right, edge.right) || isOff(edge.left, seen.left));
        const cutY = ['hidden', 'clip'].includes(overflowY) && (isOff(seen.bottom, edge.bottom) || isOff(edge.top, seen.top));
        if (cutX || cutY) faults.push(`cut off: ${words}`);
        seen = {
          left: Math.max(seen.left, edge.left),
          right: Math.min(seen.right, edge.right),
          top: Math.max(seen.top, edge.top),
          bottom: Math.min(seen.bottom, edge.bottom),
        };
        if (seen.left >= seen.right || seen.top >= seen.bottom) return undefined;
      }
      if (position === 'fixed') break;
    }
    return seen;
  };
  const root = document.querySelector('[role=dialog]') ?? document.body;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const words = node.textContent?.trim() ?? '';
    if (
      words === '' ||
      element === null ||
      element.closest('.visually-hidden, .skip, svg, select, script, style, noscript') !== null ||
      !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    )
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1 || rect.right <= 0) continue;
      if (isOff(rect.right, document.documentElement.clientWidth) && element.closest('[role=region]') === null)
        faults.push(`beyond the window: ${words}`);
      const box = shown(core(rect), element, words);
      if (box !== undefined) lines.push({ ...box, words, node });
    }
  }
  for (const [index, one] of lines.entries()) {
    for (const other of lines.slice(index + 1)) {
      const [across, down] = [
        Math.min(one.right, other.right) - Math.max(one.left, other.left),
        Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top),
      ];
      if (one.node !== other.node && across > 2 && down > 2) faults.push(`over one another: ${one.words} | ${other.words}`);
    }
  }
  return [...new Set(faults)];
}

/** `count` pictures are in the page, and each has been loaded. */
export async function expectPictures(images: Locator, count: number): Promise<void> {
  await waitFor(
    () =>
      images.evaluateAll(
        (all, wanted) => all.length === wanted && all.every((image) => image instanceof HTMLImageElement && image.naturalWidth > 0),
        count,
      ),
    `${count} pictures`,
  );
}

/** Signs staff in on the page shown now, as a person does. */
export async function signInWithKey(page: Page, key: string): Promise<void> {
  await page.getByRole('textbox', { name: 'API key' }).fill(key);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** The CSV file that a click on this button saves: its name, and its rows by their headings. A spreadsheet knows by its first bytes that it is UTF-8. */
export async function savedBy(button: Locator): Promise<{ readonly file: string; readonly rows: Record<string, string>[] }> {
  const [download] = await Promise.all([button.page().waitForEvent('download'), button.click()]);
  const bytes = await readFile(await download.path());
  if (!bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])))
    throw new Error('The CSV file has no byte order mark: Excel would not read it as UTF-8');
  return { file: download.suggestedFilename(), rows: parse(bytes, { columns: true, bom: true }) };
}
