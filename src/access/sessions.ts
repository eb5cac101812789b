/** Customer sessions: a signed token that opens one order for at most a day. Nothing is stored but the signing secret. */
import { jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../shared/clock.js';
import type { Principal, TimedIdentity } from './access.js';
import type { AccessStore } from './access.store.js';

/** Tells our tokens from an identity provider's. */
export const SESSION_ISSUER = 'backhaul';
const AUDIENCE = 'backhaul:customer';
const LONGEST_SECONDS = 24 * 60 * 60;
const USUAL_SECONDS = 8 * 60 * 60;

/** `expiresAt`: ISO 8601 UTC. */
export type MintedSession = { readonly token: string; readonly orderId: string; readonly expiresAt: string };

export class CustomerSessions {
  readonly #secret: Uint8Array;

  constructor(
    store: AccessStore,
    private readonly clock: Clock,
  ) {
    this.#secret = store.secret('customer-sessions');
  }

  /**
   * A token for the customer of this order.
   * @param principal who opens the session for the customer
   * @param seconds how long it lasts, 8 hours unless said otherwise, never more than 24
   */
  async mintCustomerSession(orderId: string, principal: Pick<Principal, 'id'>, seconds: number = USUAL_SECONDS): Promise<MintedSession> {
    const issuedAt = Math.floor(this.clock().getTime() / 1000);
    const expires = issuedAt + Math.min(Math.max(1, Math.trunc(seconds)), LONGEST_SECONDS);
    const token = await new SignJWT({ order: orderId, act: { sub: principal.id } })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(SESSION_ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expires)
      .sign(this.#secret);
    return { token, orderId, expiresAt: new Date(expires * 1000).toISOString() };
  }

  /** Whose session this is. Rejects when the token is not ours, forged or over. */
  async identify(token: string): Promise<TimedIdentity> {
    const { payload } = await jwtVerify(token, this.#secret, {
      algorithms: ['HS256'],
      issuer: SESSION_ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'order'],
      currentDate: this.clock(),
    });
    const orderId = payload['order'];
    if (typeof orderId !== 'string' || payload.exp === undefined) throw new Error('The session names no order');
    // Customers keep their idempotency keys over several sessions, so the id names the order, not the token.
    return { identity: { id: `customer-of-${orderId}`, roles: ['customer'], orderId }, expires: payload.exp };
  }
}
