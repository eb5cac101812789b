/** A projection run by the real runner, on a real log and a real database, each in a folder of its own. */
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { sql, type Kysely } from 'kysely';
import type { EventStore, JsonObject, Position } from '../../src/eventing/event-store.js';
import type { Projection, TableNames } from '../../src/eventing/projection.js';
import { openDatabase } from '../../src/eventing/sql/database.js';
import { EventCatalogue } from '../../src/eventing/upcasting.js';
import { Views, type ViewsOptions } from '../../src/eventing/views.js';
import { someEvent, someMetadata } from './event-builders.js';
import { testFolder, testStore, type WatchedStore } from './test-store.js';

export type Row = { readonly [column: string]: string | number | null };
export type Happened = { readonly type: string; readonly data: JsonObject; readonly occurredAt?: string };

export type ProjectionKit = {
  readonly store: WatchedStore;
  readonly views: Views;
  /** Puts events on a stream and waits until the view shows them. */
  readonly happened: (streamId: string, ...events: readonly Happened[]) => Promise<Position>;
  /** All rows of one table, in an order that depends on their content only. */
  readonly rows: (table: string) => Promise<readonly Row[]>;
  readonly query: <T>(query: (db: Kysely<unknown>, tables: TableNames) => Promise<T>) => Promise<T>;
  /**
   * Every batch delivered twice, event by event without anything in memory, and a rebuild stream by stream: all must end
   * with the very same rows.
   */
  readonly expectRepeatable: () => Promise<void>;
  readonly dispose: () => Promise<void>;
};

/** `versions`: current schema versions where they are not 1. */
export async function projectionKit<Doc>(
  projection: Projection<Doc>,
  versions: Readonly<Record<string, number>> = {},
): Promise<ProjectionKit> {
  const { store, dispose } = await testStore();
  const revisions = new Map<string, number>();
  const first = await openViews(projection, versions, store);
  return {
    store,
    views: first.views,
    async happened(streamId, ...events) {
      const revision = revisions.get(streamId) ?? -1;
      const appended = await store.append(
        streamId,
        events.map(({ type, data, occurredAt }) => ({
          ...someEvent(type, data),
          metadata: someMetadata({ schemaVersion: versions[type] ?? 1, ...(occurredAt === undefined ? {} : { occurredAt }) }),
        })),
        revision === -1 ? 'no-stream' : revision,
      );
      revisions.set(streamId, appended.revision);
      await first.views.read(projection.name, appended.position, async () => undefined);
      return appended.position;
    },
    rows: (table) => first.rows(table),
    query: async (query) => (await first.views.read(projection.name, undefined, query)).result,
    async expectRepeatable() {
      const expected = await first.allRows();
      const { streams } = store;
      Object.assign(store, { deliversTwice: true, streams: undefined });
      const again = await openViews(projection, versions, store, { batchSize: 1, cachedEvents: 0, lingerMs: 0 });
      try {
        expect(await again.views.waitFor(projection.name, await store.head(), 60_000)).toBe(true);
        expect(await again.allRows()).toEqual(expected);
      } finally {
        Object.assign(store, { deliversTwice: false, streams });
        await again.close();
      }
      await first.views.rebuild(projection.name, () => undefined);
      expect(await first.allRows()).toEqual(expected);
    },
    async dispose() {
      await first.close();
      await dispose();
    },
  };
}

async function openViews<Doc>(
  projection: Projection<Doc>,
  versions: Readonly<Record<string, number>>,
  store: EventStore,
  options: ViewsOptions = {},
) {
  const { folder, remove } = await testFolder();
  const database = openDatabase(join(folder, 'views.sqlite'));
  const catalogue = new EventCatalogue();
  catalogue.register({
    versions: Object.fromEntries([...projection.fold.types].map((type) => [type, versions[type] ?? 1])),
    upcasters: {},
  });
  const views = new Views(store, database, catalogue, options);
  views.register(projection);
  await views.start({ run: true });
  const rows = async (table: string): Promise<readonly Row[]> => {
    const { result } = await views.read(projection.name, undefined, (db, tables) =>
      sql<Row>`select * from ${sql.table(tables(table))}`.execute(db),
    );
    return result.rows.map((row) => ({ ...row })).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  };
  return {
    views,
    rows,
    allRows: async () => Promise.all(projection.tables.map(({ name }) => rows(name))),
    close: async () => {
      await views.stop();
      await database.close();
      await remove();
    },
  };
}
