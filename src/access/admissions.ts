/** How long somebody who was let in stays so: a stream of events goes on for longer than a key, a session or a token may. */
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock.js';
import type { ApiKeys } from './api-keys.js';
import type { Authentication } from './authentication.js';
import type { BrowserSession } from './browser-sessions.js';
import type { SessionCookies } from './session-cookies.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session whose cookie the guard has let in; undefined where a bearer credential did. */
    browserSession?: BrowserSession;
  }
}

export type Admission = {
  /** Whose it is, among everybody who was let in: one browser's session, one key, one person, one order's customers. */
  readonly holder: string;
  /** False once the key was revoked, the session has ended, or the token is over; asked as often as one likes. */
  readonly holds: () => boolean;
};

export class Admissions {
  constructor(
    private readonly authentication: Authentication,
    private readonly cookies: SessionCookies,
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
  ) {}

  /** @param request one that the guard has let in */
  async of(request: FastifyRequest): Promise<Admission> {
    const { browserSession: session } = request;
    if (session !== undefined) {
      return {
        holder: session.identity.orderId === undefined ? session.csrfToken : session.identity.id,
        holds: () => this.cookies.presentIn(request).some(({ csrfToken }) => csrfToken === session.csrfToken),
      };
    }
    const { identity, expires, isKey } = await this.authentication.credentialIn(request.headers.authorization);
    const holds = isKey ? () => this.keys.use(identity.id) !== undefined : () => this.clock().getTime() < expires * 1000;
    return { holder: identity.id, holds };
  }
}
