/** Signing in and out of the web pages: a bearer credential becomes a cookie. */
import { Body, Controller, Delete, Get, Header, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers, Refuses } from '../http/documentation.js';
import { Id, ListOf, OneOf, Text, When } from '../http/fields.js';
import { EmptyBody } from '../http/reading.js';
import { Allow, Public, ROLES, type Role } from './access.js';
import { Authentication } from './authentication.js';
import { AREAS, BrowserSessions, isCsrfTokenOf, type Area, type BrowserSession } from './browser-sessions.js';
import { noCsrfToken } from './calling-session.js';
import { OidcSignIn } from './oidc-sign-in.js';
import { SessionCookies } from './session-cookies.js';

export class BrowserSessionAnswer {
  @OneOf(AREAS, { description: 'Which pages it opens' })
  readonly area!: Area;
  @ListOf(ROLES)
  readonly roles!: readonly Role[];
  @Id({ description: 'Who is signed in, as in the log' })
  readonly id!: string;
  @Id({ nullable: true, description: 'The only order a customer sees' })
  readonly orderId!: string | null;
  @When()
  readonly expiresAt!: string;
  @Text({ description: 'To be sent as `X-CSRF-Token`' })
  readonly csrfToken!: string;
}

/** Ways for staff to sign in. */
const WAYS = ['api_key', 'oidc'] as const;

export class BrowserSessionsAnswer {
  @ListOf(() => BrowserSessionAnswer, { max: AREAS.length, description: 'At most one per area' })
  readonly sessions!: readonly BrowserSessionAnswer[];
  @ListOf(WAYS, { description: 'How staff can sign in here' })
  readonly ways!: readonly (typeof WAYS)[number][];
}

class EndSessionQuery {
  @OneOf(AREAS)
  readonly area!: Area;
}

@ApiTags('sign-in')
@Controller('v1/session')
export class SessionController {
  constructor(
    private readonly authentication: Authentication,
    private readonly sessions: BrowserSessions,
    private readonly cookies: SessionCookies,
    private readonly oidc: OidcSignIn,
  ) {}

  @Post()
  @Allow('shop', 'customer', 'warehouse', 'finance')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Open a session for the web pages',
    description:
      'Takes the bearer credential of this request and sets a cookie, `bh_customer` or `bh_staff`, that counts wherever no `Authorization` is sent. Staff stay signed in for 12 hours, nobody longer than the credential lasts. Sent again, it opens another session and ends the one before.',
  })
  @Answers(BrowserSessionAnswer, { status: 201 })
  async open(
    @Body() _nothing: EmptyBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BrowserSessionAnswer> {
    // The guard may have let somebody in by a cookie; a cookie makes no new session.
    const credential = await this.authentication.credentialIn(request.headers.authorization);
    const opened = this.sessions.open(credential);
    this.cookies.end(opened.session.area, request);
    void reply.header('set-cookie', this.cookies.setting(opened));
    return toAnswer(opened.session);
  }

  @Get()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Who is signed in in this browser', description: 'Never refused: without a session the list is empty.' })
  @Answers(BrowserSessionsAnswer)
  list(@Req() request: FastifyRequest): BrowserSessionsAnswer {
    // A cookie that opens nothing any more is left alone: by now the browser may have a new one, which clearing would take.
    return this.#answer(this.cookies.presentIn(request));
  }

  @Delete()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Sign out',
    description: 'Needs the session’s `X-CSRF-Token`. Also fine when nobody is signed in. Answers with what is left.',
  })
  @Answers(BrowserSessionsAnswer)
  @Refuses('csrf_token_missing')
  end(
    @Query() { area }: EndSessionQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): BrowserSessionsAnswer {
    const live = this.cookies.presentIn(request);
    const ending = live.find((session) => session.area === area);
    if (ending !== undefined && !isCsrfTokenOf(ending, request.headers['x-csrf-token'])) throw noCsrfToken();
    this.cookies.end(area, request);
    void reply.header('set-cookie', this.cookies.clearing(area));
    return this.#answer(live.filter((session) => session !== ending));
  }

  #answer(live: readonly BrowserSession[]): BrowserSessionsAnswer {
    return { sessions: live.map(toAnswer), ways: WAYS.filter((way) => way !== 'oidc' || this.oidc.isOffered) };
  }
}

const toAnswer = ({ area, identity: { id, roles, orderId }, expiresAt, csrfToken }: BrowserSession): BrowserSessionAnswer => ({
  area,
  roles,
  id,
  orderId: orderId ?? null,
  expiresAt,
  csrfToken,
});
