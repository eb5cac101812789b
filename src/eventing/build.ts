import type { Position } from './event-store.js';
import type { Projection } from './projection.js';
import { hasReached, type Checkpoint, type Generation } from './view-generations.js';
import type { Waiters } from './waiters.js';

/** One build of a view while a runner keeps it up to date: how far it is, and what stands in its way. */
export class Build<State> {
  #checkpoint: Checkpoint;
  /** Where the database says it is. */
  stored: Position | 'start';
  #caughtUp = false;
  #behindSinceMs: number | undefined;
  #error: Error | undefined;
  #obstacle: Error | undefined;
  #ended = false;

  constructor(
    readonly projection: Projection<State>,
    readonly generation: Generation,
    readonly waiters: Waiters,
  ) {
    this.#checkpoint = generation;
    this.stored = generation.position;
    this.#behindSinceMs = generation.agreedMs;
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }
  /** Everything up to here is in the view. */
  get position(): Position | 'start' {
    return this.#checkpoint.position;
  }
  /** True once nothing newer was in the log; stays true while new events are followed. */
  get live(): boolean {
    return this.#caughtUp && this.#error === undefined;
  }
  /** Why it stopped for good. */
  get error(): Error | undefined {
    return this.#error;
  }
  /** What it waits for and goes on after by itself: a disk that cannot be written, a log that cannot be read. */
  get obstacle(): Error | undefined {
    return this.#obstacle;
  }
  /** Nothing will come any more. */
  get ended(): boolean {
    return this.#ended || this.#error !== undefined;
  }
  /** Seconds since the view last agreed with the log's head; 0 when it does. */
  get lagSeconds(): number {
    return this.#behindSinceMs === undefined ? 0 : Math.max(0, Date.now() - this.#behindSinceMs) / 1000;
  }

  /** There is more in the log than the view shows. */
  fallBehind(): void {
    this.#behindSinceMs ??= Date.now();
  }

  moveTo(checkpoint: Checkpoint, caughtUp: boolean): void {
    this.#checkpoint = checkpoint;
    this.#obstacle = undefined;
    if (!caughtUp) return;
    this.#caughtUp = true;
    this.#behindSinceMs = undefined;
  }

  /** As the database has it, after a commit of which nobody knows whether it happened. */
  resetTo({ position, eventsSeen, eventsApplied, agreedMs }: Checkpoint): void {
    this.#checkpoint = { position, eventsSeen, eventsApplied, agreedMs };
    this.stored = position;
  }

  wait(obstacle: Error): void {
    this.#obstacle = obstacle;
    this.fallBehind();
  }

  fail(error: Error): void {
    this.#error = error;
    this.fallBehind();
  }

  /** Nobody runs it any more. */
  end(): void {
    this.#ended = true;
    this.waiters.notify();
  }

  /** @returns false when it does not come to that within `timeoutMs`, or cannot any more */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.waiters.until(condition, timeoutMs, () => this.ended);
  }

  reaches(position: Position | 'start', timeoutMs: number): Promise<boolean> {
    return this.until(() => hasReached(this.position, position), timeoutMs);
  }

  watch(listener: () => void): () => void {
    return this.waiters.watch(listener);
  }
}
