import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EventStore, RecordedEvent } from '../eventing/event-store.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { withApp } from './service.js';

const BATCH = 500;

/** `backhaul export`: one event a line, in log order. The log holds no personal data, so neither does the file. */
export async function exportLog({ out, stream }: { readonly out?: string; readonly stream?: string }): Promise<void> {
  const written = await withApp({ role: 'api' }, async (app) => {
    let count = 0;
    const lines = async function* (): AsyncGenerator<string> {
      for await (const event of events(app.get<EventStore>(EVENT_STORE), stream)) {
        count += 1;
        yield `${JSON.stringify(event)}\n`;
      }
    };
    const target = out === undefined ? process.stdout : createWriteStream(out);
    await pipeline(Readable.from(lines()), target, { end: out !== undefined });
    return count;
  });
  process.stderr.write(`${written} events\n`);
}

async function* events(store: EventStore, stream: string | undefined): AsyncGenerator<RecordedEvent> {
  if (stream !== undefined) {
    yield* await store.readStream(stream);
    return;
  }
  const stop = new AbortController();
  try {
    for await (const batch of store.subscribe('start', { batchSize: BATCH, signal: stop.signal })) {
      yield* batch.events;
      if (batch.caughtUp) return;
    }
  } finally {
    stop.abort();
  }
}
