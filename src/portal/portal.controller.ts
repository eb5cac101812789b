/** What a customer does: sees what may come back and for how much, and files a return. */
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/access.js';
import { Answer, readAt } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { PolicyQueries } from '../policy/policy.queries.js';
import { presentQuote, presentReturnable } from '../returns/api/quote.presentation.js';
import { OrderPath, ReturnAnswer } from '../returns/api/returns.dto.js';
import { ReturnsOverHttp } from '../returns/api/returns.http.js';
import { isWritten, RequestReturn } from '../returns/request.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { WishedLine } from '../returns/rules/quote.js';
import { FileReturnBody, QuoteAnswer, QuoteBody, ReturnableAnswer } from './portal.dto.js';

@ApiTags('returns')
@Controller('v1')
export class PortalController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly policies: PolicyQueries,
    private readonly returns: ReturnsOverHttp,
  ) {}

  @Get('orders/:orderId/returnable')
  @Allow('customer', 'shop')
  @ApiOperation({
    summary: 'What of the order may be returned',
    description: 'Units, reasons, methods and outcomes, with words for the customer.',
  })
  @Answers(ReturnableAnswer)
  async returnable(@Param() { orderId }: OrderPath, @Caller() { at, language }: Caller): Promise<Answer> {
    const { state, revision } = await this.queries.ofOrder(orderId);
    return readAt(revision, presentReturnable(await this.policies.inForce(), state, at, language), language);
  }

  @Post('orders/:orderId/returns/quote')
  @Allow('customer', 'shop')
  @ApiOperation({
    summary: 'What a return would come to',
    description: 'Changes nothing. Filing the same at the same moment is worth exactly this.',
  })
  @Answers(QuoteAnswer)
  async quote(@Param() { orderId }: OrderPath, @Body() { lines, outcome, method }: QuoteBody, @Caller() caller: Caller): Promise<Answer> {
    const { state, revision } = await this.queries.ofOrder(orderId);
    const request = { lines: lines.map(quotedLine), outcome, method };
    return readAt(revision, presentQuote(await this.policies.inForce(), state, request, caller.at, caller.language), caller.language);
  }

  @Post('orders/:orderId/returns')
  @Allow('customer', 'shop')
  @ApiOperation({
    summary: 'File a return',
    description: 'The policy in force is frozen on it, and answers at once: approved, in review or declined.',
  })
  @Answers(ReturnAnswer, { status: 201, description: 'Its address is in `Location`' })
  async file(
    @Param() { orderId }: OrderPath,
    @Body() body: FileReturnBody,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    const executed = await this.commands.execute(new RequestReturn(orderId, body, caller));
    const filed = executed.events.find((event) => event.type === 'ReturnRequested');
    if (filed === undefined) throw new Error('A return was filed without an event');
    const { returnId } = filed.data;
    void reply.header('location', `/v1/returns/${encodeURIComponent(returnId)}`);
    return new Answer(executed, await this.returns.body(executed, returnId, caller), caller.language);
  }
}

/** Whether there is a note is all a quote asks. */
const quotedLine = ({ reason, note, photos, ...line }: QuoteBody['lines'][number]): WishedLine => ({
  ...line,
  reason: reason ?? null,
  noteRef: isWritten(note) ? 'note' : null,
  photoRefs: photos ?? [],
});
