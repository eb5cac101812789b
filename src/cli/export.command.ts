import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openStore } from '../app.module.js';
import { exportedLog, type Exported } from '../eventing/exported-log.js';
import { faultInWords } from '../finance/verify.js';
import { readConfig } from '../shared/config.js';
import { runningService, type ServiceOptions } from './service.js';

type Options = ServiceOptions & { readonly out?: string; readonly stream?: string };

/**
 * `backhaul export`: one event a line, in log order, and what is not as it was written on standard error; exit 1 then.
 * The log holds no personal data, so neither does the file.
 */
export async function exportLog({ out, stream, ...options }: Options): Promise<void> {
  const service = runningService(options);
  if (service !== undefined) {
    return write(service.lines<Exported>('GET', `/v1/export${stream === undefined ? '' : `?stream=${encodeURIComponent(stream)}`}`), out);
  }
  // The log alone: an export must be possible while other files are damaged.
  const store = openStore(readConfig(process.env), { damaged: true });
  try {
    await write(exportedLog(store, stream === undefined ? {} : { streamId: stream }), out);
  } finally {
    await store.close();
  }
}

async function write(log: AsyncIterable<Exported>, out: string | undefined): Promise<void> {
  let events = 0;
  let faults = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const exported of log) {
      if ('fault' in exported) {
        faults += 1;
        process.stderr.write(`${exported.fault.streamId ?? 'log'}: ${faultInWords(exported.fault)}\n`);
      } else {
        events += 1;
        yield `${JSON.stringify(exported)}\n`;
      }
    }
  };
  await pipeline(Readable.from(lines()), out === undefined ? process.stdout : createWriteStream(out), { end: out !== undefined });
  process.stderr.write(`${events} events\n`);
  if (faults > 0) {
    process.stderr.write(`${faults} faults: the log is not as it was written, see "backhaul verify"\n`);
    process.exitCode = 1;
  }
}
