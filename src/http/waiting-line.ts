import type { FastifyInstance } from 'fastify';
import { Problem } from './problem.js';

/**
 * Requests begun in one turn of the event loop. Node accepts one connection per turn (libuv since 1.45), so under full load
 * long turns would leave new callers outside for half a minute, while those who are in are served again and again.
 */
const PER_TURN = 6;
/** Who comes when so many wait is sent away: some two seconds of work for two cores. */
const LONGEST = 1000;

/**
 * Requests are begun in the order in which they arrive, a few per turn; too many at once are refused with 503 and
 * `Retry-After`. Orchestrators that ask for our health do not wait: a busy service is not a dead one.
 */
export function serveInOrder(server: FastifyInstance): void {
  const line = new WaitingLine();
  server.addHook('onRequest', (request, _reply, done) => {
    if (request.url.startsWith('/health/')) return done();
    if (line.enter(done)) return;
    done(
      new Problem('too_busy', 'More requests wait than can be answered soon. Send this one again.', { headers: { 'retry-after': '2' } }),
    );
  });
}

export class WaitingLine {
  #waiting: (() => void)[] = [];
  #begunThisTurn = 0;
  #isTurnWatched = false;

  /** @param begin called at once or in a later turn. @returns false: the line is too long, `begin` is not called */
  enter(begin: () => void): boolean {
    if (this.#waiting.length >= LONGEST) return false;
    if (this.#waiting.length > 0 || this.#begunThisTurn >= PER_TURN) this.#waiting.push(begin);
    else this.#begin([begin]);
    return true;
  }

  #begin(next: readonly (() => void)[]): void {
    this.#begunThisTurn += next.length;
    if (!this.#isTurnWatched) setImmediate(() => this.#nextTurn());
    this.#isTurnWatched = true;
    for (const begin of next) begin();
  }

  #nextTurn(): void {
    this.#isTurnWatched = false;
    this.#begunThisTurn = 0;
    const next = this.#waiting.slice(0, PER_TURN);
    if (next.length === 0) return;
    this.#waiting = this.#waiting.slice(PER_TURN);
    this.#begin(next);
  }
}
