/**
 * One subscription to the whole log, as batches. Everything the server says is put into one queue in the order it was
 * said: a checkpoint or "caught up" is only seen after the events before it were, so `upTo` cannot run ahead.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { streamNameFilter, type AllStreamResolvedEvent, type AllStreamSubscription, type EventStoreDBClient } from '@eventstore/db-client';
import type { EventBatch, Position, RecordedEvent } from '../event-store.js';
import { CallTimedOutError, SubscriptionEndedError } from './eventstoredb.errors.js';
import { formatPosition, parsePosition, toRecordedEvent, ZERO_POSITION } from './eventstoredb.mapping.js';

class Checkpoint {
  constructor(readonly position: Position) {}
}
class CaughtUp {}
type Item = RecordedEvent | Checkpoint | CaughtUp;

export type FollowOptions = {
  readonly signal: AbortSignal;
  /** How long the server may take to confirm the subscription, in milliseconds. */
  readonly timeoutMs: number;
  /** Prefixes of the streams that are shown; the others only move `upTo`. */
  readonly streams: readonly string[];
};

/** Events in a batch at most, and those that the stream buffers ahead; beyond that gRPC's flow control stops the server. */
const MAX_BUFFERED = 512;

/**
 * Follows the log after `after` until the signal is aborted.
 * @throws SubscriptionEndedError, CallTimedOutError or the client's error when the subscription is dropped
 * @throws ForeignEventError an event of another program in one of our streams
 */
export async function* follow(
  client: EventStoreDBClient,
  after: Position | 'start',
  options: FollowOptions,
): AsyncGenerator<EventBatch, void, void> {
  const { signal } = options;
  const source = new Source(client, after, options);
  try {
    let upTo = after === 'start' ? ZERO_POSITION : after;
    let live = false;
    while (!signal.aborted) {
      const events: RecordedEvent[] = [];
      await source.more();
      for (const item of await source.takeBurst()) {
        if (item instanceof CaughtUp) live = true;
        else if (item.position > upTo) upTo = item.position;
        if (!(item instanceof CaughtUp || item instanceof Checkpoint)) events.push(item);
      }
      if (signal.aborted) return;
      yield { events, upTo, caughtUp: live && source.isEmpty };
    }
  } finally {
    source.release();
  }
}

/** The client's readable stream with its many ways to end, as something to take from and wait for. */
class Source {
  readonly #subscription: AllStreamSubscription;
  readonly #signal: AbortSignal;
  readonly #confirmation: NodeJS.Timeout;
  #failure: Error | undefined;
  #wake = () => {};

  constructor(client: EventStoreDBClient, after: Position | 'start', options: FollowOptions) {
    this.#signal = options.signal;
    const filter = streamNameFilter({
      prefixes: [...options.streams],
      // Called in the stream's own order; must not throw, or the client stalls silently.
      checkpointReached: (subscription, position) => {
        subscription.push(new Checkpoint(formatPosition(position)));
      },
    });
    const subscription = client.subscribeToAll({ fromPosition: parsePosition(after), filter }, { highWaterMark: MAX_BUFFERED });
    this.#subscription = subscription;
    this.#confirmation = setTimeout(
      () => this.#fail(new CallTimedOutError('EventStoreDB did not confirm the subscription')),
      options.timeoutMs,
    );
    subscription.on('confirmation', () => clearTimeout(this.#confirmation));
    subscription.on('caughtUp', () => void subscription.push(new CaughtUp()));
    // The listener stays until the end: an error without one would end the process.
    subscription.on('error', (error) => this.#fail(error));
    for (const ending of ['end', 'close']) {
      subscription.on(ending, () => this.#fail(new SubscriptionEndedError('EventStoreDB ended the subscription')));
    }
    subscription.on('readable', () => this.#wake());
    this.#signal.addEventListener('abort', this.#onAbort);
  }

  get isEmpty(): boolean {
    return this.#subscription.readableLength === 0;
  }

  /** Waits until there is something to take or the signal is aborted. @throws what ended the subscription */
  async more(): Promise<void> {
    while (this.isEmpty && !this.#signal.aborted) {
      // Only now: what came before the failure has been taken.
      if (this.#failure !== undefined) throw this.#failure;
      // Reads nothing, but without it the stream neither asks for more nor notices its end.
      this.#subscription.read(0);
      if (!this.isEmpty) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** What is here, and what still arrives without a pause: events come through the client a few at a time. */
  async takeBurst(): Promise<readonly Item[]> {
    const items: Item[] = [];
    for (let before = -1; before < items.length; await nextTurn()) {
      before = items.length;
      for (let item = this.#take(); item !== undefined; item = this.#take()) {
        items.push(item);
        if (item instanceof CaughtUp || items.length === MAX_BUFFERED) return items;
      }
    }
    return items;
  }

  #take(): Item | undefined {
    const item = this.#subscription.read() as AllStreamResolvedEvent | Checkpoint | CaughtUp | null;
    if (item === null) return undefined;
    if (item instanceof Checkpoint || item instanceof CaughtUp) return item;
    // An unresolved link has no event; there is nothing of ours in it.
    if (item.event === undefined) return this.#take();
    return toRecordedEvent(item.event);
  }

  /** Ends the subscription on the server too; without it the server keeps sending. */
  release(): void {
    clearTimeout(this.#confirmation);
    this.#signal.removeEventListener('abort', this.#onAbort);
    // Not awaited: with a frozen server the call may never have been opened.
    this.#subscription.unsubscribe().catch(() => {});
    this.#subscription.destroy();
  }

  readonly #onAbort = () => this.#wake();

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
