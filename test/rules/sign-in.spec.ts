import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ViewBehindError } from '../../src/eventing/views.js';
import { MailNotSentError, type Mail } from '../../src/notices/mail.port.js';
import { SIGN_IN_LIMITS, SignIn } from '../../src/portal/sign-in.commands.js';
import { SignInDelivery } from '../../src/portal/sign-in.delivery.js';
import { clientOf, SignInSecrets } from '../../src/portal/sign-in.secrets.js';
import { SignInStore } from '../../src/portal/sign-in.store.js';
import { signInMail } from '../../src/portal/sign-in.words.js';
import { languageOf } from '../../src/shared/language.js';
import { waitFor } from '../support/wait-for.js';

const secrets = new SignInSecrets(new Uint8Array(32).fill(7));

describe('A sign-in, before and after its answer', () => {
  const now = Date.parse('2026-03-10T12:00:00.000Z');
  const clock = () => new Date(now);
  let folder: string;
  let store: SignInStore;
  let lookUps: string[];
  let sent: Mail[];
  let logged: string[];
  let fails: boolean;
  let isBehind: boolean;
  /** The mail server answers when this ends. */
  let taken: Promise<void>;
  let delivery: SignInDelivery | undefined;

  /** One order, `KNOWN`, of Ada's. */
  const addresses = {
    of: async (orderId: string, key: Uint8Array) => {
      lookUps.push(orderId);
      return Buffer.from(key).equals(Buffer.from(secrets.addressKey('ada@example.org')))
        ? { number: 'KNOWN', placedAt: '2026-03-01T00:00:00Z', email: 'ada@example.org' }
        : undefined;
    },
  };
  const mintCustomerSession = async (orderId: string) => ({ token: 't', orderId, expiresAt: '2026-03-10T20:00:00.000Z' });
  const signIn = (): SignIn => new SignIn({ store, secrets, clock }, addresses, { mintCustomerSession }, () => undefined);
  const deliver = (): SignInDelivery =>
    new SignInDelivery({
      store,
      secrets,
      clock,
      addresses,
      head: async () => 'start',
      log: (words) => logged.push(words),
      ordersWithNumber: async (number) => {
        lookUps.push(number);
        if (isBehind) throw new ViewBehindError('order-numbers');
        return number === 'KNOWN' ? ['order-1'] : [];
      },
      mail: {
        send: async (mail) => {
          if (fails) throw new MailNotSentError('ETEST 451');
          sent.push(mail);
          await taken;
        },
      },
    });
  const ask = (orderNumber: string, email = 'ada@example.org') =>
    signIn().ask({ orderNumber, email, language: 'en', client: '192.0.2.1', idempotencyKey: undefined });
  /** What the store is asked to do meanwhile, in order. */
  function watched(): string[] {
    const calls: string[] = [];
    for (const name of [
      'atOnce',
      'isFull',
      'count',
      'ask',
      'asked',
      'openCodes',
      'closeCodes',
      'countTry',
      'give',
      'forgetRequest',
      'owed',
    ] as const) {
      const real = store[name].bind(store) as (...parameters: unknown[]) => unknown;
      jest.spyOn(store, name).mockImplementation(((...parameters: unknown[]) => {
        calls.push(name);
        return real(...parameters);
      }) as never);
    }
    return calls;
  }
  const reopened = (): void => {
    store.close();
    store = new SignInStore(folder);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backhaul-sign-in-'));
    store = new SignInStore(folder);
    [lookUps, sent, logged, fails, isBehind, taken, delivery] = [[], [], [], false, false, Promise.resolve(), undefined];
  });
  afterEach(async () => {
    await delivery?.stop(1000);
    store.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is taken down without looking anything up, by the same steps for a known and an unknown order', () => {
    const calls = watched();
    const steps = [
      ['KNOWN', 'ada@example.org'],
      ['KNOWN', 'eve@example.org'],
      ['UNKNOWN', 'ada@example.org'],
    ].map(([number = '', email = '']) => {
      expect(ask(number, email)).toBeUndefined();
      return calls.splice(0);
    });
    expect(steps).toEqual(Array.from({ length: 3 }, () => ['atOnce', 'isFull', 'count', 'ask']));
    expect(lookUps).toEqual([]);
  });

  it('is refused by the same steps for an unknown order, a wrong code and too many tries, without looking anything up', async () => {
    const numberKey = secrets.numberKey('KNOWN');
    store.give(
      { id: 'c1', orderId: 'order-1', numberKey, addressKey: secrets.addressKey('ada@example.org'), language: 'en', expiresAt: now + 1000 },
      now,
    );
    const right = secrets.code('c1');
    const wrong = right === '00000000' ? '00000001' : '00000000';
    const calls = watched();
    const compare = jest.spyOn(secrets, 'isCode');
    const steps: unknown[] = [];
    for (const [number, code] of [['UNKNOWN', right], ...Array.from({ length: 5 }, () => ['KNOWN', wrong]), ['KNOWN', right]] as [
      string,
      string,
    ][]) {
      await expect(signIn().confirm(number, code, '192.0.2.1')).rejects.toMatchObject({ code: 'code_not_valid' });
      steps.push([calls.splice(0), compare.mock.calls.splice(0).length]);
    }
    expect(steps).toEqual(Array.from({ length: 7 }, () => [['atOnce', 'isFull', 'count', 'openCodes', 'isFull', 'countTry', 'count'], 5]));
    expect(lookUps).toEqual([]);
  });

  it('is finished by the next start of the service, once', async () => {
    ask('KNOWN');
    reopened();
    delivery = deliver();
    delivery.start();
    await waitFor(() => sent.length === 1);
    await delivery.stop(1000);
    reopened();
    delivery = deliver();
    delivery.start();
    ask('UNKNOWN');
    delivery.wake();
    await waitFor(() => lookUps.includes('UNKNOWN'));
    expect(sent).toHaveLength(1);
  });

  it('mails the very same code where the service stopped before it knew the mail was taken', async () => {
    fails = true;
    ask('KNOWN');
    delivery = deliver();
    delivery.start();
    await waitFor(() => logged.length === 1);
    expect(logged).toEqual(['A sign-in mail was not sent (attempt 1): MailNotSentError ETEST 451']);
    const [owed] = store.owed(Number.MAX_SAFE_INTEGER, 1, now);
    await delivery.stop(1000);
    reopened();
    store.mailLater(owed!.id, now);
    fails = false;
    delivery = deliver();
    delivery.start();
    await waitFor(() => sent.length === 1);
    expect([sent[0]!.id, sent[0]!.text.includes(secrets.code(owed!.id).slice(4))]).toEqual([owed!.id, true]);
  });

  it('is mailed once where several processes share what is owed', async () => {
    let answer = (): void => undefined;
    taken = new Promise((resolve) => {
      answer = resolve;
    });
    ask('KNOWN');
    const calls = watched();
    const processes = Array.from({ length: 3 }, deliver);
    for (const each of processes) each.start();
    await waitFor(() => calls.filter((name) => name === 'owed').length > 12, 'all of them to have looked while the mail is on its way');
    answer();
    await Promise.all(processes.map((each) => each.stop(1000)));
    expect(sent).toHaveLength(1);
  });

  it('waits while the view of numbers is behind, told once, and holds up no mail that is owed', async () => {
    ask('KNOWN');
    ask('UNKNOWN');
    store.give(
      {
        id: 'owed',
        orderId: 'order-1',
        numberKey: secrets.numberKey('KNOWN'),
        addressKey: secrets.addressKey('ada@example.org'),
        language: 'en',
        expiresAt: now + 1000,
      },
      now,
    );
    isBehind = true;
    delivery = deliver();
    delivery.start();
    await waitFor(() => lookUps.filter((each) => each === 'KNOWN').length === 3, 'three beats');
    expect([sent.map(({ id }) => id), lookUps.includes('UNKNOWN'), logged]).toEqual([
      ['owed'],
      false,
      ['Sign-ins wait. The view order-numbers is behind the log'],
    ]);
    isBehind = false;
    await waitFor(() => lookUps.includes('UNKNOWN') && sent.length === 2);
  });

  it('forgets what is over', () => {
    ask('KNOWN');
    store.clean(now + 9 * 60_000, 10 * 60_000);
    expect(store.asked(0, 10)).toHaveLength(1);
    store.clean(now + 10 * 60_000, 10 * 60_000);
    expect(store.asked(0, 10)).toEqual([]);
  });
});

