/** A table of a view, declared once: what is created, the type of its rows, and how they are written and read follow from it. */
import { sql, SqliteAdapter, type AliasedRawBuilder, type Kysely, type RawBuilder } from 'kysely';

/** What a column holds. Booleans are 0 and 1, instants ISO 8601 text or epoch milliseconds. */
export type Cell = string | number | null;

/** `Value` is known to the compiler only. The types are those that SQLite and PostgreSQL both know. */
type Column<Value extends Cell> = { readonly type: 'text' | 'integer' | 'bigint'; readonly nullable?: true; readonly holds?: Value };
export type Columns = { readonly [name: string]: Column<Cell> };
type Index = { readonly on: readonly string[]; /** Only rows for which this SQL condition is true. */ readonly where?: string };

/** `name` is logical; every build of the view has a physical table of its own. */
export type Table<Of extends Columns = Columns> = {
  readonly name: string;
  readonly columns: Of;
  readonly key: readonly string[];
  /** By the end of their physical names. */
  readonly indexes?: { readonly [suffix: string]: Index };
  /** Rows are short and kept in the order of the key: found and read with one look. */
  readonly clustered?: true;
  /** Sums of differences that may be below 0; without it they are counts of something, which never are. */
  readonly signed?: true;
  /** Columns that tell when a row was written, which depends on how batches fell; left out when a view is proved against the log. */
  readonly bookkeeping?: readonly string[];
};
/** A row as it is written and read. */
export type RowOf<Of> =
  Of extends Table<infer Declared>
    ? { readonly [Name in keyof Declared]: Declared[Name] extends Column<infer Value> ? Value : never }
    : never;

export const text = <Value extends string = string>(): Column<Value> => ({ type: 'text' });
export const integer = (): Column<number> => ({ type: 'integer' });
/** Money in minor units, milliseconds, sums: up to 2^53. */
export const bigint = (): Column<number> => ({ type: 'bigint' });
export const nullable = <Value extends Cell>(column: Column<Value>): Column<Value | null> => ({ type: column.type, nullable: true });

/** Declares a table; its key and what keeps books are columns of it. */
export const table = <const Of extends Columns>(
  declared: Table<Of> & { readonly key: readonly (keyof Of)[]; readonly bookkeeping?: readonly (keyof Of)[] },
): Table<Of> => declared;

/** Logical → physical table name of the build that is meant. */
export type TableNames = (logical: string) => string;

/** A table as queries read it: `db.selectFrom(rowsOf(RETURNS, tables))`, under its logical name. */
export const rowsOf = <Of extends Columns>(of: Table<Of>, tables: TableNames): AliasedRawBuilder<RowOf<Table<Of>>, 'row'> =>
  sql<RowOf<Table<Of>>>`${sql.table(tables(of.name))}`.as('row');

/** Makes the table and its indexes. */
export async function createTable(db: Kysely<unknown>, of: Table, tables: TableNames): Promise<void> {
  const physical = tables(of.name);
  const columns = Object.entries(of.columns).map(
    ([name, { type, nullable: isNullable }]) => sql`${sql.ref(name)} ${sql.raw(isNullable ? type : `${type} not null`)}`,
  );
  const isClustered = of.clustered === true && db.getExecutor().adapter instanceof SqliteAdapter;
  await sql`create table ${sql.table(physical)} (${sql.join(columns)}, primary key (${references(of.key)}))${sql.raw(isClustered ? ' without rowid' : '')}`.execute(
    db,
  );
  for (const [suffix, { on, where }] of Object.entries(of.indexes ?? {})) {
    const condition = where === undefined ? sql`` : sql` where ${sql.raw(where)}`;
    await sql`create index ${sql.table(`${physical}_${suffix}`)} on ${sql.table(physical)} (${references(on)})${condition}`.execute(db);
  }
}

/** Columns by their names, with commas between. */
export const references = (columns: readonly string[]): RawBuilder<unknown> => sql.join(columns.map((column) => sql.ref(column)));
