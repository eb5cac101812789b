/** Orders as the shop tells them: one by one, as a file, and what is left of each. */
import { Readable } from 'node:stream';
import { Body, Controller, Get, Param, Post, Put, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiConsumes, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../access/access.js';
import { CustomerSessions } from '../access/sessions.js';
import { Answer, readAt } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { csvAnswer, wantsCsv, type CsvRow } from '../http/csv.js';
import { Answers, AnswersWith } from '../http/documentation.js';
import { notFound, Problem } from '../http/problem.js';
import { OrderPath } from '../returns/api/returns.dto.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { REASON_COLUMN } from './import/columns.js';
import { readMapping } from './import/mapping.js';
import { OrderImport, type ImportedFile, type ImportResult } from './import/order-import.commands.js';
import type { UploadKind } from './import/order-upload.js';
import { isCharset, UnreadableUploadError, UploadTooLargeError } from './import/upload-text.js';
import { presentOrder } from './order.presentation.js';
import { RecordOrderFact, RegisterOrder } from './orders.commands.js';
import {
  DisputeBody,
  DisputeOutcomeBody,
  DisputePath,
  ImportQuery,
  OrderAnswer,
  OrderBody,
  RefundElsewhereBody,
  RegisteredOrderAnswer,
  RegisterQuery,
  SessionAnswer,
  SessionBody,
} from './orders.dto.js';

@ApiTags('orders')
@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly importer: OrderImport,
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly sessions: CustomerSessions,
  ) {}

  @Put(':orderId')
  @Allow('shop')
  @ApiOperation({
    summary: 'Register or amend an order',
    description:
      'The whole order each time, but for the customer: left out, what is known of them stays. The same body again changes nothing.',
  })
  @Answers(RegisteredOrderAnswer)
  @Answers(RegisteredOrderAnswer, { status: 201, description: 'Registered just now' })
  async put(
    @Param() { orderId }: OrderPath,
    @Query() { idsAsWritten }: RegisterQuery,
    @Body() order: OrderBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    const { customer, ...executed } = await this.commands.execute(new RegisterOrder(orderId, { order, idsAsWritten }, caller));
    const isNew = executed.events.some((event) => event.type === 'OrderRegistered');
    return new Answer(executed, { ...presentOrder(executed.state, orderId, executed.revision), customer }, undefined, isNew ? 201 : 200);
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
  @Allow('shop')
  @ApiOperation({
    summary: 'Import a file of orders',
    description:
      'CSV in any character set (`Content-Type: text/csv; charset=windows-1252`; UTF-8 without it), or NDJSON (whole orders, or flat rows with a mapping). Rows of one order may stand anywhere. ' +
      'Sending the file again finishes what was interrupted and changes nothing else. Only a file that cannot be read at all is refused; an order that cannot is told, and the others go on. ' +
      '`Accept: text/csv` answers a CSV upload with the rows that were refused, to be mended and sent again.',
  })
  @ApiConsumes('text/csv', 'application/x-ndjson')
  @ApiBody({ schema: { type: 'string' } })
  @AnswersWith(['application/x-ndjson', 'text/csv'], {
    description:
      'A line per order, as it is done: `{orderId, rows, status: registered|amended|unchanged|failed, dryRun?, lines?, customer?, notes?, code?, detail?, errors?, refused?}`; `refused` holds the rows of what failed. ' +
      'As CSV only those rows, with the reason in the column `refused_because`, which is not read when they are sent again. `X-Import-Rows` says how many rows the file has.',
  })
  async import(
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
    @Caller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const kind = uploadKindOf(request, query.mapping);
    if (!(request.body instanceof Readable)) throw new Problem('unsupported_media_type', 'Send text/csv or application/x-ndjson.');
    if (wantsCsv(request) && kind.format !== 'csv')
      throw new Problem('not_acceptable', 'Only a CSV upload is answered as CSV; what is refused of another stands in its lines.');
    let file: ImportedFile | undefined;
    const results = this.importer.run(
      request.body,
      kind,
      {
        at: caller.at,
        idsAsWritten: query.idsAsWritten,
        dryRun: query.dryRun,
        sourceOf: (_, rows) => ({
          context: (streamId) => ({ ...caller.context(streamId, rows), actor: { ...caller.actor, channel: 'import' } }),
        }),
      },
      (read) => {
        file = read;
      },
    );
    // The first result comes after the whole upload was read: until then a refusal can still be a proper answer.
    const first = await results.next().catch(refuseUpload);
    const { rows = 0, separator = ',', columns = null } = file ?? {};
    void reply.headers({ 'x-import-rows': String(rows), 'x-import-separator': encodeURIComponent(separator) });
    if (wantsCsv(request) && columns !== null)
      return csvAnswer(
        [...columns.filter((name) => name !== REASON_COLUMN), REASON_COLUMN],
        refusedRows(all(first, results)),
        'refused',
        separator,
      );
    return new StreamableFile(Readable.from(linesOf(all(first, results))), { type: 'application/x-ndjson; charset=utf-8' });
  }

  @Post(':orderId/sessions')
  @Allow('shop')
  @ApiOperation({
    summary: "Open a session for the order's customer",
    description: "For the shop's own front end; it opens this order alone.",
  })
  @Answers(SessionAnswer, { status: 201 })
  async openSession(@Param() { orderId }: OrderPath, @Body() body: SessionBody, @Caller() caller: Caller): Promise<SessionAnswer> {
    const { state } = await this.queries.ofOrder(orderId);
    if (state.order === null) throw notFound();
    return this.sessions.mintCustomerSession(orderId, caller.principal, body.expiresInSeconds);
  }

  @Post(':orderId/disputes')
  @Allow('shop', 'finance')
  @ApiOperation({ summary: 'A payment is disputed with the bank', description: 'That amount is no longer refunded by us.' })
  @Answers(OrderAnswer)
  openDispute(@Param() { orderId }: OrderPath, @Body() body: DisputeBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#record(new RecordOrderFact(orderId, { fact: 'disputed', ...body }, caller));
  }

  @Post(':orderId/disputes/:disputeId/close')
  @Allow('shop', 'finance')
  @ApiOperation({ summary: 'A dispute is decided', description: '`won`: the amount may be refunded again; `lost`: the bank has taken it.' })
  @Answers(OrderAnswer)
  closeDispute(
    @Param() { orderId, disputeId }: DisputePath,
    @Body() { outcome }: DisputeOutcomeBody,
    @Caller() caller: Caller,
  ): Promise<Answer> {
    return this.#record(new RecordOrderFact(orderId, { fact: 'dispute_closed', disputeId, outcome }, caller));
  }

  @Post(':orderId/refunds-elsewhere')
  @Allow('shop', 'finance')
  @ApiOperation({
    summary: 'Money was given back outside this service',
    description:
      'It counts once per reference and is no longer refunded here. Payouts not sent yet that the payment cannot bear any more wait for a person. ' +
      'The reference of one of our own payouts is that payout: nothing changes.',
  })
  @Answers(OrderAnswer)
  refundElsewhere(@Param() { orderId }: OrderPath, @Body() body: RefundElsewhereBody, @Caller() caller: Caller): Promise<Answer> {
    const { at: refundedAt, ...refund } = body;
    return this.#record(new RecordOrderFact(orderId, { fact: 'refunded_elsewhere', refundedAt, ...refund }, caller));
  }

  async #record(command: RecordOrderFact): Promise<Answer> {
    const executed = await this.commands.execute(command);
    return new Answer(executed, presentOrder(executed.state, command.orderId, executed.revision));
  }
}

