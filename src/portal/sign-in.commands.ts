/**
 * Customers sign in by order number and e-mail: both are taken down, a code is mailed when they belong together, and the
 * code opens a session for that order. Whoever asks is told the same whether they belong together or not, by the same work:
 * nothing is looked up before the answer (docs/decisions/080).
 */
import { timingSafeEqual } from 'node:crypto';
import type { CustomerSessions, MintedSession } from '../access/sessions.js';
import type { ContactsStore } from '../contacts/contacts.store.js';
import { Problem } from '../http/problem.js';
import type { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import type { Language } from '../shared/language.js';
import { clientOf, type SignInSecrets } from './sign-in.secrets.js';
import type { Counted, Limit, SignInCode, SignInStore } from './sign-in.store.js';

/** From being asked for, not from being mailed. */
export const CODE_MS = 10 * 60 * 1000;
const TRIES_PER_CODE = 5;
const HOUR = 60 * 60 * 1000;

/**
 * Two kinds of limits. What a client asks for is counted whatever it asks for, so a refusal says nothing about orders. What
 * goes on with an order or an address is counted once they are known to belong together, and is never told: a stranger who
 * knows only a number can use up nobody's codes.
 */
export const SIGN_IN_LIMITS = {
  requestsOfClient: { name: 'requests of client', most: 30, ms: CODE_MS },
  confirmationsOfClient: { name: 'confirmations of client', most: 30, ms: CODE_MS },
  codesOfOrder: { name: 'codes of order', most: 5, ms: HOUR },
  codesOfAddress: { name: 'codes of address', most: 10, ms: HOUR },
  wrongCodesOfNumber: { name: 'wrong codes of number', most: 10, ms: HOUR },
} as const satisfies Readonly<Record<string, Limit>>;
/** Takes the place of a count where there is nothing to guess, so that the work is the same. */
const NOTHING_TO_GUESS = 'wrong codes of nothing';

type AskedSignIn = {
  readonly orderNumber: string;
  readonly email: string;
  readonly language: Language;
  /** IP address. */
  readonly client: string;
  /** Asking again under the same key is one request. */
  readonly idempotencyKey: string | undefined;
};

export type SignInParts = {
  readonly store: SignInStore;
  readonly secrets: SignInSecrets;
  readonly clock: Clock;
};

/** The address an order's codes go to; undefined while none is known. */
export class OrderAddress {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly contacts: ContactsStore,
    private readonly secrets: SignInSecrets,
  ) {}

  /** The order's number, day and address, if the address is (still) the one with this key. */
  async of(
    orderId: string,
    addressKey: Uint8Array,
  ): Promise<{ readonly number: string; readonly placedAt: string; readonly email: string } | undefined> {
    const { order } = (await this.queries.ofOrder(orderId)).state;
    if (order === null) return undefined;
    const email = (await this.contacts.getContact(order.contactRef))?.email ?? null;
    if (email === null || !timingSafeEqual(this.secrets.addressKey(email), addressKey)) return undefined;
    return { number: order.number, placedAt: order.placedAt, email: email.trim() };
  }
}

export class SignIn {
  constructor(
    private readonly parts: SignInParts,
    private readonly addresses: Pick<OrderAddress, 'of'>,
    private readonly sessions: Pick<CustomerSessions, 'mintCustomerSession'>,
    /** Told that there is something to look at, after the answer. */
    private readonly wake: () => void,
  ) {}

  /**
   * Takes the request down. Synchronous, so that nothing can be looked up in it.
   * @throws Problem rate_limited this client has asked too often
   */
  ask({ orderNumber, email, language, client, idempotencyKey }: AskedSignIn): void {
    const { store, secrets, clock } = this.parts;
    const receivedAt = clock().getTime();
    const id = idempotencyKey === undefined ? secrets.id() : secrets.id('request', idempotencyKey, orderNumber, email);
    const request = { id, number: secrets.seal(orderNumber), addressKey: secrets.addressKey(email), language, receivedAt };
    store.atOnce(() => {
      this.#countClient(SIGN_IN_LIMITS.requestsOfClient, client, receivedAt);
      store.ask(request);
    });
    this.wake();
  }

  /**
   * Opens the order whose code this is; the code and all others of the order are used up with it.
   * @param code eight digits
   * @throws Problem code_not_valid, whatever the reason; rate_limited this client has tried too often
   */
  async confirm(orderNumber: string, code: string, client: string): Promise<MintedSession> {
    const found = this.#use(orderNumber, code, client);
    // The address may have been put right since the code went to the wrong one.
    const still = found === undefined ? undefined : await this.addresses.of(found.orderId, found.addressKey);
    if (found === undefined || still === undefined) {
      throw new Problem('code_not_valid', 'It is wrong, too old or used already. Ask for a new one.', {
        headers: { 'www-authenticate': 'Bearer realm="backhaul"' },
      });
    }
    return this.sessions.mintCustomerSession(found.orderId, { id: 'sign-in' });
  }

  /** One transaction without a pause in it: of several that bring the same code at the same time, one finds it open. */
  #use(orderNumber: string, code: string, client: string): SignInCode | undefined {
    const { store, secrets, clock } = this.parts;
    const now = clock().getTime();
    const numberKey = secrets.numberKey(orderNumber);
    const number = Buffer.from(numberKey).toString('hex');
    return store.atOnce(() => {
      this.#countClient(SIGN_IN_LIMITS.confirmationsOfClient, client, now);
      const open = store.openCodes(numberKey, TRIES_PER_CODE, now);
      const wrong = this.#counted(SIGN_IN_LIMITS.wrongCodesOfNumber, number);
      const isFull = store.isFull(wrong, now);
      const right = compared(open, (each) => secrets.isCode(each, code));
      if (right !== undefined && !isFull) {
        store.closeCodes(right.orderId, now);
        return right;
      }
      store.countTry(numberKey, now);
      store.count(open.length > 0 ? wrong : { bucket: secrets.bucket(NOTHING_TO_GUESS, '') }, now);
      return undefined;
    });
  }

  #counted(limit: Limit, of: string): Counted {
    return { limit, bucket: this.parts.secrets.bucket(limit.name, of) };
  }

  #countClient(limit: Limit, client: string, now: number): void {
    const { store } = this.parts;
    const counted = this.#counted(limit, clientOf(client));
    if (store.isFull(counted, now)) {
      throw new Problem('rate_limited', 'Too many requests from this network address. Try again later.', {
        headers: { 'retry-after': String(store.secondsUntilFree(counted, now)) },
      });
    }
    store.count(counted, now);
  }
}

/** Looks at as many codes as there can be, so that it takes as long for none as for some. */
function compared(open: readonly SignInCode[], isRight: (codeId: string) => boolean): SignInCode | undefined {
  const least = Array.from({ length: Math.max(SIGN_IN_LIMITS.codesOfOrder.most, open.length) }, (_, index) => open[index]);
  const right = least.map((each) => isRight(each?.id ?? '') && each !== undefined);
  return open.find((_, index) => right[index]);
}
