/** Parcels nobody announced, so that they can be listed and found by what a scanner reads. */
import type { CompiledQuery } from 'kysely';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { upsertRows } from '../eventing/sql/statement.js';
import { codeKey } from '../shared/scanned-code.js';
import { FOUND_PARCEL_EVENT_VERSIONS } from './rules/found-parcel.events.js';
import { foundParcelFold, statusOfFound, type FoldedParcel, type FoundParcel, type FoundParcelStatus } from './rules/found-parcel.state.js';

export const FOUND_PARCELS = 'found-parcels';

/** A row of the table `parcels`; `details` is the folded parcel as JSON, `code` its tracking number as scanners read it. */
export type FoundParcelRow = {
  readonly parcel_id: string;
  readonly parcel_code: string;
  readonly status: FoundParcelStatus;
  readonly found_at: string;
  readonly station: string;
  readonly tracking_code: string | null;
  readonly return_id: string | null;
  readonly details: string;
};

const COLUMNS = [
  'parcel_id',
  'parcel_code',
  'status',
  'found_at',
  'station',
  'tracking_code',
  'return_id',
  'details',
] as const satisfies readonly (keyof FoundParcelRow)[];

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

function apply(changes: readonly Change<FoldedParcel>[], tables: TableNames): readonly CompiledQuery[] {
  const rows = changes.flatMap(({ after: { parcelId, parcel } }) => (parcel === null ? [] : [rowOf(parcelId, parcel)]));
  return upsertRows(tables('parcels'), COLUMNS, ['parcel_id'], rows);
}

export const foundParcelsProjection: Projection<FoldedParcel> = {
  name: FOUND_PARCELS,
  version: 4,
  tables: [
    {
      name: 'parcels',
      create: [
        `create table {{parcels}} (parcel_id text primary key, parcel_code text not null, status text not null, found_at text not null,
          station text not null, tracking_code text, return_id text, details text not null)`,
        'create index {{parcels}}_by_status on {{parcels}} (status, found_at, parcel_id)',
        'create index {{parcels}}_by_tracking on {{parcels}} (tracking_code)',
        'create index {{parcels}}_by_code on {{parcels}} (parcel_code)',
      ],
    },
  ],
  handles: new Set(Object.keys(FOUND_PARCEL_EVENT_VERSIONS)),
  fold: foundParcelFold,
  apply,
};
