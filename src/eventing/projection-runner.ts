/**
 * Brings one build of a view up to date with the log and keeps it there: one batch after another, each in one
 * transaction with the checkpoint. An event that cannot be applied stops this view and no other.
 */
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { Documents } from './documents.js';
import type { EventBatch, EventStore, Position, RecordedEvent } from './event-store.js';
import type { LoadShare } from './load-share.js';
import type { Change, Projection } from './projection.js';
import type { Database } from './sql/database.js';
import { storeFaultOf } from './store-faults.js';
import type { EventCatalogue } from './upcasting.js';
import {
  CheckpointMovedError,
  documentTable,
  hasReached,
  moveCheckpoint,
  moveDocuments,
  tableNames,
  type Checkpoint,
  type Generation,
} from './view-generations.js';
import { Waiters } from './waiters.js';

export type RunnerOptions = {
  /** Events per transaction at most; 500 unless said otherwise. */
  readonly batchSize?: number;
  /** How long to gather events under load when nobody waits for them, in milliseconds; 15 unless said otherwise. */
  readonly lingerMs?: number;
  /** Characters of JSON whose parsed documents are kept in memory per view. */
  readonly cachedCharacters?: number;
  /** Changed documents that may wait in memory to be written; 2000 unless said otherwise. */
  readonly mostUnwritten?: number;
};

/** What the runner works with, beside the projection. */
export type RunnerContext = {
  readonly store: EventStore;
  readonly database: Database;
  readonly catalogue: EventCatalogue;
  readonly options: RunnerOptions;
  /** Keeps all views of the process from crowding out requests. */
  readonly share: LoadShare;
};

