/** One projection on a database of its own, fed by hand: documents in memory, rows in SQLite. */
import { join } from 'node:path';
import { sql, type Kysely } from 'kysely';
import type { RecordedEvent } from '../../src/eventing/event-store.js';
import type { Change, Projection, TableNames } from '../../src/eventing/projection.js';
import { openDatabase } from '../../src/eventing/sql/database.js';
import { createTable } from '../../src/eventing/sql/table.js';
import { perform } from '../../src/eventing/sql/write.js';
import { testFolder } from '../support/test-store.js';

export type View = {
  readonly db: Kysely<unknown>;
  tables: (this: void, logical: string) => string;
  /** Folds and applies the events as one batch. */
  apply(events: readonly RecordedEvent[]): Promise<void>;
  /** Every row of every table, in a fixed order. */
  rows(): Promise<Readonly<Record<string, readonly unknown[]>>>;
  /** Empties rows and documents. */
  clear(): Promise<void>;
  dispose(): Promise<void>;
};

export async function openView<Doc>(projection: Projection<Doc>): Promise<View> {
  const { folder, remove } = await testFolder();
  const database = openDatabase(join(folder, 'views.sqlite'));
  const db = database.write;
  const documents = new Map<string, Doc>();
  const tables: TableNames = (logical) => `${logical}_v${projection.version}`;
  for (const table of projection.tables) await createTable(db, table, tables);
  return {
    db,
    tables,
    async apply(events) {
      const writes = projection.apply(changesOf(projection, documents, events));
      await db.transaction().execute((transaction) => perform(transaction, tables, writes));
    },
    async rows() {
      const found: Record<string, readonly unknown[]> = {};
      for (const { name } of projection.tables) {
        const { rows } = await sql<unknown>`select * from ${sql.table(tables(name))}`.execute(db);
        found[name] = rows.map((row) => JSON.stringify(row)).sort();
      }
      return found;
    },
    async clear() {
      documents.clear();
      for (const { name } of projection.tables) await sql`delete from ${sql.table(tables(name))}`.execute(db);
    },
    async dispose() {
      await database.close();
      await remove();
    },
  };
}

function changesOf<Doc>(
  projection: Projection<Doc>,
  documents: Map<string, Doc>,
  events: readonly RecordedEvent[],
): readonly Change<Doc>[] {
  const byId = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    if (projection.fold.types.has(event.type)) byId.set(event.streamId, [...(byId.get(event.streamId) ?? []), event]);
  }
  return [...byId].map(([id, own]) => {
    const before = documents.get(id);
    let after = before;
    for (const event of own) after = projection.fold.evolve(after, event);
    // As the runner does: what is kept between batches has been JSON.
    const kept = JSON.parse(JSON.stringify(after)) as Doc;
    documents.set(id, kept);
    return { streamId: id, before, after: after!, events: own };
  });
}

/** Pieces of the log of the given sizes, over and over. */
export function batchesOf(events: readonly RecordedEvent[], sizes: readonly number[]): RecordedEvent[][] {
  const batches: RecordedEvent[][] = [];
  for (let from = 0, turn = 0; from < events.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    batches.push(events.slice(from, from + size));
    from += size;
  }
  return batches;
}
