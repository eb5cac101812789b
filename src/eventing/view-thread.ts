/**
 * Views that a thread of their own keeps up to date, so that no request waits for them. The thread reads the log and
 * writes the views by connections of its own; what passes between it and the main thread is how far the views are, and
 * what operators want done. A thread that dies is started again and goes on from its checkpoints.
 */
import type { Worker } from 'node:worker_threads';
import { Logger } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { StoreUnavailableError, type Position } from './event-store.js';
import type { Projection, ViewStatus } from './projection.js';
import type { ViewOutcome } from './view-comparison.js';
import { hasReached } from './view-generations.js';
import type { RebuildProgress, View } from './view.js';
import { Waiters } from './waiters.js';

/** What takes its time. */
export type Task =
  { readonly ask: 'rebuild' | 'startRebuild'; readonly view: string } | { readonly ask: 'compare'; readonly views: readonly string[] };

/** What the main thread asks for. Those with an id are answered; `leave`: nobody waits for that answer any more. */
export type ThreadRequest =
  | { readonly ask: 'reach'; readonly view: string; readonly position: Position | 'start'; readonly timeoutMs: number }
  | (Task & { readonly id: number })
  | { readonly ask: 'leave'; readonly id: number }
  | { readonly ask: 'stop' };

/** What the thread tells. */
export type ThreadNews =
  | { readonly is: 'started' }
  | { readonly is: 'refused'; readonly error: ToldError }
  | { readonly is: 'report'; readonly views: readonly ViewStatus[] }
  | { readonly is: 'progress'; readonly id: number; readonly progress: RebuildProgress | number }
  | { readonly is: 'done'; readonly id: number; readonly result: readonly ViewOutcome[] | undefined }
  | { readonly is: 'undone'; readonly id: number; readonly error: ToldError };

/** An error loses its class between threads. */
export type ToldError = { readonly name: string; readonly message: string };

/** The thread says how it is at least this often, in milliseconds. */
export const REPORT_MS = 1000;
/** Silence for longer than this counts as lag. */
const SILENCE_MS = 5 * REPORT_MS;
/** Pauses before a thread that died is started again: doubling from the first to the last. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** So long a stop waits for the thread. Ending it by force while its driver is at work would take the process along. */
const STOP_MS = 5000;

type Waiting = {
  readonly resolve: (result: readonly ViewOutcome[] | undefined) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (progress: RebuildProgress | number) => void;
};

export class ViewThread {
  readonly waiters = new Waiters();
  readonly #logger = new Logger('Views');
  readonly #reports = new Map<string, ViewStatus>();
  readonly #tasks = new Map<number, Waiting>();
  #lastTask = 0;
  #worker: Worker | undefined;
  #reportedMs: number | undefined;
  #isStopping = false;
  #stopped: Promise<void> | undefined;
  #deaths = 0;
  #restart: NodeJS.Timeout | undefined;
  /** Why there is no thread just now. */
  #down: Error | undefined;

  /** @param begin starts the thread, each time it is called */
  constructor(private readonly begin: () => Worker) {}

  /** The thread, for measuring how busy it is. */
  get worker(): Worker | undefined {
    return this.#worker;
  }

