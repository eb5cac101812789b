/** What staff (and for cancelling, customers) decide about a return. */
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { EmptyBody } from '../http/reading.js';
import { ReturnAnswer, ReturnPath } from '../returns/api/returns.dto.js';
import { orderOf, ReturnsOverHttp } from '../returns/api/returns.http.js';
import type { AuthorisationCommand } from '../returns/rules/decide/authorisation.js';
import { CustomerTexts } from '../returns/texts.js';
import { DeclineBody, ReviewBody, StaffDecisionBody } from './authorisation.dto.js';

/** `at` and `returnId` are the same for all of them. */
type Decision = AuthorisationCommand extends infer Command
  ? Command extends { returnId: string }
    ? Omit<Command, 'at' | 'returnId'>
    : never
  : never;

@ApiTags('returns')
@Controller('v1/returns/:returnId')
export class AuthorisationController {
  constructor(
    private readonly returns: ReturnsOverHttp,
    private readonly texts: CustomerTexts,
  ) {}

  @Post('approve')
  @HttpCode(200)
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'Approve a return', description: 'Orders the label, and pays at once where nothing has to come back.' })
  @Answers(ReturnAnswer)
  approve(@Param() path: ReturnPath, @Body() _nothing: EmptyBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#decide(path, caller, { type: 'ApproveReturn' });
  }

  @Post('decline')
  @HttpCode(200)
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Decline a return',
    description: 'Releases its units. The customer reads `note` in the history; `reason` stays among staff.',
  })
  @Answers(ReturnAnswer)
  async decline(@Param() path: ReturnPath, @Body() { code, note, reason }: DeclineBody, @Caller() caller: Caller): Promise<Answer> {
    const orderId = orderOf(path.returnId);
    const [noteRef, reasonRef] = await Promise.all([this.texts.keep(orderId, note), this.texts.keep(orderId, reason)]);
    return this.#decide(path, caller, { type: 'DeclineReturn', code, noteRef, reasonRef });
  }

  @Post('review')
  @HttpCode(200)
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'Send a return to review' })
  @Answers(ReturnAnswer)
  async review(@Param() path: ReturnPath, @Body() { code, reason }: ReviewBody, @Caller() caller: Caller): Promise<Answer> {
    const given = await this.texts.reason(orderOf(path.returnId), reason, null);
    return this.#decide(path, caller, { type: 'SendReturnToReview', reasons: [{ code, reason: given }] });
  }

  @Post('cancel')
  @HttpCode(200)
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Cancel a return',
    description:
      "As long as nothing is on its way, received or refunded. Voids the label and releases the units. The customer reads a `reason` that is a code, or his own; staff's words stay among staff.",
  })
  @Answers(ReturnAnswer)
  async cancel(@Param() path: ReturnPath, @Body() { reason }: StaffDecisionBody, @Caller() caller: Caller): Promise<Answer> {
    const by = caller.principal.kind === 'customer' ? 'customer' : 'staff';
    return this.#decide(path, caller, {
      type: 'CancelReturn',
      by,
      reason: await this.texts.reason(orderOf(path.returnId), reason, { code: `${by}_request` }),
    });
  }

  @Post('close')
  @HttpCode(200)
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Close a return',
    description:
      'Nothing more is awaited; units still awaited are released. The customer reads a `reason` that is a code; words stay among staff.',
  })
  @Answers(ReturnAnswer)
  async close(@Param() path: ReturnPath, @Body() { reason }: StaffDecisionBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#decide(path, caller, {
      type: 'CloseReturn',
      reason: await this.texts.reason(orderOf(path.returnId), reason, { code: 'closed_by_staff' }),
    });
  }

  @Post('reopen')
  @HttpCode(200)
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Open a closed return again',
    description: 'The customer reads a `reason` that is a code; words stay among staff.',
  })
  @Answers(ReturnAnswer)
  async reopen(@Param() path: ReturnPath, @Body() { reason }: StaffDecisionBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#decide(path, caller, {
      type: 'ReopenReturn',
      reason: await this.texts.reason(orderOf(path.returnId), reason, { code: 'reopened_by_staff' }),
    });
  }

  #decide({ returnId }: ReturnPath, caller: Caller, decision: Decision): Promise<Answer> {
    return this.returns.run(caller, { ...decision, at: caller.at, returnId });
  }
}
