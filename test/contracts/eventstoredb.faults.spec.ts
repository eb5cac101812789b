import { beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailableError, UnknownOutcomeError, WrongRevisionError, type NewEvent } from '../../src/eventing/event-store.js';
import { CommandExecutor } from '../../src/eventing/execute-command.js';
import { context, count, counterModel } from '../support/counter-model.js';
import { freshStream, someEvents } from '../support/event-builders.js';
import type { AppendFault } from '../support/eventstoredb-double/eventstoredb-double.js';
import { follow, numbersOf, SHORT_TIMEOUT_MS, useEventStoreDb, visit } from '../support/eventstoredb-fixture.js';
import { waitFor } from '../support/wait-for.js';

const db = useEventStoreDb();

/** Appends to a new stream while `faults` happen, and what came of it. */
async function appendDuring(...faults: readonly AppendFault[]) {
  // A first append that works: the connection is up, as it normally is when something fails.
  await db.sendUntilKnown(freshStream(), someEvents(1));
  const stream = freshStream();
  const events = someEvents(2);
  db.double.failNextAppends(...faults);
  const error = await db.store.append(stream, events, 'no-stream').then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stream, events, error };
}

async function expectStoredOnce(stream: string, events: readonly NewEvent[]) {
  expect((await db.sendUntilKnown(stream, events)).revision).toBe(events.length - 1);
  expect(db.double.log.stream(stream).map((event) => event.id)).toEqual(events.map((event) => event.id));
}

describe('An append to EventStoreDB whose answer is lost', () => {
  const faults: readonly (readonly [string, AppendFault, number])[] = [
    ['the connection is cut before the write', { kind: 'cut-before-write' }, 0],
    ['the connection is cut after the write', { kind: 'cut-after-write' }, 2],
    ['the server never answers and did not write', { kind: 'silent-before-write' }, 0],
    ['the server never answers but did write', { kind: 'silent-after-write' }, 2],
    ['the server reports a timeout but did write', { kind: 'timeout-after-write' }, 2],
    ['the server ends the append stream without an error', { kind: 'ended' }, 0],
  ];
  it.each(faults)('has an unknown outcome and is stored once when sent again: %s', async (_, fault, stored) => {
    if (fault.kind === 'ended' || fault.kind.startsWith('silent')) db.store = db.openStore(db.double.url, SHORT_TIMEOUT_MS);
    const { stream, events, error } = await appendDuring(fault);
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect(db.double.log.stream(stream)).toHaveLength(stored);
    await expectStoredOnce(stream, events);
  });

  it('does not disturb other appends on their way', async () => {
    db.store = db.openStore(db.double.url, SHORT_TIMEOUT_MS);
    await db.sendUntilKnown(freshStream(), someEvents(1));
    const appends = Array.from({ length: 100 }, () => ({ stream: freshStream(), events: someEvents(1) }));
    db.double.failNextAppends({ kind: 'silent-before-write' });
    const first = await Promise.allSettled(appends.map(({ stream, events }) => db.store.append(stream, events, 'no-stream')));
    expect(first.some((result) => result.status === 'rejected')).toBe(true);
    for (const { stream, events } of appends) await expectStoredOnce(stream, events);
  });

  it('is stored once each for hundreds of appends over a connection that keeps breaking', async () => {
    const appends = Array.from({ length: 300 }, () => ({ stream: freshStream(), events: someEvents(1) }));
    db.double.failNextAppends(
      ...Array.from({ length: 400 }, (_, n): AppendFault | undefined => {
        if (n % 60 === 30) return { kind: 'cut-before-write' };
        return n % 60 === 59 ? { kind: 'cut-after-write' } : undefined;
      }),
    );
    await Promise.all(appends.map(({ stream, events }) => db.sendUntilKnown(stream, events)));
    for (const { stream, events } of appends) {
      expect(db.double.log.stream(stream).map((event) => event.id)).toEqual(events.map((event) => event.id));
    }
  });

  it('does not end the process when the connection breaks with many large appends waiting', async () => {
    // In a process of its own: what the client would do is reject a promise that nobody can catch.
    const { code, output } = await visit('many-large-appends');
    expect(output).toBe('100 settled, 100 stored once\n');
    expect(code).toBe(0);
  });

  it('is told from a conflict: somebody else wrote meanwhile', async () => {
    const { stream, events, error } = await appendDuring({ kind: 'cut-before-write' });
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    await db.openStore(db.double.url).append(stream, someEvents(1), 'no-stream');
    await expect(db.store.append(stream, events, 'no-stream')).rejects.toBeInstanceOf(WrongRevisionError);
  });
});

describe('An append that EventStoreDB took', () => {
  it('does not wait for the answers of those before it', async () => {
    await db.sendUntilKnown(freshStream(), someEvents(1));
    db.double.appendMs = 1000;
    let answered = 0;
    const appends = Array.from({ length: 100 }, () =>
      db.store.append(freshStream(), someEvents(1), 'no-stream').then(() => (answered += 1)),
    );
    await waitFor(() => db.double.received === 101, 'the server to have all of them');
    expect(answered).toBe(0);
    await Promise.all(appends);
  });

  it('has its position read back when the answer does not carry it', async () => {
    const stream = freshStream();
    db.double.failNextAppends({ kind: 'no-position' });
    const appended = await db.store.append(stream, someEvents(2), 'no-stream');
    expect(appended).toEqual({ revision: 1, position: (await db.store.readStream(stream))[1]?.position });
  });
});

