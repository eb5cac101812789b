/** Addresses a browser is led through when staff sign in with their identity provider; what goes wrong is told as a page. */
import { Controller, Get, Inject, Logger, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../shared/config.js';
import { CONFIG } from '../shared/tokens.js';
import { Public } from './access.js';
import { BrowserSessions } from './browser-sessions.js';
import { OidcSignIn, OidcSignInError, SIGN_IN_SECONDS, type OidcFault } from './oidc-sign-in.js';
import { isSecure, SessionCookies } from './session-cookies.js';

const COOKIE = 'bh_oidc';
const PATH = '/v1/session/oidc';

type Words = { readonly status: number; readonly title: string; readonly text: string };
const WORDS: Readonly<Record<OidcFault | 'no_role', Words>> = {
  no_role: {
    status: 403,
    title: 'You have no access here yet',
    text: 'Your sign-in worked, but your account has no role in this service. Ask whoever manages your accounts to give you one of the roles shop, warehouse, finance or admin, then sign in again.',
  },
  refused: {
    status: 403,
    title: 'You are not signed in',
    text: 'Your identity provider did not confirm the sign-in. If you did not cancel it yourself, try again.',
  },
  not_started_here: {
    status: 400,
    title: 'You are not signed in',
    text: 'The sign-in took too long, or was begun in another window or browser. Please start again.',
  },
  unavailable: {
    status: 503,
    title: 'Signing in is not possible just now',
    text: 'Your identity provider cannot be reached, or its answer was not right. Try again in a moment; if it stays like this, tell whoever runs this service.',
  },
};
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

const pageOf = ({ title, text }: Words): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body style="font-family:sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;line-height:1.5">
<h1 style="font-size:1.5rem">${title}</h1>
<p>${text}</p>
<p><a href="/">Back to the start</a></p>
</body></html>
`;

const Leads = (): MethodDecorator =>
  ApiResponse({ status: 302, description: 'Where to go next', headers: { Location: { schema: { type: 'string' } } } });
const Page = (status: number): MethodDecorator =>
  ApiResponse({ status, description: 'A page that says why not', content: { 'text/html': { schema: { type: 'string' } } } });

@ApiTags('sign-in')
@Public()
@Controller('v1/session/oidc')
export class OidcSignInController {
  readonly #log = new Logger('SignIn');

  constructor(
    private readonly signIn: OidcSignIn,
    private readonly sessions: BrowserSessions,
    private readonly cookies: SessionCookies,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Sign staff in with the identity provider (for browsers)',
    description: 'Leads to the provider. Not there unless `GET /v1/session` lists `oidc` among its `ways`.',
  })
  @ApiQuery({
    name: 'returnTo',
    required: false,
    schema: { type: 'string' },
    description: 'Path of the page to show afterwards; anything but a path of this service counts as `/`',
  })
  @Leads()
  @Page(503)
  async start(@Query() { returnTo }: Record<string, unknown>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const { location, cookie } = await this.signIn.start(originOf(request), returnTo);
      await reply.headers({ 'cache-control': 'no-store', 'set-cookie': this.#remember(cookie, SIGN_IN_SECONDS) }).redirect(location, 302);
    } catch (error) {
      await this.#refuse(error, reply);
    }
  }

  @Get('callback')
  @ApiOperation({
    summary: 'Where the identity provider sends the browser back to',
    description: 'To be registered there as the redirect URI. Sets `bh_staff`.',
  })
  @Leads()
  @Page(400)
  @Page(403)
  @Page(503)
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const { identity, returnTo } = await this.signIn.finish(
        originOf(request),
        searchOf(request),
        parseCookie(request.headers.cookie ?? '')[COOKIE],
      );
      if (identity.roles.length === 0) return await this.#show('no_role', reply);
      // The token says who came, at the moment of coming; how long somebody stays is ours to say.
      const opened = this.sessions.open({ identity, expires: Infinity, isKey: false });
      await reply
        .headers({ 'cache-control': 'no-store', 'set-cookie': [this.cookies.setting(opened), this.#forget()] })
        .redirect(returnTo, 302);
    } catch (error) {
      await this.#refuse(error, reply);
    }
  }

  async #refuse(error: unknown, reply: FastifyReply): Promise<void> {
    if (!(error instanceof OidcSignInError)) throw error;
    // What the provider answered may name the person; what kind of fault it is helps whoever set this up.
    if (error.fault === 'unavailable') this.#log.warn(`The identity provider: ${kindOf(error.cause)}`);
    await this.#show(error.fault, reply);
  }

  async #show(what: keyof typeof WORDS, reply: FastifyReply): Promise<void> {
    await reply
      .code(WORDS[what].status)
      .headers({ ...PAGE_HEADERS, 'set-cookie': this.#forget() })
      .send(pageOf(WORDS[what]));
  }

  /** Lax: the browser comes back from another site. */
  #remember(value: string, maxAge: number): string {
    return stringifySetCookie({ name: COOKIE, value, maxAge, path: PATH, httpOnly: true, sameSite: 'lax', secure: isSecure(this.config) });
  }

  #forget(): string {
    return this.#remember('', 0);
  }
}

/** What the browser says it has called. */
function originOf({ protocol, host }: FastifyRequest): string {
  const origin = `${protocol}://${host}`;
  return URL.canParse(origin) ? origin : 'http://localhost';
}

const searchOf = ({ url }: FastifyRequest): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

function kindOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no claims in its answer';
  const codes = ['error' in cause ? cause.error : undefined, 'code' in cause ? cause.code : undefined];
  return [cause.message, ...codes.filter((each) => typeof each === 'string' && /^\w{1,60}$/.test(each))].join(' ');
}
