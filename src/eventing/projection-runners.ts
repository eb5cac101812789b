import type { Build } from './build.js';
import { ProjectionRunner, type RunnerContext } from './projection-runner.js';
import type { Fold, Projection } from './projection.js';
import { compareWithLog, type ViewOutcome } from './view-comparison.js';
import { Waiters } from './waiters.js';

/** A build that has seen so many events less than another one would hold it up, and runs by itself until it has caught up. */
const FAR_BEHIND = 5000;

/**
 * Everybody who follows one kind of stream: views that are up to date share one runner; those that have to catch up, a new
 * build above all, share another one and join when they have.
 */
export class ProjectionRunners<State> {
  readonly waiters = new Waiters();
  /** Those of the views. */
  readonly projections: Projection<State>[] = [];
  readonly #runners = new Set<ProjectionRunner<State>>();
  #following: ProjectionRunner<State> | undefined;
  #arrived: Build<State>[] = [];
  /** Ends when nobody is on the way from one runner to another. */
  #joining: Promise<void> = Promise.resolve();

  constructor(
    private readonly fold: Fold<State>,
    private readonly context: RunnerContext,
  ) {}

  /** Proves those of the named views that are folded like this: see `compareWithLog`. */
  compare(names: readonly string[], report: (eventsSeen: number) => void, signal: AbortSignal): Promise<readonly ViewOutcome[]> {
    const projections = this.projections.filter(({ name }) => names.includes(name));
    return compareWithLog(projections, this.context, report, signal);
  }

  /** Keeps the build up to date until it is released. Those that come in the same moment share a pass. */
  follow(build: Build<State>): void {
    this.#arrived.push(build);
    if (this.#arrived.length === 1) setImmediate(() => this.#place());
  }

  /** After the batch under way nobody writes to these any more. */
  async release(...builds: readonly Build<State>[]): Promise<void> {
    this.#arrived = this.#arrived.filter((build) => !builds.includes(build));
    await this.#joining;
    await Promise.all([...this.#runners].map((runner) => runner.release(builds)));
  }

  #place(): void {
    const arrived = this.#arrived.splice(0);
    const begun = arrived.filter(({ position }) => position !== 'start');
    const furthest = Math.max(0, ...begun.map(({ checkpoint }) => checkpoint.eventsSeen));
    const isNear = ({ checkpoint }: Build<State>): boolean => furthest - checkpoint.eventsSeen <= FAR_BEHIND;
    this.#run(begun.filter(isNear));
    this.#run(begun.filter((build) => !isNear(build)));
    this.#run(arrived.filter(({ position }) => position === 'start'));
  }

  #run(builds: readonly Build<State>[]): void {
    if (builds.length === 0) return;
    const runner = new ProjectionRunner(this.fold, builds, this.context, this.waiters);
    this.#runners.add(runner);
    const stopWatching = this.waiters.watch(() => {
      const isUpToDate = !runner.over && runner.builds.every(({ live }) => live);
      if (!runner.over && !isUpToDate) return;
      stopWatching();
      if (runner.over) this.#runners.delete(runner);
      else this.#joining = this.#joining.then(() => this.#join(runner));
    });
    runner.start();
  }

  async #join(runner: ProjectionRunner<State>): Promise<void> {
    if (this.#following === undefined || this.#following.over) {
      if (this.#following !== undefined) this.#runners.delete(this.#following);
      this.#following = runner;
      return;
    }
    const { builds } = runner;
    await runner.release(builds);
    this.#runners.delete(runner);
    const left = builds.filter(({ ended }) => !ended);
    if (left.length > 0 && !this.#following.join(left)) this.#run(left);
  }
}
