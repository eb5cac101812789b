/**
 * Staff sign in to the pages with the merchant's identity provider: OpenID Connect, authorization code flow with PKCE.
 * What must be remembered between leaving for the provider and coming back is in a signed cookie, so any process can
 * take the person in.
 */
import { jwtVerify, SignJWT } from 'jose';
import * as client from 'openid-client';
import { notFound } from '../http/problem.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import type { Identity } from './access.js';
import type { AccessStore } from './access.store.js';
import { identityIn } from './oidc.js';

/** The time a person has for signing in at the provider. */
export const SIGN_IN_SECONDS = 10 * 60;
const CALLBACK = '/v1/session/oidc/callback';
const AUDIENCE = 'backhaul:oidc-sign-in';
const PATIENCE_SECONDS = 5;
const LONGEST_RETURN = 1000;

/** `cookie`: what the browser must bring back, a secret between the two. */
type StartedSignIn = { readonly location: string; readonly cookie: string };
type FinishedSignIn = { readonly identity: Identity; readonly returnTo: string };

/** Why nobody is signed in: the provider cannot be asked, it (or the person there) said no, or this is not where the person left. */
export type OidcFault = 'unavailable' | 'refused' | 'not_started_here';
export class OidcSignInError extends Error {
  override readonly name = 'OidcSignInError';
  constructor(
    readonly fault: OidcFault,
    options: { readonly cause?: unknown } = {},
  ) {
    super(`Sign-in with the identity provider: ${fault}`, options);
  }
}

export class OidcSignIn {
  readonly #secret: Uint8Array;
  #provider: Promise<client.Configuration> | undefined;

  constructor(
    store: AccessStore,
    private readonly clock: Clock,
    private readonly config: Pick<Config, 'oidc' | 'publicUrl' | 'environment'>,
  ) {
    this.#secret = store.secret('oidc-sign-in');
  }

  /** In production the provider must be told one address that nobody but the operator decides. */
  get isOffered(): boolean {
    const { oidc, publicUrl, environment } = this.config;
    return oidc !== null && (publicUrl !== null || environment !== 'production');
  }

  /**
   * Where to send the browser.
   * @param origin how the browser reaches the service; counts only where PUBLIC_URL is not set
   * @param returnTo the page to show afterwards
   * @throws OidcSignInError unavailable; Problem not_found where this way is not offered
   */
  async start(origin: string, returnTo: unknown): Promise<StartedSignIn> {
    const provider = await this.#discovered();
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const location = client.buildAuthorizationUrl(provider, {
      redirect_uri: this.#callbackAt(origin).href,
      scope: 'openid',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const cookie = await new SignJWT({ state, nonce, verifier, returnTo: localPath(returnTo) })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(AUDIENCE)
      .setExpirationTime(Math.floor(this.clock().getTime() / 1000) + SIGN_IN_SECONDS)
      .sign(this.#secret);
    return { location: location.href, cookie };
  }

  /**
   * Who has come back, and where to.
   * @param search the address's query, as the provider made it
   * @throws OidcSignInError; Problem not_found where this way is not offered
   */
  async finish(origin: string, search: string, cookie: string | undefined): Promise<FinishedSignIn> {
    const provider = await this.#discovered();
    const { state, nonce, verifier, returnTo } = await this.#remembered(cookie);
    const address = this.#callbackAt(origin);
    address.search = search;
    // Checked here, so that a fault of the provider's is not mistaken for it.
    if (address.searchParams.get('state') !== state) throw new OidcSignInError('not_started_here');
    const tokens = await client
      .authorizationCodeGrant(provider, address, { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier })
      .catch((error: unknown) => {
        throw new OidcSignInError(isNo(error) ? 'refused' : 'unavailable', { cause: error });
      });
    const claims = tokens.claims();
    if (claims === undefined) throw new OidcSignInError('unavailable');
    return { identity: identityIn(this.#settings().issuer, claims), returnTo };
  }

  #settings(): NonNullable<Config['oidc']> {
    if (this.config.oidc === null || !this.isOffered) throw notFound();
    return this.config.oidc;
  }

  #discovered(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings();
    const insecure = this.config.environment === 'production' ? [] : [client.allowInsecureRequests];
    // The token comes straight from the provider; its signature is checked all the same.
    const options = { timeout: PATIENCE_SECONDS, execute: [client.enableNonRepudiationChecks, ...insecure] };
    this.#provider ??= client
      .discovery(new URL(issuer), clientId, clientSecret ?? undefined, undefined, options)
      .catch((error: unknown) => {
        this.#provider = undefined;
        throw new OidcSignInError('unavailable', { cause: error });
      });
    return this.#provider;
  }

  #callbackAt(origin: string): URL {
    return new URL(`${this.config.publicUrl ?? origin}${CALLBACK}`);
  }

  async #remembered(
    cookie = '',
  ): Promise<{ readonly state: string; readonly nonce: string; readonly verifier: string; readonly returnTo: string }> {
    const options = { algorithms: ['HS256'], audience: AUDIENCE, requiredClaims: ['exp'], currentDate: this.clock() };
    const { payload } = await jwtVerify(cookie, this.#secret, options).catch((error: unknown) => {
      throw new OidcSignInError('not_started_here', { cause: error });
    });
    const { state, nonce, verifier, returnTo } = payload;
    if (typeof state !== 'string' || typeof nonce !== 'string' || typeof verifier !== 'string' || typeof returnTo !== 'string')
      throw new OidcSignInError('not_started_here');
    return { state, nonce, verifier, returnTo };
  }
}

/** The provider has answered, and the answer is no: the person gave up, the code was used before. */
const isNo = (error: unknown): boolean =>
  error instanceof client.AuthorizationResponseError || (error instanceof client.ResponseBodyError && error.error === 'invalid_grant');

/** A path of this service; `/` for whatever a browser would read as another address. */
export function localPath(returnTo: unknown): string {
  if (typeof returnTo !== 'string' || !returnTo.startsWith('/') || !URL.canParse(returnTo, LOCAL)) return '/';
  const { origin, pathname, search, hash } = new URL(returnTo, LOCAL);
  const path = `${pathname}${search}${hash}`;
  // `/.//host` becomes `//host` only once its dots are resolved.
  return origin === LOCAL && !path.startsWith('//') && path.length <= LONGEST_RETURN ? path : '/';
}
const LOCAL = 'http://local.invalid';
