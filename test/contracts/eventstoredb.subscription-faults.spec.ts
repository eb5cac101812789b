import { jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { StoreUnavailableError, type Position } from '../../src/eventing/event-store.js';
import { connect } from '../../src/eventing/stores/eventstoredb.mapping.js';
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { freshStream, someEvents, TEST_STREAMS } from '../support/event-builders.js';
import { follow, numbersOf, SHORT_TIMEOUT_MS, useEventStoreDb, visit } from '../support/eventstoredb-fixture.js';
import { waitFor } from '../support/wait-for.js';

const db = useEventStoreDb();

describe('A subscription to EventStoreDB', () => {
  it.each(['ended', 'unavailable', 'cut'] as const)('goes on after its last batch when it is dropped: %s', async (how) => {
    const stream = freshStream();
    await db.store.append(stream, someEvents(300), 'no-stream');
    let drops = 0;
    const batches = await follow(db.store, async (soFar) => {
      const count = numbersOf(soFar).length;
      if (count >= 50 * (drops + 1) && drops < 5) {
        drops += 1;
        if (how === 'cut') db.double.network.cut();
        else db.double.dropSubscriptions(how);
      }
      if (count === 300) await db.sendUntilKnown(freshStream(), someEvents(1, 300));
      return count > 300;
    });
    expect(numbersOf(batches).slice(0, 301)).toEqual(Array.from({ length: 301 }, (_, n) => n));
    expect(db.double.subscriptions).toBeGreaterThan(1);
  });

  it('goes on when it is dropped while it waits for news', async () => {
    await db.store.append(freshStream(), someEvents(1), 'no-stream');
    const batches = follow(db.store, (soFar) => numbersOf(soFar).length === 3);
    for (const [n, how] of (['ended', 'unavailable'] as const).entries()) {
      await waitFor(() => db.double.subscriptions === n + 1 && db.double.openReads === 1, 'the subscription to be open');
      db.double.dropSubscriptions(how);
      await waitFor(() => db.double.subscriptions === n + 2, 'the subscription to come back');
      await db.store.append(freshStream(), someEvents(1, n + 1), 'no-stream');
    }
    expect(numbersOf(await batches)).toEqual([0, 1, 2]);
  });

  it('is asked for again when the server takes it and never confirms it', async () => {
    await db.store.append(freshStream(), someEvents(1), 'no-stream');
    db.store = db.openStore(db.double.url, SHORT_TIMEOUT_MS);
    db.double.ignoreNextSubscriptions(2);
    expect(numbersOf(await follow(db.store, (soFar) => numbersOf(soFar).length === 1))).toEqual([0]);
    expect(db.double.subscriptions).toBeGreaterThanOrEqual(3);
  });

  it('comes back after the server was down', async () => {
    await db.store.append(freshStream(), someEvents(1), 'no-stream');
    const batches = follow(db.store, (soFar) => numbersOf(soFar).length === 2);
    await waitFor(() => db.double.openReads === 1, 'the subscription to be open');
    const port = await db.double.network.down();
    await expect(db.store.head()).rejects.toBeInstanceOf(StoreUnavailableError);
    await db.double.network.up(port);
    await db.sendUntilKnown(freshStream(), someEvents(1, 1));
    expect(numbersOf(await batches)).toEqual([0, 1]);
  });

  it('ends with the error when trying again cannot help', async () => {
    await db.store.append(freshStream(), someEvents(1), 'no-stream');
    const batches = follow(db.store, (soFar) => {
      if (soFar.at(-1)?.caughtUp === true) db.double.dropSubscriptions('invalid-argument');
      return false;
    });
    await expect(batches).rejects.toThrow(/invalid-argument/);
  });

  it('never lets upTo run ahead of what was delivered, however slow its consumer or its checkpoints', async () => {
    const stream = freshStream();
    for (let n = 0; n < 200; n += 10) {
      await db.store.append(stream, someEvents(10, n), n === 0 ? 'no-stream' : n - 1);
      for (let system = 0; system < 15; system += 1) db.double.log.appendSystemEvent();
    }
    const identity = await db.store.identity();
    expect(identity).not.toBe('');
    db.double.beforeCheckpoint = () => new Promise((resolve) => setImmediate(resolve));
    const ours = db.double.log.records.filter((record) => record.stream === stream);
    await follow(
      db.store,
      async (soFar) => {
        await new Promise((resolve) => setImmediate(resolve));
        const { upTo, caughtUp } = soFar.at(-1)!;
        const covered = ours.filter((record) => String(record.position).padStart(20, '0') <= upTo.slice(0, 20)).length;
        expect(numbersOf(soFar)).toHaveLength(covered);
        return caughtUp;
      },
      7,
    );
  });

  it('moves upTo over stretches in which only the server wrote, without any events', async () => {
    await db.store.append(freshStream(), someEvents(1), 'no-stream');
    let before: Position | undefined;
    const batches = await follow(db.store, (soFar) => {
      const last = soFar.at(-1)!;
      if (before === undefined && last.caughtUp) {
        before = last.upTo;
        for (let n = 0; n < 100; n += 1) db.double.log.appendSystemEvent();
      }
      return before !== undefined && last.upTo > before;
    });
    expect(numbersOf(batches)).toEqual([0]);
    expect(batches.at(-1)!.upTo > (await db.store.head())).toBe(true);
  });

  it('is one on the server for all who follow, wherever they stand', async () => {
    await db.store.append(freshStream(), someEvents(700), 'no-stream');
    const [middle] = (await follow(db.store, (soFar) => numbersOf(soFar).length >= 350)).slice(-1);
    const places = ['start', middle!.upTo, await db.store.head()] as const;
    const following = places.map((place) => follow(db.store, (soFar) => numbersOf(soFar).at(-1) === 709, 10, place));
    for (let n = 700; n < 710; n += 1) {
      await waitFor(() => db.double.openReads === 1, 'all to share one subscription');
      await db.store.append(freshStream(), someEvents(1, n), 'no-stream');
    }
    const [all, half, last] = (await Promise.all(following)).map(numbersOf);
    expect(all).toEqual(Array.from({ length: 710 }, (_, n) => n));
    expect(half).toEqual(all!.slice(350));
    expect(last).toEqual(all!.slice(700));
  });

  it('holds up nobody for one who is slow, and gives them everything in the end', async () => {
    const total = 5000;
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const slow = follow(db.store, async (soFar) => {
      if (soFar.at(-1)!.caughtUp) await held;
      return numbersOf(soFar).length === total;
    });
    const fast = follow(db.store, (soFar) => numbersOf(soFar).length === total);
    for (let n = 0; n < total; n += 100) await db.store.append(freshStream(), someEvents(100, n), 'no-stream');
    expect(numbersOf(await fast)).toHaveLength(total);
    goOn();
    expect(numbersOf(await slow)).toEqual(Array.from({ length: total }, (_, n) => n));
    expect(db.double.subscriptions).toBe(1);
  });

  it('leaves nothing open on the server: after abort, after break, after reads', async () => {
    const stream = freshStream();
    await db.store.append(stream, someEvents(600), 'no-stream');
    await follow(db.store, (soFar) => soFar.some((batch) => batch.caughtUp));
    for await (const batch of db.store.subscribe('start', { batchSize: 5, signal: new AbortController().signal })) {
      if (batch.events.length > 0) break;
    }
    for (let n = 0; n < 20; n += 1) await db.store.readStream(stream, n * 10);
    await waitFor(() => db.double.openReads === 0, 'all reads to be closed on the server');
  });
});

describe('The log in EventStoreDB', () => {
  it('has one identity even when several processes start on it at the same time, and shows it to nobody', async () => {
    const stores = [db.store, db.openStore(db.double.url), db.openStore(db.double.url)];
    const identities = await Promise.all(stores.map((one) => one.identity()));
    expect(new Set(identities).size).toBe(1);
    expect(await db.store.head()).toBe('start');
    const batches = await follow(db.store, (soFar) => soFar.some((batch) => batch.caughtUp));
    expect(batches.flatMap((batch) => batch.events)).toEqual([]);
  });

  it('has the newest event of ours as its head, past anything the server wrote after it', async () => {
    expect(await db.store.head()).toBe('start');
    const { position } = await db.store.append(freshStream(), someEvents(2), 'no-stream');
    for (let n = 0; n < 200; n += 1) db.double.log.appendSystemEvent();
    expect(await db.store.head()).toBe(position);
  });

  it('is refused when another program writes into it', async () => {
    const stream = freshStream();
    const other = connect(db.double.url);
    const foreign = jsonEvent({ type: 'SomethingElse', data: { a: 1 } });
    await other.appendToStream(stream, [foreign], { expectedRevision: NO_STREAM });
    await other.dispose();
    await expect(db.store.readStream(stream)).rejects.toThrow(/was not written by this service/);
    await expect(follow(db.store, () => false)).rejects.toThrow(/but not streams of these names/);
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
      new EventStoreDbStore(url, { streams: TEST_STREAMS });
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('EVENTSTORE_URL');
    expect(message).toContain(named);
    expect(message).not.toContain('s3cret');
  });
});
