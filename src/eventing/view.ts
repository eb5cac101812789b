import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from './event-store.js';
import { ProjectionRunner, type RunnerContext } from './projection-runner.js';
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
  readonly serving: Pick<ProjectionRunner<unknown>, 'generation' | 'checkpoint' | 'position' | 'lagSeconds'> | undefined;
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
/** How soon a view that the disk has stopped is tried again, in milliseconds. */
const RESUME_MS = 1000;

export class ProjectionView<Doc> implements View {
  #serving: ProjectionRunner<Doc> | undefined;
  #building: ProjectionRunner<Doc> | undefined;
  /** Events the build that is replaced had seen when the other one was begun. */
  #expected = 0;
  /** Ends, whatever comes of it, with the upgrade or rebuild under way. */
  #replacing: Promise<void> | undefined;
  #upgradeError: Error | undefined;
  #rebuildError: Error | undefined;
  #runs = false;
  #stopping = false;
  /** Ends with what was stopped by the disk going on. */
  #resuming: Promise<void> | undefined;
  readonly #stopped = new AbortController();
  /** As last read, where the view runs in another process. */
  #elsewhere: Generation | undefined;
  #elsewhereLag = 0;
  readonly #watchers = new Set<() => void>();

  constructor(
    private readonly projection: Projection<Doc>,
    private readonly context: RunnerContext,
  ) {}

  get definition(): ViewDefinition {
    return this.projection;
  }
  get handles(): ReadonlySet<string> {
    return this.projection.handles;
  }
  get serving(): ProjectionRunner<Doc> | undefined {
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
      const runner = this.#serving;
      const reached =
        runner === undefined
          ? await this.#reachedElsewhere(position)
          : await runner.until(() => hasReached(runner.position, position), deadline - Date.now());
      if (reached) return true;
      // A rebuild puts, or has just put, another runner in place.
      const isLast = runner !== undefined && runner === this.#serving && (runner.error !== undefined || this.#replacing === undefined);
      if (Date.now() >= deadline || isLast) return false;
      if (runner === this.#serving) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
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
    if (!this.#runs) await this.#serving?.stop();
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
    const runner = this.#serving;
    const error = runner?.error ?? this.#upgradeError;
    const at = runner?.checkpoint ?? this.#elsewhere;
    const isReplaced = this.#replacing !== undefined;
    const isFailed = error !== undefined && storeFaultOf(error) === undefined;
    const state = isReplaced
      ? 'rebuilding'
      : isFailed
        ? 'failed'
        : runner?.live === true || (!this.#runs && at !== undefined)
          ? 'live'
          : 'catching-up';
    return {
      name,
      version,
      state,
      position: at?.position ?? 'start',
      eventsApplied: at?.eventsApplied ?? 0,
      lagSeconds: runner?.lagSeconds ?? this.#elsewhereLag,
      progress: isReplaced ? this.#share() : null,
      error: error?.message ?? null,
      rebuildError: this.#rebuildError?.message ?? null,
    };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.abort();
    await Promise.all([this.#serving?.stop(), this.#building?.stop()]);
    await this.#replacing;
    await this.#resuming;
    // What was put in its place meanwhile.
    await this.#serving?.stop();
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

  #run(generation: Generation): ProjectionRunner<Doc> {
    const runner = new ProjectionRunner(this.projection, generation, this.context);
    runner.watch(() => {
      if (runner !== this.#serving) return;
      if (storeFaultOf(runner.error) !== undefined) this.#resuming ??= this.#goOn();
      this.#tell();
    });
    runner.start();
    return runner;
  }

  /** What the disk has stopped goes on once it can. Only what is stored is certain then, so another runner begins there. */
  async #goOn(): Promise<void> {
    while (!this.#stopping && storeFaultOf(this.#serving?.error) !== undefined) {
      const stopped = this.#serving;
      await this.#pause();
      await this.#replacing;
      // Reading where to begin may fail as well, for the same reason.
      if (!this.#stopping && this.#serving === stopped) await this.#resume().catch(() => undefined);
    }
    this.#resuming = undefined;
  }

  /** Cut short when the service stops. */
  async #pause(): Promise<void> {
    await delay(RESUME_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** The build of an older release answers queries until this release's has caught up. */
  async #upgradeTo(generation: Generation, older: Generation): Promise<void> {
    this.#expected = older.eventsSeen;
    this.#elsewhere = older.shape === shapeOf(this.projection) ? older : generation;
    for (let isFirst = true; isFirst || !this.#stopping; isFirst = false) {
      try {
        await this.#build(isFirst ? generation : await this.#asStored(generation), () => undefined);
        this.#upgradeError = undefined;
        return;
      } catch (error) {
        this.#upgradeError = asError(error);
        if (storeFaultOf(error) === undefined) return;
        await this.#pause();
      }
    }
  }

  /** How far a build has come, after a runner that may not know. */
  async #asStored(generation: Generation): Promise<Generation> {
    const all = await generationsOf(this.context.database.write, this.projection.name);
    return all.find((each) => each.generation === generation.generation) ?? generation;
  }

  /** Runs a build until it has caught up, then lets it answer the queries instead of the old one. */
  async #build(generation: Generation, report: (checkpoint: { readonly eventsSeen: number }) => void): Promise<void> {
    if (this.#stopping) return;
    const runner = this.#run(generation);
    this.#building = runner;
    const stopReporting = runner.watch(() => report(runner.checkpoint));
    try {
      // Stopped; the next start goes on from the checkpoint or begins anew.
      if (await reached(runner, () => runner.live)) await this.#switchTo(runner);
    } finally {
      stopReporting();
      this.#building = undefined;
    }
    this.#tell();
  }

  /** Lets a build that has caught up answer the queries. When that fails, the one before goes on doing so. */
  async #switchTo(runner: ProjectionRunner<Doc>): Promise<void> {
    const old = this.#serving;
    await old?.stop();
    try {
      // What the old build has shown, this one must show too.
      if (old !== undefined && !(await reached(runner, () => hasReached(runner.position, old.position)))) return;
      await activateGeneration(this.context.database, runner.generation);
      this.#serving = runner;
    } catch (error) {
      await runner.stop();
      if (old !== undefined && !this.#stopping) await this.#resume();
      throw error;
    }
  }

  /** A stopped runner does not start again: another one goes on with the build that queries read. */
  async #resume(): Promise<void> {
    const active = (await generationsOf(this.context.database.write, this.projection.name)).find((each) => each.active);
    if (active !== undefined) this.#serving = this.#run(active);
  }

  async #reachedElsewhere(position: Position | 'start'): Promise<boolean> {
    await this.refresh();
    return this.#elsewhere !== undefined && hasReached(this.#elsewhere.position, position);
  }
}

/** Waits for as long as it takes. @returns false when the runner was stopped before. @throws what the runner failed with */
async function reached(runner: Pick<ProjectionRunner<never>, 'until' | 'error'>, condition: () => boolean): Promise<boolean> {
  if (await runner.until(condition, Infinity)) return true;
  if (runner.error !== undefined) throw runner.error;
  return false;
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
