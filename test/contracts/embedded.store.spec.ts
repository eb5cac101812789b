import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  StoreUnavailableError,
  UnknownOutcomeError,
  type EventBatch,
  type EventStore,
  type Position,
} from '../../src/eventing/event-store.js';
import { openSqlite } from '../../src/eventing/sql/sqlite.js';
import { DataFolderLockedError } from '../../src/eventing/stores/data-folder-lock.js';
import { LogDisk } from '../../src/eventing/stores/embedded.disk.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { freshStream, someEvent, someEvents } from '../support/event-builders.js';

const support = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));

let folder: string;
const opened: EventStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backhaul-log-'));
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

function open(): EmbeddedEventStore {
  const store = EmbeddedEventStore.open(folder);
  opened.push(store);
  return store;
}

/** Another process that tries to hold the same log. */
function holder(stream: string) {
  const args = ['--import', support('run-typescript.mjs'), support('log-holder.ts'), folder, stream];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  const exited = once(child, 'exit');
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  return { child, exited, errors: () => Buffer.concat(errors).toString() };
}

/** Transactions in the write-ahead log: frames that carry the size of the database after a commit. */
function commitsInWal(): number {
  const wal = readFileSync(join(folder, 'log.sqlite-wal'));
  const pageSize = wal.readUInt32BE(8);
  let commits = 0;
  for (let frame = 32; frame < wal.length; frame += 24 + pageSize) if (wal.readUInt32BE(frame + 4) > 0) commits += 1;
  return commits;
}

async function collect(store: EventStore, after: Position | 'start', batchSize = 100): Promise<EventBatch[]> {
  const batches: EventBatch[] = [];
  for await (const batch of store.subscribe(after, { batchSize, signal: new AbortController().signal })) {
    batches.push(batch);
    if (batch.caughtUp) break;
  }
  return batches;
}

describe('The data folder of the embedded log', () => {
  it('is refused to a second process, which learns who holds it and what to do', async () => {
    open();
    const second = holder(freshStream());
    const [code] = (await second.exited) as [number];
    expect(code).toBe(1);
    expect(second.errors()).toContain(`The data folder ${folder} is already in use (by pid ${process.pid} on `);
    expect(second.errors()).toContain('choose another folder with DATA_DIR');
  });

  it('is free again the moment its holder was killed, with every acknowledged event', async () => {
    const stream = freshStream();
    const { child } = holder(stream);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(line.toString()).toContain('holding at revision 0');
    expect(() => EmbeddedEventStore.open(folder)).toThrow(DataFolderLockedError);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    expect(await open().readStream(stream)).toMatchObject([{ type: 'Kept', revision: 0 }]);
  });

  it('is refused to a second store of the same process until the first is closed', async () => {
    const first = open();
    expect(() => EmbeddedEventStore.open(folder)).toThrow(DataFolderLockedError);
    await first.close();
    open();
  });

  it('is released when the log in it cannot be opened', () => {
    writeFileSync(join(folder, 'log.sqlite'), 'not a database, but long enough to look at '.repeat(50));
    expect(() => EmbeddedEventStore.open(folder)).toThrow(/damaged or not an event log/);
    rmSync(join(folder, 'log.sqlite'));
    open();
  });
});

