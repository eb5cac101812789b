import { expect } from '@jest/globals';
import {
  AppendTooLargeError,
  MAX_APPEND_BYTES,
  OverlappingAppendError,
  StoreUnavailableError,
  WrongRevisionError,
} from '../../src/eventing/event-store.js';
import type { EventStore, ExpectedRevision, JsonObject, NewEvent } from '../../src/eventing/event-store.js';
import { freshStream, someEvent, someEvents, someMetadata } from '../support/event-builders.js';
import type { StoreCase } from './event-store.contract.js';

const ids = async (store: EventStore, stream: string) => (await store.readStream(stream)).map((event) => event.id);

async function refusal(store: EventStore, stream: string, events: readonly NewEvent[], expected: ExpectedRevision) {
  return store.append(stream, events, expected).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A stream of three events, and the events. */
async function threeEvents(store: EventStore) {
  const stream = freshStream();
  const events = someEvents(3);
  const appended = await store.append(stream, events, 'no-stream');
  return { stream, events, appended };
}

/** Expects a wrong revision naming all three facts, and nothing written. */
async function expectWrongRevision(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  actual: ExpectedRevision,
) {
  const before = await ids(store, stream);
  const error = await refusal(store, stream, [someEvent()], expected);
  expect(error).toBeInstanceOf(WrongRevisionError);
  expect(error).toMatchObject({ streamId: stream, expected, actual });
  expect(await ids(store, stream)).toEqual(before);
}

const AWKWARD_JSON: JsonObject = {
  text: 'Rückgabe 返品 🧦 \u2028 \u0000 "quoted" \\ back',
  loneSurrogate: '\ud83e',
  nothing: null,
  yes: true,
  no: false,
  empty: {},
  list: [],
  '': 'empty key',
  numbers: [0, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1.7976931348623157e308],
  deep: Array.from({ length: 200 }).reduce<JsonObject>((inner) => ({ inner }), { bottom: [[[[null]]]] }),
  long: 'x'.repeat(100_000),
};

export const appendCases: readonly StoreCase[] = [
  {
    name: 'counts revisions from 0 without gaps, over several appends',
    async run({ store }) {
      const stream = freshStream();
      expect((await store.append(stream, someEvents(2), 'no-stream')).revision).toBe(1);
      expect((await store.append(stream, someEvents(1), 1)).revision).toBe(2);
      expect((await store.append(stream, someEvents(3), 2)).revision).toBe(5);
      expect((await store.readStream(stream)).map((event) => event.revision)).toEqual([0, 1, 2, 3, 4, 5]);
    },
  },
  {
    name: 'answers an append with the revision and position of its last event',
    async run({ store }) {
      const { stream, appended } = await threeEvents(store);
      const last = (await store.readStream(stream)).at(-1);
      expect(appended).toEqual({ revision: 2, position: last?.position });
    },
  },
  {
    name: 'gives every event back as it was written, with its place and time',
    async run({ store }) {
      const stream = freshStream();
      const event = someEvent('RefundEntitled', { refundId: 'A-1-R1-F1', amountMinor: 1299 });
      const { position } = await store.append(stream, [event], 'no-stream');
      const [recorded] = await store.readStream(stream);
      expect(recorded).toEqual({
        ...event,
        streamId: stream,
        revision: 0,
        position,
        recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      });
    },
  },
  {
    name: 'gives metadata back as it was written',
    async run({ store }) {
      const stream = freshStream();
      const metadata = someMetadata({
        schemaVersion: 3,
        actor: { kind: 'provider', id: 'sim|größe', channel: 'webhook' },
      });
      await store.append(stream, [{ ...someEvent(), metadata }], 'no-stream');
      expect((await store.readStream(stream))[0]?.metadata).toEqual(metadata);
    },
  },
  {
    name: 'gives any JSON back unchanged: unicode, depth, nulls, extreme numbers',
    async run({ store }) {
      const stream = freshStream();
      await store.append(stream, [someEvent('AwkwardJson', AWKWARD_JSON)], 'no-stream');
      expect((await store.readStream(stream))[0]?.data).toEqual(AWKWARD_JSON);
    },
  },
  {
    name: 'keeps a key named __proto__ a plain key',
    async run({ store }) {
      const stream = freshStream();
      const data = JSON.parse('{"__proto__":{"admin":true},"n":1}') as JsonObject;
      await store.append(stream, [someEvent('Odd', data)], 'no-stream');
      const [recorded] = await store.readStream(stream);
      expect(JSON.stringify(recorded?.data)).toBe('{"__proto__":{"admin":true},"n":1}');
      expect(recorded?.data['admin']).toBeUndefined();
    },
  },
  {
    name: 'reads a stream from a revision, inclusive',
    async run({ store }) {
      const { stream, events } = await threeEvents(store);
      expect((await store.readStream(stream, 1)).map((event) => event.id)).toEqual([events[1]!.id, events[2]!.id]);
      expect(await store.readStream(stream, 3)).toEqual([]);
    },
  },
  {
    name: 'reads a stream that does not exist as empty',
    async run({ store }) {
      expect(await store.readStream(freshStream())).toEqual([]);
      expect(await store.readStream(freshStream(), 7)).toEqual([]);
    },
  },
  {
    name: 'reads a long stream completely and in order',
    async run({ store }) {
      const stream = freshStream();
      await store.append(stream, someEvents(700), 'no-stream');
      await store.append(stream, someEvents(700, 700), 699);
      expect((await store.readStream(stream)).map((event) => event.data['n'])).toEqual(
        Array.from({ length: 1400 }, (_, n) => n),
      );
    },
  },
  {
    name: 'keeps stream ids with spaces, slashes, dashes and unicode apart',
    async run({ store }) {
      const base = freshStream();
      const streams = [`${base}`, `${base} `, `${base}/1`, `${base}-R1`, `${base}-ü返`, `${base}%2F`, `${base}'"`];
      for (const stream of streams) await store.append(stream, [someEvent()], 'no-stream');
      for (const stream of streams) expect(await store.readStream(stream)).toMatchObject([{ streamId: stream }]);
    },
  },
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
      expect(results.map((result) => result.status === 'rejected')).toEqual(
        results.map((_, index) => index === 5),
      );
      for (const id of fresh) expect(await ids(store, id)).toHaveLength(2);
    },
  },
  {
    name: 'refuses an append without events',
    async run({ store }) {
      expect(await refusal(store, freshStream(), [], 'no-stream')).toBeInstanceOf(TypeError);
    },
  },
  {
    name: 'refuses an append over the size limit, keeps the stream, and takes one just below it',
    async run({ store }) {
      const { stream } = await threeEvents(store);
      const half = 'x'.repeat(MAX_APPEND_BYTES / 2);
      const tooLarge = [someEvent('Large', { half }), someEvent('Large', { half })];
      expect(await refusal(store, stream, tooLarge, 2)).toBeInstanceOf(AppendTooLargeError);
      expect(await ids(store, stream)).toHaveLength(3);
      const fits = [someEvent('Large', { half }), someEvent('Large', { most: half.slice(2000) })];
      expect((await store.append(stream, fits, 2)).revision).toBe(4);
    },
  },
  {
    name: 'refuses data that is not JSON and goes on working',
    async run({ store }) {
      const circular: Record<string, JsonObject> = {};
      circular['self'] = circular;
      const notJson = [
        someEvent('Circular', circular),
        someEvent('BigInt', { amount: 1n } as never),
        { ...someEvent('Nothing'), data: undefined as never },
      ];
      for (const event of notJson) {
        expect(await refusal(store, freshStream(), [someEvent(), event], 'no-stream')).toBeInstanceOf(TypeError);
      }
      expect((await threeEvents(store)).appended.revision).toBe(2);
    },
  },
  {
    name: 'refuses revisions, ids and names that cannot be stored, and goes on working',
    async run({ store }) {
      const stream = freshStream();
      for (const revision of [-1, 1.5, Number.NaN, 2 ** 53]) {
        expect(await refusal(store, stream, [someEvent()], revision)).toBeInstanceOf(RangeError);
      }
      const twice = someEvent();
      expect(await refusal(store, stream, [twice, twice], 'no-stream')).toBeInstanceOf(TypeError);
      for (const id of ['', 'not-a-uuid', 7 as never]) {
        expect(await refusal(store, stream, [{ ...someEvent(), id }], 'no-stream')).toBeInstanceOf(TypeError);
      }
      for (const name of ['', '$reserved', 'a\u0000b', '\ud800']) {
        expect(await refusal(store, stream, [someEvent(name)], 'no-stream')).toBeInstanceOf(TypeError);
        expect(await refusal(store, name, [someEvent()], 'no-stream')).toBeInstanceOf(TypeError);
      }
      expect((await threeEvents(store)).appended.revision).toBe(2);
    },
  },
  {
    name: 'still has everything after being closed and opened again',
    async run(subject) {
      const { stream, events, appended } = await threeEvents(subject.store);
      const head = await subject.store.head();
      const reopened = await subject.reopen();
      expect(await ids(reopened, stream)).toEqual(events.map((event) => event.id));
      expect(await reopened.head()).toBe(head);
      expect(await reopened.append(stream, events, 'no-stream')).toEqual(appended);
      expect((await reopened.append(stream, someEvents(1), 2)).revision).toBe(3);
    },
  },
  {
    name: 'has one identity, the same after being opened again',
    async run(subject) {
      const identity = await subject.store.identity();
      expect(identity).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(await subject.store.identity()).toBe(identity);
      expect(await (await subject.reopen()).identity()).toBe(identity);
    },
  },
  {
    name: 'can be closed twice and then refuses to append or read',
    async run({ store }) {
      const stream = freshStream();
      await store.append(stream, someEvents(1), 'no-stream');
      await Promise.all([store.close(), store.close()]);
      await store.close();
      expect(await refusal(store, stream, someEvents(1), 0)).toBeInstanceOf(StoreUnavailableError);
      await expect(store.readStream(stream)).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    },
  },
  {
    name: 'finishes the appends under way when it is closed',
    async run(subject) {
      const streams = Array.from({ length: 10 }, () => freshStream());
      const appends = streams.map((stream) => subject.store.append(stream, someEvents(1), 'no-stream'));
      const [, ...answers] = await Promise.all([subject.store.close(), ...appends]);
      expect(answers.map((answer) => answer.revision)).toEqual(streams.map(() => 0));
      const reopened = await subject.reopen();
      for (const stream of streams) expect(await ids(reopened, stream)).toHaveLength(1);
    },
  },
];
