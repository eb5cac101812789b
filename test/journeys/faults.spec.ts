/** Faults of the machine, by real means: a lock that another connection holds, a limit on what a process may write, bytes that are no database. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ContactsStore } from '../../src/contacts/contacts.store.js';
import { openSqlite, type DatabaseSync } from '../../src/eventing/sql/sqlite.js';
import type { ImportResult } from '../../src/orders/import/order-import.commands.js';
import { SpoolFolder } from '../../src/shared/spool-folder.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/app.js';
import { jpeg, photoForm } from '../support/photos.js';
import { removeCompiledService, startService, type ServiceProcess } from '../support/service-process.js';
import { waitFor } from '../support/wait-for.js';
import { orderBody, returnBody } from './shop-front.js';

afterAll(removeCompiledService);

let made = 0;
const newId = (): string => `F-${(made += 1)}`;

/** Something a client asks for again under the same key until it is done. `file`: what of the data folder it writes to. */
type Wish = { readonly what: string; readonly file: string; readonly ask: (url: string) => Promise<Response> };

const send = (
  url: string,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  });

/** An order `F-0`, and returns at any time. */
async function prepared(url: string): Promise<void> {
  expect((await send(url, 'PUT', '/v1/policy', { windowDays: null })).status).toBe(200);
  expect((await send(url, 'PUT', '/v1/orders/F-0', orderBody())).status).toBe(201);
}

/** After {@link prepared}. */
async function wishes(): Promise<readonly Wish[]> {
  const photo = photoForm(await jpeg());
  const key = (): Record<string, string> => ({ 'idempotency-key': newId() });
  const [order, filed, keyOf, uploaded] = [newId(), key(), key(), key()];
  const csv = `order_id,placed_at,currency,line_id,sku,quantity,paid\n${newId()},2026-03-01,EUR,1,A,1,10\n`;
  return [
    { what: 'registering an order', file: 'log.sqlite', ask: (url) => send(url, 'PUT', `/v1/orders/${order}`, orderBody()) },
    {
      what: 'registering an order with its contact',
      file: 'vault.sqlite',
      ask: (url) => send(url, 'PUT', `/v1/orders/${order}-2`, orderBody()),
    },
    {
      what: 'filing a return',
      file: 'log.sqlite',
      ask: (url) => send(url, 'POST', '/v1/orders/F-0/returns', returnBody({ mug: 1 }), filed),
    },
    {
      what: 'making a key',
      file: 'access.sqlite',
      ask: (url) => send(url, 'POST', '/v1/api-keys', { role: 'shop', label: 'test' }, keyOf),
    },
    { what: 'opening a session', file: 'access.sqlite', ask: (url) => send(url, 'POST', '/v1/session', {}) },
    {
      what: 'asking for a code',
      file: 'signin.sqlite',
      ask: (url) => send(url, 'POST', '/v1/portal/sessions', { orderNumber: '#1001', email: 'ada@example.org' }),
    },
    {
      what: 'trying a code',
      file: 'signin.sqlite',
      ask: (url) => send(url, 'POST', '/v1/portal/sessions/confirm', { orderNumber: '#1001', code: '12345678' }),
    },
    {
      what: 'uploading a photo',
      file: 'photos/photos.sqlite',
      ask: (url) => send(url, 'POST', '/v1/orders/F-0/photos', photo.body, { ...photo.headers, ...uploaded }),
    },
    {
      what: 'importing a file',
      file: 'imports',
      ask: (url) => send(url, 'POST', '/v1/orders/import', csv, { 'content-type': 'text/csv' }),
    },
  ];
}

type Outcome = readonly [what: string, status: number, code: string | undefined];

async function outcomeOf({ what, ask }: Wish, url: string): Promise<Outcome> {
  const answer = await ask(url);
  const body = (await answer.text().then((text) => JSON.parse(text.split('\n')[0] ?? '{}') as unknown)) as { code?: string };
  if (answer.status === 503) expect([what, answer.headers.get('retry-after')]).toEqual([what, '1']);
  return [what, answer.status, body.code];
}

const isDone = ([what, status]: Outcome): boolean => status < 300 || (what === 'trying a code' && status === 401);

