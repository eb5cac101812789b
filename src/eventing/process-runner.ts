/**
 * Works off what processes owe. To-dos come from a view of the log, run in lanes with a stable key, and are held after
 * they were recorded until the view agrees that they are gone: within one run nothing is done twice, and after a crash
 * the same key is what keeps the effect single.
 */
import { setMaxListeners } from 'node:events';
import pTimeout from 'p-timeout';
import type { EventStore, Position } from './event-store.js';
import type { ProcessLogEntry, ProcessOptions, ProcessStatus } from './process-status.js';
import type { Process, ToDo } from './process.js';
import { countToDos, findToDo, newlyDue, nextDue, todoProjection, todoView, type DueToDo } from './todo-projection.js';
import { hasReached } from './view-generations.js';
import type { Views } from './views.js';

export type { ProcessLogEntry, ProcessOptions, ProcessStatus } from './process-status.js';

type Entry = DueToDo & {
  attempts: number;
  error: string | null;
  /** Recorded, and to be looked at again when the view has seen this much of the log. */
  recordedBy: Position | 'start' | undefined;
  retry: NodeJS.Timeout | undefined;
};

const DEFAULT_CONCURRENCY = 32;
/** A clock may jump, so the timer for the next due to-do never sleeps longer. */
const LONGEST_SLEEP_MS = 60_000;
/** So long at most a view is asked to hurry for a lane. */
const HURRY_MS = 2000;

