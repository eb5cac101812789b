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
import type { Readable } from 'node:stream';
import { cellOf, type ImportRow } from './cells.js';
import { columnsFound, fitMapping, namedOnce, REASON_COLUMN, undecidedColumns } from './columns.js';
import { ColumnDecimals } from './decimals.js';
import { ORDER_FIELDS, type ImportMapping, type NumberField } from './fields.js';
import { openCsv } from './upload-csv.js';
import { linesOf, UnreadableTextError, UnreadableUploadError } from './upload-text.js';

/** `rows`: flat rows to be mapped (CSV, or NDJSON with a mapping). `orders`: NDJSON, a whole order a line. */
export type UploadKind = { readonly charset?: string | undefined } & (
  { readonly format: 'csv' | 'ndjson'; readonly mapping: ImportMapping } | { readonly format: 'ndjson'; readonly mapping: null }
);

/** What stands between two line breaks: the cells of a row, or whatever JSON it was. */
type UploadRecord = { readonly number: number; readonly value: unknown; readonly fault?: string };
/** With the order it belongs to, which may be said on a row before. */
export type OrderRecord = UploadRecord & { readonly orderId: string };

/** An upload that was read to its end. */
export type SpooledUpload = {
  readonly rows: number;
  /** Of a CSV file: its columns, each name once, and what parts them. */
  readonly columns: readonly string[] | null;
  readonly separator: string;
  /** Fitted to the columns, with every decimal sign decided; null: the records are whole orders. */
  readonly mapping: ImportMapping | null;
  /** What was decided for the file as a whole. */
  readonly notes: readonly string[];
  /** The files it was written to. */
  readonly parts: readonly string[];
};

const PARTS = 64;
/** Characters a part keeps in memory before it writes them. */
const PIECE = 128 * 1024;

/**
 * Reads the upload to its end and hands it to `use`; what is spooled in `spoolDir` (an existing folder) is removed when
 * that ends, however it ends.
 * @throws UnreadableUploadError, UploadTooLargeError before `use` is called
 */
