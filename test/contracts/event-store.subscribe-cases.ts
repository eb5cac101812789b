import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { EventBatch, EventStore, Position, RecordedEvent } from '../../src/eventing/event-store.js';
import { freshStream, someEvent, someEvents } from '../support/event-builders.js';
import type { StoreCase } from './event-store.case-helpers.js';

type Until = (batch: EventBatch, soFar: readonly EventBatch[]) => boolean | Promise<boolean>;

/** Follows the log until `until` holds for a batch, and gives all batches. Ends the subscription by abort. */
async function follow(store: EventStore, after: Position | 'start', until: Until, batchSize = 100): Promise<readonly EventBatch[]> {
  const abort = new AbortController();
  const batches: EventBatch[] = [];
  for await (const batch of store.subscribe(after, { batchSize, signal: abort.signal })) {
    batches.push(batch);
    if (!abort.signal.aborted && (await until(batch, batches))) abort.abort();
  }
  return batches;
}

const caughtUp: Until = (batch) => batch.caughtUp;
const eventsOf = (batches: readonly EventBatch[]) => batches.flatMap((batch) => batch.events);
const numbers = (events: readonly RecordedEvent[]) => events.map((event) => event.data['n']);
const upTo = (length: number) => Array.from({ length }, (_, n) => n);

/** Waits until `count` events came. */
const having =
  (count: number): Until =>
  (_, soFar) =>
    eventsOf(soFar).length >= count;

/** Ten events over three streams, and the head before them. */
async function tenEvents(store: EventStore) {
  const before = await store.head();
  const [a, b, c] = [freshStream(), freshStream(), freshStream()];
  await store.append(a, someEvents(3), 'no-stream');
  await store.append(b, someEvents(2, 3), 'no-stream');
  await store.append(a, someEvents(1, 5), 2);
  await store.append(c, someEvents(4, 6), 'no-stream');
  return { before, streams: [a, b, c] };
}

