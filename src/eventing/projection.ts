/**
 * A projection turns the log into tables for queries. It causes nothing.
 *
 * It sees how whole streams changed: the state before and after, folded as deciding folds it, and computes rows from the
 * difference. Nothing of its own is kept between batches; rows and checkpoint are stored in one transaction, so applying
 * a batch twice changes nothing and a rebuild gives the same rows.
 */
import type { Position, RecordedEvent } from './event-store.js';
import type { Table } from './sql/table.js';
import type { Write } from './sql/write.js';

export type { TableNames } from './sql/table.js';

/** How the streams of one kind are folded: once for all projections of them. */
export type Fold<State> = {
  /** Every event type that such a stream holds. */
  readonly types: ReadonlySet<string>;
  /** The state after `event`, which comes in today's shape; `state` is undefined before the stream's first event. Total and pure. */
  evolve(state: State | undefined, event: RecordedEvent): State;
};

/** How one stream changed in a batch: `before` is undefined when it is new, `events` are all of its events in between. */
export type Change<State> = {
  readonly streamId: string;
  readonly before: State | undefined;
  readonly after: State;
  readonly events: readonly RecordedEvent[];
};

export type Projection<State> = {
  readonly name: string;
  /** Raised whenever rows would come out differently: new tables are built beside the old ones. */
  readonly version: number;
  readonly tables: readonly Table[];
  readonly fold: Fold<State>;
  /** Event types that can change a row. A stream without any of them in a batch is no change. */
  readonly handles: ReadonlySet<string>;
  /** What brings the tables from `before` to `after`, in this order. Pure, however the changes are cut. */
  apply(changes: readonly Change<State>[]): readonly Write[];
};

/** `cannot_write`: storage stands in the way; it is tried again until it works. `failed`: at an event that cannot be applied. */
export const VIEW_STATES = ['catching-up', 'live', 'rebuilding', 'cannot_write', 'failed'] as const;
export type ViewState = (typeof VIEW_STATES)[number];

/** Where a view stands. */
export type ViewStatus = {
  readonly name: string;
  readonly version: number;
  readonly state: ViewState;
  readonly position: Position | 'start';
  readonly eventsApplied: number;
  /** Seconds since the view last agreed with the log's head; 0 when live. */
  readonly lagSeconds: number;
  /** Whether it can be asked: a build has caught up once, be it an older release's. */
  readonly answers: boolean;
  /** The build that answers, while this process keeps it up to date. */
  readonly generation: number | null;
  /** While a build is made that will answer queries (`catching-up`: the first one, nothing answers yet): how much of the log it has seen, 0 to 1. */
  readonly progress: number | null;
  /** Why the view stopped; also while it is being rebuilt for that reason. With `cannot_write` and `catching-up`: what it waits for, and goes on by itself. */
  readonly error: string | null;
  /** Why the last rebuild broke off; the build before it stays in use. */
  readonly rebuildError: string | null;
};
