/**
 * The end of the log in memory, fed by one subscription for everybody in the process who follows the log: the server
 * sends, and this process parses, every event once, however many follow. Whoever is further behind reads by themselves.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { streamNameFilter, type AllStreamResolvedEvent, type AllStreamSubscription, type EventStoreDBClient } from '@eventstore/db-client';
import type { EventBatch, Position, RecordedEvent } from '../event-store.js';
import { CallTimedOutError, failureOf, SubscriptionEndedError } from './eventstoredb.errors.js';
import { connect, dispose, formatPosition, parsePosition, toRecordedEvent, ZERO_POSITION } from './eventstoredb.mapping.js';

/** What the server says beside events goes through the stream they come in, so that it is not heard before them. */
class Checkpoint {
  constructor(readonly position: Position) {}
}
class CaughtUp {}
type Item = AllStreamResolvedEvent | Checkpoint | CaughtUp;

/** What the client buffers ahead; beyond that gRPC's flow control stops the server. */
const MAX_BUFFERED = 512;

/** Events held at least, once there were so many; at most twice as many. */
const HELD = 1024;

/** Errors of unclear meaning in a row, without any progress, after which the subscription gives up. */
const MAX_UNCLEAR_FAILURES = 5;

export type TailOptions = {
  readonly url: string;
  /** Prefixes of the streams that are held; the others only move the tail's end. */
  readonly streams: readonly string[];
  /** How long the server may take to confirm the subscription, in milliseconds. */
  readonly timeoutMs: number;
  readonly retryDelayMs: number;
  readonly head: () => Promise<Position | 'start'>;
};

export class LogTail {
  /** Those who follow; the last one to leave ends it. */
  followers = 0;
  readonly #ending = new AbortController();
  /** Those who wait for something new. */
  readonly #waiting = new Set<() => void>();
  /** Everything after `#since`, up to `#upTo`. */
  #held: RecordedEvent[] = [];
  #since: Position = ZERO_POSITION;
  #upTo: Position | undefined;
  /** The server has answered the subscription. */
  #begun = false;
  #live = false;
  #telling: NodeJS.Immediate | undefined;
  #failure: Error | undefined;

  /** Begins at the end of the log. */
  constructor(private readonly options: TailOptions) {
    void this.#run();
  }

  end(): void {
    this.#ending.abort();
  }

  /** Lets those who wait look again, also whether their signal was aborted. */
  wake(): void {
    this.#telling = undefined;
    const woken = [...this.#waiting];
    this.#waiting.clear();
    for (const look of woken) look();
  }

  /**
   * What follows `after`, at most `limit` events; waits until there is something to tell. Whoever aborts the signal calls `wake`.
   * @param wasCaughtUp the caller has been told so
   * @returns `behind`: what follows is no longer held; undefined when the signal was aborted
   * @throws what ended the subscription for good
   */
  async next(after: Position, limit: number, wasCaughtUp: boolean, signal: AbortSignal): Promise<EventBatch | 'behind' | undefined> {
    while (!signal.aborted) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#begun && after < this.#since) return 'behind';
      const batch = this.#after(after, limit);
      if (this.#begun && (batch.upTo > after || (batch.caughtUp && !wasCaughtUp))) return batch;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return undefined;
  }

  #after(after: Position, limit: number): EventBatch {
    const from = this.#held.findLastIndex(({ position }) => position <= after) + 1;
    const events = this.#held.slice(from, from + limit);
    const last = events.at(-1);
    if (last !== undefined && from + events.length < this.#held.length) return { events, upTo: last.position, caughtUp: false };
    // Who has read by themselves may be ahead of the subscription.
    return { events, upTo: this.#upTo !== undefined && this.#upTo > after ? this.#upTo : after, caughtUp: this.#live };
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    for (let failures = 0; !signal.aborted;) {
      // A client of its own each time: a failed one may stay failed, and disposing it must not end others' calls.
      const client = connect(this.options.url);
      try {
        const source = this.#subscribe(client, this.#upTo ?? (await this.#begin()));
        const items: AsyncIterable<Item> = source;
        let hasCaughtUp = false;
        for await (const item of items) {
          failures = 0;
          hasCaughtUp ||= item instanceof CaughtUp;
          this.#take(item);
          this.#live = hasCaughtUp && source.readableLength === 0;
        }
        throw new SubscriptionEndedError('EventStoreDB ended the subscription');
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        const failure = failureOf(error);
        if (failure === 'permanent' || (failure === 'unclear' && failures >= MAX_UNCLEAR_FAILURES)) return this.#fail(error);
      } finally {
        this.#live = false;
        void dispose(client);
      }
      await pause(this.options.retryDelayMs, failures, signal);
    }
  }

  async #begin(): Promise<Position> {
    const head = await this.options.head();
    this.#since = head === 'start' ? ZERO_POSITION : head;
    this.#upTo = this.#since;
    return this.#since;
  }

  #subscribe(client: EventStoreDBClient, after: Position): AllStreamSubscription {
    const { streams, timeoutMs } = this.options;
    const filter = streamNameFilter({
      prefixes: [...streams],
      // Must not throw, or the client stalls silently.
      checkpointReached: (source, position) => void source.push(new Checkpoint(formatPosition(position))),
    });
    const source = client.subscribeToAll({ fromPosition: parsePosition(after), filter }, { highWaterMark: MAX_BUFFERED });
    const late = new CallTimedOutError('EventStoreDB did not confirm the subscription');
    const confirmation = setTimeout(() => source.destroy(late), timeoutMs);
    const leave = (): void => void source.destroy();
    this.#ending.signal.addEventListener('abort', leave);
    source.on('confirmation', () => clearTimeout(confirmation));
    source.on('caughtUp', () => void source.push(new CaughtUp()));
    // Stays to the end: an error without a listener would end the process.
    source.on('error', () => undefined);
    source.on('close', () => {
      clearTimeout(confirmation);
      this.#ending.signal.removeEventListener('abort', leave);
      // Else the server keeps sending. Not awaited: with a frozen one the call may never have been opened.
      source.unsubscribe().catch(() => undefined);
    });
    return source;
  }

  /** @throws ForeignEventError an event of another program in one of our streams */
  #take(item: Item): void {
    // An unresolved link has no event; there is nothing of ours in it.
    const event = 'event' in item && item.event !== undefined ? toRecordedEvent(item.event) : undefined;
    if (event !== undefined) this.#held.push(event);
    const position = item instanceof Checkpoint ? item.position : event?.position;
    if (position !== undefined && (this.#upTo === undefined || position > this.#upTo)) this.#upTo = position;
    if (this.#held.length > 2 * HELD) this.#since = this.#held.splice(0, this.#held.length - HELD).at(-1)?.position ?? this.#since;
    this.#begun = true;
    // Events come through the client a few at a time; they are told of together.
    this.#telling ??= setImmediate(() => this.wake());
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.wake();
  }
}

/** Doubles with each failure up to a hundred times, spread out so that processes do not come back to a restarted server at once. */
export async function pause(delayMs: number, failures: number, signal: AbortSignal): Promise<void> {
  const longest = delayMs * Math.min(2 ** Math.max(failures - 1, 0), 100);
  await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
