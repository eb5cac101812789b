/** Lists, search and counts on the returns board. */
import { Inject, Injectable } from '@nestjs/common';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import type { TableNames } from '../eventing/projection.js';
import { ReadModels } from '../eventing/read-models.js';
import type { CsvRow } from '../http/csv.js';
import { decodeCursor, pageOf, type CursorKey } from '../http/paging.js';
import type { Clock } from '../shared/clock.js';
import { codeKey } from '../shared/scanned-code.js';
import { CLOCK } from '../shared/tokens.js';
import type { BoardAnswer, BoardQuery, BoardRowAnswer } from './returns-board.dto.js';
import { RETURNS_BOARD } from './returns-board.projection.js';

/** PostgreSQL answers `bigint` and `count` as text, SQLite as numbers. */
type Count = number | string;
type BoardRow = {
  readonly return_id: string;
  readonly order_id: string;
  readonly order_number: string;
  readonly contact_ref: string;
  readonly status: string;
  readonly requested_at: string;
  readonly updated_at: string;
  readonly outcome: string;
  readonly method: string;
  readonly reasons: string;
  readonly skus: string;
  readonly item_names: string;
  readonly units: Count;
  readonly awaiting: Count;
  readonly received: Count;
  readonly currency: string;
  readonly quoted_minor: Count;
  readonly entitled_minor: Count;
  readonly refunded_minor: Count;
  readonly refunded_ahead_minor: Count;
  readonly blocked_minor: Count;
  readonly needs_decision: string;
};

/** `orderId` of a customer session wins over what the query says. */
export type BoardFilter = Omit<BoardQuery, 'limit' | 'cursor'>;

export const BOARD_CSV_COLUMNS = [
  'returnId',
  'orderId',
  'orderNumber',
  'customer',
  'status',
  'requestedAt',
  'updatedAt',
  'ageSeconds',
  'outcome',
  'method',
  'reasons',
  'skus',
  'units',
  'awaiting',
  'received',
  'currency',
  'quotedMinor',
  'entitledMinor',
  'refundedMinor',
  'refundedAheadMinor',
  'itemNames',
  'blockedMinor',
  'needsDecision',
] as const satisfies readonly (keyof BoardRowAnswer)[];
const CSV_PAGE = 1000;
const ORDER = { newest: sql`desc`, oldest: sql`asc` };
const AFTER = { newest: sql`<`, oldest: sql`>` };

