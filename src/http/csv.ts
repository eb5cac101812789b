/** Lists as CSV for `Accept: text/csv`: streamed, and safe to open in a spreadsheet. */
import { Readable } from 'node:stream';
import { createParamDecorator, StreamableFile, type ExecutionContext } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { FastifyRequest } from 'fastify';
import { prefers } from './accept.js';

/** What a cell holds; the texts of a list stand in one: `a|b`. */
type CsvValue = string | number | boolean | readonly string[] | null | undefined;
export type CsvRow = Readonly<Record<string, CsvValue>>;
/** A field of the row under its own name, or a name and what stands under it. */
export type CsvColumn<Row> =
  | { readonly [Name in keyof Row]-?: Row[Name] extends CsvValue ? Name : never }[keyof Row]
  | readonly [name: string, value: (row: Row) => CsvValue];

/** True when the client prefers CSV to JSON. */
export const wantsCsv = (request: FastifyRequest): boolean => prefers('text/csv', request);

/** `@AsCsv() asCsv: boolean`: whether the client wants CSV. */
export const AsCsv = createParamDecorator((_: unknown, context: ExecutionContext): boolean =>
  wantsCsv(context.switchToHttp().getRequest<FastifyRequest>()),
);

/**
 * Answers `rows` as they come, never all in memory; return it from the controller method.
 * Texts that a spreadsheet would run as a formula get an apostrophe in front (OWASP, "CSV injection").
 * @param name of the file a browser saves, without `.csv`
 * @param delimiter a comma, unless the file goes back to where another one is used
 */
export function csvAnswer<Row>(
  columns: readonly CsvColumn<Row>[],
  rows: AsyncIterable<Row> | Iterable<Row>,
  name: string,
  delimiter = ',',
): StreamableFile {
  const source = Readable.from(cellsOf(columns, rows));
  const csv = stringify({
    header: true,
    delimiter,
    columns: columns.map((column) => String(isNamed(column) ? column[0] : column)),
    escape_formulas: true,
    quoted_match: /[\r\n]/,
    record_delimiter: 'windows',
    cast: { boolean: String },
  });
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return new StreamableFile(source.pipe(csv), { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${name}.csv"` });
}

const isNamed = <Row>(column: CsvColumn<Row>): column is Extract<CsvColumn<Row>, readonly unknown[]> => Array.isArray(column);

async function* cellsOf<Row>(columns: readonly CsvColumn<Row>[], rows: AsyncIterable<Row> | Iterable<Row>) {
  for await (const row of rows)
    yield columns.map((column) => {
      const value = isNamed(column) ? column[1](row) : row[column];
      return Array.isArray(value) ? value.join('|') : value;
    });
}
