/**
 * The event log in one SQLite file, for running the whole service as one process without any other server. Durable
 * (WAL, synchronous=FULL) and fast enough through group commit: appends that arrive together share one fsync.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  OverlappingAppendError,
  StoreUnavailableError,
  UnknownOutcomeError,
  WrongRevisionError,
  type Appended,
  type AuditBatch,
  type EventBatch,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from '../event-store.js';
import type { DatabaseSync } from '../sql/sqlite.js';
import { lockDataFolder, type DataFolderLock } from './data-folder-lock.js';
import { digestInLog } from './digests.js';
import { auditLog, auditStream, checkTail, type LogToAudit } from './embedded.audit.js';
import {
  openLogFile,
  prepareReader,
  prepareWriter,
  readChain,
  toPosition,
  toStored,
  writeAnchor,
  type LogReader,
  type LogWriter,
} from './embedded.file.js';
import { Tail } from './embedded.tail.js';
import { serialiseAppend, toRecorded, type SerialisedEvent, type StoredEvent } from './serialise.js';

/** Rows read from the file before the event loop gets its turn again (about 2 ms). */
const PAGE = 256;
/** From this many appends in one commit on, the next commit gathers for so many milliseconds. */
const CROWD = 4;
const GATHER_MS = 2;
/** Events checked at every start. */
const CHECKED_AT_START = 1000;

export type EmbeddedOptions = {
  /** Opens a log whose end is damaged, too, and notes nothing of where it ends: for looking at what is wrong. Default false. */
  readonly damaged?: boolean;
};

type Append = {
  readonly streamId: string;
  readonly events: readonly SerialisedEvent[];
  readonly expected: ExpectedRevision;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: Error) => void;
};

export class EmbeddedEventStore implements EventStore {
  readonly #lock: DataFolderLock;
  readonly #writing: DatabaseSync;
  readonly #reading: DatabaseSync;
  readonly #writer: LogWriter;
  readonly #reader: LogReader;
  readonly #identity: string;
  readonly #tail: Tail;
  readonly #notesEnd: boolean;
  /** What the next event's digest follows. */
  #before: string;
  readonly #waiting = new Set<() => void>();
  #queue: Append[] = [];
  #lastGroup = 0;
  #lastCommit = 0;
  #closed = false;

