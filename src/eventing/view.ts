/** A registered projection as queries and operators see it, whoever keeps it up to date. */
import type { Position } from './event-store.js';
import type { ViewStatus } from './projection.js';
import type { ToldState } from './told-states.js';
import type { ViewDefinition } from './view-generations.js';

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

export interface View {
  readonly projection: ViewDefinition;
  open(run: boolean): Promise<void>;
  /** Waits until queries see `position`; for `start`, until a build has caught up once. @returns false when they do not within `timeoutMs` */
  reach(position: Position | 'start', timeoutMs: number): Promise<boolean>;
  watch(listener: () => void): () => void;
  /** Looks how far the view is that another process runs. @param told how it stands, as that process has told */
  refresh(told?: ToldState): Promise<void>;
  /** @throws Error one is being made already */
  rebuild(onProgress: (progress: RebuildProgress) => void): Promise<void>;
  /** Begins a rebuild in the background, unless a build is being made already; what stops it stands in the status. */
  startRebuild(): Promise<void>;
  status(): ViewStatus;
  stop(): Promise<void>;
}
