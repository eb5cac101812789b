/** What a projection does to its tables, as plain values; the database that runs them makes statements of them. */
import { CompiledQuery, sql, type DialectAdapter, type Kysely, type RawBuilder } from 'kysely';
import { LRUCache } from 'lru-cache';
import { references, type Cell, type Columns, type RowOf, type Table, type TableNames } from './table.js';

type Row = { readonly [column: string]: Cell };
/** `put` inserts or replaces rows, `add` adds to their sums, `remove` takes them away; at most one row per key. */
export type Write = { readonly kind: 'put' | 'add' | 'remove'; readonly table: Table; readonly rows: readonly Row[] };

/** Inserts rows or, where their keys are taken, replaces them. @param rows at most one per key */
export const put = <Of extends Columns>(table: Table<Of>, rows: readonly RowOf<Table<Of>>[]): Write => ({ kind: 'put', table, rows });

/** From the rows of something as they were to those as they are; a row that stays the same is not written again. */
export function replace<Of extends Columns>(
  table: Table<Of>,
  changes: readonly { readonly was: readonly RowOf<Table<Of>>[]; readonly is: readonly RowOf<Table<Of>>[] }[],
): readonly Write[] {
  const gone: Row[] = [];
  const changed: Row[] = [];
  for (const { was, is } of changes) {
    const left = new Map(was.map((row: Row) => [keyOf(table, row), row]));
    for (const row of is as readonly Row[]) {
      const key = keyOf(table, row);
      const before = left.get(key);
      left.delete(key);
      if (before === undefined || Object.keys(row).some((column) => row[column] !== before[column])) changed.push(row);
    }
    gone.push(...left.values());
  }
  return [
    { kind: 'remove', table, rows: gone },
    { kind: 'put', table, rows: changed },
  ];
}

/**
 * Adds differences to sums, all columns outside of the key, without reading them. Exact, also in taking something out; a
 * row whose sums have all become 0 is removed, since a rebuild would not have it. So rows depend on what was added, never
 * on the batches.
 * @param rows several per key where that is easier
 */
export function add<Of extends Columns>(table: Table<Of>, rows: readonly RowOf<Table<Of>>[]): Write {
  const sums = sumsOf(table);
  const merged = new Map<string, { [column: string]: Cell }>();
  for (const row of rows as readonly Row[]) {
    const key = keyOf(table, row);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...row });
    else for (const sum of sums) known[sum] = Number(known[sum]) + Number(row[sum]);
  }
  // In the order of their keys: neighbours lie on the same page of the table.
  const rowsInOrder = [...merged].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
  return { kind: 'add', table, rows: rowsInOrder.filter((row) => sums.some((sum) => row[sum] !== 0)) };
}

const keyOf = ({ key }: Table, row: Row): string => key.map((column) => row[column]).join('\0');
const sumsOf = ({ columns, key }: Table): readonly string[] => Object.keys(columns).filter((column) => !key.includes(column));

/** Does what a projection says, in the order it says it. @param tables of the build that is meant */
export async function perform(db: Kysely<unknown>, tables: TableNames, writes: readonly Write[]): Promise<void> {
  for (const { kind, table, rows } of writes) {
    const name = tables(table.name);
    if (kind !== 'remove')
      await inChunks(db, `${kind} ${name}`, rows, Object.keys(table.columns), (some) => insertion(kind, name, table, some));
    if (kind === 'put') continue;
    // What only grows cannot have become 0.
    const sums = sumsOf(table);
    const gone = kind === 'remove' || table.signed === true ? rows : rows.filter((row) => sums.some((sum) => Number(row[sum]) < 0));
    await inChunks(db, `${kind} from ${name}`, gone, table.key, (some) => removal(kind, name, table, some));
  }
}

function insertion(kind: 'put' | 'add', name: string, table: Table, rows: readonly Row[]): RawBuilder<unknown> {
  const columns = Object.keys(table.columns);
  const others = sumsOf(table).map((column) => {
    const given = sql.ref(`excluded.${column}`);
    return kind === 'put' ? sql`${sql.ref(column)} = ${given}` : sql`${sql.ref(column)} = ${sql.ref(`${name}.${column}`)} + ${given}`;
  });
  const values = rows.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const resolution = others.length === 0 ? sql`do nothing` : sql`do update set ${sql.join(others)}`;
  return sql`insert into ${sql.table(name)} (${references(columns)}) values ${sql.join(values)} on conflict (${references(table.key)}) ${resolution}`;
}

function removal(kind: 'add' | 'remove', name: string, table: Table, rows: readonly Row[]): RawBuilder<unknown> {
  const keys = rows.map((row) => sql`(${sql.join(table.key.map((column) => row[column]))})`);
  const empty = kind === 'add' ? sumsOf(table).map((sum) => sql` and ${sql.ref(sum)} = 0`) : [];
  return sql`delete from ${sql.table(name)} where (${references(table.key)}) in (values ${sql.join(keys)})${sql.join(empty, sql``)}`;
}

/** Texts by what they are made of, per database. Compiling a statement of a few hundred cells costs more than running it. */
const texts = new WeakMap<DialectAdapter, LRUCache<string, string>>();

/**
 * Pieces of 64, 32, … 1 rows, so that batches of all sizes make the same few texts and prepared statements are found
 * again. 64 rows stay far below the limits on parameters (SQLite 32 766, PostgreSQL 65 535).
 * @param columns whose cells are the parameters, in the order of the text
 */
async function inChunks(
  db: Kysely<unknown>,
  key: string,
  rows: readonly Row[],
  columns: readonly string[],
  build: (rows: readonly Row[]) => RawBuilder<unknown>,
): Promise<void> {
  const { adapter } = db.getExecutor();
  const known = texts.get(adapter) ?? new LRUCache<string, string>({ max: 1000 });
  texts.set(adapter, known);
  let size = 64;
  for (let from = 0; from < rows.length; from += size) {
    while (size > rows.length - from) size /= 2;
    const chunk = rows.slice(from, from + size);
    const text = known.get(`${key} ${size}`) ?? build(chunk).compile(db).sql;
    known.set(`${key} ${size}`, text);
    const cells = chunk.flatMap((row) => columns.map((column) => row[column] ?? null));
    await db.executeQuery(CompiledQuery.raw(text, cells));
  }
}
