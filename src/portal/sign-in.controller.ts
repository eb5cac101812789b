/** Signing in by a mailed code. Both routes are open to everybody and tell nobody which orders there are. */
import { Body, Controller, Header, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import type { MintedSession } from '../access/sessions.js';
import { idempotencyKeyOf } from '../http/caller.js';
import { Answers, Refuses } from '../http/documentation.js';
import { outboxPage } from '../notices/notices.module.js';
import type { Config } from '../shared/config.js';
import { languageOf } from '../shared/language.js';
import { CONFIG } from '../shared/tokens.js';
import { CODE_MS, SignIn } from './sign-in.commands.js';
import { ConfirmSignInBody, SignedInAnswer, SignInAskedAnswer, SignInBody } from './sign-in.dto.js';
import { CODE_DIGITS } from './sign-in.secrets.js';

@ApiTags('sign-in')
@Public()
@Controller('v1/portal/sessions')
export class SignInController {
  readonly #asked: SignInAskedAnswer;

  constructor(
    private readonly signIn: SignIn,
    @Inject(CONFIG) config: Config,
  ) {
    this.#asked = { expiresInSeconds: CODE_MS / 1000, codeDigits: CODE_DIGITS, outbox: outboxPage(config) };
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Ask for a sign-in code',
    description:
      'Always 202. If order number and e-mail belong together, a code is mailed to that address; a few an hour at most, per order and per address.',
  })
  @Answers(SignInAskedAnswer, { status: 202, description: 'Whether they belong together or not' })
  @Refuses('rate_limited')
  ask(@Body() { orderNumber, email, locale }: SignInBody, @Req() request: FastifyRequest): SignInAskedAnswer {
    const language = locale ?? languageOf(request.headers['accept-language']);
    this.signIn.ask({ orderNumber, email, language, client: request.ip, idempotencyKey: idempotencyKeyOf(request) });
    return this.#asked;
  }

  @Post('confirm')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Open a session with a code',
    description:
      'A code opens one session, once: sent again it is refused, with an `Idempotency-Key` too. An unknown order, a wrong, old or used code and too many tries are refused alike.',
  })
  @Answers(SignedInAnswer, { status: 201, description: 'A session for this order alone' })
  @Refuses('code_not_valid')
  @Refuses('rate_limited')
  confirm(@Body() { orderNumber, code }: ConfirmSignInBody, @Req() request: FastifyRequest): Promise<MintedSession> {
    return this.signIn.confirm(orderNumber, code.replace(' ', ''), request.ip);
  }
}
