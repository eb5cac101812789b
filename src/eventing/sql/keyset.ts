/** Lists read a page at a time by the values that order them: a page costs the same however far down it is. */
import { sql, type Kysely, type RawBuilder, type SqlBool } from 'kysely';
import { references, type RowOf, type Table, type TableNames } from './table.js';

/** The columns that order a list, with what they hold: the first before the others; together they name one row. */
export type Keyset<Column extends string = string> = readonly (readonly [column: Column, kind: 'string' | 'number'])[];
/** Where a row stands in its list: its values of the keyset's columns. */
export type Place = readonly (string | number)[];
export type Placed<Row> = { readonly place: Place; readonly row: Row };
/** Rows after a place (from the first one on without it), at most `limit`. */
export type PageAfter = { readonly limit: number; readonly after: Place | undefined };

type Direction = 'asc' | 'desc';
/** A list over one table: which rows, and what comes first. */
export type Listing<Of extends Table> = {
  readonly table: Of;
  readonly where: readonly RawBuilder<unknown>[];
  readonly keyset: Keyset<keyof Of['columns'] & string>;
  readonly direction?: Direction;
};

/** True where all of them are; true where there are none. */
export const allOf = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<SqlBool> =>
  conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `);

/** A page of a table's rows, each beside its place. */
export async function readPage<Of extends Table>(
  db: Kysely<unknown>,
  tables: TableNames,
  { table, where, keyset, direction }: Listing<Of>,
  page: PageAfter,
): Promise<readonly Placed<RowOf<Of>>[]> {
  const { rows } = await sql<RowOf<Of>>`select * from ${sql.table(tables(table.name))}
    where ${allOf(where)} and ${pageBy(keyset, page, direction)}`.execute(db);
  return rows.map((row) => placed(keyset, row, row));
}

/** A row beside its place. */
export function placed<Column extends string, Row>(
  keyset: Keyset<Column>,
  columns: { readonly [column in Column]: string | number | null },
  row: Row,
): Placed<Row> {
  return { place: keyset.map(([column, kind]) => (kind === 'number' ? Number(columns[column]) : String(columns[column]))), row };
}

/** The end of a query, after `where … and`: the page's condition, order and limit. */
export const pageBy = (keyset: Keyset, page: PageAfter, direction: Direction = 'asc'): RawBuilder<unknown> =>
  sql`${allOf(beyond(keyset, page, direction))} ${orderBy(keyset, page, direction)}`;

/** The page's condition, none on the first one. */
export function beyond(keyset: Keyset, { after }: PageAfter, direction: Direction = 'asc'): readonly RawBuilder<unknown>[] {
  if (after === undefined) return [];
  const columns = references(keyset.map(([column]) => column));
  return [sql`(${columns}) ${sql.raw(direction === 'asc' ? '>' : '<')} (${sql.join(after)})`];
}

export function orderBy(keyset: Keyset, { limit }: PageAfter, direction: Direction = 'asc'): RawBuilder<unknown> {
  const columns = keyset.map(([column]) => sql`${sql.ref(column)} ${sql.raw(direction)}`);
  return sql`order by ${sql.join(columns)} limit ${limit}`;
}
