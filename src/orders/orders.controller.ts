/** Orders as the shop tells them: one by one, as a file, and what is left of each. */
import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req, StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../http/access.js';
import { answered, readAt, type Answer } from '../http/answer.js';
import { Asked } from '../http/command-context.js';
import { Answers, AnswersWith } from '../http/documentation.js';
import { notFound, Problem } from '../http/problem.js';
import { CustomerSessions } from '../http/sessions.js';
import { HandleReturns, type ReturnsExecuted } from '../returns/returns.commands.js';
import type { ReturnsCommand } from '../returns/returns.decider.js';
import { returnsStream } from '../returns/returns.events.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { readMapping } from './import-mapping.js';
import { OrderImport, type ImportResult } from './order-import.commands.js';
import { UnreadableUploadError, UploadTooLargeError, type UploadKind } from './order-upload.js';
import { OrderIntake } from './orders.commands.js';
import { presentOrder } from './order.presentation.js';
import {
  DisputeBody, DisputeOutcomeBody, DisputePath, ImportQuery, OrderAnswer, OrderBody, OrderPath, RefundElsewhereBody, RegisteredOrderAnswer, RegisterQuery, SessionAnswer, SessionBody,
} from './orders.dto.js';

@ApiTags('orders')
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly intake: OrderIntake,
    private readonly importer: OrderImport,
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly sessions: CustomerSessions,
  ) {}

  @Put(':orderId')
  @Allow('shop')
  @ApiOperation({ summary: 'Register or amend an order', description: 'The whole order each time, but for the customer: left out, what is known of them stays. The same body again changes nothing.' })
  @Answers(RegisteredOrderAnswer)
  @Answers(RegisteredOrderAnswer, { status: 201, description: 'Registered just now' })
  async put(@Param() { orderId }: OrderPath, @Query() { idsAsWritten }: RegisterQuery, @Body() body: OrderBody, @Asked() asked: Asked): Promise<Answer> {
    const { customer, ...executed } = await this.intake.register(orderId, body, { at: asked.at, idsAsWritten }, asked.context(returnsStream(orderId)));
    const isNew = executed.events.some((event) => event.type === 'OrderRegistered');
    return answered(executed, { ...presentOrder(executed.state, orderId, executed.revision), customer }, { status: isNew ? 201 : 200 });
  }

  @Get(':orderId')
  @Allow('shop', 'warehouse', 'finance', 'customer')
  @ApiOperation({ summary: 'Units and money left of an order, and its returns' })
  @Answers(OrderAnswer)
  async get(@Param() { orderId }: OrderPath): Promise<Answer> {
    const { state, revision } = await this.queries.ofOrder(orderId);
    const body = presentOrder(state, orderId, revision);
    if (body === undefined) throw notFound();
    return readAt(revision, body);
  }

  @Post('import')
  @HttpCode(200)
  @Allow('shop')
  @ApiOperation({
    summary: 'Import a file of orders',
    description: 'CSV, or NDJSON (whole orders, or flat rows with a mapping). Rows of one order may stand anywhere. Sending the file again finishes what was interrupted and changes nothing else.',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson')
  @ApiBody({ schema: { type: 'string' } })
  @AnswersWith(['application/x-ndjson'], {
    description: 'A line per order, as it is done: `{orderId, rows, status: registered|amended|unchanged|failed, lines?, customer?, code?, detail?, errors?}`',
  })
  async import(@Query() query: ImportQuery, @Req() request: FastifyRequest, @Asked() asked: Asked): Promise<StreamableFile> {
    const kind = uploadKindOf(request, query.mapping);
    if (!(request.body instanceof Readable)) throw new Problem('unsupported_media_type', 'Send text/csv or application/x-ndjson.');
    const results = this.importer.run(request.body, kind, {
      at: asked.at,
      idsAsWritten: query.idsAsWritten,
      contextOf: (orderId) => {
        const context = asked.context(returnsStream(orderId));
        return { ...context, actor: { ...context.actor, channel: 'import' } };
      },
    });
    // The first result comes after the whole upload was read: until then a refusal can still be a proper answer.
    const first = await results.next().catch(refuseUpload);
    return new StreamableFile(Readable.from(linesOf(first, results)), { type: 'application/x-ndjson; charset=utf-8' });
  }

  @Post(':orderId/sessions')
  @HttpCode(201)
  @Allow('shop')
  @ApiOperation({ summary: "Open a session for the order's customer", description: "For the shop's own front end; it opens this order alone." })
  @Answers(SessionAnswer, { status: 201 })
  async openSession(@Param() { orderId }: OrderPath, @Body() body: SessionBody, @Asked() asked: Asked): Promise<SessionAnswer> {
    const { state } = await this.queries.ofOrder(orderId);
    if (state.order === null) throw notFound();
    return this.sessions.mintCustomerSession(orderId, asked.principal, body.expiresInSeconds);
  }

  @Post(':orderId/disputes')
  @HttpCode(200)
  @Allow('shop', 'finance')
  @ApiOperation({ summary: 'A payment is disputed with the bank', description: 'That amount is no longer refunded by us.' })
  @Answers(OrderAnswer)
  async openDispute(@Param() { orderId }: OrderPath, @Body() { disputeId, paymentId, amountMinor }: DisputeBody, @Asked() asked: Asked): Promise<Answer> {
    return this.run(orderId, { rail: 'order', type: 'RecordDispute', at: asked.at, disputeId, paymentId, amountMinor }, asked);
  }

  @Post(':orderId/disputes/:disputeId/close')
  @HttpCode(200)
  @Allow('shop', 'finance')
  @ApiOperation({ summary: 'A dispute is decided', description: '`won`: the amount may be refunded again; `lost`: the bank has taken it.' })
  @Answers(OrderAnswer)
  async closeDispute(@Param() { orderId, disputeId }: DisputePath, @Body() { outcome }: DisputeOutcomeBody, @Asked() asked: Asked): Promise<Answer> {
    return this.run(orderId, { rail: 'order', type: 'CloseDispute', at: asked.at, disputeId, outcome }, asked);
  }

  @Post(':orderId/refunds-elsewhere')
  @HttpCode(200)
  @Allow('shop', 'finance')
  @ApiOperation({
    summary: 'Money was given back outside this service',
    description: 'It counts once per reference and is no longer refunded here. Payouts not sent yet that the payment cannot bear any more wait for a person. '
      + 'The reference of one of our own payouts is that payout: nothing changes.',
  })
  @Answers(OrderAnswer)
  async refundElsewhere(@Param() { orderId }: OrderPath, @Body() body: RefundElsewhereBody, @Asked() asked: Asked): Promise<Answer> {
    const { paymentId, amountMinor, reference, at } = body;
    return this.run(orderId, { rail: 'order', type: 'RecordRefundElsewhere', at: asked.at, refundedAt: at ?? asked.at, paymentId, amountMinor, reference }, asked);
  }

  private async run(orderId: string, command: ReturnsCommand, asked: Asked): Promise<Answer> {
    const executed = await this.commands.execute(new HandleReturns(orderId, command, asked.context(returnsStream(orderId))));
    return this.answer(orderId, executed, 200);
  }

  private answer(orderId: string, executed: ReturnsExecuted, status: number): Answer {
    return answered(executed, presentOrder(executed.state, orderId, executed.revision), { status });
  }
}

/** @throws Problem unsupported_media_type, validation_failed for a mapping that is none */
function uploadKindOf(request: FastifyRequest, name: string | undefined): UploadKind {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'text/csv' && type !== 'application/x-ndjson') throw new Problem('unsupported_media_type', 'Send text/csv or application/x-ndjson.');
  const format = type === 'text/csv' ? 'csv' : 'ndjson';
  if (format === 'ndjson' && name === undefined) return { format, mapping: null };
  const read = readMapping(name ?? 'generic');
  if ('mapping' in read) return { format, mapping: read.mapping };
  throw new Problem('validation_failed', 'The mapping is not as documented.', { errors: read.errors.map((detail) => ({ pointer: '/mapping', detail, in: 'query' })) });
}

function refuseUpload(error: unknown): never {
  if (error instanceof UnreadableUploadError) throw new Problem('validation_failed', error.message);
  if (error instanceof UploadTooLargeError) throw new Problem('payload_too_large', error.message);
  if (error instanceof Error && 'code' in error && (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET')) {
    throw new Problem('validation_failed', 'The upload broke off; nothing of it was imported.');
  }
  throw error;
}

async function* linesOf(first: IteratorResult<ImportResult, unknown>, results: AsyncGenerator<ImportResult>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield `${JSON.stringify(first.value)}\n`;
  for await (const result of results) yield `${JSON.stringify(result)}\n`;
}
