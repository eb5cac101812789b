/** Lists as CSV for `Accept: text/csv`: streamed, and safe to open in a spreadsheet. */
import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { stringify } from 'csv-stringify';
import type { FastifyRequest } from 'fastify';

export type CsvValue = string | number | boolean | null | undefined;
export type CsvRow = Readonly<Record<string, CsvValue>>;

/** True when the client prefers CSV to JSON. */
export function wantsCsv(request: FastifyRequest): boolean {
  const wanted = (type: string): number => {
    for (const part of (request.headers.accept ?? '').toLowerCase().split(',')) {
      const [name, ...parameters] = part.split(';').map((each) => each.trim());
      if (name !== type) continue;
      const quality = parameters.find((each) => each.startsWith('q='))?.slice(2);
      return quality === undefined ? 1 : Number(quality) || 0;
    }
    return 0;
  };
  const csv = wanted('text/csv');
  return csv > 0 && csv >= wanted('application/json');
}

/**
 * Answers `rows` as they come, never all in memory; return it from the controller method.
 * Texts that a spreadsheet would run as a formula get an apostrophe in front (OWASP, "CSV injection").
 * @param columns names of the columns and keys of the rows, in order
 * @param name of the file a browser saves, without `.csv`
 * @param delimiter a comma, unless the file goes back to where another one is used
 */
export function csvAnswer(
  columns: readonly string[],
  rows: AsyncIterable<CsvRow> | Iterable<CsvRow>,
  name: string,
  delimiter = ',',
): StreamableFile {
  const source = Readable.from(rows);
  const csv = stringify({
    header: true,
    delimiter,
    columns: [...columns],
    escape_formulas: true,
    quoted_match: /[\r\n]/,
    record_delimiter: 'windows',
    cast: { boolean: String },
  });
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return new StreamableFile(source.pipe(csv), { type: 'text/csv; charset=utf-8', disposition: `attachment; filename="${name}.csv"` });
}
