/**
 * A folder for files on their way, of one process alone. Several processes may share the data folder, and one that is
 * killed removes nothing: each holds a lock on its own folder (which the operating system drops when it ends, however it
 * ends), and whoever starts removes what nobody holds.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type DatabaseSync } from '../eventing/sql/sqlite.js';

const LOCK = 'lock.sqlite';
/** Another process that starts at the same moment looks through the folders for as long. */
const PATIENCE_MS = 5000;

export class SpoolFolder {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string) {
    this.path = path;
    mkdirSync(path, { mode: 0o700 });
    this.#lock = hold(join(path, LOCK), 0);
  }

  /** Makes a folder in `parent` (made if missing) and removes what else is there and belongs to no living process. */
  static open(parent: string): SpoolFolder {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    // One at a time: a folder that was just made is not locked yet.
    const turn = hold(join(parent, LOCK), PATIENCE_MS);
    try {
      for (const { name } of readdirSync(parent, { withFileTypes: true })) if (!name.startsWith(LOCK)) removeIfLeft(join(parent, name));
      return new SpoolFolder(join(parent, randomBytes(8).toString('hex')));
    } finally {
      letGo(turn);
    }
  }

  /** Nothing in it is needed any more. */
  close(): void {
    letGo(this.#lock);
    rmSync(this.path, { recursive: true, force: true });
  }
}

function removeIfLeft(path: string): void {
  try {
    // Nobody holds a file, or a folder of an older release.
    if (existsSync(join(path, LOCK))) letGo(hold(join(path, LOCK), 0));
  } catch {
    return;
  }
  rmSync(path, { recursive: true, force: true });
}

function hold(file: string, busyTimeoutMs: number): DatabaseSync {
  const database = openSqlite(file, { busyTimeoutMs });
  try {
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function letGo(lock: DatabaseSync): void {
  if (!lock.isOpen) return;
  // A driver may keep a closed connection alive for its statements until they are collected: end the transaction.
  lock.exec('rollback');
  lock.close();
}
