/**
 * Proves that every event is as it was written, that the log is whole, that what it refers to is there, that no rule of units and money is broken anywhere in it, and that every view says what
 * the log says. Reads only; used by `backhaul verify`.
 */
import {
  StoreUnavailableError,
  type AuditedEvent,
  type EventStore,
  type LogFault,
  type Position,
  type RecordedEvent,
} from '../eventing/event-store.js';
import { UnreadableEventError, upcast } from '../eventing/upcasting.js';
import type { RowDifference, ViewOutcome, Views } from '../eventing/views.js';
import { returnsModel } from '../returns/rules/returns.decider.js';
import { orderIdOfStream } from '../returns/rules/returns.events.js';
import { foldReturns } from '../returns/rules/returns.fold.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';
import { faultsOf, restFaultsOf } from './invariants.js';
import { ReferenceCheck, type References } from './references.js';

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
  /** Events that carry no digest: releases before digests wrote them. */
  readonly withoutDigest: number;
  /** Of the last event looked at. */
  readonly lastDigest: string | null;
  readonly differences: readonly Difference[];
};

export type VerifyOptions = {
  /** Called after every batch with the number of events read so far. */
  readonly onProgress?: (events: number) => void;
  readonly signal?: AbortSignal;
  /** Where to look up what events refer to; without it that is not checked. */
  readonly references?: References;
};

/**
 * Reads the log as it stands now from its start, checks every event against its digest, that positions rise and that every
 * stream's revisions run from 0 without a gap, folds every order and checks its invariants: after every event about money,
 * and at the end. Keeps one folded state per order in memory.
 */
export async function verifyLog(store: EventStore, options: VerifyOptions = {}): Promise<LogVerification> {
  const { signal, references } = options;
  const check = new LogCheck();
  for await (const { events, faults } of store.audit(signal === undefined ? {} : { signal })) {
    for (const fault of faults) check.note(fault);
    for (const event of events) check.take(event);
    options.onProgress?.(check.events);
  }
  signal?.throwIfAborted();
  if (references !== undefined) await check.resolve(references, signal);
  return check.result();
}

/** A fault of the log in words that stand for themselves. */
export const faultInWords = ({ revision, words }: LogFault): string => (revision === null ? words : `revision ${revision} ${words}`);

class LogCheck {
  events = 0;
  #withoutDigest = 0;
  #lastDigest: string | null = null;
  readonly #references = new ReferenceCheck();
  /** Streams with an event that cannot be folded; nothing more is said of their state. */
  readonly #unfolded = new Set<string>();
  #last: Position | 'start' = 'start';
  readonly #revisions = new Map<string, number>();
  readonly #orders = new Map<string, ReturnsState>();
  readonly #differences: Difference[] = [];
  /** Streams already reported: one breach is news, its consequences are not. */
  readonly #reported = new Set<string>();

  note(fault: LogFault): void {
    this.#report(fault.streamId, null, faultInWords(fault));
  }

