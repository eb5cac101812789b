import type { RecordedEvent } from '../../src/eventing/event-store.js';
import { EmbeddedEventStore } from '../../src/eventing/stores/embedded.store.js';

/** Every event of the embedded log in `dataDir`, in order. The service must not be running on it. */
export async function readWholeLog(dataDir: string): Promise<readonly RecordedEvent[]> {
  const store = EmbeddedEventStore.open(dataDir);
  const stop = new AbortController();
  const events: RecordedEvent[] = [];
  try {
    for await (const batch of store.subscribe('start', { batchSize: 1000, signal: stop.signal })) {
      events.push(...batch.events);
      if (batch.caughtUp) break;
    }
  } finally {
    stop.abort();
    await store.close();
  }
  return events;
}
