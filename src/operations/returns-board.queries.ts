/** Lists, search and counts on the returns board. */
import { Inject, Injectable, type StreamableFile } from '@nestjs/common';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import type { TableNames } from '../eventing/projection.js';
import { allOf, readPage, type Keyset } from '../eventing/sql/keyset.js';
import { Views } from '../eventing/views.js';
import { camelCased, fieldNames, picked } from '../http/declared.js';
import { listCsv, listPage, type List } from '../http/paging.js';
import { secondsSince, type Clock } from '../shared/clock.js';
import { codeKey } from '../shared/scanned-code.js';
import { CLOCK } from '../shared/tokens.js';
import { BoardRowAnswer, type BoardAnswer, type BoardQuery, type StatusCountAnswer } from './returns-board.dto.js';
import { COUNTS, RETURNS, RETURNS_BOARD, type BoardRow } from './returns-board.projection.js';

/** `orderId` of a customer session wins over what the query says. */
export type BoardFilter = Omit<BoardQuery, 'limit' | 'cursor'>;

const BOARD_ORDER = [
  ['requested_at', 'string'],
  ['return_id', 'string'],
] as const satisfies Keyset;

@Injectable()
export class ReturnsBoardQueries {
  constructor(
    private readonly views: Views,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * One page, and the counts per status of all that match.
   * @throws Problem validation_failed for a cursor of another list; ViewBehindError
   */
  async page(filter: BoardFilter, limit: number, cursor: string | undefined, minPosition: Position | undefined): Promise<BoardAnswer> {
    const [page, { result: counts }] = await Promise.all([
      listPage(this.#list(filter, minPosition), { limit, cursor }),
      this.views.read(RETURNS_BOARD, minPosition, (db, tables) => this.#counts(db, tables, filter)),
    ]);
    return { ...page, counts };
  }

  /** All that match. */
  csv(filter: BoardFilter, minPosition: Position | undefined): StreamableFile {
    return listCsv(this.#list(filter, minPosition));
  }

  /** From the sums, unless it is asked for something by which nothing is summed up: of that there are few. */
  async #counts(db: Kysely<unknown>, tables: TableNames, filter: BoardFilter): Promise<BoardAnswer['counts']> {
    const { orderId, customer, q, sku, minAgeSeconds, refundedAhead } = filter;
    const returns = sql`select status, 1 as returns from ${sql.table(tables(RETURNS.name))}
      where ${allOf(this.#where(tables, { ...filter, status: undefined }))}`;
    const isSummed = [orderId, customer, q, sku].every((each) => each === undefined);
    const ahead = refundedAhead === undefined ? [] : [sql`ahead = ${refundedAhead ? 1 : 0}`];
    const [day] = minAgeSeconds === undefined ? [] : this.#agoOf(minAgeSeconds).split('T');
    const sums = sql`select status, returns from ${sql.table(tables(COUNTS.name))}
      where ${allOf([...kindOf(filter), ...ahead, day === undefined ? sql`day = ''` : sql`day > '' and day < ${day}`])}`;
    const summed = day === undefined ? sums : sql`${sums} union all ${returns} and requested_at >= ${day}`;
    const { rows } = await sql<StatusCountAnswer>`select status, sum(returns) as count from (${isSummed ? summed : returns}) as counted
      group by status order by status`.execute(db);
    return rows.map(({ status, count }) => ({ status, count }));
  }

  #list(filter: BoardFilter, minPosition: Position | undefined): List<BoardRow, BoardRowAnswer> {
    const direction = filter.sort === 'oldest' ? 'asc' : 'desc';
    return {
      keyset: BOARD_ORDER,
      read: (page) =>
        this.views.read(RETURNS_BOARD, minPosition, (db, tables) => {
          const where = this.#where(tables, filter);
          return readPage(db, tables, { table: RETURNS, where, keyset: BOARD_ORDER, direction }, page);
        }),
      present: (row) => this.#answerOf(row),
      csv: { name: 'returns', columns: fieldNames(BoardRowAnswer) },
    };
  }

  #where(tables: TableNames, filter: BoardFilter): readonly RawBuilder<unknown>[] {
    const conditions = [...kindOf(filter)];
    if (filter.status !== undefined && filter.status.length > 0) conditions.push(sql`status in (${sql.join(filter.status)})`);
    if (filter.orderId !== undefined) conditions.push(sql`order_id = ${filter.orderId}`);
    if (filter.customer !== undefined) conditions.push(sql`contact_ref = ${filter.customer}`);
    if (filter.q !== undefined) {
      const key = codeKey(filter.q);
      conditions.push(sql`(number_key = ${key} or return_id in (select return_id from ${sql.table(tables('codes'))} where code = ${key}))`);
    }
    if (filter.sku !== undefined)
      conditions.push(sql`return_id in (select return_id from ${sql.table(tables('items'))} where sku = ${filter.sku})`);
    if (filter.minAgeSeconds !== undefined) conditions.push(sql`requested_at <= ${this.#agoOf(filter.minAgeSeconds)}`);
    if (filter.refundedAhead !== undefined)
      conditions.push(filter.refundedAhead ? sql`refunded_ahead_minor > 0` : sql`refunded_ahead_minor = 0`);
    return conditions;
  }

  #agoOf(seconds: number): string {
    return new Date(this.clock().getTime() - seconds * 1000).toISOString();
  }

  #answerOf(row: BoardRow): BoardRowAnswer {
    return picked(BoardRowAnswer)({
      ...camelCased(row),
      customer: row.contact_ref,
      ageSeconds: secondsSince(row.requested_at, this.clock().getTime()),
      reasons: texts(row.reasons),
      skus: texts(row.skus),
      itemNames: texts(row.item_names),
      needsDecision: row.needs_decision === '' ? null : row.needs_decision,
    });
  }
}

/** Conditions on what returns and their counts are both told apart by. */
function kindOf({ method = [], outcome = [], needsDecision }: BoardFilter): readonly RawBuilder<unknown>[] {
  return [
    ...(method.length === 0 ? [] : [sql`method in (${sql.join(method)})`]),
    ...(outcome.length === 0 ? [] : [sql`outcome in (${sql.join(outcome)})`]),
    ...(needsDecision === undefined ? [] : [needsDecision ? sql`needs_decision <> ''` : sql`needs_decision = ''`]),
  ];
}

const texts = (json: string): string[] => {
  const list: unknown = JSON.parse(json);
  return Array.isArray(list) ? list.map(String) : [];
};
