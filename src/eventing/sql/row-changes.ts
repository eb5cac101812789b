import type { Cell } from './statement.js';

/** Rows to write and keys of rows to remove, so that `before` becomes `after`. */
export type RowChanges<Row> = { readonly changed: readonly Row[]; readonly gone: readonly string[] };

/** Compares rows cell by cell; a row that stays the same is not written again. @param keyOf unique within each list */
export function rowChanges<Row extends { readonly [column: string]: Cell }>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): RowChanges<Row> {
  const gone = new Map(before.map((row) => [keyOf(row), row]));
  const changed = after.filter((row) => {
    const key = keyOf(row);
    const was = gone.get(key);
    gone.delete(key);
    return was === undefined || Object.keys(row).some((column) => row[column] !== was[column]);
  });
  return { changed, gone: [...gone.keys()] };
}