describe('A file that another program has locked', () => {
  let service: TestApp;
  let lock: DatabaseSync | undefined;
  const locked = (file: string): void => {
    lock = openSqlite(join(service.dataDir, file));
    lock.exec('begin exclusive');
  };
  const released = (): void => {
    if (lock?.isOpen !== true) return;
    lock.exec('rollback');
    lock.close();
  };
  beforeAll(async () => {
    service = await startApp();
    await prepared(service.url);
  });
  afterEach(released);
  afterAll(() => service.close());

  it('refuses what would be written as not written, for as long; then the same request does it', async () => {
    for (const wish of await wishes()) {
      if (wish.file === 'imports') continue;
      locked(wish.file);
      expect(await outcomeOf(wish, service.url)).toEqual([wish.what, 503, 'store_unavailable']);
      released();
      const outcome = await outcomeOf(wish, service.url);
      expect([outcome, isDone(outcome)]).toEqual([outcome, true]);
    }
  });

  it('does not stop the others, nor make everybody wait time and again', async () => {
    locked('vault.sqlite');
    const [wish] = (await wishes()).filter(({ file }) => file === 'vault.sqlite');
    expect(await outcomeOf(wish!, service.url)).toMatchObject({ 1: 503 });
    const before = performance.now();
    for (let n = 0; n < 20; n += 1) expect(await outcomeOf(wish!, service.url)).toMatchObject({ 1: 503 });
    expect(performance.now() - before).toBeLessThan(10 * 1000);
    expect((await service.call('GET', '/v1/orders/F-0')).status).toBe(200);
  });

  it('holds up a view, which says so and goes on by itself', async () => {
    locked('views.sqlite');
    const { headers } = await service.call('PUT', `/v1/orders/${newId()}`, orderBody());
    const orderId = newId();
    expect((await service.call('PUT', `/v1/orders/${orderId}`, orderBody())).status).toBe(201);
    const filed = await service.call('POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 }));
    const seen = { 'x-min-position': filed.headers.get('x-position')! };
    expect(headers.get('x-position')).not.toBeNull();
    await waitFor(
      async () =>
        (await service.call<{ wrong: string[] }>('GET', '/health/ready')).body.wrong.includes(
          'view returns-board cannot be read or written just now',
        ),
      'the fault to be told',
    );
    expect((await service.call('GET', `/v1/returns?orderId=${orderId}`, undefined, seen)).body.code).toBe('view_behind');
    released();
    await waitFor(
      async () => (await service.call('GET', `/v1/returns?orderId=${orderId}`, undefined, seen)).status === 200,
      'the view to go on',
    );
    await waitFor(async () => (await service.call('GET', '/health/ready')).status === 200, 'a ready service');
  });

  it('holds up a payout, which is not in doubt, and goes out once', async () => {
    locked('simulated-payments.sqlite');
    const orderId = newId();
    await service.call('PUT', `/v1/orders/${orderId}`, orderBody());
    const { body } = await service.call<{ returnId: string }>('POST', `/v1/orders/${orderId}/returns`, returnBody({ mug: 1 }));
    await service.call('POST', `/v1/returns/${body.returnId}/receipts`, {
      scanId: 's1',
      station: 'dock',
      items: [{ lineId: 'mug', quantity: 1 }],
    });
    const types = async (): Promise<readonly string[]> =>
      (await service.call<{ entries?: { type: string }[] }>('GET', `/v1/returns/${body.returnId}/history`)).text.match(
        /Refund[A-Za-z]+/g,
      ) ?? [];
    await waitFor(async () => (await types()).includes('RefundSubmitted'), 'the payout to be submitted');
    released();
    await waitFor(async () => (await types()).includes('RefundSucceeded'), 'the payout to go out');
    expect(await types()).not.toContain('RefundPutInDoubt');
  });

  it.each(['log.sqlite', 'vault.sqlite'])('holds up an import, which waits and then registers every order once: %s', async (file) => {
    const told = [jest.spyOn(Logger.prototype, 'warn'), jest.spyOn(Logger.prototype, 'log')];
    const lines = () =>
      told
        .flatMap(({ mock }) => mock.calls.map(([line]) => line as { event?: string }))
        .filter(({ event }) => event?.startsWith('import_'));
    const ids = Array.from({ length: 100 }, newId);
    const csv = ['order_id,placed_at,currency,line_id,sku,quantity,paid', ...ids.map((id) => `${id},2026-03-01,EUR,1,A,1,10`), ''].join(
      '\n',
    );
    locked(file);
    const answer = send(service.url, 'POST', '/v1/orders/import', csv, { 'content-type': 'text/csv' });
    await waitFor(() => lines().length === 1, 'the import to wait');
    expect(lines()).toEqual([{ event: 'import_cannot_write', error: expect.stringContaining(`${file} is locked by another program`) }]);
    released();
    const results = (await (await answer).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as ImportResult);
    expect(results.map(({ orderId, status }) => [orderId, status]).sort()).toEqual(ids.map((id) => [id, 'registered']).sort());
    expect(lines().slice(1)).toEqual([{ event: 'import_goes_on' }]);
    for (const spy of told) spy.mockRestore();
  });

  it('is told to who imports when it lasts, with what to do, and the next import does it', async () => {
    const csv = `order_id,placed_at,currency,line_id,sku,quantity,paid\n${newId()},2026-03-01,EUR,1,A,1,10\n`;
    const imported = async (): Promise<ImportResult> =>
      JSON.parse(await (await send(service.url, 'POST', '/v1/orders/import', csv, { 'content-type': 'text/csv' })).text()) as ImportResult;
    const now = Date.now.bind(Date);
    let later = 0;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + later);
    const told = jest.spyOn(Logger.prototype, 'warn');
    locked('log.sqlite');
    const result = imported();
    await waitFor(() => told.mock.calls.length > 0, 'the import to wait');
    later = 11 * 60_000;
    expect(await result).toMatchObject({
      status: 'failed',
      code: 'store_unavailable',
      detail: expect.stringMatching(/could not write to its storage for ten minutes.*Send the file again\./),
    });
    for (const spy of [clock, told]) spy.mockRestore();
    released();
    expect(await imported()).toMatchObject({ status: 'registered' });
  });

  it('never leaves an accepted order without its contact, nor a refused one with somebody’s address', async () => {
    const contacts = service.app.get(ContactsStore);
    const orderId = newId();
    locked('vault.sqlite');
    expect((await service.call('PUT', `/v1/orders/${orderId}`, orderBody())).body.code).toBe('store_unavailable');
    released();
    expect((await service.call('GET', `/v1/orders/${orderId}`)).status).toBe(404);
    const wrong = orderBody({
      payments: [
        { paymentId: 'p1', provider: 'manual', reference: '1', method: 'cash', capturedMinor: 1 },
        { paymentId: 'p1', provider: 'manual', reference: '2', method: 'cash', capturedMinor: 1 },
      ],
    });
    const refused = await service.call('PUT', `/v1/orders/${orderId}`, wrong);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(await contacts.getContact(contacts.contactRefOf(orderId))).toBeUndefined();
    expect((await service.call('PUT', `/v1/orders/${orderId}`, orderBody())).status).toBe(201);
    expect(await contacts.getContact(contacts.contactRefOf(orderId))).toMatchObject({ email: 'ada@example.org' });
  });
});

