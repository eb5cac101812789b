/** A process that uses the EventStoreDB store once and then has nothing left to do. */
import { EventStoreDbStore } from '../../src/eventing/stores/eventstoredb.store.js';
import { freshStream, someEvents } from './event-builders.js';

const store = new EventStoreDbStore(process.argv[2] ?? '');
const stream = freshStream();
await store.identity();
await store.append(stream, someEvents(3), 'no-stream');
await store.readStream(stream);
for await (const batch of store.subscribe('start', { batchSize: 10, signal: new AbortController().signal })) {
  if (batch.caughtUp) break;
}
await store.close();
console.log('appended, followed, closed');
