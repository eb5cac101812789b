import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../http/access.js';
import { answered, type Answer } from '../http/answer.js';
import { Asked } from '../http/command-context.js';
import { notFound } from '../http/problem.js';
import type { RefundCommand } from '../returns/decide/refund.js';
import { HandleReturns } from '../returns/returns.commands.js';
import { ReturnDto } from '../returns/returns.dto.js';
import { orderIdOfReturn, returnIdOfRefund, returnsStream } from '../returns/returns.events.js';
import { presentReturn } from '../returns/returns.presentation.js';
import { FailRefundRequest, ManualRefundRequest, RerouteRefundRequest, RetryRefundRequest, SettleRefundRequest } from './refunds.dto.js';

/** What finance decides about money: refunds by hand, and what becomes of those that hang. Every answer is the return. */
@ApiTags('finance')
@Controller('v1')
export class RefundCommandsController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Post('returns/:returnId/refunds')
  @Allow('finance')
  @ApiOperation({ summary: 'Refund by hand, within the caps of unit, payment and order' })
  @ApiCreatedResponse({ type: ReturnDto })
  refund(@Param('returnId') returnId: string, @Body() body: ManualRefundRequest, @Asked() asked: Asked): Promise<Answer> {
    const { amountMinor = null, reason } = body;
    return this.run(returnId, { rail: 'refund', type: 'RefundManually', at: asked.at, returnId, amountMinor, reason }, asked, 201);
  }

  @Post('refunds/:refundId/retry')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Send a failed or parked refund on its way again' })
  @ApiOkResponse({ type: ReturnDto })
  retry(@Param('refundId') refundId: string, @Body() { paymentId = null, reason }: RetryRefundRequest, @Asked() asked: Asked): Promise<Answer> {
    const returnId = returnOf(refundId);
    return this.run(returnId, { rail: 'refund', type: 'RetryRefund', at: asked.at, returnId, refundId, paymentId, reason }, asked);
  }

  @Post('refunds/:refundId/settle')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Record that the money has reached the customer' })
  @ApiOkResponse({ type: ReturnDto })
  settle(@Param('refundId') refundId: string, @Body() { paymentId = null, providerRefundId }: SettleRefundRequest, @Asked() asked: Asked): Promise<Answer> {
    const returnId = returnOf(refundId);
    return this.run(returnId, { rail: 'refund', type: 'SettleRefund', at: asked.at, returnId, refundId, paymentId, providerRefundId }, asked);
  }

  @Post('refunds/:refundId/fail')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Record that the money has not reached the customer' })
  @ApiOkResponse({ type: ReturnDto })
  fail(@Param('refundId') refundId: string, @Body() { paymentId = null, code }: FailRefundRequest, @Asked() asked: Asked): Promise<Answer> {
    const returnId = returnOf(refundId);
    return this.run(returnId, { rail: 'refund', type: 'FailRefund', at: asked.at, returnId, refundId, paymentId, code }, asked);
  }

  @Post('refunds/:refundId/reroute')
  @HttpCode(200)
  @Allow('finance')
  @ApiOperation({ summary: 'Send the money another way: store credit, bank transfer, another payment of the order' })
  @ApiOkResponse({ type: ReturnDto })
  reroute(@Param('refundId') refundId: string, @Body() body: RerouteRefundRequest, @Asked() asked: Asked): Promise<Answer> {
    const returnId = returnOf(refundId);
    const { paymentId = null, destination, toPaymentId = null, reason } = body;
    return this.run(returnId, { rail: 'refund', type: 'RerouteRefund', at: asked.at, returnId, refundId, paymentId, destination, toPaymentId, reason }, asked);
  }

  private async run(returnId: string, command: RefundCommand, asked: Asked, status = 200): Promise<Answer> {
    const orderId = orderIdOfReturn(returnId);
    if (orderId === undefined) throw notFound();
    const executed = await this.commands.execute(new HandleReturns(orderId, command, asked.context(returnsStream(orderId))));
    const body = presentReturn(executed.state, orderId, returnId, executed.revision);
    if (body === undefined) throw notFound();
    return answered(executed, body, { status });
  }
}

function returnOf(refundId: string): string {
  const returnId = returnIdOfRefund(refundId);
  if (returnId === undefined) throw notFound();
  return returnId;
}
