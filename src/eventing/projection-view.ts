import { setTimeout as delay } from 'node:timers/promises';
import { Build } from './build.js';
import type { Position } from './event-store.js';
import { RESUME_MS, type RunnerContext } from './projection-runner.js';
import type { ProjectionRunners } from './projection-runners.js';
import type { Projection, ViewStatus } from './projection.js';
import { storeFaultOf } from './store-faults.js';
import type { ToldState } from './told-states.js';
import {
  activateGeneration,
  createGeneration,
  dropGeneration,
  generationsOf,
  hasReached,
  lagOf,
  readableGeneration,
  shapeOf,
  type Checkpoint,
  type Generation,
} from './view-generations.js';
import { LogMismatchError, type RebuildProgress, type View } from './view.js';

/** How often a process that runs no views looks how far they are, in milliseconds. */
const POLL_MS = 20;

/** A view that this process runs, or that another process runs on the same database. */
export class ProjectionView<State> implements View {
  #serving: Build<State> | undefined;
  #building: Build<State> | undefined;
  /** Events that a build under way has before it, as far as that is known. */
  #expected = 0;
  /** Ends, whatever comes of it, with the build under way. */
  #replacing: Promise<void> | undefined;
  #buildError: Error | undefined;
  #rebuildError: Error | undefined;
  #runs = false;
  readonly #stopped = new AbortController();
  /** What answers queries and does not run here: in another process, or an older release's build. */
  #elsewhere: Generation | undefined;
  #elsewhereLag = 0;
  #told: ToldState | undefined;

  constructor(
    readonly projection: Projection<State>,
    private readonly runners: ProjectionRunners<State>,
    private readonly context: RunnerContext,
  ) {}

  async open(run: boolean): Promise<void> {
    const { database, store } = this.context;
    const { name, version } = this.projection;
    const identity = await store.identity();
    const generations = await generationsOf(database.write, name);
    const foreign = generations.find((each) => each.logIdentity !== identity);
    if (foreign !== undefined) throw new LogMismatchError(name, foreign.logIdentity, identity);
    this.#runs = run;
    if (!run) return this.#look();
    const active = generations.find((each) => each.active);
    const current = active?.version === version ? active : generations.findLast((each) => each.version === version);
    // What an interrupted rebuild or another release left behind.
    for (const left of generations) if (!left.active && left !== current) await dropGeneration(database, left);
    const chosen = current ?? (await createGeneration(database, this.projection, identity));
    if (chosen.active) this.#serving = this.#run(chosen);
    else void this.#replace(() => this.#bringUp(chosen, active));
  }

  async reach(position: Position | 'start', timeoutMs: number): Promise<boolean> {
    const reached = (): boolean => {
      const at = this.#serving?.position ?? this.#elsewhere?.position;
      return at !== undefined && hasReached(at, position);
    };
    // A build that is being replaced may stop before the other one is in its place.
    const never = (): boolean => this.#stopped.signal.aborted || (this.#replacing === undefined && this.#serving?.ended !== false);
    if (this.#runs) return this.runners.waiters.until(reached, timeoutMs, never);
    for (const deadline = Date.now() + timeoutMs; !reached(); await this.#look()) {
      if (Date.now() >= deadline) return false;
      await delay(POLL_MS);
    }
    return true;
  }

  watch(listener: () => void): () => void {
    return this.runners.waiters.watch(listener);
  }

  refresh(told?: ToldState): Promise<void> {
    this.#told = told;
    return this.#look();
  }

  async #look(): Promise<void> {
    const { database, store } = this.context;
    const [head, generations] = await Promise.all([store.head(), generationsOf(database.read, this.projection.name)]);
    this.#elsewhere = readableGeneration(this.projection, generations);
    this.#elsewhereLag = lagOf(this.#elsewhere, head);
  }

  async rebuild(onProgress: (progress: RebuildProgress) => void): Promise<void> {
    if (this.#replacing !== undefined) throw new Error(`View ${this.projection.name} is being rebuilt already`);
    await this.#replace(() => this.#rebuild(onProgress));
    if (!this.#runs) await this.#end(this.#serving);
  }

  async startRebuild(): Promise<void> {
    if (this.#replacing !== undefined) return;
    this.#rebuildError = undefined;
    this.#replace(() => this.#rebuild(() => undefined)).catch((error: unknown) => {
      this.#rebuildError = asError(error);
    });
  }

  status(): ViewStatus {
    const { name, version } = this.projection;
    const build = this.#serving;
    const error = build?.error ?? build?.obstacle ?? this.#building?.obstacle ?? this.#buildError;
    const answers: Checkpoint | undefined = build?.checkpoint ?? this.#elsewhere;
    const at = answers ?? this.#building?.checkpoint;
    return {
      name,
      version,
      state: this.#told?.state ?? this.#state(error, answers !== undefined),
      position: at?.position ?? 'start',
      eventsApplied: at?.eventsApplied ?? 0,
      lagSeconds: build?.lagSeconds ?? this.#elsewhereLag,
      answers: answers !== undefined,
      generation: build?.generation.generation ?? null,
      progress: this.#replacing !== undefined || answers === undefined ? this.#progress() : null,
      error: this.#told?.error ?? error?.message ?? null,
      rebuildError: this.#told?.rebuildError ?? this.#rebuildError?.message ?? null,
    };
  }

  #state(error: Error | undefined, answers: boolean): ViewStatus['state'] {
    if (error !== undefined && storeFaultOf(error) !== undefined) return 'cannot_write';
    if (this.#replacing !== undefined) return answers ? 'rebuilding' : 'catching-up';
    if (error !== undefined) return 'failed';
    return answers && this.#serving?.live !== false ? 'live' : 'catching-up';
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#end(this.#serving), this.#end(this.#building)]);
    await this.#replacing;
    // What was put in its place meanwhile.
    await this.#end(this.#serving);
  }

  #run(generation: Generation): Build<State> {
    const build = new Build(this.projection, generation, this.runners.waiters);
    this.runners.follow(build);
    return build;
  }

