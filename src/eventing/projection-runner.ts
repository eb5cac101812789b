/**
 * One pass over the log that keeps several builds of views up to date: each batch is folded once, and rows and
 * checkpoints of all of them are stored in one transaction. A build that an event cannot be applied to is set apart, and
 * the others go on.
 */
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Build } from './build.js';
import type { EventBatch, EventReader, Position, RecordedEvent } from './event-store.js';
import {
  appliedTo,
  commitSteps,
  faultIn,
  planned,
  ProjectionFailedError,
  stepOf,
  type RefusedBuild,
  type Step,
} from './projection-steps.js';
import type { Change, Fold } from './projection.js';
import type { Database } from './sql/database.js';
import { storeFaultOf } from './store-faults.js';
import { StreamStates } from './stream-states.js';
import type { EventCatalogue } from './upcasting.js';
import { CheckpointMovedError, emptyTables, generationsOf, hasReached, type Checkpoint } from './view-generations.js';
import type { Waiters } from './waiters.js';

export type RunnerOptions = {
  /** Events per transaction at most; 500 unless said otherwise. */
  readonly batchSize?: number;
  /** How long to gather events when nobody waits for them, in milliseconds; 15 unless said otherwise. */
  readonly lingerMs?: number;
  /** Events whose folded streams a runner keeps in memory. */
  readonly cachedEvents?: number;
};

/** What a runner works with, beside the builds. */
export type RunnerContext = {
  readonly store: EventReader;
  readonly database: Database;
  readonly catalogue: EventCatalogue;
  readonly options: RunnerOptions;
};

const BATCH = 500;
/** So many batches at a time where the log is read stream by stream: what falls on one row of sums is written once. */
const STREAMS_BATCHES = 10;
/** A checkpoint that stands still is written at least this often while the log moves on; and what is left, in a quiet moment. */
const QUIET_MS = 250;
/** How soon storage that stood in the way is tried again, in milliseconds. */
export const RESUME_MS = 1000;

/** Somebody is to be let go: `gone` once `go` was called. */
type Leave = { readonly gone: Promise<void>; readonly go: () => void };

function leaveToBe(): Leave {
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  return { gone, go };
}

export class ProjectionRunner<State> {
  readonly #builds: Set<Build<State>>;
  readonly #joining = new Set<Build<State>>();
  readonly #leaving = new Map<Build<State>, Leave>();
  readonly #states: StreamStates<State>;
  /** Ends a pass, which begins again with whoever is then there. */
  #pass = new AbortController();
  #storedAtMs = 0;
  /** A commit has failed that may have happened all the same. */
  #uncertain = false;
  #running: Promise<void> | undefined;
  #over = false;

  constructor(
    private readonly fold: Fold<State>,
    builds: readonly Build<State>[],
    private readonly context: RunnerContext,
    private readonly waiters: Waiters,
  ) {
    this.#builds = new Set(builds);
    this.#states = new StreamStates(fold, context.store, context.catalogue, context.options.cachedEvents);
  }

