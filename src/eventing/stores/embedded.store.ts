/**
 * The event log in one SQLite file, for running the whole service as one process without any other server. Nobody is told
 * of an event that is not on the disk, neither who appended it nor who reads; waiting for the disk happens off the event
 * loop, and appends that arrive meanwhile share the next wait (docs/decisions/123).
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
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
import { LogDisk } from './embedded.disk.js';
import { headOf, openLogFile, prepareWriter, readChain, toPosition, writeAnchor, type LogWriter } from './embedded.file.js';
import { EmbeddedReader, SharedHead, type SharedLog } from './embedded.reader.js';
import { Tail } from './embedded.tail.js';
import { serialiseAppend, type SerialisedEvent, type StoredEvent } from './serialise.js';

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
  readonly #reader: EmbeddedReader;
  readonly #identity: string;
  readonly #tail: Tail;
  readonly #notesEnd: boolean;
  /** What the next event's digest follows. */
  #before: string;
  readonly #sharedHead = new SharedHead();
  readonly #disk: LogDisk;
  #queue: Append[] = [];
  #working: Promise<void> | undefined;
  /** What was committed last may be in the file, and not on the disk. */
  #isInDoubt = false;
  #closed: Promise<void> | undefined;

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

  private constructor(
    lock: DataFolderLock,
    private readonly file: string,
    { damaged = false }: EmbeddedOptions,
  ) {
    this.#lock = lock;
    this.#notesEnd = !damaged;
    const log = openLogFile(file, randomUUID);
    this.#disk = new LogDisk(file, log.writing);
    this.#writing = log.writing;
    this.#reading = log.reading;
    this.#identity = log.identity;
    this.#writer = prepareWriter(log.writing);
    this.#tail = new Tail(headOf(log.reading));
    this.#reader = new EmbeddedReader(log.reading, log.identity, this.#tail);
    this.#sharedHead.moveTo(this.#tail.head);
    this.#before = this.#lastDigest();
    if (damaged) return;
    try {
      checkTail(this.#toAudit(), CHECKED_AT_START);
      writeAnchor(this.#writing);
    } catch (error) {
      log.reading.close();
      this.#disk.close();
      log.writing.close();
      throw error;
    }
  }

  async identity(): Promise<string> {
    return this.#identity;
  }

  async append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended> {
    const serialised = serialiseAppend(streamId, events, expected);
    if (this.#closed !== undefined) throw new StoreUnavailableError('The event log is closed');
    return new Promise((resolve, reject) => {
      this.#queue.push({ streamId, events: serialised, expected, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  readStream(streamId: string, from?: number): Promise<readonly RecordedEvent[]> {
    return this.#reader.readStream(streamId, from);
  }

  subscribe(
    after: Position | 'start',
    options: { readonly batchSize: number; readonly signal: AbortSignal },
  ): AsyncGenerator<EventBatch, void, void> {
    return this.#reader.subscribe(after, options);
  }

  streams(upTo: Position, options: { readonly batchSize: number; readonly signal: AbortSignal }): AsyncGenerator<readonly RecordedEvent[]> {
    return this.#reader.streams(upTo, options);
  }

  head(): Promise<Position | 'start'> {
    return this.#reader.head();
  }

  count(): Promise<number> {
    return this.#reader.count();
  }

  /** For threads of this process that read it, too. */
  share(): SharedLog {
    return { file: this.file, identity: this.#identity, head: this.#sharedHead.buffer };
  }

  async *audit({ streamId, signal }: { readonly streamId?: string; readonly signal?: AbortSignal } = {}): AsyncGenerator<
    AuditBatch,
    void,
    void
  > {
    this.#reader.assertOpen();
    const ended = () => this.#reader.closed || signal?.aborted === true;
    yield* streamId === undefined ? auditLog(this.#toAudit(), this.#tail.head, ended) : auditStream(this.#toAudit(), streamId, ended);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#working;
    if (this.#notesEnd) this.#noteEnd();
    this.#reader.close();
    try {
      // Leaves one complete file behind, easy to copy; closing alone does not promise that with every driver.
      this.#disk.carryOver();
    } catch {
      // On a full disk it stays two files, which are as complete; the next start goes on with both.
    }
    this.#disk.close();
    this.#writing.close();
    this.#lock.release();
  }

  /** Group after group, as long as any append waits. All that arrive in one turn go together, and all that arrive while the disk is awaited. */
  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      await nextTurn();
      const group = this.#queue;
      this.#queue = [];
      await this.#commit(group);
    }
    this.#working = undefined;
  }

  /** Writes all in one transaction; a refused append fails alone, a failed transaction fails all. */
  async #commit(group: readonly Append[]): Promise<void> {
    const written: StoredEvent[] = [];
    let committing = false;
    try {
      if (this.#isInDoubt) this.#settleDoubt();
      const now = Date.now();
      this.#writer.begin.run();
      const outcomes = group.map((append) => this.#write(append, written, now));
      committing = true;
      this.#isInDoubt = true;
      this.#writer.commit.run();
      if (written.length > 0) await this.#disk.sync();
      this.#isInDoubt = false;
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
    if (written.length > 0) this.#announce();
  }

  /**
   * Where a wait for the disk failed, the next one may succeed without a word of what the first has lost. So what is in doubt
   * is written once more, elsewhere: from the write-ahead log, as it is in memory, into the database file.
   */
  #settleDoubt(): void {
    this.#disk.carryOver();
    this.#isInDoubt = false;
    this.#startFrom(headOf(this.#reading));
    this.#announce();
  }

  #announce(): void {
    this.#sharedHead.moveTo(this.#tail.head);
    this.#reader.wake();
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
      if (this.#writing.isTransaction) {
        this.#writer.rollback.run();
        this.#isInDoubt = false;
      }
      if (!this.#isInDoubt) this.#startFrom(headOf(this.#reading));
    } catch {
      // The first error is the one to report; a connection that cannot even roll back fails the next append as well.
    }
  }

  #startFrom(head: number): void {
    this.#tail.reset(head);
    this.#before = this.#lastDigest();
  }

  /** Where a chain starts, the log's identity. */
  #lastDigest(): string {
    const { head } = this.#tail;
    const digest = this.#reader.statements.sealedAt.get(head)?.['digest'];
    return typeof digest === 'string' && !readChain(this.#reading).starts.includes(head + 1) ? digest : this.#identity;
  }

  #toAudit(): LogToAudit {
    return { identity: this.#identity, reading: this.#reading, reader: this.#reader.statements };
  }

  #noteEnd(): void {
    try {
      writeAnchor(this.#writing);
    } catch {
      // On a full disk the older note stays, which is as right.
    }
  }
}

function wrongRevision(append: Append, current: number): WrongRevisionError {
  return new WrongRevisionError(append.streamId, append.expected, current === -1 ? 'no-stream' : current);
}

function settle(append: Append, outcome: Appended | Error | undefined): void {
  if (outcome === undefined || outcome instanceof Error) append.reject(outcome ?? new Error('No outcome'));
  else append.resolve(outcome);
}
