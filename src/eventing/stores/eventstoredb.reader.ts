/** Reads from EventStoreDB: bounded calls with a time limit each, by one client after another. */
import {
  BACKWARDS,
  END,
  START,
  StreamNotFoundError,
  type AllStreamResolvedEvent,
  type EventStoreDBClient,
  type ReadAllOptions,
  type ReadPosition,
  type RecordedEvent as ServerEvent,
} from '@eventstore/db-client';
import { StoreUnavailableError, type Position } from '../event-store.js';
import { failureOf, needsNewClient, reasonOf, within } from './eventstoredb.errors.js';
import { connect, dispose, formatPosition, parsePosition, ZERO_POSITION } from './eventstoredb.mapping.js';

/** Events fetched per call, so that no call runs long and none stays open when its reader leaves. */
export const PAGE = 500;

/** The newest event of ours is among the last few, unless others have written many of theirs. */
const HEAD_PAGE = 32;

export class EventStoreDbReader {
  #client: EventStoreDBClient;
  /** The head as it was found last, and the place in the whole database up to which it was looked for. */
  #known: { readonly head: Position | 'start'; readonly seen: Position | 'start' } = { head: 'start', seen: 'start' };

  /** @param isOurs whether a stream is this service's */
  constructor(
    private readonly url: string,
    private readonly timeoutMs: number,
    private readonly isOurs: (streamId: string) => boolean,
  ) {
    this.#client = connect(url);
  }

  /** At most `maxCount` events of a stream; none of one that does not exist. @throws StoreUnavailableError */
  async page(streamId: string, from: number, maxCount: number, deadline = Infinity): Promise<readonly ServerEvent[]> {
    const read = { fromRevision: BigInt(from), maxCount };
    return eventsOf(await this.#collect(`read ${streamId}`, (client) => client.readStream(streamId, read), deadline));
  }

  /** @throws StoreUnavailableError */
  async lastRevision(streamId: string, deadline: number): Promise<number | 'no-stream'> {
    const read = { direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
    const [last] = eventsOf(await this.#collect(`read ${streamId}`, (client) => client.readStream(streamId, read), deadline));
    return last === undefined ? 'no-stream' : Number(last.revision);
  }

  /** Position of the newest event of our streams. @throws StoreUnavailableError */
  async head(): Promise<Position | 'start'> {
    const known = this.#known;
    let newest: Position | undefined;
    let fromPosition: ReadPosition = END;
    // Backwards, and not again over what others wrote before the last look.
    for (let maxCount = HEAD_PAGE; ; maxCount = PAGE) {
      const page = await this.#readAll({ direction: BACKWARDS, fromPosition, maxCount });
      for (const event of eventsOf(page)) {
        if (event.position === undefined) continue;
        const position = formatPosition(event.position);
        newest ??= position;
        if (known.seen !== 'start' && position <= known.seen) return this.#foundHead(known.head, newest);
        if (this.isOurs(event.streamId)) return this.#foundHead(position, newest);
        fromPosition = event.position;
      }
      if (page.length < maxCount) return this.#foundHead('start', newest ?? 'start');
    }
  }

  /** A stream as it is now, page by page. */
  async *wholeStream(streamId: string): AsyncGenerator<readonly ServerEvent[], void, void> {
    for (let next = 0; ; next += PAGE) {
      const page = await this.page(streamId, next, PAGE);
      yield page;
      if (page.length < PAGE) return;
    }
  }

  /** The events of our streams up to the newest one there is now, page by page. */
  async *wholeLog(): AsyncGenerator<readonly ServerEvent[], void, void> {
    const head = await this.head();
    for (let at = ZERO_POSITION; head !== 'start' && at < head;) {
      const { events, upTo } = await this.after(at);
      if (upTo === at) return;
      yield events.filter(({ position }) => position !== undefined && formatPosition(position) <= head);
      at = upTo;
    }
  }

  /** The next events of our streams, and up to where they were looked for. @throws StoreUnavailableError */
  async after(start: Position): Promise<{ readonly events: readonly ServerEvent[]; readonly upTo: Position }> {
    const from = parsePosition(start);
    const page = eventsOf(await this.#readAll({ fromPosition: from === 'start' ? START : from, maxCount: PAGE }));
    const ours: ServerEvent[] = [];
    let upTo = start;
    for (const event of page) {
      const position = event.position && formatPosition(event.position);
      // A page begins with the event that the one before it ended with.
      if (position === undefined || position <= upTo) continue;
      upTo = position;
      if (this.isOurs(event.streamId)) ours.push(event);
    }
    return { events: ours, upTo };
  }

  async close(): Promise<void> {
    await dispose(this.#client);
  }

  #foundHead(head: Position | 'start', seen: Position | 'start'): Position | 'start' {
    if (this.#known.seen === 'start' || (seen !== 'start' && seen > this.#known.seen)) this.#known = { head, seen };
    return head;
  }

  #readAll(options: ReadAllOptions): Promise<readonly AllStreamResolvedEvent[]> {
    return this.#collect('the log', (client) => client.readAll(options), Infinity);
  }

  /** All of a bounded read; a stream that does not exist is empty. */
  async #collect<Event>(
    what: string,
    start: (client: EventStoreDBClient) => AsyncIterable<Event> & { cancel(): Promise<void> },
    deadline: number,
  ): Promise<readonly Event[]> {
    const patience = Math.min(this.timeoutMs, deadline - performance.now());
    if (patience <= 0) throw new StoreUnavailableError(`EventStoreDB could not be read in time (${what})`);
    const client = this.#client;
    const read = start(client);
    try {
      return await within(patience, what, toArray(read));
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      if (needsNewClient(error) && this.#client === client) this.#client = connect(this.url);
      if (failureOf(error) === 'permanent') throw error;
      throw new StoreUnavailableError(`EventStoreDB could not be read (${what}): ${reasonOf(error)}`, { cause: error });
    } finally {
      // A read left half-way stays open on the server; not awaited, because with a frozen one it never was opened.
      read.cancel().catch(() => {});
    }
  }
}

/** An unresolved link has no event. */
const eventsOf = (page: readonly { readonly event?: ServerEvent }[]): readonly ServerEvent[] =>
  page.flatMap(({ event }) => (event === undefined ? [] : [event]));

async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