describe('The file of the embedded log', () => {
  it('is left untouched and named when it is not a database', () => {
    const text = "These are somebody else's notes. ".repeat(100);
    writeFileSync(join(folder, 'log.sqlite'), text);
    expect(() => EmbeddedEventStore.open(folder)).toThrow(`${join(folder, 'log.sqlite')} is damaged or not an event log`);
    expect(readFileSync(join(folder, 'log.sqlite'), 'utf8')).toBe(text);
  });

  it('is left untouched when it is a database of another program', () => {
    const foreign = openSqlite(join(folder, 'log.sqlite'));
    foreign.exec('create table bookmarks (url text)');
    foreign.exec('pragma journal_mode = delete');
    foreign.close();
    const before = readFileSync(join(folder, 'log.sqlite'));
    expect(() => EmbeddedEventStore.open(folder)).toThrow(/SQLite file of another program/);
    expect(readFileSync(join(folder, 'log.sqlite')).equals(before)).toBe(true);
  });

  it('is not opened when a newer version of the service wrote it', async () => {
    await open().close();
    const file = openSqlite(join(folder, 'log.sqlite'));
    file.exec('pragma user_version = 99');
    file.close();
    expect(() => EmbeddedEventStore.open(folder)).toThrow(/newer version of this service \(format 99\)/);
  });

  it('is complete by itself after a close: a copy of it is the whole log', async () => {
    const store = open();
    const stream = freshStream();
    await store.append(stream, someEvents(3), 'no-stream');
    const identity = await store.identity();
    await store.close();
    const copy = mkdtempSync(join(tmpdir(), 'backhaul-copy-'));
    writeFileSync(join(copy, 'log.sqlite'), readFileSync(join(folder, 'log.sqlite')));
    const restored = EmbeddedEventStore.open(copy);
    expect(await restored.readStream(stream)).toHaveLength(3);
    expect(await restored.identity()).toBe(identity);
    await restored.close();
    rmSync(copy, { recursive: true });
  });
});

