import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { StoreUnavailableError, UnknownOutcomeError, WrongRevisionError } from '../../src/eventing/event-store.js';
import type { EventBatch, NewEvent, Position } from '../../src/eventing/event-store.js';
import { connect } from '../../src/eventing/stores/eventstoredb.mapping.js';
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { freshStream, someEvents } from '../support/event-builders.js';
import { EventStoreDbDouble } from '../support/eventstoredb-double/eventstoredb-double.js';
import type { AppendFault } from '../support/eventstoredb-double/eventstoredb-double.js';
import { waitFor } from '../support/wait-for.js';

/** For tests in which the server is silent; long enough for a busy machine to make a few calls in. */
const SHORT_TIMEOUT_MS = 500;

let double: EventStoreDbDouble;
let store: EventStoreDbStore;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  double = await startDouble();
  store = openStore(double.url);
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startDouble(): Promise<EventStoreDbDouble> {
  const started = await EventStoreDbDouble.start();
  stops.push(() => started.stop());
  return started;
}

function openStore(url: string, timeoutMs = 20_000): EventStoreDbStore {
  const opened = new EventStoreDbStore(url, { timeoutMs, retryDelayMs: 10 });
  stops.push(() => opened.close());
  return opened;
}

/** Another process that uses the store. */
async function visit(what: 'once' | 'many-large-appends') {
  const support = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));
  const args = ['--import', support('run-typescript.mjs'), support('eventstoredb-visitor.ts'), what];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: Buffer.concat(output).toString() };
}

/** Appends to a new stream while `faults` happen, and what came of it. */
async function appendDuring(...faults: readonly AppendFault[]) {
  // A first append that works: the connection is up, as it normally is when something fails.
  await sendUntilKnown(freshStream(), someEvents(1));
  const stream = freshStream();
  const events = someEvents(2);
  double.failNextAppends(...faults);
  const error = await store.append(stream, events, 'no-stream').then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { stream, events, error };
}

/** The caller's part of the bargain: the identical batch again until it is known. */
async function sendUntilKnown(stream: string, events: readonly NewEvent[]) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.append(stream, events, 'no-stream');
    } catch (error) {
      if (!(error instanceof UnknownOutcomeError || error instanceof StoreUnavailableError) || attempt === 50) throw error;
    }
  }
}

async function expectStoredOnce(stream: string, events: readonly NewEvent[]) {
  expect((await sendUntilKnown(stream, events)).revision).toBe(events.length - 1);
  expect(double.log.stream(stream).map((event) => event.id)).toEqual(events.map((event) => event.id));
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
    if (fault.kind === 'ended' || fault.kind.startsWith('silent')) store = openStore(double.url, SHORT_TIMEOUT_MS);
    const { stream, events, error } = await appendDuring(fault);
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect(double.log.stream(stream)).toHaveLength(stored);
    await expectStoredOnce(stream, events);
  });

  it('does not disturb other appends on their way', async () => {
    store = openStore(double.url, SHORT_TIMEOUT_MS);
    await sendUntilKnown(freshStream(), someEvents(1));
    const appends = Array.from({ length: 100 }, () => ({ stream: freshStream(), events: someEvents(1) }));
    double.failNextAppends({ kind: 'silent-before-write' });
    const first = await Promise.allSettled(appends.map(({ stream, events }) => store.append(stream, events, 'no-stream')));
    expect(first.some((result) => result.status === 'rejected')).toBe(true);
    for (const { stream, events } of appends) await expectStoredOnce(stream, events);
  });

  it('is stored once each for hundreds of appends over a connection that keeps breaking', async () => {
    const appends = Array.from({ length: 300 }, () => ({ stream: freshStream(), events: someEvents(1) }));
    double.failNextAppends(
      ...Array.from({ length: 400 }, (_, n): AppendFault | undefined => {
        if (n % 60 === 30) return { kind: 'cut-before-write' };
        return n % 60 === 59 ? { kind: 'cut-after-write' } : undefined;
      }),
    );
    await Promise.all(appends.map(({ stream, events }) => sendUntilKnown(stream, events)));
    for (const { stream, events } of appends) {
      expect(double.log.stream(stream).map((event) => event.id)).toEqual(events.map((event) => event.id));
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
    await openStore(double.url).append(stream, someEvents(1), 'no-stream');
    await expect(store.append(stream, events, 'no-stream')).rejects.toBeInstanceOf(WrongRevisionError);
  });
});

