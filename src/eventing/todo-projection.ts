import equal from 'fast-deep-equal';
import type { Kysely } from 'kysely';
import type { Position } from './event-store.js';
import type { ToDo, ToDos } from './process.js';
import type { Change, Projection, TableNames } from './projection.js';
import { bigint, rowsOf, table, text, type RowOf } from './sql/table.js';
import { replace } from './sql/write.js';

/** Name of the view that holds a process' to-dos. */
export function todoView(process: string): string {
  return `${process}-todos`;
}

const TODOS = table({
  name: 'todos',
  columns: { key: text(), lane: text(), due_at: text(), due_ms: bigint(), changed_at: text(), payload: text() },
  key: ['key'],
  indexes: { by_due: { on: ['due_ms'] }, by_change: { on: ['changed_at'] } },
  bookkeeping: ['changed_at'],
});
type Row = RowOf<typeof TODOS>;

/** What is still owed, as a view: *requested − resolved*, so it can always be derived from the log again. */
export function todoProjection<State, Payload>(todos: ToDos<State, Payload>): Projection<State> {
  const rowsIn = (state: State | undefined, changedAt: string): readonly Row[] =>
    state === undefined ? [] : todos.pending(state).map((todo) => rowOf(todo, changedAt));
  return {
    name: todoView(todos.name),
    version: todos.version,
    tables: [TODOS],
    fold: todos.fold,
    handles: todos.handles,
    apply: (changes: readonly Change<State>[]) =>
      replace(
        TODOS,
        changes.map(({ before, after, events }) => {
          const was = new Map(rowsIn(before, '').map((row) => [row.key, row]));
          const is = rowsIn(after, events.at(-1)?.position ?? '');
          // What is owed as before did not change now.
          return { was: [...was.values()], is: is.map((row) => (same(was.get(row.key), row) ? (was.get(row.key) ?? row) : row)) };
        }),
      ),
  };
}

function rowOf<Payload>({ key, lane, dueAt, payload }: ToDo<Payload>, changedAt: string): Row {
  const dueMs = Date.parse(dueAt);
  // An unreadable date must not hide a debt; it is due at once.
  return { key, lane, due_at: dueAt, due_ms: Number.isNaN(dueMs) ? 0 : dueMs, changed_at: changedAt, payload: JSON.stringify(payload) };
}

function same(before: Row | undefined, after: Row): boolean {
  return equal(before, { ...after, changed_at: before?.changed_at });
}

export type DueToDo = { readonly key: string; readonly lane: string };

/** What a query on the to-do table needs. */
type In = { readonly db: Kysely<unknown>; readonly tables: TableNames };

/** To-dos due by `nowMs` that changed after `seen` or became due after `sinceMs`, the longest due first. */
export async function newlyDue({ db, tables }: In, seen: Position | 'start', sinceMs: number, nowMs: number): Promise<readonly DueToDo[]> {
  return db
    .selectFrom(rowsOf(TODOS, tables))
    .select(['key', 'lane'])
    .where('due_ms', '<=', nowMs)
    .where((where) => where.or([where('due_ms', '>', sinceMs), where('changed_at', '>', seen === 'start' ? '' : seen)]))
    .orderBy('due_ms')
    .orderBy('key')
    .execute();
}

/** Epoch milliseconds of the next to-do to become due after `nowMs`. */
export async function nextDue({ db, tables }: In, nowMs: number): Promise<number | undefined> {
  const next = await db
    .selectFrom(rowsOf(TODOS, tables))
    .select(({ fn }) => fn.min('due_ms').as('due'))
    .where('due_ms', '>', nowMs)
    .executeTakeFirst();
  return next?.due ?? undefined;
}

/** The to-do as it is owed now, undefined when it is not. */
export async function findToDo<Payload>({ db, tables }: In, key: string): Promise<ToDo<Payload> | undefined> {
  const row = await db.selectFrom(rowsOf(TODOS, tables)).selectAll().where('key', '=', key).executeTakeFirst();
  // Written above from a to-do of the same process version.
  return row && { key, lane: row.lane, dueAt: row.due_at, payload: JSON.parse(row.payload) as Payload };
}

/** How many are owed, how many of them are due by `nowMs`, and since when (epoch milliseconds). */
export async function countToDos(
  { db, tables }: In,
  nowMs: number,
): Promise<{ readonly pending: number; readonly due: number; readonly oldestDueMs: number | null }> {
  const counted = await db
    .selectFrom(rowsOf(TODOS, tables))
    .select(({ fn, eb }) => [
      fn.countAll<number>().as('pending'),
      fn.count<number>(eb.case().when('due_ms', '<=', nowMs).then(1).end()).as('due'),
      fn.min('due_ms').as('oldest'),
    ])
    .executeTakeFirstOrThrow();
  const { pending, due, oldest } = counted;
  return { pending, due, oldestDueMs: oldest !== null && oldest <= nowMs ? oldest : null };
}
