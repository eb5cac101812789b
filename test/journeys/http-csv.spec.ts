import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { csvAnswer, wantsCsv, type CsvRow } from '../../src/http/csv.js';

const asking = (accept?: string): Parameters<typeof wantsCsv>[0] =>
  ({ headers: accept === undefined ? {} : { accept } }) as Parameters<typeof wantsCsv>[0];

describe('A list as CSV', () => {
  it('is sent to who prefers it to JSON', () => {
    for (const accept of [
      'text/csv',
      'text/csv; q=0.9, */*;q=0.1',
      'TEXT/CSV',
      'application/json;q=0.5, text/csv',
      'text/csv; charset=utf-8',
      'text/csv;header=present;q=0.9, application/json;q=0.8',
      'text/csv;disposition="attachment; filename=data,1.csv"',
    ])
      expect(wantsCsv(asking(accept))).toBe(true);
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/csv;q=0.5', 'text/csv;q=0', 'text/csvx', ''])
      expect(wantsCsv(asking(accept))).toBe(false);
  });

  it('holds no cell that a spreadsheet would run', async () => {
    const rows = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'plain', 'a=b', 'quote"d', 'com,ma', 'Zoë'].map((name) => ({
      name,
      amount: -5,
    }));
    const csv = await text(csvAnswer(['name', 'amount'], rows, 'names').getStream());
    expect(csv.split('\r\n')).toEqual([
      'name,amount',
      "'=1+1,-5",
      "'+1,-5",
      "'-1,-5",
      "'@SUM(A1),-5",
      "'\tx,-5",
      '"\'\rx",-5',
      'plain,-5',
      'a=b,-5',
      '"quote""d",-5',
      '"com,ma",-5',
      'Zoë,-5',
      '',
    ]);
  });

  it('has a header where there is nothing else, and empty cells for what is not known', async () => {
    expect(await text(csvAnswer<CsvRow>(['a', 'b'], [], 'x').getStream())).toBe('a,b\r\n');
    expect(await text(csvAnswer(['a', 'b', 'c'], [{ a: null, b: undefined, c: true }], 'x').getStream())).toBe('a,b,c\r\n,,true\r\n');
  });

  it('is written as it is read, and stops reading when nobody listens any more', async () => {
    let read = 0;
    let stopped = false;
    async function* endless(): AsyncGenerator<CsvRow> {
      try {
        for (;;) yield { n: (read += 1) };
      } finally {
        stopped = true;
      }
    }
    const stream = csvAnswer(['n'], endless(), 'x').getStream();
    await new Promise((resolve) => stream.once('readable', resolve));
    // As much as a stream holds ready: 16 KiB on Node 20, 64 KiB on Node 24.
    expect(read).toBeLessThan(20_000);
    stream.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(true);
  });
});
