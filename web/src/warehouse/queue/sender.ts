/**
 * Sends what waits, in one tab of this browser at a time: the one that holds the lock. A command leaves the store only
 * when the service has answered it; until then it is sent again, under the same key.
 */
import type { Session } from '../../shared/staff/session';
import type { Outcome } from './commands';
import { isKnownAgainFromAnyone, laneOf, mayScan, nextToSend, verdictOn, waitAfter, type Reply } from './rules';
import { commandsAfter, markTried, removeCommand, setAside, type Entry } from './store';

const AT_ONCE = 4;
const LOCK = 'backhaul-station-sender';

/** What keeps the queue from moving: no answer from the service, nobody signed in who may scan, or this device, which does not give or take what waits. */
export type Hold = 'offline' | 'sign_in' | 'device' | null;

type SenderParts = {
  readonly send: (entry: Entry) => Promise<Reply>;
  /** Asks the service who is signed in. @throws without an answer */
  readonly readSession: () => Promise<Session | null>;
  /** Who is signed in as far as this page knows. */
  readonly knownSession: () => Session | null | undefined;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly onHold: (hold: Hold) => void;
  readonly onError: (error: unknown) => void;
};

export class Sender {
  /** Read from the store and not yet answered, in order. */
  #queue: readonly Entry[] = [];
  #read = 0;
  /** What was read is no longer as it stands in the store. */
  #isStale = false;
  readonly #underWay = new Set<string>();
  /** Lanes whose command was not taken, until when (milliseconds since 1970), and how often in a row. */
  readonly #resting = new Map<string, { readonly until: number; readonly failures: number }>();
  #restsUntil = 0;
  #failures = 0;
  #hold: Hold = null;
  /** The service no longer knows this page's session or its token. */
  #mustReadSession = false;
  #leads = false;
  #isPumping = false;
  #isAskedAgain = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: SenderParts) {}

  /** Waits until no other tab sends, then sends for as long as this page lives. */
  start(): void {
    void navigator.locks.request(LOCK, async () => {
      this.#leads = true;
      if (!navigator.onLine) this.#failed(null);
      this.#pump();
      // Never: the browser gives the lock to the next tab when this page is gone.
      await new Promise(() => undefined);
    });
  }

