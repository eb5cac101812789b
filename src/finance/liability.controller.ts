/** What is owed at any instant, how old it is, day by day, and the payouts behind each of these numbers. */
import { Controller, Get, Inject, Query, Req, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../access/access.js';
import { ReadModels, type ReadResult } from '../eventing/read-models.js';
import { Caller } from '../http/caller.js';
import { csvAnswer, wantsCsv, type CsvRow } from '../http/csv.js';
import { Answers } from '../http/documentation.js';
import { decodeCursor, pageOf } from '../http/paging.js';
import { utcDay, type Clock } from '../shared/clock.js';
import { DAY_MS } from '../shared/days.js';
import { CLOCK } from '../shared/tokens.js';
import { ageing, OWED_STATES, owedItems, type OwedItem, type OwedPlace } from './ageing.queries.js';
import {
  AgeingAnswer,
  AgeingQuery,
  LiabilityAnswer,
  LiabilityDaysAnswer,
  LiabilityQuery,
  OwedPayoutsAnswer,
  OwedPayoutsQuery,
} from './refunds.dto.js';
import { REFUNDS } from './refunds.projection.js';
import { balancesAt, type Balances } from './refunds.queries.js';

const BALANCE_COLUMNS = [
  'currency',
  'blockedMinor',
  'entitledMinor',
  'submittedMinor',
  'pendingMinor',
  'inDoubtMinor',
  'parkedMinor',
  'failedMinor',
  'paidMinor',
  'owedMinor',
  'totalMinor',
  'bonusOwedMinor',
  'bonusPaidMinor',
  'owedPayouts',
  'paidPayouts',
];
const PAYOUT_COLUMNS = ['refundId', 'returnId', 'paymentId', 'state', 'amountMinor', 'bonusMinor', 'currency', 'entitledAt', 'ageSeconds'];
/** Rows read at a time for a CSV file; each page looks at everything owed. */
const CSV_PAGE = 20_000;
const SERIES_MS = 30 * DAY_MS;

@ApiTags('finance')
@Controller('v1/finance')
export class LiabilityController {
  constructor(
    private readonly views: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('liability')
  @Allow('finance')
  @ApiOperation({
    summary: 'What is owed and paid, by currency and state, now or at any past instant, and day by day (JSON; totals as CSV)',
  })
  @Answers(LiabilityAnswer, { csv: true })
  async liability(
    @Query() query: LiabilityQuery,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<LiabilityAnswer | StreamableFile> {
    const asOfMs = this.instant(query.asOf);
    const { result, asOfPosition, lagSeconds } = await this.balances(query, asOfMs, caller);
    if (wantsCsv(request))
      return csvAnswer(
        BALANCE_COLUMNS,
        result.currencies.map((row): CsvRow => ({ ...row })),
        'liability',
      );
    return { asOf: new Date(asOfMs).toISOString(), ...result, asOfPosition, lagSeconds };
  }

  @Get('liability/days')
  @Allow('finance')
  @ApiOperation({ summary: 'What was owed and paid at the end of every day on which it changed (JSON or CSV)' })
  @Answers(LiabilityDaysAnswer, { csv: true })
  async days(
    @Query() query: LiabilityQuery,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<LiabilityDaysAnswer | StreamableFile> {
    const asOfMs = this.instant(query.asOf);
    const { result, asOfPosition, lagSeconds } = await this.balances(query, asOfMs, caller);
    if (wantsCsv(request))
      return csvAnswer(
        ['day', ...BALANCE_COLUMNS],
        result.days.map((row): CsvRow => ({ ...row })),
        'liability-days',
      );
    return { asOf: new Date(asOfMs).toISOString(), items: result.days, asOfPosition, lagSeconds };
  }

  @Get('liability/payouts')
  @Allow('finance')
  @ApiOperation({ summary: 'The payouts behind what is owed (or paid) at an instant, the longest owed first (JSON or CSV)' })
  @Answers(OwedPayoutsAnswer, { csv: true })
  async payouts(
    @Query() query: OwedPayoutsQuery,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<OwedPayoutsAnswer | StreamableFile> {
    const asOfMs = this.instant(query.asOf);
    if (wantsCsv(request)) return csvAnswer(PAYOUT_COLUMNS, this.allPayouts(query, asOfMs, caller), 'liability-payouts');
    const { limit } = query;
    const { result, asOfPosition, lagSeconds } = await this.page(query, asOfMs, caller, { limit: limit + 1, after: placeIn(query.cursor) });
    const { items, nextCursor } = pageOf(result, limit, ({ place }) => place);
    return { asOf: new Date(asOfMs).toISOString(), items: items.map(({ row }) => row), nextCursor, asOfPosition, lagSeconds };
  }

  @Get('ageing')
  @Allow('finance')
  @ApiOperation({ summary: 'What is owed, by currency, state and days since the entitlement, now or at any past instant (JSON or CSV)' })
  @Answers(AgeingAnswer, { csv: true })
  async ageing(
    @Query() query: AgeingQuery,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<AgeingAnswer | StreamableFile> {
    const asOfMs = this.instant(query.asOf);
    const { result, asOfPosition, lagSeconds } = await this.views.read(REFUNDS, caller.minPosition, (db, tables) =>
      ageing(db, tables, asOfMs, query.currency),
    );
    if (wantsCsv(request)) {
      const rows = result.flatMap(({ currency, states }) =>
        states.flatMap(({ state, buckets }) => buckets.map((bucket): CsvRow => ({ currency, state, ...bucket }))),
      );
      return csvAnswer(['currency', 'state', 'bucket', 'count', 'amountMinor'], rows, 'ageing');
    }
    return { at: new Date(asOfMs).toISOString(), currencies: result, asOfPosition, lagSeconds };
  }

  private instant(asOf: string | undefined): number {
    return asOf === undefined ? this.clock().getTime() : Date.parse(asOf);
  }

  private balances({ from, currency }: LiabilityQuery, asOfMs: number, caller: Caller): Promise<ReadResult<Balances>> {
    const fromDay = from ?? utcDay(Math.max(0, asOfMs - SERIES_MS));
    return this.views.read(REFUNDS, caller.minPosition, (db, tables) => balancesAt(db, tables, asOfMs, fromDay, currency));
  }

  private page(
    { state, currency, bucket }: OwedPayoutsQuery,
    asOfMs: number,
    caller: Caller,
    page: Parameters<typeof owedItems>[4],
  ): Promise<ReadResult<OwedItem[]>> {
    const filter = { states: state ?? OWED_STATES, currency, bucket };
    return this.views.read(REFUNDS, caller.minPosition, (db, tables) => owedItems(db, tables, asOfMs, filter, page));
  }

  private async *allPayouts(query: OwedPayoutsQuery, asOfMs: number, caller: Caller): AsyncGenerator<CsvRow> {
    let after: OwedPlace | undefined;
    for (;;) {
      const { result } = await this.page(query, asOfMs, caller, { limit: CSV_PAGE, after });
      yield* result.map(({ row }): CsvRow => ({ ...row }));
      if (result.length < CSV_PAGE) return;
      after = result.at(-1)?.place;
    }
  }
}

function placeIn(cursor: string | undefined): OwedPlace | undefined {
  const [entitledMs, refundId, paymentId, state] = decodeCursor(cursor, ['number', 'string', 'string', 'string']) ?? [];
  return typeof entitledMs === 'number' && typeof refundId === 'string' && typeof paymentId === 'string' && typeof state === 'string'
    ? [entitledMs, refundId, paymentId, state]
    : undefined;
}
