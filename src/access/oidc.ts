/**
 * People of the merchant sign in with their own identity provider (OpenID Connect): a JWT of the configured issuer and
 * audience, signed with one of the keys the issuer publishes. Roles come from its claim `roles` (list) or `role`.
 */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Problem } from '../http/problem.js';
import { TOKEN } from '../http/texts.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { ROLES, type Identity, type Role, type TimedIdentity } from './access.js';

/** Signatures only the issuer can make; a shared secret is none. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** The published keys did not come, or were no keys; says nothing about the token. */
const ISSUERS_FAULT: ReadonlySet<string> = new Set([errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code]);
const PATIENCE_MS = 5000;
const CLOCK_SKEW_SECONDS = 30;

export class OpenIdConnect {
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(
    private readonly settings: Pick<NonNullable<Config['oidc']>, 'issuer' | 'audience'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Who the token's subject is. Rejects when the token is not right.
   * @throws Problem auth_unavailable the issuer's keys cannot be had
   */
  async identify(token: string): Promise<TimedIdentity> {
    const { issuer, audience } = this.settings;
    const options = {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_SKEW_SECONDS,
      currentDate: this.clock(),
    };
    const keys = await this.#publishedKeys();
    const { payload } = await jwtVerify(token, keys, options).catch((error: unknown) => {
      throw error instanceof errors.JOSEError && !ISSUERS_FAULT.has(error.code) ? error : unavailable();
    });
    return { identity: identityIn(issuer, payload), expires: payload.exp ?? 0 };
  }

  #publishedKeys(): Promise<JWTVerifyGetKey> {
    this.#keys ??= discover(this.settings.issuer).catch(() => {
      this.#keys = undefined;
      throw unavailable();
    });
    return this.#keys;
  }
}

const unavailable = (): Problem =>
  new Problem('auth_unavailable', 'The identity provider cannot be reached.', { headers: { 'retry-after': '5' } });

/** OpenID Connect Discovery 1.0: the issuer says where its keys are, and must name itself exactly. */
async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const found: unknown = await response.json();
  if (
    typeof found === 'object' &&
    found !== null &&
    'issuer' in found &&
    'jwks_uri' in found &&
    found.issuer === issuer &&
    typeof found.jwks_uri === 'string'
  ) {
    return createRemoteJWKSet(new URL(found.jwks_uri), { timeoutDuration: PATIENCE_MS });
  }
  throw new Error('The discovery document is not the issuer’s');
}

/** Who the claims of a token, already checked, are about. */
export const identityIn = (issuer: string, claims: JWTPayload): Identity => ({
  id: subjectId(issuer, claims.sub ?? ''),
  roles: rolesIn(claims),
});

/** A subject that could be an address or a name is replaced by its hash: the log holds no personal data. */
const subjectId = (issuer: string, subject: string): string =>
  TOKEN.test(subject) && subject.length <= 80 && !subject.includes('@')
    ? `oidc:${subject}`
    : `oidc:${createHash('sha256').update(`${issuer} ${subject}`).digest('hex').slice(0, 32)}`;

/** Customers are known by their order's session, never by a claim. */
function rolesIn(payload: JWTPayload): readonly Role[] {
  const claims = [payload['roles'], payload['role']].flat();
  return ROLES.filter((role) => role !== 'customer' && claims.includes(role));
}
