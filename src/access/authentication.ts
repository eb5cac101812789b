/** From the `Authorization` header to who is calling: an API key, a customer session, or a JWT of the identity provider. */
import { decodeJwt } from 'jose';
import { LRUCache } from 'lru-cache';
import { Problem } from '../http/problem.js';
import type { Clock } from '../shared/clock.js';
import type { Identity, TimedIdentity } from './access.js';
import { digestOf, type ApiKeys } from './api-keys.js';
import type { OpenIdConnect } from './oidc.js';
import { SESSION_ISSUER, type CustomerSessions } from './sessions.js';

/** A token checked once is trusted this long without checking its signature again. */
const TRUSTED_MS = 60_000;
const MOST_TRUSTED = 10_000;
const LONGEST_TOKEN = 8192;

/** What was shown, and for how long it holds: an API key, which never ends by itself (`expires` is Infinity), or a token. */
export type Credential = TimedIdentity & { readonly isKey: boolean };

export class Authentication {
  /** By digest, so that no token is kept in memory. */
  readonly #trusted = new LRUCache<string, { readonly credential: Credential; readonly until: number }>({ max: MOST_TRUSTED });

  constructor(
    private readonly keys: ApiKeys,
    private readonly sessions: CustomerSessions,
    private readonly oidc: OpenIdConnect | null,
    private readonly clock: Clock,
  ) {}

  /**
   * Answers at once for API keys and for tokens seen a moment ago; a promise only for a signature to be checked.
   * @throws Problem unauthenticated, auth_unavailable
   */
  identify(authorization: string | undefined): Identity | Promise<Identity> {
    const credential = this.credentialIn(authorization);
    return credential instanceof Promise ? credential.then(({ identity }) => identity) : credential.identity;
  }

  /** As {@link identify}, with how long it holds. @throws Problem unauthenticated, auth_unavailable */
  credentialIn(authorization: string | undefined): Credential | Promise<Credential> {
    const token = bearerIn(authorization);
    const digest = digestOf(token);
    const identity = this.keys.identify(digest);
    if (identity !== undefined) return { identity, expires: Infinity, isKey: true };
    const trusted = this.#trusted.get(digest);
    if (trusted !== undefined && trusted.until > this.clock().getTime()) return trusted.credential;
    return this.#verify(token, digest);
  }

  async #verify(token: string, digest: string): Promise<Credential> {
    const verifier = issuerOf(token) === SESSION_ISSUER ? this.sessions : this.oidc;
    if (verifier === null) throw unauthenticated('invalid_token');
    const { identity, expires } = await verifier.identify(token).catch((error: unknown) => {
      throw error instanceof Problem ? error : unauthenticated('invalid_token');
    });
    const credential = { identity, expires, isKey: false };
    this.#trusted.set(digest, { credential, until: Math.min(expires * 1000, this.clock().getTime() + TRUSTED_MS) });
    return credential;
  }
}

/** RFC 6750: which challenge the client gets. One text for every reason, so that nobody learns why. */
function unauthenticated(error?: 'invalid_token'): Problem {
  const challenge = `Bearer realm="backhaul"${error === undefined ? '' : `, error="${error}"`}`;
  return new Problem('unauthenticated', 'Send a valid API key, session or identity token as `Authorization: Bearer …`.', {
    headers: { 'www-authenticate': challenge },
  });
}

function bearerIn(authorization: string | undefined): string {
  const token =
    authorization === undefined || authorization.length > LONGEST_TOKEN ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated();
  return token;
}

/** Who says to have signed it; believed only to choose the key it is then checked with. */
function issuerOf(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw unauthenticated('invalid_token');
  }
}
