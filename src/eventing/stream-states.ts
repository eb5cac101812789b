import { LRUCache } from 'lru-cache';
import type { EventReader, RecordedEvent } from './event-store.js';
import type { Change, Fold } from './projection.js';
import type { EventCatalogue } from './upcasting.js';

/** Events whose folded streams are kept in memory, counted over the streams; an order's returns take a KB or less per event. */
const CACHED_EVENTS = 60_000;

type Folded<State> = { readonly state: State; readonly revision: number };
type Stream = readonly [RecordedEvent, ...RecordedEvent[]];

/** How streams change: the states before a batch are remembered, or folded once more from the log. */
export class StreamStates<State> {
  readonly #folded: LRUCache<string, Folded<State>>;

  constructor(
    private readonly fold: Fold<State>,
    private readonly store: Pick<EventReader, 'readStream'>,
    private readonly catalogue: EventCatalogue,
    cachedEvents = CACHED_EVENTS,
  ) {
    this.#folded = new LRUCache({ maxSize: Math.max(1, cachedEvents), sizeCalculation: ({ revision }) => revision + 2 });
  }

  /**
   * What these events change, stream by stream; events of other kinds of streams are left out.
   * @param events of one stream in its order, without a gap
   * @throws UnreadableEventError
   */
  async changesBy(events: readonly RecordedEvent[]): Promise<readonly Change<State>[]> {
    const streams = this.#byStream(events);
    const before = await this.#before(streams);
    return streams.map((stream, index) => this.#change(before[index], stream));
  }

  /** Takes note of where changes have led to, once they are stored. */
  remember(changes: readonly Change<State>[]): void {
    for (const { streamId, after, events } of changes) {
      const last = events.at(-1);
      if (last !== undefined) this.#folded.set(streamId, { state: after, revision: last.revision });
    }
  }

  #byStream(events: readonly RecordedEvent[]): readonly Stream[] {
    const streams = new Map<string, [RecordedEvent, ...RecordedEvent[]]>();
    for (const event of events) {
      if (!this.fold.types.has(event.type)) continue;
      const stream = streams.get(event.streamId);
      if (stream === undefined) streams.set(event.streamId, [event]);
      else stream.push(event);
    }
    return [...streams.values()];
  }

  /** In the order of the streams. Those that are not in memory are read at the same time. */
  #before(streams: readonly Stream[]): Promise<readonly (State | undefined)[]> {
    return Promise.all(
      streams.map(async ([{ streamId, revision }]) => {
        if (revision === 0) return undefined;
        const known = this.#folded.get(streamId);
        return known?.revision === revision - 1 ? known.state : this.#read(streamId, revision, known);
      }),
    );
  }

  /** The state before `revision`, from the log. */
  async #read(streamId: string, revision: number, known: Folded<State> | undefined): Promise<State> {
    const from = known !== undefined && known.revision < revision ? known : undefined;
    const read = await this.store.readStream(streamId, from === undefined ? 0 : from.revision + 1);
    const [first, ...rest] = read.filter((event) => event.revision < revision);
    const found = first === undefined ? undefined : this.#change(from?.state, [first, ...rest]);
    if (found?.events.at(-1)?.revision !== revision - 1) {
      throw new Error(`Stream ${streamId} has no revision ${revision - 1}, though the log has ${revision}`);
    }
    return found.after;
  }

  #change(before: State | undefined, stream: Stream): Change<State> {
    const [first, ...rest] = stream;
    const begun = this.catalogue.upcast(first);
    const events = [begun, ...rest.map((event) => this.catalogue.upcast(event))];
    const after = events.slice(1).reduce((state, event) => this.fold.evolve(state, event), this.fold.evolve(before, begun));
    return { streamId: first.streamId, before, after, events };
  }
}
