import type { Worker } from 'node:worker_threads';
import type { Kysely } from 'kysely';
import type { EventReader, Position } from './event-store.js';
import type { RunnerContext, RunnerOptions } from './projection-runner.js';
import { ProjectionRunners } from './projection-runners.js';
import { ProjectionView } from './projection-view.js';
import type { Fold, Projection, TableNames, ViewState, ViewStatus } from './projection.js';
import type { Database } from './sql/database.js';
import type { ToldStates } from './told-states.js';
import type { EventCatalogue } from './upcasting.js';
import type { ViewOutcome } from './view-comparison.js';
import { generationsOf, hasReached, lagOf, readableGeneration, tableNames } from './view-generations.js';
import type { ViewThread } from './view-thread.js';
import type { RebuildProgress, View } from './view.js';

export type { RowDifference, ViewOutcome } from './view-comparison.js';
export type { RebuildProgress } from './view.js';

/** The view does not yet show what the caller has already been told; try again shortly. */
export class ViewBehindError extends Error {
  override readonly name = 'ViewBehindError';
  /** @param progress set while the view is built for the first time: how much of the log it has seen, 0 to 1 */
  constructor(
    readonly view: string,
    readonly progress: number | null = null,
  ) {
    super(`The view ${view} is behind the log`);
  }
}

export type ReadResult<T> = {
  readonly result: T;
  /** At least everything up to here is in the result. */
  readonly asOfPosition: Position | 'start';
  /** Seconds since the view last agreed with the log's head; 0 when it does. */
  readonly lagSeconds: number;
};

/** A view began or ceased to stand still. Names and codes; the error may quote an event's type and place. */
export type ViewLogEntry = { readonly view: string; readonly state: ViewState; readonly error?: string };

export type ViewsOptions = RunnerOptions & {
  /** Told once at every change of a view to `cannot_write` or `failed`, and back. */
  readonly log?: (entry: ViewLogEntry) => void;
  /** How long a query waits for its position, in milliseconds; 2000 unless said otherwise. */
  readonly waitMs?: number;
  /** Where the process that runs the views tells the others how they stand. */
  readonly told?: ToldStates;
  /** Runs the views in the place of this thread. */
  readonly thread?: ViewThread;
};

/** How often a process that runs the views tells the others how they stand, and the others look. */
const REFRESH_MS = 1000;

/** So long a comparison waits for first builds. */
const FIRST_BUILD_MS = 2000;

const TROUBLE: ReadonlySet<ViewState> = new Set(['cannot_write', 'failed']);

