/**
 * The database of the views. Kysely over a dialect; SQLite here. Everything that knows SQLite is in this folder, so
 * another dialect is another `open…` function.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kysely, Migrator, type Transaction } from 'kysely';
import { migrations } from './migrations.js';
import { SqliteDialect } from './sqlite-dialect.js';

export type Database = {
  /** For changes, one transaction at a time. */
  readonly write: Kysely<unknown>;
  /** For queries; never waits for a change that is under way. */
  readonly read: Kysely<unknown>;
  /** Brings the runner's own tables to this release's shape. @throws Error */
  migrate(): Promise<void>;
  /** All queries of `work` see the same moment. */
  snapshot<T>(work: (db: Transaction<unknown>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

const IF_DAMAGED = 'Stop the service and delete it: it is built again from the log';

/** The views in the data folder. */
export const openViewDatabase = (dataDir: string): Database => openDatabase(join(dataDir, 'views.sqlite'));

/** Opens (or makes) a SQLite file. Not synced at every commit: a view that lost its last moments reads them from the log again. */
export function openDatabase(file: string): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Carrying over waits for the disk, so it is done in few large pieces.
  const write = new Kysely<unknown>({ dialect: new SqliteDialect(file, { cacheMiB: 32, walMiB: 16, ifDamaged: IF_DAMAGED }) });
  const read = new Kysely<unknown>({ dialect: new SqliteDialect(file, { ifDamaged: IF_DAMAGED }) });
  return {
    write,
    read,
    async migrate() {
      const { error } = await new Migrator({ db: write, provider: { getMigrations: async () => migrations } }).migrateToLatest();
      if (error !== undefined) throw new Error('The tables of the views could not be brought up to date', { cause: error });
    },
    snapshot: (work) => read.transaction().execute(work),
    async close() {
      // The writing connection last: closing the last connection folds the WAL back into the file.
      await read.destroy();
      await write.destroy();
    },
  };
}
