/** What finance reads: refunds payout by payout. */
import { Controller, Get, Inject, Query, Req, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../access/access.js';
import { ReadModels } from '../eventing/read-models.js';
import { Caller } from '../http/caller.js';
import { csvAnswer, wantsCsv, type CsvRow } from '../http/csv.js';
import { Answers } from '../http/documentation.js';
import { decodeCursor, pageOf } from '../http/paging.js';
import { Sentences } from '../returns/texts.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { RefundRowsAnswer, RefundsQuery, type RefundRowAnswer } from './refunds.dto.js';
import { REFUNDS } from './refunds.projection.js';
import { refundItems, type RefundItem, type RefundsFilter, type RefundsPlace } from './refunds.queries.js';

const REFUND_COLUMNS = [
  'refundId',
  'returnId',
  'orderId',
  'paymentId',
  'state',
  'amountMinor',
  'bonusMinor',
  'currency',
  'provider',
  'destination',
  'trigger',
  'reason',
  'key',
  'providerRefundId',
  'code',
  'declines',
  'disputeId',
  'disputeState',
  'disputedMinor',
  'entitledAt',
  'since',
  'ageSeconds',
];
/** Rows read at a time for a CSV file. */
const CSV_PAGE = 1000;

@ApiTags('finance')
@Controller('v1/finance')
export class RefundsController {
  constructor(
    private readonly views: ReadModels,
    private readonly sentences: Sentences,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('refunds')
  @Allow('finance')
  @ApiOperation({ summary: 'Refunds, payout by payout: what is paid and what hangs (JSON or CSV)' })
  @Answers(RefundRowsAnswer, { csv: true })
  async refunds(
    @Query() query: RefundsQuery,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<RefundRowsAnswer | StreamableFile> {
    const { limit, cursor, state, disputed, currency, provider, returnId, sort } = query;
    const filter = { state, disputed, currency, provider, returnId };
    if (wantsCsv(request)) return csvAnswer(REFUND_COLUMNS, this.allRefunds(filter, sort, caller), 'refunds');
    const [entitledMs, payoutId] = decodeCursor(cursor, ['number', 'string']) ?? [];
    const after: RefundsPlace | undefined =
      typeof entitledMs === 'number' && typeof payoutId === 'string' ? [entitledMs, payoutId] : undefined;
    const nowMs = this.clock().getTime();
    const { result, asOfPosition, lagSeconds } = await this.views.read(REFUNDS, caller.minPosition, (db, tables) =>
      refundItems(db, tables, filter, { limit: limit + 1, after, sort }, nowMs),
    );
    const { items, nextCursor } = pageOf(result, limit, (item) => item.place);
    return { items: await this.inWords(items), nextCursor, asOfPosition, lagSeconds };
  }

  /** The rows with the sentences that people wrote put back in. */
  private inWords(items: readonly RefundItem[]): Promise<RefundRowAnswer[]> {
    return Promise.all(
      items.map(async ({ row }) => (row.reason === null ? row : { ...row, reason: await this.sentences.read(row.reason) })),
    );
  }

  private async *allRefunds(filter: RefundsFilter, sort: RefundsQuery['sort'], caller: Caller): AsyncGenerator<CsvRow> {
    const nowMs = this.clock().getTime();
    let after: RefundsPlace | undefined;
    for (;;) {
      const page = { limit: CSV_PAGE, after, sort };
      const { result } = await this.views.read(REFUNDS, caller.minPosition, (db, tables) => refundItems(db, tables, filter, page, nowMs));
      yield* (await this.inWords(result)).map((row): CsvRow => ({ ...row }));
      if (result.length < CSV_PAGE) return;
      after = result.at(-1)?.place;
    }
  }
}
