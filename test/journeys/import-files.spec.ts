/** Files of orders as spreadsheets and shops really write them, sent to the import. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import type { ImportResult } from '../../src/orders/import/order-import.commands.js';
import { ADMIN_KEY } from '../support/app.js';
import { removeCompiledService, runCli } from '../support/service-process.js';
import { waitFor } from '../support/wait-for.js';
import { ok, orderBody, refusal, returnBody, Shop } from './shop-front.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

type Upload = { readonly type?: string; readonly mapping?: unknown; readonly dryRun?: boolean; readonly accept?: string };
async function send(body: string | Uint8Array, { type = 'text/csv', mapping, dryRun, accept }: Upload = {}): Promise<Response> {
  const query = new URLSearchParams();
  if (mapping !== undefined) query.set('mapping', typeof mapping === 'string' ? mapping : JSON.stringify(mapping));
  if (dryRun !== undefined) query.set('dryRun', String(dryRun));
  return fetch(`${shop.app.url}/v1/orders/import?${query.toString()}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type, ...(accept === undefined ? {} : { accept }) },
  });
}
async function imported(body: string | Uint8Array, upload: Upload = {}): Promise<readonly ImportResult[]> {
  const response = await send(body, upload);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  const results = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ImportResult);
  return results.sort((a, b) => (a.rows[0] ?? 0) - (b.rows[0] ?? 0));
}
const statuses = async (body: string | Uint8Array, upload: Upload = {}): Promise<readonly (readonly [string | null, string])[]> =>
  (await imported(body, upload)).map(({ orderId, status }) => [orderId, status]);
async function refused(body: string | Uint8Array, upload: Upload = {}): Promise<string> {
  const response = await send(body, upload);
  const { code, detail } = (await response.json()) as { readonly code: string; readonly detail: string };
  expect([response.status, code]).toEqual([400, 'validation_failed']);
  return detail;
}

const HEADER = ['order_id', 'placed_at', 'currency', 'line_id', 'sku', 'title', 'quantity', 'paid', 'customer_name'];
const file = (separator: string, ...rows: readonly (readonly string[])[]): string =>
  [HEADER, ...rows].map((row) => row.join(separator)).join('\r\n');
const row = (
  orderId: string,
  over: Partial<Record<'line' | 'title' | 'quantity' | 'paid' | 'name' | 'placed', string>> = {},
): readonly string[] => {
  const { line = '1', title = 'Mug', quantity = '1', paid = '10.00', name = 'Ada Example', placed = '2026-03-01' } = over;
  return [orderId, placed, 'EUR', line, 'MUG', title, quantity, paid, name];
};
const titleOf = async (orderId: string): Promise<unknown> => (await shop.lookAtOrder(orderId)).lines[0]?.title;

describe('The bytes of a file', () => {
  it.each([[';'], ['\t'], ['|'], [',']])('are parted by %p without being told', async (separator) => {
    const orderId = `SEP-${separator.charCodeAt(0)}`;
    expect(await statuses(file(separator, row(orderId)))).toEqual([[orderId, 'registered']]);
  });

  it('may say their separator in a first line, as Excel does', async () => {
    expect(await statuses(`sep=;\r\n${file(';', row('SEP-said', { title: 'Mug, white' }))}`)).toEqual([['SEP-said', 'registered']]);
    expect(await titleOf('SEP-said')).toBe('Mug, white');
  });

  it.each<[string, string, string]>([
    ['UTF-8 with a byte order mark', 'utf8', ''],
    ['UTF-16, little end first', 'utf16le', ''],
    ['UTF-16, big end first', 'utf16be', ''],
    ['Windows-1252, as said', 'windows-1252', '; charset=windows-1252'],
    ['old Mac Roman, as said', 'macintosh', '; charset="macintosh"'],
  ])('may be %s', async (name, charset, said) => {
    const orderId = `CS-${charset}`;
    const bytes = iconv.encode(file(';', row(orderId, { title: 'Tasse Größe für 5', name: 'Jörg Beispiel' })), charset, {
      addBOM: said === '',
    });
    expect([name, await statuses(bytes, { type: `text/csv${said}` })]).toEqual([name, [[orderId, 'registered']]]);
    expect(await titleOf(orderId)).toBe('Tasse Größe für 5');
  });

  it('that are no UTF-8 are refused with the first bad row and the way out, and nothing is imported', async () => {
    const bytes = iconv.encode(file(';', row('U-1'), row('U-2', { name: 'Jörg' }), row('U-3', { name: 'Zoë' })), 'windows-1252');
    const detail = await refused(bytes);
    expect(detail).toMatch(/^Row 2 is not UTF-8\. .*Excel: "CSV UTF-8".*charset=windows-1252/);
    expect(await refusal(shop.call('GET', '/v1/orders/U-1'))).toEqual([404, 'not_found']);
    expect(await refused(file(';', row('U-1')), { type: 'text/csv; charset=klingon' })).toMatch(/no character set "klingon"/);
    expect(await refused(iconv.encode(file(';', row('U-1')), 'utf16le'))).toMatch(/looks like UTF-16/);
  });

  it('may end their lines as old Macs do', async () => {
    expect(await statuses(file(';', row('MAC-1'), row('MAC-2')).replaceAll('\r\n', '\r'))).toEqual([
      ['MAC-1', 'registered'],
      ['MAC-2', 'registered'],
    ]);
  });
});

describe('The header of a file', () => {
  it('is matched without regard to case and blanks, and `_` for a blank', async () => {
    const header = [' Order ID ', 'PLACED_AT', 'Currency', 'Line\u00a0ID', 'Sku', 'Title', 'quantity', 'Paid', 'Customer Name'];
    expect(await statuses([header, row('HEAD-1')].map((each) => each.join(',')).join('\n'))).toEqual([['HEAD-1', 'registered']]);
    expect((await shop.lookAtOrder('HEAD-1')).lines[0]).toMatchObject({ lineId: '1', title: 'Mug' });
  });

  it('is refused when two columns fit, and when one is missing', async () => {
    expect(await refused('order_id,placed_at,currency,line_id,sku,quantity,Paid ,PAID\n')).toBe(
      'The file has 2 columns called "paid"; rename the ones that do not hold paid',
    );
    expect(await refused('order_id,placed_at,currency,line_id,sku,quantity\n')).toBe(
      'The file lacks paid (column "paid") or unit_price (column "unit_price")',
    );
    expect(await imported('')).toEqual([]);
  });
});

describe('Numbers of a file', () => {
  const paidOf = async (orderId: string): Promise<unknown> => (await shop.lookAtOrder(orderId)).payments[0]?.capturedMinor;

  it('have the decimal sign of their whole column, and the results say so', async () => {
    const results = await imported(
      file(';', row('DEC-1', { paid: '1.234,50 €' }), row('DEC-2', { paid: '1.234' }), row('DEC-3', { paid: '12,5' })),
    );
    expect(results.map(({ status, notes }) => [status, notes])).toEqual(
      Array.from({ length: 3 }, () => ['registered', ['The column "paid" is read with decimal commas, as in row 1.']]),
    );
    expect([await paidOf('DEC-1'), await paidOf('DEC-2'), await paidOf('DEC-3')]).toEqual([123450, 123400, 1250]);
    expect((await imported(file(';', row('DEC-4', { paid: '1,234' }), row('DEC-5', { paid: '12.50' }))))[0]).toMatchObject({
      notes: ['The column "paid" is read with decimal points, as in row 2.'],
    });
    expect(await paidOf('DEC-4')).toBe(123400);
  });

  it('are refused with what to set when a column cannot be decided', async () => {
    const undecided = file(';', row('DEC-6', { paid: '1,234' }), row('DEC-7', { paid: '10' }));
    expect(await refused(undecided)).toBe(
      'The column "paid" can be read in two ways: "1,234" (row 1) is a thousand times more in one of them. Say "decimal": {"paid": ","} or "." in the mapping.',
    );
    expect(await refused(file(';', row('DEC-6', { paid: '1,50' }), row('DEC-7', { paid: '1.50' })))).toMatch(
      /^The column "paid" has decimal commas \("1,50", row 1\) and decimal points \("1.50", row 2\)/,
    );
    expect(await statuses(undecided, { mapping: { base: 'generic', decimal: { paid: ',' } } })).toEqual([
      ['DEC-6', 'registered'],
      ['DEC-7', 'registered'],
    ]);
    expect([await paidOf('DEC-6'), await paidOf('DEC-7')]).toEqual([123, 1000]);
  });

  it('of pieces are whole: 2.0000 is 2, 1.5 is refused with its row', async () => {
    const results = await imported(file(';', row('PCS-1', { quantity: '2.0000' }), row('PCS-2', { quantity: '1.5' })));
    expect(results.map(({ status, detail }) => [status, detail])).toEqual([
      ['registered', undefined],
      ['failed', 'row 2: quantity "1.5" is not a whole number'],
    ]);
    expect((await shop.lookAtOrder('PCS-1')).lines[0]?.quantity).toBe(2);
  });

  it('in JSON rows have a point, whatever they look like', async () => {
    const json = JSON.stringify({
      order_id: 'JN-1',
      placed_at: '2026-03-01',
      currency: 'EUR',
      line_id: 1,
      sku: 'MUG',
      quantity: 1,
      paid: 1.234,
    });
    expect(await statuses(json, { type: 'application/x-ndjson', mapping: 'generic' })).toEqual([['JN-1', 'registered']]);
    expect(await paidOf('JN-1')).toBe(123);
  });
});

describe('A row that is not as it should be', () => {
  it('has a quote inside: it is a sign like any other', async () => {
    const rows = [
      row('Q-1', { title: '24" Monitor' }),
      row('Q-2', { title: '"24"" Monitor"' }),
      row('Q-3', { title: '"24" Monitor"' }),
      row('Q-4', { title: '"24 Monitor' }),
      row('Q-5', { title: '"two\r\nlines"' }),
    ];
    expect((await statuses(file(',', ...rows))).map(([, status]) => status)).toEqual([
      'registered',
      'registered',
      'registered',
      'registered',
      'registered',
    ]);
    expect(await Promise.all([1, 2, 3, 4, 5].map((n) => titleOf(`Q-${n}`)))).toEqual([
      '24" Monitor',
      '24" Monitor',
      '24" Monitor',
      '"24 Monitor',
      'two lines',
    ]);
  });

  it('is told by its number in words, with its whole order, and the others go on', async () => {
    const results = await imported(
      file(
        ',',
        row('BAD-1', { title: '"Mug, blue' }),
        row('BAD-2', { title: 'Mug, red' }),
        row('BAD-2', { line: '2' }),
        row('BAD-3').slice(0, 4),
        row('BAD-4'),
      ),
    );
    expect(results.map(({ orderId, rows, status, detail }) => [orderId, rows, status, detail])).toEqual([
      ['BAD-1', [1], 'failed', 'row 1: a quote (") opens a cell that is never closed'],
      ['BAD-2', [2, 3], 'failed', 'row 2 has 10 cells, the header 9; a cell with a "," in it needs quotes'],
      ['BAD-3', [4], 'failed', 'row 4 has 4 cells, the header 9; a cell with a "," in it needs quotes'],
      ['BAD-4', [5], 'registered', undefined],
    ]);
  });

  it('is one of nothing but separators, or ends with separators of columns that are gone: nothing is wrong', async () => {
    expect(await statuses(`${file(';', row('TAIL-1'))};;\r\n;;;;;;;;\r\n`)).toEqual([['TAIL-1', 'registered']]);
  });

  it('comes back as a file that can be mended and sent again', async () => {
    const sent = file(
      ';',
      row('REF-1', { paid: '12,50' }),
      row('REF-2', { paid: '7,50', title: '=cmd' }),
      row('REF-2', { line: '2', paid: 'soon' }),
      row('REF-3', { paid: '1,5', quantity: '0,5' }),
    );
    const response = await send(sent, { accept: 'text/csv' });
    expect([response.headers.get('content-type'), response.headers.get('x-import-rows')]).toEqual(['text/csv; charset=utf-8', '4']);
    const csv = await response.text();
    const lines = csv.trimEnd().split('\r\n');
    expect([lines[0], lines.slice(1).toSorted()]).toEqual([
      'order_id;placed_at;currency;line_id;sku;title;quantity;paid;customer_name;refused_because',
      [
        `REF-2;2026-03-01;EUR;1;MUG;'=cmd;1;7,50;Ada Example;"row 3: paid ""soon"" is not an amount"`,
        `REF-2;2026-03-01;EUR;2;MUG;Mug;1;soon;Ada Example;"row 3: paid ""soon"" is not an amount"`,
        `REF-3;2026-03-01;EUR;1;MUG;Mug;0,5;1,5;Ada Example;"row 4: quantity ""0,5"" is not a whole number"`,
      ],
    ]);
    expect(
      (await statuses(csv.replace(';soon;', ';2,50;').replace('0,5;', '1;'))).map(([orderId, status]) => `${orderId} ${status}`).toSorted(),
    ).toEqual(['REF-2 registered', 'REF-3 registered']);
    expect(await titleOf('REF-2')).toBe('=cmd');
    expect((await send('{}', { type: 'application/x-ndjson', accept: 'text/csv' })).status).toBe(406);
  });

  it('is an order of its own in NDJSON, and comes back with its line', async () => {
    const [result] = await imported(JSON.stringify({ ...orderBody({ orderId: 'NDR-1' }), lines: [] }), { type: 'application/x-ndjson' });
    const [order] = result?.refused ?? [];
    expect(result).toMatchObject({ status: 'failed', code: 'validation_failed' });
    const mended = { ...(order as object), lines: orderBody().lines, refused_because: result?.detail };
    expect(await statuses(JSON.stringify(mended), { type: 'application/x-ndjson' })).toEqual([['NDR-1', 'registered']]);
  });
});

describe('Two rows that are the same', () => {
  it('count once, and the result says so', async () => {
    const [result] = await imported(file(';', row('TWICE-1'), row('TWICE-1', { line: '2' }), row('TWICE-1')));
    expect(result).toEqual({
      orderId: 'TWICE-1',
      rows: [1, 2, 3],
      status: 'registered',
      lines: 2,
      customer: 'stored',
      notes: ['row 3 is row 1 again and counts once'],
    });
  });

  it('but for the customer are no order', async () => {
    const [result] = await imported(file(';', row('WHO-1'), row('WHO-1', { line: '2', name: 'Bea Example' })));
    expect([result?.status, result?.detail]).toEqual(['failed', 'row 2: customer_name ("customer_name") is not that of row 1']);
  });
});

describe('A dry run', () => {
  it('checks everything, also against what is stored, says what would happen, and writes nothing', async () => {
    await imported(file(';', row('DRY-1', { quantity: '2', paid: '20.00' }), row('DRY-2')));
    await ok(shop.call('POST', '/v1/orders/DRY-1/returns', returnBody({ 1: 1 })), 201);
    const changed = file(
      ';',
      row('DRY-1', { line: 'other' }),
      row('DRY-2', { paid: '11.00' }),
      row('DRY-3'),
      row('DRY-4', { quantity: '0' }),
    );
    const results = await imported(changed, { dryRun: true });
    expect(results.map(({ orderId, status, dryRun, code }) => [orderId, status, dryRun, code])).toEqual([
      ['DRY-1', 'failed', true, 'invalid_state'],
      ['DRY-2', 'amended', true, undefined],
      ['DRY-3', 'registered', true, undefined],
      ['DRY-4', 'failed', true, 'validation_failed'],
    ]);
    expect(await refusal(shop.call('GET', '/v1/orders/DRY-3'))).toEqual([404, 'not_found']);
    expect((await shop.lookAtOrder('DRY-2')).payments[0]?.capturedMinor).toBe(1000);
    expect((await imported(changed)).map(({ status }) => status)).toEqual(['failed', 'amended', 'registered', 'failed']);
  });
});

describe('A file of a shop by name', () => {
  const exported = (name: string): Promise<string> => readFile(new URL(`../fixtures/shop-exports/${name}`, import.meta.url), 'utf8');

  it('is imported as it was exported, and changes nothing when it is sent again', async () => {
    // A shop whose order names have a prefix of their own, without the custom item.
    const csv = (await exported('shopify.csv'))
      .replaceAll('#10', 'SO-10')
      .replace('10.00,,,true,true,pending', '10.00,,ENGRAVE,true,true,pending');
    const results = await imported(csv, { mapping: 'shopify' });
    expect(results.map(({ orderId, rows, status, lines, notes }) => [orderId, rows, status, lines, notes])).toEqual([
      ['SO-1084', [1, 2, 3], 'registered', 3, undefined],
      ['SO-1085', [4, 5], 'registered', 2, undefined],
      ['SO-1086', [6], 'registered', 1, ['€10.00 was refunded by the shop; so much less can come back here']],
      ['SO-1087', [7, 8], 'registered', 2, undefined],
      ['SO-1088', [9], 'registered', 1, ['lines, shipping and taxes come to 24.90 EUR, the total of the file is 26.90']],
    ]);
    expect(await shop.lookAtOrder('SO-1084')).toMatchObject({
      payments: [{ capturedMinor: 5692, provider: 'manual' }],
      lines: [{ returnable: 2 }, { returnable: 1 }, { returnable: 1 }],
    });
    expect(await shop.lookAtOrder('SO-1085')).toMatchObject({
      payments: [{ capturedMinor: 0 }],
      lines: [{ returnable: 0 }, { returnable: 0 }],
    });
    expect(await shop.lookAtOrder('SO-1086')).toMatchObject({ payments: [{ capturedMinor: 2000 }] });
    expect((await imported(csv, { mapping: 'shopify' })).map(({ status }) => status)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
  });

  it('lacks a column that its exporter leaves out: the refusal names it, and the mapping can say it', async () => {
    const csv = (await exported('woocommerce-advanced.csv')).replaceAll(',EUR\n', ',\n').replace(',Currency', ',Note');
    expect(await refused(csv, { mapping: 'woocommerce' })).toBe('The file lacks currency (column "Currency" or "order_currency")');
    expect(await statuses(csv, { mapping: { base: 'woocommerce', defaults: { currency: 'EUR' } } })).toEqual([
      ['5012', 'registered'],
      ['5013', 'registered'],
    ]);
  });

  it('may leave out everything of the order but on its first row, its number too', async () => {
    const csv = (await exported('woocommerce-advanced.csv'))
      .replace(/^501([23])(,,)/gm, '$2')
      .replace(/^5012,/m, '5014,')
      .replace(/^5013,/m, '5015,');
    expect(csv).toMatch(/\n,,.*TOWEL/);
    expect(
      (await imported(csv, { mapping: 'woocommerce' })).map(({ orderId, rows, lines, status }) => [orderId, rows, lines, status]),
    ).toEqual([
      ['5014', [1, 2], 2, 'registered'],
      ['5015', [3], 1, 'registered'],
    ]);
    const [first] = await imported(csv.replaceAll('5014', '5016').replace('16.81', 'free'), { mapping: 'woocommerce' });
    expect([first?.status, first?.detail, first?.refused?.length]).toEqual(['failed', 'row 2: unit_price "free" is not an amount', 2]);
    expect(first?.refused?.[1]).toMatchObject({ 'Order Number': '5016', SKU: 'TOWEL' });
  });

  it('may have been saved by a German spreadsheet', async () => {
    const csv = (await exported('shopify.csv'))
      .split('\n')
      .slice(0, 1)
      .concat((await exported('shopify.csv')).split('\n').filter((line) => line.startsWith('#1088')))
      .join('\n');
    const german = csv
      .replaceAll('#10', 'DE-10')
      .replaceAll(',', ';')
      .replace(/(\d)\.(\d\d)/g, '$1,$2');
    expect((await imported(german, { mapping: 'shopify' })).map(({ orderId, status }) => [orderId, status])).toEqual([
      ['DE-1088', 'registered'],
    ]);
    expect(await shop.lookAtOrder('DE-1088')).toMatchObject({ payments: [{ capturedMinor: 2690 }] });
  });

  it('that tells of our own refunds is no news, of others so much less can come back', async () => {
    const mapping = {
      base: 'generic',
      columns: { refunded: 'refunded' },
      defaults: { payment_provider: 'simulated', payment_reference: 'sim_ok' },
    };
    const csv = (refundedHere: string): string =>
      `order_id,placed_at,currency,line_id,sku,quantity,paid,refunded\nOWN-1,2026-03-01,EUR,1,MUG,3,30.00,${refundedHere}\n`;
    expect(await imported(csv(''), { mapping })).toMatchObject([{ status: 'registered' }]);
    await shop.filed('OWN-1', { 1: 1 });
    await ok(shop.call('POST', '/v1/returns/OWN-1-R1/receipts', { scanId: 's1', station: 'desk', items: [{ lineId: '1', quantity: 1 }] }));
    await waitFor(async () => (await shop.look('OWN-1-R1')).status === 'refunded');
    expect(await imported(csv('10.00'), { mapping })).toEqual([
      { orderId: 'OWN-1', rows: [1], status: 'unchanged', lines: 1, customer: 'none' },
    ]);
    expect(await imported(csv('14.00'), { mapping })).toMatchObject([
      { status: 'amended', notes: ['€4.00 was refunded by the shop; so much less can come back here'] },
    ]);
    expect(await shop.lookAtOrder('OWN-1')).toMatchObject({
      payments: [{ capturedMinor: 2600, refundedMinor: 1000, refundableMinor: 1600 }],
    });
  });
});

describe('On the command line', () => {
  afterAll(removeCompiledService);

  it('a file is read the same way, and what was refused comes back as a file that can be mended and imported', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-import-'));
    try {
      const [name, refusedName] = [join(dataDir, 'orders.csv'), join(dataDir, 'refused.csv')];
      await writeFile(
        name,
        iconv.encode(
          file(';', row('CLI-1', { title: 'Größe', paid: '12,50' }), row('CLI-2', { quantity: '1,5', paid: '7,00' })),
          'windows-1252',
        ),
      );
      const run = (...args: readonly string[]) => runCli(['import', ...args], join(dataDir, 'data'));
      expect(await run(name)).toMatchObject({ code: 1, output: expect.stringMatching(/Row 1 is not UTF-8.*--charset windows-1252/) });
      const first = await run(name, '--charset', 'windows-1252', '--dry-run');
      expect(first).toMatchObject({ code: 1, output: expect.stringMatching(/import rows: 2\/2[^]*1 would be registered/) });
      const real = await run(name, '--charset', 'windows-1252', '--refused', refusedName);
      expect(real.output).toMatch(/CLI-2: row 2: quantity "1,5" is not a whole number[^]*is read with decimal commas[^]*1 registered/);
      const refusedFile = await readFile(refusedName, 'utf8');
      expect(refusedFile).toMatch(/^\uFEFForder_id;placed_at;.*;refused_because\r\nCLI-2;/);
      await writeFile(refusedName, refusedFile.replace(';1,5;', ';2;'));
      expect(await run(refusedName)).toMatchObject({ code: 0, output: expect.stringMatching(/1 registered/) });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});

describe('Any of these uploads', () => {
  it('leaves nothing behind', async () => {
    const folder = join(shop.app.dataDir, 'imports');
    const [own, ...others] = (await readdir(folder, { withFileTypes: true })).filter((each) => each.isDirectory());
    expect(others).toEqual([]);
    expect((await readdir(join(folder, own!.name))).filter((name) => !name.startsWith('lock.sqlite'))).toEqual([]);
  });
});
