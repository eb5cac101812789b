import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogDamagedError, type AuditedEvent, type EventStore, type LogFault } from '../../src/eventing/event-store.js';
import { faultsOfFile } from '../../src/eventing/sql/file-check.js';
import { openSqlite } from '../../src/eventing/sql/sqlite.js';
import { sealEmbeddedLog } from '../../src/eventing/stores/embedded.seal.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { someEvent, someEvents } from '../support/event-builders.js';

let folder: string;
const file = (): string => join(folder, 'log.sqlite');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backhaul-digests-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function withStore<Result>(work: (store: EmbeddedEventStore) => Promise<Result>, damaged = false): Promise<Result> {
  const store = EmbeddedEventStore.open(folder, { damaged });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Twelve events in three streams. */
const write = (): Promise<void> =>
  withStore(async (store) => {
    for (const stream of ['apple', 'berry', 'cherry'])
      await store.append(
        stream,
        [someEvent('RefundEntitled', { amountMinor: 1299 }), someEvent('Noted', { words: 'Größe 返品' })],
        'no-stream',
      );
    await Promise.all(['cherry', 'apple', 'berry'].map((stream) => store.append(stream, someEvents(2, 2), 1)));
  });

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
const faultsFound = async (): Promise<readonly LogFault[]> => (await withStore((store) => audited(store), true)).faults;

/** By a second program that writes into the file. */
function tamper(sql: string, ...values: (string | number | null)[]): void {
  const database = openSqlite(file());
  database.prepare(sql).run(...values);
  database.exec('pragma wal_checkpoint(truncate)');
  database.close();
}

/** As a release without digests left it: this release opens it, sees no column and makes one. */
function asOlderRelease(): void {
  const database = openSqlite(file());
  database.exec(`alter table events drop column digest; delete from meta where key <> 'identity'`);
  database.close();
}

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}
function below(random: Generator<number>, limit: number): number {
  return Math.floor((random.next().value as number) * limit);
}

