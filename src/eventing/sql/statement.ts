/** Statements for projections: pure values, executed by the runner in the transaction that moves the checkpoint. */
import { CompiledQuery, DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type RawBuilder } from 'kysely';
import { LRUCache } from 'lru-cache';

/** What a column of a view holds. Booleans are 0 and 1, instants ISO 8601 text or epoch milliseconds. */
export type Cell = string | number | null;

/** Compiles only. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** Texts by what they are made of. Compiling a statement of a few hundred cells costs more than running it. */
const texts = new LRUCache<string, string>({ max: 1000 });

/** A statement written with Kysely's `sql` template, as a value. */
export function statement(builder: RawBuilder<unknown>): CompiledQuery {
  return builder.compile(compiler);
}

/**
 * The statement that `build` writes, its text kept under `key`.
 * @param parameters in the order in which the text has its places; nothing else of it may vary under one key
 */
function repeated(key: string, parameters: readonly Cell[], build: () => RawBuilder<unknown>): CompiledQuery {
  let text = texts.get(key);
  if (text === undefined) {
    text = statement(build()).sql;
    texts.set(key, text);
  }
  return CompiledQuery.raw(text, [...parameters]);
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
  return evenChunks(rows).map((chunk) => {
    const parameters = chunk.flatMap((row) => columns.map((column): Cell => row[column]));
    return repeated(`upsert ${table} ${columns.join()} ${keyColumns.join()} ${chunk.length}`, parameters, () => {
      const others = columns.filter((column) => !keyColumns.includes(column));
      const values = sql.join(chunk.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`));
      const resolution =
        others.length === 0
          ? sql`do nothing`
          : sql`do update set ${sql.join(others.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`))}`;
      return sql`insert into ${sql.table(table)} (${refs(columns)}) values ${values} on conflict (${refs(keyColumns)}) ${resolution}`;
    });
  });
}

/** Removes the rows whose `keyColumn` is one of `keys`. */
export function deleteRows(table: string, keyColumn: string, keys: readonly (string | number)[]): readonly CompiledQuery[] {
  return evenChunks(keys).map((chunk) =>
    repeated(
      `delete ${table} ${keyColumn} ${chunk.length}`,
      chunk,
      () => sql`delete from ${sql.table(table)} where ${sql.ref(keyColumn)} in (${sql.join(chunk)})`,
    ),
  );
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
