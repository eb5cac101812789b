/** An admin at the operations pages, and a shop whose returns he looks at. */
import type { Browser } from 'playwright-core';
import { Desk, ok, type Wanted } from '../journeys/warehouse-desk.js';
import { ADMIN_KEY } from '../support/app.js';
import { jpeg, photoForm } from '../support/photos.js';
import { launchBrowser, signInWithKey, visit, type Visit } from './browser.js';

export class Office {
  private constructor(
    readonly desk: Desk,
    readonly browser: Browser,
  ) {}

  /** A service where returns of more than 15.00 wait for a person; `policy` says more about it. */
  static async open(policy: object = {}): Promise<Office> {
    const [desk, browser] = await Promise.all([Desk.open({ approval: { reviewAboveMinor: 1500 }, ...policy }), launchBrowser()]);
    return new Office(desk, browser);
  }

  get url(): string {
    return this.desk.app.url;
  }

  /** An admin signed in at `path`, where all that has been done by now is to be seen. */
  async admin(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visit> {
    await this.desk.app.caughtUp();
    const visitor = await visit(this.browser, this.url, options);
    await visitor.page.goto(path);
    await signInWithKey(visitor.page, ADMIN_KEY);
    return visitor;
  }

  /** A return of `wanted` units, with a note and photos where they are given. */
  async filed(
    wanted: Wanted,
    { note, photos = 0, method = 'own_shipping' }: { readonly note?: string; readonly photos?: number; readonly method?: string } = {},
  ): Promise<string> {
    const orderId = await this.desk.order();
    const refs: string[] = [];
    for (let n = 0; n < photos; n += 1) {
      const { body, headers } = photoForm(await jpeg(240, 240, n % 2 === 0 ? '#b3541e' : '#1e5fb3'));
      refs.push(ok(await this.desk.shop<{ photoRef: string }>('POST', `/v1/orders/${orderId}/photos`, body, headers), 201).photoRef);
    }
    const lines = Object.entries(wanted).map(([lineId, quantity]) => ({
      lineId,
      quantity,
      reason: 'defective',
      condition: 'used',
      ...(note === undefined ? {} : { note }),
      photos: refs,
    }));
    return ok(
      await this.desk.shop<{ returnId: string }>('POST', `/v1/orders/${orderId}/returns`, { lines, outcome: 'original_payment', method }),
      201,
    ).returnId;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.desk.close();
  }
}
