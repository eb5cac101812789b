/** Listing parcels nobody announced, and finding one by what a scanner read. */
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import { ReadModels } from '../eventing/read-models.js';
import { readingsOf } from '../shared/scanned-code.js';
import { FOUND_PARCELS, type FoundParcelRow } from './found-parcels.projection.js';
import type { FoundParcelStatus } from './rules/found-parcel.state.js';

export type FoundParcelFilter = { readonly states: readonly FoundParcelStatus[]; readonly station?: string };
/** Of the last row shown; rows come oldest first. */
export type FoundParcelCursor = { readonly foundAt: string; readonly parcelId: string };

@Injectable()
export class FoundParcelsQueries {
  constructor(private readonly readModels: ReadModels) {}

  /** Up to `limit` rows after the cursor, found longest ago first. */
  async list(filter: FoundParcelFilter, limit: number, after: FoundParcelCursor | undefined, minPosition: Position | undefined) {
    return this.readModels.read(FOUND_PARCELS, minPosition, async (db, tables) => {
      const conditions = [
        sql`status in (${sql.join(filter.states)})`,
        ...(filter.station === undefined ? [] : [sql`station = ${filter.station}`]),
        ...(after === undefined
          ? []
          : [sql`(found_at > ${after.foundAt} or (found_at = ${after.foundAt} and parcel_id > ${after.parcelId}))`]),
      ];
      const { rows } = await sql<FoundParcelRow>`
        select * from ${sql.table(tables('parcels'))} where ${sql.join(conditions, sql` and `)} order by found_at, parcel_id limit ${limit}`.execute(
        db,
      );
      return rows;
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
