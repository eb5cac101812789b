/** What is known about a parcel nobody announced after folding its events. Plain immutable data. */
import type { RecordedEvent } from '../../eventing/event-store.js';
import { FOUND_PARCEL_EVENT_VERSIONS, parcelIdOfStream, type FoundParcelEvent } from './found-parcel.events.js';

export type FoundItem = { readonly barcode: string | null; readonly quantity: number; readonly noteRef: string | null };
/** One scan of the parcel's contents. */
export type FoundScan = {
  readonly scanId: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly station: string;
  readonly clerk: string;
  readonly items: readonly FoundItem[];
  readonly handover: 'waiting' | 'handed_over' | 'refused';
  /** Problem code of a refusal. */
  readonly refusal: string | null;
};
type ParcelMatch = { readonly returnId: string; readonly at: string; readonly clerk: string };
export type FoundParcel = {
  readonly foundAt: string;
  readonly trackingNumber: string | null;
  readonly station: string;
  readonly clerk: string;
  readonly noteRef: string | null;
  readonly scans: readonly FoundScan[];
  readonly match: ParcelMatch | null;
  /** How often it was matched; tells the handovers of one match from those of the next. */
  readonly matches: number;
};
/** Null until it is found. */
export type FoundParcelState = FoundParcel | null;

/**
 * `unmatched`: nobody knows where it belongs · `matched`: nothing scanned yet, or being handed over · `handed_over`:
 * everything scanned is with the return · `refused`: the return did not take something, another match is needed.
 */
export type FoundParcelStatus = 'unmatched' | 'matched' | 'handed_over' | 'refused';
export const FOUND_PARCEL_STATUSES: readonly FoundParcelStatus[] = ['unmatched', 'matched', 'handed_over', 'refused'];

/** The status shown to people, derived, never stored in an event. */
export function statusOfFound(parcel: FoundParcel): FoundParcelStatus {
  if (parcel.match === null) return 'unmatched';
  // While an answer is on its way nothing may be matched anew, or one item could end up on two returns.
  if (parcel.scans.length === 0 || parcel.scans.some((scan) => scan.handover === 'waiting')) return 'matched';
  return parcel.scans.some((scan) => scan.handover === 'refused') ? 'refused' : 'handed_over';
}

/** Total: never throws, ignores what it does not know. */
export function evolveFoundParcel(state: FoundParcelState, event: FoundParcelEvent): FoundParcelState {
  if (event.type === 'ParcelFound') {
    const { at, trackingNumber, station, clerk, noteRef } = event.data;
    return { foundAt: at, trackingNumber, station, clerk, noteRef, scans: [], match: null, matches: 0 };
  }
  if (state === null) return state;
  switch (event.type) {
    case 'FoundItemRecorded':
      return { ...state, scans: withItem(state.scans, event.data) };
    case 'ParcelMatched': {
      const { returnId, at, clerk } = event.data;
      const scans = state.scans.map((scan): FoundScan =>
        scan.handover === 'refused' ? { ...scan, handover: 'waiting', refusal: null } : scan,
      );
      return { ...state, scans, match: { returnId, at, clerk }, matches: state.matches + 1 };
    }
    case 'ParcelUnmatched':
      return { ...state, match: null };
    case 'FoundItemsHandedOver':
      return { ...state, scans: settled(state.scans, event.data.scanId, { handover: 'handed_over', refusal: null }) };
    case 'FoundItemsRefused':
      return { ...state, scans: settled(state.scans, event.data.scanId, { handover: 'refused', refusal: event.data.code }) };
    default:
      return state;
  }
}

type Recorded = Extract<FoundParcelEvent, { type: 'FoundItemRecorded' }>['data'];

function withItem(scans: readonly FoundScan[], { scanId, at, station, clerk, barcode, quantity, noteRef }: Recorded): readonly FoundScan[] {
  const item = { barcode, quantity, noteRef };
  if (!scans.some((scan) => scan.scanId === scanId)) {
    return [...scans, { scanId, at, station, clerk, items: [item], handover: 'waiting', refusal: null }];
  }
  return scans.map((scan) => (scan.scanId === scanId ? { ...scan, items: [...scan.items, item] } : scan));
}

const settled = (scans: readonly FoundScan[], scanId: string, outcome: Pick<FoundScan, 'handover' | 'refusal'>): readonly FoundScan[] =>
  scans.map((scan) => (scan.scanId === scanId ? { ...scan, ...outcome } : scan));

/** A parcel as views and processes see it; `parcel` is null for a stream that is no parcel's. */
export type FoldedParcel = { readonly parcelId: string; readonly parcel: FoundParcelState };

/** How views and processes fold a parcel. */
export const foundParcelFold = {
  types: new Set<string>(Object.keys(FOUND_PARCEL_EVENT_VERSIONS)),
  evolve: (folded: FoldedParcel | undefined, { streamId, type, data }: RecordedEvent): FoldedParcel => ({
    parcelId: parcelIdOfStream(streamId) ?? '',
    // What the log holds under a type of the parcel stream has that type's shape; readers get it in today's version.
    parcel: evolveFoundParcel(folded?.parcel ?? null, { type, data } as FoundParcelEvent),
  }),
};
