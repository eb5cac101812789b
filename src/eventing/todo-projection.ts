import { sql, type Kysely } from 'kysely';
import type { Position } from './event-store.js';
import type { Process, ToDo } from './process.js';
import type { Change, Projection, TableNames } from './projection.js';
import { deleteRows, upsertRows, type Cell } from './sql/statement.js';

/** Name of the view that holds a process' to-dos. */
export function todoView(process: string): string {
  return `${process}-todos`;
}

const COLUMNS = ['key', 'lane', 'due_at', 'due_ms', 'changed_at', 'payload'] as const;
type Row = Readonly<Record<(typeof COLUMNS)[number], Cell>>;

/** What is still owed, as a view: *requested − resolved*, so it can always be derived from the log again. */
export function todoProjection<State, Payload>(process: Process<State, Payload>): Projection<State> {
  const rowsOf = (state: State | undefined, changedAt: string): ReadonlyMap<string, Row> =>
    new Map(state === undefined ? [] : process.pending(state).map((todo) => [todo.key, rowOf(todo, changedAt)]));
  return {
    name: todoView(process.name),
    version: process.version,
    tables: [
      {
        name: 'todos',
        bookkeeping: ['changed_at'],
        create: [
          `create table {{todos}} (key text primary key, lane text not null, due_at text not null, due_ms bigint not null, changed_at text not null,
            payload text not null)`,
          'create index {{todos}}_by_due on {{todos}} (due_ms)',
          'create index {{todos}}_by_change on {{todos}} (changed_at)',
        ],
      },
    ],
    fold: process.fold,
    handles: process.handles,
    apply(changes: readonly Change<State>[], tables: TableNames) {
      const gone: string[] = [];
      const changed: Row[] = [];
      for (const { before, after, events } of changes) {
        const was = rowsOf(before, '');
        const is = rowsOf(after, events.at(-1)?.position ?? '');
        gone.push(...[...was.keys()].filter((key) => !is.has(key)));
        changed.push(...[...is].filter(([key, row]) => !same(was.get(key), row)).map(([, row]) => row));
      }
      return [...deleteRows(tables('todos'), 'key', gone), ...upsertRows(tables('todos'), COLUMNS, ['key'], changed)];
    },
  };
}

function rowOf<Payload>({ key, lane, dueAt, payload }: ToDo<Payload>, changedAt: string): Row {
  const dueMs = Date.parse(dueAt);
  // An unreadable date must not hide a debt; it is due at once.
  return { key, lane, due_at: dueAt, due_ms: Number.isNaN(dueMs) ? 0 : dueMs, changed_at: changedAt, payload: JSON.stringify(payload) };
}

function same(before: Row | undefined, after: Row): boolean {
  return before !== undefined && COLUMNS.every((column) => column === 'changed_at' || before[column] === after[column]);
}

export type DueToDo = { readonly key: string; readonly lane: string };

/** What a query on the to-do table needs. */
type In = { readonly db: Kysely<unknown>; readonly tables: TableNames };

/** To-dos due by `nowMs` that changed after `seen` or became due after `sinceMs`, the longest due first. */
export async function newlyDue({ db, tables }: In, seen: Position | 'start', sinceMs: number, nowMs: number): Promise<readonly DueToDo[]> {
  const { rows } = await sql<DueToDo>`select key, lane from ${sql.table(tables('todos'))}
    where due_ms <= ${nowMs} and (due_ms > ${sinceMs} or changed_at > ${seen === 'start' ? '' : seen}) order by due_ms, key`.execute(db);
  return rows;
}

/** Epoch milliseconds of the next to-do to become due after `nowMs`. */
export async function nextDue({ db, tables }: In, nowMs: number): Promise<number | undefined> {
  const { rows } = await sql<{
    due: number | string | null;
  }>`select min(due_ms) as due from ${sql.table(tables('todos'))} where due_ms > ${nowMs}`.execute(db);
  const due = rows[0]?.due ?? null;
  return due === null ? undefined : Number(due);
}

/** The to-do as it is owed now, undefined when it is not. */
export async function findToDo<Payload>({ db, tables }: In, key: string): Promise<ToDo<Payload> | undefined> {
  const { rows } = await sql<{
    lane: string;
    due_at: string;
    payload: string;
  }>`select lane, due_at, payload from ${sql.table(tables('todos'))} where key = ${key}`.execute(db);
  const row = rows[0];
  // Written above from a to-do of the same process version.
  return row && { key, lane: row.lane, dueAt: row.due_at, payload: JSON.parse(row.payload) as Payload };
}

/** How many are owed, how many of them are due by `nowMs`, and since when (epoch milliseconds). */
export async function countToDos(
  { db, tables }: In,
  nowMs: number,
): Promise<{ readonly pending: number; readonly due: number; readonly oldestDueMs: number | null }> {
  const { rows } = await sql<{
    pending: number | string;
    due: number | string | null;
    oldest: number | string | null;
  }>`select count(*) as pending,
    sum(case when due_ms <= ${nowMs} then 1 else 0 end) as due, min(due_ms) as oldest from ${sql.table(tables('todos'))}`.execute(db);
  const row = rows[0];
  const oldest = row === undefined || row.oldest === null ? null : Number(row.oldest);
  return {
    pending: Number(row?.pending ?? 0),
    due: Number(row?.due ?? 0),
    oldestDueMs: oldest !== null && oldest <= nowMs ? oldest : null,
  };
}
