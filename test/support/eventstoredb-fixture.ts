import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from '@jest/globals';
import {
  StoreUnavailableError,
  UnknownOutcomeError,
  type Appended,
  type EventBatch,
  type EventStore,
  type NewEvent,
  type Position,
} from '../../src/eventing/event-store.js';
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { TEST_STREAMS } from './event-builders.js';
import { EventStoreDbDouble } from './eventstoredb-double/eventstoredb-double.js';

/** For tests in which the server is silent; long enough for a busy machine to make a few calls in. */
export const SHORT_TIMEOUT_MS = 500;

export type EventStoreDbFixture = {
  double: EventStoreDbDouble;
  store: EventStoreDbStore;
  /** Another server, stopped after the test. */
  readonly startDouble: () => Promise<EventStoreDbDouble>;
  /** Another store, closed after the test. */
  readonly openStore: (url: string, timeoutMs?: number) => EventStoreDbStore;
  /** The caller's part of the bargain: the identical batch again until it is known. */
  readonly sendUntilKnown: (stream: string, events: readonly NewEvent[]) => Promise<Appended>;
};

/** A new double and a store on it for each test of the file. */
export function useEventStoreDb(): EventStoreDbFixture {
  const stops: (() => Promise<void>)[] = [];
  const startDouble = async (): Promise<EventStoreDbDouble> => {
    const double = await EventStoreDbDouble.start();
    stops.push(() => double.stop());
    return double;
  };
  const openStore = (url: string, timeoutMs = 20_000): EventStoreDbStore => {
    const store = new EventStoreDbStore(url, { streams: TEST_STREAMS, timeoutMs, retryDelayMs: 10 });
    stops.push(() => store.close());
    return store;
  };
  const sendUntilKnown = async (stream: string, events: readonly NewEvent[]): Promise<Appended> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await fixture.store.append(stream, events, 'no-stream');
      } catch (error) {
        const open = error instanceof UnknownOutcomeError || error instanceof StoreUnavailableError;
        if (!open || attempt === 50) throw error;
      }
    }
  };
  // Filled before each test; a test reads them only then.
  const fixture = { startDouble, openStore, sendUntilKnown } as EventStoreDbFixture;
  beforeEach(async () => {
    fixture.double = await startDouble();
    fixture.store = openStore(fixture.double.url);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
  return fixture;
}

/** Another process that uses the store. */
export async function visit(what: 'once' | 'many-large-appends') {
  const support = (file: string) => fileURLToPath(new URL(`./${file}`, import.meta.url));
  const args = ['--import', support('run-typescript.mjs'), support('eventstoredb-visitor.ts'), what];
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output: Buffer.concat(output).toString() };
}

/** Follows the log until `done`; what it does between batches is the consumer's work. */
export async function follow(
  store: EventStore,
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

/** `data.n` of all events delivered. */
export const numbersOf = (batches: readonly EventBatch[]) => batches.flatMap((batch) => batch.events.map((event) => event.data['n']));