describe('Appends to the embedded log', () => {
  it('that arrive together share one transaction, and each gets its own answer', async () => {
    const store = open();
    await store.append(freshStream(), someEvents(1), 'no-stream');
    const before = commitsInWal();
    const streams = Array.from({ length: 50 }, () => freshStream());
    const answers = await Promise.all(streams.map((stream) => store.append(stream, someEvents(2), 'no-stream')));
    expect(commitsInWal() - before).toBe(1);
    expect(new Set(answers.map((answer) => answer.position)).size).toBe(50);
    for (const stream of streams) await store.append(stream, someEvents(1), 1);
    expect(commitsInWal() - before).toBe(51);
  });

  it('that arrive together see each other: one follows the other, a third conflicts', async () => {
    const store = open();
    const stream = freshStream();
    const results = await Promise.allSettled([
      store.append(stream, someEvents(2), 'no-stream'),
      store.append(stream, someEvents(1), 1),
      store.append(stream, someEvents(1), 1),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await store.readStream(stream)).toHaveLength(3);
  });

  it('are all refused as not written when the transaction cannot be written, and work again afterwards', async () => {
    const store = open();
    const file = openSqlite(join(folder, 'log.sqlite'));
    file.exec(`create trigger full before insert on events when new.type = 'Last'
               begin select raise(abort, 'database or disk is full'); end`);
    const stream = freshStream();
    const results = await Promise.allSettled([
      store.append(stream, someEvents(1), 'no-stream'),
      store.append(freshStream(), [someEvent('Last')], 'no-stream'),
    ]);
    for (const result of results) expect(result.status === 'rejected' && result.reason).toBeInstanceOf(StoreUnavailableError);
    expect(await store.readStream(stream)).toEqual([]);
    expect(await store.head()).toBe('start');
    file.exec('drop trigger full');
    file.close();
    expect((await store.append(stream, someEvents(1), 'no-stream')).revision).toBe(0);
    expect((await collect(store, 'start')).flatMap((batch) => batch.events)).toHaveLength(1);
  });

  it('are of unknown outcome when the commit itself fails, and can be sent again', async () => {
    const store = open();
    const file = openSqlite(join(folder, 'log.sqlite'));
    file.exec(`create table parent (id integer primary key);
               create table child (id integer references parent (id) deferrable initially deferred);
               create trigger late after insert on events begin insert into child values (1); end`);
    const stream = freshStream();
    const events = someEvents(2);
    await expect(store.append(stream, events, 'no-stream')).rejects.toBeInstanceOf(UnknownOutcomeError);
    file.exec('drop trigger late');
    file.close();
    expect((await store.append(stream, events, 'no-stream')).revision).toBe(1);
    expect(await store.readStream(stream)).toHaveLength(2);
  });
});

describe('The disk under the embedded log', () => {
  it('has an event before anybody is told of it: who appended it, who reads its stream, who follows the log', async () => {
    const store = open();
    const stream = freshStream();
    let isOnDisk = (): void => undefined;
    jest.spyOn(LogDisk.prototype, 'sync').mockReturnValueOnce(new Promise((resolve) => (isOnDisk = resolve)));
    const followed = collect(store, 'start');
    const appending = store.append(stream, someEvents(1), 'no-stream').then(() => 'told');
    while (commitsInWal() === 0) await nextTurn();
    expect(await Promise.race([appending, nextTurn('not told')])).toBe('not told');
    expect(await store.readStream(stream)).toEqual([]);
    expect(await store.head()).toBe('start');
    expect((await followed).flatMap(({ events }) => events)).toEqual([]);
    isOnDisk();
    expect(await appending).toBe('told');
    expect(await store.readStream(stream)).toHaveLength(1);
  });

  it('takes what arrives while it is awaited in one go', async () => {
    const store = open();
    await store.append(freshStream(), someEvents(1), 'no-stream');
    let isOnDisk = (): void => undefined;
    const sync = jest.spyOn(LogDisk.prototype, 'sync').mockReturnValueOnce(new Promise((resolve) => (isOnDisk = resolve)));
    const appends = [store.append(freshStream(), someEvents(1), 'no-stream')];
    while (sync.mock.calls.length === 0) await nextTurn();
    for (let n = 0; n < 20; n += 1) {
      appends.push(store.append(freshStream(), someEvents(1), 'no-stream'));
      await nextTurn();
    }
    isOnDisk();
    await Promise.all(appends);
    expect(sync).toHaveBeenCalledTimes(2);
  });

  it('that cannot say whether it has an event gets it once more before the append is confirmed', async () => {
    const store = open();
    const stream = freshStream();
    const events = someEvents(2);
    jest.spyOn(LogDisk.prototype, 'sync').mockRejectedValueOnce(new Error('EIO'));
    const carryOver = jest.spyOn(LogDisk.prototype, 'carryOver');
    await expect(store.append(stream, events, 'no-stream')).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(await store.readStream(stream)).toEqual([]);
    expect((await store.append(stream, events, 'no-stream')).revision).toBe(1);
    expect(carryOver).toHaveBeenCalledTimes(1);
    expect((await collect(store, 'start')).flatMap((batch) => batch.events)).toHaveLength(2);
    expect((await store.append(stream, someEvents(1), 1)).revision).toBe(2);
    expect(carryOver).toHaveBeenCalledTimes(1);
  });

  it('is asked again at every append until it has what it could not confirm', async () => {
    const store = open();
    const [inDoubt, next] = [freshStream(), freshStream()];
    jest.spyOn(LogDisk.prototype, 'sync').mockRejectedValueOnce(new Error('EIO'));
    const carryOver = jest.spyOn(LogDisk.prototype, 'carryOver').mockImplementationOnce(() => {
      throw new StoreUnavailableError('The disk is full');
    });
    await expect(store.append(inDoubt, someEvents(1), 'no-stream')).rejects.toBeInstanceOf(UnknownOutcomeError);
    await expect(store.append(next, someEvents(1), 'no-stream')).rejects.toBeInstanceOf(StoreUnavailableError);
    expect((await store.append(next, someEvents(1), 'no-stream')).revision).toBe(0);
    expect(carryOver).toHaveBeenCalledTimes(2);
    expect(await store.readStream(inDoubt)).toHaveLength(1);
  });
});

describe('Subscribers to the embedded log', () => {
  it('of an empty log hear that they are caught up, and then of the first event', async () => {
    const store = open();
    expect(await store.head()).toBe('start');
    const batches: EventBatch[] = [];
    for await (const batch of store.subscribe('start', { batchSize: 10, signal: new AbortController().signal })) {
      batches.push(batch);
      if (batch.events.length > 0) break;
      await store.append(freshStream(), someEvents(1), 'no-stream');
    }
    expect(batches[0]).toMatchObject({ events: [], caughtUp: true });
    expect(batches[1]?.events).toHaveLength(1);
    expect(batches[1]!.upTo > batches[0]!.upTo).toBe(true);
  });

  it('that are caught up share the events in memory instead of reading them again', async () => {
    const store = open();
    await store.append(freshStream(), someEvents(1), 'no-stream');
    const [first, second] = await Promise.all([collect(store, 'start'), collect(store, 'start')]);
    expect(first[0]!.events[0]).toBe(second[0]!.events[0]);
  });

  it('that fall further behind than memory reaches get everything from the file', async () => {
    const store = open();
    const stream = freshStream();
    const seen: unknown[] = [];
    for await (const batch of store.subscribe('start', { batchSize: 700, signal: new AbortController().signal })) {
      seen.push(...batch.events.map((event) => event.data['n']));
      if (seen.length === 6000) break;
      if (seen.length > 0) continue;
      for (let n = 0; n < 6000; n += 1000) {
        await store.append(stream, someEvents(1000, n), n === 0 ? 'no-stream' : n - 1);
      }
    }
    expect(seen).toEqual(Array.from({ length: 6000 }, (_, n) => n));
  });

  it('that read a long stretch let other work go on in between', async () => {
    const store = open();
    const stream = freshStream();
    for (let n = 0; n < 6000; n += 1000) {
      await store.append(stream, someEvents(1000, n), n === 0 ? 'no-stream' : n - 1);
    }
    await store.close();
    const reopened = open();
    let turns = 0;
    let reading = true;
    const others = (async () => {
      for (; reading; turns += 1) await nextTurn();
    })();
    const [batch] = await collect(reopened, 'start', 6000);
    reading = false;
    await others;
    expect(batch?.events).toHaveLength(6000);
    expect(turns).toBeGreaterThan(10);
    const before = turns;
    reading = true;
    const again = (async () => {
      for (; reading; turns += 1) await nextTurn();
    })();
    expect(await reopened.readStream(stream)).toHaveLength(6000);
    reading = false;
    await again;
    expect(turns - before).toBeGreaterThan(10);
  });

  it('that stand beyond the end of the log are told to rebuild', async () => {
    const store = open();
    await store.append(freshStream(), someEvents(1), 'no-stream');
    await expect(collect(store, '0000000000000002' as Position)).rejects.toThrow(/restored from an older copy/);
  });
});

describe('The embedded log, stream after stream', () => {
  const read = async (store: EmbeddedEventStore, upTo: Position, batchSize: number) => {
    const batches: string[][] = [];
    for await (const events of store.streams(upTo, { batchSize, signal: new AbortController().signal }))
      batches.push(events.map(({ streamId, revision }) => `${streamId} ${revision}`));
    return batches;
  };

  it('gives every event up to a position once, whole streams in a batch', async () => {
    const store = open();
    for (let round = 0; round < 3; round += 1)
      for (const stream of ['b', 'a', 'c']) await store.append(stream, someEvents(2), round === 0 ? 'no-stream' : 2 * round - 1);
    const upTo = (await store.head()) as Position;
    await store.append('a', someEvents(1), 5);
    await store.append('d', someEvents(1), 'no-stream');
    const whole = (stream: string) => [0, 1, 2, 3, 4, 5].map((revision) => `${stream} ${revision}`);
    expect(await read(store, upTo, 1)).toEqual(['a', 'b', 'c'].map(whole));
    expect(await read(store, upTo, 7)).toEqual([[...whole('a'), ...whole('b')], whole('c')]);
    expect(await read(store, upTo, 1000)).toEqual([['a', 'b', 'c'].flatMap(whole)]);
  });

  it('goes through streams that are longer than a page', async () => {
    const store = open();
    await store.append('long', someEvents(700), 'no-stream');
    await store.append('short', someEvents(1), 'no-stream');
    const batches = await read(store, (await store.head()) as Position, 10);
    expect(batches.map(({ length }) => length)).toEqual([700, 1]);
  });

  it('ends when it is told to', async () => {
    const store = open();
    for (const stream of ['a', 'b', 'c']) await store.append(stream, someEvents(300), 'no-stream');
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { length } of store.streams((await store.head()) as Position, { batchSize: 1, signal: stop.signal })) {
      seen.push(length);
      stop.abort();
    }
    expect(seen).toEqual([300]);
  });
});