describe('An append that EventStoreDB took', () => {
  it('has its position read back when the answer does not carry it', async () => {
    const stream = freshStream();
    double.failNextAppends({ kind: 'no-position' });
    const appended = await store.append(stream, someEvents(2), 'no-stream');
    expect(appended).toEqual({ revision: 1, position: (await store.readStream(stream))[1]?.position });
  });
});

describe('An append that EventStoreDB did not take', () => {
  it.each(['Server Is Not Ready', 'Server Is Busy'] as const)('is known not to be written: %s', async (text) => {
    const { stream, events, error } = await appendDuring({ kind: 'status', text });
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(text);
    expect(double.log.stream(stream)).toHaveLength(0);
    await expectStoredOnce(stream, events);
  });

  it('goes to the leader when sent again after a follower refused it', async () => {
    const leader = await startDouble();
    const { stream, events, error } = await appendDuring({ kind: 'not-leader', leaderPort: leader.network.port });
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((await sendUntilKnown(stream, events)).revision).toBe(1);
    expect(double.log.stream(stream)).toHaveLength(0);
    expect(leader.log.stream(stream)).toHaveLength(2);
  });

  it('says where the stream really is when the revision is wrong', async () => {
    const { stream, error } = await appendDuring({ kind: 'wrong-revision', current: 41 });
    expect(error).toBeInstanceOf(WrongRevisionError);
    expect(error).toMatchObject({ streamId: stream, expected: 'no-stream', actual: 41 });
    expect((error as Error).message).toBe(`Stream ${stream} is at revision 41, expected no-stream`);
  });

  it('works again after a first contact that failed in a way the client remembers', async () => {
    double.failNextFeatureProbes(1);
    const stream = freshStream();
    await expect(store.append(stream, someEvents(1), 'no-stream')).rejects.toBeInstanceOf(StoreUnavailableError);
    expect((await store.append(stream, someEvents(1), 'no-stream')).revision).toBe(0);
  });

  it('is known not to be written when the server is down, and works when it is up again', async () => {
    const port = await double.network.down();
    const stream = freshStream();
    const events = someEvents(1);
    await expect(store.append(stream, events, 'no-stream')).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.readStream(stream)).rejects.toBeInstanceOf(StoreUnavailableError);
    await double.network.up(port);
    await expectStoredOnce(stream, events);
  });
});

describe('A frozen EventStoreDB, which takes connections and never answers', () => {
  beforeEach(() => {
    store = openStore(double.url, SHORT_TIMEOUT_MS);
  });

  it('holds up no call longer than the time limit', async () => {
    const { stream } = await appendDuring();
    double.network.freeze();
    const started = performance.now();
    const results = await Promise.allSettled([
      store.readStream(stream),
      store.head(),
      store.identity(),
      ...Array.from({ length: 200 }, () => store.append(freshStream(), someEvents(1), 'no-stream')),
    ]);
    expect(performance.now() - started).toBeLessThan(10 * SHORT_TIMEOUT_MS);
    const reasons = results.map((result) => (result.status === 'rejected' ? (result.reason as unknown) : undefined));
    for (const reason of reasons.slice(0, 3)) expect(reason).toBeInstanceOf(StoreUnavailableError);
    for (const reason of reasons.slice(3)) {
      expect(reason instanceof UnknownOutcomeError || reason instanceof StoreUnavailableError).toBe(true);
    }
    double.network.thaw();
    expect(await waitFor(() => store.readStream(stream).catch(() => false), 'the store to answer')).toHaveLength(2);
    const later = freshStream();
    expect((await sendUntilKnown(later, someEvents(3))).revision).toBe(2);
    expect(double.log.stream(later)).toHaveLength(3);
  });

  it('does not keep a store from closing', async () => {
    await appendDuring();
    double.network.freeze();
    const append = store.append(freshStream(), someEvents(1), 'no-stream');
    const [, result] = await Promise.all([store.close(), append.catch((error: unknown) => error)]);
    expect(result).toBeInstanceOf(UnknownOutcomeError);
  });

  it('is waited for by a subscription, which starts once the server answers', async () => {
    await appendDuring();
    double.network.freeze();
    const batches = follow((soFar) => numbersOf(soFar).length === 3);
    await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    double.network.thaw();
    expect(numbersOf(await batches)).toEqual([0, 0, 1]);
  });
});

