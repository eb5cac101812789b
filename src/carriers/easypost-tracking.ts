/**
 * What EasyPost tells of parcels. Each event holds all that is known of the parcel, so events may come twice, late and in any order.
 * https://docs.easypost.com/docs/trackers, https://docs.easypost.com/docs/events, https://docs.easypost.com/guides/webhooks-guide. Pure.
 */
import { createHmac } from 'node:crypto';
import type { TrackingStatus } from '../returns/rules/decide/parcel.js';
import { isObject } from '../shared/objects.js';
import { sameBytes } from '../shared/same-bytes.js';
import { objectsIn, textIn } from './easypost-mapping.js';

export type TrackedParcel = {
  readonly trackingCode: string;
  /** The shipment whose label it is; null for trackers that were made by hand. Carriers use their tracking numbers again. */
  readonly shipmentId: string | null;
  readonly news: readonly ParcelNews[];
};
export type ParcelNews = {
  readonly status: TrackingStatus;
  /** ISO 8601 UTC. */
  readonly at: string;
  /** A town. */
  readonly place: string | null;
  /** What is wrong, with `exception`. */
  readonly code: string | null;
  readonly expectedAt: string | null;
};

/**
 * `X-Hmac-Signature: hmac-sha256-hex=…` over the body as it was sent.
 * @param secret as it was given to EasyPost with the webhook
 */
export function isSigned(body: Buffer, signature: string, secret: string): boolean {
  const expected = Buffer.from(`hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')}`);
  return sameBytes(Buffer.from(signature), expected);
}

/** What an event tells of a parcel; null: it is about something else. */
export function parcelIn(event: unknown): TrackedParcel | null {
  const tracker = isObject(event) && isObject(event['result']) ? event['result'] : {};
  const trackingCode = textIn(tracker, 'tracking_code');
  if (tracker['object'] !== 'Tracker' || trackingCode === null) return null;
  const news = newsOf(objectsIn(tracker['tracking_details']), instantIn(tracker, 'est_delivery_date'));
  return { trackingCode, shipmentId: textIn(tracker, 'shipment_id'), news };
}

type Detail = Readonly<Record<string, unknown>>;

/** As they happened. @param expectedAt the day of delivery, as it is thought of now */
function newsOf(details: readonly Detail[], expectedAt: string | null): readonly ParcelNews[] {
  const timed = details
    .flatMap((detail) => {
      const at = instantIn(detail, 'datetime');
      return at === null ? [] : [{ detail, at }];
    })
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const backAt = timed.find(({ detail }) => detail['status'] === 'return_to_sender')?.at;
  return timed.flatMap(({ detail, at }, index) => {
    // What goes back to the customer is delivered to them, and not to the warehouse.
    const goesBack = backAt !== undefined && at >= backAt && detail['status'] === 'delivered';
    const seen = goesBack ? exception('returned_to_sender') : seenIn(detail);
    if (seen === undefined) return [];
    const isLate = seen.status === 'delayed' && index === timed.length - 1 && expectedAt !== null && expectedAt > at;
    return [{ ...seen, at, place: placeOf(detail['tracking_location']), expectedAt: isLate ? expectedAt : null }];
  });
}

type Seen = Pick<ParcelNews, 'status' | 'code'>;
const exception = (code: string): Seen => ({ status: 'exception', code });
const plainly = (status: TrackingStatus): Seen => ({ status, code: null });

const LATE: readonly unknown[] = ['delayed', 'weather_delay', 'missorted'];
const WRONG = ['address_correction', 'damaged', 'delivery_exception', 'expired', 'held', 'refused', 'transit_exception'] as const;

/** Undefined: the carrier does not have the parcel yet, or says nothing of it. */
function seenIn({ status, status_detail: detail }: Detail): Seen | undefined {
  if (status === 'delivered') return plainly('delivered');
  if (detail === 'lost') return plainly('lost');
  if (status === 'return_to_sender') return exception(status);
  const wrong = WRONG.find((each) => each === detail);
  if (wrong !== undefined) return exception(wrong);
  if (status === 'failure') return exception('delivery_failed');
  if (status !== 'in_transit' && status !== 'out_for_delivery' && status !== 'available_for_pickup') return undefined;
  return plainly(LATE.includes(detail) ? 'delayed' : 'scanned');
}

function instantIn(object: Detail, name: string): string | null {
  const time = Date.parse(textIn(object, name) ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function placeOf(location: unknown): string | null {
  const [city, state, country] = ['city', 'state', 'country'].map((name) => (isObject(location) ? textIn(location, name) : null));
  return [city, state ?? country].filter((part) => part !== null && part !== undefined).join(', ') || null;
}
