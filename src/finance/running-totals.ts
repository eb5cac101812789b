/**
 * Tables of sums that only ever change by differences: `insert … on conflict … set sum = sum + delta`. No read is
 * needed to add an observation, taking one out is exact, and the rows depend on what was added, never on the batches.
 */
import { sql, type CompiledQuery, type RawBuilder } from 'kysely';
import { evenChunks, statement } from '../eventing/sql/statement.js';

export type TotalsTable = { readonly table: string; readonly keys: readonly string[]; readonly sums: readonly string[] };
type Key = readonly (string | number)[];

/** Differences collected by key, so that one statement never touches a row twice. */
export class Deltas {
  readonly #rows = new Map<string, { readonly key: Key; readonly sums: number[] }>();

  /** Adds `sums` (in the order of the table's sum columns) to what is collected under `key`. */
  add(key: Key, sums: readonly number[]): void {
    const id = JSON.stringify(key);
    const row = this.#rows.get(id);
    if (row === undefined) this.#rows.set(id, { key, sums: [...sums] });
    else sums.forEach((sum, index) => (row.sums[index] = (row.sums[index] ?? 0) + sum));
  }

  /** Statements that bring the table up to date. Rows whose sums have all become 0 are removed: a rebuild would not have them. */
  statements({ table, keys, sums }: TotalsTable): readonly CompiledQuery[] {
    const changed = [...this.#rows.values()].filter((row) => row.sums.some((sum) => sum !== 0));
    const columns = sql.join([...keys, ...sums].map((column) => sql.ref(column)));
    const update = sql.join(sums.map((sum) => sql`${sql.ref(sum)} = ${sql.ref(`${table}.${sum}`)} + ${sql.ref(`excluded.${sum}`)}`));
    const inserts = evenChunks(changed).map((rows) => {
      const values = sql.join(rows.map((row) => sql`(${sql.join([...row.key, ...row.sums])})`));
      return statement(sql`insert into ${sql.table(table)} (${columns}) values ${values}
        on conflict (${sql.join(keys.map((key) => sql.ref(key)))}) do update set ${update}`);
    });
    const noneLeft = both(sums.map((sum) => sql`${sql.ref(sum)} = 0`));
    const deletes = evenChunks(changed).map((rows) => {
      const same = sql.join(
        rows.map((row) => sql`(${both(keys.map((key, index) => sql`${sql.ref(key)} = ${row.key[index]}`))})`),
        sql` or `,
      );
      return statement(sql`delete from ${sql.table(table)} where ${noneLeft} and (${same})`);
    });
    return [...inserts, ...deletes];
  }
}

function both(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql.join(conditions, sql` and `);
}
