/**
 * A file of orders on its way in: read as a stream, never held as a whole. Rows of one order may stand anywhere in the
 * file, so it is first spooled to disk in parts by order number, then read back part by part; memory holds one part.
 * Nothing is imported before the whole upload was readable.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline, Transform, type Readable, type TransformCallback } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { IMPORT_FIELDS, type ImportField, type ImportMapping } from './import-mapping.js';
import type { ImportRow } from './order-import.js';

/** `rows`: flat rows to be mapped (CSV, or NDJSON with a mapping). `orders`: NDJSON, a whole order a line. */
export type UploadKind = { readonly format: 'csv' | 'ndjson'; readonly mapping: ImportMapping } | { readonly format: 'ndjson'; readonly mapping: null };

/** The upload cannot be read from here on; nothing of it was imported. */
export class UnreadableUploadError extends Error {
  override readonly name = 'UnreadableUploadError';
}
export class UploadTooLargeError extends Error {
  override readonly name = 'UploadTooLargeError';
}

/** What stands between two line breaks: a flat row, a whole order, or neither. */
export type UploadRecord = { readonly number: number; readonly value: unknown };

const MOST_BYTES = 2 * 1024 ** 3;
const MOST_BYTES_A_RECORD = 1024 ** 2;
const PARTS = 64;
/** Characters a part keeps in memory before it writes them. */
const PIECE = 128 * 1024;
/** Without them no row can become an order line. */
const NEEDED: readonly ImportField[] = ['order_id', 'placed_at', 'currency', 'line_id', 'sku', 'quantity', 'paid'];

/**
 * The records of the upload in groups of one order each (in file order within the group).
 * @param spoolDir an existing folder; what is spooled there is removed at the end, however it ends
 * @throws UnreadableUploadError, UploadTooLargeError before the first group comes out
 */
