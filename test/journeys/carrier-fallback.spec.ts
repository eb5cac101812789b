/** A label where the carrier that was asked cannot make it, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EasyPostDouble, easypostSettings } from '../support/easypost-double.js';
import { waitFor } from '../support/wait-for.js';
import { Shop } from './shop-front.js';

const double = new EasyPostDouble();
let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open({ ...easypostSettings(await double.open()), CARRIER_FALLBACK: 'builtin' });
});
afterAll(async () => {
  await shop.close();
  await double.close();
});

describe('With the built-in carrier to fall back on', () => {
  it('a label that EasyPost refuses is drawn here, can be downloaded, and says who made it', async () => {
    // The double sells in dollars only, and the order is in euros.
    const orderId = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 }, { method: 'label' });
    const label = await waitFor(
      async () => (await shop.look(returnId)).labels.find(({ state }) => state === 'issued'),
      'a label drawn instead',
    );
    expect(label).toMatchObject({ carrier: 'builtin', costMinor: 0, problem: null });
    expect(label.trackingNumber).toMatch(/^BH\d{18}$/);
    const file = await shop.call('GET', `/v1/returns/${returnId}/labels/${label.labelId}/file?format=zpl`);
    expect(file.text.startsWith('^XA')).toBe(true);
    expect(double.asked.length).toBeGreaterThan(0);
    expect(double.bought).toEqual([]);
  });
});
