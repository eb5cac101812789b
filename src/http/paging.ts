/** Lists: in pages, by a `limit` and an opaque `cursor` that says where the last page ended, or whole as CSV. */
import type { StreamableFile } from '@nestjs/common';
import type { Keyset, PageAfter, Place, Placed } from '../eventing/sql/keyset.js';
import type { ReadResult } from '../eventing/views.js';
import { csvAnswer, type CsvColumn } from './csv.js';
import { Measure, Text, Whole } from './fields.js';
import { fieldRefused } from './problem.js';

const MAX_LIMIT = 200;
/** Which items of a list come first; `sort` in a query. */
export const SORTS = ['newest', 'oldest'] as const;
export type Sort = (typeof SORTS)[number];

/** Extend it with a list's own filters. */
export class PageQuery {
  @Whole({ min: 1, max: MAX_LIMIT, default: 50, description: 'Most items of a page' })
  readonly limit!: number;

  @Text({ optional: true, max: 500, description: '`nextCursor` of the page before' })
  readonly cursor?: string;
}

/** Where the view stood when it answered. */
export class ViewAnswer {
  @Text({ description: 'Position of the log the view had reached, or `start`' })
  readonly asOfPosition!: string;
  @Measure({ description: 'Seconds the view is behind the log; 0 = up to date' })
  readonly lagSeconds!: number;
}

/** Extend it with the list's `items`. */
export class PageAnswer extends ViewAnswer {
  @Text({ nullable: true, max: 500, description: '`cursor` of the next page; null on the last one' })
  readonly nextCursor!: string | null;
}

export const encodeCursor = (key: Place): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The place in a cursor of this list; undefined without a cursor.
 * @param kinds type of each part, so that a made-up cursor never reaches a query
 * @throws Problem validation_failed
 */
export function decodeCursor(cursor: string | undefined, kinds: readonly ('string' | 'number')[]): Place | undefined {
  if (cursor === undefined) return undefined;
  const key = parsed(cursor);
  if (Array.isArray(key) && key.length === kinds.length && key.every((part, index) => typeof part === kinds[index] && isSafe(part))) {
    return key.filter((part): part is string | number => typeof part === 'string' || typeof part === 'number');
  }
  throw fieldRefused('query', '/cursor', 'is not a cursor of this list', 'The cursor is not one that this list has given.');
}

const isSafe = (part: unknown): boolean => (typeof part === 'number' ? Number.isSafeInteger(part) : !/\0|\p{Cs}/u.test(String(part)));

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown;
  } catch {
    return undefined;
  }
}

export type Page<Item> = { readonly items: Item[]; readonly nextCursor: string | null };

/** A page out of `limit + 1` rows asked for: the extra one only tells that there is more. */
export function pageOf<Row>(rows: readonly Row[], limit: number, placeOf: (row: Row) => Place): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null };
}

/** A list: how it is read, how a row is shown, and its file. */
export type List<Row, Item> = {
  readonly keyset: Keyset;
  readonly read: (page: PageAfter) => Promise<ReadResult<readonly Placed<Row>[]>>;
  readonly present: (row: Row) => Item | Promise<Item>;
  /** `pageSize`: rows read at a time, where a thousand is not right. */
  readonly csv: { readonly name: string; readonly columns: readonly CsvColumn<Item>[]; readonly pageSize?: number };
};
type Asked = Pick<PageQuery, 'limit' | 'cursor'>;

/** One page. @throws Problem validation_failed for a cursor of another list; ViewBehindError */
export async function listPage<Row, Item>(
  { keyset, read, present }: List<Row, Item>,
  { limit, cursor }: Asked,
): Promise<Page<Item> & Omit<ReadResult<unknown>, 'result'>> {
  const kinds = keyset.map(([, kind]) => kind);
  const { result, asOfPosition, lagSeconds } = await read({ limit: limit + 1, after: decodeCursor(cursor, kinds) });
  const { items, nextCursor } = pageOf(result, limit, ({ place }) => place);
  return { items: await Promise.all(items.map(({ row }) => present(row))), nextCursor, asOfPosition, lagSeconds };
}

/** All rows, read page by page as the client takes them. */
export function listCsv<Row, Item>(list: List<Row, Item>): StreamableFile {
  return csvAnswer(list.csv.columns, itemsOf(list), list.csv.name);
}

async function* itemsOf<Row, Item>({ read, present, csv: { pageSize = 1000 } }: List<Row, Item>) {
  for (let after: Place | undefined; ;) {
    const { result } = await read({ limit: pageSize, after });
    yield* await Promise.all(result.map(({ row }) => present(row)));
    after = result.at(-1)?.place;
    if (after === undefined || result.length < pageSize) return;
  }
}