/** All views: runs them (where this process is to), and answers queries with the position they hold at. */
export class Views {
  readonly #views = new Map<string, View>();
  readonly #context: RunnerContext;
  /** By fold: those who follow streams of the same kind share a pass over the log. */
  readonly #runners = new Map<unknown, Pick<ProjectionRunners<never>, 'compare'>>();
  #started = false;
  #runs = false;
  #refreshing: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: EventReader,
    private readonly database: Database,
    private readonly catalogue: EventCatalogue,
    private readonly options: ViewsOptions = {},
  ) {
    this.#context = { store, database, catalogue, options };
  }

  /** To be called before `start`. @throws Error name taken or not usable in table names */
  register<State>(projection: Projection<State>): void {
    const { name } = projection;
    if (this.#started) throw new Error(`View ${name} is registered after the start`);
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`View name ${name}: small letters, digits and dashes only`);
    if (this.#views.has(name)) throw new Error(`Two views are called ${name}`);
    const { thread } = this.options;
    const runners = this.#runnersOf(projection.fold);
    runners.projections.push(projection);
    this.#views.set(name, thread?.view(projection) ?? new ProjectionView(projection, runners, this.#context));
  }

  has(name: string): boolean {
    return this.#views.has(name);
  }

  #runnersOf<State>(fold: Fold<State>): ProjectionRunners<State> {
    // What lies under a fold was put there for this very fold.
    const known = this.#runners.get(fold) as ProjectionRunners<State> | undefined;
    const runners = known ?? new ProjectionRunners(fold, this.#context);
    this.#runners.set(fold, runners);
    return runners;
  }

  /**
   * Checks everything, then starts a runner for every view (`run: false`: queries only; another process runs them).
   * @throws LogMismatchError the views belong to another log
   * @throws Error a projection handles events no model declares
   */
  async start({ run }: { readonly run: boolean }): Promise<void> {
    for (const view of this.#views.values()) this.catalogue.assertKnows(`View ${view.projection.name}`, view.projection.handles);
    this.#started = true;
    this.#runs = run;
    await this.database.migrate();
    if (run) await this.options.thread?.start();
    await Promise.all([...this.#views.values()].map((view) => view.open(run)));
    for (const view of this.#views.values()) this.#logChanges(view);
    this.#refreshing = setInterval(() => this.#refresh(), REFRESH_MS).unref();
    this.#refresh();
  }

  /** Every view stops after the batch under way. */
  async stop(): Promise<void> {
    clearInterval(this.#refreshing);
    await Promise.all([...this.#views.values()].map((view) => view.stop()));
  }

  /**
   * Runs a query on one consistent moment of a view.
   * @param minPosition what the caller has been told already (X-Min-Position); waited for up to two seconds
   * @param query written with Kysely's `sql` template; tables as `sql.table(tables('rows'))`
   * @throws ViewBehindError
   */
  async read<T>(
    name: string,
    minPosition: Position | undefined,
    query: (db: Kysely<unknown>, tables: TableNames) => Promise<T>,
  ): Promise<ReadResult<T>> {
    const view = this.#view(name);
    if (!(await view.reach(minPosition ?? 'start', this.options.waitMs ?? 2000))) throw this.#behind(view);
    // Taken before the snapshot, so the snapshot holds at least this much.
    const known = view.status();
    const { result, generation } = await this.database.snapshot(async (db) => {
      const readable = readableGeneration(view.projection, await generationsOf(db, name));
      if (readable === undefined) throw this.#behind(view);
      return { result: await query(db, tableNames(name, readable.generation)), generation: readable };
    });
    if (known.generation === generation.generation) {
      const { position, lagSeconds } = known;
      return { result, asOfPosition: hasReached(generation.position, position) ? generation.position : position, lagSeconds };
    }
    return { result, asOfPosition: generation.position, lagSeconds: lagOf(generation, await this.store.head()) };
  }

  /** Whether the view can be asked: a build of it has caught up once. */
  answers(name: string): boolean {
    return this.#view(name).status().answers;
  }

  /** How far this process has brought the view; 'start' while an older release's build still answers, or it runs elsewhere. */
  progressOf(name: string): { readonly position: Position | 'start'; readonly eventsApplied: number } {
    const status = this.#view(name).status();
    return status.generation === null ? { position: 'start', eventsApplied: 0 } : status;
  }

  /** Waits until a view shows everything up to `position`. @returns false when it does not within `timeoutMs` */
  waitFor(name: string, position: Position | 'start', timeoutMs: number): Promise<boolean> {
    return this.#view(name).reach(position, timeoutMs);
  }

  /** Calls `listener` whenever the view moved or stopped; returns how to end that. */
  watch(name: string, listener: () => void): () => void {
    return this.#view(name).watch(listener);
  }

  status(): readonly ViewStatus[] {
    return [...this.#views.values()].map((view) => view.status());
  }

  /**
   * Builds a view anew from the start of the log beside the old build, which answers queries until then.
   * @throws ProjectionFailedError the old build stays
   */
  async rebuild(name: string, onProgress: (progress: RebuildProgress) => void): Promise<void> {
    await this.#view(name).rebuild(onProgress);
  }

  /** The thread that runs the views, for measuring how busy it is. */
  get thread(): Worker | undefined {
    return this.options.thread?.worker;
  }

  /** False while the log has not been reached since the start. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether this process runs the views, and not only reads them. */
  get runs(): boolean {
    return this.#runs;
  }

  /** The same in the background, beside everything else; one that is under way goes on. How it stands, `status` tells. */
  startRebuild(name: string): Promise<void> {
    return this.#view(name).startRebuild();
  }

  /** A look that fails is made again; the status is what was seen last. */
  #refresh(): void {
    const { told } = this.options;
    if (this.#runs) return told?.tell(this.status());
    const states = told?.read();
    for (const [name, view] of this.#views) view.refresh(states?.get(name)).catch(() => undefined);
  }

  /**
   * Proves views against the log: builds them once more on the side, those of one kind of stream in one pass, and compares
   * the rows; the views themselves are not touched.
   * @param onProgress called with the number of events seen
   * @throws StoreUnavailableError the log or the views cannot be read now @throws the signal's reason
   */
  async compare(
    names: readonly string[],
    onProgress: (eventsSeen: number) => void,
    signal = new AbortController().signal,
  ): Promise<readonly ViewOutcome[]> {
    if (this.options.thread !== undefined) return this.options.thread.compare(names, onProgress, signal);
    // Those that were begun a moment ago.
    if (this.#runs) await Promise.all(names.map((name) => this.#view(name).reach('start', FIRST_BUILD_MS)));
    let most = 0;
    const report = (seen: number): void => onProgress((most = Math.max(most, seen)));
    const outcomes: ViewOutcome[] = [];
    for (const runners of this.#runners.values()) outcomes.push(...(await runners.compare(names, report, signal)));
    return outcomes;
  }

  #logChanges(view: View): void {
    const { log } = this.options;
    if (log === undefined) return;
    let last: ViewState = 'live';
    const look = (): void => {
      const { name, state, error } = view.status();
      const stands = TROUBLE.has(state);
      if (state === last || !(stands || TROUBLE.has(last))) return;
      last = state;
      log({ view: name, state, ...(stands && error !== null ? { error } : {}) });
    };
    view.watch(look);
    look();
  }

  #behind(view: View): ViewBehindError {
    const { answers, progress } = view.status();
    return new ViewBehindError(view.projection.name, answers ? null : progress);
  }

  #view(name: string): View {
    const view = this.#views.get(name);
    if (view === undefined) throw new Error(`There is no view called ${name}`);
    return view;
  }
}
