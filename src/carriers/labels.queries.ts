/** Labels that are asked for and not yet bought. */
import { sql } from 'kysely';
import { todoView } from '../eventing/todo-projection.js';
import type { Views } from '../eventing/views.js';
import { labelsOwed, type LabelToBuy } from './labels-owed.js';

/** So many are counted; where that many wait, nobody needs the exact number. */
const MOST_COUNTED = 10_000;

/** @returns by carrier how many there are, and since when the first (epoch milliseconds) @throws ViewBehindError */
export async function labelsWaiting(views: Views): Promise<ReadonlyMap<string, { readonly count: number; readonly sinceMs: number }>> {
  const { result } = await views.read(todoView(labelsOwed.name), undefined, async (db, tables) => {
    const { rows } = await sql<{ readonly payload: string; readonly due_ms: number }>`
      select payload, due_ms from ${sql.table(tables('todos'))} order by due_ms limit ${MOST_COUNTED}`.execute(db);
    return rows;
  });
  const waiting = new Map<string, { readonly count: number; readonly sinceMs: number }>();
  for (const { payload, due_ms: dueMs } of result) {
    // Written by the process of the same version.
    const { carrier } = JSON.parse(payload) as LabelToBuy;
    const known = waiting.get(carrier);
    waiting.set(carrier, { count: (known?.count ?? 0) + 1, sinceMs: known?.sinceMs ?? dueMs });
  }
  return waiting;
}
