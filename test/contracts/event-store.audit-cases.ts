import { expect } from '@jest/globals';
import type { AuditedEvent, EventStore, LogFault } from '../../src/eventing/event-store.js';
import { freshStream, someEvents } from '../support/event-builders.js';
import { refusal, threeEvents, type StoreCase, type StoreUnderTest } from './event-store.case-helpers.js';

async function audited(
  store: EventStore,
  streamId?: string,
): Promise<{ readonly events: readonly AuditedEvent[]; readonly faults: readonly LogFault[] }> {
  const events: AuditedEvent[] = [];
  const faults: LogFault[] = [];
  for await (const batch of store.audit(streamId === undefined ? {} : { streamId })) {
    events.push(...batch.events);
    faults.push(...batch.faults);
  }
  return { events, faults };
}

export const auditCases: readonly StoreCase[] = [
  {
    name: 'finds nothing to object to in what it wrote, over repetitions, conflicts and a restart, and gives every event a digest',
    async run(subject) {
      const { stream, events } = await threeEvents(subject.store);
      await subject.store.append(stream, events, 'no-stream');
      await refusal(subject.store, stream, someEvents(1), 1);
      await subject.store.append(stream, someEvents(2), 2);
      const reopened = await subject.reopen();
      await reopened.append(stream, someEvents(2), 4);
      await reopened.append(stream, someEvents(700), 6);
      const found = await audited(reopened, stream);
      expect(found.faults).toEqual([]);
      expect(found.events.map(({ event }) => event)).toEqual(await reopened.readStream(stream));
      expect(new Set(found.events.map(({ digest }) => digest)).size).toBe(707);
      expect(found.events.some(({ digest }) => digest === null)).toBe(false);
    },
  },
  {
    name: 'audits the whole log up to its end, each event once and in order',
    async run({ store }) {
      const before = await store.head();
      const streams = [freshStream(), freshStream(), freshStream()];
      for (const [n, stream] of streams.entries()) await store.append(stream, someEvents(400, n * 400), 'no-stream');
      const { events } = await audited(store);
      const added = events.map(({ event }) => event).filter((event) => before === 'start' || event.position > before);
      expect(added.map((event) => event.data['n'])).toEqual(Array.from({ length: 1200 }, (_, n) => n));
    },
  },
  {
    name: 'audits a stream that does not exist as empty, and stops when told to',
    async run({ store }) {
      await threeEvents(store);
      expect(await audited(store, freshStream())).toEqual({ events: [], faults: [] });
      const batches = [];
      for await (const batch of store.audit({ signal: AbortSignal.abort() })) batches.push(batch);
      expect(batches).toEqual([]);
    },
  },
];

/** A store whose file or server the test can get at. */
export type ChangeableStore = StoreUnderTest & {
  /** Changes one character of an event's data where it is stored. */
  readonly change: (streamId: string, revision: number) => Promise<void>;
};

export const changedEventCases: readonly { readonly name: string; readonly run: (subject: ChangeableStore) => Promise<void> }[] = [
  {
    name: 'tells which event was changed after it was written, and no other',
    async run({ store, change }) {
      const { stream } = await threeEvents(store);
      const other = await threeEvents(store);
      await store.append(stream, someEvents(2), 2);
      await change(stream, 1);
      const fault = { streamId: stream, revision: 1, words: 'is not as it was written: its digest is another one' };
      expect((await audited(store)).faults).toEqual([fault]);
      expect((await audited(store, stream)).faults).toEqual([fault]);
      expect((await audited(store, other.stream)).faults).toEqual([]);
    },
  },
];
