/**
 * What happens to a parcel nobody announced, kept on the stream `parcel-{parcelId}`.
 *
 * A clerk finds it on the dock (ParcelFound) and scans what is inside (FoundItemRecorded). Nothing else moves: no stock,
 * no money. Once somebody knows where it belongs (ParcelMatched), every scan is handed over to that return as a receipt
 * with its own time, station and clerk (FoundItemsHandedOver), or the return refuses it (FoundItemsRefused) and the
 * parcel waits for another match.
 *
 * Stored shapes are for ever: a new optional field gets its default in an upcaster, a changed shape a new version and an
 * upcaster. `at` is when it happened in the world, ISO 8601 UTC.
 */
import type { Upcasters } from '../../eventing/upcasting.js';

type Event<Type extends string, Data> = { readonly type: Type; readonly data: { readonly at: string } & Data };
type ByClerk<Type extends string, Data> = Event<Type, { readonly station: string; readonly clerk: string } & Data>;

export type ParcelFound = ByClerk<'ParcelFound', { readonly trackingNumber: string | null; readonly noteRef: string | null }>;
/** One article of one scan. Without a barcode nobody could read one; the note says what it is. */
export type FoundItemRecorded = ByClerk<
  'FoundItemRecorded',
  { readonly scanId: string; readonly barcode: string | null; readonly quantity: number; readonly noteRef: string | null }
>;
/** The intent: what was found belongs to this return. */
export type ParcelMatched = ByClerk<'ParcelMatched', { readonly returnId: string }>;
/** Taken back, before anything of it was received on `returnId`. */
export type ParcelUnmatched = ByClerk<'ParcelUnmatched', { readonly returnId: string }>;
/** What one scan found has become a receipt of the return. */
export type FoundItemsHandedOver = Event<'FoundItemsHandedOver', { readonly scanId: string; readonly returnId: string }>;
/** The return's rules do not take it; `code` is the problem code. */
export type FoundItemsRefused = Event<'FoundItemsRefused', { readonly scanId: string; readonly returnId: string; readonly code: string }>;
export type FoundParcelEvent = ParcelFound | FoundItemRecorded | ParcelMatched | ParcelUnmatched | FoundItemsHandedOver | FoundItemsRefused;

/** Every event type and the current version of its stored shape. */
export const FOUND_PARCEL_EVENT_VERSIONS: Readonly<Record<FoundParcelEvent['type'], number>> = {
  ParcelFound: 1,
  FoundItemRecorded: 1,
  ParcelMatched: 1,
  ParcelUnmatched: 1,
  FoundItemsHandedOver: 1,
  FoundItemsRefused: 1,
};
export const FOUND_PARCEL_UPCASTERS: Upcasters = {};

const STREAM_PREFIX = 'parcel-';

/** The stream of an unannounced parcel. */
export const parcelStream = (parcelId: string): string => `${STREAM_PREFIX}${parcelId}`;
/** The parcel a stream belongs to; undefined for other streams. */
export const parcelIdOfStream = (streamId: string): string | undefined =>
  streamId.startsWith(STREAM_PREFIX) ? streamId.slice(STREAM_PREFIX.length) : undefined;
/** Under which scan id a scan of the parcel becomes a receipt of the return: always the same, so it counts once. */
export const receiptScanId = (parcelId: string, scanId: string): string => `${STREAM_PREFIX}${parcelId}:${scanId}`;

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A parcel id short enough to be written on the parcel: `P-` and ten characters of Crockford's base 32 (no I, L, O, U).
 * @param commandId UUID of the command that records it, so that the same request again means the same parcel
 */
export function newParcelId(commandId: string): string {
  const digits = Number.parseInt(commandId.replaceAll('-', '').slice(0, 12), 16).toString(32).padStart(10, '0');
  return `P-${[...digits].map((digit) => CROCKFORD[Number.parseInt(digit, 32)]).join('')}`;
}
