/**
 * Commands first. Views and commands share one event loop; while requests keep it busy, all views together take a
 * bounded share of it, so that a scan is not paid ten times over while its client waits (docs/decisions/024).
 *
 * Whoever has worked is told how long to pause. Work is reserved on one time line for everybody: each piece moves it on
 * by what the piece took, divided by the share. An idle loop is never paused for, and the further a view is behind the
 * shorter its pauses are, down to none, which bounds how far it can fall behind.
 */
import { performance } from 'node:perf_hooks';

/** Of the event loop, for all views together while requests are flowing. */
const SHARE = 0.15;
/** A view that is so far behind the log is not held back at all. */
const MOST_LAG_SECONDS = 5;
/** No pause is longer, and none is owed for longer. */
const LONGEST_PAUSE_MS = 1000;
/** Others are busy when they use more than this of the time that views leave them. */
const BUSY = 0.5;
/** How much of such time is looked at before the loop is called busy or idle again. */
const LOOKED_AT_MS = 20;

/** What is known of the event loop since the process started, in milliseconds. */
export type LoopTimes = { readonly now: number; readonly active: number };

const timesOfThisLoop = (): LoopTimes => ({ now: performance.now(), active: performance.eventLoopUtilization().active });

/** One for all views of a process. */
export class LoadShare {
  #window: LoopTimes;
  #ownInWindow = 0;
  #busy = false;
  /** Up to here the views have used their share, on the clock of `times`. */
  #reserved = 0;

  constructor(private readonly times: () => LoopTimes = timesOfThisLoop) {
    this.#window = times();
  }

  /** Whether others keep the loop busy. */
  get busy(): boolean {
    this.#watch(this.times());
    return this.#busy;
  }

  /**
   * How long to pause after a piece of work, in milliseconds; 0 while the loop has time to spare.
   * @param tookMs how long the piece kept the loop
   * @param lagSeconds how far its view is behind the log
   */
  pauseAfter(tookMs: number, lagSeconds: number): number {
    const at = this.times();
    this.#ownInWindow += tookMs;
    this.#watch(at);
    if (!this.#busy) {
      this.#reserved = at.now;
      return 0;
    }
    this.#reserved = Math.min(Math.max(at.now - tookMs, this.#reserved) + tookMs / SHARE, at.now + LONGEST_PAUSE_MS);
    const patience = Math.max(0, 1 - lagSeconds / MOST_LAG_SECONDS);
    return Math.max(0, this.#reserved - at.now) * patience;
  }

  /** Only time left by views counts: while they work, nobody can tell how much others would like to do. */
  #watch(at: LoopTimes): void {
    const left = at.now - this.#window.now - this.#ownInWindow;
    if (left < LOOKED_AT_MS) return;
    this.#busy = (at.active - this.#window.active - this.#ownInWindow) / left > BUSY;
    this.#window = at;
    this.#ownInWindow = 0;
  }
}