  /** @throws Error what keeps the views from starting, under the name it has in the thread */
  async start(): Promise<void> {
    this.#isStopping = false;
    try {
      await new Promise<void>((resolve, reject) => this.#begin(resolve, reject));
    } catch (error) {
      // Whoever starts the service is told; trying again is theirs to decide.
      this.#isStopping = true;
      throw error;
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const worker = this.#worker;
    if (worker === undefined) return;
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.ask({ ask: 'stop' });
    await pTimeout(gone, { milliseconds: STOP_MS, fallback: () => this.#logger.warn('The thread of the views does not end') });
  }

  view<State>(projection: Projection<State>): View {
    return new ThreadView(projection, this);
  }

  ask(request: ThreadRequest): void {
    this.#worker?.postMessage(request);
  }

  /** Has something done that takes its time. @throws StoreUnavailableError there is no thread just now, or it ended meanwhile; and what the work throws */
  task(task: Task, onProgress: Waiting['onProgress'] = () => undefined, signal?: AbortSignal): Promise<readonly ViewOutcome[] | undefined> {
    const id = (this.#lastTask += 1);
    const leave = (): void => this.ask({ ask: 'leave', id });
    const answered = new Promise<readonly ViewOutcome[] | undefined>((resolve, reject) => {
      if (this.#worker === undefined) return reject(new StoreUnavailableError(this.#down?.message ?? 'The views have stopped'));
      this.#tasks.set(id, { resolve, reject, onProgress });
      this.ask({ ...task, id });
    });
    signal?.addEventListener('abort', leave);
    return answered.finally(() => signal?.removeEventListener('abort', leave));
  }

  async compare(views: readonly string[], onProgress: (eventsSeen: number) => void, signal: AbortSignal): Promise<readonly ViewOutcome[]> {
    const told = await this.task({ ask: 'compare', views }, (seen) => typeof seen === 'number' && onProgress(seen), signal);
    return told ?? [];
  }

  report(view: string): ViewStatus | undefined {
    return this.#reports.get(view);
  }

  /** Seconds for which it should have said something and has not. */
  get silentSeconds(): number {
    const silentMs = this.#reportedMs === undefined ? 0 : Date.now() - this.#reportedMs;
    return silentMs > SILENCE_MS ? silentMs / 1000 : 0;
  }
  get down(): Error | undefined {
    return this.#down;
  }
  get ended(): boolean {
    return this.#isStopping;
  }

  #begin(onStarted: () => void, onRefused: (error: Error) => void): void {
    const worker = this.begin();
    this.#worker = worker;
    let reason: Error | undefined;
    worker.on('message', (news: ThreadNews) => {
      if (news.is === 'started') {
        this.#down = undefined;
        onStarted();
      } else if (news.is === 'refused') {
        reason = fromThread(news.error);
        onRefused(reason);
      } else this.#hear(news);
    });
    worker.on('error', (error) => {
      reason = error;
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#leave(reason ?? new Error('It ended without a reason'));
      onRefused(reason ?? new Error('The thread of the views ended before it had begun'));
    });
  }

  #hear(news: Exclude<ThreadNews, { readonly is: 'started' | 'refused' }>): void {
    if (news.is === 'report') {
      this.#reportedMs = Date.now();
      for (const status of news.views) this.#reports.set(status.name, status);
      if (news.views.every(({ state }) => state === 'live')) this.#deaths = 0;
      this.waiters.notify();
      return;
    }
    const task = this.#tasks.get(news.id);
    if (news.is === 'progress') return task?.onProgress(news.progress);
    this.#tasks.delete(news.id);
    if (news.is === 'done') task?.resolve(news.result);
    else task?.reject(fromThread(news.error));
  }

  /** The thread is gone. */
  #leave(reason: Error): void {
    for (const { reject } of this.#tasks.values())
      reject(new StoreUnavailableError(`The thread of the views ended: ${reason.message}`, { cause: reason }));
    this.#tasks.clear();
    if (!this.#isStopping) {
      this.#deaths += 1;
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#deaths - 1), LONGEST_PAUSE_MS);
      this.#down = new Error(`The thread that keeps the views up to date has ended and is started again: ${reason.message}`);
      this.#logger.error(`${this.#down.message} (in ${pause / 1000} s)`, reason.stack);
      this.#restart = setTimeout(() => {
        this.#begin(
          () => this.#logger.log('The thread of the views runs again'),
          () => undefined,
        );
      }, pause);
    }
    this.waiters.notify();
  }
}

/** What others tell apart by its class is one of that class again. */
const fromThread = ({ name, message }: ToldError): Error =>
  name === 'StoreUnavailableError' ? new StoreUnavailableError(message) : Object.assign(new Error(message), { name });

/** A view as the thread last told of it. */
class ThreadView<State> implements View {
  constructor(
    readonly projection: Projection<State>,
    private readonly thread: ViewThread,
  ) {}

  /** @throws Error the thread does not run it */
  async open(): Promise<void> {
    if (this.#told === undefined)
      throw new Error(`View ${this.projection.name} is unknown to the thread of the views: list it in src/view-registry.ts`);
  }

  reach(position: Position | 'start', timeoutMs: number): Promise<boolean> {
    const reached = (): boolean => {
      const told = this.#told;
      return told?.answers === true && hasReached(told.position, position);
    };
    // It hurries for whoever waits.
    if (!reached()) this.thread.ask({ ask: 'reach', view: this.projection.name, position, timeoutMs });
    return this.thread.waiters.until(reached, timeoutMs, () => this.thread.ended || this.#told?.state === 'failed');
  }

  watch(listener: () => void): () => void {
    return this.thread.waiters.watch(listener);
  }

  async refresh(): Promise<void> {
    // The thread tells by itself.
  }

  async rebuild(onProgress: (progress: RebuildProgress) => void): Promise<void> {
    const view = this.projection.name;
    await this.thread.task({ ask: 'rebuild', view }, (progress) => typeof progress !== 'number' && onProgress(progress));
  }

  async startRebuild(): Promise<void> {
    await this.thread.task({ ask: 'startRebuild', view: this.projection.name });
  }

  status(): ViewStatus {
    const { name, version } = this.projection;
    const { down, silentSeconds } = this.thread;
    const told = this.#told ?? { ...NOTHING_TOLD, name, version };
    const now = { ...told, lagSeconds: told.lagSeconds + silentSeconds };
    return down === undefined ? now : { ...now, state: 'catching-up', error: down.message };
  }

  async stop(): Promise<void> {
    await this.thread.stop();
  }

  get #told(): ViewStatus | undefined {
    return this.thread.report(this.projection.name);
  }
}

const NOTHING_TOLD: Omit<ViewStatus, 'name' | 'version'> = {
  state: 'catching-up',
  position: 'start',
  eventsApplied: 0,
  lagSeconds: 0,
  answers: false,
  generation: null,
  progress: 0,
  error: null,
  rebuildError: null,
};
