/** The cookies that carry browser sessions: one per area, out of reach of scripts, never sent from other sites. */
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { AREAS, type Area, type BrowserSession, type BrowserSessions, type OpenedSession } from './browser-sessions.js';

const NAMES: Readonly<Record<Area, string>> = { customer: 'bh_customer', staff: 'bh_staff' };
/** A page of another origin asks, be it a sister under the same domain, for which SameSite alone is no hindrance. */
const FROM_ELSEWHERE: ReadonlySet<unknown> = new Set(['cross-site', 'same-site']);

export class SessionCookies {
  readonly #secure: boolean;

  constructor(
    private readonly sessions: BrowserSessions,
    private readonly clock: Clock,
    config: Pick<Config, 'publicUrl' | 'environment'>,
  ) {
    this.#secure = isSecure(config);
  }

  /** Sessions that the request's cookies open, at most one per area. */
  presentIn(request: FastifyRequest): readonly BrowserSession[] {
    return idsIn(request).flatMap(([area, id]) => this.sessions.find(area, id) ?? []);
  }

  /** Ends the request's session of this area, whether it is alive or not. */
  end(area: Area, request: FastifyRequest): void {
    for (const [each, id] of idsIn(request)) if (each === area) this.sessions.end(id);
  }

  /** Value of a `Set-Cookie` header. */
  setting({ id, session: { area, expiresAt } }: OpenedSession): string {
    const seconds = Math.max(0, Math.floor((Date.parse(expiresAt) - this.clock().getTime()) / 1000));
    return this.#setting(area, id, seconds);
  }

  /** Value of a `Set-Cookie` header that makes the browser forget. */
  clearing(area: Area): string {
    return this.#setting(area, '', 0);
  }

  #setting(area: Area, value: string, maxAge: number): string {
    return stringifySetCookie({ name: NAMES[area], value, maxAge, path: '/', httpOnly: true, sameSite: 'strict', secure: this.#secure });
  }
}

/** Whether browsers are to send cookies by https alone. */
export const isSecure = ({ publicUrl, environment }: Pick<Config, 'publicUrl' | 'environment'>): boolean =>
  environment === 'production' || publicUrl?.startsWith('https://') === true;

function idsIn({ headers }: FastifyRequest): readonly (readonly [Area, string])[] {
  if (headers.cookie === undefined || FROM_ELSEWHERE.has(headers['sec-fetch-site'])) return [];
  const cookies = parseCookie(headers.cookie);
  return AREAS.flatMap((area) => {
    const id = cookies[NAMES[area]];
    return id === undefined || id === '' ? [] : [[area, id] as const];
  });
}
