/** Listing parcels nobody announced, and finding one by what a scanner read. */
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import { ReadModels } from '../eventing/read-models.js';
import { pageBy, placed, type Keyset, type PageAfter } from '../eventing/sql/keyset.js';
import { readingsOf } from '../shared/scanned-code.js';
import { FOUND_PARCELS, type FoundParcelRow } from './found-parcels.projection.js';
import type { FoundParcelStatus } from './rules/found-parcel.state.js';

export type FoundParcelFilter = { readonly states: readonly FoundParcelStatus[]; readonly station?: string };
/** Found longest ago first. */
export const FOUND_PARCELS_ORDER = [
  ['found_at', 'string'],
  ['parcel_id', 'string'],
] as const satisfies Keyset;

@Injectable()
export class FoundParcelsQueries {
  constructor(private readonly readModels: ReadModels) {}

  /** A page of them. */
  async list(filter: FoundParcelFilter, page: PageAfter, minPosition: Position | undefined) {
    return this.readModels.read(FOUND_PARCELS, minPosition, async (db, tables) => {
      const conditions = [
        sql`status in (${sql.join(filter.states)})`,
        ...(filter.station === undefined ? [] : [sql`station = ${filter.station}`]),
      ];
      const { rows } = await sql<FoundParcelRow>`
        select * from ${sql.table(tables('parcels'))} where ${sql.join(conditions, sql` and `)} and ${pageBy(FOUND_PARCELS_ORDER, page)}`.execute(
        db,
      );
      return rows.map((row) => placed(FOUND_PARCELS_ORDER, row, row));
    });
  }

  /** Parcels with this id or tracking number, newest first, at most ten. */
  async find(scanned: string, minPosition: Position | undefined): Promise<readonly FoundParcelRow[]> {
    const readings = readingsOf(scanned);
    if (readings.length === 0) return [];
    const { result } = await this.readModels.read(FOUND_PARCELS, minPosition, async (db, tables) => {
      const { rows } = await sql<FoundParcelRow>`
        select * from ${sql.table(tables('parcels'))} where parcel_code in (${sql.join(readings)}) or tracking_code in (${sql.join(readings)}) order by found_at desc, parcel_id limit 10`.execute(
        db,
      );
      return rows;
    });
    return result;
  }
}
