/** A browser as far as the service can tell: it keeps cookies and sends them back. Sends the CSRF token only where told to. */
import { parseSetCookie, stringifyCookie } from 'cookie';
import type { Answer, Body, TestApp } from './app.js';

export type SignedIn = {
  readonly area: string;
  readonly roles: readonly string[];
  readonly id: string;
  readonly orderId: string | null;
  readonly expiresAt: string;
  readonly csrfToken: string;
};
export type Sessions = { readonly sessions: readonly SignedIn[]; readonly ways: readonly string[] };

export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(private readonly service: Pick<TestApp, 'as'>) {}

  /** As the service sees it. */
  get cookies(): string {
    return stringifyCookie(Object.fromEntries(this.#cookies));
  }

  /** Goes on with another service (the same one after a restart). */
  movedTo(service: Pick<TestApp, 'as'>): Browser {
    const moved = new Browser(service);
    for (const [name, value] of this.#cookies) moved.#cookies.set(name, value);
    return moved;
  }

  /** Asks without `Authorization`, with what cookies there are. */
  async ask<Json = Body>(
    method: string,
    path: string,
    options: { readonly csrfToken?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer<Json>> {
    const { csrfToken, body, headers = {} } = options;
    const answer = await this.service.as(null)<Json>(method, path, body, {
      ...(this.#cookies.size === 0 ? {} : { cookie: this.cookies }),
      ...(csrfToken === undefined ? {} : { 'x-csrf-token': csrfToken }),
      ...headers,
    });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return answer;
  }

  /** Signs in with a bearer credential. */
  async signIn(token: string): Promise<SignedIn> {
    const answer = await this.ask<SignedIn>('POST', '/v1/session', { headers: { authorization: `Bearer ${token}` } });
    if (answer.status !== 201) throw new Error(`Not signed in: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  async sessions(): Promise<readonly SignedIn[]> {
    return (await this.ask<Sessions>('GET', '/v1/session')).body.sessions;
  }

  #keep(line: string): void {
    const { name, value = '', maxAge } = parseSetCookie(line);
    if (maxAge !== undefined && maxAge <= 0) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
