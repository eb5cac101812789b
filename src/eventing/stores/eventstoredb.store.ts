/**
 * The event log in EventStoreDB, through its own Node client. The client retries nothing, waits for ever and shares
 * state between its objects; the guards against that are here and in the files beside this one.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BACKWARDS, END, StreamNotFoundError, WrongExpectedVersionError } from '@eventstore/db-client';
import type { EventStoreDBClient, ReadAllOptions, ReadPosition } from '@eventstore/db-client';
import { OverlappingAppendError, StoreUnavailableError, UnknownOutcomeError, WrongRevisionError } from '../event-store.js';
import type {
  Appended,
  EventBatch,
  EventStore,
  ExpectedRevision,
  NewEvent,
  Position,
  RecordedEvent,
} from '../event-store.js';
import { failureOf, needsNewClient, reasonOf, within } from './eventstoredb.errors.js';
import { connect, dispose, formatPosition, toRecordedEvent } from './eventstoredb.mapping.js';
import { follow } from './eventstoredb.subscription.js';
import { EventStoreDbWriter } from './eventstoredb.writer.js';
import { serialiseAppend } from './serialise.js';

export type EventStoreDbOptions = {
  /** How long a call may stay unanswered, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** First pause before a dropped subscription is resumed, in milliseconds; doubles up to 100 times. Default 100. */
  readonly retryDelayMs?: number;
};

/** Holds the log's identity. Kept out of what subscribers and `head` see. */
const IDENTITY_STREAM = 'backhaul-log';
const IDENTITY_TYPE = 'LogCreated';

/** Events fetched per call, so that no call runs long and none stays open when its reader leaves. */
const PAGE = 500;

/** The newest event of ours is among the last few, unless the server has written many of its own. */
const HEAD_PAGE = 32;

/** Errors of unclear meaning in a row, without any progress, after which a subscription gives up. */
const MAX_UNCLEAR_FAILURES = 5;

