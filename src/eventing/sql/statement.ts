/** Statements for projections: pure values, executed by the runner in the transaction that moves the checkpoint. */
import { DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type CompiledQuery, type RawBuilder } from 'kysely';

/** What a column of a view holds. Booleans are 0 and 1, instants ISO 8601 text or epoch milliseconds. */
export type Cell = string | number | null;

/** Compiles only. A compiled query keeps its syntax tree, from which another dialect can write its own text. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** A statement written with Kysely's `sql` template, as a value. */
export function statement(builder: RawBuilder<unknown>): CompiledQuery {
  return builder.compile(compiler);
}

/**
 * Inserts rows or, where `keyColumns` are taken, replaces the other columns.
 * @param table physical name
 * @param rows at most one per key, each with all `columns`
 */
export function upsertRows<const Column extends string>(
  table: string,
  columns: readonly Column[],
  keyColumns: readonly NoInfer<Column>[],
  rows: readonly { readonly [column in NoInfer<Column>]: Cell }[],
): readonly CompiledQuery[] {
  const others = columns.filter((column) => !keyColumns.includes(column));
  const into = sql`insert into ${sql.table(table)} (${refs(columns)}) values `;
  const onConflict =
    others.length === 0
      ? sql` on conflict (${refs(keyColumns)}) do nothing`
      : sql` on conflict (${refs(keyColumns)}) do update set ${sql.join(others.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`))}`;
  return evenChunks(rows).map((chunk) => {
    const values = sql.join(chunk.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`));
    return statement(sql`${into}${values}${onConflict}`);
  });
}

/** Removes the rows whose `keyColumn` is one of `keys`. */
export function deleteRows(table: string, keyColumn: string, keys: readonly (string | number)[]): readonly CompiledQuery[] {
  return evenChunks(keys).map((chunk) => statement(sql`delete from ${sql.table(table)} where ${sql.ref(keyColumn)} in (${sql.join(chunk)})`));
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

/**
 * Pieces of 64, 32, … 1 items, so that batches of all sizes make the same few texts and prepared statements are found
 * again. 64 rows stay far below the limits on parameters (SQLite 32 766, PostgreSQL 65 535).
 */
export function evenChunks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const chunks: (readonly Item[])[] = [];
  let size = 64;
  for (let from = 0; from < items.length; from += size) {
    while (size > items.length - from) size /= 2;
    chunks.push(items.slice(from, from + size));
  }
  return chunks;
}
