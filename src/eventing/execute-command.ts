/**
 * From a command to events on the log: state → decide → append at the revision the decision was based on.
 *
 * Idempotency comes from the log itself: the command's id stands in the metadata of every event it wrote, so a
 * repeated command is found on its own stream and answered with the state as it was right after it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { IdempotencyConflictError, IdempotencyInProgressError, RevisionMismatchError } from './command-errors.js';
import { eventIdOf, hashCommand } from './command-identity.js';
import { DomainError, type DomainEvent, type StreamModel } from './decider.js';
import {
  AppendTooLargeError,
  MAX_APPEND_BYTES,
  StoreUnavailableError,
  UnknownOutcomeError,
  WrongRevisionError,
  type Actor,
  type Appended,
  type EventStore,
  type NewEvent,
  type Position,
  type RecordedEvent,
} from './event-store.js';
import { FoldedStreams, type Folded, type HandledCommand } from './folded-streams.js';
import { upcast } from './upcasting.js';

export { IdempotencyConflictError, IdempotencyInProgressError, RevisionMismatchError } from './command-errors.js';
export { deriveCommandId } from './command-identity.js';
export type { StreamModel } from './decider.js';

export type CommandContext = {
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly actor: Actor;
  /** ISO 8601 UTC, when the service was asked. */
  readonly occurredAt: string;
  /** The client's If-Match. */
  readonly expectedRevision?: number;
  /**
   * Hash of what the caller sent, when the command also carries facts the service looked up (they may have changed when
   * the same request comes again). Without it the command itself is hashed; null: the id alone tells which command it is.
   */
  readonly payloadHash?: string | null;
};

/** Who gives a command: a request, or a process. */
export type CommandSource = {
  /** @param streamId where the command is decided; an idempotency key stands for one command per stream */
  context(streamId: string): CommandContext;
};

export type Executed<State, Event> = {
  readonly state: State;
  /** -1: the stream does not exist. */
  readonly revision: number;
  /** null: nothing was appended. */
  readonly position: Position | null;
  readonly events: readonly Event[];
  /** The command had been handled before; this is its first answer again. */
  readonly replayed: boolean;
};

export type ExecutorOptions = {
  /** How long a command may take, whatever is tried again, in milliseconds; 10 000 unless said otherwise. */
  readonly budgetMs?: number;
  /** What folded states kept in memory may take, in megabytes; 96 unless said otherwise, some 9,000 orders with all that happens to them. */
  readonly cacheMb?: number;
  /** First pause before an append is tried again, in milliseconds; doubles each time. 25 unless said otherwise. */
  readonly backOffMs?: number;
};

/** Conflicts with other writers after which a command gives up. */
const MAX_CONFLICTS = 3;
/** How often the identical batch is sent when a reply was lost or the store could not be reached. */
const MAX_SENDS = 5;
/** Whoever waits for an answer gives up about then. */
const BUDGET_MS = 10_000;

type Work<State, Command, Event extends DomainEvent> = {
  readonly model: StreamModel<State, Command, Event>;
  readonly streamId: string;
  readonly command: Command;
  readonly context: CommandContext;
  readonly hash: string;
  /** By `performance.now()`; nothing is read or sent after it. */
  readonly deadline: number;
};

/**
 * `open`: decided, but not proved by an append at the revision it was decided on; `settle` answers (or throws) should
 * the stream turn out not to have moved.
 */
type Attempt<State, Event> =
  | { readonly kind: 'done'; readonly answer: Executed<State, Event> }
  | { readonly kind: 'open' | 'conflict'; readonly settle: () => Executed<State, Event> };

export class CommandExecutor {
  readonly #streams: FoldedStreams;
  /** Last command in line per stream; commands of one stream run one after another. */
  readonly #lines = new Map<string, Promise<unknown>>();
  readonly #inFlight = new Set<string>();
  readonly #backOffMs: number;
  readonly #budgetMs: number;

  constructor(
    private readonly store: EventStore,
    options: ExecutorOptions = {},
  ) {
    this.#streams = new FoldedStreams(store, options.cacheMb ?? 96);
    this.#backOffMs = options.backOffMs ?? 25;
    this.#budgetMs = options.budgetMs ?? BUDGET_MS;
  }