  get builds(): readonly Build<State>[] {
    return [...this.#builds, ...this.#joining];
  }
  /** Nobody is left to run for. */
  get over(): boolean {
    return this.#over;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Takes these along from where they stand. @returns false: it is over */
  join(builds: readonly Build<State>[]): boolean {
    if (this.#over) return false;
    for (const build of builds) this.#joining.add(build);
    this.#beginAgain();
    return true;
  }

  /** Lets go of these after the batch under way, their checkpoints stored. */
  async release(builds: readonly Build<State>[]): Promise<void> {
    const own = builds.filter((build) => !this.#over && (this.#builds.has(build) || this.#joining.has(build)));
    const leaves = own.map((build) => {
      const leave = this.#leaving.get(build) ?? leaveToBe();
      this.#leaving.set(build, leave);
      return leave.gone;
    });
    if (own.length > 0) this.#beginAgain();
    await Promise.all(leaves);
    if (this.builds.length === 0) await this.#running;
  }

  #beginAgain(): void {
    this.#pass.abort();
    this.waiters.notify();
  }

  async #run(): Promise<void> {
    while (this.#admit()) {
      this.#pass = new AbortController();
      const { signal } = this.#pass;
      try {
        if (this.#uncertain) await this.#reread();
        await this.#buildByStream(signal);
        if ((await this.#follow(signal)) === 'closed') break;
      } catch (error) {
        await this.#stumble(error, signal);
      }
    }
    this.#over = true;
    for (const build of this.builds) build.end();
    for (const { go } of this.#leaving.values()) go();
    this.waiters.notify();
  }

  /** Who has come is taken in, who leaves is let go. @returns whether anybody is left */
  #admit(): boolean {
    for (const build of this.#joining) this.#builds.add(build);
    this.#joining.clear();
    for (const [build, { go }] of this.#leaving) {
      this.#builds.delete(build);
      go();
    }
    this.#leaving.clear();
    return this.#builds.size > 0;
  }

  /** From where the last one stands. Those who are ahead of the others wait for them. @returns `closed`: the log ends here */
  async #follow(signal: AbortSignal): Promise<'closed' | undefined> {
    if (this.#builds.size === 0) return undefined;
    const from = [...this.#builds].map(({ position }) => position).reduce((last, each) => (hasReached(last, each) ? each : last));
    const { store, options } = this.context;
    const iterator = store.subscribe(from, { batchSize: options.batchSize ?? BATCH, signal })[Symbol.asyncIterator]();
    try {
      while (this.#builds.size > 0) {
        const batch = await this.#next(iterator);
        if (batch === undefined && !signal.aborted) return 'closed';
        if (batch === undefined || signal.aborted) break;
        for (const builds of this.#byPosition()) await this.#advance(builds, batch);
        await this.#storeCheckpoints(QUIET_MS);
        this.waiters.notify();
        await this.#rest(batch.caughtUp && batch.events.length > 0, signal);
      }
      return undefined;
    } finally {
      await iterator.return?.();
      if (!this.#uncertain) await this.#storeCheckpoints();
    }
  }

  /** What stands in the way of one build or of all: storage is tried again for ever, anything else stops them. */
  async #stumble(error: unknown, signal: AbortSignal): Promise<void> {
    const fault = storeFaultOf(error);
    if (fault === undefined) {
      const stopped = error instanceof CheckpointMovedError && error.views.length > 0 ? error.views : undefined;
      for (const build of [...this.#builds]) if (stopped?.includes(build.projection.name) !== false) this.#fail(build, error);
      return;
    }
    for (const build of this.#builds) build.wait(fault);
    this.waiters.notify();
    await delay(RESUME_MS, undefined, { signal }).catch(() => undefined);
  }

  async #reread(): Promise<void> {
    for (const build of [...this.#builds]) {
      const { view, generation } = build.generation;
      const is = (await generationsOf(this.context.database.write, view)).find((each) => each.generation === generation);
      if (is === undefined) this.#fail(build, new CheckpointMovedError([view]));
      else build.resetTo(is);
    }
    this.#uncertain = false;
  }

  #fail(build: Build<State>, error: unknown): void {
    this.#builds.delete(build);
    build.fail(error instanceof Error ? error : new Error(String(error)));
    this.waiters.notify();
  }

  /** The next batch; meanwhile checkpoints that only moved past events of others are written down. */
  async #next(iterator: AsyncIterator<EventBatch>): Promise<EventBatch | undefined> {
    const next = iterator.next();
    // Handled by whoever awaits it below; it may fail while the checkpoints are being written.
    next.catch(() => undefined);
    if ([...this.#builds].some(({ stored, position }) => stored !== position)) {
      let timer: NodeJS.Timeout | undefined;
      const quiet = new Promise<'quiet'>((resolve) => {
        timer = setTimeout(() => resolve('quiet'), QUIET_MS);
      });
      const first = await Promise.race([next, quiet]);
      clearTimeout(timer);
      if (first === 'quiet') await this.#storeCheckpoints();
    }
    const result = await next;
    return result.done === true ? undefined : result.value;
  }

  /** Those at the same place of the log go together, the last ones first. */
  #byPosition(): readonly (readonly Build<State>[])[] {
    const places = new Map<Position | 'start', Build<State>[]>();
    for (const build of this.#builds) places.set(build.position, [...(places.get(build.position) ?? []), build]);
    return [...places.keys()].sort((a, b) => (hasReached(a, b) ? 1 : -1)).map((place) => places.get(place) ?? []);
  }

  async #advance(builds: readonly Build<State>[], { events, upTo, caughtUp }: EventBatch): Promise<void> {
    const position = builds[0]?.position ?? 'start';
    if (hasReached(position, upTo) && position !== upTo) return;
    // A store may deliver again after a dropped connection; sums in tables must not grow by it.
    const fresh = events.filter((event) => !hasReached(position, event.position));
    if (fresh.length > 0) for (const build of builds) build.fallBehind();
    const own = fresh.filter((event) => this.fold.types.has(event.type));
    const to = (build: Build<State>): Checkpoint => ({
      position: upTo,
      eventsSeen: build.checkpoint.eventsSeen + fresh.length,
      eventsApplied: build.checkpoint.eventsApplied + appliedTo(build, own),
      agreedMs: caughtUp ? Date.now() : build.checkpoint.agreedMs,
    });
    if (own.length > 0) await this.#apply(builds, own, to);
    else for (const build of builds) build.moveTo(to(build), false);
    if (caughtUp) for (const build of builds) if (build.error === undefined) build.moveTo(build.checkpoint, true);
  }

  /** All in one go; whoever cannot take the batch goes through it event by event, alone. */
  async #apply(builds: readonly Build<State>[], events: readonly RecordedEvent[], to: (build: Build<State>) => Checkpoint): Promise<void> {
    const changes = await this.#states.changesBy(events).catch((error: unknown) => {
      if (isNoFaultOfTheEvents(error)) throw error;
      return undefined;
    });
    const apart = changes === undefined ? builds : (await this.#commitTogether(builds, changes, to)).keys();
    for (const build of apart) await this.#applySingly(build, events, to(build));
  }

  /** @returns those that cannot take the changes, of whom nothing is stored, with what the database said where it refused */
  async #commitTogether(
    builds: readonly Build<State>[],
    changes: readonly Change<State>[],
    to: (build: Build<State>) => Checkpoint,
  ): Promise<ReadonlyMap<Build<State>, unknown>> {
    const apart = new Map<Build<State>, unknown>();
    for (;;) {
      const steps: Step<State>[] = [];
      for (const build of builds.filter((each) => !apart.has(each))) {
        const next = planned(build, changes, to(build));
        if (next === undefined) apart.set(build, undefined);
        else steps.push(next);
      }
      const refused = await this.#commit(steps);
      if (refused === undefined) break;
      apart.set(refused.build, refused.cause);
    }
    this.#states.remember(changes);
    return apart;
  }

  /** Keeps what can be kept and names the event that cannot be applied. */
  async #applySingly(build: Build<State>, events: readonly RecordedEvent[], end: Checkpoint): Promise<void> {
    const { store, catalogue } = this.context;
    const states = new StreamStates(this.fold, store, catalogue);
    for (const [index, event] of events.entries()) {
      const eventsApplied = build.checkpoint.eventsApplied + appliedTo(build, [event]);
      const to = index === events.length - 1 ? end : { ...build.checkpoint, position: event.position, eventsApplied };
      try {
        const changes = await states.changesBy([event]);
        const refused = await this.#commit([stepOf(build, changes, to)]);
        if (refused !== undefined) throw refused.cause;
        states.remember(changes);
      } catch (error) {
        if (isNoFaultOfTheEvents(error)) throw error;
        return this.#fail(build, new ProjectionFailedError(build.projection.name, event, error));
      }
    }
  }

  /** @returns whose statements the database does not take, undefined when all is stored */
  async #commit(steps: readonly Step<State>[]): Promise<RefusedBuild<State> | undefined> {
    if (steps.length === 0) return undefined;
    try {
      const refused = await commitSteps(this.context.database, steps);
      if (refused === undefined) this.#storedAtMs = Date.now();
      return refused;
    } catch (error) {
      this.#uncertain = true;
      throw error;
    }
  }

  /** Where they only moved in memory. @param olderThanMs not before so long after the last time */
  async #storeCheckpoints(olderThanMs = 0): Promise<void> {
    const moved = [...this.#builds].filter(({ stored, position }) => stored !== position);
    if (moved.length === 0 || Date.now() - this.#storedAtMs <= olderThanMs) return;
    await this.#commit(moved.map((build) => ({ build, writes: [], to: build.checkpoint })));
  }

  /**
   * The beginning of new builds: rows need no order between streams, so every stream is folded once, from nothing to how
   * it was when this was begun. Their checkpoint moves when it is done; what is broken off begins anew.
   */
  async #buildByStream(signal: AbortSignal): Promise<void> {
    const { store, database, options } = this.context;
    if (store.streams === undefined || [...this.#builds].some(({ position }) => position !== 'start')) return;
    const end = await store.head();
    if (end === 'start') return;
    for (const build of this.#builds) {
      build.resetTo({ position: 'start', eventsSeen: 0, eventsApplied: 0, agreedMs: build.checkpoint.agreedMs });
      await emptyTables(database.write, build.generation);
    }
    const batchSize = STREAMS_BATCHES * (options.batchSize ?? BATCH);
    for await (const events of store.streams(end, { batchSize, signal })) {
      const to = (build: Build<State>): Checkpoint => ({
        ...build.checkpoint,
        eventsSeen: build.checkpoint.eventsSeen + events.length,
        eventsApplied: build.checkpoint.eventsApplied + appliedTo(build, events),
      });
      await this.#applyStreams(events, to);
      this.waiters.notify();
      await nextTurn();
      if (signal.aborted || this.#builds.size === 0) return;
    }
    if (signal.aborted) return;
    await this.#commit([...this.#builds].map((build) => ({ build, writes: [], to: { ...build.checkpoint, position: end } })));
  }

  async #applyStreams(events: readonly RecordedEvent[], to: (build: Build<State>) => Checkpoint): Promise<void> {
    const changes = await this.#states.changesBy(events);
    const last = events.at(-1);
    for (const [build, cause] of await this.#commitTogether([...this.#builds], changes, to)) {
      const isRefused = cause !== undefined && last !== undefined;
      this.#fail(build, isRefused ? new ProjectionFailedError(build.projection.name, last, cause) : faultIn(build, changes));
    }
  }

  /** Gives the loop back for a turn, and when nothing is left to do (`done`) gathers events for a moment. Whoever waits for a view ends that. */
  async #rest(done: boolean, signal: AbortSignal): Promise<void> {
    await nextTurn();
    if (done) await this.waiters.disturbed(this.context.options.lingerMs ?? 15, () => signal.aborted);
  }
}

/** Another runner has taken over, or storage stands in the way. */
const isNoFaultOfTheEvents = (error: unknown): boolean => error instanceof CheckpointMovedError || storeFaultOf(error) !== undefined;
