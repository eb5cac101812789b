import { closeSync, fdatasync, fdatasyncSync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { StoreUnavailableError } from '../event-store.js';
import type { DatabaseSync } from '../sql/sqlite.js';

const syncData = promisify(fdatasync);

/**
 * What of the log is on the disk. SQLite itself waits for the disk where it carries the write-ahead log over into the file
 * (`synchronous=NORMAL`); that a commit is on the disk is seen to here, off the event loop.
 */
export class LogDisk {
  readonly #writeAhead: number;

  /**
   * What a process that was killed had written is on the disk when this returns: somebody who asks again will be told that it was.
   * @param writing a connection that stays open as long as this is used, so that the write-ahead log stays the same file
   */
  constructor(
    file: string,
    private readonly writing: DatabaseSync,
  ) {
    // The file is there from the first look at the database on.
    writing.exec('begin immediate; commit');
    this.#writeAhead = openSync(`${file}-wal`, 'r+');
    fdatasyncSync(this.#writeAhead);
  }

  /** All that has been committed is on the disk. @throws Error that is not known */
  sync(): Promise<void> {
    return syncData(this.#writeAhead);
  }

  /** All of the write-ahead log into the file, and that onto the disk. @throws StoreUnavailableError */
  carryOver(): void {
    const busy = this.writing.prepare('pragma wal_checkpoint(truncate)').get()?.['busy'];
    if (busy !== 0) throw new StoreUnavailableError('The write-ahead log cannot be carried over while others read it');
  }

  close(): void {
    closeSync(this.#writeAhead);
  }
}
