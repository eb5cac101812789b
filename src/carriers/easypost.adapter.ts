/**
 * Labels bought through EasyPost: https://docs.easypost.com/docs/shipments, https://docs.easypost.com/docs/shipments/returns.
 *
 * EasyPost has no idempotency keys. What it promises is that a shipment is bought once, and that a shipment may be asked for by
 * the `reference` it was given instead of its id, though a reference may be given twice. So a purchase begins with asking for our
 * reference. Nothing there: nothing was bought under it. Something there: the label that was bought with the reference since it
 * was requested is looked for in the list of bought shipments, and only when there is none is the shipment bought that is there.
 * Not covered: a request to make a shipment that EasyPost carries out later than its answer was given up, while the purchase
 * of its twin is given up as well, and both come true afterwards.
 */
import { createHash } from 'node:crypto';
import type { Contact } from '../contacts/contacts.store.js';
import {
  CarrierDeclined,
  CarrierUnavailable,
  type BoughtLabel,
  type CarrierPort,
  type LabelDocument,
  type LabelFormat,
  type LabelRequest,
  type RenderedLabel,
  type VoidAnswer,
} from './carrier.port.js';
import { EasyPostApi, EasyPostRefused, type EasyPostAccess } from './easypost-api.js';
import {
  addressOf,
  cheapest,
  completeAddress,
  costOf,
  declineCodeOf,
  ouncesOf,
  shipmentIn,
  shipmentsIn,
  type Shipment,
} from './easypost-mapping.js';

export type EasyPostOptions = EasyPostAccess & {
  /** What may be bought, `USPS` or `USPS/GroundAdvantage`; none: anything. */
  readonly services: readonly string[];
  /** Of a parcel whose weight the shop does not know. */
  readonly defaultWeightGrams: number;
  /** Where parcels come back to. */
  readonly merchant: Contact;
};

const VOID_ANSWERS = ['submitted', 'refunded', 'not_applicable'] as const;
const NOT_FOUND = 404;
const PAGE = 100;
/** Between our clock and EasyPost's. */
const SKEW_MS = 3_600_000;
const CONTENT_TYPES = { pdf: 'application/pdf', png: 'image/png', zpl: 'application/zpl' } as const;

export class EasyPostCarrier implements CarrierPort {
  readonly id = 'easypost';
  readonly simulated: boolean;
  readonly #api: EasyPostApi;

  constructor(private readonly options: EasyPostOptions) {
    this.simulated = options.apiKey.startsWith('EZTK');
    this.#api = new EasyPostApi(options);
  }