  async #end(build: Build<State> | undefined): Promise<void> {
    if (build === undefined) return;
    await this.runners.release(build);
    build.end();
  }

  /** Remembers the work that is to put another build in place, until it has ended. */
  #replace(work: () => Promise<void>): Promise<void> {
    const done = work().finally(() => {
      this.#replacing = undefined;
      this.runners.waiters.notify();
    });
    this.#replacing = done.catch(() => undefined);
    return done;
  }

  /** How much of the log the build under way has seen, as far as that can be told. */
  #progress(): number {
    const seen = this.#building?.checkpoint.eventsSeen ?? 0;
    return this.#expected === 0 ? 0 : Math.min(1, seen / this.#expected);
  }

  async #rebuild(onProgress: (progress: RebuildProgress) => void): Promise<void> {
    const { database, store } = this.context;
    const { name: view } = this.projection;
    this.#expected = this.#serving?.checkpoint.eventsSeen ?? 0;
    const before = (await generationsOf(database.write, view)).find((each) => each.active);
    const built = await createGeneration(database, this.projection, await store.identity());
    this.#expected = Math.max(before?.eventsSeen ?? 0, this.#expected);
    const report = ({ eventsSeen }: { eventsSeen: number }): void =>
      onProgress({ view, eventsSeen, eventsExpected: Math.max(this.#expected, eventsSeen) });
    try {
      await this.#build(built, report);
    } catch (error) {
      if (before !== undefined) await dropGeneration(database, built);
      throw error;
    }
    this.#buildError = undefined;
    this.#rebuildError = undefined;
  }

  /**
   * A build that is to answer queries once it has caught up. Until then that of an older release does, if it has the same
   * tables; without one nothing does.
   */
  async #bringUp(generation: Generation, older: Generation | undefined): Promise<void> {
    const { store } = this.context;
    this.#elsewhere = older?.shape === shapeOf(this.projection) ? older : undefined;
    this.#expected = (await store.count?.().catch(() => undefined)) ?? older?.eventsSeen ?? 0;
    for (let stored = generation; !this.#stopped.signal.aborted;) {
      try {
        await this.#build(stored, () => undefined);
        this.#buildError = undefined;
        return;
      } catch (error) {
        this.#buildError = asError(error);
        if (storeFaultOf(error) === undefined) return;
        await delay(RESUME_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
        stored = await this.#asStored(generation);
      }
    }
  }

  /** How far a build has come, after a runner that may not know. */
  async #asStored(generation: Generation): Promise<Generation> {
    const all = await generationsOf(this.context.database.write, this.projection.name).catch(() => []);
    return all.find((each) => each.generation === generation.generation) ?? generation;
  }

  /** Runs a build until it has caught up, then lets it answer the queries instead of the old one. */
  async #build(generation: Generation, report: (checkpoint: { readonly eventsSeen: number }) => void): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    const build = this.#run(generation);
    this.#building = build;
    const stopReporting = build.watch(() => report(build.checkpoint));
    try {
      // Stopped; the next start goes on from the checkpoint or begins anew.
      if (await arrived(build, () => build.live)) await this.#switchTo(build);
    } finally {
      stopReporting();
      this.#building = undefined;
    }
    this.runners.waiters.notify();
  }

  /** Lets a build that has caught up answer the queries. When that fails, the one before goes on doing so. */
  async #switchTo(build: Build<State>): Promise<void> {
    const old = this.#serving;
    if (old !== undefined) await this.runners.release(old);
    try {
      // What the old build has shown, this one must show too.
      if (old !== undefined && !(await arrived(build, () => hasReached(build.position, old.position)))) return;
      await activateGeneration(this.context.database, build.generation);
      this.#serving = build;
      old?.end();
    } catch (error) {
      await this.#end(build);
      if (old !== undefined && !old.ended && !this.#stopped.signal.aborted) this.runners.follow(old);
      throw error;
    }
  }
}

/** Waits for as long as it takes. @returns false when the build was ended before. @throws what it failed with */
async function arrived(build: Pick<Build<never>, 'until' | 'error'>, condition: () => boolean): Promise<boolean> {
  if (await build.until(condition, Infinity)) return true;
  if (build.error !== undefined) throw build.error;
  return false;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