@Injectable()
export class ReturnsBoardQueries {
  constructor(
    private readonly views: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * One page, and the counts per status of all that match.
   * @throws Problem validation_failed for a cursor of another list; ViewBehindError
   */
  async page(filter: BoardFilter, limit: number, cursor: string | undefined, minPosition: Position | undefined): Promise<BoardAnswer> {
    const after = decodeCursor(cursor, ['string', 'string']);
    const { result, asOfPosition, lagSeconds } = await this.views.read(RETURNS_BOARD, minPosition, async (db, tables) => {
      const rows = await this.rows(db, tables, filter, limit + 1, after);
      const counts = await sql<{ status: string; n: Count }>`
        select status, count(*) as n from ${sql.table(tables('returns'))} r where ${this.where(tables, { ...filter, status: undefined }, undefined)}
        group by status order by status`.execute(db);
      return { page: pageOf(rows, limit, keyOf), counts: counts.rows.map(({ status, n }) => ({ status, count: Number(n) })) };
    });
    const { items, nextCursor } = result.page;
    return { items: items.map((row) => this.answerOf(row)), nextCursor, counts: result.counts, asOfPosition, lagSeconds };
  }

  /** All that match, a page at a time. */
  async *all(filter: BoardFilter, minPosition: Position | undefined): AsyncGenerator<CsvRow> {
    let after: CursorKey | undefined;
    do {
      const { result } = await this.views.read(RETURNS_BOARD, minPosition, (db, tables) => this.rows(db, tables, filter, CSV_PAGE, after));
      for (const row of result) {
        const { reasons, skus, itemNames, ...fields } = this.answerOf(row);
        yield { ...fields, reasons: reasons.join('|'), skus: skus.join('|'), itemNames: itemNames.join('|') };
      }
      const last = result.at(-1);
      after = last !== undefined && result.length === CSV_PAGE ? keyOf(last) : undefined;
    } while (after !== undefined);
  }

  private async rows(
    db: Kysely<unknown>,
    tables: TableNames,
    filter: BoardFilter,
    limit: number,
    after: CursorKey | undefined,
  ): Promise<readonly BoardRow[]> {
    const order = ORDER[filter.sort];
    const { rows } = await sql<BoardRow>`
      select * from ${sql.table(tables('returns'))} r where ${this.where(tables, filter, after)}
      order by requested_at ${order}, return_id ${order} limit ${limit}`.execute(db);
    return rows;
  }

  private where(tables: TableNames, filter: BoardFilter, after: CursorKey | undefined): RawBuilder<unknown> {
    const conditions: RawBuilder<unknown>[] = [sql`1 = 1`];
    if (filter.status !== undefined && filter.status.length > 0) conditions.push(sql`status in (${sql.join(filter.status)})`);
    if (filter.orderId !== undefined) conditions.push(sql`order_id = ${filter.orderId}`);
    if (filter.customer !== undefined) conditions.push(sql`contact_ref = ${filter.customer}`);
    if (filter.q !== undefined) {
      const key = codeKey(filter.q);
      conditions.push(sql`(number_key = ${key} or return_id in (select return_id from ${sql.table(tables('codes'))} where code = ${key}))`);
    }
    if (filter.method !== undefined && filter.method.length > 0) conditions.push(sql`method in (${sql.join(filter.method)})`);
    if (filter.outcome !== undefined && filter.outcome.length > 0) conditions.push(sql`outcome in (${sql.join(filter.outcome)})`);
    if (filter.sku !== undefined)
      conditions.push(sql`return_id in (select return_id from ${sql.table(tables('items'))} where sku = ${filter.sku})`);
    if (filter.minAgeSeconds !== undefined)
      conditions.push(sql`requested_at <= ${new Date(this.clock().getTime() - filter.minAgeSeconds * 1000).toISOString()}`);
    if (filter.refundedAhead !== undefined)
      conditions.push(filter.refundedAhead ? sql`refunded_ahead_minor > 0` : sql`refunded_ahead_minor = 0`);
    if (filter.needsDecision !== undefined) conditions.push(filter.needsDecision ? sql`needs_decision <> ''` : sql`needs_decision = ''`);
    if (after !== undefined) conditions.push(sql`(requested_at, return_id) ${AFTER[filter.sort]} (${after[0]}, ${after[1]})`);
    return sql.join(conditions, sql` and `);
  }

  private answerOf(row: BoardRow): BoardRowAnswer {
    return {
      returnId: row.return_id,
      orderId: row.order_id,
      orderNumber: row.order_number,
      customer: row.contact_ref,
      status: row.status,
      requestedAt: row.requested_at,
      updatedAt: row.updated_at,
      ageSeconds: Math.max(0, Math.floor((this.clock().getTime() - Date.parse(row.requested_at)) / 1000)),
      outcome: row.outcome,
      method: row.method,
      reasons: texts(row.reasons),
      skus: texts(row.skus),
      itemNames: texts(row.item_names),
      units: Number(row.units),
      awaiting: Number(row.awaiting),
      received: Number(row.received),
      currency: row.currency,
      quotedMinor: Number(row.quoted_minor),
      entitledMinor: Number(row.entitled_minor),
      refundedMinor: Number(row.refunded_minor),
      refundedAheadMinor: Number(row.refunded_ahead_minor),
      blockedMinor: Number(row.blocked_minor),
      needsDecision: row.needs_decision === '' ? null : row.needs_decision,
    };
  }
}

const keyOf = (row: BoardRow): CursorKey => [row.requested_at, row.return_id];
const texts = (json: string): string[] => {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
};
