import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { EventStore, RecordedEvent } from '../eventing/event-store.js';
import { wholeLog } from '../eventing/whole-log.js';
import { EVENT_STORE } from '../shared/tokens.js';
import { runningService, withApp, type ServiceOptions } from './service.js';

type Options = ServiceOptions & { readonly out?: string; readonly stream?: string };

/** `backhaul export`: one event a line, in log order. The log holds no personal data, so neither does the file. */
export async function exportLog({ out, stream, ...options }: Options): Promise<void> {
  const service = runningService(options);
  const written = await (service === undefined
    ? withApp({ role: 'api' }, (app) => write(wholeLog(app.get<EventStore>(EVENT_STORE), stream), out))
    : write(service.lines<RecordedEvent>('GET', `/v1/export${stream === undefined ? '' : `?stream=${encodeURIComponent(stream)}`}`), out));
  process.stderr.write(`${written} events\n`);
}

/** @returns how many there were */
async function write(events: AsyncIterable<RecordedEvent>, out: string | undefined): Promise<number> {
  let count = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const event of events) {
      count += 1;
      yield `${JSON.stringify(event)}\n`;
    }
  };
  await pipeline(Readable.from(lines()), out === undefined ? process.stdout : createWriteStream(out), { end: out !== undefined });
  return count;
}
