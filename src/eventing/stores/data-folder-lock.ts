/**
 * One process per data folder. The lock is a write transaction held open on a small SQLite file: the operating system
 * drops it when the process ends, however it ends, so a file left behind by `kill -9` never blocks the next start.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type DatabaseSync } from '../sql/sqlite.js';
import { SQLITE_BUSY, sqliteErrorCode } from '../store-faults.js';

/** The data folder is in use, normally by another process. */
export class DataFolderLockedError extends Error {
  override readonly name = 'DataFolderLockedError';
  constructor(
    readonly folder: string,
    holder: string,
  ) {
    super(
      `The data folder ${folder} is already in use (by ${holder}). ` + 'Stop that process first, or choose another folder with DATA_DIR.',
    );
  }
}

export type DataFolderLock = { release(): void };

const LOCK_FILE = 'lock.sqlite';

/**
 * Takes the folder for this process. `folder` must exist.
 * @throws DataFolderLockedError another process (or another store of this one) holds it
 */
export function lockDataFolder(folder: string): DataFolderLock {
  const file = join(folder, LOCK_FILE);
  let database: DatabaseSync | undefined;
  try {
    database = openSqlite(file, { busyTimeoutMs: 0 });
    // Who holds it is written first and committed, so that a refused process can read it past the open transaction.
    database.exec('begin exclusive; create table if not exists holder (name text not null); delete from holder;');
    database.prepare('insert into holder values (?)').run(`pid ${process.pid} on ${hostname()}`);
    database.exec('commit; begin exclusive;');
  } catch (error) {
    database?.close();
    if (sqliteErrorCode(error) === SQLITE_BUSY) throw new DataFolderLockedError(folder, readHolder(file));
    throw error;
  }
  const held = database;
  return {
    release() {
      // A driver may keep a closed connection alive for its statements until they are collected: end the transaction.
      held.exec('rollback');
      held.close();
    },
  };
}

function readHolder(file: string): string {
  try {
    const database = openSqlite(file, { readOnly: true, busyTimeoutMs: 0 });
    try {
      return String(database.prepare('select name from holder').get()?.['name'] ?? 'a process that is starting');
    } finally {
      database.close();
    }
  } catch {
    // Only a nicety of the message: the first holder may not have written its name yet.
    return 'an unknown process';
  }
}
