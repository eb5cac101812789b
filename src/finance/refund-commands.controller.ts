import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { notFound } from '../http/problem.js';
import { AskProvider } from '../payments/ask-provider.commands.js';
import { ReturnAnswer } from '../returns/api/returns.dto.js';
import { orderOf, ReturnsOverHttp } from '../returns/api/returns.http.js';
import { returnIdOfRefund, type Reason } from '../returns/rules/returns.events.js';
import { CustomerTexts } from '../returns/texts.js';
import { CappedRefundBody, FailRefundBody, ManualRefundBody, RerouteRefundBody, RetryRefundBody, SettleRefundBody } from './refunds.dto.js';

/** What finance decides about money: refunds by hand, and what becomes of those that hang. Every answer is the return. */
@ApiTags('finance')
@Controller('v1')
export class RefundCommandsController {
  constructor(
    private readonly returns: ReturnsOverHttp,
    private readonly texts: CustomerTexts,
    private readonly commands: CommandBus,
  ) {}

  @Post('returns/:returnId/refunds')
  @Allow('finance')
  @ApiOperation({ summary: 'Refund by hand, within the caps of unit, payment and order' })
  @Answers(ReturnAnswer, { status: 201 })
  async refund(@Param('returnId') returnId: string, @Body() body: ManualRefundBody, @Caller() caller: Caller): Promise<Answer> {
    const { amountMinor = null } = body;
    const reason = await this.#why(returnId, body);
    return this.returns.run(caller, { type: 'RefundManually', at: caller.at, returnId, amountMinor, reason }, 201);
  }

  @Post('returns/:returnId/refunds/capped')
  @HttpCode(200)
  @Allow('shop', 'finance')
  @ApiOperation({
    summary: 'Pay what can be paid of money that is held back, and give up the rest',
    description:
      'What the goods have earned and the payments cannot bear waits until they can; then it is paid by itself. Who does not want to wait names what can be paid today ' +
      '(`money.payableTodayMinor`; 0 where nothing was captured and nothing will be): that is paid and the rest is given up for good. Another amount by then: 409.',
  })
  @Answers(ReturnAnswer)
  async capped(@Param('returnId') returnId: string, @Body() body: CappedRefundBody, @Caller() caller: Caller): Promise<Answer> {
    const reason = await this.#why(returnId, body);
    return this.returns.run(caller, {
      type: 'ApproveCapped',
      at: caller.at,
      returnId,
      amountMinor: body.amountMinor,
      reason,
    });
  }

  @Post('refunds/:refundId/retry')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Send a failed or parked refund on its way again' })
  @Answers(ReturnAnswer)
  async retry(@Param('refundId') refundId: string, @Body() body: RetryRefundBody, @Caller() caller: Caller): Promise<Answer> {
    const returnId = returnOf(refundId);
    const { paymentId = null } = body;
    const reason = await this.#why(returnId, body);
    return this.returns.run(caller, { type: 'RetryRefund', at: caller.at, returnId, refundId, paymentId, reason });
  }

  @Post('refunds/:refundId/settle')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Record that the money has reached the customer' })
  @Answers(ReturnAnswer)
  settle(
    @Param('refundId') refundId: string,
    @Body() { paymentId = null, providerRefundId }: SettleRefundBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    const returnId = returnOf(refundId);
    return this.returns.run(caller, { type: 'SettleRefund', at: caller.at, returnId, refundId, paymentId, providerRefundId });
  }

  @Post('refunds/:refundId/fail')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({
    summary: 'Record that the money has not reached the customer',
    description:
      'The provider is asked first, where it may have the payout in hand: what it has paid, or is paying, is not called failed (409, and its answer is recorded).',
  })
  @Answers(ReturnAnswer)
  async fail(
    @Param('refundId') refundId: string,
    @Body() { paymentId = null, code }: FailRefundBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    const returnId = returnOf(refundId);
    const underWay = await this.commands.execute(new AskProvider(refundId, paymentId));
    return this.returns.run(caller, { type: 'FailRefund', at: caller.at, returnId, refundId, paymentId, code, underWay });
  }

  @Post('refunds/:refundId/reroute')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Send the money another way: store credit, bank transfer, another payment of the order' })
  @Answers(ReturnAnswer)
  async reroute(@Param('refundId') refundId: string, @Body() body: RerouteRefundBody, @Caller() caller: Caller): Promise<Answer> {
    const returnId = returnOf(refundId);
    const { paymentId = null, destination, toPaymentId = null } = body;
    const reason = await this.#why(returnId, body);
    return this.returns.run(caller, {
      type: 'RerouteRefund',
      at: caller.at,
      returnId,
      refundId,
      paymentId,
      destination,
      toPaymentId,
      reason,
    });
  }

  /** What finance writes may name a person, so their texts stay out of the log. */
  #why(returnId: string, { reason }: { readonly reason: string }): Promise<Reason> {
    return this.texts.reason(orderOf(returnId), reason, { code: reason });
  }
}

function returnOf(refundId: string): string {
  const returnId = returnIdOfRefund(refundId);
  if (returnId === undefined) throw notFound();
  return returnId;
}
