/**
 * The end of the log in memory, fed by one subscription for everybody in the process who follows the log: the server
 * sends, and this process parses, every event once, however many follow. Whoever is further behind reads by themselves.
 */
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventBatch, Position, RecordedEvent } from '../event-store.js';
import { failureOf } from './eventstoredb.errors.js';
import { connect, dispose, ZERO_POSITION } from './eventstoredb.mapping.js';
import { follow } from './eventstoredb.subscription.js';

/** Events held at least, once there were so many; at most twice as many. */
const HELD = 1024;

/** Errors of unclear meaning in a row, without any progress, after which the subscription gives up. */
const MAX_UNCLEAR_FAILURES = 5;

export type TailOptions = {
  readonly url: string;
  readonly streams: readonly string[];
  readonly timeoutMs: number;
  readonly retryDelayMs: number;
  readonly head: () => Promise<Position | 'start'>;
};

export class LogTail {
  /** Those who follow; the last one to leave ends it. */
  followers = 0;
  readonly #ending = new AbortController();
  readonly #moves = new EventEmitter().setMaxListeners(0);
  /** Everything after `#since`, up to `#upTo`. */
  #held: RecordedEvent[] = [];
  #since: Position = ZERO_POSITION;
  #upTo: Position | undefined;
  /** The server has answered the subscription. */
  #begun = false;
  #live = false;
  #failure: Error | undefined;

  /** Begins at the end of the log. */
  constructor(private readonly options: TailOptions) {
    void this.#run();
  }

  end(): void {
    this.#ending.abort();
  }

  /**
   * What follows `after`, at most `limit` events; waits until there is something to tell.
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
      await once(this.#moves, 'moved', { signal }).catch(() => undefined);
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
        const from = this.#upTo ?? (await this.#begin());
        for await (const batch of follow(client, from, { ...this.options, signal })) {
          failures = 0;
          this.#take(batch);
        }
      } catch (error) {
        failures += 1;
        const failure = failureOf(error);
        if (failure === 'permanent' || (failure === 'unclear' && failures >= MAX_UNCLEAR_FAILURES)) return this.#fail(error);
      } finally {
        this.#live = false;
        void dispose(client);
      }
      if (!signal.aborted) await pause(this.options.retryDelayMs, failures, signal);
    }
  }

  async #begin(): Promise<Position> {
    const head = await this.options.head();
    this.#since = head === 'start' ? ZERO_POSITION : head;
    this.#upTo = this.#since;
    return this.#since;
  }

  #take({ events, upTo, caughtUp }: EventBatch): void {
    this.#held.push(...events);
    if (this.#held.length > 2 * HELD) this.#since = this.#held.splice(0, this.#held.length - HELD).at(-1)?.position ?? this.#since;
    this.#upTo = upTo;
    this.#live = caughtUp;
    this.#begun = true;
    this.#moves.emit('moved');
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#moves.emit('moved');
  }
}

/** Doubles with each failure up to a hundred times, spread out so that processes do not come back to a restarted server at once. */
export async function pause(delayMs: number, failures: number, signal: AbortSignal): Promise<void> {
  const longest = delayMs * Math.min(2 ** Math.max(failures - 1, 0), 100);
  await delay(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
}
