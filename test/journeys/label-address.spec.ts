/** A label that the customer's address stands in the way of, as the customer and the staff read it, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EasyPostDouble, easypostSettings } from '../support/easypost-double.js';
import { waitFor } from '../support/wait-for.js';
import { ok, orderBody, Shop } from './shop-front.js';

type Label = { readonly state: string; readonly problem: string | null; readonly problemWords: string | null };

const double = new EasyPostDouble();
let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open(easypostSettings(await double.open()));
});
afterAll(async () => {
  await shop.close();
  await double.close();
});

describe('A label that the customer’s address stands in the way of', () => {
  it('says to the customer in their language which line to mend, to staff the code, and is made once it is mended', async () => {
    const sold = { currency: 'USD' };
    const orderId = await shop.order(sold);
    double.goesWrong('create', { status: 422, code: 'ADDRESS.VERIFY.FAILURE', errors: [{ field: 'zip', message: 'Invalid zip 10115' }] });
    const { returnId } = await shop.filed(orderId, { mug: 1 }, { method: 'label' });
    const failed = await waitFor(async () => (await shop.look(returnId)).labels.find(({ state }) => state === 'failed'), 'a failed label');
    expect(failed).toMatchObject({ problem: 'address_postal_code' });

    const customer = await shop.customerOf(orderId);
    const seen = async (language: string): Promise<Label | undefined> => {
      const asked = customer<{ labels: Label[] }>('GET', `/v1/returns/${returnId}`, undefined, { 'accept-language': language });
      return (await ok(asked)).labels[0];
    };
    expect(await seen('en')).toMatchObject({
      problem: null,
      problemWords: 'The postcode in your address is missing or wrong. Please have the shop correct it.',
    });
    expect((await seen('de'))?.problemWords).toMatch(/^Die Postleitzahl in Ihrer Adresse/);

    const { customer: who } = orderBody();
    const mended = { ...who, address: { ...who.address, postalCode: '10117' } };
    await ok(shop.call('PUT', `/v1/orders/${orderId}`, orderBody({ ...sold, customer: mended })));
    await ok(customer('POST', `/v1/returns/${returnId}/labels`, {}));
    const made = await waitFor(async () => (await shop.look(returnId)).labels.find(({ state }) => state === 'issued'), 'another label');
    expect(made).toMatchObject({ carrier: 'easypost', problem: null, problemWords: null });
    expect(double.bought[0]?.from_address).toMatchObject({ zip: '10117' });
  });

  it('says nothing to the customer of what they cannot mend', async () => {
    const orderId = await shop.order();
    const { returnId } = await shop.filed(orderId, { mug: 1 }, { method: 'label' });
    const failed = await waitFor(async () => (await shop.look(returnId)).labels.find(({ state }) => state === 'failed'), 'a failed label');
    expect(failed).toMatchObject({ problem: 'rate_currency_differs', problemWords: null });
  });
});