/** Follows the log until `done`; what it does between batches is the consumer's work. */
async function follow(
  done: (soFar: readonly EventBatch[]) => boolean | Promise<boolean>,
  batchSize = 10,
  after: Position | 'start' = 'start',
): Promise<readonly EventBatch[]> {
  const abort = new AbortController();
  const batches: EventBatch[] = [];
  for await (const batch of store.subscribe(after, { batchSize, signal: abort.signal })) {
    batches.push(batch);
    if (await done(batches)) abort.abort();
  }
  return batches;
}

const numbersOf = (batches: readonly EventBatch[]) =>
  batches.flatMap((batch) => batch.events.map((event) => event.data['n']));

describe('A subscription to EventStoreDB', () => {
  it.each(['ended', 'unavailable', 'cut'] as const)('goes on after its last batch when it is dropped: %s', async (how) => {
    const stream = freshStream();
    await store.append(stream, someEvents(300), 'no-stream');
    let drops = 0;
    const batches = await follow(async (soFar) => {
      const count = numbersOf(soFar).length;
      if (count >= 50 * (drops + 1) && drops < 5) {
        drops += 1;
        if (how === 'cut') double.network.cut();
        else double.dropSubscriptions(how);
      }
      if (count === 300) await sendUntilKnown(freshStream(), someEvents(1, 300));
      return count > 300;
    });
    expect(numbersOf(batches).slice(0, 301)).toEqual(Array.from({ length: 301 }, (_, n) => n));
    expect(double.subscriptions).toBeGreaterThan(1);
  });

  it('goes on when it is dropped while it waits for news', async () => {
    await store.append(freshStream(), someEvents(1), 'no-stream');
    const batches = follow((soFar) => numbersOf(soFar).length === 3);
    for (const [n, how] of (['ended', 'unavailable'] as const).entries()) {
      await waitFor(() => double.subscriptions === n + 1 && double.openReads === 1, 'the subscription to be open');
      double.dropSubscriptions(how);
      await waitFor(() => double.subscriptions === n + 2, 'the subscription to come back');
      await store.append(freshStream(), someEvents(1, n + 1), 'no-stream');
    }
    expect(numbersOf(await batches)).toEqual([0, 1, 2]);
  });

  it('is asked for again when the server takes it and never confirms it', async () => {
    await store.append(freshStream(), someEvents(1), 'no-stream');
    store = openStore(double.url, SHORT_TIMEOUT_MS);
    double.ignoreNextSubscriptions(2);
    expect(numbersOf(await follow((soFar) => numbersOf(soFar).length === 1))).toEqual([0]);
    expect(double.subscriptions).toBeGreaterThanOrEqual(3);
  });

  it('comes back after the server was down', async () => {
    await store.append(freshStream(), someEvents(1), 'no-stream');
    const batches = follow((soFar) => numbersOf(soFar).length === 2);
    await waitFor(() => double.openReads === 1, 'the subscription to be open');
    const port = await double.network.down();
    await expect(store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    await double.network.up(port);
    await sendUntilKnown(freshStream(), someEvents(1, 1));
    expect(numbersOf(await batches)).toEqual([0, 1]);
  });

  it('ends with the error when trying again cannot help', async () => {
    await store.append(freshStream(), someEvents(1), 'no-stream');
    const batches = follow((soFar) => {
      if (soFar.at(-1)?.caughtUp === true) double.dropSubscriptions('invalid-argument');
      return false;
    });
    await expect(batches).rejects.toThrow(/invalid-argument/);
  });

  it('never lets upTo run ahead of what was delivered, however slow its consumer or its checkpoints', async () => {
    const stream = freshStream();
    for (let n = 0; n < 200; n += 10) {
      await store.append(stream, someEvents(10, n), n === 0 ? 'no-stream' : n - 1);
      for (let system = 0; system < 15; system += 1) double.log.appendSystemEvent();
    }
    const identity = await store.identity();
    expect(identity).not.toBe('');
    double.beforeCheckpoint = () => new Promise((resolve) => setImmediate(resolve));
    const ours = double.log.records.filter((record) => record.stream === stream);
    await follow(async (soFar) => {
      await new Promise((resolve) => setImmediate(resolve));
      const { upTo, caughtUp } = soFar.at(-1)!;
      const covered = ours.filter((record) => String(record.position).padStart(20, '0') <= upTo.slice(0, 20)).length;
      expect(numbersOf(soFar)).toHaveLength(covered);
      return caughtUp;
    }, 7);
  });

  it('moves upTo over stretches in which only the server wrote, without any events', async () => {
    await store.append(freshStream(), someEvents(1), 'no-stream');
    let before: Position | undefined;
    const batches = await follow((soFar) => {
      const last = soFar.at(-1)!;
      if (before === undefined && last.caughtUp) {
        before = last.upTo;
        for (let n = 0; n < 100; n += 1) double.log.appendSystemEvent();
      }
      return before !== undefined && last.upTo > before;
    });
    expect(numbersOf(batches)).toEqual([0]);
    expect(batches.at(-1)!.upTo > (await store.head())).toBe(true);
  });

  it('leaves nothing open on the server: after abort, after break, after reads', async () => {
    const stream = freshStream();
    await store.append(stream, someEvents(600), 'no-stream');
    await follow((soFar) => soFar.some((batch) => batch.caughtUp));
    for await (const batch of store.subscribe('start', { batchSize: 5, signal: new AbortController().signal })) {
      if (batch.events.length > 0) break;
    }
    for (let n = 0; n < 20; n += 1) await store.readStream(stream, n * 10);
    await waitFor(() => double.openReads === 0, 'all reads to be closed on the server');
  });
});

describe('The log in EventStoreDB', () => {
  it('has one identity even when several processes start on it at the same time, and shows it to nobody', async () => {
    const stores = [store, openStore(double.url), openStore(double.url)];
    const identities = await Promise.all(stores.map((one) => one.identity()));
    expect(new Set(identities).size).toBe(1);
    expect(await store.head()).toBe('start');
    const batches = await follow((soFar) => soFar.some((batch) => batch.caughtUp));
    expect(batches.flatMap((batch) => batch.events)).toEqual([]);
  });

  it('has the newest event of ours as its head, past anything the server wrote after it', async () => {
    expect(await store.head()).toBe('start');
    const { position } = await store.append(freshStream(), someEvents(2), 'no-stream');
    for (let n = 0; n < 200; n += 1) double.log.appendSystemEvent();
    expect(await store.head()).toBe(position);
  });

  it('is refused when another program writes into it', async () => {
    const stream = freshStream();
    const other = connect(double.url);
    const foreign = jsonEvent({ type: 'SomethingElse', data: { a: 1 } });
    await other.appendToStream(stream, [foreign], { expectedRevision: NO_STREAM });
    await other.dispose();
    await expect(store.readStream(stream)).rejects.toThrow(/was not written by this service/);
    await expect(follow(() => false)).rejects.toThrow(/needs an EventStoreDB of its own/);
  });

  it('lets the process end by itself once it is closed', async () => {
    const { code, output } = await visit('once');
    expect(output).toBe('appended, followed, closed\n');
    expect(code).toBe(0);
  });
});

describe('EVENTSTORE_URL', () => {
  it.each([
    ['an option the client would ignore', 'esdb://admin:s3cret@localhost:2113?tls=true&tlsVerifyCert=false', 'tlsVerifyCert'],
    ['a misspelt option', 'esdb://admin:s3cret@localhost:2113?tsl=true', 'tsl'],
    ['an option that would change answers', 'esdb://admin:s3cret@localhost?throwOnAppendFailure=false', 'throwOnAppendFailure'],
    ['another protocol', 'https://admin:s3cret@localhost:2113', 'esdb://'],
    ['no host', 'esdb://', 'esdb://'],
  ])('is refused with %s, and the message keeps the password to itself', (_, url, named) => {
    let message = '';
    try {
      new EventStoreDbStore(url);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('EVENTSTORE_URL');
    expect(message).toContain(named);
    expect(message).not.toContain('s3cret');
  });
});