export async function* recordsByOrder(upload: Readable, kind: UploadKind, spoolDir: string): AsyncGenerator<{ readonly orderId: string; readonly records: readonly UploadRecord[] }> {
  const folder = await mkdtemp(join(spoolDir, 'upload-'));
  try {
    const parts = await spool(upload, kind, folder);
    for (const part of parts) {
      const groups = new Map<string, UploadRecord[]>();
      for await (const line of createInterface({ input: createReadStream(part) })) {
        const { orderId, ...record } = JSON.parse(line) as UploadRecord & { orderId: string };
        const group = groups.get(orderId);
        if (group === undefined) groups.set(orderId, [record]);
        else group.push(record);
      }
      for (const [orderId, records] of groups) yield { orderId, records };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the parts that hold something */
async function spool(upload: Readable, kind: UploadKind, folder: string): Promise<readonly string[]> {
  const parts = Array.from({ length: PARTS }, (_, index) => new Part(join(folder, `${index}.ndjson`)));
  for await (const record of recordsOf(upload, kind)) {
    const orderId = orderIdOf(record, kind);
    const part = parts[createHash('sha1').update(orderId).digest().readUInt8(0) % PARTS];
    await part?.add(`${JSON.stringify({ orderId, ...record })}\n`);
  }
  const used = parts.filter((part) => part.isUsed);
  for (const part of used) await part.flush();
  return used.map((part) => part.file);
}

/** One part of the spooled upload: a file that is written in large pieces. */
class Part {
  #waiting: string[] = [];
  #characters = 0;
  isUsed = false;

  constructor(readonly file: string) {}

  async add(line: string): Promise<void> {
    this.isUsed = true;
    this.#waiting.push(line);
    this.#characters += line.length;
    if (this.#characters > PIECE) await this.flush();
  }

  async flush(): Promise<void> {
    const piece = this.#waiting.join('');
    this.#waiting = [];
    this.#characters = 0;
    await appendFile(this.file, piece, { mode: 0o600 });
  }
}

function orderIdOf({ value }: UploadRecord, kind: UploadKind): string {
  const column = kind.mapping === null ? 'orderId' : kind.mapping.columns.order_id;
  const orderId = isObject(value) && column !== undefined && Object.hasOwn(value, column) ? value[column] : undefined;
  return textOf(orderId)?.trim() ?? '';
}

/** A record as a row of texts; numbers and flags of a JSON row are taken as they are written. */
export const rowOf = ({ number, value }: UploadRecord): ImportRow => ({ number, cells: cellsOf(value) });

function cellsOf(value: unknown): Readonly<Record<string, string>> {
  const cells: Record<string, string> = Object.create(null) as Record<string, string>;
  if (!isObject(value)) return cells;
  for (const name of Object.keys(value)) {
    const text = textOf(value[name]);
    if (text !== undefined) cells[name] = text;
  }
  return cells;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const textOf = (cell: unknown): string | undefined =>
  typeof cell === 'string' ? cell : typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : undefined;

function recordsOf(upload: Readable, kind: UploadKind): AsyncGenerator<UploadRecord> {
  return kind.format === 'csv' ? csvRecords(upload, kind.mapping) : jsonRecords(upload, kind.mapping);
}

/** The error reaches whoever reads the last stream of the pipeline. */
const toldByTheLastStream = (): void => undefined;

async function* csvRecords(upload: Readable, mapping: ImportMapping): AsyncGenerator<UploadRecord> {
  const columns = (header: string[]): string[] => {
    assertColumns(header, mapping);
    return header;
  };
  const parser = parse({ columns, bom: true, trim: true, skip_empty_lines: true, max_record_size: MOST_BYTES_A_RECORD });
  pipeline(upload, new CheckedText(), parser, toldByTheLastStream);
  let number = 0;
  try {
    for await (const value of parser as AsyncIterable<unknown>) yield { number: (number += 1), value };
  } catch (error) {
    throw error instanceof CsvError ? new UnreadableUploadError(`The CSV cannot be read after row ${number}: ${error.code}`) : error;
  }
}

async function* jsonRecords(upload: Readable, mapping: ImportMapping | null): AsyncGenerator<UploadRecord> {
  let number = 0;
  for await (const line of linesOf(pipeline(upload, new CheckedText(), toldByTheLastStream))) {
    if (line.trim() === '') continue;
    number += 1;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new UnreadableUploadError(`Line ${number} is not valid JSON`);
    }
    if (number === 1 && mapping !== null) assertColumns(Object.keys(cellsOf(value)), mapping);
    yield { number, value };
  }
}

/** Unlike `readline` it refuses a line without end instead of collecting it. */
async function* linesOf(source: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of source.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_BYTES_A_RECORD) throw new UnreadableUploadError(`A line is longer than ${MOST_BYTES_A_RECORD} characters`);
    yield* lines;
  }
  yield rest;
}

/** One clear refusal instead of the same error for every row. */
function assertColumns(header: readonly string[], mapping: ImportMapping): void {
  const names = new Set(header);
  const isThere = (field: ImportField): boolean => mapping.defaults[field] !== undefined || names.has(mapping.columns[field] ?? '');
  const missing = IMPORT_FIELDS.filter((field) => NEEDED.includes(field) && !isThere(field));
  if (missing.length === 0) return;
  const wanted = missing.map((field) => (mapping.columns[field] === undefined ? `${field} (not mapped)` : `${field} (column "${mapping.columns[field]}")`));
  throw new UnreadableUploadError(`The file lacks ${wanted.join(', ')}`);
}

/** Passes bytes on as long as they are UTF-8 and not too many. */
class CheckedText extends Transform {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MOST_BYTES) callback(new UploadTooLargeError(`An upload may have ${MOST_BYTES} bytes; split the file`));
    else callback(this.#fault(chunk), chunk);
  }

  override _flush(callback: TransformCallback): void {
    callback(this.#fault(undefined));
  }

  #fault(chunk: Buffer | undefined): UnreadableUploadError | null {
    try {
      this.#decoder.decode(chunk, { stream: chunk !== undefined });
      return null;
    } catch {
      return new UnreadableUploadError('The upload is not valid UTF-8');
    }
  }
}
