import { expect } from '@jest/globals';
import { OverlappingAppendError, WrongRevisionError, type EventStore, type ExpectedRevision } from '../../src/eventing/event-store.js';
import { freshStream, someEvent, someEvents } from '../support/event-builders.js';
import { ids, refusal, threeEvents, type StoreCase } from './event-store.case-helpers.js';

/** Expects a wrong revision naming all three facts, and nothing written. */
async function expectWrongRevision(store: EventStore, stream: string, expected: ExpectedRevision, actual: ExpectedRevision) {
  const before = await ids(store, stream);
  const error = await refusal(store, stream, [someEvent()], expected);
  expect(error).toBeInstanceOf(WrongRevisionError);
  expect(error).toMatchObject({ streamId: stream, expected, actual });
  expect(await ids(store, stream)).toEqual(before);
}

/** Conflicts and repetitions: who wins, and what is recognised as already done. */
export const revisionCases: readonly StoreCase[] = [
  {
    name: 'refuses no-stream for a stream that exists',
    async run({ store }) {
      await expectWrongRevision(store, (await threeEvents(store)).stream, 'no-stream', 2);
    },
  },
  {
    name: 'refuses a revision lower than the current one',
    async run({ store }) {
      await expectWrongRevision(store, (await threeEvents(store)).stream, 1, 2);
    },
  },
  {
    name: 'refuses a revision higher than the current one',
    async run({ store }) {
      await expectWrongRevision(store, (await threeEvents(store)).stream, 3, 2);
    },
  },
  {
    name: 'refuses a revision for a stream that does not exist',
    async run({ store }) {
      await expectWrongRevision(store, freshStream(), 0, 'no-stream');
    },
  },
  {
    name: 'answers the same append again with the first answer and writes nothing',
    async run({ store }) {
      const { stream, events, appended } = await threeEvents(store);
      expect(await store.append(stream, events, 'no-stream')).toEqual(appended);
      const more = someEvents(2);
      const second = await store.append(stream, more, 2);
      expect(await store.append(stream, more, 2)).toEqual(second);
      expect(await ids(store, stream)).toEqual([...events, ...more].map((event) => event.id));
    },
  },
  {
    name: 'answers the same append again even after newer events',
    async run({ store }) {
      const { stream, events, appended } = await threeEvents(store);
      const second = await store.append(stream, someEvents(2), 2);
      await store.append(stream, someEvents(1), second.revision);
      expect(await store.append(stream, events, 'no-stream')).toEqual(appended);
      expect(await ids(store, stream)).toHaveLength(6);
    },
  },
  {
    name: 'recognises a repeated append by its ids, not by its bodies',
    async run({ store }) {
      const { stream, events, appended } = await threeEvents(store);
      const reworded = events.map((event) => ({ ...event, data: { other: true } }));
      expect(await store.append(stream, reworded, 'no-stream')).toEqual(appended);
      expect((await store.readStream(stream))[0]?.data).toEqual({ n: 0 });
    },
  },
  {
    name: 'answers the first part of a stored append with the place of that part',
    async run({ store }) {
      const { stream, events } = await threeEvents(store);
      const stored = await store.readStream(stream);
      expect(await store.append(stream, events.slice(0, 2), 'no-stream')).toEqual({
        revision: 1,
        position: stored[1]?.position,
      });
    },
  },
  {
    name: 'writes again what is sent at the current revision, whatever its ids',
    async run({ store }) {
      const { stream, events } = await threeEvents(store);
      expect((await store.append(stream, events, 2)).revision).toBe(5);
      expect(await ids(store, stream)).toEqual([...events, ...events].map((event) => event.id));
    },
  },
  {
    name: 'calls a repeated append whose later events differ an overlap, and writes nothing',
    async run({ store }) {
      const { stream, events } = await threeEvents(store);
      const error = await refusal(store, stream, [events[0]!, someEvent()], 'no-stream');
      expect(error).toBeInstanceOf(OverlappingAppendError);
      expect(error).toMatchObject({ streamId: stream });
      expect(await ids(store, stream)).toHaveLength(3);
    },
  },
  {
    name: 'calls a repeated append that goes on past the stored events an overlap, and writes nothing',
    async run({ store }) {
      const { stream, events } = await threeEvents(store);
      const error = await refusal(store, stream, [...events, someEvent()], 'no-stream');
      expect(error).toBeInstanceOf(OverlappingAppendError);
      expect(await ids(store, stream)).toHaveLength(3);
    },
  },
  {
    name: 'keeps event ids per stream: the same ids in two streams are two appends',
    async run({ store }) {
      const { events, appended } = await threeEvents(store);
      const other = freshStream();
      const second = await store.append(other, events, 'no-stream');
      expect(second.position > appended.position).toBe(true);
      expect(await ids(store, other)).toEqual(events.map((event) => event.id));
    },
  },
  {
    name: 'lets exactly one of many writers at the same revision win',
    async run({ store }) {
      const { stream } = await threeEvents(store);
      const writers = Array.from({ length: 20 }, () => someEvents(2));
      const results = await Promise.allSettled(writers.map((events) => store.append(stream, events, 2)));
      const winners = writers.filter((_, index) => results[index]?.status === 'fulfilled');
      expect(winners).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(WrongRevisionError);
      }
      expect((await ids(store, stream)).slice(3)).toEqual(winners[0]?.map((event) => event.id));
    },
  },
  {
    name: 'keeps the good appends of many sent at the same time when one of them conflicts',
    async run({ store }) {
      const { stream } = await threeEvents(store);
      const fresh = Array.from({ length: 10 }, () => freshStream());
      const results = await Promise.allSettled([
        ...fresh.slice(0, 5).map((id) => store.append(id, someEvents(2), 'no-stream')),
        store.append(stream, someEvents(1), 'no-stream'),
        ...fresh.slice(5).map((id) => store.append(id, someEvents(2), 'no-stream')),
      ]);
      expect(results.map((result) => result.status === 'rejected')).toEqual(results.map((_, index) => index === 5));
      for (const id of fresh) expect(await ids(store, id)).toHaveLength(2);
    },
  },
];
