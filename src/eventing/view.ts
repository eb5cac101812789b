import { setTimeout as delay } from 'node:timers/promises';
import { Build } from './build.js';
import type { Position } from './event-store.js';
import { RESUME_MS, type RunnerContext } from './projection-runner.js';
import type { ProjectionRunners } from './projection-runners.js';
import type { Projection, ViewStatus } from './projection.js';
import { storeFaultOf } from './store-faults.js';
import { compareWithLog, type ViewComparison } from './view-comparison.js';
import {
  activateGeneration,
  createGeneration,
  dropGeneration,
  generationsOf,
  hasReached,
  lagOf,
  readableGeneration,
  shapeOf,
  type Generation,
  type ViewDefinition,
} from './view-generations.js';

/** The views were built from another log than the one that is connected. */
export class LogMismatchError extends Error {
  override readonly name = 'LogMismatchError';
  constructor(view: string, built: string, connected: string) {
    super(
      `View ${view} was built from the log ${built}, but the connected log is ${connected}. Connect the right log, or delete the view database to build it anew.`,
    );
  }
}

/** How far a rebuild is. `eventsExpected` is what the view had seen before, so it may be passed a little. */
export type RebuildProgress = { readonly view: string; readonly eventsSeen: number; readonly eventsExpected: number };

/** A registered projection: the build that answers queries and, during an upgrade or rebuild, the one that will. */
export interface View {
  readonly definition: ViewDefinition;
  readonly handles: ReadonlySet<string>;
  /** Runs in this process and answers queries. */
  readonly serving: Pick<Build<unknown>, 'generation' | 'checkpoint' | 'position' | 'lagSeconds'> | undefined;
  open(run: boolean): Promise<void>;
  /** Waits until queries see `position`. @returns false when they do not within `timeoutMs` */
  reach(position: Position | 'start', timeoutMs: number): Promise<boolean>;
  watch(listener: () => void): () => void;
  /** Looks how far the view is that another process runs. */
  refresh(): Promise<void>;
  /** @throws Error one is being made already */
  rebuild(onProgress: (progress: RebuildProgress) => void): Promise<void>;
  /** Rebuilds in the background, unless a build is being made already; what stops it stands in the status. */
  startRebuild(): void;
  /** Builds it once more on the side and says where the rows differ. */
  compare(onProgress: (eventsSeen: number) => void): Promise<ViewComparison>;
  status(): ViewStatus;
  stop(): Promise<void>;
}

/** How often a process that runs no views looks how far they are, in milliseconds. */
const POLL_MS = 20;

export class ProjectionView<State> implements View {
  #serving: Build<State> | undefined;
  #building: Build<State> | undefined;
  /** Events the build that is replaced had seen when the other one was begun. */
  #expected = 0;
  /** Ends, whatever comes of it, with the upgrade or rebuild under way. */
  #replacing: Promise<void> | undefined;
  #upgradeError: Error | undefined;
  #rebuildError: Error | undefined;
  #runs = false;
  readonly #stopped = new AbortController();
  /** As last read, where the view runs in another process. */
  #elsewhere: Generation | undefined;
  #elsewhereLag = 0;

  constructor(
    private readonly projection: Projection<State>,
    private readonly runners: ProjectionRunners<State>,
    private readonly context: RunnerContext,
  ) {}

  get definition(): ViewDefinition {
    return this.projection;
  }
  get handles(): ReadonlySet<string> {
    return this.projection.handles;
  }
  get serving(): Build<State> | undefined {
    return this.#serving;
  }

  async open(run: boolean): Promise<void> {
    const { database, store } = this.context;
    const { name, version } = this.projection;
    const identity = await store.identity();
    const generations = await generationsOf(database.write, name);
    const foreign = generations.find((each) => each.logIdentity !== identity);
    if (foreign !== undefined) throw new LogMismatchError(name, foreign.logIdentity, identity);
    this.#runs = run;
    if (!run) return this.refresh();
    const active = generations.find((each) => each.active);
    const current = active?.version === version ? active : generations.findLast((each) => each.version === version);
    // What an interrupted rebuild or another release left behind.
    for (const left of generations) if (!left.active && left !== current) await dropGeneration(database, left);
    const chosen = current ?? (await createGeneration(database, this.projection, identity));
    if (active === undefined || active === chosen) this.#serving = this.#run(chosen);
    else void this.#replace(() => this.#upgradeTo(chosen, active));
  }

  async reach(position: Position | 'start', timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const build = this.#serving;
      const reached = build === undefined ? await this.#reachedElsewhere(position) : await build.reaches(position, deadline - Date.now());
      if (reached) return true;
      // A rebuild puts, or has just put, another build in place.
      const isLast = build !== undefined && build === this.#serving && (build.error !== undefined || this.#replacing === undefined);
      if (Date.now() >= deadline || isLast) return false;
      if (build === this.#serving) await delay(POLL_MS);
    }
  }

  watch(listener: () => void): () => void {
    return this.runners.waiters.watch(listener);
  }

  async refresh(): Promise<void> {
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

  startRebuild(): void {
    if (this.#replacing !== undefined) return;
    this.#rebuildError = undefined;
    this.#replace(() => this.#rebuild(() => undefined)).catch((error: unknown) => {
      this.#rebuildError = asError(error);
    });
  }

  compare(onProgress: (eventsSeen: number) => void): Promise<ViewComparison> {
    return compareWithLog(this.projection, this.context, onProgress);
  }

  status(): ViewStatus {
    const { name, version } = this.projection;
    const build = this.#serving;
    const error = build?.error ?? build?.obstacle ?? this.#upgradeError;
    const at = build?.checkpoint ?? this.#elsewhere;
    const isReplaced = this.#replacing !== undefined;
    const isFailed = error !== undefined && storeFaultOf(error) === undefined;
    const isLive = build === undefined ? !this.#runs && at !== undefined : build.live && build.obstacle === undefined;
    return {
      name,
      version,
      state: isReplaced ? 'rebuilding' : isFailed ? 'failed' : isLive ? 'live' : 'catching-up',
      position: at?.position ?? 'start',
      eventsApplied: at?.eventsApplied ?? 0,
      lagSeconds: build?.lagSeconds ?? this.#elsewhereLag,
      progress: isReplaced ? this.#share() : null,
      error: error?.message ?? null,
      rebuildError: this.#rebuildError?.message ?? null,
    };
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
    });
    this.#replacing = done.catch(() => undefined);
    return done;
  }

  /** How much of the log the build under way has seen, as far as the one it replaces tells. */
  #share(): number {
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
    this.#upgradeError = undefined;
    this.#rebuildError = undefined;
  }

  /** The build of an older release answers queries until this release's has caught up. */
  async #upgradeTo(generation: Generation, older: Generation): Promise<void> {
    this.#expected = older.eventsSeen;
    this.#elsewhere = older.shape === shapeOf(this.projection) ? older : generation;
    for (let stored = generation; !this.#stopped.signal.aborted;) {
      try {
        await this.#build(stored, () => undefined);
        this.#upgradeError = undefined;
        return;
      } catch (error) {
        this.#upgradeError = asError(error);
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

  async #reachedElsewhere(position: Position | 'start'): Promise<boolean> {
    await this.refresh();
    return this.#elsewhere !== undefined && hasReached(this.#elsewhere.position, position);
  }
}

/** Waits for as long as it takes. @returns false when the build was ended before. @throws what it failed with */
async function arrived(build: Pick<Build<never>, 'until' | 'error'>, condition: () => boolean): Promise<boolean> {
  if (await build.until(condition, Infinity)) return true;
  if (build.error !== undefined) throw build.error;
  return false;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