  /** Something may have changed: look now, whatever was to be waited for. */
  wake(): void {
    if (!this.#leads) return;
    this.#restsUntil = 0;
    this.#resting.clear();
    this.#pump();
  }

  /** Another tab tells that somebody has signed in: who it is, is asked before anything is sent. */
  sessionChanged(): void {
    this.#mustReadSession = true;
    this.wake();
  }

  /** Commands that wait were changed in the store. */
  storeChanged(): void {
    this.#isStale = true;
    this.wake();
  }

  /** Somebody noticed that the service does not answer: ask it from time to time until it does, also when nothing waits. */
  lineLost(): void {
    if (!this.#leads || this.#hold !== null) return;
    this.#failed(null);
    this.#pump();
  }

  #pump(): void {
    if (!this.#leads) return;
    if (this.#isPumping) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isPumping = true;
    this.#isAskedAgain = false;
    void this.#startWhatMay()
      .catch((error: unknown) => {
        this.parts.onError(error);
        this.#failed(null, 'device');
      })
      .finally(() => {
        this.#isPumping = false;
        if (this.#isAskedAgain) this.#pump();
        else this.#sleep();
      });
  }

  async #startWhatMay(): Promise<void> {
    if (Date.now() < this.#restsUntil) return;
    // What is under way would be read once more; when it has ended, this is called again.
    if (this.#isStale && this.#underWay.size > 0) return;
    await this.#readNew();
    if (this.#queue.length === 0 && this.#hold === null) return;
    const isKnown = this.#hold === null && !this.#mustReadSession && mayScan(this.parts.knownSession()?.roles ?? []);
    if (!isKnown && !(await this.#findSomeoneSignedIn())) return;
    const who = this.parts.knownSession()?.id ?? '';
    const now = Date.now();
    const resting = [...this.#resting].flatMap(([lane, { until }]) => (until > now ? [lane] : []));
    // After a failure one goes first, to see whether the line is back.
    const room = (this.#failures > 0 ? 1 : AT_ONCE) - this.#underWay.size;
    for (const entry of nextToSend(this.#queue, new Set([...this.#underWay, ...resting]), room, who)) void this.#sendOne(entry, who);
  }

  async #readNew(): Promise<void> {
    if (this.#isStale) [this.#queue, this.#read, this.#isStale] = [[], 0, false];
    const added = await commandsAfter(this.#read);
    this.#queue = [...this.#queue, ...added];
    this.#read = added.at(-1)?.sequence ?? this.#read;
  }

  async #findSomeoneSignedIn(): Promise<boolean> {
    const session = await this.parts.readSession().catch(() => undefined);
    if (session === undefined) {
      this.#failed(null);
      return false;
    }
    this.#failures = 0;
    this.#mustReadSession = false;
    this.#setHold(session !== null && mayScan(session.roles) ? null : 'sign_in');
    if (this.#hold === 'sign_in') this.#restsUntil = Date.now() + waitAfter(6, 1, null);
    return this.#hold === null;
  }

  async #sendOne(entry: Entry, who: string): Promise<void> {
    const lane = laneOf(entry);
    this.#underWay.add(lane);
    try {
      const tried = await this.#signed(entry, who);
      if (tried !== undefined) await this.#finish(tried, lane, await this.parts.send(tried));
    } catch (error) {
      // The store did not take it, for instance because the disk is full.
      this.parts.onError(error);
      this.#failed(null, 'device');
    } finally {
      this.#underWay.delete(lane);
      this.#pump();
    }
  }

  /**
   * With who sends it, where the service would not know the repetition of another person again. Undefined: somebody else
   * sent it before and the answer was lost, so nobody knows whether sending it would do it twice. A person must look.
   */
  async #signed(entry: Entry, who: string): Promise<Entry | undefined> {
    if (isKnownAgainFromAnyone(entry.command)) return entry;
    if (entry.triedAs === who) return entry;
    if (entry.triedAs !== undefined) {
      await this.#leave(entry, {
        kind: 'conflict',
        queued: plain(entry),
        code: 'sent_by_another',
        detail: 'It was sent while somebody else was signed in here, and no answer came.',
      });
      return undefined;
    }
    const signed = { ...entry, triedAs: who };
    await markTried(signed);
    return signed;
  }

  async #finish(entry: Entry, lane: string, reply: Reply): Promise<void> {
    const verdict = verdictOn(reply);
    if (verdict !== 'later') this.#failures = 0;
    if (verdict !== 'later' && verdict !== 'sign_in') this.#setHold(null);
    if (verdict === 'done' || verdict === 'conflict') this.#resting.delete(lane);
    if (reply.kind === 'accepted')
      return this.#leave(entry, { kind: 'done', queued: plain(entry), answer: reply.answer, replayed: reply.replayed });
    const retryAfter = reply.kind === 'refused' ? reply.retryAfterSeconds : null;
    if (verdict === 'conflict' && reply.kind === 'refused')
      return this.#leave(entry, { kind: 'conflict', queued: plain(entry), code: reply.code, detail: reply.detail });
    if (verdict === 'later') return this.#failed(retryAfter);
    this.#rest(lane, retryAfter);
    if (verdict === 'later_here') return;
    // Reading it brings the new token, or shows the sign-in.
    this.#mustReadSession = true;
  }

  async #leave(entry: Entry, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'conflict') await setAside(outcome);
    else await removeCommand(entry);
    this.#queue = this.#queue.filter(({ sequence }) => sequence !== entry.sequence);
    this.parts.onOutcome(outcome);
  }

  #rest(lane: string, retryAfterSeconds: number | null): void {
    const failures = (this.#resting.get(lane)?.failures ?? 0) + 1;
    this.#resting.set(lane, { failures, until: Date.now() + waitAfter(failures, Math.random(), retryAfterSeconds) });
  }

  #failed(retryAfterSeconds: number | null, hold: Hold = 'offline'): void {
    this.#failures += 1;
    this.#restsUntil = Date.now() + waitAfter(this.#failures, Math.random(), retryAfterSeconds);
    this.#setHold(hold);
  }

  #setHold(hold: Hold): void {
    if (hold === this.#hold) return;
    this.#hold = hold;
    this.parts.onHold(hold);
  }

  /** Looks again when the next rest is over; without one somebody wakes it. */
  #sleep(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const ends = [this.#restsUntil, ...[...this.#resting.values()].map(({ until }) => until)].filter((until) => until > now);
    if (ends.length > 0) this.#timer = setTimeout(() => this.#pump(), Math.min(...ends) - now + 1);
  }
}

const plain = ({ id, sequence, madeAt, command, effects }: Entry): Entry => ({ id, sequence, madeAt, command, effects });
