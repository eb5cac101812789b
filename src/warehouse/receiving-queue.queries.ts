/** Reading the receiving queue and finding returns by what a scanner read. */
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import { readPage, type Keyset, type PageAfter } from '../eventing/sql/keyset.js';
import { rowsOf } from '../eventing/sql/table.js';
import { Views } from '../eventing/views.js';
import { codeKey } from '../shared/scanned-code.js';
import { RECEIVING_QUEUE } from './receiving-queue.projection.js';
import { QUEUE, STAGE_COUNTS, type CodeRow, type QueueStage, type ScannedKind } from './receiving-queue.rows.js';
import { QueueQuery } from './warehouse.dto.js';

type QueueFilter = Omit<QueueQuery, 'limit' | 'cursor'>;
/** Longest waiting first. */
export const QUEUE_ORDER = [
  ['since', 'string'],
  ['return_id', 'string'],
] as const satisfies Keyset;
export type StageCount = { readonly stage: QueueStage; readonly count: number };
/** A return that a code leads to; `code` as it is stored. */
export type CodeMatch = { readonly returnId: string; readonly kind: ScannedKind; readonly code: string };

@Injectable()
export class ReceivingQueueQueries {
  constructor(private readonly views: Views) {}

  /**
   * A page of the queue.
   * @throws ViewBehindError the view does not reach `minPosition` in time
   */
  async list(filter: QueueFilter, page: PageAfter, minPosition: Position | undefined) {
    return this.views.read(RECEIVING_QUEUE, minPosition, (db, tables) => {
      const where = [
        ...(filter.state === undefined ? [] : [sql`stage = ${filter.state}`]),
        ...(filter.station === undefined ? [] : [sql`station = ${filter.station}`]),
        ...(filter.problems === true ? [sql`(mismatches > 0 or surplus > 0 or blocked_restocks > 0)`] : []),
        ...(filter.sku === undefined
          ? []
          : [sql`return_id in (select return_id from ${sql.table(tables('codes'))} where kind = 'sku' and code = ${codeKey(filter.sku)})`]),
      ];
      return readPage(db, tables, { table: QUEUE, where, keyset: QUEUE_ORDER }, page);
    });
  }

  /** How many returns there are per stage, stages without any left out. */
  async counts(): Promise<readonly StageCount[]> {
    const { result } = await this.views.read(RECEIVING_QUEUE, undefined, (db, tables) =>
      db.selectFrom(rowsOf(STAGE_COUNTS, tables)).select(['stage', 'returns as count']).orderBy('stage').execute(),
    );
    return result;
  }

  /** Returns that one of the codes leads to as one of these kinds, those already on the dock first; at most `limit` matches. */
  async find(
    codes: readonly string[],
    kinds: readonly ScannedKind[],
    limit: number,
    minPosition?: Position,
  ): Promise<readonly CodeMatch[]> {
    const keys = [...new Set(codes.map(codeKey))].filter((key) => key !== '');
    if (keys.length === 0) return [];
    const { result } = await this.views.read(RECEIVING_QUEUE, minPosition, async (db, tables) => {
      const { rows } = await sql<Pick<CodeRow, 'return_id' | 'code'> & { readonly kind: ScannedKind }>`
        select codes.return_id as return_id, codes.kind as kind, codes.code as code
        from ${sql.table(tables('codes'))} as codes left join ${sql.table(tables('rows'))} as queue on queue.return_id = codes.return_id
        where codes.code in (${sql.join(keys)}) and codes.kind in (${sql.join(kinds)})
        order by case when queue.stage in ('delivered', 'opened', 'receiving') then 0 when queue.stage = 'in_transit' then 1 when queue.stage is null then 3 else 2 end,
          queue.since, codes.return_id limit ${limit}`.execute(db);
      return rows.map(({ return_id, kind, code }) => ({ returnId: return_id, kind, code }));
    });
    return result;
  }
}
