import type { EventStore, RecordedEvent } from './event-store.js';

const BATCH = 500;

/**
 * The log as it stands now, or one stream of it, in order.
 * @throws the signal's reason when it is aborted before the end: half a log must not look like a whole one
 */
export async function* wholeLog(store: EventStore, streamId?: string, signal?: AbortSignal): AsyncGenerator<RecordedEvent> {
  if (streamId !== undefined) {
    yield* await store.readStream(streamId);
    return;
  }
  const head = await store.head();
  if (head === 'start') return;
  const stop = new AbortController();
  try {
    const either = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]);
    for await (const { events, upTo } of store.subscribe('start', { batchSize: BATCH, signal: either })) {
      for (const event of events) if (event.position <= head) yield event;
      if (upTo >= head) return;
    }
    signal?.throwIfAborted();
  } finally {
    stop.abort();
  }
}
