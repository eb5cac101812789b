/**
 * The shape of every decision in this service (Chassaing's decider): a pure function from what has happened and what
 * is asked to what happens next. No clock, no randomness, no database: facts and times come in with the command.
 */
import type { JsonObject } from './event-store.js';
import type { Upcasters } from './upcasting.js';

export type DomainEvent = { readonly type: string; readonly data: JsonObject };

export type Decider<State, Command, Event extends DomainEvent> = {
  readonly initialState: State;
  /**
   * `[]` means "already so".
   * @throws DomainError "not allowed"
   */
  decide(command: Command, state: State): readonly Event[];
  /** Total: never throws, ignores what it does not know. */
  evolve(state: State, event: Event): State;
};

/** How the events of one kind of stream are decided, folded and read. */
export type StreamModel<State, Command, Event extends DomainEvent> = {
  readonly decider: Decider<State, Command, Event>;
  /** Current schema version by event type. */
  readonly versions: { readonly [type in Event['type']]: number };
  readonly upcasters: Upcasters;
};

/**
 * A refusal by a rule. `code` is part of the API (see the problem codes); `message` is for people. `details.pointer`, where
 * the rule is about one field of what was sent, names it as a JSON pointer.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: string,
    message: string,
    readonly details: JsonObject = {},
  ) {
    super(message);
  }
}
