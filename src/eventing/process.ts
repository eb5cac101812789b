/**
 * A process does what the log says is still owed: buys a label, pays a refund. Its to-dos are derived from events
 * (requested − resolved), so a rebuild recreates exactly what is still owed; outcomes come back as commands.
 */
import type { Fold } from './projection.js';

/** One thing still to be done. */
export type ToDo<Payload> = {
  /** Stable for the same owed thing; also the idempotency key of the effect. */
  readonly key: string;
  /** To-dos of one lane run one at a time, different lanes at the same time. */
  readonly lane: string;
  /** ISO 8601 UTC; not before. */
  readonly dueAt: string;
  readonly payload: Payload;
};

/** What is still owed, as far as the log tells. Pure: a view keeps it. */
export type ToDos<State, Payload> = {
  /** Of the process. */
  readonly name: string;
  /** Raised when to-dos would come out differently; the to-do view is rebuilt. */
  readonly version: number;
  /** The streams its to-dos come from. */
  readonly fold: Fold<State>;
  /** Event types that can change what is owed. */
  readonly handles: ReadonlySet<string>;
  /** What is still owed in this state. */
  pending(state: State): readonly ToDo<Payload>[];
};

export type Process<State, Payload> = ToDos<State, Payload> & {
  /** How many lanes run at the same time (32 unless said otherwise). */
  readonly concurrency?: number;
  /**
   * Does the effect with `todo.key` and records the outcome as a command whose id derives from the key. Returning
   * means "recorded"; throwing means "not recorded, try again with back-off under the same key".
   * `attempt` counts from 1 within this run of the service.
   */
  perform(todo: ToDo<Payload>, attempt: number, signal: AbortSignal): Promise<void>;
};
