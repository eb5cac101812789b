/** A process that opens the embedded log in a folder, writes one event to the stream named, and holds on. */
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';
import { someEvent } from './event-builders.js';

const [, , folder = '', stream = ''] = process.argv;
try {
  const store = EmbeddedEventStore.open(folder);
  const { revision } = await store.append(stream, [someEvent('Kept')], 'no-stream');
  console.log(`holding at revision ${revision}`);
  // Collected, it would let go of the folder.
  setInterval(() => void store.head(), 1000);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