export const subscribeCases: readonly StoreCase[] = [
  {
    name: 'orders the events of all streams as they were appended, positions growing as strings',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const events = eventsOf(await follow(store, before, having(10)));
      expect(numbers(events)).toEqual(upTo(10));
      const positions = events.map((event) => event.position);
      expect([...positions].sort()).toEqual(positions);
      expect(new Set(positions).size).toBe(10);
      expect(new Set(positions.map((position) => position.length)).size).toBe(1);
    },
  },
  {
    name: 'subscribes from the start of the log',
    async run({ store }) {
      const { streams } = await tenEvents(store);
      const events = eventsOf(await follow(store, 'start', caughtUp)).filter((e) => streams.includes(e.streamId));
      expect(numbers(events)).toEqual(upTo(10));
    },
  },
  {
    name: 'delivers events exactly as reading their stream gives them, stored or live',
    async run({ store }) {
      const stream = freshStream();
      const before = await store.head();
      await store.append(stream, someEvents(2), 'no-stream');
      const sparse = { given: 1, left: undefined } as never;
      const batches = await follow(store, before, async (batch, soFar) => {
        if (batch.caughtUp && eventsOf(soFar).length === 2) {
          await store.append(stream, [someEvent('Live', sparse), someEvent('Live')], 1);
        }
        return eventsOf(soFar).length === 4;
      });
      expect(eventsOf(batches)).toEqual(await store.readStream(stream));
      expect(Object.keys(eventsOf(batches)[2]!.data)).toEqual(['given']);
    },
  },
  {
    name: 'subscribes after a position, exclusive',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const all = eventsOf(await follow(store, before, having(10)));
      expect(numbers(eventsOf(await follow(store, all[6]!.position, caughtUp)))).toEqual([7, 8, 9]);
      expect(eventsOf(await follow(store, all[9]!.position, caughtUp))).toEqual([]);
    },
  },
  {
    name: 'delivers events appended after it caught up',
    async run({ store }) {
      const stream = freshStream();
      const before = await store.head();
      let written = 0;
      const batches = await follow(store, before, async (batch, soFar) => {
        const got = eventsOf(soFar).length;
        if (batch.caughtUp && got === written && written < 5) {
          await store.append(stream, someEvents(1, written), written === 0 ? 'no-stream' : written - 1);
          written += 1;
        }
        return got === 5;
      });
      expect(numbers(eventsOf(batches))).toEqual(upTo(5));
    },
  },
  {
    name: 'says that it is caught up, on a log without news too, and not before',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const batches = await follow(store, before, caughtUp, 3);
      expect(numbers(eventsOf(batches))).toEqual(upTo(10));
      expect(batches.filter((batch) => batch.caughtUp)).toHaveLength(1);
      const quiet = await follow(store, batches.at(-1)!.upTo, caughtUp);
      expect(eventsOf(quiet)).toEqual([]);
      expect(quiet.at(-1)?.caughtUp).toBe(true);
    },
  },
  {
    name: 'never delivers more events at a time than asked for',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const batches = await follow(store, before, having(10), 4);
      expect(Math.max(...batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(4);
      expect(numbers(eventsOf(batches))).toEqual(upTo(10));
    },
  },
  {
    name: 'moves upTo with what was delivered, never back, and to the head when caught up',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const head = await store.head();
      const batches = await follow(store, before, caughtUp, 3);
      const marks = batches.map((batch) => batch.upTo);
      expect([...marks].sort()).toEqual(marks);
      for (const batch of batches) {
        const last = batch.events.at(-1);
        if (last !== undefined) expect(batch.upTo >= last.position).toBe(true);
      }
      expect(marks.at(-1)! >= head).toBe(true);
      // Nothing new: the mark stays at least there, without any events.
      const [quiet] = await follow(store, marks.at(-1)!, caughtUp);
      expect(quiet!.upTo >= marks.at(-1)!).toBe(true);
    },
  },
  {
    name: 'resumes after the upTo of any batch without missing or repeating an event',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const whole = eventsOf(await follow(store, before, having(10)));
      const batches = await follow(store, before, having(10), 3);
      for (const [index, batch] of batches.entries()) {
        const earlier = eventsOf(batches.slice(0, index + 1));
        const rest = eventsOf(await follow(store, batch.upTo, caughtUp));
        expect([...earlier, ...rest]).toEqual(whole);
      }
    },
  },
  {
    name: 'ends promptly when aborted while waiting for news',
    async run({ store }) {
      await tenEvents(store);
      const abort = new AbortController();
      const subscription = store.subscribe(await nonEmptyHead(store), { batchSize: 10, signal: abort.signal });
      const iterator = subscription[Symbol.asyncIterator]();
      let batch: EventBatch;
      do batch = (await iterator.next()).value as EventBatch;
      while (!batch.caughtUp);
      const waiting = iterator.next();
      abort.abort();
      expect((await waiting).done).toBe(true);
    },
  },
  {
    name: 'delivers nothing once its signal was aborted',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const batches: EventBatch[] = [];
      const signal = AbortSignal.abort();
      for await (const batch of store.subscribe(before, { batchSize: 10, signal })) batches.push(batch);
      expect(batches).toEqual([]);
    },
  },
  {
    name: 'can be left by break and the store goes on working',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const abort = new AbortController();
      for await (const batch of store.subscribe(before, { batchSize: 2, signal: abort.signal })) {
        expect(batch.events.length).toBeGreaterThan(0);
        break;
      }
      expect(numbers(eventsOf(await follow(store, before, having(10))))).toEqual(upTo(10));
    },
  },
  {
    name: 'waits for a slow consumer and drops nothing, while others write',
    async run({ store }) {
      const before = await store.head();
      const streams = Array.from({ length: 8 }, () => freshStream());
      const total = 8 * 60;
      const writing = (async () => {
        for (let round = 0; round < 60; round += 1) await writeRound(store, streams, round);
      })();
      const batches = await follow(
        store,
        before,
        async (_, soFar) => {
          for (let turn = 0; turn < 20; turn += 1) await nextTurn();
          return eventsOf(soFar).length === total;
        },
        25,
      );
      await writing;
      const events = eventsOf(batches);
      for (const stream of streams) {
        expect(events.filter((event) => event.streamId === stream).map((event) => event.revision)).toEqual(upTo(60));
      }
    },
  },
  {
    name: 'serves two subscribers independently of each other',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const stream = freshStream();
      const slow = follow(store, before, having(15), 1);
      const fast = follow(store, await nonEmptyHead(store), having(5));
      for (let n = 0; n < 5; n += 1) {
        await store.append(stream, someEvents(1, 10 + n), n === 0 ? 'no-stream' : n - 1);
      }
      expect(numbers(eventsOf(await fast))).toEqual([10, 11, 12, 13, 14]);
      expect(numbers(eventsOf(await slow))).toEqual(upTo(15));
    },
  },
  {
    name: 'catches up over a long stretch of log and goes on live without a gap',
    async run({ store }) {
      const before = await store.head();
      const stream = freshStream();
      await store.append(stream, someEvents(900), 'no-stream');
      await store.append(stream, someEvents(900, 900), 899);
      let live = false;
      const batches = await follow(
        store,
        before,
        async (batch, soFar) => {
          if (batch.caughtUp && !live) {
            live = true;
            await store.append(stream, someEvents(10, 1800), 1799);
          }
          return eventsOf(soFar).length === 1810;
        },
        128,
      );
      expect(numbers(eventsOf(batches))).toEqual(upTo(1810));
    },
  },
  {
    name: 'knows the head: the position of the newest event',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const events = eventsOf(await follow(store, before, having(10)));
      expect(await store.head()).toBe(events.at(-1)?.position);
      const { position } = await store.append(freshStream(), someEvents(2), 'no-stream');
      expect(await store.head()).toBe(position);
    },
  },
  {
    name: 'shows an append to readers as soon as it is answered',
    async run({ store }) {
      const stream = freshStream();
      for (let n = 0; n < 10; n += 1) {
        const { position } = await store.append(stream, someEvents(1, n), n === 0 ? 'no-stream' : n - 1);
        expect(await store.readStream(stream)).toHaveLength(n + 1);
        expect(await store.head()).toBe(position);
      }
    },
  },
  {
    name: 'ends its subscriptions when it is closed',
    async run({ store }) {
      const { before } = await tenEvents(store);
      const batches = await follow(store, before, async (batch) => {
        if (batch.caughtUp) setImmediate(() => void store.close());
        return false;
      });
      expect(numbers(eventsOf(batches))).toEqual(upTo(10));
    },
  },
];

async function nonEmptyHead(store: EventStore): Promise<Position> {
  const head = await store.head();
  if (head === 'start') throw new Error('The test wrote events, so the log cannot be empty');
  return head;
}

async function writeRound(store: EventStore, streams: readonly string[], round: number): Promise<void> {
  const expected = round === 0 ? 'no-stream' : round - 1;
  await Promise.all(streams.map((stream) => store.append(stream, someEvents(1, round), expected)));
}
