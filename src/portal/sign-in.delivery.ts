/**
 * What happens after the answer: orders are looked up, codes are given where number and address belong together, and mails
 * are sent until somebody has taken them or the code is over. All that is owed stands in `signin.sqlite`, so a crash loses
 * nothing; a mail is sent again only when nobody knows whether it was taken. Several processes may share the file: giving
 * the same code twice changes nothing, and whoever sends a mail claims it first.
 */
import pTimeout from 'p-timeout';
import type { Position } from '../eventing/event-store.js';
import { storeFaultOf } from '../eventing/store-faults.js';
import { ViewBehindError } from '../eventing/views.js';
import { MailRefusedError, type MailPort } from '../notices/mail.port.js';
import { codeKey } from '../shared/scanned-code.js';
import { CODE_MS, SIGN_IN_LIMITS, type OrderAddress, type SignInParts } from './sign-in.commands.js';
import type { Limit, OwedMail, SignInCode, SignInRequest } from './sign-in.store.js';
import { signInMail } from './sign-in.words.js';

/** Requests are looked at on a beat of their own: how long one takes cannot be felt in what is answered meanwhile. */
const BEAT_MS = 200;
const REQUESTS_A_BEAT = 50;
const MAILS_AT_ONCE = 4;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
const CLEAN_EVERY_MS = 60_000;
/** The next beat after one that the disk or a lock has stopped. */
const HELD_UP_MS = 2000;
/** Longer than a mail server may take, short against a code's life: after a crash the mail waits for as long. */
const CLAIM_MS = 2 * 60_000;

type DeliveryParts = SignInParts & {
  readonly mail: Pick<MailPort, 'send'>;
  readonly addresses: Pick<OrderAddress, 'of'>;
  /** The log's newest position, so that an order registered a moment ago is found. */
  readonly head: () => Promise<Position | 'start'>;
  readonly ordersWithNumber: (number: string, seen: Position | 'start') => Promise<readonly string[]>;
  /** Told what went wrong, without addresses, numbers and codes. */
  readonly log: (words: string) => void;
};

export class SignInDelivery {
  readonly #sending = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<void> = Promise.resolve();
  #cleanedAt = -Infinity;
  #running = false;
  #isBehind = false;
  /** Until the next beat; longer while the file cannot be read or written, since each try keeps everything else waiting. */
  #wait = BEAT_MS;

  constructor(private readonly parts: DeliveryParts) {}

  /** Begins with what an earlier run left. */
  start(): void {
    this.#running = true;
    this.wake();
  }

  /** At the next beat. */
  readonly wake = (): void => {
    if (!this.#running || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#beat = this.#work()
        .then(() => this.#isOwing())
        .catch((error: unknown) => {
          this.parts.log(`Sign-ins could not be looked at: ${nameOf(error)}`);
          this.#wait = HELD_UP_MS;
          return this.#running;
        })
        .then((isOwing) => {
          this.#timer = undefined;
          if (isOwing) this.wake();
        });
    }, this.#wait).unref();
  };

  /** What is under way gets `ms` to finish; the rest is done after the next start. */
  async stop(ms: number): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    const done = this.#beat.then(() => Promise.all(this.#sending.values()));
    await pTimeout(done, { milliseconds: Math.max(1, ms), fallback: () => [] });
  }