/** @throws Problem unsupported_media_type, validation_failed for a mapping or a character set that is none */
function uploadKindOf(request: FastifyRequest, name: string | undefined): UploadKind {
  const [type, ...parameters] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim());
  const format = FORMATS.get((type ?? '').toLowerCase());
  if (format === undefined) throw new Problem('unsupported_media_type', 'Send text/csv or application/x-ndjson.');
  const charset = parameters.map((parameter) => /^charset="?([^"]*)"?$/i.exec(parameter)?.[1]).find((each) => each !== undefined);
  if (charset !== undefined && !isCharset(charset))
    throw new Problem(
      'validation_failed',
      `There is no character set "${charset.slice(0, 40)}"; known are utf-8, windows-1252, iso-8859-15, utf-16le and many others.`,
    );
  if (format === 'ndjson' && name === undefined) return { format, mapping: null, charset };
  const read = readMapping(name ?? 'generic');
  if ('mapping' in read) return { format, mapping: read.mapping, charset };
  throw new Problem('validation_failed', 'The mapping is not as documented.', {
    errors: read.errors.map((detail) => ({ pointer: '/mapping', detail, in: 'query' })),
  });
}

const FORMATS: ReadonlyMap<string, 'csv' | 'ndjson'> = new Map([
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'ndjson'],
]);

function refuseUpload(error: unknown): never {
  if (error instanceof UnreadableUploadError) throw new Problem('validation_failed', error.message);
  if (error instanceof UploadTooLargeError) throw new Problem('payload_too_large', error.message);
  if (error instanceof Error && 'code' in error && (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET')) {
    throw new Problem('validation_failed', 'The upload broke off; nothing of it was imported.');
  }
  throw error;
}

async function* all(first: IteratorResult<ImportResult, unknown>, results: AsyncGenerator<ImportResult>): AsyncGenerator<ImportResult> {
  if (first.done === true) return;
  yield first.value;
  yield* results;
}

async function* linesOf(results: AsyncIterable<ImportResult>): AsyncGenerator<string> {
  for await (const result of results) yield `${JSON.stringify(result)}\n`;
}

async function* refusedRows(results: AsyncIterable<ImportResult>): AsyncGenerator<CsvRow> {
  for await (const { refused = [], detail = '', errors = [] } of results) {
    const because = [detail, ...errors.map((error) => `${error.pointer} ${error.detail}`)].join('; ');
    for (const row of refused) yield { ...(row as Readonly<Record<string, string>>), [REASON_COLUMN]: because };
  }
}
