import { expect } from '@jest/globals';
import { AppendTooLargeError, MAX_APPEND_BYTES, StoreUnavailableError, type JsonObject } from '../../src/eventing/event-store.js';
import { freshStream, someEvent, someEvents, someMetadata } from '../support/event-builders.js';
import { ids, refusal, threeEvents, type StoreCase } from './event-store.case-helpers.js';

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
      expect((await store.readStream(stream)).map((event) => event.data['n'])).toEqual(Array.from({ length: 1400 }, (_, n) => n));
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
