import { setTimeout as delay } from 'node:timers/promises';
import { storeFaultOf } from '../../eventing/store-faults.js';

/** Pauses between attempts: doubling from the first to the last, half of each random. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A fault that lasts longer is no passing one: what meets it then is told so at once. */
const PATIENCE_MS = 10 * 60_000;

/** Work began or ceased to wait for storage; `error` says what stands in the way. */
export type StorageNews = { readonly state: 'cannot_write'; readonly error: string } | { readonly state: 'goes_on' };

/** Lets work wait while storage stands in its way: a full disk, a locked file, a log that cannot be reached. */
export class StorageWait {
  #waiting = 0;
  /** Since when storage stands in the way; until something that has waited is done. */
  #sinceMs: number | undefined;

  /**
   * @param tell called at each change of state, however much waits
   * @param signal ends the waiting
   */
  constructor(
    private readonly tell: (news: StorageNews) => void,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Does the work, again and again until storage takes it.
   * @param work told whether it is done again: what was done before may have been stored all the same
   * @throws what the work throws, a fault of storage only when it has lasted for ten minutes or nobody is to wait any more
   */
  async until<T>(work: (isAgain: boolean) => Promise<T>): Promise<T> {
    let isAgain = false;
    try {
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
        try {
          const done = await work(isAgain);
          if (isAgain || this.#waiting === 0) this.#goOn();
          return done;
        } catch (error) {
          const fault = storeFaultOf(error);
          if (fault === undefined || this.signal.aborted || this.#lastsTooLong(fault)) throw error;
        }
        if (!isAgain) this.#waiting += 1;
        isAgain = true;
        await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: this.signal }).catch(() => undefined);
      }
    } finally {
      if (isAgain) this.#waiting -= 1;
    }
  }

  #lastsTooLong({ message }: Error): boolean {
    if (this.#sinceMs === undefined) this.tell({ state: 'cannot_write', error: message });
    this.#sinceMs ??= Date.now();
    return Date.now() - this.#sinceMs > PATIENCE_MS;
  }

  #goOn(): void {
    if (this.#sinceMs !== undefined) this.tell({ state: 'goes_on' });
    this.#sinceMs = undefined;
  }
}
