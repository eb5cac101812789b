import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startApp, type Answer, type TestApp } from '../support/app.js';
import { SmtpDouble } from '../support/smtp-double.js';
import { waitFor } from '../support/wait-for.js';
import { orderBody, START } from './shop-front.js';

const EMAIL = 'ada@example.org';
type Session = { readonly token: string; readonly orderId: string; readonly expiresAt: string };

describe('Signing in by a mailed code', () => {
  let smtp: SmtpDouble;
  let folder: string;
  let service: TestApp;
  let now: number;

  const start = async (env: Record<string, string> = {}): Promise<void> => {
    service = await startApp({ clock: () => new Date(now) }, { DATA_DIR: folder, SMTP_URL: smtp.url, TRUSTED_PROXIES: 'loopback', ...env });
  };
  beforeEach(async () => {
    now = START;
    smtp = await SmtpDouble.open();
    folder = await mkdtemp(join(tmpdir(), 'backhaul-sign-in-'));
    await start();
  });
  afterEach(async () => {
    await service.close();
    await smtp.close();
    await rm(folder, { recursive: true, force: true });
  });

  let clients = 0;
  /** Everybody comes from an address of his own, unless said otherwise. */
  const post = <Json = Session>(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer<Json>> =>
    service.as(null)<Json>('POST', path, body, { 'x-forwarded-for': `198.51.${(clients >> 8) & 255}.${clients++ & 255}`, ...headers });
  const ask = (orderNumber: string, email = EMAIL, headers: Record<string, string> = {}, more: object = {}) =>
    post('/v1/portal/sessions', { orderNumber, email, ...more }, headers);
  const confirm = (orderNumber: string, code: string, headers: Record<string, string> = {}) =>
    post('/v1/portal/sessions/confirm', { orderNumber, code }, headers);
  const put = async (orderId: string, over: object = {}): Promise<void> => {
    expect((await service.call('PUT', `/v1/orders/${orderId}`, orderBody({ number: orderId, ...over }))).status).toBeLessThan(300);
  };
  const anotherCode = (code: string): string => String((Number(code) + 1) % 100_000_000).padStart(8, '0');
  /** Everything asked before this has been looked at, and its mail sent. */
  const settled = async (): Promise<void> => {
    const before = smtp.mails.length;
    await put('LAST', { customer: { email: 'last@example.org' } });
    await ask('LAST', 'last@example.org');
    await waitFor(() => smtp.mails.slice(before).some(({ to }) => to.includes('last@example.org')), 'the last one');
  };
  const toAda = () => smtp.mails.filter(({ to }) => to.includes(EMAIL));
  /** So many mails to her and, once everything is settled, no more. */
  const expectMailsToAda = async (count: number): Promise<void> => {
    await waitFor(() => toAda().length >= count, `${count} mails to Ada`);
    await settled();
    expect(toAda()).toHaveLength(count);
  };

  it('opens the order, and only that one, for the customer it was mailed to', async () => {
    await put('A-1', { number: '#1001' });
    await put('A-2', { number: '#1002' });
    expect((await ask(' 1001', 'ADA@Example.org')).status).toBe(202);
    const { to, code, source } = await smtp.mail(1);
    expect(to).toEqual([EMAIL]);
    expect(source).toContain('order #1001 of 1 March 2026');
    const { status, body } = await confirm('#1001', `${code.slice(0, 4)} ${code.slice(4)}`);
    expect([status, body.orderId]).toEqual([201, 'A-1']);
    expect((await service.as(body.token)('GET', '/v1/orders/A-1/returnable')).status).toBe(200);
    expect((await service.as(body.token)('GET', '/v1/orders/A-2/returnable')).status).toBe(404);
  });

  it('finds the order however its number, the address and the code are typed', async () => {
    await put('A-1', { number: '#A-1001' });
    const typed = ['A\u20111001', '\u200BA\u20131001\u200F', 'Ａ－１００１', ' a-١٠٠١\u00A0'];
    for (const [index, number] of typed.entries()) {
      expect((await ask(number, `\u2068 ${EMAIL}\u00A0`)).status).toBe(202);
      await waitFor(() => toAda().length > index, `a mail for ${number}`);
    }
    const { code } = toAda().at(-1)!;
    const wide = code.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    const { status, body } = await confirm(typed[0]!, `\u200B${wide.slice(0, 4)}\u00A0${wide.slice(4)} `);
    expect([status, body.orderId]).toEqual([201, 'A-1']);
  });

  it('answers the same whatever is asked, and mails only what belongs together', async () => {
    await put('A-1');
    const answers = [
      await ask('A-1'),
      await ask('A-1', 'eve@example.org'),
      await ask('NOTHING'),
      await ask('A-1', EMAIL, {}, { locale: 'de' }),
    ];
    const seen = answers.map(({ status, text, headers }) =>
      JSON.stringify([status, text, [...headers].filter(([name]) => name !== 'date')]),
    );
    expect(new Set(seen).size).toBe(1);
    expect(answers[0]!.status).toBe(202);
    await expectMailsToAda(2);
    expect(smtp.mails).toHaveLength(3);
  });

  it('refuses an unknown order, a wrong, a used and an old code in the same words', async () => {
    await put('A-1');
    await put('A-2');
    await ask('A-1');
    const { code } = await smtp.mail(1);
    const refused = [await confirm('NOTHING', code), await confirm('A-2', code), await confirm('A-1', anotherCode(code))];
    expect((await confirm('A-1', code)).status).toBe(201);
    refused.push(await confirm('A-1', code), await confirm('A-1', code, { 'idempotency-key': 'again' }));
    await ask('A-2');
    const old = await smtp.mail(2);
    now += 10 * 60_000;
    refused.push(await confirm('A-2', old.code));
    expect(
      new Set(refused.map(({ status, text, headers }) => JSON.stringify([status, text, [...headers].filter(([name]) => name !== 'date')])))
        .size,
    ).toBe(1);
    expect([refused[0]!.status, JSON.parse(refused[0]!.text)]).toEqual([401, expect.objectContaining({ code: 'code_not_valid' })]);
  });

  it('lets one of many win who bring the same code at the same time', async () => {
    await put('A-1');
    await ask('A-1');
    const { code } = await smtp.mail(1);
    const answers = await Promise.all(Array.from({ length: 12 }, () => confirm('A-1', code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(11).fill(401)]);
  });

  it('gives up on a code after five wrong ones, also when the service is started again in between', async () => {
    await put('A-1');
    await ask('A-1');
    const { code } = await smtp.mail(1);
    for (let n = 0; n < 3; n += 1) expect((await confirm('A-1', anotherCode(code))).status).toBe(401);
    await service.close();
    await start();
    for (let n = 0; n < 2; n += 1) expect((await confirm('A-1', anotherCode(code))).status).toBe(401);
    expect((await confirm('A-1', code)).status).toBe(401);
    await ask('A-1');
    expect((await confirm('A-1', (await smtp.mail(2)).code)).status).toBe(201);
  });

  it('gives up on an order for an hour after ten wrong codes', async () => {
    await put('A-1');
    for (const round of [1, 2]) {
      await ask('A-1');
      const { code } = await smtp.mail(round);
      for (let n = 0; n < 5; n += 1) await confirm('A-1', anotherCode(code));
    }
    await ask('A-1');
    expect((await confirm('A-1', (await smtp.mail(3)).code)).status).toBe(401);
    now += 61 * 60_000;
    await ask('A-1');
    expect((await confirm('A-1', (await smtp.mail(4)).code)).status).toBe(201);
  });

  it('cannot be used up by somebody who knows the number but not the address', async () => {
    await put('A-1');
    for (let n = 0; n < 15; n += 1) {
      await ask('A-1', 'eve@example.org');
      await confirm('A-1', '00000000');
    }
    await ask('A-1');
    expect((await confirm('A-1', (await smtp.mail(1)).code)).status).toBe(201);
  });

  it('mails five codes an hour for an order and says so to nobody; a restart does not help', async () => {
    await put('A-1');
    for (let n = 0; n < 4; n += 1) expect((await ask('A-1')).status).toBe(202);
    await smtp.mail(4);
    await service.close();
    await start();
    for (let n = 0; n < 4; n += 1) expect((await ask('A-1')).status).toBe(202);
    await expectMailsToAda(5);
    now += 61 * 60_000;
    await ask('A-1');
    await waitFor(() => toAda().length === 6, 'a mail after the hour');
  });

  it('mails ten codes an hour to an address, however many orders it has', async () => {
    for (let n = 1; n <= 12; n += 1) await put(`A-${n}`);
    for (let n = 1; n <= 12; n += 1) await ask(`A-${n}`);
    await expectMailsToAda(10);
  });

  it('refuses a client that asks too often, whatever it asks for, and no other client', async () => {
    await put('A-1');
    const client = { 'x-forwarded-for': '203.0.113.7' };
    for (let n = 0; n < 30; n += 1) expect((await ask(`NOTHING-${n}`, EMAIL, client)).status).toBe(202);
    const [known, unknown] = [await ask('A-1', EMAIL, client), await ask('NOTHING', EMAIL, client)];
    expect([known.status, known.text, known.headers.get('retry-after')]).toEqual([429, unknown.text, unknown.headers.get('retry-after')]);
    await service.close();
    await start();
    expect((await ask('A-1', EMAIL, client)).status).toBe(429);
    expect((await ask('A-1', EMAIL, { 'x-forwarded-for': '203.0.113.8' })).status).toBe(202);
    now += 10 * 60_000 + 1;
    expect((await ask('A-1', EMAIL, client)).status).toBe(202);
    for (let n = 0; n < 30; n += 1) expect((await confirm('NOTHING', '00000000', client)).status).toBe(401);
    expect((await confirm('A-1', '00000000', client)).status).toBe(429);
  });

  it('finishes after a restart what was answered and not yet looked at', async () => {
    await put('A-1');
    expect((await ask('A-1')).status).toBe(202);
    await service.close();
    expect(smtp.mails.length).toBeLessThanOrEqual(1);
    await start();
    const { code } = await smtp.mail(1);
    expect((await confirm('A-1', code)).status).toBe(201);
    await expectMailsToAda(1);
  });

  it('sends the same code again while the mail server refuses, and after a restart, until it is taken', async () => {
    await put('A-1');
    smtp.forgetsToAnswer = true;
    await ask('A-1');
    const first = await smtp.mail(1);
    await waitFor(() => smtp.attempts >= 1);
    await service.close();
    smtp.forgetsToAnswer = false;
    now += 5000;
    await start();
    const second = await smtp.mail(2);
    expect([second.code, second.id]).toEqual([first.code, first.id]);
    expect((await confirm('A-1', second.code)).status).toBe(201);
    await expectMailsToAda(2);
  });

  it('does not try again where the mail server says there is no such mailbox, nor when the code is over', async () => {
    await put('A-1');
    await put('A-2');
    smtp.refuses = 550;
    await ask('A-1');
    await waitFor(() => smtp.attempts === 1);
    smtp.refuses = null;
    now += 5 * 60_000;
    await expectMailsToAda(0);
    smtp.refuses = 451;
    smtp.attempts = 0;
    await ask('A-2');
    await waitFor(() => smtp.attempts === 1);
    smtp.refuses = null;
    now += 11 * 60_000;
    await expectMailsToAda(0);
  });

  it('says in no log line who was mailed what, not even when the mail server does', async () => {
    await service.close();
    const lines: string[] = [];
    const listen = (stream: NodeJS.WriteStream) => jest.spyOn(stream, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    const spies = [listen(process.stdout), listen(process.stderr)];
    try {
      await start({ LOG_LEVEL: 'debug' });
      await put('A-1', { number: 'TELLTALE-77' });
      smtp.refuses = 550;
      await ask('TELLTALE-77');
      await waitFor(() => lines.some((line) => line.includes('refused for good')), 'the refusal in the log');
      smtp.refuses = null;
      await ask('TELLTALE-77');
      const { code } = await smtp.mail(1);
      await confirm('TELLTALE-77', anotherCode(code));
      await service.close();
      for (const secret of [EMAIL, 'TELLTALE', code]) expect([secret, lines.filter((line) => line.includes(secret))]).toEqual([secret, []]);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    await start();
    expect((await service.call('GET', '/metrics')).text).not.toMatch(/example\.org|TELLTALE/);
  });

  it('goes by the address as it is now', async () => {
    await put('A-1');
    await ask('A-1');
    const { code } = await smtp.mail(1);
    await put('A-1', { customer: { email: 'new@example.org' } });
    expect((await confirm('A-1', code)).status).toBe(401);
    await ask('A-1');
    await ask('A-1', 'new@example.org');
    const second = await smtp.mail(2);
    expect(second.to).toEqual(['new@example.org']);
    expect((await confirm('A-1', second.code)).status).toBe(201);
    await put('A-1', { number: 'B-1', customer: { email: 'new@example.org' } });
    await ask('A-1', 'new@example.org');
    await ask('B-1', 'new@example.org');
    expect((await confirm('B-1', (await smtp.mail(3)).code)).body.orderId).toBe('A-1');
  });

  it('mails a code for each order where several have the number and the address', async () => {
    await put('A-1', { number: 'N-7', placedAt: '2026-02-01T10:00:00Z' });
    await put('A-2', { number: 'n-7', placedAt: '2026-02-02T10:00:00Z' });
    await put('A-3', { number: 'N-7', customer: { email: 'bob@example.org' } });
    await ask('N-7');
    await smtp.mail(2);
    const opened = await Promise.all(
      toAda().map(async ({ code, source }) => [(await confirm('N-7', code)).body.orderId, /of (\d) February/.exec(source)?.[1]]),
    );
    expect(opened.sort()).toEqual([
      ['A-1', '1'],
      ['A-2', '2'],
    ]);
    await settled();
    expect(smtp.mails).toHaveLength(3);
  });

  it('writes in the language asked for', async () => {
    await put('A-1');
    await ask('A-1', EMAIL, { 'accept-language': 'fr-CH, de-CH;q=0.9, en;q=0.8' });
    expect((await smtp.mail(1)).source).toMatch(/^Subject: Ihr Anmeldecode$/m);
    await ask('A-1', EMAIL, { 'accept-language': 'de' }, { locale: 'en' });
    expect((await smtp.mail(2)).source).toMatch(/^Subject: Your sign-in code$/m);
  });

  it('sends one mail for a request sent twice under the same key', async () => {
    await put('A-1');
    for (let n = 0; n < 2; n += 1) await ask('A-1', EMAIL, { 'idempotency-key': 'double click' });
    await settled();
    await ask('A-1', EMAIL, { 'idempotency-key': 'double click' });
    await expectMailsToAda(1);
  });

  it('keeps no address, number or code in its own file', async () => {
    await put('A-1', { number: 'TELLTALE-77' });
    await ask('TELLTALE-77');
    const { code } = await smtp.mail(1);
    await ask('TELLTALE-77', 'eve@example.org');
    const files = (await readdir(folder)).filter((name) => name.startsWith('signin.sqlite'));
    expect(files).toContain('signin.sqlite');
    for (const name of files) {
      const content = (await readFile(join(folder, name))).toString('latin1').toLowerCase();
      for (const secret of [EMAIL, 'eve@', 'telltale', code])
        expect([name, secret, content.includes(secret)]).toEqual([name, secret, false]);
    }
  });

  it('takes only what is documented', async () => {
    const wrong = [
      ask('A-1', 'no address'),
      ask(''),
      confirm('A-1', '123'),
      confirm('A-1', 'abcdefgh'),
      ask('A-1', EMAIL, {}, { locale: 'fr' }),
      ask('A-1', EMAIL, { 'idempotency-key': '' }),
    ];
    expect((await Promise.all(wrong)).map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 400]);
  });
});

describe('The outbox', () => {
  it('shows a developer the mails nobody sent, as text that does nothing', async () => {
    const service = await startApp();
    try {
      const anybody = service.as(null);
      expect((await anybody('GET', '/dev/outbox')).text).toContain('No mail yet.');
      await service.call('PUT', '/v1/orders/A-1', orderBody({ number: '<img src=x>' }));
      const asked = await anybody<{ outbox: string | null }>('POST', '/v1/portal/sessions', { orderNumber: '<img src=x>', email: EMAIL });
      expect(asked.body.outbox).toBe('/dev/outbox');
      const address = await waitFor(async () => /\/dev\/outbox\/[\w-]+/.exec((await anybody('GET', '/dev/outbox')).text)?.[0], 'the mail');
      const { text, headers } = await anybody('GET', address);
      expect(text).toContain('order &#60;img src=x&#62; of');
      expect(text).not.toContain('<img');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      const [, first = '', second = ''] = /(\d{4}) (\d{4})/.exec(text) ?? [];
      const eml = await anybody('GET', `${address}/eml`);
      expect([eml.headers.get('content-type'), eml.text.includes(`${first} ${second}`)]).toEqual(['message/rfc822', true]);
      expect(eml.text).toContain(`To: ${EMAIL}`);
      expect((await readdir(join(service.dataDir, 'outbox'))).some((name) => name.endsWith('.eml'))).toBe(true);
      expect((await anybody('POST', '/v1/portal/sessions/confirm', { orderNumber: '<img src=x>', code: first + second })).status).toBe(201);
      for (const nothing of ['x', '..%2f..%2fvault.sqlite', '20260101T000000000Z-none', '20260101T000000000Z-none/eml'])
        expect((await anybody('GET', `/dev/outbox/${nothing}`)).status).toBeGreaterThanOrEqual(400);
    } finally {
      await service.close();
    }
  });

  it('is not there in production, nor where mail is sent', async () => {
    const settings: Record<string, string>[] = [{ NODE_ENV: 'production' }, { SMTP_URL: 'smtp://127.0.0.1:1' }];
    for (const env of settings) {
      const service = await startApp({}, env);
      try {
        expect((await service.call('GET', '/dev/outbox')).status).toBe(404);
        expect((await service.call('GET', '/dev/outbox/x')).status).toBe(404);
        expect(
          (await service.call<{ outbox: string | null }>('POST', '/v1/portal/sessions', { orderNumber: 'A-1', email: EMAIL })).body.outbox,
        ).toBeNull();
      } finally {
        await service.close();
      }
    }
  });
});
