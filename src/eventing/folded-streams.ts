import { LRUCache } from 'lru-cache';
import type { Decider, DomainEvent, StreamModel } from './decider.js';
import type { EventStore, RecordedEvent } from './event-store.js';
import { upcast } from './upcasting.js';

/** The part of a model that folding needs. */
type Foldable<State, Event extends DomainEvent> = Pick<StreamModel<State, never, Event>, 'versions' | 'upcasters'> & {
  readonly decider: Pick<Decider<State, never, Event>, 'initialState' | 'evolve'>;
};

/** A command that is on the stream: hash of its content and the revision of its last event. */
export type HandledCommand = { readonly hash: string; readonly revision: number };

/** A stream up to `revision` (-1: no events). */
export type Folded<State> = {
  readonly state: State;
  readonly revision: number;
  /** By command id. Shared by all folds of the stream, so it may already know of later ones. */
  readonly commands: Map<string, HandledCommand>;
};

/** What the state of an order takes in memory, and what each of its events adds: measured, for orders of some lines. */
const STREAM_BYTES = 3500;
const EVENT_BYTES = 450;

/**
 * Streams folded to their state, the most recently used ones kept in memory. A cached fold may be behind the store
 * (another process may write too); appends at its revision find out.
 */
export class FoldedStreams {
  readonly #cache: LRUCache<string, Folded<unknown>>;

  /** @param megabytes what the states in memory may take, about */
  constructor(
    private readonly store: EventStore,
    megabytes: number,
  ) {
    this.#cache = new LRUCache({
      maxSize: Math.max(1, megabytes * 1024 * 1024),
      sizeCalculation: ({ revision }) => STREAM_BYTES + EVENT_BYTES * (revision + 1),
    });
  }

  /** What is remembered of the stream, possibly behind the store. */
  cached<State, Event extends DomainEvent>(_model: Foldable<State, Event>, streamId: string): Folded<State> | undefined {
    // A stream belongs to one model (its name's prefix says which), so what lies here was put here by the same model.
    return this.#cache.get(streamId) as Folded<State> | undefined;
  }

  /** The stream as it is in the store now; reads only what came after the remembered fold. @param deadline as for `readStream` */
  async current<State, Event extends DomainEvent>(
    model: Foldable<State, Event>,
    streamId: string,
    deadline?: number,
  ): Promise<Folded<State>> {
    const from = this.cached(model, streamId) ?? this.#nothing(model);
    const tail = await this.store.readStream(streamId, from.revision + 1, deadline);
    return tail.length === 0 ? from : this.advance(model, streamId, from, tail);
  }

  /** Folds events that directly follow `from`, and remembers the result. */
  advance<State, Event extends DomainEvent>(
    model: Foldable<State, Event>,
    streamId: string,
    from: Folded<State>,
    tail: readonly RecordedEvent[],
  ): Folded<State> {
    const state = this.fold(model, from.state, tail);
    for (const { metadata, revision } of tail) from.commands.set(metadata.commandId, { hash: metadata.commandHash, revision });
    return this.remember(streamId, { state, revision: from.revision + tail.length, commands: from.commands });
  }

  /** Keeps the fold unless a newer one is already held. */
  remember<State>(streamId: string, folded: Folded<State>): Folded<State> {
    const held = this.#cache.get(streamId);
    if (held === undefined || held.revision < folded.revision) this.#cache.set(streamId, folded);
    return folded;
  }

  /** @throws UnreadableEventError */
  fold<State, Event extends DomainEvent>(model: Foldable<State, Event>, state: State, events: readonly RecordedEvent[]): State {
    return events.reduce((folded, event) => model.decider.evolve(folded, this.domainEvent(model, event)), state);
  }

  /**
   * What the log holds under a known type and version has that type's shape: only this service's deciders write it.
   * @throws UnreadableEventError
   */
  domainEvent<State, Event extends DomainEvent>(model: Foldable<State, Event>, event: RecordedEvent): Event {
    const { type, data } = upcast(model, event);
    return { type, data } as Event;
  }

  #nothing<State, Event extends DomainEvent>(model: Foldable<State, Event>): Folded<State> {
    return { state: model.decider.initialState, revision: -1, commands: new Map() };
  }
}
