/**
 * The one queue of this page: it takes commands in, has them sent, and tells every tab of this browser how it stands.
 */
import { knownSession, readSession } from '../../shared/staff/session';
import type { CountedCommand, Outcome, QueuedCommand } from './commands';
import { allJotted, jot, strike, type Jotted } from './jotter';
import { NothingKept } from './nothing-kept';
import { send } from './send';
import { Sender, type Hold } from './sender';
import { addCommand, allWaiting, readStanding, removeConflict, takeOver, type Conflict } from './store';

type Standing = {
  /** Commands in this browser that the service has not answered yet. */
  readonly waiting: number;
  /** How many of them were made by somebody else than who is signed in; they wait for that person. */
  readonly ofOthers: number;
  readonly conflicts: readonly Conflict[];
  /** What keeps the queue from moving, if anything. */
  readonly hold: Hold;
  /** Set while this browser keeps nothing for this page, so that nothing can be taken in. */
  readonly nothingKept: NothingKept | null;
};

/** What tabs of one browser tell each other. */
type Message =
  | { readonly kind: 'changed' | 'wake' | 'line_lost' | 'signed_in' | 'taken_over' }
  | { readonly kind: 'hold'; readonly hold: Hold }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

const SESSION_MS = 10_000;

class ScanQueue {
  #standing: Standing = { waiting: 0, ofOthers: 0, conflicts: [], hold: null, nothingKept: null };
  /** Who works at this page, as the log names them; after signing out still who did. */
  #clerk: string | null = null;
  #isReading = false;
  #isReadingAgain = false;
  #isStarted = false;
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<(outcome: Outcome) => void>();
  readonly #otherTabs = new BroadcastChannel('backhaul-station');
  readonly #sender = new Sender({
    send,
    readSession: () => readSession('staff', AbortSignal.timeout(SESSION_MS)),
    knownSession: () => knownSession('staff'),
    onOutcome: (outcome) => {
      this.#tell(outcome);
      this.#otherTabs.postMessage({ kind: 'outcome', outcome } satisfies Message);
      this.#changed();
    },
    onHold: (hold) => {
      this.#show({ ...this.#standing, hold });
      // The device may give again what it did not.
      if (this.#standing.nothingKept !== null) this.#read();
      this.#otherTabs.postMessage({ kind: 'hold', hold } satisfies Message);
    },
    onError: (error) => reportError(error),
  });

  /** Begins to send what waits from earlier; harmless when called again. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#otherTabs.addEventListener('message', ({ data }: MessageEvent<Message>) => this.#hear(data));
    // Without it the browser may clear what waits when the disk gets full.
    void navigator.storage.persist();
    addEventListener('online', this.wake);
    addEventListener('offline', this.lineLost);
    addEventListener('focus', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    this.#takeUpWhatWasLeft().catch(reportError);
    this.#sender.start();
    this.#read();
  }

  /** Resolves when the command is on this device's disk; it is then sent, however often the page is reloaded until then. */
  readonly enqueue = async ({ id, command, effects }: CountedCommand): Promise<QueuedCommand> => {
    const made = { id, madeAt: new Date().toISOString(), command, effects, ...(this.#clerk === null ? {} : { by: this.#clerk }) };
    jot(made);
    return this.#add(made);
  };

  /** This person works here from now on, until another one does; `clerk` as the log names them. What waited for them goes on. */
  readonly signedIn = (clerk: string): void => {
    this.#clerk = clerk;
    this.#otherTabs.postMessage({ kind: 'signed_in' } satisfies Message);
    this.#sender.wake();
    this.#read();
  };

  /** What others made is sent as this person's, who has said so. */
  readonly takeOver = async (): Promise<void> => {
    if (this.#clerk === null) return;
    await takeOver(this.#clerk);
    this.#otherTabs.postMessage({ kind: 'taken_over' } satisfies Message);
    this.#sender.storeChanged();
    this.#read();
  };

  /** A person has dealt with this conflict. */
  readonly settle = async (queuedId: string): Promise<void> => {
    await removeConflict(queuedId);
    this.#changed();
  };

  /** @returns ends the listening */
  readonly onOutcome = (listener: (outcome: Outcome) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The line may be back: try now instead of waiting for the next turn. */
  readonly wake = (): void => {
    this.#sender.wake();
    this.#otherTabs.postMessage({ kind: 'wake' } satisfies Message);
  };

  /** The service did not answer something else this page asked. */
  readonly lineLost = (): void => {
    this.#sender.lineLost();
    this.#otherTabs.postMessage({ kind: 'line_lost' } satisfies Message);
  };

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly standing = (): Standing => this.#standing;

  async #add(made: Jotted): Promise<QueuedCommand> {
    // Refused by the disk, it is told to the clerk and must not come back later.
    const queued = await addCommand(made).finally(() => strike(made.id));
    this.#changed();
    this.wake();
    return queued;
  }

  /** What the page before had not brought into the store. One that it had is sent twice then, under the same key. */
  async #takeUpWhatWasLeft(): Promise<void> {
    const left = allJotted();
    if (left.length === 0) return;
    const { conflicts } = await readStanding(this.#clerk);
    const there = new Set([...(await allWaiting()), ...conflicts.map(({ queued }) => queued)].map(({ id }) => id));
    for (const made of left) {
      if (there.has(made.id)) strike(made.id);
      else await this.#add(made);
    }
  }

  #hear(message: Message): void {
    if (message.kind === 'wake') this.#sender.wake();
    else if (message.kind === 'line_lost') this.#sender.lineLost();
    else if (message.kind === 'signed_in') this.#sender.sessionChanged();
    else if (message.kind === 'hold') this.#show({ ...this.#standing, hold: message.hold });
    else this.#read();
    if (message.kind === 'taken_over') this.#sender.storeChanged();
    if (message.kind === 'outcome') this.#tell(message.outcome);
  }

  #tell(outcome: Outcome): void {
    for (const listener of this.#listeners) listener(outcome);
  }

  #changed(): void {
    this.#otherTabs.postMessage({ kind: 'changed' } satisfies Message);
    this.#read();
  }

  /** Reads the store; while that is under way, once more for whatever has changed since. */
  #read(): void {
    this.#isReadingAgain = this.#isReading;
    if (this.#isReading) return;
    this.#isReading = true;
    void readStanding(this.#clerk)
      .then(
        (read) => this.#show({ ...this.#standing, ...read, nothingKept: null }),
        (error: unknown) => {
          if (error instanceof NothingKept) this.#show({ ...this.#standing, nothingKept: error });
          reportError(error);
        },
      )
      .finally(() => {
        this.#isReading = false;
        if (this.#isReadingAgain) this.#read();
      });
  }

  #show(standing: Standing): void {
    this.#standing = standing;
    for (const watcher of this.#watchers) watcher();
  }
}

export const scanQueue = new ScanQueue();