  /**
   * Decides the command and appends what it decided, once. On a stream in memory this is one append and no read.
   * @throws DomainError refused by a rule, or `payload_too_large`
   * @throws IdempotencyConflictError, IdempotencyInProgressError
   * @throws RevisionMismatchError the client's If-Match does not hold
   * @throws WrongRevisionError other writers kept winning; safe to send again
   * @throws StoreUnavailableError, UnknownOutcomeError safe to send again with the same command id; after 10 seconds at the latest
   */
  async execute<State, Command, Event extends DomainEvent>(
    model: StreamModel<State, Command, Event>,
    streamId: string,
    command: Command,
    context: CommandContext,
  ): Promise<Executed<State, Event>> {
    const flight = `${streamId} ${context.commandId}`;
    if (this.#inFlight.has(flight)) throw new IdempotencyInProgressError(context.commandId);
    this.#inFlight.add(flight);
    try {
      const deadline = performance.now() + this.#budgetMs;
      const work = { model, streamId, command, context, hash: context.payloadHash ?? hashCommand(command), deadline };
      return await this.#inLine(streamId, () => this.#run(work));
    } finally {
      this.#inFlight.delete(flight);
    }
  }

  /** The stream's state now (revision -1: no such stream). Reads only what is not in memory yet. */
  async load<State, Command, Event extends DomainEvent>(
    model: StreamModel<State, Command, Event>,
    streamId: string,
  ): Promise<{ readonly state: State; readonly revision: number }> {
    const { state, revision } = await this.#streams.current(model, streamId);
    return { state, revision };
  }

  /** The stream's state as it was at a past moment. @param at ISO 8601; events written up to and at that instant count */
  async loadAsOf<State, Command, Event extends DomainEvent>(
    model: StreamModel<State, Command, Event>,
    streamId: string,
    at: string,
  ): Promise<{ readonly state: State; readonly revision: number }> {
    const moment = Date.parse(at);
    const all = await this.store.readStream(streamId);
    const later = all.findIndex((event) => Date.parse(event.metadata.occurredAt) > moment);
    const until = later === -1 ? all : all.slice(0, later);
    return { state: this.#streams.fold(model, model.decider.initialState, until), revision: until.length - 1 };
  }

  /** All events of the stream in today's shape. */
  async history<State, Command, Event extends DomainEvent>(
    model: StreamModel<State, Command, Event>,
    streamId: string,
  ): Promise<readonly RecordedEvent[]> {
    const events = await this.store.readStream(streamId);
    return events.map((event) => upcast(model, event));
  }

  async #inLine<T>(streamId: string, task: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(streamId);
    const turn = before === undefined ? task() : before.then(task, task);
    this.#lines.set(streamId, turn);
    try {
      return await turn;
    } finally {
      if (this.#lines.get(streamId) === turn) this.#lines.delete(streamId);
    }
  }

  async #run<State, Command, Event extends DomainEvent>(work: Work<State, Command, Event>): Promise<Executed<State, Event>> {
    const { deadline } = work;
    const cached = this.#streams.cached(work.model, work.streamId);
    let folded = cached ?? (await this.#streams.current(work.model, work.streamId, deadline));
    let fresh = cached === undefined;
    for (let conflicts = 0; ;) {
      // Others of the stream were before it in the line, or kept winning.
      if (performance.now() >= deadline) throw new StoreUnavailableError(`Nothing was written within ${this.#budgetMs} ms`);
      const attempt = await this.#attempt(work, folded);
      if (attempt.kind === 'done') return attempt.answer;
      // Only an append proves that the decision was based on the newest state. A refusal or "already so" from memory is
      // confirmed by a look at the stream's end: another process may have moved it.
      if (attempt.kind === 'open' && fresh) return attempt.settle();
      if (attempt.kind === 'conflict') {
        if (conflicts === MAX_CONFLICTS) return attempt.settle();
        await this.#pause(conflicts, deadline);
        conflicts += 1;
      }
      const current = await this.#streams.current(work.model, work.streamId, deadline);
      if (attempt.kind === 'open' && current.revision === folded.revision) return attempt.settle();
      folded = current;
      fresh = true;
    }
  }

  async #attempt<State, Command, Event extends DomainEvent>(
    work: Work<State, Command, Event>,
    folded: Folded<State>,
  ): Promise<Attempt<State, Event>> {
    const { model, command, context } = work;
    const handled = folded.commands.get(context.commandId);
    if (handled !== undefined) return { kind: 'done', answer: await this.#firstAnswer(work, handled) };
    const { expectedRevision } = context;
    if (expectedRevision !== undefined && expectedRevision !== folded.revision) {
      return refused(new RevisionMismatchError(expectedRevision, folded.revision));
    }
    let events: readonly Event[];
    try {
      events = model.decider.decide(command, folded.state);
    } catch (error) {
      return refused(error);
    }
    if (events.length === 0) {
      return { kind: 'open', settle: () => ({ state: folded.state, revision: folded.revision, position: null, events, replayed: false }) };
    }
    try {
      return { kind: 'done', answer: await this.#append(work, folded, events) };
    } catch (error) {
      if (error instanceof WrongRevisionError) return { ...refused(error), kind: 'conflict' };
      throw error;
    }
  }

  async #append<State, Command, Event extends DomainEvent>(
    work: Work<State, Command, Event>,
    folded: Folded<State>,
    events: readonly Event[],
  ): Promise<Executed<State, Event>> {
    const { model, streamId, context, hash } = work;
    const { revision, position } = await this.#send(streamId, toBatch(work, events), folded.revision, work.deadline);
    const state = events.reduce((evolved, event) => model.decider.evolve(evolved, event), folded.state);
    folded.commands.set(context.commandId, { hash, revision });
    this.#streams.remember(streamId, { state, revision, commands: folded.commands });
    return { state, revision, position, events, replayed: false };
  }

  /** Sends the identical batch until its outcome is known, a bounded number of times and not after the deadline. */
  async #send(streamId: string, batch: readonly NewEvent[], revision: number, deadline: number): Promise<Appended> {
    let inDoubt: UnknownOutcomeError | undefined;
    for (let sends = 1; ; sends += 1) {
      try {
        return await this.store.append(streamId, batch, revision === -1 ? 'no-stream' : revision, deadline);
      } catch (error) {
        if (error instanceof AppendTooLargeError) throw tooLarge(error);
        if (!(error instanceof UnknownOutcomeError || error instanceof StoreUnavailableError)) throw error;
        if (error instanceof UnknownOutcomeError) inDoubt = error;
        if (sends < MAX_SENDS) await this.#pause(sends, deadline);
        // That the last one was not written says nothing of those before it.
        if (sends === MAX_SENDS || performance.now() >= deadline) throw inDoubt ?? error;
      }
    }
  }

  /** The answer the command got when it was handled: the stream folded to the revision it produced. */
  async #firstAnswer<State, Command, Event extends DomainEvent>(
    work: Work<State, Command, Event>,
    handled: HandledCommand,
  ): Promise<Executed<State, Event>> {
    const { model, streamId, command, context, hash } = work;
    // Of some requests a release before this one hashed the command instead: the same command is the same request.
    const isSame = context.payloadHash === null || handled.hash === hash || handled.hash === hashCommand(command);
    if (!isSame) throw new IdempotencyConflictError(context.commandId);
    const until = (await this.store.readStream(streamId, 0, work.deadline)).slice(0, handled.revision + 1);
    const own = until.filter((event) => event.metadata.commandId === context.commandId);
    return {
      state: this.#streams.fold(model, model.decider.initialState, until),
      revision: handled.revision,
      position: own.at(-1)?.position ?? null,
      events: own.map((event) => this.#streams.domainEvent(model, event)),
      replayed: true,
    };
  }

  /** Exponential with full jitter, so that colliding writers spread out. Ends at the deadline. */
  async #pause(attempt: number, deadline: number): Promise<void> {
    await delay(Math.min(Math.random() * this.#backOffMs * 2 ** attempt, Math.max(0, deadline - performance.now())));
  }
}

function refused(error: unknown): { readonly kind: 'open'; readonly settle: () => never } {
  return {
    kind: 'open',
    settle: () => {
      throw error;
    },
  };
}

function tooLarge(error: AppendTooLargeError): DomainError {
  return new DomainError('payload_too_large', error.message, { bytes: error.bytes, limitBytes: MAX_APPEND_BYTES });
}

function toBatch<State, Command, Event extends DomainEvent>(
  work: Work<State, Command, Event>,
  events: readonly Event[],
): readonly NewEvent[] {
  const { commandId, correlationId, causationId, actor, occurredAt } = work.context;
  return events.map((event, index) => {
    const type: Event['type'] = event.type;
    const metadata = {
      commandId,
      commandHash: work.hash,
      correlationId,
      causationId,
      schemaVersion: work.model.versions[type],
      actor,
      occurredAt,
    };
    const said = { type, data: event.data, metadata };
    return { id: eventIdOf(commandId, index, said), ...said };
  });
}