  #now(): number {
    return this.parts.clock().getTime();
  }

  /** Mails that wait for their next try are owed too, so they are looked at on every beat. */
  #isOwing(): boolean {
    const { store } = this.parts;
    if (!this.#running || !store.isOpen) return false;
    return store.asked(this.#now() - CODE_MS, 1).length > 0 || store.owed(Number.MAX_SAFE_INTEGER, 1, this.#now()).length > 0;
  }

  async #work(): Promise<void> {
    const { store } = this.parts;
    const now = this.#now();
    if (now - this.#cleanedAt >= CLEAN_EVERY_MS) {
      store.clean(now, CODE_MS);
      this.#cleanedAt = now;
    }
    // Before the requests, too: looking at them may take a while.
    this.#sendOwed();
    await this.#lookAtAll(store.asked(now - CODE_MS, REQUESTS_A_BEAT));
    this.#sendOwed();
    this.#wait = BEAT_MS;
  }

  #sendOwed(): void {
    const { store } = this.parts;
    if (!store.isOpen) return;
    for (const mail of store.owed(this.#now(), MAILS_AT_ONCE * 2, this.#now())) {
      if (!this.#running || this.#sending.size >= MAILS_AT_ONCE) return;
      if (!this.#sending.has(mail.id) && store.claim(mail, this.#now() + CLAIM_MS))
        this.#sending.set(
          mail.id,
          this.#send(mail).finally(() => this.#sending.delete(mail.id)),
        );
    }
  }

  async #lookAtAll(asked: readonly SignInRequest[]): Promise<void> {
    const head = asked.length === 0 ? 'start' : await this.parts.head();
    for (const request of asked) {
      if (!this.#running) return;
      try {
        await this.#look(request, head);
        this.#isBehind = false;
      } catch (error) {
        // Each of them would wait for the view as long; the next beat tries again.
        if (error instanceof ViewBehindError) return this.#noteBehind(error);
        // So is the disk, which is in everybody's way.
        if (storeFaultOf(error) !== undefined) throw error;
        // One that cannot be looked at now must not keep the others waiting.
        this.parts.log(`A sign-in could not be looked at: ${nameOf(error)}`);
      }
    }
  }

  #noteBehind({ message }: ViewBehindError): void {
    if (!this.#isBehind) this.parts.log(`Sign-ins wait. ${message}`);
    this.#isBehind = true;
  }

  /** Gives a code for every order with this number whose address is the one that was typed. */
  async #look(request: SignInRequest, head: Position | 'start'): Promise<void> {
    const { store, secrets, addresses } = this.parts;
    const number = secrets.unseal(request.number);
    const codes: SignInCode[] = [];
    for (const orderId of await this.parts.ordersWithNumber(number, head)) {
      const order = await addresses.of(orderId, request.addressKey);
      if (order === undefined || codeKey(order.number) !== codeKey(number)) continue;
      const { addressKey, language, receivedAt } = request;
      codes.push({
        id: secrets.id('code', request.id, orderId),
        orderId,
        numberKey: secrets.numberKey(number),
        addressKey,
        language,
        expiresAt: receivedAt + CODE_MS,
      });
    }
    if (!store.isOpen) return;
    store.atOnce(() => {
      for (const code of codes) this.#give(code);
      store.forgetRequest(request.id);
    });
  }

  #give(code: SignInCode): void {
    const { store, secrets } = this.parts;
    const now = this.#now();
    const counted = (limit: Limit, of: string) => ({ limit, bucket: secrets.bucket(limit.name, of) });
    const limits = [
      counted(SIGN_IN_LIMITS.codesOfOrder, code.orderId),
      counted(SIGN_IN_LIMITS.codesOfAddress, Buffer.from(code.addressKey).toString('hex')),
    ];
    if (limits.some((each) => store.isFull(each, now))) return;
    if (store.give(code, now)) for (const each of limits) store.count(each, now);
  }

  async #send(owed: OwedMail): Promise<void> {
    const { store, secrets, addresses, mail } = this.parts;
    try {
      const order = await addresses.of(owed.orderId, owed.addressKey);
      if (order !== undefined)
        await mail.send({
          id: owed.id,
          to: order.email,
          ...signInMail({ ...order, code: secrets.code(owed.id), minutes: CODE_MS / 60_000 }, owed.language),
        });
      if (store.isOpen) store.mailed(owed.id);
    } catch (error) {
      if (store.isOpen) this.#putOff(owed, error);
    } finally {
      this.wake();
    }
  }

  #putOff(owed: OwedMail, error: unknown): void {
    const { store } = this.parts;
    this.parts.log(
      `A sign-in mail was not sent (${error instanceof MailRefusedError ? 'refused for good' : `attempt ${owed.attempts + 1}`}): ${nameOf(error)}`,
    );
    try {
      if (error instanceof MailRefusedError) store.mailed(owed.id);
      else store.mailLater(owed.id, this.#now() + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** owed.attempts));
    } catch (failed) {
      // It stays claimed for a while, and is then owed as before.
      this.parts.log(`That could not be noted: ${nameOf(failed)}`);
    }
  }
}

/** Messages of mail servers hold addresses; ours hold codes of errors. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return ['MailNotSentError', 'MailRefusedError'].includes(error.name) ? `${error.name} ${error.message}` : error.name;
}
