/**
 * The event log in EventStoreDB, through its own Node client. The client retries nothing, waits for ever and shares
 * state between its objects; the guards against that are here and in the files beside this one.
 */
import { randomUUID } from 'node:crypto';
import { WrongExpectedVersionError } from '@eventstore/db-client';
import { LRUCache } from 'lru-cache';
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
import { digestInStream, STREAM_START } from './digests.js';
import { StreamsCheck } from './eventstoredb.audit.js';
import { formatPosition, toAuditedEvent, toRecordedEvent, ZERO_POSITION, type SealedEvent } from './eventstoredb.mapping.js';
import { EventStoreDbReader, PAGE } from './eventstoredb.reader.js';
import { LogTail, pause } from './eventstoredb.tail.js';
import { EventStoreDbWriter } from './eventstoredb.writer.js';
import { serialiseAppend, type SerialisedEvent } from './serialise.js';

export type EventStoreDbOptions = {
  /** Prefixes of the streams that are this service's; whatever else is in the database is none of its business. */
  readonly streams: readonly string[];
  /** How long a call may stay unanswered, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** First pause before a dropped subscription is resumed, in milliseconds; doubles up to 100 times. Default 100. */
  readonly retryDelayMs?: number;
};

/** Holds the log's identity. Its name has none of the prefixes, so subscribers and `head` do not see it. */
const IDENTITY_STREAM = 'backhaul-log';
const IDENTITY_TYPE = 'LogCreated';

/** Streams whose last digest is remembered (about 150 bytes each); for others it is read before an append. */
const REMEMBERED_STREAMS = 50_000;

export class EventStoreDbStore implements EventStore {
  readonly #url: string;
  readonly #streams: readonly string[];
  readonly #timeoutMs: number;
  readonly #retryDelayMs: number;
  readonly #closing = new AbortController();
  readonly #appends = new Set<Promise<unknown>>();
  readonly #writer: EventStoreDbWriter;
  /** By stream: the newest event this process knows of, and what the digest of the next one follows. */
  readonly #ends = new LRUCache<string, { readonly revision: number; readonly digest: string }>({ max: REMEMBERED_STREAMS });
  readonly #reader: EventStoreDbReader;
  /** While anybody follows the log. */
  #tail: LogTail | undefined;
  #identity: Promise<string> | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Makes a store; nothing is sent before the first call.
   * @throws Error the connection string is not usable
   */
  constructor(url: string, options: EventStoreDbOptions) {
    this.#url = url;
    this.#streams = options.streams;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#retryDelayMs = options.retryDelayMs ?? 100;
    this.#writer = new EventStoreDbWriter(url, this.#timeoutMs);
    this.#reader = new EventStoreDbReader(url, this.#timeoutMs, (streamId) => this.#isOurs(streamId));
  }

  async identity(): Promise<string> {
    this.#identity ??= this.#readOrCreateIdentity();
    try {
      return await this.#identity;
    } catch (error) {
      this.#identity = undefined;
      throw error;
    }
  }