  async createLabel(request: LabelRequest, signal: AbortSignal): Promise<BoughtLabel> {
    try {
      const shipment = (await this.#known(request, signal)) ?? (await this.#create(request, signal));
      return labelOf(shipment.selectedRate === null ? await this.#buy(shipment, request, signal) : shipment, request);
    } catch (error) {
      throw error instanceof EasyPostRefused ? new CarrierDeclined(declineCodeOf(error.refusal), error.message) : error;
    }
  }

  async render({ documentRef }: LabelDocument, format: LabelFormat): Promise<RenderedLabel> {
    try {
      const id = encodeURIComponent(documentRef);
      // A label is bought as PNG: from no other format can EasyPost make the others.
      const path = format === 'png' ? `/shipments/${id}` : `/shipments/${id}/label?file_format=${format.toUpperCase()}`;
      const url = shipment(await this.#api.get(path)).files[format];
      if (url === null) throw new CarrierDeclined('format_not_offered');
      return { bytes: await this.#api.file(url), contentType: CONTENT_TYPES[format] };
    } catch (error) {
      throw error instanceof EasyPostRefused ? new CarrierDeclined('format_not_offered', error.message) : error;
    }
  }

  /**
   * https://docs.easypost.com/docs/shipments/shipping-refund: `submitted` first, with most carriers, and days later EasyPost's last
   * word. A label refused right after it was made may be taken back a little later, so a no is asked for again.
   */
  async voidLabel({ documentRef }: Pick<LabelDocument, 'documentRef'>, signal: AbortSignal): Promise<VoidAnswer> {
    try {
      const { refundStatus } = shipment(await this.#api.post(`/shipments/${encodeURIComponent(documentRef)}/refund`, {}, signal));
      if (refundStatus === 'rejected') throw new CarrierDeclined('refund_rejected');
      return VOID_ANSWERS.find((each) => each === refundStatus) ?? 'submitted';
    } catch (error) {
      throw error instanceof EasyPostRefused ? new CarrierDeclined(declineCodeOf(error.refusal), error.message) : error;
    }
  }

  async whatIsWrong(): Promise<string | undefined> {
    try {
      await this.#api.get('/shipments?page_size=1');
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** What was begun under this key before; undefined: nothing. */
  async #known(request: LabelRequest, signal: AbortSignal): Promise<Shipment | undefined> {
    const reference = referenceOf(request);
    const found = await this.#found(reference, signal);
    if (found === undefined || found.selectedRate !== null) return found;
    const bought = await this.#boughtCalled(reference, request.requestedAt, signal);
    // Rates are for the day on which they were asked for.
    return bought ?? shipment(await this.#api.post(`/shipments/${found.id}/rerate`, {}, signal));
  }

  async #found(reference: string, signal: AbortSignal): Promise<Shipment | undefined> {
    try {
      return shipment(await this.#api.get(`/shipments/${reference}`, signal));
    } catch (error) {
      if (error instanceof EasyPostRefused && error.status === NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** Newest first. */
  async #boughtCalled(reference: string, requestedAt: string, signal: AbortSignal): Promise<Shipment | undefined> {
    const since = new Date(Date.parse(requestedAt) - SKEW_MS).toISOString();
    for (let before: string | undefined; ;) {
      const query = new URLSearchParams({ purchased: 'true', start_datetime: since, page_size: String(PAGE) });
      if (before !== undefined) query.set('before_id', before);
      const { shipments, hasMore } = shipmentsIn(await this.#api.get(`/shipments?${query.toString()}`, signal));
      const called = shipments.find((each) => each.reference === reference && each.selectedRate !== null);
      if (called !== undefined || !hasMore) return called;
      before = shipments.at(-1)?.id;
    }
  }

  async #create(request: LabelRequest, signal: AbortSignal): Promise<Shipment> {
    const { weightGrams, sender, reference } = request;
    const { merchant, defaultWeightGrams } = this.options;
    const weight = ouncesOf(weightGrams === null || weightGrams === 0 ? defaultWeightGrams : weightGrams);
    // `is_return`: the addresses are told as when the goods went out, and EasyPost exchanges them.
    const addresses = { to_address: completeAddress(sender), from_address: addressOf(merchant), is_return: true };
    const options = { label_format: 'PNG', print_custom_1: reference };
    const body = { shipment: { ...addresses, parcel: { weight }, reference: referenceOf(request), options } };
    return shipment(await this.#api.post('/shipments', body, signal));
  }

  async #buy({ id, rates }: Shipment, { currency }: LabelRequest, signal: AbortSignal): Promise<Shipment> {
    const rate = cheapest(rates, this.options.services, currency);
    try {
      return shipment(await this.#api.post(`/shipments/${id}/buy`, { rate: { id: rate.id } }, signal));
    } catch (error) {
      if (!(error instanceof EasyPostRefused)) throw error;
      // A no may be because it was bought before, and the answer was lost.
      const known = shipment(await this.#api.get(`/shipments/${id}`, signal));
      if (known.selectedRate === null) throw error;
      return known;
    }
  }
}

/** @throws CarrierUnavailable this is none */
function shipment(body: unknown): Shipment {
  const found = shipmentIn(body);
  if (found === undefined) throw new CarrierUnavailable('EasyPost sent something that is no shipment');
  return found;
}

/**
 * The key, and the moment of the request: another installation on the same account, or one that began anew, may have labels
 * with the same keys.
 */
function referenceOf({ key, requestedAt }: LabelRequest): string {
  const name = /^[\w.-]{1,60}$/.test(key) ? key : createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${name}-${Date.parse(requestedAt).toString(36)}`;
}

/** @throws CarrierUnavailable, CarrierDeclined rate_currency_differs */
function labelOf({ id, trackingCode, selectedRate }: Shipment, { kind, currency }: LabelRequest): BoughtLabel {
  if (trackingCode === null || selectedRate === null) throw new CarrierUnavailable(`EasyPost has not finished the label of ${id}`);
  const costMinor = costOf(selectedRate, currency);
  if (costMinor === undefined) throw new CarrierDeclined('rate_currency_differs');
  return { trackingNumber: trackingCode, code: kind === 'drop_off_code' ? trackingCode : null, costMinor, documentRef: id };
}