describe('What stands for a customer in the sign-in store', () => {
  it('is the same for the same number and address, however they are typed', () => {
    expect(secrets.numberKey('# a-1001 ')).toEqual(secrets.numberKey('A-1001'));
    expect(secrets.numberKey('#')).not.toEqual(secrets.numberKey('A-1001'));
    expect(secrets.addressKey(' ADA@example.org')).toEqual(secrets.addressKey('ada@example.org'));
    expect(secrets.addressKey('ada@example.org')).not.toEqual(secrets.addressKey('ada@example.com'));
  });

  it('means nothing without the secret', () => {
    const others = new SignInSecrets(new Uint8Array(32).fill(8));
    expect(others.code('c1')).not.toBe(secrets.code('c1'));
    expect(() => others.unseal(secrets.seal('A-1001'))).toThrow();
    expect(secrets.unseal(secrets.seal('Bestellung Ü-1'))).toBe('Bestellung Ü-1');
    expect(secrets.seal('A-1001')).not.toEqual(secrets.seal('A-1001'));
  });

  it('has codes of eight digits that do not repeat', () => {
    const codes = Array.from({ length: 1000 }, () => secrets.code(secrets.id()));
    expect(codes.filter((code) => !/^\d{8}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBeGreaterThan(995);
    expect([secrets.isCode('c1', secrets.code('c1')), secrets.isCode('c1', secrets.code('c2'))]).toEqual([true, false]);
  });

  it('counts a household’s IPv6 network as one client', () => {
    expect(clientOf('2001:db8:1:2::5')).toBe(clientOf('2001:0db8:0001:0002:ffff::1'));
    expect(clientOf('2001:db8:1:2::5')).not.toBe(clientOf('2001:db8:1:3::5'));
    expect(clientOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(clientOf('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(clientOf('::1')).toBe('0:0:0:0');
  });

  it('allows so few tries that guessing is hopeless', () => {
    expect(SIGN_IN_LIMITS.wrongCodesOfNumber.most).toBeLessThanOrEqual(10);
    expect(SIGN_IN_LIMITS.codesOfOrder.most).toBeLessThanOrEqual(5);
  });
});

describe('The mail with the code', () => {
  it('is in the first language that is wanted and there', () => {
    expect(
      ['de-AT', 'fr, de;q=0.3', 'de;q=0.4, en;q=0.5', 'de;q=0', '*', undefined, 'en-US,en;q=0.9,de;q=0.8', 'x'.repeat(9000)].map(
        languageOf,
      ),
    ).toEqual(['de', 'de', 'en', 'en', 'en', 'en', 'en', 'en']);
  });

  it('loads nothing, links nowhere, and escapes the number', () => {
    const mail = signInMail({ number: '"><script>', placedAt: '2026-03-01T10:00:00Z', code: '01234567', minutes: 10 }, 'de');
    expect(mail.text).toContain('Bestellung "><script> vom 1. März 2026');
    expect(mail.text).toContain('0123 4567');
    expect(mail.html).toContain('0123 4567');
    expect(mail.html).not.toMatch(/<script|<img|<a |src=|href=|url\(/);
  });
});
