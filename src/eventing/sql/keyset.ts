/** Lists read a page at a time by the values that order them: a page costs the same however far down it is. */
import { sql, type RawBuilder } from 'kysely';

/** The columns that order a list, with what they hold: the first before the others; together they name one row. */
export type Keyset<Column extends string = string> = readonly (readonly [column: Column, kind: 'string' | 'number'])[];
/** Where a row stands in its list: its values of the keyset's columns. */
export type Place = readonly (string | number)[];
export type Placed<Row> = { readonly place: Place; readonly row: Row };
/** Rows after a place (from the first one on without it), at most `limit`. */
export type PageAfter = { readonly limit: number; readonly after: Place | undefined };

/** A row beside its place; PostgreSQL gives `bigint` as text, which is read as the number it is. */
export function placed<Column extends string, Row>(
  keyset: Keyset<Column>,
  columns: { readonly [column in Column]: string | number | null },
  row: Row,
): Placed<Row> {
  return { place: keyset.map(([column, kind]) => (kind === 'number' ? Number(columns[column]) : String(columns[column]))), row };
}

/** The end of a query, after `where … and`: the page's condition, order and limit. */
export function pageBy(keyset: Keyset, { limit, after }: PageAfter, direction: 'asc' | 'desc' = 'asc'): RawBuilder<unknown> {
  const columns = keyset.map(([column]) => sql.ref(column));
  const beyond = direction === 'asc' ? sql`>` : sql`<`;
  const condition = after === undefined ? sql`1 = 1` : sql`(${sql.join(columns)}) ${beyond} (${sql.join(after)})`;
  const order = columns.map((column) => sql`${column} ${sql.raw(direction)}`);
  return sql`${condition} order by ${sql.join(order)} limit ${limit}`;
}
