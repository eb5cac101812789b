/** Orders and returns for the finance pages: handed in over the counter, refunded through simulated payments or by hand. */
import type { Browser, Locator, Page } from 'playwright-core';
import { PaymentOutcomeUnknown, PaymentProviders } from '../../src/payments/payment.port.js';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { ok } from '../journeys/shop-front.js';
import { startApp, type Call, type TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';
import { launchBrowser, savedBy, signInWithKey, visit, type Visit } from './browser.js';

export type Way = {
  readonly provider?: string;
  readonly reference?: string;
  readonly currency?: string;
  readonly station?: string;
  readonly reason?: string;
  readonly outcome?: 'original_payment' | 'store_credit';
  readonly capturedMinor?: number;
};

/** A shop whose customers hand everything in at the counter. */
export class Counter {
  #orders = 0;

  constructor(
    private readonly service: TestApp,
    readonly finance: Call,
  ) {}

  /** Any order may be returned, however old; store credit is worth a tenth more; and finance reads with its own key. */
  static async open(service: TestApp): Promise<Counter> {
    await ok(service.call('PUT', '/v1/policy', { windowDays: null, storeCreditBonusBp: 1000 }));
    return new Counter(service, service.as(await service.keyFor('finance')));
  }

  /** A return that is filed and not handed in: two shirts for 20.00. */
  async filed(
    {
      provider = 'simulated',
      reference = 'sim_ok',
      currency = 'EUR',
      reason = 'changed_mind',
      outcome = 'original_payment',
      capturedMinor = 3000,
    }: Way = {},
    method: 'in_store' | 'own_shipping' = 'in_store',
  ): Promise<string> {
    this.#orders += 1;
    const orderId = `F-${this.#orders}`;
    const placedAt = '2026-03-01T10:00:00.000Z';
    const lines = [
      { lineId: 'l1', sku: 'SHIRT', title: 'Shirt', quantity: 3, deliveredAt: placedAt, paid: { netMinor: 2400, taxMinor: 600 } },
    ];
    const payments = [{ paymentId: 'p1', provider, reference: `${reference}_${orderId}`, method: 'card', capturedMinor }];
    await ok(
      this.service.call('PUT', `/v1/orders/${orderId}`, {
        number: orderId,
        placedAt,
        currency,
        customer: { name: 'Ada Example', email: 'ada@example.org' },
        lines,
        payments,
      }),
      201,
    );
    const wanted = { lines: [{ lineId: 'l1', quantity: 2, reason, condition: 'opened' }], outcome, method };
    return (await ok(this.service.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, wanted), 201)).returnId;
  }

  /** As `filed`, handed in; its refund is owed from now on. */
  async handedIn(way: Way = {}): Promise<string> {
    const returnId = await this.filed(way);
    await this.#receive(returnId, way);
    return returnId;
  }

  async #receive(returnId: string, { station = 'dock-1' }: Way): Promise<void> {
    await ok(
      this.service.call('POST', `/v1/returns/${returnId}/receipts`, {
        scanId: `s-${returnId}`,
        station,
        items: [{ lineId: 'l1', quantity: 2 }],
      }),
    );
  }

  /** Sent by the customer's own means; the carrier has the parcel and brings it when told so. */
  async sent(way: Way = {}): Promise<{
    readonly returnId: string;
    readonly told: (status: 'in_transit' | 'delivered') => Promise<void>;
    readonly opened: () => Promise<void>;
  }> {
    const returnId = await this.filed(way, 'own_shipping');
    return {
      returnId,
      told: async (status) => void (await ok(this.service.call('POST', `/v1/returns/${returnId}/tracking`, { status }))),
      opened: () => this.#receive(returnId, way),
    };
  }

  /** Handed in, and its refund in that state. */
  async refundIn(state: string, way: Way): Promise<string> {
    const returnId = await this.handedIn(way);
    await this.until(returnId, state);
    return returnId;
  }

  /** The return once its first refund is in that state, and the views show it. */
  async until(returnId: string, state: string): Promise<ReturnAnswer> {
    return waitFor(async () => {
      const { items } = await ok(this.finance<{ items: { state: string }[] }>('GET', `/v1/finance/refunds?returnId=${returnId}`));
      if (items[0]?.state !== state) return undefined;
      const ret = await ok(this.finance<ReturnAnswer>('GET', `/v1/returns/${returnId}`));
      return ret.refunds[0]?.state === state ? ret : undefined;
    }, `${returnId} ${state}`);
  }
}

/** The line to the simulated provider, which a test breaks: no answer comes back then, nor can one ask what became of it. */
export class ProviderLine {
  /** Where it breaks: before the provider hears of anything, or after it has paid. */
  broken: 'before' | 'after' | null = null;
  /** One can ask what became of a payment though none is made. */
  canAsk = false;

  constructor(service: TestApp) {
    const provider = service.app.get(PaymentProviders).find('simulated');
    if (provider === undefined) throw new Error('There are no simulated payments');
    const [refund, status] = [provider.refund.bind(provider), provider.status.bind(provider)];
    const through = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
      if (this.broken === null) return ask();
      if (this.broken === 'after') await ask();
      throw new PaymentOutcomeUnknown('The line to the bank broke off');
    };
    provider.refund = (request, signal) => through(() => refund(request, signal));
    provider.status = (request, signal) => (this.canAsk ? status(request, signal) : through(() => status(request, signal)));
  }
}

/** Somebody of finance at his desk, and the counter whose refunds he sees. */
export class FinanceDesk {
  private constructor(
    readonly service: TestApp,
    private readonly browser: Browser,
    readonly counter: Counter,
    private readonly key: string,
  ) {}

  /** @param now the service's clock */
  static async open(now: () => Date): Promise<FinanceDesk> {
    const [service, browser] = await Promise.all([startApp({ clock: now }), launchBrowser()]);
    return new FinanceDesk(service, browser, await Counter.open(service), await service.keyFor('finance'));
  }

  /** Signed in, at that address, where all that has been done by now is to be seen. */
  async at(path: string, options: Parameters<typeof visit>[2] = {}): Promise<Visit> {
    await this.service.caughtUp();
    const visited = await visit(this.browser, this.service.url, options);
    await visited.page.goto(path);
    await signInWithKey(visited.page, this.key);
    return visited;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.service.close();
  }
}

/** The page of that title is shown. */
export const heading = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('heading', { level: 1, name }).waitFor();

/** The rows of the list that the button of this name saves. */
export const rowsSavedBy = async (within: Page | Locator, name: string): Promise<Record<string, string>[]> =>
  (await savedBy(within.getByRole('button', { name, exact: true }))).rows;
