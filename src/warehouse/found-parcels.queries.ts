/** Listing parcels nobody announced, and finding one by what a scanner read. */
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import { readPage, type Keyset, type PageAfter } from '../eventing/sql/keyset.js';
import { rowsOf } from '../eventing/sql/table.js';
import { Views } from '../eventing/views.js';
import { readingsOf } from '../shared/scanned-code.js';
import { FOUND_PARCELS, PARCELS, type FoundParcelRow } from './found-parcels.projection.js';
import type { FoundParcelStatus } from './rules/found-parcel.state.js';

export type FoundParcelFilter = { readonly states: readonly FoundParcelStatus[]; readonly station?: string };
/** Found longest ago first. */
export const FOUND_PARCELS_ORDER = [
  ['found_at', 'string'],
  ['parcel_id', 'string'],
] as const satisfies Keyset;

@Injectable()
export class FoundParcelsQueries {
  constructor(private readonly views: Views) {}

  /** A page of them. */
  async list(filter: FoundParcelFilter, page: PageAfter, minPosition: Position | undefined) {
    const where = [
      sql`status in (${sql.join(filter.states)})`,
      ...(filter.station === undefined ? [] : [sql`station = ${filter.station}`]),
    ];
    return this.views.read(FOUND_PARCELS, minPosition, (db, tables) =>
      readPage(db, tables, { table: PARCELS, where, keyset: FOUND_PARCELS_ORDER }, page),
    );
  }

  /** Parcels with this id or tracking number, newest first, at most ten. */
  async find(scanned: string, minPosition: Position | undefined): Promise<readonly FoundParcelRow[]> {
    const readings = readingsOf(scanned);
    if (readings.length === 0) return [];
    const { result } = await this.views.read(FOUND_PARCELS, minPosition, (db, tables) =>
      db
        .selectFrom(rowsOf(PARCELS, tables))
        .selectAll()
        .where((where) => where.or([where('parcel_code', 'in', readings), where('tracking_code', 'in', readings)]))
        .orderBy('found_at', 'desc')
        .orderBy('parcel_id')
        .limit(10)
        .execute(),
    );
    return result;
  }
}
