/**
 * A projection turns the log into tables for queries. It causes nothing.
 *
 * Its working memory is one document per stream (or any other key), folded purely from events; the tables a query
 * reads are computed from how those documents changed. The runner stores documents, table rows and the checkpoint in
 * one transaction, so applying a batch twice changes nothing and a rebuild gives the same rows.
 */
import type { CompiledQuery } from 'kysely';
import type { Position, RecordedEvent } from './event-store.js';

/** How one document changed in a batch. `before` is undefined when the document is new. */
export type Change<Doc> = {
  readonly id: string;
  readonly before: Doc | undefined;
  readonly after: Doc;
  readonly events: readonly RecordedEvent[];
};

export type Projection<Doc> = {
  readonly name: string;
  /** Raised whenever documents or rows would come out differently: new tables are built beside the old ones. */
  readonly version: number;
  /** `create table`/`create index` statements; `{{name}}` in them is replaced by the versioned table name. */
  readonly tables: readonly TableDefinition[];
  /** Event types this projection looks at; others only move the checkpoint. */
  readonly handles: ReadonlySet<string>;
  /** Which document an event belongs to, usually `event.streamId`. */
  documentId(event: RecordedEvent): string;
  /** Total and pure. */
  evolve(document: Doc | undefined, event: RecordedEvent): Doc;
  /** The statements that bring the tables from `before` to `after`, several rows a statement. Pure. */
  apply(changes: readonly Change<Doc>[], tables: TableNames): readonly CompiledQuery[];
};

/** A table of a view. `name` is logical; the physical name carries the projection's version. */
export type TableDefinition = {
  readonly name: string;
  readonly create: readonly string[];
  /** Columns that tell when a row was written, which depends on how batches fell; left out when a view is proved against the log. */
  readonly bookkeeping?: readonly string[];
};

/** Logical → physical table name of the version that is meant. */
export type TableNames = (logical: string) => string;

/** Where a view stands. */
export type ViewStatus = {
  readonly name: string;
  readonly version: number;
  readonly state: 'catching-up' | 'live' | 'rebuilding' | 'failed';
  readonly position: Position | 'start';
  readonly eventsApplied: number;
  /** Seconds since the view last agreed with the log's head; 0 when live. */
  readonly lagSeconds: number;
  /** While a build is made that will answer queries: how much of the log it has seen, 0 to 1. */
  readonly progress: number | null;
  /** Why the view stopped; also while it is being rebuilt for that reason. With `catching-up`: what it waits for, and goes on by itself. */
  readonly error: string | null;
  /** Why the last rebuild broke off; the build before it stays in use. */
  readonly rebuildError: string | null;
};