  async append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision, deadline = Infinity): Promise<Appended> {
    // Nobody would ever see its events.
    if (!this.#isOurs(streamId))
      throw new TypeError(`${JSON.stringify(streamId)} does not begin like a stream of this service (${this.#streams.join(', ')})`);
    return this.#appendTracked(streamId, events, expected, deadline);
  }

  async #appendTracked(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision, deadline: number): Promise<Appended> {
    const serialised = serialiseAppend(streamId, events, expected);
    this.#assertOpen();
    const appending = this.#append(streamId, events, serialised, expected, deadline);
    const settled = appending.catch(() => {});
    this.#appends.add(settled);
    try {
      return await appending;
    } finally {
      this.#appends.delete(settled);
    }
  }

  async readStream(streamId: string, from = 0, deadline = Infinity): Promise<readonly RecordedEvent[]> {
    this.#assertOpen();
    const events: RecordedEvent[] = [];
    for (let next = from; ; next += PAGE) {
      const page = await this.#readPage(streamId, next, PAGE, deadline);
      events.push(...page);
      if (page.length < PAGE) return events;
    }
  }

  async *subscribe(
    after: Position | 'start',
    options: { readonly batchSize: number; readonly signal: AbortSignal },
  ): AsyncGenerator<EventBatch, void, void> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    if (signal.aborted) return;
    const tail = this.#enter();
    const wake = (): void => tail.wake();
    signal.addEventListener('abort', wake);
    try {
      let position = after === 'start' ? ZERO_POSITION : after;
      for (let wasCaughtUp = false; ;) {
        const next = await tail.next(position, options.batchSize, wasCaughtUp, signal);
        for (const batch of next === 'behind' ? await this.#batchesAfter(position, options.batchSize, signal) : next ? [next] : []) {
          yield batch;
          if (signal.aborted) return;
          position = batch.upTo;
          wasCaughtUp = batch.caughtUp;
        }
        if (signal.aborted) return;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.#leave(tail);
    }
  }

  #enter(): LogTail {
    this.#tail ??= new LogTail({
      url: this.#url,
      streams: this.#streams,
      timeoutMs: this.#timeoutMs,
      retryDelayMs: this.#retryDelayMs,
      head: () => this.#reader.head(),
    });
    this.#tail.followers += 1;
    return this.#tail;
  }

  #leave(tail: LogTail): void {
    tail.followers -= 1;
    if (tail.followers > 0) return;
    tail.end();
    this.#tail = undefined;
  }

  /** The next page of the log for one who is behind its tail; none when the log cannot be read now. */
  async #batchesAfter(position: Position, batchSize: number, signal: AbortSignal): Promise<readonly EventBatch[]> {
    try {
      const { events, upTo } = await this.#reader.after(position);
      const batches: EventBatch[] = [];
      for (let from = 0; from === 0 || from < events.length; from += batchSize) {
        const some = events.slice(from, from + batchSize).map(toRecordedEvent);
        const isLast = from + batchSize >= events.length;
        batches.push({ events: some, upTo: isLast ? upTo : (some.at(-1)?.position ?? upTo), caughtUp: false });
      }
      return batches;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await pause(this.#retryDelayMs, 1, signal);
      return [];
    }
  }

  async head(): Promise<Position | 'start'> {
    this.#assertOpen();
    return this.#reader.head();
  }

  async *audit({ streamId, signal }: { readonly streamId?: string; readonly signal?: AbortSignal } = {}): AsyncGenerator<
    AuditBatch,
    void,
    void
  > {
    this.#assertOpen();
    const check = new StreamsCheck();
    const pages = streamId === undefined ? this.#reader.wholeLog() : this.#reader.wholeStream(streamId);
    for await (const page of pages) {
      if (signal?.aborted === true) return;
      yield check.take(page);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#appends);
    await Promise.all([this.#writer.close(), this.#reader.close()]);
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailableError('The event log is closed');
  }

  async #append(
    streamId: string,
    events: readonly NewEvent[],
    serialised: readonly SerialisedEvent[],
    expected: ExpectedRevision,
    deadline: number,
  ): Promise<Appended> {
    const sealed = seal(streamId, events, serialised, expected, await this.#digestAt(streamId, expected, deadline));
    try {
      const result = await this.#writer.send(streamId, sealed, expected, deadline);
      const revision = Number(result.nextExpectedRevision);
      this.#remember(streamId, revision, sealed.at(-1)?.digest ?? null);
      const position = result.position && formatPosition(result.position);
      return { revision, position: position ?? (await this.#positionOf(streamId, revision)) };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      const actual = typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) : 'no-stream';
      throw await this.#conflict(streamId, events, expected, actual, deadline);
    }
  }

  /**
   * What the digest after `expected` follows: nearly always known from the read the decision was made on, or the append before.
   * @throws WrongRevisionError there is no such event yet, so nothing can follow it
   */
  async #digestAt(streamId: string, expected: ExpectedRevision, deadline: number): Promise<string> {
    if (expected === 'no-stream') return STREAM_START;
    const end = this.#ends.get(streamId);
    if (end?.revision === expected) return end.digest;
    const [event] = await this.#reader.page(streamId, expected, 1, deadline);
    if (event !== undefined) return toAuditedEvent(event).digest ?? STREAM_START;
    throw new WrongRevisionError(streamId, expected, await this.#reader.lastRevision(streamId, deadline));
  }

  #isOurs(streamId: string): boolean {
    return this.#streams.some((prefix) => streamId.startsWith(prefix));
  }

  #remember(streamId: string, revision: number, digest: string | null): void {
    const known = this.#ends.get(streamId);
    if (known === undefined || known.revision < revision) this.#ends.set(streamId, { revision, digest: digest ?? STREAM_START });
  }

  /** EventStoreDB answers a repetition that differs halfway as a wrong revision; the stream tells them apart. */
  async #conflict(
    streamId: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    actual: number | 'no-stream',
    deadline: number,
  ): Promise<Error> {
    const next = expected === 'no-stream' ? 0 : expected + 1;
    if (actual !== 'no-stream' && actual >= next && events.length > 1) {
      const [stored] = await this.#readPage(streamId, next, 1, deadline);
      if (stored?.id === events[0]?.id) return new OverlappingAppendError(streamId);
    }
    return new WrongRevisionError(streamId, expected, actual);
  }

  /** For answers without a position. The events are written by now, so "nothing was written" must not come out. */
  async #positionOf(streamId: string, revision: number): Promise<Position> {
    const [event] = await this.#readPage(streamId, revision, 1).catch(() => []);
    if (event === undefined) throw new UnknownOutcomeError(`Event ${revision} of ${streamId} could not be read back`);
    return event.position;
  }

  async #readPage(streamId: string, from: number, maxCount: number, deadline = Infinity): Promise<readonly RecordedEvent[]> {
    const page = (await this.#reader.page(streamId, from, maxCount, deadline)).map(toAuditedEvent);
    const last = page.at(-1);
    if (last !== undefined) this.#remember(streamId, last.event.revision, last.digest);
    return page.map(({ event }) => event);
  }

  async #readOrCreateIdentity(): Promise<string> {
    const known = await this.#readPage(IDENTITY_STREAM, 0, 1);
    if (known.length === 0) {
      // Of several that start at once one wins; all read the winner's.
      await this.#appendTracked(IDENTITY_STREAM, [newIdentity()], 'no-stream', Infinity).catch((error: unknown) => {
        if (!(error instanceof WrongRevisionError)) throw error;
      });
      return this.#readOrCreateIdentity();
    }
    const identity = known[0]?.data['identity'];
    if (typeof identity !== 'string') throw new Error(`Stream ${IDENTITY_STREAM} does not hold the log's identity`);
    return identity;
  }
}

/** The events with their digests, each over the one before it. */
function seal(
  streamId: string,
  events: readonly NewEvent[],
  serialised: readonly SerialisedEvent[],
  expected: ExpectedRevision,
  before: string,
): readonly SealedEvent[] {
  let digest = before;
  const first = expected === 'no-stream' ? 0 : expected + 1;
  return events.map((event, index) => {
    const text = serialised[index];
    if (text !== undefined) digest = digestInStream(digest, streamId, first + index, text);
    return { ...event, digest };
  });
}

function newIdentity(): NewEvent {
  const id = randomUUID();
  return {
    id,
    type: IDENTITY_TYPE,
    data: { identity: randomUUID() },
    metadata: {
      commandId: id,
      commandHash: '',
      correlationId: id,
      causationId: id,
      schemaVersion: 1,
      actor: { kind: 'system', id: 'event-store', channel: 'process' },
      occurredAt: new Date().toISOString(),
    },
  };
}
