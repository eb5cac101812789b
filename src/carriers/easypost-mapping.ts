/** What we say in EasyPost's terms, and what EasyPost says in ours. Pure. */
import type { Contact } from '../contacts/contacts.store.js';
import { digitsOf, minorFromDecimal } from '../returns/rules/money/decimals.js';
import { isObject } from '../shared/objects.js';
import { CarrierDeclined, type LabelFormat } from './carrier.port.js';

/** `rate`: a decimal, `5.93`. */
export type Rate = {
  readonly id: string;
  readonly carrier: string;
  readonly service: string;
  readonly rate: string;
  readonly currency: string;
};
/** As much of a shipment as is used here: https://docs.easypost.com/docs/shipments. */
export type Shipment = {
  readonly id: string;
  readonly reference: string | null;
  readonly trackingCode: string | null;
  readonly rates: readonly Rate[];
  /** The rate it was bought at; null: no label was bought yet. */
  readonly selectedRate: Rate | null;
  readonly refundStatus: string | null;
  readonly files: Readonly<Record<LabelFormat, string | null>>;
};

export const textIn = (object: Readonly<Record<string, unknown>>, name: string): string | null => {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : null;
};
export const objectsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

function rateOf(value: Readonly<Record<string, unknown>>): readonly Rate[] {
  const [id, carrier, service, rate, currency] = ['id', 'carrier', 'service', 'rate', 'currency'].map((name) => textIn(value, name));
  return id && carrier && service && rate && currency ? [{ id, carrier, service, rate, currency: currency.toUpperCase() }] : [];
}

/** Undefined: this is no shipment. */
export function shipmentIn(body: unknown): Shipment | undefined {
  const id = isObject(body) ? textIn(body, 'id') : null;
  if (!isObject(body) || id === null) return undefined;
  const label = isObject(body['postage_label']) ? body['postage_label'] : {};
  const selected = isObject(body['selected_rate']) ? rateOf(body['selected_rate']) : [];
  return {
    id,
    reference: textIn(body, 'reference'),
    trackingCode: textIn(body, 'tracking_code'),
    rates: objectsIn(body['rates']).flatMap(rateOf),
    selectedRate: selected[0] ?? null,
    refundStatus: textIn(body, 'refund_status'),
    files: { png: textIn(label, 'label_url'), pdf: textIn(label, 'label_pdf_url'), zpl: textIn(label, 'label_zpl_url') },
  };
}

/** A page of a list: https://docs.easypost.com/docs/pagination. */
export function shipmentsIn(body: unknown): { readonly shipments: readonly Shipment[]; readonly hasMore: boolean } {
  const { shipments, has_more: hasMore } = isObject(body) ? body : {};
  return { shipments: objectsIn(shipments).flatMap((each) => shipmentIn(each) ?? []), hasMore: hasMore === true };
}

/**
 * The cheapest rate that is allowed. What costs are counted in is the order's currency; a rate in another one is never bought,
 * since the cost could not be written down.
 * @param services `USPS` or `USPS/GroundAdvantage`; none: any
 * @throws CarrierDeclined no_rates, no_allowed_rate, rate_currency_differs
 */
export function cheapest(rates: readonly Rate[], services: readonly string[], currency: string): Rate {
  if (rates.length === 0) throw new CarrierDeclined('no_rates');
  const allowed = rates.filter(({ carrier, service }) => isAllowed(`${carrier}/${service}`.toLowerCase(), services));
  if (allowed.length === 0) throw new CarrierDeclined('no_allowed_rate');
  const priced = allowed.flatMap((rate) => {
    const minor = costOf(rate, currency);
    return minor === undefined ? [] : [{ rate, minor }];
  });
  const [first, ...others] = priced;
  if (first === undefined) throw new CarrierDeclined('rate_currency_differs');
  return others.reduce((best, each) => (each.minor < best.minor ? each : best), first).rate;
}

const isAllowed = (service: string, services: readonly string[]): boolean =>
  services.length === 0 || services.some((each) => service === each.toLowerCase() || service.startsWith(`${each.toLowerCase()}/`));

/** Minor units of `currency`; undefined for a rate in another one. */
export function costOf(rate: Rate, currency: string): number | undefined {
  const digits = digitsOf(currency);
  return digits === undefined || rate.currency !== currency ? undefined : minorFromDecimal(rate.rate, digits);
}

const GRAMS_PER_OUNCE = 28.349523125;
const TENTHS = 10;

/** Ounces with one decimal, as EasyPost wants them; rounded up, since a parcel that weighs more than was paid for is charged anew. */
export const ouncesOf = (grams: number): number => Math.max(1, Math.ceil((grams * TENTHS) / GRAMS_PER_OUNCE)) / TENTHS;

/** Without what is not known: https://docs.easypost.com/docs/addresses. */
export function addressOf({ name, email, phone, address }: Contact): Readonly<Record<string, string>> {
  const { line1, line2, city, region, postalCode, country } = address ?? {};
  const parts = { name, email, phone, street1: line1, street2: line2, city, state: region, zip: postalCode, country };
  return Object.fromEntries(Object.entries(parts).flatMap(([part, text]) => (text === null || text === undefined ? [] : [[part, text]])));
}

/** What no carrier sells a label without, in the order in which people write it. */
const NEEDED = ['street1', 'city', 'zip', 'country'] as const;

/** The lines of an address, as EasyPost calls them, by the codes in which a refusal is told to the customer. */
const LINES: Readonly<Record<string, string>> = {
  ...{ name: 'name', street1: 'line1', street2: 'line2', city: 'city', state: 'region', zip: 'postal_code' },
  ...{ country: 'country', phone: 'phone', address: 'unknown' },
};

/** @throws CarrierDeclined address_… the line that is missing */
export function completeAddress(contact: Contact | null): Readonly<Record<string, string>> {
  if (contact === null || contact.address === null) throw new CarrierDeclined('address_missing');
  const address = addressOf(contact);
  const missing = NEEDED.find((part) => address[part] === undefined);
  if (missing !== undefined) throw new CarrierDeclined(`address_${LINES[missing]}`);
  return address;
}

/** https://docs.easypost.com/docs/errors: `field` of each of `errors`, which may be plain texts too. */
export type Refusal = { readonly code: string; readonly fields: readonly string[] };

export function refusalIn(body: unknown): Refusal {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  return { code: textIn(error, 'code') ?? 'UNKNOWN', fields: objectsIn(error['errors']).flatMap((each) => textIn(each, 'field') ?? []) };
}

/**
 * The code of a refusal as it is stored: the line of the address that is wrong, else EasyPost's own code in snake_case. The texts
 * EasyPost sends along repeat the address and are not stored.
 */
export function declineCodeOf({ code, fields }: Refusal): string {
  // A return's customer is `to_address`, as they were when the goods went out.
  if (fields.some((field) => field.startsWith('from_address'))) return 'merchant_address_refused';
  const isOfAddress = code.startsWith('ADDRESS.') || fields.some((field) => field.startsWith('to_address'));
  const lines = fields.flatMap((field) => LINES[field.replace(/^.*\./, '')] ?? []);
  if (isOfAddress) return `address_${lines.find((line) => line !== 'unknown') ?? 'unknown'}`;
  return code
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 60);
}
