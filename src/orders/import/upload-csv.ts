/**
 * CSV as spreadsheets and shops really write it (RFC 4180 and what is made of it), row by row. One bad row is told and the
 * next one read: no parser at hand goes on behind a quote that is never closed, so this one is ours (docs/decisions/096).
 */
import { MOST_CHARACTERS_A_RECORD } from './upload-text.js';

export const SEPARATORS = [',', ';', '\t', '|'] as const;
type Separator = string;

/** A row of the file, or what is wrong with it; `cells` then hold what could be read. Rows count from 1, without the header. */
export type CsvRecord = { readonly number: number; readonly cells: readonly string[]; readonly fault?: string };

/** Cells of one record; `isOpen`: a quoted cell has no end in this text. `isLoose`: a quote stood where none belongs. */
type Split = { readonly cells: string[]; readonly isOpen: boolean; readonly isLoose: boolean };

/**
 * Quotes enclose a cell where it begins with one. Inside, two are one, and one that no separator follows is a sign like
 * any other (`"24" Monitor"`); so is every quote in a cell that begins otherwise (`24" Monitor`).
 */
function splitRecord(text: string, separator: Separator): Split {
  if (!text.includes('"')) return { cells: text.split(separator), isOpen: false, isLoose: false };
  const cells: string[] = [];
  let isLoose = false;
  let at = 0;
  for (;;) {
    const begin = blanksFrom(text, at, separator);
    if (text[begin] !== '"') {
      const end = text.indexOf(separator, at);
      cells.push(text.slice(at, end === -1 ? undefined : end));
      if (end === -1) return { cells, isOpen: false, isLoose };
      at = end + 1;
      continue;
    }
    const quoted = quotedCell(text, begin + 1, separator);
    isLoose ||= quoted.isLoose;
    cells.push(quoted.cell);
    if (quoted.end === undefined) return { cells, isOpen: true, isLoose };
    if (quoted.end >= text.length) return { cells, isOpen: false, isLoose };
    at = quoted.end + 1;
  }
}

/** `end`: where the separator behind the cell stands, or the end of the text; undefined when the cell has none. */
function quotedCell(
  text: string,
  from: number,
  separator: Separator,
): { readonly cell: string; readonly end: number | undefined; readonly isLoose: boolean } {
  let cell = '';
  let isLoose = false;
  let start = from;
  for (let quote = text.indexOf('"', start); quote !== -1; quote = text.indexOf('"', start)) {
    cell += text.slice(start, quote);
    if (text[quote + 1] === '"') {
      cell += '"';
      start = quote + 2;
      continue;
    }
    const next = blanksFrom(text, quote + 1, separator);
    if (next === text.length || text[next] === separator) return { cell, end: next, isLoose };
    isLoose = true;
    cell += '"';
    start = quote + 1;
  }
  return { cell: cell + text.slice(start), end: undefined, isLoose };
}

function blanksFrom(text: string, from: number, separator: Separator): number {
  let at = from;
  while ((text[at] === ' ' || text[at] === '\t') && text[at] !== separator) at += 1;
  return at;
}

const cellsIn = (line: string, separator: Separator): readonly string[] => splitRecord(line, separator).cells;
/** Every quote a sign like any other. */
const literalCells = (line: string, separator: Separator): string[] =>
  line.split(separator).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  );

type CsvHeader = { readonly separator: Separator; readonly names: readonly string[] };

/**
 * @param score how many of the columns wanted are among the names; the separator is the one under which most are found
 * @returns the header and then the rows; undefined for a file without a line
 */
export async function openCsv(
  lines: AsyncIterator<string>,
  score: (names: readonly string[]) => number,
): Promise<{ readonly header: CsvHeader; readonly rows: AsyncGenerator<CsvRecord> } | undefined> {
  const reader = new LineReader(lines);
  let line = await reader.nextFilled();
  const said = line === undefined ? undefined : (/^"?sep=(.)"?$/i.exec(line.trimEnd())?.[1] ?? (/^sep=\t/i.test(line) ? '\t' : undefined));
  if (said !== undefined) line = await reader.nextFilled();
  if (line === undefined) return undefined;
  const separator = said ?? separatorOf(line, score);
  let record = line;
  for (let more = 1; splitRecord(record, separator).isOpen && more < MOST_LINES_A_HEADER; more += 1) {
    const next = await reader.next();
    if (next === undefined) break;
    record += `\n${next}`;
  }
  const names = cellsIn(record, separator).map((name) => name.trim());
  return { header: { separator, names }, rows: rowsOf(reader, separator, names.length) };
}