describe('The digests of the embedded log', () => {
  it('find nothing in a log that nobody touched, each event with a digest of its own', async () => {
    await write();
    const { events, faults } = await withStore((store) => audited(store));
    expect(faults).toEqual([]);
    expect(new Set(events.map(({ digest }) => digest)).size).toBe(12);
    expect(await withStore((store) => audited(store, 'berry'))).toMatchObject({ faults: [], events: [{}, {}, {}, {}] });
  });

  it('go on over a restart, appends that share a commit, refused appends and one that could not be written', async () => {
    await write();
    await withStore(async (store) => {
      const results = await Promise.allSettled([
        store.append('apple', someEvents(2), 3),
        store.append('apple', someEvents(1), 3),
        store.append('date', someEvents(1), 'no-stream'),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const other = openSqlite(file());
      other.exec(`create trigger full before insert on events when new.type = 'Last' begin select raise(abort, 'full'); end`);
      await expect(store.append('elder', [someEvent('First'), someEvent('Last')], 'no-stream')).rejects.toThrow('full');
      other.exec('drop trigger full');
      other.close();
      await store.append('elder', [someEvent('First'), someEvent('Last')], 'no-stream');
    });
    expect(await faultsFound()).toEqual([]);
  });

  it.each([
    ['an amount', `update events set data = replace(data, '1299', '9299') where ordinal = 3`],
    ['who did it', `update events set metadata = replace(metadata, 'key-7', 'key-8') where ordinal = 3`],
    ['the type', `update events set type = 'RefundRefused' where ordinal = 3`],
    ['the id', `update events set id = replace(id, '-', '+') where ordinal = 3`],
    ['the stream', `update events set stream_id = 'z' where ordinal = 3`],
    ['the revision', `update events set revision = 17 where ordinal = 3`],
    ['the time', 'update events set recorded_at = recorded_at + 1 where ordinal = 3'],
    ['the digest itself', `update events set digest = 'nothing' where ordinal = 3`],
    ['the digest taken away', 'update events set digest = null where ordinal = 3'],
    ['an event taken out', 'delete from events where ordinal = 3'],
    ['an event moved to the end', 'update events set ordinal = 99 where ordinal = 3'],
    ['two events exchanged', 'update events set ordinal = case ordinal when 3 then 4 else 3 end + 100 where ordinal in (3, 4)'],
    ['the end cut off', 'delete from events where ordinal > 9'],
    ['everything cut off', 'delete from events'],
    ['the identity of the log', `update meta set value = '00000000-0000-4000-8000-000000000000' where key = 'identity'`],
  ])('find what was changed: %s', async (_, sql) => {
    await write();
    tamper(sql);
    const faults = await faultsFound();
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults)).not.toMatch(/9299|key-8|Größe/);
    // A log of this size is looked at whole at the start.
    expect(() => EmbeddedEventStore.open(folder)).toThrow(/The end of the event log is damaged: .+ Restore log\.sqlite from a backup/);
  });

  it('name the one event that was changed, by stream and revision, and not those after it', async () => {
    await write();
    tamper(`update events set data = replace(data, '1299', '9299') where ordinal = 3`);
    expect(await faultsFound()).toEqual([{ streamId: 'berry', revision: 0, words: 'is not as it was written: its digest is another one' }]);
    expect((await withStore((store) => audited(store, 'berry'), true)).faults).toHaveLength(1);
    expect((await withStore((store) => audited(store, 'apple'), true)).faults).toEqual([]);
    tamper(`update events set data = '{"amountMinor":' where ordinal = 3`);
    expect(await faultsFound()).toEqual([{ streamId: 'berry', revision: 0, words: 'is not as it was written: its digest is another one' }]);
  });

  it('say which events are missing', async () => {
    await write();
    tamper('delete from events where ordinal in (5, 6)');
    expect(await faultsFound()).toEqual([
      { streamId: expect.any(String), revision: expect.any(Number), words: 'comes after a gap: events 5 to 6 of the log are missing' },
    ]);
    tamper('delete from events where ordinal > 9');
    expect((await faultsFound()).map(({ words }) => words)).toContain('the log ends with event 9, but it had 12: its end is missing');
  });

  it('find every flipped bit in an event, and take no other one for a fault', async () => {
    await write();
    const whole = readFileSync(file());
    const random = numbers(20_261_130);
    const columns = ['data', 'metadata', 'type', 'id', 'stream_id', 'digest'] as const;
    for (let n = 0; n < 300; n += 1) {
      writeFileSync(file(), whole);
      const column = columns[below(random, columns.length)]!;
      const ordinal = 1 + below(random, 12);
      const database = openSqlite(file());
      const bytes = Buffer.from(String(database.prepare(`select ${column} as text from events where ordinal = ?`).get(ordinal)?.['text']));
      const bit = below(random, bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      database.prepare(`update events set ${column} = cast(? as text) where ordinal = ?`).run(new Uint8Array(bytes), ordinal);
      database.exec('pragma wal_checkpoint(truncate)');
      database.close();
      expect([n, column, ordinal, bit, (await faultsFound()).length > 0]).toEqual([n, column, ordinal, bit, true]);
    }
  }, 60_000);

  it('and SQLite together find every flipped bit of the file that changes what is read from it', async () => {
    await write();
    const pristine = { bytes: readFileSync(file()), events: (await withStore((store) => audited(store))).events };
    const random = numbers(7);
    let found = 0;
    for (let n = 0; n < 300; n += 1) {
      const bytes = Buffer.from(pristine.bytes);
      const bit = below(random, bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(file(), bytes);
      const told = await toldOf(file());
      found += told.faults.length > 0 ? 1 : 0;
      // Bits of unused space and of counters harm nobody.
      if (told.faults.length === 0) expect([bit, told.events]).toEqual([bit, pristine.events]);
    }
    expect(found).toBeGreaterThan(50);
  }, 60_000);
});

/** What looking at the file tells, in words, and what is read from it. */
async function toldOf(path: string): Promise<{ faults: readonly string[]; events: readonly AuditedEvent[] }> {
  const faults = faultsOfFile(path);
  try {
    const { events, faults: inLog } = await withStore((store) => audited(store), true);
    return { events, faults: [...faults, ...inLog.map(({ words }) => words)] };
  } catch (error) {
    return { events: [], faults: [...faults, String(error)] };
  }
}

describe('A log of an older release, without digests', () => {
  beforeEach(async () => {
    await write();
    asOlderRelease();
  });

  it('opens, goes on with digests, and is told not to have them for its first part', async () => {
    await withStore((store) => store.append('date', someEvents(2), 'no-stream'));
    await withStore((store) => store.append('date', someEvents(1), 1));
    const { events, faults } = await withStore((store) => audited(store));
    expect(faults).toEqual([]);
    expect(events.map(({ digest }) => digest === null)).toEqual([...Array.from({ length: 12 }, () => true), false, false, false]);
    tamper('update events set recorded_at = 1 where ordinal = 13');
    expect(await faultsFound()).toMatchObject([{ streamId: 'date', revision: 0 }]);
  });

  it('has them for every event once it was sealed, those written since keep theirs, and sealing again changes nothing', async () => {
    await withStore((store) => store.append('date', someEvents(2), 'no-stream'));
    const before = (await withStore((store) => audited(store))).events.slice(12);
    expect(await sealEmbeddedLog(folder)).toEqual({ events: 14, sealed: 12 });
    const { events, faults } = await withStore((store) => audited(store));
    expect(faults).toEqual([]);
    expect(events.every(({ digest }) => digest !== null)).toBe(true);
    expect(events.slice(12)).toEqual(before);
    const bytes = readFileSync(file());
    expect(await sealEmbeddedLog(folder)).toEqual({ events: 14, sealed: 0 });
    expect(readFileSync(file()).equals(bytes)).toBe(true);
    await withStore((store) => store.append('date', someEvents(1), 1));
    tamper(`update events set data = replace(data, '1299', '9299') where ordinal = 1`);
    expect(await faultsFound()).toMatchObject([{ streamId: 'apple', revision: 0 }]);
  });

  it('is not sealed while the service runs, nor over a fault', async () => {
    await withStore(async (store) => {
      await store.append('date', someEvents(2), 'no-stream');
      await expect(sealEmbeddedLog(folder)).rejects.toThrow(/already in use/);
    });
    tamper(`update events set type = 'Other' where ordinal = 13`);
    await expect(sealEmbeddedLog(folder)).rejects.toThrow(/Event 0 of stream date is not as it was written.+Restore/);
  });

  it('is sealed the rest of the way after it was interrupted half-way', async () => {
    await sealEmbeddedLog(folder);
    tamper('update events set digest = null where ordinal > 7');
    tamper(`update meta set value = '13' where key = 'sealed_from'`);
    expect(await sealEmbeddedLog(folder)).toEqual({ events: 12, sealed: 5 });
    expect(await faultsFound()).toEqual([]);
  });

  it('that wrote again after this one is told so, and can be sealed', async () => {
    await withStore((store) => store.append('date', someEvents(2), 'no-stream'));
    tamper('update events set digest = null where ordinal = 14');
    tamper(`delete from meta where key = 'anchor'`);
    expect((await faultsFound()).map(({ words }) => words)).toEqual([
      'has no digest: it was written by an older release, or its digest was taken away',
    ]);
    expect(await sealEmbeddedLog(folder)).toEqual({ events: 14, sealed: 13 });
    expect(await faultsFound()).toEqual([]);
  });
});

describe('The start of the embedded log', () => {
  it('looks at the last thousand events and at no others, however long the log is', async () => {
    await withStore(async (store) => {
      for (let n = 0; n < 20; n += 1) await store.append(`s${n}`, someEvents(100), 'no-stream');
    });
    tamper(`update events set data = '{"n":-1}' where ordinal <= 1000`);
    await withStore((store) => store.append('later', someEvents(1), 'no-stream'));
    expect((await faultsFound()).length).toBeGreaterThan(0);
    tamper(`update events set data = '{"n":-1}' where ordinal = 1500`);
    await expect(withStore(async () => undefined)).rejects.toThrow(LogDamagedError);
  });
});