  /**
   * Opens the log in `folder` (made if missing) and takes the folder for this process until `close`.
   * @throws DataFolderLockedError the folder is in use
   * @throws LogDamagedError one of the last events is not as it was written
   * @throws Error the log file is damaged, from a newer version, or not a log of this service
   */
  static open(folder: string, options: EmbeddedOptions = {}): EmbeddedEventStore {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = lockDataFolder(folder);
    try {
      return new EmbeddedEventStore(lock, join(folder, 'log.sqlite'), options);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private constructor(lock: DataFolderLock, file: string, { damaged = false }: EmbeddedOptions) {
    this.#lock = lock;
    this.#notesEnd = !damaged;
    const log = openLogFile(file, randomUUID);
    this.#writing = log.writing;
    this.#reading = log.reading;
    this.#identity = log.identity;
    this.#writer = prepareWriter(log.writing);
    this.#reader = prepareReader(log.reading);
    this.#tail = new Tail(this.#reader.head());
    this.#before = this.#lastDigest();
    if (damaged) return;
    try {
      checkTail(this.#toAudit(), CHECKED_AT_START);
      writeAnchor(this.#writing);
    } catch (error) {
      log.reading.close();
      log.writing.close();
      throw error;
    }
  }

  async identity(): Promise<string> {
    return this.#identity;
  }

  async append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended> {
    const serialised = serialiseAppend(streamId, events, expected);
    this.#assertOpen();
    return new Promise((resolve, reject) => {
      // The first append of a turn schedules the commit; all that arrive until then go into the same transaction.
      if (this.#queue.length === 0) this.#scheduleCommit();
      this.#queue.push({ streamId, events: serialised, expected, resolve, reject });
    });
  }

  async readStream(streamId: string, from = 0): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let next = from; ; next += PAGE) {
      this.#assertOpen();
      const page = this.#reader.stream.all(streamId, next, PAGE);
      for (const row of page) events.push(toRecorded(toStored(row)));
      if (page.length < PAGE) return events;
      await nextTurn();
    }
  }

  async *subscribe(
    after: Position | 'start',
    options: { readonly batchSize: number; readonly signal: AbortSignal },
  ): AsyncGenerator<EventBatch, void, void> {
    const { batchSize, signal } = options;
    const ended = () => signal.aborted || this.#closed;
    let delivered = after === 'start' ? 0 : Number(after);
    if (delivered > this.#tail.head) {
      throw new Error(
        `Position ${after} lies beyond the end of the log (${this.#tail.head} events): the log was probably restored ` +
          'from an older copy than its readers. Rebuild the views.',
      );
    }
    let announced = false;
    while (!ended()) {
      if (announced && delivered === this.#tail.head) await this.#nextCommit(signal);
      const events = this.#tail.after(delivered, batchSize) ?? (await this.#readLog(delivered, batchSize, ended));
      if (ended()) return;
      delivered += events.length;
      announced = delivered === this.#tail.head;
      yield { events, upTo: toPosition(delivered), caughtUp: announced };
    }
  }

  async *streams(
    upTo: Position,
    { batchSize, signal }: { readonly batchSize: number; readonly signal: AbortSignal },
  ): AsyncGenerator<readonly RecordedEvent[], void, void> {
    let waiting: RecordedEvent[] = [];
    for (let [streamId, revision, isLast] = ['', -1, false]; !isLast;) {
      if (signal.aborted) return;
      this.#assertOpen();
      const page = this.#reader.byStream.all(Number(upTo), streamId, revision, PAGE);
      isLast = page.length < PAGE;
      for (const row of page) {
        const event = toRecorded(toStored(row));
        if (waiting.length >= batchSize && event.streamId !== streamId) {
          yield waiting;
          waiting = [];
        }
        waiting.push(event);
        ({ streamId, revision } = event);
      }
      await nextTurn();
    }
    if (waiting.length > 0) yield waiting;
  }

  async head(): Promise<Position | 'start'> {
    this.#assertOpen();
    return this.#tail.head === 0 ? 'start' : toPosition(this.#tail.head);
  }

  async *audit({ streamId, signal }: { readonly streamId?: string; readonly signal?: AbortSignal } = {}): AsyncGenerator<
    AuditBatch,
    void,
    void
  > {
    this.#assertOpen();
    const ended = () => this.#closed || signal?.aborted === true;
    yield* streamId === undefined ? auditLog(this.#toAudit(), this.#tail.head, ended) : auditStream(this.#toAudit(), streamId, ended);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#commitGroup();
    this.#wakeSubscribers();
    if (this.#notesEnd) this.#noteEnd();
    this.#reading.close();
    try {
      // Leaves one complete file behind, easy to copy; closing alone does not promise that with every driver.
      this.#writing.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // On a full disk it stays two files, which are as complete; the next start goes on with both.
    }
    this.#writing.close();
    this.#lock.release();
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreUnavailableError('The event log is closed');
  }

  /** At the end of the turn; where many write at the same time a moment later, so that more of them share the wait for the disk. */
  #scheduleCommit(): void {
    const crowded = this.#lastGroup >= CROWD && performance.now() - this.#lastCommit < GATHER_MS;
    if (crowded) setTimeout(() => this.#commitGroup(), GATHER_MS);
    else setImmediate(() => this.#commitGroup());
  }

  /** Writes everything queued in one transaction; a refused append fails alone, a failed transaction fails all. */
  #commitGroup(): void {
    const group = this.#queue;
    if (group.length === 0) return;
    this.#queue = [];
    this.#lastGroup = group.length;
    const written: StoredEvent[] = [];
    const now = Date.now();
    let committing = false;
    try {
      this.#writer.begin.run();
      const outcomes = group.map((append) => this.#write(append, written, now));
      committing = true;
      this.#writer.commit.run();
      this.#tail.push(written);
      group.forEach((append, index) => settle(append, outcomes[index]));
    } catch (error) {
      this.#rollBack();
      // Once the commit was under way the disk may hold it after all; only sending the same append again can tell.
      const reason = error instanceof Error ? error.message : String(error);
      const failure = committing
        ? new UnknownOutcomeError(`The log could not confirm the commit: ${reason}`, { cause: error })
        : new StoreUnavailableError(`The log could not be written: ${reason}`, { cause: error });
      for (const append of group) append.reject(failure);
    }
    this.#lastCommit = performance.now();
    if (written.length > 0) this.#wakeSubscribers();
  }

  /** Stores one append inside the open transaction, or says why not without having written anything of it. */
  #write(append: Append, written: StoredEvent[], now: number): Appended | Error {
    const { streamId, events } = append;
    const expected = append.expected === 'no-stream' ? -1 : append.expected;
    const current = this.#writer.headOf(streamId);
    if (expected < current) return this.#alreadyStored(append, expected, current);
    if (expected > current) return wrongRevision(append, current);
    let ordinal = this.#tail.head + written.length;
    let revision = current;
    for (const event of events) {
      ordinal += 1;
      revision += 1;
      const stored = { ...event, streamId, revision, position: toPosition(ordinal), recordedAt: now };
      this.#before = digestInLog(this.#before, ordinal, stored);
      this.#writer.insert.run(ordinal, streamId, revision, event.id, event.type, event.data, event.metadata, now, this.#before);
      written.push(stored);
    }
    return { revision, position: toPosition(ordinal) };
  }

  /** EventStoreDB's rule for an append below the head: the same ids at the same place are the first answer again. */
  #alreadyStored(append: Append, expected: number, current: number): Appended | Error {
    const { streamId, events } = append;
    const stored = this.#writer.ids.all(streamId, expected + 1, events.length);
    const known = events.findIndex((event, index) => stored[index]?.['id'] !== event.id);
    if (known === 0) return wrongRevision(append, current);
    if (known > 0) return new OverlappingAppendError(streamId);
    return { revision: expected + events.length, position: toPosition(Number(stored.at(-1)?.['ordinal'])) };
  }

  #rollBack(): void {
    try {
      if (this.#writing.isTransaction) this.#writer.rollback.run();
      this.#tail.reset(this.#reader.head());
      this.#before = this.#lastDigest();
    } catch {
      // The first error is the one to report; a connection that cannot even roll back fails the next append as well.
    }
  }

  /** Where a chain starts, the log's identity. */
  #lastDigest(): string {
    const { head } = this.#tail;
    const digest = this.#reader.sealedAt.get(head)?.['digest'];
    return typeof digest === 'string' && !readChain(this.#reading).starts.includes(head + 1) ? digest : this.#identity;
  }

  #toAudit(): LogToAudit {
    return { identity: this.#identity, reading: this.#reading, reader: this.#reader };
  }

  #noteEnd(): void {
    try {
      writeAnchor(this.#writing);
    } catch {
      // On a full disk the older note stays, which is as right.
    }
  }

  async #readLog(after: number, limit: number, ended: () => boolean): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    while (events.length < limit && !ended()) {
      const page = this.#reader.log.all(after + events.length, Math.min(PAGE, limit - events.length));
      for (const row of page) events.push(toRecorded(toStored(row)));
      await nextTurn();
      if (page.length < PAGE) break;
    }
    return events;
  }

  #nextCommit(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wakeSubscribers(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

function wrongRevision(append: Append, current: number): WrongRevisionError {
  return new WrongRevisionError(append.streamId, append.expected, current === -1 ? 'no-stream' : current);
}

function settle(append: Append, outcome: Appended | Error | undefined): void {
  if (outcome === undefined || outcome instanceof Error) append.reject(outcome ?? new Error('No outcome'));
  else append.resolve(outcome);
}
