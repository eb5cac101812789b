import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform, type TransformCallback } from 'node:stream';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { REASON_COLUMN } from '../orders/import/columns.js';
import type { ImportResult } from '../orders/import/order-import.commands.js';
import type { ApiClient } from './api-client.js';
import { startProgress } from './progress.js';
import { withService, type ServiceOptions } from './service.js';

type Options = ServiceOptions & {
  readonly mapping?: string;
  readonly charset?: string;
  readonly dryRun?: boolean;
  readonly refused?: string;
  readonly idsAsWritten: boolean;
};

/** `backhaul import FILE`: one line per failed order, what was decided for the file, a summary at the end; exit 1 if any order failed. */
export async function importOrders(file: string, options: Options): Promise<void> {
  const count = await withService(options, (api) => run(api, file, options));
  const summary = [...count].map(([status, orders]) => `${orders} ${options.dryRun === true ? 'would be ' : ''}${status}`).join(', ');
  process.stdout.write(`${summary === '' ? 'no orders' : summary}\n`);
  if (count.has('failed')) process.exitCode = 1;
}

/** @returns orders by what became of them */
async function run(
  api: ApiClient,
  file: string,
  { mapping, charset, dryRun, refused, idsAsWritten }: Options,
): Promise<ReadonlyMap<string, number>> {
  const format = /\.(nd)?jsonl?$/i.test(file) ? 'application/x-ndjson' : 'text/csv';
  const { rows, separator, results } = await api.importOrders(await counted(file), {
    format,
    charset,
    idsAsWritten,
    ...(dryRun === true ? { dryRun } : {}),
    // NDJSON without a mapping holds whole orders.
    ...(mapping !== undefined ? { mapping } : format === 'text/csv' ? { mapping: 'generic' } : {}),
  });
  const progress = startProgress('import rows', rows);
  const sink = refused === undefined ? undefined : new RefusedFile(refused, format === 'text/csv' ? separator : undefined);
  const count = new Map<string, number>();
  const notes = new Set<string>();
  let done = 0;
  for await (const result of results) {
    count.set(result.status, (count.get(result.status) ?? 0) + 1);
    progress.update((done += result.rows.length));
    if (result.status === 'failed') {
      process.stdout.write(`${result.orderId ?? '(no order id)'}: ${reasonOf(result)}\n`);
      sink?.add(result);
    }
    for (const note of result.notes ?? []) notes.add(/^The column/.test(note) ? note : `${result.orderId ?? ''}: ${note}`);
  }
  progress.finish();
  await sink?.close();
  for (const note of notes) process.stdout.write(`${note}\n`);
  return count;
}

/** The file as a stream, with its progress in bytes. */
async function counted(file: string): Promise<Transform> {
  const { size } = await stat(file);
  const progress = startProgress('read bytes', size);
  let read = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback) {
      progress.update((read += chunk.length));
      callback(null, chunk);
    },
    flush(callback: TransformCallback) {
      progress.finish();
      callback();
    },
  });
  return createReadStream(file)
    .on('error', (error) => counter.destroy(error))
    .pipe(counter);
}

const reasonOf = ({ detail = 'failed', errors = [] }: ImportResult): string =>
  [detail, ...errors.map((error) => `${error.pointer} ${error.detail}`)].join('; ');

/** What was refused, as a file of the same kind: to be mended and imported again. */
class RefusedFile {
  readonly #file;
  #hasHeader = false;

  /** @param separator of the CSV; without it the file is NDJSON */
  constructor(
    name: string,
    private readonly separator: string | undefined,
  ) {
    this.#file = createWriteStream(name, { mode: 0o600 });
    // Without the mark a spreadsheet takes the file for one in its own character set.
    if (separator !== undefined) this.#file.write('\uFEFF');
  }

  add(result: ImportResult): void {
    for (const refused of result.refused ?? []) {
      const row = { ...(refused as Readonly<Record<string, unknown>>), [REASON_COLUMN]: reasonOf(result) };
      this.#file.write(this.separator === undefined ? `${JSON.stringify(row)}\n` : this.#line(row, this.separator));
    }
  }

  async close(): Promise<void> {
    this.#file.end();
    await finished(this.#file);
  }

  #line(row: Readonly<Record<string, unknown>>, delimiter: string): string {
    const header = !this.#hasHeader;
    this.#hasHeader = true;
    return stringify([row], { header, delimiter, escape_formulas: true, record_delimiter: 'windows' });
  }
}
