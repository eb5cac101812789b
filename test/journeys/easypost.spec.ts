/** Labels through EasyPost, over HTTP on both sides: what the service buys, and what EasyPost tells by itself. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { startApp, type TestApp } from '../support/app.js';
import { EasyPostDouble, easypostSettings } from '../support/easypost-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok } from './shop-front.js';

/** In NFKC; EasyPost signs with NFKD. */
const SECRET = 'sécret';
const double = new EasyPostDouble();
let app: TestApp;

beforeAll(async () => {
  app = await startApp({}, { ...easypostSettings(await double.open()), EASYPOST_WEBHOOK_SECRET: SECRET });
  await ok(app.call('PUT', '/v1/policy', { windowDays: null }));
});
afterAll(async () => {
  await app.close();
  await double.close();
});

const ADDRESS = { line1: '179 N Harbor Dr', city: 'Redondo Beach', region: 'CA', postalCode: '90277', country: 'US' };

/** A return for which a label is bought. @returns its id */
async function filed(orderId: string, address: object = ADDRESS): Promise<string> {
  const line = { lineId: 'lamp', sku: 'LAMP', title: 'Lamp', quantity: 1, weightGrams: 900, deliveredAt: '2026-03-01T10:00:00.000Z' };
  await ok(
    app.call('PUT', `/v1/orders/${orderId}`, {
      ...{ number: orderId, placedAt: '2026-03-01T10:00:00.000Z', currency: 'USD' },
      customer: { name: 'Elizabeth Swan', phone: '5555555555', address },
      lines: [{ ...line, paid: { netMinor: 1882, taxMinor: 358 } }],
      payments: [{ paymentId: 'card', provider: 'manual', reference: 'ch_1', method: 'card', capturedMinor: 2240 }],
    }),
    201,
  );
  const lines = [{ lineId: 'lamp', quantity: 1, reason: 'changed_mind', condition: 'opened' }];
  const wanted = { lines, outcome: 'original_payment', method: 'label' };
  return (await ok(app.call<ReturnAnswer>('POST', `/v1/orders/${orderId}/returns`, wanted), 201)).returnId;
}
const returned = (returnId: string): Promise<ReturnAnswer> => ok(app.call<ReturnAnswer>('GET', `/v1/returns/${returnId}`));
type Label = ReturnAnswer['labels'][number];
const labelOf = (returnId: string, state: string): Promise<Label> =>
  waitFor(async () => (await returned(returnId)).labels.find((each) => each.state === state), `a label of ${returnId} ${state}`);

describe('A label through EasyPost', () => {
  it('is bought for the return at the cheapest rate, and is there as PDF, PNG and ZPL', async () => {
    const returnId = await filed('E1');
    const label = await labelOf(returnId, 'issued');
    const [shipment] = double.bought;
    expect(label).toMatchObject({ carrier: 'easypost', trackingNumber: shipment?.tracking_code, costMinor: 593 });
    expect(shipment).toMatchObject({ from_address: { name: 'Elizabeth Swan', zip: '90277' }, to_address: { name: 'Jack Sparrow' } });
    for (const [format, begins] of [
      ['pdf', '%PDF-'],
      ['zpl', '^XA'],
    ]) {
      const file = await app.call('GET', `/v1/returns/${returnId}/labels/${label.labelId}/file?format=${format}`);
      expect(file.text.startsWith(begins!)).toBe(true);
    }
    expect((await app.call('GET', `/v1/returns/${returnId}/labels/${label.labelId}/file?format=png`)).headers.get('content-type')).toBe(
      'image/png',
    );
  });

  it('leaves the customer’s address in no event', async () => {
    const returnId = await filed('E2');
    await labelOf(returnId, 'issued');
    const { text } = await app.call('GET', `/v1/returns/${returnId}/history`);
    expect(text).toContain('LabelIssued');
    expect(text).not.toMatch(/Swan|Harbor|Redondo|90277/);
  });

  it('for an address that the carrier does not know has failed, and says which line is wrong', async () => {
    double.goesWrong('create', {
      ...{ status: 422, code: 'ADDRESS.VERIFY.FAILURE' },
      errors: [{ field: 'street1', message: 'House number is missing' }],
    });
    expect((await labelOf(await filed('E3'), 'failed')).problem).toBe('address_line1');
  });

  it('of a return that is cancelled is taken back, and EasyPost’s answer is on the log', async () => {
    const returnId = await filed('E4');
    await labelOf(returnId, 'issued');
    await ok(app.call('POST', `/v1/returns/${returnId}/cancel`, { reason: 'sent_twice' }));
    await waitFor(
      async () => (await app.call('GET', `/v1/returns/${returnId}/history`)).text.includes('LabelVoidConfirmed') || undefined,
      'the answer',
    );
    expect(double.bought.at(-1)).toMatchObject({ refund_status: 'submitted' });
  });

  it('is for tests, as long as the key is', async () => {
    const { body } = await app.call<{ items: { id: string; mode: string }[] }>('GET', '/v1/providers');
    expect(body.items.find(({ id }) => id === 'easypost')).toMatchObject({ mode: 'test', state: 'answers' });
  });
});

