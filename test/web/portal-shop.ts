/** A shop with customers in a browser: orders delivered days ago, codes read from the outbox, policies changed on the way. */
import type { Browser, Page } from 'playwright-core';
import { Outbox } from '../../src/notices/outbox.adapter.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { ok, orderBody } from '../journeys/shop-front.js';
import { startApp, type Call, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { expectAccessible, expectNoSidewaysScrolling, picture, visit, type Visit } from './browser.js';

const DAY_MS = 86_400_000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

export type Order = { readonly orderId: string; readonly number: string; readonly email: string };

/** Three shirts and a mug that may be returned, and a scarf that may not; 99.50 with shipping. */
const LINES = [
  {
    lineId: 'shirt',
    sku: 'SHIRT-M',
    title: 'Linen shirt',
    category: 'clothing',
    quantity: 3,
    deliveredAt: daysAgo(4),
    paid: { netMinor: 5000, taxMinor: 950 },
  },
  {
    lineId: 'mug',
    sku: 'MUG',
    title: 'Stoneware mug',
    category: 'kitchen',
    quantity: 1,
    deliveredAt: daysAgo(4),
    paid: { netMinor: 882, taxMinor: 168 },
  },
  {
    lineId: 'scarf',
    sku: 'SCARF',
    title: 'Silk scarf',
    category: 'outlet',
    quantity: 1,
    finalSale: true,
    deliveredAt: daysAgo(4),
    paid: { netMinor: 2065, taxMinor: 395 },
  },
];

export class PortalShop {
  #orders = 0;
  private constructor(
    readonly app: TestApp,
    readonly clerk: Call,
  ) {}

  static async open(env: Readonly<Record<string, string>> = {}): Promise<PortalShop> {
    const app = await startApp({}, env);
    return new PortalShop(app, app.as(await app.keyFor('warehouse')));
  }

  /** With the admin key. */
  get call(): Call {
    return this.app.call;
  }

  policy(said: object = {}): Promise<unknown> {
    return ok(this.call('PUT', '/v1/policy', said));
  }

  /** A fresh order of a customer of its own. */
  async order({
    deliveredDaysAgo = 4,
    ...over
  }: { readonly deliveredDaysAgo?: number; readonly [field: string]: unknown } = {}): Promise<Order> {
    this.#orders += 1;
    const orderId = `P-${1000 + this.#orders}`;
    const email = `customer${this.#orders}@example.org`;
    const body = orderBody({
      number: `#${orderId}`,
      placedAt: daysAgo(deliveredDaysAgo + 3),
      customer: { name: 'Ada Example', email },
      lines: LINES.map((line) => ({ ...line, deliveredAt: daysAgo(deliveredDaysAgo) })),
      payments: [{ paymentId: 'p1', provider: 'simulated', reference: `sim_ok_${orderId}`, method: 'card', capturedMinor: 9950 }],
      ...over,
    });
    await ok(this.call('PUT', `/v1/orders/${orderId}`, body), 201);
    return { orderId, number: orderId, email };
  }

  /** Filed over the API, as the shop's own front end would. */
  filed(orderId: string, lines: Readonly<Record<string, number>>, over: object = {}): Promise<PresentedReturn> {
    const body = {
      lines: Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity, reason: 'changed_mind', condition: 'opened' })),
      outcome: 'original_payment',
      method: 'label',
      ...over,
    };
    return ok(this.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, body), 201);
  }

  look(returnId: string): Promise<PresentedReturn> {
    return ok(this.call<PresentedReturn>('GET', `/v1/returns/${returnId}`));
  }

  /** Ids of the order's returns, oldest first. */
  async returnsOf(orderId: string): Promise<readonly string[]> {
    const order = await ok(this.call<{ returns: { returnId: string }[] }>('GET', `/v1/orders/${orderId}`));
    return order.returns.map(({ returnId }) => returnId);
  }

  /** The clerk scans these units of the return. */
  receive(returnId: string, items: Readonly<Record<string, number>>): Promise<PresentedReturn> {
    const body = {
      scanId: `scan-${returnId}-${JSON.stringify(items)}`.replaceAll(/[^\w-]/g, ''),
      station: 'dock-1',
      items: Object.entries(items).map(([lineId, quantity]) => ({ lineId, quantity })),
    };
    return ok(this.clerk<PresentedReturn>('POST', `/v1/returns/${returnId}/receipts`, body));
  }

  /** The newest code mailed to this customer, as the mail writes it: in two groups. */
  codeFor({ email }: Order): Promise<string> {
    const outbox = this.app.app.get(Outbox);
    return waitFor(async () => {
      const newest = (await outbox.list()).find(({ to }) => to === email);
      return newest === undefined ? undefined : /\d{4} \d{4}/.exec(newest.text)?.[0];
    }, `a code mailed to ${email}`);
  }

  /** A link as the shop's own front end makes it for a customer who is logged in there. */
  async linkFor(orderId: string, path = '/'): Promise<string> {
    const { token } = await ok(this.call<{ token: string }>('POST', `/v1/orders/${orderId}/sessions`, {}), 201);
    return `${path}#session=${token}`;
  }

  /** A visitor who is signed in for the order, at `path`. */
  async customer(
    browser: Browser,
    orderId: string,
    options: Parameters<typeof visit>[2] & { readonly path?: string } = {},
  ): Promise<Visit> {
    const { path = '/', ...rest } = options;
    const customer = await visit(browser, this.app.url, rest);
    await customer.page.goto(await this.linkFor(orderId, path));
    return customer;
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** The step of this title is shown. */
export async function atStep(page: Page, step: number, title: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: `Step ${step} of 5 ${title}` }).waitFor();
}

/** Accessible, without sideways scrolling, and kept as a picture. */
export async function looksGood(page: Page, name: string): Promise<void> {
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await picture(page, name);
}