const MOST_LINES_A_HEADER = 20;

function separatorOf(line: string, score: (names: readonly string[]) => number): Separator {
  const rated = SEPARATORS.map((separator) => {
    const names = cellsIn(line, separator);
    return { separator, found: score(names), cells: names.length };
  });
  return rated.reduce((best, each) => (each.found > best.found || (each.found === best.found && each.cells > best.cells) ? each : best))
    .separator;
}

async function* rowsOf(reader: LineReader, separator: Separator, width: number): AsyncGenerator<CsvRecord> {
  let number = 0;
  for (let line = await reader.next(); line !== undefined; line = await reader.next()) {
    if (line.trim() === '') continue;
    number += 1;
    const read = splitRecord(line, separator);
    const cells = read.isOpen ? await overSeveralLines(reader, line, separator, width) : read.cells;
    if (cells !== undefined) yield rowOf(number, cells, width, separator);
    else {
      const literal = literalCells(line, separator);
      if (literal.length === width) yield { number, cells: literal };
      else
        yield { number, cells: fitted(literal, width, separator), fault: `row ${number}: a quote (") opens a cell that is never closed` };
    }
  }
}

/**
 * A cell may hold line breaks. It is believed when it is quoted properly and its lines are not whole rows by themselves:
 * else a lone quote would swallow rows up to the next one.
 * @returns undefined, and nothing read, when it is none
 */
async function overSeveralLines(
  reader: LineReader,
  line: string,
  separator: Separator,
  width: number,
): Promise<readonly string[] | undefined> {
  let record = line;
  const ahead: string[] = [];
  while (record.length < MOST_CHARACTERS_A_RECORD && ahead.length < MOST_LINES_A_RECORD) {
    const next = await reader.peek(ahead.length);
    if (next === undefined) return undefined;
    ahead.push(next);
    record += `\n${next}`;
    // Only a line with a quote can end the cell; the others need no look.
    if (!next.includes('"')) continue;
    const read = splitRecord(record, separator);
    if (read.isLoose) return undefined;
    if (read.isOpen) continue;
    const areRows = width > 2 && [line, ...ahead].every((each) => each.split(separator).length === width);
    if (read.cells.length !== width || areRows) return undefined;
    reader.skip(ahead.length);
    return read.cells;
  }
  return undefined;
}

const MOST_LINES_A_RECORD = 200;

function rowOf(number: number, cells: readonly string[], width: number, separator: Separator): CsvRecord {
  // Spreadsheets end rows with separators of columns that are not there any more.
  if (cells.length === width || (cells.length > width && cells.slice(width).every((cell) => cell.trim() === '')))
    return { number, cells: cells.slice(0, width) };
  return {
    number,
    cells: fitted(cells, width, separator),
    fault: `row ${number} has ${cells.length} cells, the header ${width}; a cell with a "${separator}" in it needs quotes`,
  };
}

/** So many cells that they stand under the header: what is too much in the last one. */
const fitted = (cells: readonly string[], width: number, separator: Separator): readonly string[] =>
  cells.length <= width
    ? [...cells, ...Array.from({ length: width - cells.length }, () => '')]
    : [...cells.slice(0, width - 1), cells.slice(width - 1).join(separator)];

/** Lines with a look ahead. */
class LineReader {
  readonly #ahead: string[] = [];
  constructor(private readonly lines: AsyncIterator<string>) {}

  async next(): Promise<string | undefined> {
    return this.#ahead.length > 0 ? this.#ahead.shift() : this.#read();
  }

  async nextFilled(): Promise<string | undefined> {
    let line = await this.next();
    while (line !== undefined && line.trim() === '') line = await this.next();
    return line;
  }

  /** The line after `skipped` others, without taking it. */
  async peek(skipped: number): Promise<string | undefined> {
    while (this.#ahead.length <= skipped) {
      const line = await this.#read();
      if (line === undefined) return undefined;
      this.#ahead.push(line);
    }
    return this.#ahead[skipped];
  }

  skip(lines: number): void {
    this.#ahead.splice(0, lines);
  }

  async #read(): Promise<string | undefined> {
    const read = await this.lines.next();
    return read.done === true ? undefined : read.value;
  }
}