type Scan = { readonly status: string; readonly datetime: string; readonly status_detail?: string; readonly city?: string };
const scan = ({ city = 'HOUSTON', status_detail = 'status_update', ...told }: Scan): object => ({
  ...{
    object: 'TrackingDetail',
    message: 'As the carrier says',
    description: '',
    source: 'USPS',
    carrier_code: '',
    status_detail,
    ...told,
  },
  tracking_location: { object: 'TrackingLocation', city, state: 'TX', country: null, zip: '77063' },
});

/** An event as EasyPost sends it, weights as the decimals that JSON.stringify would not print. */
async function told(tracker: object, secret = SECRET): Promise<{ status: number; body: unknown }> {
  const event = { id: 'evt_1', object: 'Event', mode: 'test', description: 'tracker.updated', previous_attributes: { status: 'unknown' } };
  const payload = JSON.stringify({ ...event, result: { object: 'Tracker', id: 'trk_1', carrier: 'USPS', weight: 17, ...tracker } }).replace(
    '"weight":17',
    '"weight":17.0',
  );
  const signature = createHmac('sha256', secret.normalize('NFKD')).update(payload).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-hmac-signature': `hmac-sha256-hex=${signature}` };
  const response = await fetch(`${app.url}/v1/webhooks/easypost`, { method: 'POST', body: payload, headers });
  return { status: response.status, body: await response.json() };
}
const heard = { status: 200, body: { received: true } };