export async function* withSpool<Result>(
  upload: Readable,
  kind: UploadKind,
  spoolDir: string,
  use: (spooled: SpooledUpload) => AsyncGenerator<Result>,
): AsyncGenerator<Result> {
  const folder = await mkdtemp(join(spoolDir, 'upload-'));
  try {
    yield* use(await spool(upload, kind, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The records in groups of one order each, in file order within the group. */
export async function* recordsByOrder({ parts }: SpooledUpload): AsyncGenerator<readonly OrderRecord[]> {
  for (const part of parts) {
    const groups = new Map<string, OrderRecord[]>();
    for await (const line of createInterface({ input: createReadStream(part) })) {
      const record = JSON.parse(line) as OrderRecord;
      const group = groups.get(record.orderId);
      if (group === undefined) groups.set(record.orderId, [record]);
      else group.push(record);
    }
    yield* groups.values();
  }
}

async function spool(upload: Readable, kind: UploadKind, folder: string): Promise<SpooledUpload> {
  const parts = Array.from({ length: PARTS }, (_, index) => new Part(join(folder, `${index}.ndjson`)));
  const file = await openUpload(upload, kind);
  let rows = 0;
  for await (const record of file.records) {
    rows = record.number;
    const orderId = file.see(record);
    const part = parts[createHash('sha1').update(orderId).digest().readUInt8(0) % PARTS];
    await part?.add(`${JSON.stringify({ orderId, ...record })}\n`);
  }
  const used = parts.filter((part) => part.isUsed);
  for (const part of used) await part.flush();
  return { rows, columns: file.columns, separator: file.separator, ...file.decided(), parts: used.map((part) => part.file) };
}

/** An upload whose header was read. */
type OpenUpload = {
  readonly columns: readonly string[] | null;
  readonly separator: string;
  readonly records: AsyncIterable<UploadRecord>;
  /** Takes note of a record, and says which order it belongs to. */
  readonly see: (record: UploadRecord) => string;
  /** @throws UnreadableUploadError where numbers could be read in two ways */
  readonly decided: () => Pick<SpooledUpload, 'mapping' | 'notes'>;
};

async function openUpload(upload: Readable, kind: UploadKind): Promise<OpenUpload> {
  const lines = linesOf(upload, kind.charset);
  if (kind.mapping === null) {
    const see = ({ value }: UploadRecord): string =>
      isObject(value) && typeof value['orderId'] === 'string' ? value['orderId'].trim() : '';
    return { columns: null, separator: ',', records: jsonRecords(lines), see, decided: () => ({ mapping: null, notes: [] }) };
  }
  return kind.format === 'csv' ? openCsvUpload(lines, kind.mapping) : openRows(lines, kind.mapping);
}

async function openCsvUpload(lines: AsyncGenerator<string>, mapping: ImportMapping): Promise<OpenUpload> {
  const opened = await openCsv(lines, (names) => columnsFound(names, mapping)).catch((error: unknown) => {
    throw error instanceof UnreadableTextError ? new UnreadableUploadError(`The header ${error.message}`) : error;
  });
  // A file without a line is one without orders.
  if (opened === undefined)
    return { columns: [], separator: ',', records: nothing(), see: () => '', decided: () => ({ mapping, notes: [] }) };
  const { names, separator } = opened.header;
  const columns = namedOnce(names);
  const read = reader(fitted(names, mapping), columns);
  async function* records(): AsyncGenerator<UploadRecord> {
    let last = 0;
    try {
      for await (const { number, cells, ...fault } of opened?.rows ?? []) {
        last = number;
        // A row of nothing but separators is what spreadsheets leave below a table.
        if (cells.some((cell) => cell.trim() !== '')) yield { number, value: cells, ...fault };
      }
    } catch (error) {
      throw error instanceof UnreadableTextError ? new UnreadableUploadError(`Row ${last + 1} ${error.message}`) : error;
    }
  }
  return { columns, separator, records: records(), ...read };
}

async function* nothing(): AsyncGenerator<never> {}

async function openRows(lines: AsyncGenerator<string>, mapping: ImportMapping): Promise<OpenUpload> {
  const records = jsonRecords(lines);
  const first = await records.next();
  const names = first.done === true ? [] : Object.keys(rowOf(first.value, null).cells);
  const known = first.done === true ? mapping : fitted(names, mapping);
  // Rows need not have the same members: what the first one left out goes by the names of the mapping.
  const columns = Object.fromEntries(
    Object.entries(mapping.columns).map(([field, wanted]) => [
      field,
      [...(known.columns[field as keyof typeof known.columns] ?? []), ...wanted],
    ]),
  );
  async function* all(): AsyncGenerator<UploadRecord> {
    if (first.done !== true) yield first.value;
    yield* records;
  }
  return { columns: null, separator: ',', records: all(), ...reader({ ...known, columns }, null) };
}

/** @throws UnreadableUploadError one clear refusal instead of the same error for every row */
function fitted(names: readonly string[], mapping: ImportMapping): ImportMapping {
  const fit = fitMapping(names, mapping);
  if ('errors' in fit) throw new UnreadableUploadError(fit.errors.join('. '));
  return fit.mapping;
}

function reader(mapping: ImportMapping, columns: readonly string[] | null): Pick<OpenUpload, 'see' | 'decided'> {
  const undecided = undecidedColumns(mapping);
  const decimals = new ColumnDecimals(undecided);
  const ofOrder = ORDER_FIELDS.filter((field) => mapping.columns[field] !== undefined);
  let last = '';
  return {
    see: (record) => {
      const row = rowOf(record, columns);
      if (record.fault === undefined) for (const field of undecided.keys()) decimals.see(field, record.number, cellOf(row, mapping, field));
      const own = cellOf(row, mapping, 'order_id');
      // Exporters that fill the order's columns on its first row only leave its id out, too.
      if (own !== '' || ofOrder.some((field) => cellOf(row, mapping, field) !== '')) last = own;
      return last;
    },
    decided: () => {
      const read = decimals.decide();
      if ('errors' in read) throw new UnreadableUploadError(read.errors.join(' '));
      const decimal: Partial<Record<NumberField, '.' | ','>> = { ...Object.fromEntries(read.decimals), ...mapping.decimal };
      return { mapping: { ...mapping, decimal }, notes: read.notes };
    },
  };
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

/** A record with the id of its order in it, where only a row before says it. */
export function rowOfOrder(record: OrderRecord, columns: readonly string[] | null, mapping: ImportMapping): ImportRow {
  const row = rowOf(record, columns);
  const [column] = mapping.columns.order_id ?? [];
  return column === undefined || record.orderId === '' || cellOf(row, mapping, 'order_id') !== ''
    ? row
    : { ...row, cells: { ...row.cells, [column]: record.orderId } };
}

/** A record as a row of texts; numbers and flags of a JSON row are taken as they are written. */
export function rowOf({ number, value, fault }: UploadRecord, columns: readonly string[] | null): ImportRow {
  const cells: Record<string, string> = Object.create(null) as Record<string, string>;
  const entries =
    columns === null || !Array.isArray(value)
      ? Object.entries(isObject(value) ? value : {})
      : columns.map((name, index) => [name, value[index] as unknown] as const);
  for (const [name, cell] of entries) {
    const text = name === REASON_COLUMN ? undefined : textOf(cell);
    if (text !== undefined) cells[name] = text;
  }
  return { number, cells, ...(fault === undefined ? {} : { fault }) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** JSON knows only the decimal point: with a fourth digit nobody takes `1.234` for a thousand. */
const numberText = (number: number): string => (/^-?\d+\.\d{3}$/.test(String(number)) ? `${number}0` : String(number));
const textOf = (cell: unknown): string | undefined =>
  typeof cell === 'string' ? cell : typeof cell === 'number' ? numberText(cell) : typeof cell === 'boolean' ? String(cell) : undefined;

async function* jsonRecords(lines: AsyncIterable<string>): AsyncGenerator<UploadRecord> {
  let number = 0;
  try {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      number += 1;
      yield { number, value: parsed(line, number) };
    }
  } catch (error) {
    throw error instanceof UnreadableTextError ? new UnreadableUploadError(`Line ${number + 1} ${error.message}`) : error;
  }
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UnreadableUploadError(`Line ${number} is not valid JSON`);
  }
}
