/** Calls to other people's services: bounded in time and in number, so that a slow one holds up nobody else. */
import pLimit, { type LimitFunction } from 'p-limit';
import pTimeout from 'p-timeout';
import type { Heard } from './heard.js';

export type OutsideCallsOptions = {
  /** Calls to one target at the same time; 32 unless said otherwise. */
  readonly perTarget?: number;
  /** How long one call may take, in milliseconds; 30 000 unless said otherwise. */
  readonly timeLimitMs?: number;
  /** Told how the calls went. */
  readonly heard?: Heard;
};

/** The call was not answered in time; nobody knows what became of it. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

export class OutsideCalls {
  readonly #limits = new Map<string, LimitFunction>();

  constructor(private readonly options: OutsideCallsOptions = {}) {}

  /** Waits for a free place at the target, then does the work; the calls in `work` go through `inTime`. */
  at<T>(target: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const limit = this.#limits.get(target) ?? pLimit(this.options.perTarget ?? 32);
    this.#limits.set(target, limit);
    return limit(() => {
      // Whoever waited in line while the service was told to stop has not begun and need not.
      signal.throwIfAborted();
      return work();
    });
  }

  /**
   * Gives up on a call after the time limit or when told to stop, also on one that does not listen to its signal.
   * @param isAnswer whether an error is what the target had to say
   * @throws TimeLimitError
   */
  async inTime<T>(
    target: string,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
    isAnswer: (error: unknown) => boolean = () => false,
  ): Promise<T> {
    const { heard } = this.options;
    const made = (): Promise<T> => this.#inTime(signal, call);
    const means = (error: unknown) => (isAnswer(error) ? 'answer' : signal.aborted ? 'nothing' : 'failure');
    return heard === undefined ? made() : heard.through(target, made, means);
  }

  #inTime<T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { timeLimitMs = 30_000 } = this.options;
    const over = new AbortController();
    const fallback = (): never => {
      const error = new TimeLimitError(`No answer within ${timeLimitMs} ms`);
      over.abort(error);
      throw error;
    };
    return pTimeout(call(AbortSignal.any([signal, over.signal])), { milliseconds: timeLimitMs, signal, fallback });
  }
}
