/** Holds views back while they are built, so that a test sees them half-way. */
import type { EventBatch, EventStore } from '../../src/eventing/event-store.js';
import { waitFor } from './wait-for.js';

/** `isHeld`: builds that read the log from its start get no more than `allowed` events. */
export type Reins = { isHeld: boolean; allowed: number };

/** Lets builds that read the log from its start come only as far as the test wants, event by event. Changes the store. */
export function reins(store: EventStore): Reins {
  const rein: Reins = { isHeld: false, allowed: 0 };
  // What is held goes through the log event by event, and not stream by stream.
  const streams = store.streams?.bind(store);
  Object.defineProperty(store, 'streams', { get: () => (rein.isHeld ? undefined : streams), configurable: true });
  const subscribe = store.subscribe.bind(store);
  store.subscribe = async function* (after, options): AsyncGenerator<EventBatch, void, void> {
    if (after !== 'start' || !rein.isHeld) {
      yield* subscribe(after, options);
      return;
    }
    let given = 0;
    for await (const batch of subscribe(after, { ...options, batchSize: 1 })) {
      await waitFor(() => !rein.isHeld || given < rein.allowed, 'the reins');
      given += 1;
      yield batch;
    }
  };
  return rein;
}
