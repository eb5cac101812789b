/** Which scans of matched parcels the returns have not answered yet. Pure. */
import type { ToDo, ToDos } from '../eventing/process.js';
import { FOUND_PARCEL_EVENT_VERSIONS, receiptScanId } from './rules/found-parcel.events.js';
import { foundParcelFold, type FoldedParcel, type FoundScan } from './rules/found-parcel.state.js';

export type Handover = {
  readonly parcelId: string;
  readonly returnId: string;
  readonly trackingNumber: string | null;
  readonly match: number;
  readonly scan: FoundScan;
};

/** What is owed: every scan of a matched parcel that the return has not answered. */
function pending({ parcelId, parcel }: FoldedParcel): readonly ToDo<Handover>[] {
  if (parcel === null || parcel.match === null) return [];
  const { match, matches, trackingNumber } = parcel;
  return parcel.scans
    .filter((scan) => scan.handover === 'waiting')
    .map((scan) => ({
      key: `${receiptScanId(parcelId, scan.scanId)}#${matches}`,
      lane: parcelId,
      dueAt: match.at,
      payload: { parcelId, returnId: match.returnId, trackingNumber, match: matches, scan },
    }));
}

export const handoversOwed: ToDos<FoldedParcel, Handover> = {
  name: 'found-parcels',
  version: 1,
  handles: new Set(Object.keys(FOUND_PARCEL_EVENT_VERSIONS)),
  fold: foundParcelFold,
  pending,
};
