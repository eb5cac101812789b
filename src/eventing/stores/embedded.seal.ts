/** Gives the log of an older release its digests, once (`backhaul seal`, docs/decisions/106). */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LogDamagedError } from '../event-store.js';
import { lockDataFolder } from './data-folder-lock.js';
import { digestInLog } from './digests.js';
import { headOf, openLogFile, prepareReader, readChain, toSealedRow, writeAnchor, writeChain, type LogFile } from './embedded.file.js';

/** Events whose digests are written in one transaction: the write-ahead log stays small, and an interrupted run goes on where it was. */
const SEALED_TOGETHER = 2000;

export type Sealed = {
  readonly events: number;
  /** How many of them had no digest before. */
  readonly sealed: number;
};

/**
 * Gives every event of the log in `folder` that has no digest its digest, from the first event on. Digests that are there
 * are checked and stay. Changes nothing the second time; interrupted, it is simply run again.
 * @param onProgress called with the events done and those there are
 * @throws DataFolderLockedError the service runs
 * @throws LogDamagedError the log already differs from its digests
 */
export async function sealEmbeddedLog(
  folder: string,
  onProgress: (done: number, events: number) => void = () => undefined,
): Promise<Sealed> {
  const lock = lockDataFolder(folder);
  try {
    const log = openLogFile(join(folder, 'log.sqlite'), randomUUID);
    try {
      return await seal(log, onProgress);
    } finally {
      log.reading.close();
      log.writing.exec('pragma wal_checkpoint(truncate)');
      log.writing.close();
    }
  } finally {
    lock.release();
  }
}

async function seal({ writing, reading, identity }: LogFile, onProgress: (done: number, events: number) => void): Promise<Sealed> {
  const reader = prepareReader(reading);
  const events = headOf(reading);
  const chain = readChain(writing);
  const starts = new Set([1, ...chain.starts]);
  writeChain(writing, { ...chain, starts: [...starts] });
  const put = writing.prepare('update events set digest = ? where ordinal = ?');
  let before = identity;
  let sealed = 0;
  for (let done = 0; done < events;) {
    writing.exec('begin immediate');
    try {
      for (const row of reader.sealed.all(done, SEALED_TOGETHER).map(toSealedRow)) {
        const digest = digestInLog(starts.has(row.ordinal) ? identity : before, row.ordinal, row);
        if (row.ordinal !== done + 1 || (row.digest !== null && row.digest !== digest)) {
          throw new LogDamagedError(
            `Event ${row.revision} of stream ${row.streamId} is not as it was written, or one before it is missing. Restore log.sqlite from a backup before sealing it.`,
          );
        }
        if (row.digest === null) {
          put.run(digest, row.ordinal);
          sealed += 1;
        }
        before = digest;
        done = row.ordinal;
      }
      writing.exec('commit');
    } catch (error) {
      writing.exec('rollback');
      throw error;
    }
    onProgress(done, events);
    await nextTurn();
  }
  writeChain(writing, { sealedFrom: 1, starts: [...starts] });
  writeAnchor(writing);
  return { events, sealed };
}