export class EventStoreDbStore implements EventStore {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #retryDelayMs: number;
  readonly #closing = new AbortController();
  readonly #appends = new Set<Promise<unknown>>();
  readonly #writer: EventStoreDbWriter;
  #reader: EventStoreDBClient;
  #identity: Promise<string> | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Makes a store; nothing is sent before the first call.
   * @throws Error the connection string is not usable
   */
  constructor(url: string, options: EventStoreDbOptions = {}) {
    this.#url = url;
    this.#timeoutMs = options.timeoutMs ?? 5000;
    this.#retryDelayMs = options.retryDelayMs ?? 100;
    this.#writer = new EventStoreDbWriter(url, this.#timeoutMs);
    this.#reader = connect(url);
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

  async append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended> {
    serialiseAppend(streamId, events, expected);
    this.#assertOpen();
    const appending = this.#append(streamId, events, expected);
    const settled = appending.catch(() => {});
    this.#appends.add(settled);
    try {
      return await appending;
    } finally {
      this.#appends.delete(settled);
    }
  }

  async readStream(streamId: string, from = 0): Promise<readonly RecordedEvent[]> {
    this.#assertOpen();
    const events: RecordedEvent[] = [];
    for (let next = from; ; next += PAGE) {
      const page = await this.#readPage(streamId, next, PAGE);
      events.push(...page);
      if (page.length < PAGE) return events;
    }
  }

  async *subscribe(
    after: Position | 'start',
    options: { readonly batchSize: number; readonly signal: AbortSignal },
  ): AsyncGenerator<EventBatch, void, void> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    let position = after;
    let failures = 0;
    while (!signal.aborted) {
      // A client of its own each time: a failed one may stay failed, and disposing it must not end others' calls.
      const client = connect(this.#url);
      try {
        const source = { ...options, signal, timeoutMs: this.#timeoutMs, hiddenStream: IDENTITY_STREAM };
        for await (const batch of follow(client, position, source)) {
          failures = 0;
          position = batch.upTo;
          yield batch;
        }
      } catch (error) {
        failures += 1;
        const failure = failureOf(error);
        if (failure === 'permanent' || (failure === 'unclear' && failures >= MAX_UNCLEAR_FAILURES)) throw error;
      } finally {
        void dispose(client);
      }
      if (!signal.aborted) await this.#pause(failures, signal);
    }
  }

  async head(): Promise<Position | 'start'> {
    this.#assertOpen();
    let fromPosition: ReadPosition = END;
    for (;;) {
      const read: ReadAllOptions = { direction: BACKWARDS, fromPosition, maxCount: HEAD_PAGE };
      const page = await this.#collect('head', (client) => client.readAll(read));
      for (const { event } of page) {
        if (event === undefined) continue;
        if (!event.type.startsWith('$') && event.streamId !== IDENTITY_STREAM) return formatPosition(event.position);
        fromPosition = event.position;
      }
      if (page.length < HEAD_PAGE) return 'start';
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#appends);
    await Promise.all([this.#writer.close(), dispose(this.#reader)]);
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new StoreUnavailableError('The event log is closed');
  }

  async #append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision): Promise<Appended> {
    try {
      const result = await this.#writer.send(streamId, events, expected);
      const revision = Number(result.nextExpectedRevision);
      const position = result.position && formatPosition(result.position);
      return { revision, position: position ?? (await this.#positionOf(streamId, revision)) };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      const actual = typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) : 'no-stream';
      throw await this.#conflict(streamId, events, expected, actual);
    }
  }

  /** EventStoreDB answers a repetition that differs halfway as a wrong revision; the stream tells them apart. */
  async #conflict(
    streamId: string,
    events: readonly NewEvent[],
    expected: ExpectedRevision,
    actual: number | 'no-stream',
  ): Promise<Error> {
    const next = expected === 'no-stream' ? 0 : expected + 1;
    if (actual !== 'no-stream' && actual >= next && events.length > 1) {
      const [stored] = await this.#readPage(streamId, next, 1);
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

  async #readPage(streamId: string, from: number, maxCount: number): Promise<readonly RecordedEvent[]> {
    const read = { fromRevision: BigInt(from), maxCount };
    const page = await this.#collect(`read ${streamId}`, (client) => client.readStream(streamId, read));
    return page.flatMap(({ event }) => (event === undefined ? [] : [toRecordedEvent(event)]));
  }

  /** All of a bounded read; a stream that does not exist is empty. */
  async #collect<Event>(
    what: string,
    start: (client: EventStoreDBClient) => AsyncIterable<Event> & { cancel(): Promise<void> },
  ): Promise<readonly Event[]> {
    const client = this.#reader;
    const read = start(client);
    try {
      return await within(this.#timeoutMs, what, toArray(read));
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      if (needsNewClient(error) && this.#reader === client) this.#reader = connect(this.#url);
      if (failureOf(error) === 'permanent') throw error;
      throw new StoreUnavailableError(`EventStoreDB could not be read (${what}): ${reasonOf(error)}`, { cause: error });
    } finally {
      // A read left half-way stays open on the server; not awaited, because with a frozen one it never was opened.
      read.cancel().catch(() => {});
    }
  }

  async #readOrCreateIdentity(): Promise<string> {
    const known = await this.#readPage(IDENTITY_STREAM, 0, 1);
    if (known.length === 0) {
      // Of several that start at once one wins; all read the winner's.
      await this.append(IDENTITY_STREAM, [newIdentity()], 'no-stream').catch((error: unknown) => {
        if (!(error instanceof WrongRevisionError)) throw error;
      });
      return this.#readOrCreateIdentity();
    }
    const identity = known[0]?.data['identity'];
    if (typeof identity !== 'string') throw new Error(`Stream ${IDENTITY_STREAM} does not hold the log's identity`);
    return identity;
  }

  async #pause(failures: number, signal: AbortSignal): Promise<void> {
    const longest = this.#retryDelayMs * Math.min(2 ** Math.max(failures - 1, 0), 100);
    // Spread out, so that all views of all processes do not come back to a restarted server at once.
    await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {});
  }
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

async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