const hasPrlimit = ((): boolean => {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Not tested, for want of prlimit (util-linux): a disk that takes nothing more');
    return false;
  }
})();

(hasPrlimit ? describe : describe.skip)('A disk that takes nothing more', () => {
  let dataDir: string;
  let service: ServiceProcess;
  /** What the process may write of a file, in bytes, from now on. */
  const mayWrite = (bytes: string): void => void execFileSync('prlimit', ['--pid', String(service.pid), `--fsize=${bytes}:unlimited`]);
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-full-'));
    service = await startService(dataDir);
    await prepared(service.url);
  });
  afterAll(async () => {
    mayWrite('unlimited');
    service.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is told as what it is, whatever is asked, and everything goes on when there is room', async () => {
    const all = await wishes();
    mayWrite('0');
    for (const wish of all) {
      const [what, status, code] = await outcomeOf(wish, service.url);
      expect([what, status, ['store_unavailable', 'outcome_unknown'].includes(code ?? '')]).toEqual([what, 503, true]);
    }
    expect((await send(service.url, 'POST', '/v1/orders/F-0/returns/quote', returnBody({ mug: 1 }))).status).toBe(200);
    expect((await service.call('GET', '/metrics')).status).toBe(200);
    mayWrite('unlimited');
    for (const wish of all) {
      const outcome = await outcomeOf(wish, service.url);
      expect([outcome, isDone(outcome)]).toEqual([outcome, true]);
    }
    await waitFor(async () => (await service.call('GET', '/health/ready')).status === 200, 'a ready service');
    await waitFor(
      async () => ((await (await service.call('GET', '/v1/returns?orderId=F-0')).json()) as { items: unknown[] }).items.length === 1,
      'the return on the board',
    );
    expect(service.output()).toMatch(/log\.sqlite cannot be/);
    expect(service.output()).not.toMatch(/ failed$/m);
  });
});

