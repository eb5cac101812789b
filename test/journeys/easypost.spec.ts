/** Labels through EasyPost, over HTTP on both sides: what the service buys, and what EasyPost tells by itself. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReturnAnswer } from '../../src/returns/api/returns.dto.js';
import { startApp, type TestApp } from '../support/app.js';
import { EasyPostDouble, easypostSettings } from '../support/easypost-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok } from './shop-front.js';

const double = new EasyPostDouble();
let app: TestApp;

beforeAll(async () => {
  app = await startApp({}, easypostSettings(await double.open()));
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
    await labelOf(await filed('E2'), 'issued');
    const { text } = await app.call('GET', '/v1/orders/E2/history');
    expect(text).not.toMatch(/Swan|Harbor|Redondo|90277/);
  });

  it('for an address that the carrier does not know has failed, and says which line is wrong', async () => {
    double.goesWrong('create', {
      ...{ status: 422, code: 'ADDRESS.VERIFY.FAILURE' },
      errors: [{ field: 'street1', message: 'House number is missing' }],
    });
    expect((await labelOf(await filed('E3'), 'failed')).problem).toBe('address_line1');
  });

  it('is for tests, as long as the key is', async () => {
    const { body } = await app.call<{ items: { id: string; mode: string }[] }>('GET', '/v1/providers');
    expect(body.items.find(({ id }) => id === 'easypost')).toMatchObject({ mode: 'test', state: 'answers' });
  });
});