  take({ event, digest }: AuditedEvent): void {
    this.events += 1;
    this.#lastDigest = digest;
    if (digest === null) this.#withoutDigest += 1;
    this.#references.take(event);
    const { streamId, revision, position } = event;
    if (this.#last !== 'start' && position <= this.#last) this.#report(streamId, null, `position ${position} comes after ${this.#last}`);
    this.#last = position;
    const expected = (this.#revisions.get(streamId) ?? -1) + 1;
    if (revision !== expected) this.#report(streamId, null, `revision ${revision} stands where ${expected} should`);
    this.#revisions.set(streamId, revision);
    if (orderIdOfStream(streamId) === undefined || this.#unfolded.has(streamId)) return;
    const state = this.#fold(event);
    if (state === undefined) return;
    this.#orders.set(streamId, state);
    if (event.type.startsWith('Refund') || event.type === 'StoreCreditIssued')
      this.#checkState(streamId, state, `after revision ${revision}: `);
  }

  async resolve(references: References, signal?: AbortSignal): Promise<void> {
    for (const { streamId, revision, words } of await this.#references.missing(references, signal))
      this.#report(streamId, null, `revision ${revision}: ${words}`);
  }

  /** Undefined when the event is none that can be folded, as a damaged one may be. */
  #fold(event: RecordedEvent): ReturnsState | undefined {
    const { streamId, revision } = event;
    try {
      return foldReturns(this.#orders.get(streamId), upcast(returnsModel, event));
    } catch (error) {
      this.#unfolded.add(streamId);
      this.#report(
        streamId,
        null,
        error instanceof UnreadableEventError
          ? error.message
          : `revision ${revision} cannot be folded: it does not hold what an event of its type holds`,
      );
      return undefined;
    }
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
      events: this.events,
      streams: this.#revisions.size,
      orders: this.#orders.size,
      returns,
      refunds,
      entitledMinor,
      upTo: this.#last,
      withoutDigest: this.#withoutDigest,
      lastDigest: this.#lastDigest,
      differences: this.#differences,
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
  readonly views: readonly {
    readonly view: string;
    readonly rows: number;
    readonly position: Position | 'start';
    readonly behind: boolean;
  }[];
  /** Everything that differs, of the log and of the views. Empty: all is well. */
  readonly differences: readonly Difference[];
};

/**
 * Checks the log (`verifyLog`), then all views: they are built once more from the log beside those in use, up to the
 * same position, by the same runner, and their rows are compared in the database (docs/decisions/052).
 * @throws StoreUnavailableError the log cannot be read now
 */
export async function verify(
  store: EventStore,
  views: Views,
  options: {
    readonly onProgress?: (what: string, events: number) => void;
    readonly signal?: AbortSignal;
    readonly references?: References;
  } = {},
): Promise<Verification> {
  const { onProgress, signal, references } = options;
  const log = await verifyLog(store, {
    ...(onProgress === undefined ? {} : { onProgress: (events) => onProgress('log', events) }),
    ...(signal === undefined ? {} : { signal }),
    ...(references === undefined ? {} : { references }),
  });
  signal?.throwIfAborted();
  const outcomes = await compareViews(store, views, (events) => onProgress?.('views', events), signal);
  return {
    log,
    views: outcomes.flatMap((outcome) => {
      if ('failed' in outcome) return [];
      const { view, rows, position } = outcome;
      return [{ view, rows, position, behind: log.upTo !== 'start' && (position === 'start' || position < log.upTo) }];
    }),
    differences: [...log.differences, ...outcomes.flatMap(differencesOf)],
  };
}

/** Every view against the log, as far as they can be compared. */
async function compareViews(
  store: EventStore,
  views: Views,
  onProgress: (events: number) => void,
  signal: AbortSignal | undefined,
): Promise<readonly ViewOutcome[]> {
  const failed = new Map<string, ViewOutcome>();
  const fail = (view: string, error: unknown): void => {
    if (error instanceof StoreUnavailableError || signal?.aborted === true) throw error;
    failed.set(view, { view, failed: error instanceof Error ? error.message : String(error) });
  };
  for (const { name, position } of views.status()) await assertReaches(store, position).catch((error: unknown) => fail(name, error));
  const names = views.status().flatMap(({ name }) => (failed.has(name) ? [] : [name]));
  const compared = await views.compare(names, onProgress, signal).catch((error: unknown) => {
    for (const name of names) fail(name, error);
    return [];
  });
  return views.status().flatMap(({ name }) => failed.get(name) ?? compared.find(({ view }) => view === name) ?? []);
}

/** What a view has seen is still in the log. @throws Error the end of the log is missing */
async function assertReaches(store: EventStore, position: Position | 'start'): Promise<void> {
  const stop = new AbortController();
  try {
    // The first batch is enough: a store refuses to go on after an end that it does not reach.
    await store.subscribe(position, { batchSize: 1, signal: stop.signal })[Symbol.asyncIterator]().next();
  } finally {
    stop.abort();
  }
}

function differencesOf(outcome: ViewOutcome): readonly Difference[] {
  const { view } = outcome;
  if ('failed' in outcome) return [{ streamId: null, returnId: null, words: `view ${view} cannot be compared: ${outcome.failed}` }];
  return outcome.differences.map((each) => rowDifference(view, each));
}

function rowDifference(view: string, { table, kind, row }: RowDifference): Difference {
  const said = kind === 'unexpected' ? 'has a row the log does not give' : 'lacks a row the log gives';
  const { return_id: returnId } = row;
  return {
    streamId: null,
    returnId: typeof returnId === 'string' ? returnId : null,
    words: `view ${view}, table ${table} ${said}: ${JSON.stringify(row)}`,
  };
}

/** What a verification found, a line each, as people read it; the last line says how it ended. */
export function verificationInWords({ log, views, differences }: Verification): readonly string[] {
  const { events, streams, orders, returns, refunds, withoutDigest, lastDigest } = log;
  return [
    ...differences.map(({ streamId, returnId, words }) => `${returnId ?? streamId ?? 'log'}: ${words}`),
    `${events} events in ${streams} streams: ${orders} orders, ${returns} returns, ${refunds} refunds; ${views.length} views compared`,
    ...(withoutDigest === 0
      ? []
      : [
          `${withoutDigest} events have no digest, so nobody can tell whether they are as they were written: an older release wrote them. "backhaul seal" gives those of an embedded log theirs`,
        ]),
    ...(lastDigest === null ? [] : [`the log ends at position ${log.upTo} with digest ${lastDigest}`]),
    differences.length === 0 ? 'no differences' : `${differences.length} differences`,
  ];
}
