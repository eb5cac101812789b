/** Parcels nobody announced, so that they can be listed and found by what a scanner reads. */
import type { Change, Projection } from '../eventing/projection.js';
import { nullable, table, text, type RowOf } from '../eventing/sql/table.js';
import { put, type Write } from '../eventing/sql/write.js';
import { codeKey } from '../shared/scanned-code.js';
import { FOUND_PARCEL_EVENT_VERSIONS } from './rules/found-parcel.events.js';
import { foundParcelFold, statusOfFound, type FoldedParcel, type FoundParcel, type FoundParcelStatus } from './rules/found-parcel.state.js';

export const FOUND_PARCELS = 'found-parcels';

/** `details` is the folded parcel as JSON, `tracking_code` its tracking number as scanners read it. */
export const PARCELS = table({
  name: 'parcels',
  columns: {
    parcel_id: text(),
    parcel_code: text(),
    status: text<FoundParcelStatus>(),
    found_at: text(),
    station: text(),
    tracking_code: nullable(text()),
    return_id: nullable(text()),
    details: text(),
  },
  key: ['parcel_id'],
  indexes: {
    by_status: { on: ['status', 'found_at', 'parcel_id'] },
    by_tracking: { on: ['tracking_code'] },
    by_code: { on: ['parcel_code'] },
  },
});
export type FoundParcelRow = RowOf<typeof PARCELS>;

const rowOf = (parcelId: string, parcel: FoundParcel): FoundParcelRow => ({
  parcel_id: parcelId,
  parcel_code: codeKey(parcelId),
  status: statusOfFound(parcel),
  found_at: parcel.foundAt,
  station: parcel.station,
  tracking_code: parcel.trackingNumber === null ? null : codeKey(parcel.trackingNumber),
  return_id: parcel.match?.returnId ?? null,
  details: JSON.stringify(parcel),
});

function apply(changes: readonly Change<FoldedParcel>[]): readonly Write[] {
  const rows = changes.flatMap(({ after: { parcelId, parcel } }) => (parcel === null ? [] : [rowOf(parcelId, parcel)]));
  return [put(PARCELS, rows)];
}

export const foundParcelsProjection: Projection<FoldedParcel> = {
  name: FOUND_PARCELS,
  version: 4,
  tables: [PARCELS],
  handles: new Set(Object.keys(FOUND_PARCEL_EVENT_VERSIONS)),
  fold: foundParcelFold,
  apply,
};