describe('An append that EventStoreDB did not take', () => {
  it.each(['Server Is Not Ready', 'Server Is Busy'] as const)('is known not to be written: %s', async (text) => {
    const { stream, events, error } = await appendDuring({ kind: 'status', text });
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(text);
    expect(db.double.log.stream(stream)).toHaveLength(0);
    await expectStoredOnce(stream, events);
  });

  it('goes to the leader when sent again after a follower refused it', async () => {
    const leader = await db.startDouble();
    const { stream, events, error } = await appendDuring({ kind: 'not-leader', leaderPort: leader.network.port });
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((await db.sendUntilKnown(stream, events)).revision).toBe(1);
    expect(db.double.log.stream(stream)).toHaveLength(0);
    expect(leader.log.stream(stream)).toHaveLength(2);
  });

  it('says where the stream really is when the revision is wrong', async () => {
    const { stream, error } = await appendDuring({ kind: 'wrong-revision', current: 41 });
    expect(error).toBeInstanceOf(WrongRevisionError);
    expect(error).toMatchObject({ streamId: stream, expected: 'no-stream', actual: 41 });
    expect((error as Error).message).toBe(`Stream ${stream} is at revision 41, expected no-stream`);
  });

  it('works again after a first contact that failed in a way the client remembers', async () => {
    db.double.failNextFeatureProbes(1);
    const stream = freshStream();
    await expect(db.store.append(stream, someEvents(1), 'no-stream')).rejects.toBeInstanceOf(StoreUnavailableError);
    expect((await db.store.append(stream, someEvents(1), 'no-stream')).revision).toBe(0);
  });

  it('is known not to be written when the server is down, and works when it is up again', async () => {
    const port = await db.double.network.down();
    const stream = freshStream();
    const events = someEvents(1);
    await expect(db.store.append(stream, events, 'no-stream')).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(db.store.readStream(stream)).rejects.toBeInstanceOf(StoreUnavailableError);
    await db.double.network.up(port);
    await expectStoredOnce(stream, events);
  });
});

describe('A frozen EventStoreDB, which takes connections and never answers', () => {
  beforeEach(() => {
    db.store = db.openStore(db.double.url, SHORT_TIMEOUT_MS);
  });

  it('holds up no call longer than the time limit', async () => {
    const { stream } = await appendDuring();
    db.double.network.freeze();
    const started = performance.now();
    const results = await Promise.allSettled([
      db.store.readStream(stream),
      db.store.head(),
      db.store.identity(),
      ...Array.from({ length: 200 }, () => db.store.append(freshStream(), someEvents(1), 'no-stream')),
    ]);
    expect(performance.now() - started).toBeLessThan(10 * SHORT_TIMEOUT_MS);
    const reasons = results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : undefined));
    for (const reason of reasons.slice(0, 3)) expect(reason).toBeInstanceOf(StoreUnavailableError);
    for (const reason of reasons.slice(3)) {
      expect(reason instanceof UnknownOutcomeError || reason instanceof StoreUnavailableError).toBe(true);
    }
    db.double.network.thaw();
    expect(await waitFor(() => db.store.readStream(stream).catch(() => false), 'the store to answer')).toHaveLength(2);
    const later = freshStream();
    expect((await db.sendUntilKnown(later, someEvents(3))).revision).toBe(2);
    expect(db.double.log.stream(later)).toHaveLength(3);
  });

  it('holds up no command longer than its time, whatever is tried again, and is sent nothing after it', async () => {
    const budgetMs = 3 * SHORT_TIMEOUT_MS;
    const executor = new CommandExecutor(db.store, { budgetMs });
    const streams = Array.from({ length: 40 }, () => freshStream());
    for (const stream of streams.slice(0, 20)) await executor.execute(counterModel, stream, count(1), context());
    db.double.network.freeze();
    const started = performance.now();
    // Some on streams in memory, some that must be read first, some one after the other.
    const results = await Promise.allSettled(
      [...streams, ...streams].map((stream) => executor.execute(counterModel, stream, count(1), context())),
    );
    expect(performance.now() - started).toBeLessThan(budgetMs + 2 * SHORT_TIMEOUT_MS);
    const names = new Set(results.map((result) => (result.status === 'rejected' ? (result.reason as Error).name : result.status)));
    expect([...names].sort()).toEqual(['StoreUnavailableError', 'UnknownOutcomeError']);
    const { received } = db.double;
    db.double.network.thaw();
    await waitFor(() => executor.execute(counterModel, freshStream(), count(1), context()).catch(() => false), 'the store to answer');
    expect(db.double.received - received).toBe(1);
  });

  it('does not keep a store from closing', async () => {
    await appendDuring();
    db.double.network.freeze();
    const append = db.store.append(freshStream(), someEvents(1), 'no-stream');
    const [, result] = await Promise.all([db.store.close(), append.catch((error: unknown) => error)]);
    expect(result).toBeInstanceOf(UnknownOutcomeError);
  });

  it('is waited for by a subscription, which starts once the server answers', async () => {
    await appendDuring();
    db.double.network.freeze();
    const batches = follow(db.store, (soFar) => numbersOf(soFar).length === 3);
    await expect(db.store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    db.double.network.thaw();
    expect(numbersOf(await batches)).toEqual([0, 0, 1]);
  });
});
