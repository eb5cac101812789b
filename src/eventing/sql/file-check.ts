/** Asks SQLite whether a file of the data folder is whole. */
import { SQLITE_CORRUPT, SQLITE_NOTADB, sqliteErrorCode } from '../store-faults.js';
import { openSqlite } from './sqlite.js';

/** Complaints about one file; more say nothing new. */
const MOST_COMPLAINTS = 20;

/**
 * What SQLite's own checks say of a file: pages, indexes against their tables, and references between tables. Reads the
 * whole file, changes nothing, and names no content. Empty: nothing is wrong.
 */
export function faultsOfFile(file: string): readonly string[] {
  try {
    const database = openSqlite(file, { readOnly: true });
    try {
      const complaints = database
        .prepare(`pragma integrity_check(${MOST_COMPLAINTS})`)
        .all()
        .map((row) => String(row['integrity_check']));
      const orphans = database
        .prepare('pragma foreign_key_check')
        .all()
        .map((row) => `a row of ${String(row['table'])} refers to one of ${String(row['parent'])} that is not there`);
      return [...complaints.filter((each) => each !== 'ok'), ...new Set(orphans)];
    } finally {
      database.close();
    }
  } catch (error) {
    const code = sqliteErrorCode(error);
    if (code === SQLITE_NOTADB) return ['it is not an SQLite file any more'];
    if (code === SQLITE_CORRUPT) return ['its pages are damaged'];
    return [`it cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
}
