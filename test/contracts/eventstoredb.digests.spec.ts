import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import type { EventStore, LogFault } from '../../src/eventing/event-store.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { connect } from '../../src/eventing/stores/eventstoredb.mapping.js';
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { context, count, counterModel } from '../support/counter-model.js';
import { freshStream, someEvent, someEvents } from '../support/event-builders.js';
import { follow, numbersOf, useEventStoreDb } from '../support/eventstoredb-fixture.js';

const db = useEventStoreDb();

async function faultsIn(store: EventStore): Promise<readonly LogFault[]> {
  const faults: LogFault[] = [];
  for await (const batch of store.audit()) faults.push(...batch.faults);
  return faults;
}

const metadataOf = (stream: string, revision: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(db.double.log.stream(stream)[revision]!.metadata).toString()) as Record<string, unknown>;

/** As a release without digests wrote it: the metadata is all there is besides. */
async function asOlderRelease(stream: string, from: number, to: number): Promise<void> {
  const client = connect(db.double.url);
  for (let n = from; n < to; n += 1) {
    const { id, type, data, metadata } = someEvent('ContractTested', { n });
    await client.appendToStream(stream, [jsonEvent({ id, type, data, metadata })], {
      expectedRevision: n === 0 ? NO_STREAM : BigInt(n - 1),
    });
  }
  await client.dispose();
}

describe('The digests in EventStoreDB', () => {
  it('find every bit that flips in an event, its data and its metadata', async () => {
    const stream = freshStream();
    await db.store.append(stream, [someEvent('RefundEntitled', { amountMinor: 1299, why: 'Größe' }), someEvent()], 'no-stream');
    await db.store.append(stream, someEvents(1), 1);
    expect(await faultsIn(db.store)).toEqual([]);
    for (const part of ['data', 'metadata'] as const) {
      for (const record of db.double.log.stream(stream)) {
        const bytes = record[part];
        for (let bit = 0; bit < bytes.length * 8; bit += 3) {
          bytes[bit >> 3]! ^= 1 << (bit & 7);
          const found = await faultsIn(db.store);
          expect([part, record.revision, bit, found.length > 0]).toEqual([part, record.revision, bit, true]);
          bytes[bit >> 3]! ^= 1 << (bit & 7);
        }
      }
    }
  }, 120_000);

  it('are the same for an append that is sent again because its answer was lost', async () => {
    const stream = freshStream();
    await db.store.append(stream, someEvents(1), 'no-stream');
    const events = someEvents(2);
    db.double.failNextAppends({ kind: 'cut-before-write' });
    await expect(db.store.append(stream, events, 0)).rejects.toThrow();
    const other = db.openStore(db.double.url);
    await other.append(stream, events, 0);
    await db.store.append(stream, events, 0);
    await db.store.append(stream, someEvents(1), 2);
    expect(db.double.log.stream(stream)).toHaveLength(4);
    expect(await faultsIn(db.store)).toEqual([]);
  });

  it('follow what other processes wrote, whoever writes next and whoever only repeats a command', async () => {
    const executors = [db.store, db.openStore(db.double.url)].map((store) => new CommandExecutor(store, { backOffMs: 1 }));
    const stream = freshStream();
    const run = (by: number, over = {}) => executors[by]!.execute(counterModel, stream, count(1), context(over));
    await run(0);
    await run(1);
    // The second process knows the stream up to here, and gets a command again that the first has handled since, a second later.
    await run(0, { commandId: 'c1', occurredAt: '2026-03-01T10:00:00.000Z' });
    expect(await run(1, { commandId: 'c1', occurredAt: '2026-03-01T10:00:01.000Z' })).toMatchObject({ replayed: true, revision: 2 });
    await run(1);
    await run(0);
    expect(db.double.log.stream(stream)).toHaveLength(5);
    expect(await faultsIn(db.store)).toEqual([]);
  });

  it('begin in a stream of an older release with the first event since, also when the older release writes once more', async () => {
    const stream = freshStream();
    await asOlderRelease(stream, 0, 2);
    await db.store.append(stream, someEvents(2, 2), 1);
    await asOlderRelease(stream, 4, 5);
    await db.openStore(db.double.url).append(stream, someEvents(1, 5), 4);
    expect([0, 1, 2, 3, 4, 5].map((revision) => 'digest' in metadataOf(stream, revision))).toEqual([false, false, true, true, false, true]);
    expect(await faultsIn(db.store)).toEqual([]);
    expect((await db.store.readStream(stream)).map(({ metadata }) => 'digest' in metadata)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('tell of one that was taken away, and of an event nobody can read, and go on', async () => {
    const [stripped, broken, good] = [freshStream(), freshStream(), freshStream()];
    for (const stream of [stripped, broken, good]) await db.store.append(stream, someEvents(3), 'no-stream');
    const { digest, ...rest } = metadataOf(stripped, 1);
    expect(digest).toMatch(/^[\w-]{43}$/);
    Object.assign(db.double.log.stream(stripped)[1]!, { metadata: Buffer.from(JSON.stringify(rest)) });
    Object.assign(db.double.log.stream(broken)[1]!, { data: Buffer.from('{"n":') });
    expect(await faultsIn(db.store)).toEqual([
      { streamId: stripped, revision: 2, words: 'follows an event whose digest was taken away' },
      { streamId: broken, revision: 1, words: 'cannot be read: it is damaged, or another program wrote it' },
    ]);
  });
});

describe('An EventStoreDB that other programs use, too', () => {
  it('shows nothing of theirs, to no reader, and is refused no start by it', async () => {
    const ours = freshStream();
    const other = connect(db.double.url);
    const theirs = (n: number) => jsonEvent({ type: 'InvoiceSent', data: { n } });
    await other.appendToStream(
      'invoice-1',
      Array.from({ length: 900 }, (_, n) => theirs(n)),
      { expectedRevision: NO_STREAM },
    );
    await db.store.append(ours, someEvents(2), 'no-stream');
    const head = await db.store.head();
    await other.appendToStream(
      'invoice-2',
      Array.from({ length: 900 }, (_, n) => theirs(n)),
      { expectedRevision: NO_STREAM },
    );
    await other.dispose();
    expect(await db.store.head()).toBe(head);
    expect(await db.store.head()).toBe(head);
    expect(await db.openStore(db.double.url).head()).toBe(head);
    const batches = await follow(db.store, (soFar) => soFar.at(-1)!.caughtUp);
    expect(numbersOf(batches)).toEqual([0, 1]);
    expect(batches.at(-1)!.upTo > head).toBe(true);
    expect(await faultsIn(db.store)).toEqual([]);
    await db.store.append(ours, someEvents(1, 2), 1);
    expect((await db.store.head()) > head).toBe(true);
  });

  it('has no place for events under names that are not ours: nobody would see them', async () => {
    const store = new EventStoreDbStore(db.double.url, { streams: ['returns-'] });
    await expect(store.append('invoice-1', someEvents(1), 'no-stream')).rejects.toThrow(/does not begin like a stream of this service/);
    await store.close();
  });
});