describe('What EasyPost tells of a parcel', () => {
  /** A return whose label is there. */
  async function labelled(orderId: string) {
    const returnId = await filed(orderId);
    const { trackingNumber, labelId } = await labelOf(returnId, 'issued');
    const bought = double.bought.find(({ tracking_code: code }) => code === trackingNumber)!;
    const tells = (scans: readonly Scan[], more: object = {}) =>
      told({ tracking_code: trackingNumber, shipment_id: bought.id, tracking_details: scans.map(scan), ...more });
    const events = async (): Promise<readonly string[]> => {
      const { body } = await app.call<{ items: { type: string }[] }>('GET', `/v1/returns/${returnId}/history`);
      return body.items.map(({ type }) => type).filter((type) => type.startsWith('Parcel'));
    };
    return { returnId, labelId, tells, events, parcel: async () => (await returned(returnId)).parcels[0] };
  }
  const SCANNED: Scan = { status: 'in_transit', datetime: '2026-03-05T10:00:00Z' };
  const LATE: Scan = { status: 'in_transit', status_detail: 'weather_delay', datetime: '2026-03-06T10:00:00Z' };
  const DELIVERED: Scan = { status: 'delivered', datetime: '2026-03-08T10:00:00Z', city: 'SAN FRANCISCO' };

  it('is recorded once, however often it is told', async () => {
    const { tells, events, parcel } = await labelled('T1');
    expect(await tells([{ status: 'pre_transit', datetime: '2026-03-04T10:00:00Z' }])).toEqual(heard);
    expect(await events()).toEqual([]);
    for (const scans of [[SCANNED], [SCANNED], [SCANNED, LATE], [SCANNED, LATE, DELIVERED], [SCANNED]])
      expect(await tells(scans, { est_delivery_date: '2026-03-09T00:00:00Z' })).toEqual(heard);
    expect(await events()).toEqual(['ParcelScanned', 'ParcelDelayed', 'ParcelDelivered']);
    expect(await parcel()).toMatchObject({ phase: 'delivered', deliveredAt: '2026-03-08T10:00:00.000Z' });
  });

  it.each<[string, Scan, string]>([
    ['lost', { status: 'unknown', status_detail: 'lost', datetime: '2026-03-07T10:00:00Z' }, 'ParcelLost'],
    ['damaged', { status: 'in_transit', status_detail: 'damaged', datetime: '2026-03-07T10:00:00Z' }, 'ParcelExceptionRaised'],
    ['going back', { status: 'return_to_sender', status_detail: 'return', datetime: '2026-03-07T10:00:00Z' }, 'ParcelExceptionRaised'],
    ['failed', { status: 'failure', datetime: '2026-03-07T10:00:00Z' }, 'ParcelExceptionRaised'],
    ['at the counter', { status: 'available_for_pickup', datetime: '2026-03-07T10:00:00Z' }, 'ParcelScanned'],
  ])('says that it is %s', async (name, news, type) => {
    const { tells, events } = await labelled(`T2-${name.replaceAll(' ', '-')}`);
    expect(await tells([news])).toEqual(heard);
    expect(await events()).toEqual([type]);
  });

  it('says nothing by a tracker that failed or was cancelled', async () => {
    const { tells, events } = await labelled('T3');
    for (const status of ['error', 'cancelled', 'unknown']) expect(await tells([{ ...SCANNED, status }])).toEqual(heard);
    expect(await events()).toEqual([]);
  });

  it('delivered back to the customer did not reach the warehouse', async () => {
    const { tells, parcel } = await labelled('T4');
    await tells([SCANNED, { status: 'return_to_sender', datetime: '2026-03-07T10:00:00Z' }, DELIVERED]);
    expect(await parcel()).toMatchObject({ phase: 'in_transit', deliveredAt: null });
  });

  it('at a local time that lies ahead of ours is taken as told now', async () => {
    const { tells, events } = await labelled('T5');
    expect(await tells([{ ...SCANNED, datetime: new Date(Date.now() + 6 * 3_600_000).toISOString() }])).toEqual(heard);
    expect(await events()).toEqual(['ParcelScanned']);
  });

  it('that is none of ours, or had our number before, is acknowledged and changes nothing', async () => {
    const { tells, events } = await labelled('T6');
    expect(await told({ tracking_code: '9400100110368068953495', tracking_details: [scan(SCANNED)] })).toEqual(heard);
    expect(await tells([SCANNED], { shipment_id: 'shp_somebody_else' })).toEqual(heard);
    expect(await told({ object: 'Batch', tracking_code: null })).toEqual(heard);
    expect(await events()).toEqual([]);
  });

  it('is not believed without EasyPost’s signature', async () => {
    expect(await told({ tracking_code: 'EZ1' }, 'guessed')).toMatchObject({ status: 400, body: { code: 'bad_signature' } });
    const unsigned = await app.as(null)('POST', '/v1/webhooks/easypost', { description: 'tracker.updated' });
    expect(unsigned).toMatchObject({ status: 400, body: { code: 'bad_signature' } });
  });
});
