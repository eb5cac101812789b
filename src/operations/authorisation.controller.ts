/** What staff (and for cancelling, customers) decide about a return. */
import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { EmptyBody } from '../http/reading.js';
import { ReturnAnswer, ReturnPath } from '../returns/api/returns.dto.js';
import { ReturnsOverHttp } from '../returns/api/returns.http.js';
import { DecideOnReturn } from '../returns/decision.commands.js';
import { DeclineBody, ReviewBody, StaffDecisionBody } from './authorisation.dto.js';

@ApiTags('returns')
@Controller('v1/returns/:returnId')
export class AuthorisationController {
  constructor(private readonly returns: ReturnsOverHttp) {}

  @Post('approve')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'Approve a return', description: 'Orders the label, and pays at once where nothing has to come back.' })
  @Answers(ReturnAnswer)
  approve(@Param() { returnId }: ReturnPath, @Body() _nothing: EmptyBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnReturn(returnId, { decision: 'approve' }, caller), caller);
  }

  @Post('decline')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Decline a return',
    description: 'Releases its units. The customer reads `note` in the history; `reason` stays among staff.',
  })
  @Answers(ReturnAnswer)
  decline(@Param() { returnId }: ReturnPath, @Body() { code, note, reason }: DeclineBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnReturn(returnId, { decision: 'decline', code, note, reason }, caller), caller);
  }

  @Post('review')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({ summary: 'Send a return to review' })
  @Answers(ReturnAnswer)
  review(@Param() { returnId }: ReturnPath, @Body() { code, reason }: ReviewBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnReturn(returnId, { decision: 'review', code, reason }, caller), caller);
  }

  @Post('cancel')
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Cancel a return',
    description:
      "As long as nothing is on its way, received or refunded. Voids the label and releases the units. The customer reads a `reason` that is a code, or their own; staff's words stay among staff.",
  })
  @Answers(ReturnAnswer)
  cancel(@Param() { returnId }: ReturnPath, @Body() { reason }: StaffDecisionBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnReturn(returnId, { decision: 'cancel', reason }, caller), caller);
  }

  @Post('close')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Close a return',
    description:
      'Nothing more is awaited; units still awaited are released. The customer reads a `reason` that is a code; words stay among staff.',
  })
  @Answers(ReturnAnswer)
  close(@Param() { returnId }: ReturnPath, @Body() { reason }: StaffDecisionBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnReturn(returnId, { decision: 'close', reason }, caller), caller);
  }

  @Post('reopen')
  @Allow('shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'Open a closed return again',
    description: 'The customer reads a `reason` that is a code; words stay among staff.',
  })
  @Answers(ReturnAnswer)
  reopen(@Param() { returnId }: ReturnPath, @Body() { reason }: StaffDecisionBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnReturn(returnId, { decision: 'reopen', reason }, caller), caller);
  }
}
