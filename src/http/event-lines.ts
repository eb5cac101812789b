/** Which event streams are open: a few for each who follows, some kept free for staff, and none longer than its admission. */
import type { Admission } from '../access/admissions.js';
import { unlessHeldUp } from '../shared/kept-file.js';
import type { EventStream } from './event-stream.js';
import { Problem } from './problem.js';

type Limits = {
  /** Each open stream reads the log for itself. */
  readonly most: number;
  /** Of those, for staff alone: customers are many, and nobody else scans and pays. */
  readonly forStaff: number;
  /** For one browser session, key, person, or order. */
  readonly each: number;
};
export const LIMITS: Limits = { most: 500, forStaff: 150, each: 10 };

/** As often as revoked keys and ended sessions are noticed. */
const LOOK_EVERY_MS = 1000;
/** A tab too many comes back this late, so that the tabs do not chase each other. */
const SURPLUS_RETRY_MS = 30_000;

type Line = { readonly admission: Admission; readonly isCustomer: boolean; readonly stream: EventStream };

export class EventLines {
  /** Oldest first. */
  readonly #open = new Set<Line>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly limits: Limits = LIMITS) {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /**
   * Makes room for one more: whoever has as many as they may loses their oldest, for lines that died unnoticed (a device that
   * slept, a network that changed) are the oldest, and so are forgotten tabs.
   * @throws Problem rate_limited others have taken all there are
   */
  makeRoom({ holder }: Admission, isCustomer: boolean): void {
    const own = [...this.#open].filter((line) => line.admission.holder === holder);
    const customers = [...this.#open].filter((line) => line.isCustomer).length;
    const isFull = this.#open.size >= this.limits.most || (isCustomer && customers >= this.limits.most - this.limits.forStaff);
    const [oldest] = own;
    if (oldest !== undefined && (isFull || own.length >= this.limits.each)) this.#end(oldest, SURPLUS_RETRY_MS);
    else if (isFull)
      throw new Problem('rate_limited', 'Too many event streams are open. The page works without one; it only does not follow by itself.', {
        headers: { 'retry-after': '30' },
      });
  }

  /** @returns ends it */
  add(line: Line): () => void {
    this.#open.add(line);
    return () => this.#end(line);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const line of this.#open) {
      unlessHeldUp(() => {
        if (!line.admission.holds()) this.#end(line);
      });
    }
  }

  #end(line: Line, retryMs?: number): void {
    this.#open.delete(line);
    line.stream.end(retryMs);
  }
}
