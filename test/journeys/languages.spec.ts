/** Customers read in their own language what the service tells them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PolicyAnswer } from '../../src/policy/policy.dto.js';
import type { QuoteAnswer, ReturnableAnswer } from '../../src/portal/portal.dto.js';
import type { HistoryAnswer } from '../../src/returns/api/return-history.dto.js';
import type { PresentedReturn } from '../../src/returns/api/returns.presentation.js';
import type { Call } from '../support/app.js';
import { ok, returnBody, Shop, START } from './shop-front.js';

const ORIGIN = 'https://returns.shop.example';
const GERMAN = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' };

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open({ CORS_ORIGINS: ORIGIN });
});
afterAll(() => shop.close());

const publish = (said: object) => ok(shop.call<PolicyAnswer>('PUT', '/v1/policy', said));
/** A customer, and a return of two shirts. */
async function filed(): Promise<{ readonly orderId: string; readonly returnId: string; readonly customer: Call }> {
  const orderId = await shop.order();
  const customer = await shop.customerOf(orderId);
  return { orderId, returnId: (await shop.filed(orderId, { shirt: 2 })).returnId, customer };
}

describe('A customer who reads German', () => {
  it('is answered in German wherever there are words, and told so; caches keep languages apart', async () => {
    await publish({ timeZone: 'Europe/Berlin' });
    const { orderId, returnId, customer } = await filed();
    const requests: readonly [string, string, object?][] = [
      ['GET', `/v1/orders/${orderId}/returnable`],
      ['POST', `/v1/orders/${orderId}/returns/quote`, returnBody({ mug: 1 })],
      ['POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 })],
      ['GET', `/v1/returns/${returnId}`],
      ['GET', `/v1/returns/${returnId}/history`],
      ['POST', `/v1/returns/${returnId}/cancel`, {}],
    ];
    for (const [method, path, body] of requests) {
      const { status, headers } = await customer(method, path, body, GERMAN);
      expect([path, status < 300, headers.get('content-language'), headers.get('vary')]).toEqual([
        path,
        true,
        'de',
        'Origin, Accept-Language',
      ]);
    }
  });

  it('reads what may come back and what it costs', async () => {
    await publish({ timeZone: 'Europe/Berlin', returnShipping: { feeMinor: 390 } });
    const { orderId, returnId, customer } = await filed();
    const returnable = await ok(customer<ReturnableAnswer>('GET', `/v1/orders/${orderId}/returnable`, undefined, GERMAN));
    expect(returnable).toMatchObject({
      number: '#1001',
      placedAt: '2026-03-01T10:00:00.000Z',
      currency: 'EUR',
      returnableUntil: '2026-04-04',
      lines: [
        {
          lineId: 'shirt',
          title: 'Shirt',
          sku: 'SHIRT-M',
          category: 'clothing',
          quantity: 3,
          returnable: 1,
          unitPaidMinor: 1982,
          until: '2026-04-04',
          whyNot: null,
          words: 'Sie können diesen Artikel bis zum 4. April 2026 zurückgeben.',
        },
        { lineId: 'mug' },
      ],
      returns: [{ returnId, status: 'approved', requestedAt: new Date(START).toISOString() }],
    });
    expect(returnable.reasons.find(({ code }) => code === 'other')).toMatchObject({
      label: 'Sonstiges',
      fault: 'customer',
      requiresNote: true,
    });
    const quoted = await ok(
      customer<QuoteAnswer>('POST', `/v1/orders/${orderId}/returns/quote`, returnBody({ mug: 1 }, { method: 'label' }), GERMAN),
    );
    expect(quoted.fees).toEqual([{ code: 'return_shipping', amountMinor: 390, words: 'Rücksendekosten' }]);
    expect(quoted.methods.find(({ method }) => method === 'label')?.words).toBe(
      'Sie erhalten ein Rücksendeetikett für Ihr Paket. 3,90\u00a0€ ziehen wir von Ihrer Erstattung ab.',
    );
  });

  it('reads what comes next, by when, and what has happened', async () => {
    await publish({ timeZone: 'Pacific/Auckland' });
    const { returnId, customer } = await filed();
    const look = await ok(customer<PresentedReturn>('GET', `/v1/returns/${returnId}`, undefined, GERMAN));
    expect(look).toMatchObject({
      next: 'Schicken Sie das Paket bis zum 7. April 2026 an uns zurück.',
      nextBy: '2026-04-07',
      news: [],
      lines: [{ title: 'Shirt' }],
    });
    const history = await customer<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`, undefined, GERMAN);
    expect([history.status, history.headers.get('etag'), history.body.currency]).toEqual([200, '"2"', 'EUR']);
    expect(history.body.items.map(({ type, words, amountMinor }) => [type, words, amountMinor])).toEqual([
      [
        'ReturnRequested',
        'Rücksendung angemeldet: 2 Artikel, voraussichtliche Erstattung 39,68\u00a0€ auf das ursprüngliche Zahlungsmittel.',
        3968,
      ],
      ['ReturnApproved', 'Die Rücksendung wurde sofort genehmigt.', null],
    ]);
  });

  it('reads why his return is looked at, but not what staff wrote to each other', async () => {
    await publish({ approval: { auto: false } });
    const { returnId, customer } = await filed();
    const reasons = async () => (await ok(customer<PresentedReturn>('GET', `/v1/returns/${returnId}`, undefined, GERMAN))).reviewReasons;
    expect(await reasons()).toEqual([{ code: 'review_all', words: 'Wir prüfen jede Rücksendung, bevor wir sie genehmigen.' }]);
    await ok(shop.call('POST', `/v1/returns/${returnId}/review`, { code: 'fraud_check', reason: 'Ask Ada for a photo' }));
    expect(await reasons()).toEqual([{ code: 'fraud_check', words: 'persönliche Prüfung' }]);
    const history = await ok(customer<HistoryAnswer>('GET', `/v1/returns/${returnId}/history`, undefined, GERMAN));
    expect(history.items.at(-1)?.words).toBe('Die Rücksendung wird geprüft: persönliche Prüfung.');
    await publish({});
  });

  it('is told at once when his parcel is late', async () => {
    const { returnId, customer } = await filed();
    await ok(
      shop.call('POST', `/v1/returns/${returnId}/tracking`, { status: 'delayed', trackingNumber: 'TN-1', at: '2026-03-10T11:00:00Z' }),
    );
    const { news } = await ok(customer<PresentedReturn>('GET', `/v1/returns/${returnId}`, undefined, GERMAN));
    expect(news).toEqual([
      { code: 'parcel_delayed', at: '2026-03-10T11:00:00.000Z', words: 'Ihr Paket verspätet sich auf dem Weg zu uns.' },
    ]);
  });
});

describe('A shop with customers of several languages', () => {
  it('gives the labels of its own reasons in each', async () => {
    const reasons = [
      { code: 'too_small', label: 'Too small', fault: 'customer' },
      { code: 'scratched', label: 'Scratched', labels: { de: 'Zerkratzt' }, fault: 'merchant' },
    ];
    const published = await publish({ reasons });
    expect(published.reasons).toMatchObject([
      { code: 'too_small', labels: {} },
      { code: 'scratched', labels: { de: 'Zerkratzt' } },
    ]);
    expect((await publish(await ok(shop.call<PolicyAnswer>('GET', '/v1/policy')))).version).toBe(published.version);
    const orderId = await shop.order();
    const labels = async (language: string) =>
      (
        await ok(shop.call<ReturnableAnswer>('GET', `/v1/orders/${orderId}/returnable`, undefined, { 'accept-language': language }))
      ).reasons.map(({ label }) => label);
    expect([await labels('de'), await labels('en'), await labels('fr')]).toEqual([
      ['Zu klein', 'Zerkratzt'],
      ['Too small', 'Scratched'],
      ['Too small', 'Scratched'],
    ]);
    expect((await shop.call('PUT', '/v1/policy', { reasons: [{ ...reasons[0], labels: { fr: 'Trop petit' } }] })).status).toBe(400);
    await publish({});
  });

  it('gets English without a wish, and problems in English whoever asks', async () => {
    const { orderId, returnId, customer } = await filed();
    const plain = await customer('GET', `/v1/returns/${returnId}`);
    expect([plain.headers.get('content-language'), plain.headers.get('vary')]).toEqual(['en', 'Origin, Accept-Language']);
    const refused = await customer<{ code: string; title: string }>(
      'POST',
      `/v1/orders/${orderId}/returns`,
      returnBody({ shirt: 2 }),
      GERMAN,
    );
    expect([refused.status, refused.body.code, refused.headers.get('content-language')]).toEqual([409, 'quantity_not_returnable', null]);
  });
});
