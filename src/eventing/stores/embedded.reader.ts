/**
 * Reading the embedded log, by a connection of its own: for the process that writes it, and for a thread that only
 * follows it. What is new both learn from the head they share, so nobody looks at the file to find nothing there.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreUnavailableError, type EventBatch, type EventReader, type Position, type RecordedEvent } from '../event-store.js';
import { openSqlite, type DatabaseSync } from '../sql/sqlite.js';
import { prepareReader, toPosition, toStored, type LogReader } from './embedded.file.js';
import { toRecorded } from './serialise.js';

/** Rows read from the file before the event loop gets its turn again (about 2 ms). */
const PAGE = 256;

/** The newest events of the log, as far as whoever reads has them at hand. */
export type NewestEvents = {
  /** Ordinal of the newest event in the log; 0 while it is empty. */
  readonly head: number;
  /** At most `limit` events after the ordinal `after`, or undefined where they must be read from the file. */
  after(after: number, limit: number): readonly RecordedEvent[] | undefined;
};

export class EmbeddedReader implements EventReader {
  readonly #statements: LogReader;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(
    private readonly database: DatabaseSync,
    private readonly logIdentity: string,
    private readonly newest: NewestEvents,
  ) {
    this.#statements = prepareReader(database);
  }

  get statements(): LogReader {
    return this.#statements;
  }
  get closed(): boolean {
    return this.#closed;
  }

  async identity(): Promise<string> {
    return this.logIdentity;
  }

  async head(): Promise<Position | 'start'> {
    this.assertOpen();
    return this.newest.head === 0 ? 'start' : toPosition(this.newest.head);
  }

  async count(): Promise<number> {
    return this.newest.head;
  }

  async readStream(streamId: string, from = 0): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for (let next = from; ; next += PAGE) {
      this.assertOpen();
      // What is in the file and not announced is perhaps not on the disk yet.
      const page = this.#statements.stream.all(streamId, next, this.newest.head, PAGE);
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
    if (delivered > this.newest.head) {
      throw new Error(
        `Position ${after} lies beyond the end of the log (${this.newest.head} events): the log was probably restored ` +
          'from an older copy than its readers. Rebuild the views.',
      );
    }
    let announced = false;
    while (!ended()) {
      if (announced && delivered === this.newest.head) await this.#nextCommit(signal);
      const events = this.newest.after(delivered, batchSize) ?? (await this.#readLog(delivered, batchSize, ended));
      if (ended()) return;
      delivered += events.length;
      announced = delivered === this.newest.head;
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
      this.assertOpen();
      const page = this.#statements.byStream.all(Number(upTo), streamId, revision, PAGE);
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

  /** There is something new in the log. */
  wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Subscriptions end. */
  close(): void {
    this.#closed = true;
    this.wake();
    this.database.close();
  }

  /** @throws StoreUnavailableError it is closed */
  assertOpen(): void {
    if (this.#closed) throw new StoreUnavailableError('The event log is closed');
  }

  async #readLog(after: number, limit: number, ended: () => boolean): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    // Not past the head: what is committed and not yet announced comes with the next batch.
    const last = Math.min(after + limit, this.newest.head);
    while (after + events.length < last && !ended()) {
      const page = this.#statements.log.all(after + events.length, Math.min(PAGE, last - after - events.length));
      for (const row of page) events.push(toRecorded(toStored(row)));
      await nextTurn();
      if (page.length === 0) break;
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
}

/** What a thread needs to read a log that this process has open; it can be sent to it. */
export type SharedLog = {
  readonly file: string;
  readonly identity: string;
  /** Ordinal of the newest event, as one BigInt64; whoever writes notifies it. */
  readonly head: SharedArrayBuffer;
};

/** The head as the one who writes the log tells it to threads that read. */
export class SharedHead {
  readonly #cell = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));

  get buffer(): SharedArrayBuffer {
    return this.#cell.buffer;
  }

  moveTo(head: number): void {
    Atomics.store(this.#cell, 0, BigInt(head));
    Atomics.notify(this.#cell, 0);
  }
}

/** Opens a log in another thread than the one that writes it. Whoever writes must keep it open meanwhile. */
export function readSharedLog({ file, identity, head }: SharedLog): EmbeddedReader {
  const cell = new BigInt64Array(head);
  const newest: NewestEvents = {
    get head() {
      return Number(Atomics.load(cell, 0));
    },
    after: () => undefined,
  };
  const reader = new EmbeddedReader(openSqlite(file, { readOnly: true, cacheMiB: 16 }), identity, newest);
  void follow(cell, reader);
  return reader;
}

async function follow(cell: BigInt64Array, reader: EmbeddedReader): Promise<void> {
  while (!reader.closed) {
    const { async: waits, value } = Atomics.waitAsync(cell, 0, Atomics.load(cell, 0));
    if (waits) await value;
    reader.wake();
  }
}
