/** A process that uses the EventStoreDB store, against a double of its own, and then has nothing left to do. */
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { freshStream, someEvent, someEvents, TEST_STREAMS } from './event-builders.js';
import { EventStoreDbDouble } from './eventstoredb-double/eventstoredb-double.js';
import { waitFor } from './wait-for.js';

const double = await EventStoreDbDouble.start();
const store = new EventStoreDbStore(double.url, { streams: TEST_STREAMS, timeoutMs: 5000 });

async function once(): Promise<string> {
  const stream = freshStream();
  await store.identity();
  await store.append(stream, someEvents(3), 'no-stream');
  await store.readStream(stream);
  for await (const batch of store.subscribe('start', { batchSize: 10, signal: new AbortController().signal })) {
    if (batch.caughtUp) break;
  }
  return 'appended, followed';
}

async function manyLargeAppends(): Promise<string> {
  await store.append(freshStream(), someEvents(1), 'no-stream');
  const appends = Array.from({ length: 100 }, () => ({
    stream: freshStream(),
    events: [someEvent('Large', { text: 'x'.repeat(20_000) })],
  }));
  // A frozen network fills the connection's window, so that appends wait inside the client.
  double.network.freeze();
  const sending = Promise.allSettled(appends.map(({ stream, events }) => store.append(stream, events, 'no-stream')));
  await waitFor(() => double.network.lost > 60_000, 'the window to fill');
  double.network.thaw();
  const settled = await sending;
  let stored = 0;
  for (const { stream, events } of appends) {
    await waitFor(() => store.append(stream, events, 'no-stream').catch(() => false), 'the append to be known');
    stored += double.log.stream(stream).length;
  }
  return `${settled.length} settled, ${stored} stored once`;
}

const many = process.argv[2] === 'many-large-appends';
const done = many ? await manyLargeAppends() : await once();
await store.close();
await double.stop();
console.log(many ? done : `${done}, closed`);
