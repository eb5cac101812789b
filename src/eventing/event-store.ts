/**
 * The event log as a port: what every store promises, whichever database is behind it.
 *
 * A stream is an append-only list of events with contiguous revisions from 0. The log orders all events of all
 * streams by an opaque, fixed-width `Position`. Nothing is ever overwritten, and every append states the revision
 * the decision was based on, so two writers can never both win.
 */

/** JSON primitives only: what can be stored for ever and read by any later version. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Place of an event in the whole log. Opaque; compare as strings. */
export type Position = string & { readonly __brand: 'Position' };

/** Who caused an event: a customer session, an API key, an OIDC subject or the service itself. Ids only, no names. */
export type Actor = {
  readonly kind: 'customer' | 'shop' | 'warehouse' | 'finance' | 'admin' | 'carrier' | 'provider' | 'system';
  readonly id: string;
  readonly channel: 'api' | 'portal' | 'import' | 'webhook' | 'process' | 'cli';
};

export type EventMetadata = {
  /** The command that wrote the event; repeated commands are recognised by it. */
  readonly commandId: string;
  /** Hash of the command's payload: the same id with another hash is a conflict. */
  readonly commandHash: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** Version of the stored shape of `data`; raised together with an upcaster. */
  readonly schemaVersion: number;
  readonly actor: Actor;
  /** ISO 8601 UTC, when the command was handled. `data.at` says when it happened in the world. */
  readonly occurredAt: string;
};

/** An event about to be appended. `id` is a UUID, deterministic per command and index. */
export type NewEvent = {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
};

/** An event as stored. */
export type RecordedEvent = NewEvent & {
  readonly streamId: string;
  readonly revision: number;
  readonly position: Position;
  /** ISO 8601 UTC, the store's own clock. */
  readonly recordedAt: string;
};

/**
 * `upTo`: everything at or before it has been delivered; moves on quiet stretches too, with no events. On an empty log
 * it is a position before the first event, so it can be stored and resumed from like any other.
 */
export type EventBatch = {
  readonly events: readonly RecordedEvent[];
  readonly upTo: Position;
  /** True when, at the time of reading, nothing newer was in the log (as far as the connection has told). */
  readonly caughtUp: boolean;
};

export type Appended = {
  /** Revision of the last event of the batch. */
  readonly revision: number;
  /** Position of the last event of the batch. */
  readonly position: Position;
};

export type ExpectedRevision = number | 'no-stream';

/** An event with its digest as stored; null: it was written without one. */
export type AuditedEvent = { readonly event: RecordedEvent; readonly digest: string | null };

/** Something in the log that is not as it was written, told without its content. `streamId` null: it concerns the log as a whole. */
export type LogFault = { readonly streamId: string | null; readonly revision: number | null; readonly words: string };

/** A stretch of the log as an audit finds it: the events that can be read, and what is wrong. */
export type AuditBatch = { readonly events: readonly AuditedEvent[]; readonly faults: readonly LogFault[] };

/**
 * Largest append, EventStoreDB 24.10's default, kept by every store. Counted as EventStoreDB does: data and metadata
 * as UTF-8 JSON, plus two bytes per character of the type.
 */
export const MAX_APPEND_BYTES = 1024 * 1024;

/** The reading half of the log: what follows it needs no more. */
export interface EventReader {
  /**
   * Identity of the log (a UUID made when it was created). A checkpoint belongs to one log; with another identity the
   * service refuses to start.
   */
  identity(): Promise<string>;

  /**
   * Events of one stream from `from` (inclusive, default 0) in order; a stream that does not exist is empty.
   * @param deadline when to give up, as for `append`
   * @throws StoreUnavailableError the log cannot be read now
   */
  readStream(streamId: string, from?: number, deadline?: number): Promise<readonly RecordedEvent[]>;

  /**
   * The whole log in order, first what is stored, then live, exclusive of `after`. Resumes by itself after a dropped
   * connection; ends when `signal` is aborted or the store is closed. Pulling slowly slows the source, nothing is
   * dropped. An error ends it for good: trying again would not help.
   */
  subscribe(after: Position | 'start', options: { readonly batchSize: number; readonly signal: AbortSignal }): AsyncIterable<EventBatch>;

  /**
   * Where the store can do so cheaply: every event at or before `upTo`, stream after stream, each stream's events in order.
   * A batch holds whole streams, and so may pass `batchSize`.
   * @throws StoreUnavailableError the log cannot be read now
   */
  streams?(upTo: Position, options: { readonly batchSize: number; readonly signal: AbortSignal }): AsyncIterable<readonly RecordedEvent[]>;

  /** Position of the newest event, 'start' for an empty log. */
  head(): Promise<Position | 'start'>;

  /** How many events there are, where the store can tell cheaply. */
  count?(): Promise<number>;
}

export interface EventStore extends EventReader {
  /**
   * Appends all events (at least one) or none. Sending the same ids again at the same place succeeds with the first
   * answer and writes nothing, also when newer events follow. At the current revision everything is written, whatever
   * its ids, so a repetition must name the revision of the first attempt.
   * @throws WrongRevisionError the stream is not where the caller read it
   * @throws OverlappingAppendError the first ids are stored at that place, later ones differ
   * @throws AppendTooLargeError more than MAX_APPEND_BYTES
   * @throws UnknownOutcomeError the reply was lost; send the identical batch again
   * @throws StoreUnavailableError nothing was written; try later
   * @throws TypeError, RangeError no events, or an id, name, revision or value that cannot be stored
   * @param deadline when to give up, in milliseconds on the clock of `performance.now()`; nothing is sent after it
   */
  append(streamId: string, events: readonly NewEvent[], expected: ExpectedRevision, deadline?: number): Promise<Appended>;

  /**
   * Reads the log (or one stream) as it stands now and checks every event against its digest: what was changed, taken
   * out or moved after it was written is a fault (docs/decisions/106). A damaged event ends nothing, the rest is read.
   * @throws StoreUnavailableError the log cannot be read now
   */
  audit(options?: { readonly streamId?: string; readonly signal?: AbortSignal }): AsyncIterable<AuditBatch>;

  /** Finishes what is under way, releases files, connections and locks. */
  close(): Promise<void>;
}

export class WrongRevisionError extends Error {
  override readonly name = 'WrongRevisionError';
  constructor(
    readonly streamId: string,
    readonly expected: ExpectedRevision,
    readonly actual: number | 'no-stream',
  ) {
    super(`Stream ${streamId} is at revision ${actual}, expected ${expected}`);
  }
}

export class OverlappingAppendError extends Error {
  override readonly name = 'OverlappingAppendError';
  constructor(readonly streamId: string) {
    super(`The append to ${streamId} repeats some stored events and differs in others`);
  }
}

export class AppendTooLargeError extends Error {
  override readonly name = 'AppendTooLargeError';
  constructor(readonly bytes: number) {
    super(`An append of ${bytes} bytes exceeds the limit of ${MAX_APPEND_BYTES} bytes`);
  }
}

/** The log is not as it was written; what to do stands in the message. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError';
}

export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError';
}

export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
