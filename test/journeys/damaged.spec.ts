import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openSqlite } from '../../src/eventing/sql/sqlite.js';
import { jpeg, photoForm } from '../support/photos.js';
import { removeCompiledService, runCli, startService } from '../support/service-process.js';
import { waitFor } from '../support/wait-for.js';
import { ok, Shop } from './shop-front.js';

/** Words and a name that may stand in no output. */
const NOTE = 'My sister Jane is allergic to it';

describe('A data folder on which something was damaged', () => {
  let pristine: string;
  let dataDir: string;

  beforeAll(async () => {
    pristine = mkdtempSync(join(tmpdir(), 'backhaul-whole-'));
    const shop = await Shop.open({ DATA_DIR: pristine });
    const orderId = await shop.order();
    const { body, headers } = photoForm(await jpeg());
    const { photoRef } = await ok(shop.call<{ photoRef: string }>('POST', `/v1/orders/${orderId}/photos`, body, headers), 201);
    const lines = [{ lineId: 'shirt', quantity: 1, reason: 'other', note: NOTE, condition: 'opened', photos: [photoRef] }];
    const { returnId } = await shop.filed(orderId, {}, { lines });
    await ok(
      shop.call('POST', `/v1/returns/${returnId}/receipts`, { scanId: 's1', station: 'dock-1', items: [{ lineId: 'shirt', quantity: 1 }] }),
    );
    await waitFor(async () => (await shop.look(returnId)).status === 'refunded', 'the refund');
    await shop.app.caughtUp();
    await shop.close();
  });
  afterAll(async () => {
    rmSync(pristine, { recursive: true });
    await removeCompiledService();
  });
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'backhaul-damaged-'));
    cpSync(pristine, dataDir, { recursive: true });
  });
  afterEach(() => rmSync(dataDir, { recursive: true }));

  function tamper(name: string, sql: string): void {
    const database = openSqlite(join(dataDir, name));
    database.exec(sql);
    database.exec('pragma wal_checkpoint(truncate)');
    database.close();
  }
  async function verified(): Promise<{ code: number | null; output: string }> {
    const found = await runCli(['verify'], dataDir);
    expect(found.output).not.toMatch(/Ada|ada@|Jane|allergic|at .+\.js:\d+/);
    return found;
  }

  it('is told to be whole while it is, with the digest at the end of its log', async () => {
    const { code, output } = await verified();
    expect(output).toMatch(/the log ends at position 0{10}\d+ with digest [\w-]{43}\nno differences/);
    expect(code).toBe(0);
  });

  it('is not started on when a refund is another one than was written, and verify and export name the event', async () => {
    tamper('log.sqlite', `update events set data = replace(data, '"amountMinor":1', '"amountMinor":9') where type = 'RefundSubmitted'`);
    await expect(startService(dataDir)).rejects.toThrow(
      /ended with 1 .+\n?.*The end of the event log is damaged: event \d+ of stream returns-A-1 is not as it was written.+Restore log\.sqlite from a backup/,
    );
    const { code, output } = await verified();
    expect(output).toMatch(/returns-A-1: revision \d+ is not as it was written: its digest is another one/);
    expect(code).toBe(1);
    const exported = await runCli(['export'], dataDir);
    expect(exported.output).toMatch(/returns-A-1: revision \d+ is not as it was written[^]+1 faults/);
    expect(exported.code).toBe(1);
    expect((await runCli(['export', '--stream', 'returns-A-1', '--out', join(dataDir, 'log.ndjson')], dataDir)).code).toBe(1);
    const lines = readFileSync(join(dataDir, 'log.ndjson'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      type: 'OrderRegistered',
      streamId: 'returns-A-1',
      revision: 0,
      digest: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  it.each<readonly [string, string, string, RegExp]>([
    [
      'an event that is no JSON any more',
      'log.sqlite',
      `update events set data = '{' where type = 'ItemReceived'`,
      /returns-A-1: revision \d+ is not as it was written/,
    ],
    [
      'an event of a type nobody knows',
      'log.sqlite',
      `update events set type = 'ItemSwallowed' where type = 'ItemReceived'`,
      /returns-A-1: revision \d+ is not as it was written/,
    ],
    [
      'an order that was taken out of the log',
      'log.sqlite',
      'delete from events where ordinal = 1',
      /comes after a gap: event 1 of the log is missing/,
    ],
    [
      'a log without its end',
      'log.sqlite',
      'delete from events where ordinal > 3',
      /view [\w-]+ cannot be compared: Position \d+ lies beyond the end of the log/,
    ],
    [
      'a customer who is not in the vault',
      'vault.sqlite',
      'delete from contacts',
      /returns-A-1: revision 0: the contact it refers to is not in vault\.sqlite: restore that file/,
    ],
    [
      'a contact that cannot be read',
      'vault.sqlite',
      `update contacts set contact = '{"name":"Ada'`,
      /returns-A-1: revision 0: the contact it refers to/,
    ],
    [
      'a note that is not in the vault',
      'vault.sqlite',
      'delete from texts',
      /returns-A-1: revision 1: a note it refers to is not in vault\.sqlite/,
    ],
    [
      'a photo nobody knows any more',
      'photos/photos.sqlite',
      'delete from photos',
      /returns-A-1: revision 1: a photo it refers to is not in the folder photos/,
    ],
    [
      'a view that was edited',
      'views.sqlite',
      `update refunds_g1_refunds set amount_minor = amount_minor + 1`,
      /A-1-R1: view refunds, table refunds has a row the log does not give/,
    ],
  ])('is told to hold %s', async (_, name, sql, words) => {
    tamper(name, sql);
    const { code, output } = await verified();
    expect(output).toMatch(words);
    expect(code).toBe(1);
  });

  it('is told to lack the file of a photo', async () => {
    const folder = readdirSync(join(dataDir, 'photos')).find((name) => /^[0-9a-f]{2}$/.test(name))!;
    rmSync(join(dataDir, 'photos', folder), { recursive: true });
    expect(await verified()).toMatchObject({
      code: 1,
      output: expect.stringContaining('a photo it refers to is not in the folder photos'),
    });
  });

  it.each([
    'log.sqlite',
    'vault.sqlite',
    'views.sqlite',
    'access.sqlite',
    'signin.sqlite',
    'photos/photos.sqlite',
    'simulated-payments.sqlite',
  ])('is told that %s is damaged, and what to do', async (name) => {
    tamper(name, 'select 1');
    const bytes = readFileSync(join(dataDir, name));
    // The second page, from its header on.
    bytes.fill(0xff, 4096, 4096 + 64);
    writeFileSync(join(dataDir, name), bytes);
    const { code, output } = await verified();
    expect(output).toMatch(
      new RegExp(
        `log: file ${name.replace('.', '\\.')} is damaged \\(.+\\): (restore it from a backup|delete it with the service stopped)`,
      ),
    );
    expect(code).toBe(1);
  });
});

describe('A log of an older release', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'backhaul-older-'));
  });
  afterEach(async () => {
    rmSync(dataDir, { recursive: true });
    await removeCompiledService();
  });

  it('is worked with as it is, told to be without digests, and sealed by one command', async () => {
    const shop = await Shop.open({ DATA_DIR: dataDir });
    await shop.order();
    await shop.app.caughtUp();
    await shop.close();
    const database = openSqlite(join(dataDir, 'log.sqlite'));
    database.exec(`alter table events drop column digest; delete from meta where key <> 'identity'`);
    database.close();
    const later = await Shop.open({ DATA_DIR: dataDir });
    await later.filed('A-1', { mug: 1 });
    await later.app.caughtUp();
    await later.close();
    expect(await runCli(['verify'], dataDir)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/1 events have no digest.+"backhaul seal"/),
    });
    expect(await runCli(['seal'], dataDir)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/1 of \d+ events were given their digest/),
    });
    expect(await runCli(['seal'], dataDir)).toMatchObject({
      code: 0,
      output: expect.stringMatching(/All \d+ events have their digest already/),
    });
    const { code, output } = await runCli(['verify'], dataDir);
    expect(output).not.toContain('no digest');
    expect(code).toBe(0);
    expect(await runCli(['seal'], join(dataDir, 'elsewhere'))).toMatchObject({ code: 1 });
  });
});