export class ProcessRunner<State, Payload> {
  readonly #view: string;
  readonly #now: () => number;
  /** Every due to-do there is, from when it was found until it is gone. */
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new Set<Entry>();
  /** To-dos behind another one of their lane; a lane in here is taken. */
  readonly #lanes = new Map<string, Entry[]>();
  readonly #inFlight = new Map<Entry, Promise<void>>();
  /** Recorded or found not to be owed: kept, with their lane, until the view agrees. */
  readonly #settling = new Set<Entry>();
  readonly #abort = new AbortController();
  #state: ProcessStatus['state'] = 'stopped';
  #startHead: Position | 'start' = 'start';
  /** Looked for up to this place of the log and this moment. */
  #seen: Position | 'start' = 'start';
  #seenEvents = -1;
  #seenMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #timer: NodeJS.Timeout | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(
    private readonly process: Process<State, Payload>,
    private readonly store: EventStore,
    private readonly views: Views,
    private readonly options: ProcessOptions,
  ) {
    // Everything under way listens to it, and that may be much at the same time.
    setMaxListeners(0, this.#abort.signal);
    this.#view = todoView(process.name);
    this.#now = options.now ?? Date.now;
  }

  /** Claims nothing before the to-do view has reached the end of the log as it is now. */
  async start(): Promise<void> {
    if (this.#state !== 'stopped') return;
    this.#startHead = await this.store.head();
    this.#state = 'waiting';
    this.#stopWatching = this.views.watch(this.#view, () => this.#viewMoved());
    this.wake();
  }

  /** Most of the log is about other things; then there is nothing to look for. */
  #viewMoved(): void {
    const { eventsApplied } = this.views.progressOf(this.#view);
    if (this.#state === 'running' && this.#settling.size === 0 && eventsApplied === this.#seenEvents) return;
    this.wake();
  }

  /** Looks for to-dos that are due. Happens by itself when the view moves and when time comes. */
  wake(): void {
    if (this.#state === 'stopped') return;
    this.#lookAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) this.wake();
    });
  }

  /** Claims nothing more; lets what is under way finish within `boundMs`, then tells it to stop. */
  async stop(boundMs: number): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    this.#stopWatching?.();
    clearTimeout(this.#timer);
    for (const { retry } of this.#entries.values()) clearTimeout(retry);
    const settled = Promise.allSettled([...this.#inFlight.values(), this.#looking]);
    if (await within(settled, boundMs)) return;
    this.#abort.abort();
    await within(settled, Math.min(1000, boundMs));
    for (const { key } of this.#inFlight.keys()) this.#log({ event: 'stopped_before_recording', key });
  }

  async status(): Promise<ProcessStatus> {
    const nowMs = this.#now();
    const result = await this.#count(nowMs);
    const failing = [...this.#entries.values()].filter((entry) => entry.error !== null);
    return {
      name: this.process.name,
      state: this.#state,
      pending: result.pending,
      due: result.due,
      inFlight: this.#inFlight.size,
      failing: failing.length,
      oldestDueSeconds: result.oldestDueMs === null ? 0 : (nowMs - result.oldestDueMs) / 1000,
      lastError: failing.at(-1)?.error ?? null,
    };
  }

  #knowsAllToDos(): boolean {
    return this.views.answers(this.#view) && hasReached(this.views.progressOf(this.#view).position, this.#startHead);
  }

  /** Nothing is known before the view has been built. */
  async #count(nowMs: number): Promise<Awaited<ReturnType<typeof countToDos>>> {
    if (!this.views.answers(this.#view)) return { pending: 0, due: 0, oldestDueMs: null };
    return (await this.views.read(this.#view, undefined, (db, tables) => countToDos({ db, tables }, nowMs))).result;
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && this.#state !== 'stopped') {
      this.#lookAgain = false;
      try {
        if (this.#state === 'waiting' && this.#knowsAllToDos()) this.#state = 'running';
        if (this.#state !== 'running') return;
        await this.#find();
        await this.#settle();
        this.#dispatch();
      } catch (error) {
        this.#log({ event: 'look_failed', error: describe(error) });
        this.#sleep(this.#pause(3));
      }
    }
  }

  /** Takes up to-dos that are new or have become due, and sets the timer for the next. */
  async #find(): Promise<void> {
    const nowMs = this.#now();
    const { eventsApplied } = this.views.progressOf(this.#view);
    const { result, asOfPosition } = await this.views.read(this.#view, undefined, async (db, tables) => ({
      due: await newlyDue({ db, tables }, this.#seen, this.#seenMs, nowMs),
      next: await nextDue({ db, tables }, nowMs),
    }));
    for (const { key, lane } of result.due) {
      if (this.#entries.has(key)) continue;
      const entry: Entry = { key, lane, attempts: 0, error: null, recordedBy: undefined, retry: undefined };
      this.#entries.set(key, entry);
      this.#ready.add(entry);
    }
    this.#seen = asOfPosition;
    this.#seenEvents = eventsApplied;
    this.#seenMs = nowMs;
    if (result.next !== undefined) this.#sleep(result.next - nowMs);
  }

  #sleep(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#state === 'stopped') return;
    this.#timer = setTimeout(() => this.wake(), Math.min(milliseconds, LONGEST_SLEEP_MS));
    this.#timer.unref();
  }

  /** Lets go of what the view no longer owes; what was recorded and is owed even so is tried again later. */
  async #settle(): Promise<void> {
    const { position } = this.views.progressOf(this.#view);
    for (const entry of [...this.#settling]) {
      const { recordedBy } = entry;
      if (recordedBy !== undefined && !hasReached(position, recordedBy)) continue;
      const todo = await this.#owed(entry.key);
      this.#settling.delete(entry);
      entry.recordedBy = undefined;
      if (todo === undefined || this.#notYetDue(todo)) this.#entries.delete(entry.key);
      else if (recordedBy === undefined) this.#ready.add(entry);
      else this.#retryLater(entry, 'still_owed_after_recording', null);
      this.#freeLane(entry.lane);
    }
  }

  /** Put off since it was found; `#find` comes upon it when its time has come. */
  #notYetDue(todo: ToDo<Payload>): boolean {
    return Date.parse(todo.dueAt) > this.#seenMs;
  }

  async #owed(key: string) {
    const { result } = await this.views.read(this.#view, undefined, (db, tables) => findToDo<Payload>({ db, tables }, key));
    return result;
  }

  #dispatch(): void {
    const most = this.process.concurrency ?? DEFAULT_CONCURRENCY;
    for (const entry of this.#ready) {
      if (this.#state !== 'running' || this.#inFlight.size >= most) return;
      this.#ready.delete(entry);
      const waiting = this.#lanes.get(entry.lane);
      if (waiting !== undefined) {
        waiting.push(entry);
        continue;
      }
      this.#lanes.set(entry.lane, []);
      const work = this.#perform(entry).finally(() => {
        this.#inFlight.delete(entry);
        if (!this.#settling.has(entry)) this.#freeLane(entry.lane);
        this.wake();
      });
      this.#inFlight.set(entry, work);
    }
  }

  #freeLane(lane: string): void {
    const waiting = this.#lanes.get(lane) ?? [];
    this.#lanes.delete(lane);
    for (const entry of waiting) this.#ready.add(entry);
  }

  async #perform(entry: Entry): Promise<void> {
    try {
      const todo = await this.#owed(entry.key);
      if (todo === undefined || this.#notYetDue(todo)) {
        this.#settling.add(entry);
        return;
      }
      await this.process.perform(todo, entry.attempts + 1, this.#abort.signal);
      entry.recordedBy = await this.store.head();
      entry.error = null;
      // Somebody is next in line, so the view is not to rest.
      if ((this.#lanes.get(entry.lane)?.length ?? 0) > 0) this.views.waitFor(this.#view, entry.recordedBy, HURRY_MS).catch(() => undefined);
      this.#settling.add(entry);
    } catch (error) {
      this.#retryLater(entry, 'attempt_failed', describe(error));
    }
  }

  #retryLater(entry: Entry, event: 'attempt_failed' | 'still_owed_after_recording', error: string | null): void {
    entry.attempts += 1;
    entry.error = error;
    const retryInMs = this.#pause(entry.attempts);
    this.#log({ event, key: entry.key, attempt: entry.attempts, retryInMs, ...(error === null ? {} : { error }) });
    if (this.#state === 'stopped') return;
    entry.retry = setTimeout(() => {
      this.#ready.add(entry);
      this.wake();
    }, retryInMs);
    entry.retry.unref();
  }

  /** Exponential, half of it random: those that failed together do not come back together. */
  #pause(attempts: number): number {
    const { backOffMs = 500, longestBackOffMs = 300_000 } = this.options;
    const full = Math.min(longestBackOffMs, backOffMs * 2 ** Math.min(attempts - 1, 30));
    return Math.round(full / 2 + (Math.random() * full) / 2);
  }

  #log(entry: Omit<ProcessLogEntry, 'process'>): void {
    this.options.log?.({ process: this.process.name, ...entry });
  }
}

/** All processes of the service. */
export class Processes {
  readonly #runners = new Map<string, Pick<ProcessRunner<unknown, unknown>, 'start' | 'stop' | 'status' | 'wake'>>();

  constructor(
    private readonly store: EventStore,
    private readonly views: Views,
    private readonly options: ProcessOptions = {},
  ) {}

  /** To be called before the views start: the to-dos are a view, which is registered here unless it has been. @throws Error name taken */
  register<State, Payload>(process: Process<State, Payload>): void {
    if (this.#runners.has(process.name)) throw new Error(`Two processes are called ${process.name}`);
    if (!this.views.has(todoView(process.name))) this.views.register(todoProjection(process));
    this.#runners.set(process.name, new ProcessRunner(process, this.store, this.views, this.options));
  }

  /** After the views have been started. */
  async start(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.start()));
  }

  /** Nothing more is claimed; what is under way gets `boundMs` milliseconds to finish. Before the views stop. */
  async stop(boundMs: number): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.stop(boundMs)));
  }

  /** Looks at once for to-dos that are due, e.g. after the clock was turned. */
  wake(): void {
    for (const runner of this.#runners.values()) runner.wake();
  }

  status(): Promise<readonly ProcessStatus[]> {
    return Promise.all([...this.#runners.values()].map((runner) => runner.status()));
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** @returns whether `work` settled in time */
const within = (work: Promise<unknown>, milliseconds: number): Promise<boolean> =>
  pTimeout(
    work.then(() => true),
    { milliseconds: Math.max(1, milliseconds), fallback: () => false },
  );
