import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openStore } from '../app.module.js';
import { exportedLog } from '../eventing/exported-log.js';
import { faultInWords } from '../finance/verify.js';
import { readConfig } from '../shared/config.js';

/**
 * `backhaul export`: one event a line, in log order, and what is not as it was written on standard error; exit 1 then.
 * The log holds no personal data, so neither does the file.
 */
export async function exportLog({ out, stream }: { readonly out?: string; readonly stream?: string }): Promise<void> {
  // The log alone: an export must be possible while other files are damaged.
  const store = openStore(readConfig(process.env), { damaged: true });
  let events = 0;
  let faults = 0;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const exported of exportedLog(store, stream === undefined ? {} : { streamId: stream })) {
      if ('line' in exported) {
        events += 1;
        yield `${exported.line}\n`;
      } else {
        faults += 1;
        process.stderr.write(`${exported.fault.streamId ?? 'log'}: ${faultInWords(exported.fault)}\n`);
      }
    }
  };
  try {
    const target = out === undefined ? process.stdout : createWriteStream(out);
    await pipeline(Readable.from(lines()), target, { end: out !== undefined });
  } finally {
    await store.close();
  }
  process.stderr.write(`${events} events\n`);
  if (faults > 0) {
    process.stderr.write(`${faults} faults: the log is not as it was written, see "backhaul verify"\n`);
    process.exitCode = 1;
  }
}
