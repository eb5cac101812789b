/** A shop and its customers as the journeys of orders, policy, portal and board need them, over HTTP. */
import type { OrderAnswer } from '../../src/orders/orders.dto.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import { startApp, type Answer, type Call, type TestApp } from '../support/app.js';

export const START = Date.parse('2026-03-10T12:00:00.000Z');
export const DAY = 86_400_000;

/** Three shirts and one mug for 70.00 with tax, 4.90 shipping. */
export const orderBody = (over: object = {}) => ({
  number: '#1001',
  placedAt: '2026-03-01T10:00:00Z',
  currency: 'EUR',
  customer: {
    name: 'Ada Example',
    email: 'ada@example.org',
    phone: null,
    address: { line1: '1 Test Street', city: 'Berlin', postalCode: '10115', country: 'DE' },
  },
  lines: [
    {
      lineId: 'shirt',
      sku: 'SHIRT-M',
      title: 'Shirt',
      category: 'clothing',
      quantity: 3,
      deliveredAt: '2026-03-05T10:00:00Z',
      paid: { netMinor: 5000, taxMinor: 950 },
    },
    {
      lineId: 'mug',
      sku: 'MUG',
      title: 'Mug',
      category: 'kitchen',
      quantity: 1,
      deliveredAt: '2026-03-05T10:00:00Z',
      paid: { netMinor: 882, taxMinor: 168 },
    },
  ],
  shipping: { netMinor: 412, taxMinor: 78 },
  payments: [{ paymentId: 'p1', provider: 'simulated', reference: 'sim_ok_1', method: 'card', capturedMinor: 7490 }],
  ...over,
});

export const returnBody = (lines: Readonly<Record<string, number>>, over: object = {}) => ({
  lines: Object.entries(lines).map(([lineId, quantity]) => ({ lineId, quantity, reason: 'changed_mind', condition: 'opened' })),
  outcome: 'original_payment',
  method: 'own_shipping',
  ...over,
});

export class Shop {
  /** Epoch milliseconds; turn it and `wake` the service. */
  now = START;
  #orders = 0;
  #app: TestApp | undefined;

  /** @param env settings beside the usual ones */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<Shop> {
    const shop = new Shop();
    shop.#app = await startApp({ clock: () => new Date(shop.now) }, env);
    return shop;
  }

  get app(): TestApp {
    if (this.#app === undefined) throw new Error('The shop is not open');
    return this.#app;
  }

  /** With the admin key. */
  get call(): Call {
    return this.app.call;
  }

  /** A fresh order, and its id. */
  async order(over: object = {}): Promise<string> {
    this.#orders += 1;
    const orderId = `A-${this.#orders}`;
    await ok(this.call('PUT', `/v1/orders/${orderId}`, orderBody(over)), 201);
    return orderId;
  }

  /** What the customer of this order can do. */
  async customerOf(orderId: string): Promise<Call> {
    const session = await ok(this.call<{ token: string }>('POST', `/v1/orders/${orderId}/sessions`, {}), 201);
    return this.app.as(session.token);
  }

  async filed(orderId: string, lines: Readonly<Record<string, number>>, over: object = {}): Promise<PresentedReturn> {
    return ok(this.call<PresentedReturn>('POST', `/v1/orders/${orderId}/returns`, returnBody(lines, over)), 201);
  }

  look(returnId: string): Promise<PresentedReturn> {
    return ok(this.call<PresentedReturn>('GET', `/v1/returns/${returnId}`));
  }

  lookAtOrder(orderId: string): Promise<OrderAnswer> {
    return ok(this.call<OrderAnswer>('GET', `/v1/orders/${orderId}`));
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** The body of an answer with the status that is expected. */
export async function ok<Json>(answer: Promise<Answer<Json>>, status = 200): Promise<Json> {
  const got = await answer;
  if (got.status !== status) throw new Error(`${got.status} instead of ${status}: ${got.text}`);
  return got.body;
}

/** Status and problem code of a refusal. */
export async function refusal(answer: Promise<Answer<unknown>>): Promise<readonly [number, unknown]> {
  const { status, text } = await answer;
  return [status, (JSON.parse(text) as { code: unknown }).code];
}
