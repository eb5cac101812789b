import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { Answer } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { Answers } from '../http/documentation.js';
import { DecideOnRefund } from '../payments/refund.commands.js';
import { ReturnAnswer } from '../returns/api/returns.dto.js';
import { ReturnsOverHttp } from '../returns/api/returns.http.js';
import { RefundReturn } from '../returns/refund.commands.js';
import { CappedRefundBody, FailRefundBody, ManualRefundBody, RerouteRefundBody, RetryRefundBody, SettleRefundBody } from './refunds.dto.js';

/** What finance decides about money: refunds by hand, and what becomes of those that hang. Every answer is the return. */
@ApiTags('finance')
@Controller('v1')
export class RefundCommandsController {
  constructor(private readonly returns: ReturnsOverHttp) {}

  @Post('returns/:returnId/refunds')
  @Allow('finance')
  @ApiOperation({ summary: 'Refund by hand, within the caps of unit, payment and order' })
  @Answers(ReturnAnswer, { status: 201 })
  refund(
    @Param('returnId') returnId: string,
    @Body() { amountMinor = null, reason }: ManualRefundBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    return this.returns.run(new RefundReturn(returnId, { kind: 'by_hand', amountMinor, reason }, caller), caller);
  }

  @Post('returns/:returnId/refunds/capped')
  @Allow('shop', 'finance')
  @ApiOperation({
    summary: 'Pay what can be paid of money that is held back, and give up the rest',
    description:
      'What the goods have earned and the payments cannot bear waits until they can; then it is paid by itself. Who does not want to wait names what can be paid today ' +
      '(`money.payableTodayMinor`; 0 where nothing was captured and nothing will be): that is paid and the rest is given up for good. Another amount by then: 409.',
  })
  @Answers(ReturnAnswer)
  capped(
    @Param('returnId') returnId: string,
    @Body() { amountMinor, reason }: CappedRefundBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    return this.returns.run(new RefundReturn(returnId, { kind: 'capped', amountMinor, reason }, caller), caller);
  }

  @Post('refunds/:refundId/retry')
  @Allow('finance')
  @ApiOperation({ summary: 'Send a failed or parked refund on its way again' })
  @Answers(ReturnAnswer)
  retry(
    @Param('refundId') refundId: string,
    @Body() { paymentId = null, reason }: RetryRefundBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    return this.returns.run(new DecideOnRefund(refundId, { decision: 'retry', paymentId, reason }, caller), caller);
  }

  @Post('refunds/:refundId/settle')
  @Allow('finance')
  @ApiOperation({ summary: 'Record that the money has reached the customer' })
  @Answers(ReturnAnswer)
  settle(
    @Param('refundId') refundId: string,
    @Body() { paymentId = null, providerRefundId }: SettleRefundBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    return this.returns.run(new DecideOnRefund(refundId, { decision: 'settle', paymentId, providerRefundId }, caller), caller);
  }

  @Post('refunds/:refundId/fail')
  @Allow('finance')
  @ApiOperation({
    summary: 'Record that the money has not reached the customer',
    description:
      'The provider is asked first, where it may have the payout in hand: what it has paid, or is paying, is not called failed (409, and its answer is recorded).',
  })
  @Answers(ReturnAnswer)
  fail(@Param('refundId') refundId: string, @Body() { paymentId = null, code }: FailRefundBody, @Caller() caller: Caller): Promise<Answer> {
    return this.returns.run(new DecideOnRefund(refundId, { decision: 'fail', paymentId, code }, caller), caller);
  }

  @Post('refunds/:refundId/reroute')
  @Allow('finance')
  @ApiOperation({ summary: 'Send the money another way: store credit, bank transfer, another payment of the order' })
  @Answers(ReturnAnswer)
  reroute(@Param('refundId') refundId: string, @Body() body: RerouteRefundBody, @Caller() caller: Caller): Promise<Answer> {
    const { paymentId = null, destination, toPaymentId = null, reason } = body;
    const decision = { decision: 'reroute', paymentId, destination, toPaymentId, reason } as const;
    return this.returns.run(new DecideOnRefund(refundId, decision, caller), caller);
  }
}