describe('A file with other bytes than were written', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'backhaul-broken-'));
    // By a process of its own: in this one, the driver may keep closed connections (and what they know of the files beside
    // the database) until their statements are collected, and would go by it once the files are others.
    const first = await startService(dataDir);
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it.each([
    ['vault.sqlite', /vault\.sqlite is damaged or no file of this service\. Restore it from a backup\./],
    ['access.sqlite', /access\.sqlite is damaged/],
    ['signin.sqlite', /signin\.sqlite is damaged/],
    ['photos/photos.sqlite', /photos\.sqlite is damaged/],
    [
      'views.sqlite',
      /views\.sqlite is damaged or no file of this service\. Stop the service and delete it: it is built again from the log\./,
    ],
    ['log.sqlite', /log\.sqlite is damaged or not an event log/],
  ])('is named at the start: %s', async (file, words) => {
    const right = await readFile(join(dataDir, file));
    await writeFile(join(dataDir, file), Buffer.alloc(right.length, 'not a database '));
    for (const beside of ['wal', 'shm']) await rm(join(dataDir, `${file}-${beside}`), { force: true });
    await expect(startService(dataDir)).rejects.toThrow(words);
    await writeFile(join(dataDir, file), right);
  });

  it('is no fault of ours while the service runs, but the file’s', async () => {
    const service = await startApp({}, { DATA_DIR: dataDir });
    const put = async () => (await service.call('PUT', `/v1/orders/${newId()}`, orderBody())).status;
    expect(await put()).toBe(201);
    const file = join(dataDir, 'vault.sqlite');
    const other = openSqlite(file);
    other.exec('pragma wal_checkpoint(truncate)');
    await writeFile(file, Buffer.alloc((await readFile(file)).length, 'not a database '));
    const statuses: number[] = [];
    // What is in memory goes on for a while.
    await waitFor(async () => statuses.push(await put()) > 0 && statuses.at(-1) !== 201, 'the fault to be met');
    expect(statuses.filter((status) => status !== 201)).toEqual([503]);
    other.close();
    await service.close();
  });
});

describe('A data folder that cannot be worked in', () => {
  it('is named, with what to do', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backhaul-no-folder-'));
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(startApp({}, { DATA_DIR: file })).rejects.toThrow(
      `The data folder ${file} cannot be used; DATA_DIR names another one. There is a file of that name, or on the way to it.`,
    );
    await expect(startApp({}, { DATA_DIR: join(file, 'deeper') })).rejects.toThrow(/There is a file of that name, or on the way to it/);
    await mkdir(join(folder, 'blocked/log.sqlite'), { recursive: true });
    await chmod(join(folder, 'blocked'), 0o755);
    await expect(startService(join(folder, 'blocked'))).rejects.toThrow(
      /ended with 1.*open to others than its owner \(0755\).*chmod -R go= .*log\.sqlite cannot be/s,
    );
    await rm(folder, { recursive: true, force: true });
  });
});

describe('What a killed process left on the way', () => {
  it('goes at the next start, whatever its age, and what another one is working on stays', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'backhaul-left-'));
    for (const folder of ['imports/upload-old', 'imports/killed', 'photos/incoming/killed', 'outbox'])
      await mkdir(join(dataDir, folder), { recursive: true });
    for (const file of [
      'imports/upload-old/0.ndjson',
      'imports/killed/lock.sqlite',
      'photos/incoming/killed/lock.sqlite',
      'photos/incoming/x.upload',
      'outbox/1.eml.part',
    ])
      await writeFile(join(dataDir, file), '');
    const living = SpoolFolder.open(join(dataDir, 'imports'));
    await writeFile(join(living.path, 'part'), 'on its way');
    const service = await startApp({}, { DATA_DIR: dataDir });
    const files = (await readdir(dataDir, { recursive: true })).filter(
      (name) => /^(imports|photos|outbox)\/.*/.test(name) && !/\.sqlite(-wal|-shm)?$/.test(name),
    );
    expect(files.filter((name) => /killed|old|upload|\.part/.test(name))).toEqual([]);
    expect(await readFile(join(living.path, 'part'), 'utf8')).toBe('on its way');
    await service.close();
    living.close();
    await rm(dataDir, { recursive: true, force: true });
  });
});
