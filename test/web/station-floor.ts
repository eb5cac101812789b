/** A clerk at the scan station, with a keyboard-wedge scanner: everything he does goes through the keyboard. */
import type { Browser, CDPSession } from 'playwright-core';
import { signInWithKey, visit, type Visit } from './browser.js';

export const EAN_RED = '4006381333931';

/** What the browser logs when a code was looked up that nobody expects, such as a shelf's. */
const NOTHING_KNOWN = /404.*\/v1\/warehouse\/expected/;

export type Tone =
  | 'accepted'
  | 'opened'
  | 'wrong_item'
  | 'too_many'
  | 'unknown'
  | 'already_received'
  | 'ended'
  | 'duplicate'
  | 'note'
  | 'question'
  | 'refused'
  | 'differs';

export class Clerk {
  private constructor(
    readonly visit: Visit,
    /** The browser's own keyboard, where keys can be sent without waiting for each. */
    private readonly scanner: CDPSession,
  ) {}

  /** Signed in at `/warehouse`, the desk named. */
  static async at(
    browser: Browser,
    origin: string,
    key: string,
    station = 'dock-2',
    options: Parameters<typeof visit>[2] = {},
  ): Promise<Clerk> {
    const visitor = await visit(browser, origin, { expected: NOTHING_KNOWN, ...options });
    const { page, context } = visitor;
    const clerk = new Clerk(visitor, await context.newCDPSession(page));
    await page.goto('/warehouse');
    await signInWithKey(page, key);
    await page.getByRole('textbox', { name: 'Name of the station' }).fill(station);
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Scan or type' }).waitFor();
    return clerk;
  }

  get page() {
    return this.visit.page;
  }

  /** What a scanner does: types the code within a blink and ends it with Enter. One key after the other from here, a busy machine would make a person of it. */
  async scan(code: string): Promise<void> {
    const timestamp = Date.now() / 1000;
    const keys = [...[...code].map((key) => ({ key, text: key })), { key: 'Enter', code: 'Enter', text: '\r', windowsVirtualKeyCode: 13 }];
    await Promise.all(
      keys.flatMap((key) =>
        (['keyDown', 'keyUp'] as const).map((type) => this.scanner.send('Input.dispatchKeyEvent', { type, timestamp, ...key })),
      ),
    );
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Waits until the screen says it, in this tone. */
  async sees(tone: Tone, words: string | RegExp): Promise<void> {
    const feedback = this.page.locator('[data-feedback]');
    await this.page
      .locator(`[data-feedback="${tone}"]`)
      .filter({ hasText: words })
      .waitFor()
      .catch(async () => {
        throw new Error(
          `Expected ${tone} "${String(words)}", the screen says ${await feedback.getAttribute('data-feedback')} "${await feedback.innerText()}"`,
        );
      });
  }

  async scans(code: string, tone: Tone, words: string | RegExp): Promise<void> {
    await this.scan(code);
    await this.sees(tone, words);
  }

  async leave(): Promise<void> {
    await this.visit.leave();
  }
}
