import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CarrierDeclined, CarrierUnavailable, type LabelRequest } from '../../src/carriers/carrier.port.js';
import { ouncesOf } from '../../src/carriers/easypost-mapping.js';
import { EasyPostCarrier, type EasyPostOptions } from '../../src/carriers/easypost.adapter.js';
import { EASYPOST_TEST_KEY, EasyPostDouble, type Trouble } from '../support/easypost-double.js';
import { carrierContract, someLabelRequest } from './carrier.contract.js';

const MERCHANT = {
  ...{ name: 'Jack Sparrow', email: null, phone: '5555555555' },
  address: { line1: '388 Townsend St', line2: 'Apt 20', city: 'San Francisco', region: 'CA', postalCode: '94107', country: 'US' },
};
const optionsAt = (apiBase: string): EasyPostOptions => ({
  ...{ apiKey: EASYPOST_TEST_KEY, apiBase, services: [], defaultWeightGrams: 1000, merchant: MERCHANT },
});

describe('On one account', () => {
  const double = new EasyPostDouble();
  let apiBase: string;
  beforeAll(async () => {
    apiBase = await double.open();
  });
  afterAll(() => double.close());
  carrierContract('easypost', async () => new EasyPostCarrier(optionsAt(apiBase)));
});

describe('A label through EasyPost', () => {
  let double: EasyPostDouble;
  let apiBase: string;
  const now = new Date().toISOString();
  const buy = (more: Partial<LabelRequest> = {}, options: Partial<EasyPostOptions> = {}) =>
    new EasyPostCarrier({ ...optionsAt(apiBase), ...options }).createLabel(
      someLabelRequest({ requestedAt: now, ...more }),
      new AbortController().signal,
    );

  beforeEach(async () => {
    double = new EasyPostDouble();
    apiBase = await double.open();
  });
  afterEach(() => double.close());

  it('is for a return from the customer to the merchant, weighs what the goods do, and costs the cheapest rate to the cent', async () => {
    const label = await buy();
    const [shipment] = double.bought;
    expect(label).toEqual({ trackingNumber: shipment?.tracking_code, code: null, costMinor: 593, documentRef: shipment?.id });
    expect(shipment).toMatchObject({
      is_return: true,
      from_address: { name: 'Elizabeth Swan', street1: '179 N Harbor Dr', city: 'Redondo Beach', state: 'CA', zip: '90277', country: 'US' },
      to_address: { name: 'Jack Sparrow', street1: '388 Townsend St', street2: 'Apt 20', zip: '94107' },
      parcel: { weight: 26.5 },
      options: { label_format: 'PNG', print_custom_1: 'SO-1001-R1' },
    });
  });

  it.each([
    [null, 35.3],
    [0, 35.3],
    [1, 0.1],
    [28, 1],
    [750, 26.5],
  ])('of goods that weigh %p grams is bought for %p ounces', async (weightGrams, weight) => {
    await buy({ weightGrams });
    expect(double.asked[0]?.parcel).toEqual({ weight });
  });

  it('is never bought for less than the parcel weighs', () => {
    for (let grams = 1; grams < 5000; grams += 1) expect(ouncesOf(grams) * 28.349523125).toBeGreaterThanOrEqual(grams);
  });

  it.each([
    [['USPS'], '5.93'],
    [['usps/priority', 'UPS'], '6.90'],
    [['USPS/Express'], '33.10'],
  ])('is bought from what is allowed: %j', async (services, price) => {
    await buy({}, { services });
    expect(double.bought[0]?.selected_rate?.rate).toBe(price);
  });

  it.each([
    ['JPY', '712', 712],
    ['KWD', '1.7305', 1731],
    ['EUR', '0.1', 10],
    ['EUR', '70.07', 7007],
  ])('in %s for %s costs %i', async (currency, price, costMinor) => {
    double.rates = [{ carrier: 'DHL', service: 'Parcel', rate: price, currency }];
    expect((await buy({ currency })).costMinor).toBe(costMinor);
  });

  describe('under the same key', () => {
    const troubles: readonly Trouble[] = ['reset_before', 'reset_after', 'garbage', { status: 500, code: 'INTERNAL_SERVER_ERROR' }];

    it.each(troubles)('is bought once, whatever becomes of making the shipment (%j)', async (trouble) => {
      double.goesWrong('create', trouble);
      await expect(buy()).rejects.toThrow(CarrierUnavailable);
      const label = await buy();
      expect(await buy()).toEqual(label);
      expect(double.bought).toHaveLength(1);
    });

    it.each([...troubles, { status: 422, code: 'SHIPMENT.POSTAGE.TIMED_OUT' }, { status: 429, code: 'RATE_LIMITED' }])(
      'is bought once, whatever becomes of buying it (%j)',
      async (trouble) => {
        double.goesWrong('buy', trouble);
        await expect(buy()).rejects.toThrow(CarrierUnavailable);
        const label = await buy();
        expect(await buy()).toEqual(label);
        expect(double.bought).toHaveLength(1);
        expect(double.shipments).toHaveLength(1);
      },
    );

    it('is the one that was bought, though a shipment of the same reference appeared later', async () => {
      const label = await buy();
      double.put({ ...double.asked[0]! });
      for (let serial = 0; serial < 150; serial += 1) double.put({ ...double.asked[0]!, reference: `other-${serial}` }, true);
      expect(await buy()).toEqual(label);
      expect(double.bought).toHaveLength(151);
    });

    it('is the one that was bought, where buying it is refused because of that', async () => {
      double.goesWrong('buy', 'refused_after');
      expect((await buy()).documentRef).toBe(double.bought[0]?.id);
    });

    it('asked for another time is another label: an installation that began anew gets no stranger’s', async () => {
      const label = await buy();
      expect(await buy({ requestedAt: '2026-01-01T00:00:00.000Z' })).not.toEqual(label);
    });

    it('may be any order’s: a key with signs that no path takes', async () => {
      const label = await buy({ key: 'Zażółć/?#-R1-L1' });
      expect(await buy({ key: 'Zażółć/?#-R1-L1' })).toEqual(label);
    });
  });

  const declinesWith = async (label: Promise<unknown>, code: string) => {
    const error = await label.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CarrierDeclined);
    expect((error as CarrierDeclined).code).toBe(code);
    expect((error as CarrierDeclined).message).not.toMatch(/Harbor|Swan/);
  };

  it('without an address is not asked for', async () => {
    await declinesWith(buy({ sender: null }), 'address_missing');
    const { address, ...person } = someLabelRequest().sender!;
    await declinesWith(buy({ sender: { ...person, address: { ...address!, postalCode: null } } }), 'address_postal_code');
    expect(double.asked).toEqual([]);
  });

  it.each([
    [
      'ADDRESS.VERIFY.FAILURE',
      [
        { field: 'address', message: 'Address not found' },
        { field: 'street1', message: 'House number is missing' },
      ],
      'address_line1',
    ],
    ['ADDRESS.VERIFY.FAILURE', [{ field: 'address', message: 'Address not found' }], 'address_unknown'],
    ['SHIPMENT.INVALID_PARAMS', [{ field: 'to_address.zip', message: '90277 Harbor is wrong' }], 'address_postal_code'],
    ['SHIPMENT.INVALID_PARAMS', [{ field: 'from_address.phone', message: 'is missing' }], 'merchant_address_refused'],
    ['SHIPMENT.INVALID_PARAMS', ['Swan is no name'], 'shipment_invalid_params'],
    ['PARAMETER.REQUIRED', [{ field: 'shipment', message: 'cannot be blank' }], 'parameter_required'],
  ])('that is refused with %s %j has failed for good', async (code, errors, told) => {
    double.goesWrong('create', { status: 422, code, errors });
    await declinesWith(buy(), told);
  });

  it('that the carrier will not sell has failed for good', async () => {
    double.goesWrong('buy', { status: 422, code: 'SHIPMENT.POSTAGE.FAILURE' });
    await declinesWith(buy(), 'shipment_postage_failure');
  });

  it('that nobody allowed sells, or nobody in the order’s currency, is not bought', async () => {
    await declinesWith(buy({}, { services: ['UPS'] }), 'no_allowed_rate');
    await declinesWith(buy({ currency: 'EUR', key: 'SO-1001-R1-L2' }), 'rate_currency_differs');
    double.rates = [];
    double.messages = [{ carrier: 'USPS', type: 'rate_error', message: 'from_address: 179 N Harbor Dr is not served' }];
    await declinesWith(buy({ key: 'SO-1001-R1-L3' }), 'no_rates');
    expect(double.bought).toEqual([]);
  });

  it('waits for an account that is short of money, or a key that is not known', async () => {
    double.goesWrong('buy', { status: 402, code: 'PAYMENT_REQUIRED' });
    await expect(buy()).rejects.toThrow(/top up/);
    await expect(buy({}, { apiKey: 'EZTKother' })).rejects.toThrow(/EASYPOST_API_KEY/);
    await expect(buy()).resolves.toMatchObject({ costMinor: 593 });
  });

  it('is taken back where EasyPost does', async () => {
    const { documentRef } = await buy();
    const taken = (ref = documentRef) =>
      new EasyPostCarrier(optionsAt(apiBase)).voidLabel({ documentRef: ref }, new AbortController().signal);
    expect(await taken()).toBe('submitted');
    double.refundStatus = 'not_applicable';
    expect(await taken()).toBe('not_applicable');
    double.refundStatus = 'rejected';
    await declinesWith(taken(), 'refund_rejected');
    await declinesWith(taken('shp_gone'), 'not_found');
    double.goesWrong('refund', 'reset_after');
    await expect(taken()).rejects.toThrow(CarrierUnavailable);
  });

  it('tells a wrong key when the service starts', async () => {
    const looked = (apiKey: string) => new EasyPostCarrier({ ...optionsAt(apiBase), apiKey }).whatIsWrong();
    expect(await looked(EASYPOST_TEST_KEY)).toBeUndefined();
    expect(await looked('EZTKother')).toMatch(/EASYPOST_API_KEY/);
    expect(new EasyPostCarrier({ ...optionsAt(apiBase), apiKey: 'EZAKlive' }).simulated).toBe(false);
    expect(new EasyPostCarrier(optionsAt(apiBase)).simulated).toBe(true);
  });
});
