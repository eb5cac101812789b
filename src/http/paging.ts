/** Lists in pages: a `limit` and an opaque `cursor` that says where the last page ended. */
import { Text, Whole } from './fields.js';
import { Problem } from './problem.js';

export const MAX_LIMIT = 200;
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

/** A cursor holds the sort key of the last item shown: texts and whole numbers. */
export type CursorKey = readonly (string | number)[];

export const encodeCursor = (key: CursorKey): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/**
 * The key in a cursor of this list; undefined without a cursor.
 * @param kinds type of each part, so that a made-up cursor never reaches a query
 * @throws Problem validation_failed
 */
export function decodeCursor(cursor: string | undefined, kinds: readonly ('string' | 'number')[]): CursorKey | undefined {
  if (cursor === undefined) return undefined;
  const key = parsed(cursor);
  if (Array.isArray(key) && key.length === kinds.length && key.every((part, index) => typeof part === kinds[index] && isSafe(part))) {
    return key.filter((part): part is string | number => typeof part === 'string' || typeof part === 'number');
  }
  throw new Problem('validation_failed', 'The cursor is not one that this list has given.', {
    errors: [{ pointer: '/cursor', detail: 'is not a cursor of this list', in: 'query' }],
  });
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
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => CursorKey): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}
