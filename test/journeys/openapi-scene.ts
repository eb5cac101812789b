/** A shop in full swing, so that made-up requests find something to work on, and whoever may ask each of them. */
import type { Answer, Call, TestApp } from '../support/app.js';
import { jpeg, photoForm } from '../support/photos.js';
import { waitFor } from '../support/wait-for.js';
import type { Operation, Pool } from './openapi-requests.js';

export type Who = 'nobody' | 'foreign customer' | 'own customer' | 'shop' | 'warehouse' | 'finance' | 'admin';
export type Scene = {
  readonly pool: Pool;
  readonly as: Readonly<Record<Who, Call>>;
  /** Asks as an admin; streams that never end are left after their first bytes. */
  readonly ask: (operation: Operation, path: string, body: unknown, headers: Readonly<Record<string, string>>) => Promise<Answer<unknown>>;
};

const order = (orderId: string) => ({
  number: orderId,
  placedAt: '2026-10-20T10:00:00Z',
  currency: 'EUR',
  customer: { name: 'Ada Example', email: 'ada@example.org' },
  lines: [
    {
      lineId: 'shirt',
      sku: 'SHIRT-M',
      title: 'Shirt',
      quantity: 50,
      deliveredAt: '2026-11-15T10:00:00Z',
      paid: { netMinor: 50_000, taxMinor: 9500 },
    },
    {
      lineId: 'mug',
      sku: 'MUG',
      title: 'Mug',
      quantity: 50,
      deliveredAt: '2026-11-15T10:00:00Z',
      paid: { netMinor: 44_100, taxMinor: 8379 },
    },
  ],
  shipping: { netMinor: 412, taxMinor: 78 },
  payments: [{ paymentId: 'p1', provider: 'manual', reference: 'cash', method: 'cash', capturedMinor: 112_469 }],
});

async function must<Json>(answer: Promise<Answer<Json>>): Promise<Json> {
  const got = await answer;
  if (got.status >= 300) throw new Error(`${got.status}: ${got.text}`);
  return got.body;
}

/** A sign-in code for an order that no other request touches, read where a developer reads it. */
async function signInCode(service: TestApp): Promise<string> {
  const anybody = service.as(null);
  await must(anybody('POST', '/v1/portal/sessions', { orderNumber: 'S-1', email: 'ada@example.org' }));
  const address = await waitFor(
    async () => /\/dev\/outbox\/[\w-]+/.exec((await anybody('GET', '/dev/outbox')).text)?.[0],
    'the mail with the code',
  );
  return /\b\d{4} \d{4}\b/.exec((await anybody('GET', address)).text)?.[0] ?? '';
}

/** Three orders; the first one with returns in several states, a refund, and a parcel nobody announced. */
export async function openScene(service: TestApp): Promise<Scene> {
  const { call } = service;
  for (const orderId of ['W-1', 'W-2', 'S-1']) await must(call('PUT', `/v1/orders/${orderId}`, order(orderId)));
  const file = async (method: string) =>
    (
      await must(
        call<{ returnId: string }>('POST', '/v1/orders/W-1/returns', {
          lines: [
            { lineId: 'shirt', quantity: 2, reason: 'too_small', condition: 'opened' },
            { lineId: 'mug', quantity: 1, reason: 'changed_mind', condition: 'unopened' },
          ],
          outcome: 'original_payment',
          method,
        }),
      )
    ).returnId;
  const received = await file('own_shipping');
  const open = [await file('own_shipping'), await file('label')];
  await must(
    call('POST', `/v1/returns/${received}/receipts`, { scanId: 'scan-1', station: 's1', items: [{ lineId: 'shirt', quantity: 2 }] }),
  );
  const { parcelId } = await must(call<{ parcelId: string }>('POST', '/v1/warehouse/parcels', { station: 's1', trackingNumber: 'T-1' }));
  const customer = async (orderId: string) =>
    service.as((await must(call<{ token: string }>('POST', `/v1/orders/${orderId}/sessions`, {}))).token);
  const { body, headers: form } = photoForm(await jpeg());
  const { photoRef } = await must(call<{ photoRef: string }>('POST', '/v1/orders/W-1/photos', body, form));
  const { keyId } = await must(call<{ keyId: string }>('POST', '/v1/api-keys', { role: 'shop', label: 'to be revoked' }));
  const [shop, warehouse, finance] = [await service.keyFor('shop'), await service.keyFor('warehouse'), await service.keyFor('finance')];
  return {
    pool: {
      orderId: ['W-1', 'W-2'],
      returnId: [received, ...open],
      refundId: [`${received}-F1`],
      lineId: ['shirt', 'mug'],
      expectedLineId: ['shirt'],
      scanId: ['scan-1', 'scan-2'],
      parcelId: [parcelId],
      sku: ['SHIRT-M', 'MUG'],
      title: ['Shirt', 'Mug'],
      barcode: ['SHIRT-M', 'T-1', received],
      paymentId: ['p1'],
      reason: ['too_small', 'changed_mind', 'defective'],
      currency: ['EUR'],
      keyId: [keyId],
      version: ['1'],
      station: ['s1'],
      file: ['swagger-ui.css', 'start.js'],
      code: ['not_as_described', await signInCode(service)],
      orderNumber: ['S-1'],
      name: ['returns-board', 'refunds'],
      email: ['ada@example.org'],
      trackingNumber: ['T-1'],
      photos: [photoRef],
      photoRef: [photoRef],
      labelId: [`${open[1]}-L1`],
      disputeId: ['d-1'],
      timeZone: ['UTC', 'Europe/Berlin'],
      parent: ['other'],
      provider: ['manual', 'simulated'],
    },
    as: {
      nobody: service.as(null),
      'foreign customer': await customer('W-2'),
      'own customer': await customer('W-1'),
      shop: service.as(shop),
      warehouse: service.as(warehouse),
      finance: service.as(finance),
      admin: call,
    },
    ask: (operation, path, body, headers) =>
      operation.path === '/v1/events' ? firstBytes(service, path, headers) : call(operation.method, path, body, headers),
  };
}

/** The answer's head, and its body only where it is no stream. */
async function firstBytes(service: TestApp, path: string, headers: Readonly<Record<string, string>>): Promise<Answer<unknown>> {
  const leave = new AbortController();
  const response = await fetch(service.url + path, {
    headers: { ...headers, authorization: `Bearer ${await service.keyFor('finance')}` },
    signal: leave.signal,
  });
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = streams ? '' : await response.text();
  leave.abort();
  return { status: response.status, headers: response.headers, body: streams ? undefined : JSON.parse(text), text };
}
