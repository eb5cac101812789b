/**
 * Proves that the log is whole, that no rule of units and money is broken anywhere in it, and that every view says what
 * the log says. Reads only; used by `backhaul verify`.
 */
import type { EventStore, Position, RecordedEvent } from '../eventing/event-store.js';
import type { ReadModels, RowDifference } from '../eventing/read-models.js';
import { upcast } from '../eventing/upcasting.js';
import { returnsModel } from '../returns/returns.model.js';
import { orderIdOfStream } from '../returns/returns.events.js';
import { foldReturns } from '../returns/returns.fold.js';
import type { ReturnsState } from '../returns/returns.state.js';
import { faultsOf, restFaultsOf } from './invariants.js';

/** One thing that is not as it should be. */
export type Difference = { readonly streamId: string | null; readonly returnId: string | null; readonly words: string };

export type LogVerification = {
  readonly events: number;
  readonly streams: number;
  readonly orders: number;
  readonly returns: number;
  readonly refunds: number;
  /** Entitled by currency, bonus included, minor units. */
  readonly entitledMinor: Readonly<Record<string, number>>;
  /** Position of the last event looked at. */
  readonly upTo: Position | 'start';
  readonly differences: readonly Difference[];
};

export type VerifyOptions = {
  /** Called after every batch with the number of events read so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal;
};

const BATCH = 1000;

/**
 * Reads the log as it stands now from its start, checks that positions rise and that every stream's revisions run from 0
 * without a gap, folds every order and checks its invariants: after every event about money, and at the end.
 * Keeps one folded state per order in memory.
 * @throws UnreadableEventError an event of a newer release
 */
export async function verifyLog(store: EventStore, options: VerifyOptions = {}): Promise<LogVerification> {
  const head = await store.head();
  const check = new LogCheck();
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  if (head !== 'start') {
    for await (const { events, upTo } of store.subscribe('start', { batchSize: BATCH, signal })) {
      for (const event of events) if (event.position <= head) check.take(event);
      options.onProgress?.(check.events);
      if (upTo >= head) break;
    }
    stop.abort();
  }
  options.signal?.throwIfAborted();
  return check.result();
}

class LogCheck {
  events = 0;
  #last: Position | 'start' = 'start';
  readonly #revisions = new Map<string, number>();
  readonly #orders = new Map<string, ReturnsState>();
  readonly #differences: Difference[] = [];
  /** Streams already reported: one breach is news, its consequences are not. */
  readonly #reported = new Set<string>();

  take(event: RecordedEvent): void {
    this.events += 1;
    const { streamId, revision, position } = event;
    if (this.#last !== 'start' && position <= this.#last) this.#report(streamId, null, `position ${position} comes after ${this.#last}`);
    this.#last = position;
    const expected = (this.#revisions.get(streamId) ?? -1) + 1;
    if (revision !== expected) this.#report(streamId, null, `revision ${revision} stands where ${expected} should`);
    this.#revisions.set(streamId, revision);
    if (orderIdOfStream(streamId) === undefined) return;
    const state = foldReturns(this.#orders.get(streamId), upcast(returnsModel, event));
    this.#orders.set(streamId, state);
    if (event.type.startsWith('Refund') || event.type === 'StoreCreditIssued') this.#checkState(streamId, state, `after revision ${revision}: `);
  }

  result(): LogVerification {
    const entitledMinor: Record<string, number> = {};
    let returns = 0;
    let refunds = 0;
    for (const [streamId, state] of this.#orders) {
      this.#checkState(streamId, state, '');
      for (const { returnId, words } of this.#reported.has(streamId) ? [] : restFaultsOf(state)) this.#report(streamId, returnId, words);
      const currency = state.order?.currency ?? '';
      for (const refund of state.returns.flatMap((ret) => ret.refunds)) {
        refunds += 1;
        entitledMinor[currency] = (entitledMinor[currency] ?? 0) + refund.breakdown.totalMinor;
      }
      returns += state.returns.length;
    }
    return {
      events: this.events, streams: this.#revisions.size, orders: this.#orders.size, returns, refunds, entitledMinor, upTo: this.#last, differences: this.#differences,
    };
  }

  #checkState(streamId: string, state: ReturnsState, when: string): void {
    if (this.#reported.has(streamId)) return;
    for (const { returnId, words } of faultsOf(state)) {
      this.#report(streamId, returnId, `${when}${words}`);
      this.#reported.add(streamId);
    }
  }

  #report(streamId: string | null, returnId: string | null, words: string): void {
    this.#differences.push({ streamId, returnId, words });
  }
}

export type Verification = {
  readonly log: LogVerification;
  readonly views: readonly { readonly view: string; readonly rows: number; readonly position: Position | 'start'; readonly behind: boolean }[];
  /** Everything that differs, of the log and of the views. Empty: all is well. */
  readonly differences: readonly Difference[];
};

/**
 * Checks the log (`verifyLog`), then every view: it is built once more from the log beside the one in use, up to the
 * same position, by the same runner, and their rows are compared in the database (docs/decisions/052).
 * @throws UnreadableEventError, ProjectionFailedError
 */
export async function verify(
  store: EventStore,
  readModels: ReadModels,
  options: { readonly onProgress?: (what: string, events: number) => void; readonly signal?: AbortSignal } = {},
): Promise<Verification> {
  const { onProgress, signal } = options;
  const log = await verifyLog(store, {
    ...(onProgress === undefined ? {} : { onProgress: (events) => onProgress('log', events) }),
    ...(signal === undefined ? {} : { signal }),
  });
  const differences = [...log.differences];
  const views: Verification['views'][number][] = [];
  for (const { name } of readModels.status()) {
    signal?.throwIfAborted();
    const { rows, position, differences: found } = await readModels.compare(name, (events) => onProgress?.(name, events));
    views.push({ view: name, rows, position, behind: log.upTo !== 'start' && (position === 'start' || position < log.upTo) });
    differences.push(...found.map((each) => rowDifference(name, each)));
  }
  return { log, views, differences };
}

function rowDifference(view: string, { table, kind, row }: RowDifference): Difference {
  const said = kind === 'unexpected' ? 'has a row the log does not give' : 'lacks a row the log gives';
  const { return_id: returnId } = row;
  return { streamId: null, returnId: typeof returnId === 'string' ? returnId : null, words: `view ${view}, table ${table} ${said}: ${JSON.stringify(row)}` };
}