/** Names the event a view stopped at. */
export class ProjectionFailedError extends Error {
  override readonly name = 'ProjectionFailedError';
  constructor(view: string, event: RecordedEvent, cause: unknown) {
    super(
      `View ${view} stopped at event ${event.type}, position ${event.position} (${event.streamId}, revision ${event.revision}): ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** A checkpoint that stands still is written at least this often while the log moves on; and what is left, in a quiet moment. */
const QUIET_MS = 250;
/** Changed documents are written at the latest after this time, or when there are so many. */
const WRITE_DOCUMENTS_MS = 5000;
const MOST_UNWRITTEN = 2000;
/** In a long pause the load is looked at this often. */
const SLICE_MS = 25;

export class ProjectionRunner<Doc> {
  readonly #documents: Documents<Doc>;
  readonly #lifetime = new AbortController();
  readonly #waiters = new Waiters(() => this.#error !== undefined || this.#lifetime.signal.aborted);
  #reached: Checkpoint;
  #stored: Position | 'start';
  #storedAtMs = 0;
  #documentsWritten: Position | 'start';
  #documentsWrittenAtMs = Date.now();
  /** After a crash, until the documents have seen all events whose rows are stored. */
  #refolding: boolean;
  #behindSinceMs: number | undefined;
  #caughtUp = false;
  #error: Error | undefined;
  #running: Promise<void> | undefined;

  constructor(
    readonly projection: Projection<Doc>,
    readonly generation: Generation,
    private readonly context: RunnerContext,
  ) {
    this.#documents = new Documents(documentTable(projection.name, generation.generation), context.options.cachedCharacters);
    this.#reached = generation;
    this.#stored = generation.position;
    this.#documentsWritten = generation.documentsPosition;
    this.#refolding = !hasReached(generation.documentsPosition, generation.position);
    this.#behindSinceMs = generation.agreedMs;
  }

  /** Everything up to here is in the view. */
  get position(): Position | 'start' {
    return this.#reached.position;
  }
  get checkpoint(): Checkpoint {
    return this.#reached;
  }
  /** True once nothing newer was in the log; stays true while new events are followed. */
  get live(): boolean {
    return this.#caughtUp && this.#error === undefined;
  }
  get error(): Error | undefined {
    return this.#error;
  }
  /** Seconds since the view last agreed with the log's head; 0 when it does. */
  get lagSeconds(): number {
    return this.#behindSinceMs === undefined ? 0 : Math.max(0, Date.now() - this.#behindSinceMs) / 1000;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the batch under way. */
  async stop(): Promise<void> {
    this.#lifetime.abort();
    await this.#running;
    this.#waiters.notify();
  }

  /** Calls `listener` whenever the view moved, caught up, failed or stopped; returns how to end that. */
  watch(listener: () => void): () => void {
    return this.#waiters.watch(listener);
  }

  /**
   * Waits until `condition` holds, looking after every batch.
   * @returns false when it did not within `timeoutMs`, or cannot because the runner failed or was stopped
   */
  until(condition: () => boolean, timeoutMs: number): Promise<boolean> {
    return this.#waiters.until(condition, timeoutMs);
  }

  async #run(): Promise<void> {
    const { signal } = this.#lifetime;
    const batches = this.context.store.subscribe(this.#documentsWritten, { batchSize: this.context.options.batchSize ?? 500, signal });
    const iterator = batches[Symbol.asyncIterator]();
    try {
      for (;;) {
        const batch = await this.#next(iterator);
        if (batch === undefined || signal.aborted) break;
        const begun = performance.now();
        await this.#process(batch);
        await this.#rest(performance.now() - begun, batch.caughtUp && batch.events.length > 0);
        const most = this.context.options.mostUnwritten ?? MOST_UNWRITTEN;
        if (this.#documents.unwritten > most || Date.now() - this.#documentsWrittenAtMs > WRITE_DOCUMENTS_MS) await this.#writeDocuments();
      }
      await this.#storeCheckpoint();
      await this.#writeDocuments();
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
      this.#behindSinceMs ??= Date.now();
      this.#lifetime.abort();
      await iterator.return?.();
    } finally {
      this.#waiters.notify();
    }
  }

  /** The next batch; meanwhile a checkpoint that only moved past other views' events is written down. */
  async #next(iterator: AsyncIterator<EventBatch>): Promise<EventBatch | undefined> {
    const next = iterator.next();
    // Handled by whoever awaits it below; it may fail while the checkpoint is being written.
    next.catch(() => undefined);
    if (this.#stored !== this.position || this.#documents.unwritten > 0) {
      let timer: NodeJS.Timeout | undefined;
      const quiet = new Promise<'quiet'>((resolve) => {
        timer = setTimeout(() => resolve('quiet'), QUIET_MS);
      });
      const first = await Promise.race([next, quiet]);
      clearTimeout(timer);
      if (first === 'quiet') {
        await this.#storeCheckpoint();
        await this.#writeDocuments();
      }
    }
    const result = await next;
    return result.done === true ? undefined : result.value;
  }

  async #process(batch: EventBatch): Promise<void> {
    if (batch.events.length > 0) this.#behindSinceMs ??= Date.now();
    if (this.#refolding) await this.#refold(batch);
    // A store may deliver again after a dropped connection; sums in tables must not grow by it.
    const fresh = batch.events.filter((event) => !hasReached(this.position, event.position));
    const handled = fresh.filter((event) => this.projection.handles.has(event.type));
    const agreedMs = batch.caughtUp ? Date.now() : this.#reached.agreedMs;
    const reached = {
      position: hasReached(this.position, batch.upTo) ? this.position : batch.upTo,
      eventsSeen: this.#reached.eventsSeen + fresh.length,
      eventsApplied: this.#reached.eventsApplied + handled.length,
      agreedMs,
    };
    if (handled.length > 0) await this.#apply(handled, reached);
    else this.#reached = reached;
    if (this.#stored !== this.position && Date.now() - this.#storedAtMs > QUIET_MS) await this.#storeCheckpoint();
    if (batch.caughtUp) {
      this.#caughtUp = true;
      this.#behindSinceMs = undefined;
    }
    this.#waiters.notify();
  }

  /** In one go if possible; else event by event, to keep what can be kept and to name the one that cannot. */
  async #apply(events: readonly RecordedEvent[], reached: Checkpoint): Promise<void> {
    try {
      await this.#commit(events, reached);
      return;
    } catch (error) {
      if (isNoFaultOfTheEvents(error)) throw error;
    }
    const before = this.#reached;
    for (const [index, event] of events.entries()) {
      const eventsApplied = before.eventsApplied + index + 1;
      try {
        await this.#commit([event], index === events.length - 1 ? reached : { ...before, position: event.position, eventsApplied });
      } catch (error) {
        throw isNoFaultOfTheEvents(error) ? error : new ProjectionFailedError(this.projection.name, event, error);
      }
    }
  }

  /** Rows and checkpoint together, or nothing; then the documents they were computed from. */
  async #commit(events: readonly RecordedEvent[], reached: Checkpoint): Promise<void> {
    const { projection, generation } = this;
    const changes = await this.context.database.write.transaction().execute(async (db) => {
      await moveCheckpoint(db, generation, this.#stored, reached);
      const folded = await this.#fold(db, events);
      for (const query of projection.apply(folded, tableNames(projection.name, generation.generation))) await db.executeQuery(query);
      return folded;
    });
    this.#keep(changes);
    this.#reached = reached;
    this.#stored = reached.position;
    this.#storedAtMs = Date.now();
  }

  async #refold({ events, upTo }: EventBatch): Promise<void> {
    const { position } = this.generation;
    const known = events.filter((event) => this.projection.handles.has(event.type) && hasReached(position, event.position));
    if (known.length > 0) this.#keep(await this.#fold(this.context.database.write, known));
    this.#refolding = !hasReached(upTo, position);
  }

  /** How the documents change by these events; what stays the same is left out. */
  async #fold(db: Kysely<unknown>, events: readonly RecordedEvent[]): Promise<readonly Change<Doc>[]> {
    const { projection, context } = this;
    const byDocument = new Map<string, RecordedEvent[]>();
    for (const stored of events) {
      const event = context.catalogue.upcast(stored);
      const id = projection.documentId(event);
      const own = byDocument.get(id);
      if (own === undefined) byDocument.set(id, [event]);
      else own.push(event);
    }
    const documents = await this.#documents.load(db, [...byDocument.keys()]);
    const changes: Change<Doc>[] = [];
    for (const [id, all] of byDocument) {
      const held = documents.get(id);
      const unseen = held === undefined ? all : all.filter((event) => !hasReached(held.position, event.position));
      const [first, ...rest] = unseen;
      if (first === undefined) continue;
      const before = held?.document;
      const after = rest.reduce<Doc>((document, event) => projection.evolve(document, event), projection.evolve(before, first));
      if (after !== before) changes.push({ id, before, after, events: unseen });
    }
    return changes;
  }

  #keep(changes: readonly Change<Doc>[]): void {
    for (const { id, after, events } of changes) {
      const last = events.at(-1);
      if (last !== undefined) this.#documents.keep(id, { document: after, position: last.position });
    }
  }

  /** A few at a time, so that nothing else waits long. */
  async #writeDocuments(): Promise<void> {
    const { generation } = this;
    if (this.#refolding) return;
    while (this.#documents.unwritten > 0) {
      const begun = performance.now();
      const written = await this.context.database.write.transaction().execute(async (db) => {
        await moveDocuments(db, generation, this.#stored, this.#documentsWritten);
        return this.#documents.write(db);
      });
      written();
      await this.#rest(performance.now() - begun, false);
    }
    if (this.#documentsWritten !== this.#stored) {
      await moveDocuments(this.context.database.write, generation, this.#stored, this.#stored);
      this.#documentsWritten = this.#stored;
    }
    this.#documentsWrittenAtMs = Date.now();
  }

  async #storeCheckpoint(): Promise<void> {
    if (this.#stored === this.position) return;
    await moveCheckpoint(this.context.database.write, this.generation, this.#stored, this.#reached);
    this.#stored = this.position;
    this.#storedAtMs = Date.now();
  }

  /**
   * Gives the loop back after work that kept it for `tookMs`: at least a turn, more while requests are flowing, and when
   * nothing is left to do (`done`) a moment to gather events. Whoever waits for the view ends it.
   */
  async #rest(tookMs: number, done: boolean): Promise<void> {
    const { share, options } = this.context;
    const owed = share.pauseAfter(tookMs, this.lagSeconds);
    const linger = done ? (options.lingerMs ?? 15) : 0;
    await nextTurn();
    for (let slept = 0; slept < linger || (slept < owed && share.busy); slept += SLICE_MS) {
      const rest = Math.max(linger, owed) - slept;
      if (await this.#waiters.disturbed(Math.min(rest, SLICE_MS))) return;
    }
  }
}

/** Another runner has taken over, or the disk stands in the way. */
const isNoFaultOfTheEvents = (error: unknown): boolean => error instanceof CheckpointMovedError || storeFaultOf(error) !== undefined;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
