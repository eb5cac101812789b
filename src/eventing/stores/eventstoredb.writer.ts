/** Sends appends to EventStoreDB: many at a time, each with a time limit, by one client after another. */
import { Duplex } from 'node:stream';
import {
  MaxAppendSizeExceededError,
  NO_STREAM,
  WrongExpectedVersionError,
  type AppendResult,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import {
  AppendTooLargeError,
  MAX_APPEND_BYTES,
  StoreUnavailableError,
  UnknownOutcomeError,
  type ExpectedRevision,
} from '../event-store.js';
import { failureOf, needsNewClient, reasonOf, within } from './eventstoredb.errors.js';
import { connect, dispose, toEventData, type SealedEvent } from './eventstoredb.mapping.js';

/** Appends on their way at the same time; a server that answers each after 10 ms takes 25 times as many in a second. */
const MAX_IN_FLIGHT = 256;

/**
 * Of these, appends that the client has not sent yet. Its shared append stream buffers 16 messages; when it breaks with
 * more waiting than that, the client rejects a promise nobody can catch and the process would end.
 */
const MAX_UNSENT = 15;

/** How soon to look again whether the client has sent something, in milliseconds: it does not tell. */
const LOOK_AGAIN_MS = 1;

/** Added to the server's own deadline, an absolute time: clocks may differ by this much (milliseconds). */
const CLOCK_SKEW_MS = 60_000;

export class EventStoreDbWriter {
  readonly #url: string;
  readonly #timeoutMs: number;
  /** Those who wait for a place. */
  readonly #queue = new Set<() => void>();
  #inFlight = 0;
  /** Handed to the client in this turn of the event loop: within it they reach the append stream, once there is one. */
  #handedOver = 0;
  #lookingAgain: NodeJS.Timeout | undefined;
  #current: { readonly client: EventStoreDBClient; readonly ready: Promise<void> };

  /** @throws Error the connection string is not usable */
  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#current = { client: connect(url), ready: Promise.resolve() };
  }

  /**
   * Sends one append. Events and revision must have been checked: the client does not survive bad ones.
   * @param deadline by `performance.now()`; nothing is sent after it
   * @throws WrongExpectedVersionError the client's own, conflict and overlap alike
   * @throws AppendTooLargeError, UnknownOutcomeError, StoreUnavailableError as the port says
   */
  async send(streamId: string, events: readonly SealedEvent[], expected: ExpectedRevision, deadline: number): Promise<AppendResult> {
    await this.#enter(Math.min(performance.now() + this.#timeoutMs, deadline));
    const { client, ready } = this.#current;
    try {
      await ready;
      const patience = Math.min(this.#timeoutMs, deadline - performance.now());
      if (patience <= 0) throw notSent();
      const expectedRevision = expected === 'no-stream' ? NO_STREAM : BigInt(expected);
      const serversDeadline = this.#timeoutMs + CLOCK_SKEW_MS;
      const sent = client.appendToStream(streamId, events.map(toEventData), { expectedRevision, deadline: serversDeadline });
      return await within(patience, `append to ${streamId}`, sent);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      if (needsNewClient(error)) this.#replace(client);
      throw portError(error);
    } finally {
      this.#leave();
    }
  }

  /** Releases the connection; without this the client's append stream keeps the process alive. */
  async close(): Promise<void> {
    await Promise.all([this.#current.ready, dispose(this.#current.client)]);
  }

  /** Waits for a place among the appends in flight. */
  async #enter(deadline: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(
        () => {
          this.#queue.delete(enter);
          reject(notSent());
        },
        Math.max(0, deadline - performance.now()),
      );
      this.#queue.add(enter);
      this.#admit();
    });
  }

  #leave(): void {
    this.#inFlight -= 1;
    this.#admit();
  }

  #admit(): void {
    for (const enter of this.#queue) {
      if (this.#places() <= 0) break;
      this.#queue.delete(enter);
      this.#inFlight += 1;
      if (this.#handedOver === 0) setImmediate(() => this.#nextTurn());
      this.#handedOver += 1;
      enter();
    }
    if (this.#queue.size > 0 && this.#inFlight < MAX_IN_FLIGHT && this.#handedOver === 0) {
      this.#lookingAgain ??= setTimeout(() => {
        this.#lookingAgain = undefined;
        this.#admit();
      }, LOOK_AGAIN_MS);
    }
  }

  #nextTurn(): void {
    this.#handedOver = 0;
    this.#admit();
  }

  #places(): number {
    const unsent = unsentBy(this.#current.client);
    // As long as there is no append stream, all of them wait for it.
    if (unsent === undefined) return MAX_UNSENT - this.#inFlight;
    return Math.min(MAX_UNSENT - this.#handedOver - unsent, MAX_IN_FLIGHT - this.#inFlight);
  }

  /**
   * One writing client at a time: the client library keeps the pending appends of all its objects in one table, and
   * an error of the old one after the new one has started would reject the new one's and end the process.
   */
  #replace(failed: EventStoreDBClient): void {
    if (this.#current.client !== failed) return;
    this.#current = { client: connect(this.#url), ready: dispose(failed) };
  }
}

/** Messages that wait in the append stream of a client, which keeps it to itself; undefined when it has none open. */
function unsentBy(client: EventStoreDBClient): number | undefined {
  const open: unknown = client['disposableStreams'];
  const streams = open instanceof Set ? [...(open as Set<unknown>)].filter((each) => each instanceof Duplex) : [];
  return streams.length === 0 ? undefined : streams.reduce((sum, { writableLength }) => sum + writableLength, 0);
}

const notSent = (): StoreUnavailableError => new StoreUnavailableError('EventStoreDB is not answering; the append was not sent');

function portError(error: unknown): unknown {
  if (error instanceof WrongExpectedVersionError) return error;
  if (error instanceof MaxAppendSizeExceededError) return new AppendTooLargeError(MAX_APPEND_BYTES);
  const failure = failureOf(error);
  if (failure === 'permanent') return error;
  const reason = reasonOf(error);
  return failure === 'not-handled'
    ? new StoreUnavailableError(`EventStoreDB did not take the append: ${reason}`, { cause: error })
    : new UnknownOutcomeError(`EventStoreDB did not confirm the append: ${reason}`, { cause: error });
}
