/** What is owed at any instant, how old it is, day by day, and the payouts behind each of these numbers. */
import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Views, type ReadResult } from '../eventing/views.js';
import { Caller } from '../http/caller.js';
import { AsCsv, csvAnswer } from '../http/csv.js';
import { fieldNames } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { listCsv, listPage, type List } from '../http/paging.js';
import { utcDay, type Clock } from '../shared/clock.js';
import { DAY_MS } from '../shared/days.js';
import { CLOCK } from '../shared/tokens.js';
import { ageing, OWED_ORDER, OWED_STATES, owedItems } from './ageing.queries.js';
import {
  AgeingAnswer,
  AgeingQuery,
  BalancesAnswer,
  DayBalancesAnswer,
  LiabilityAnswer,
  LiabilityDaysAnswer,
  LiabilityQuery,
  OwedPayoutAnswer,
  OwedPayoutsAnswer,
  OwedPayoutsQuery,
} from './refunds.dto.js';
import { REFUNDS } from './refunds.projection.js';
import { balancesAt, type Balances } from './refunds.queries.js';

const PAYOUTS_CSV: List<OwedPayoutAnswer, OwedPayoutAnswer>['csv'] = {
  name: 'liability-payouts',
  columns: fieldNames(OwedPayoutAnswer),
  // Each page looks at everything owed.
  pageSize: 20_000,
};
const SERIES_MS = 30 * DAY_MS;

@ApiTags('finance')
@Controller('v1/finance')
export class LiabilityController {
  constructor(
    private readonly views: Views,
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
    @AsCsv() asCsv: boolean,
  ): Promise<LiabilityAnswer | StreamableFile> {
    const asOfMs = this.#instant(query.asOf);
    const { result, asOfPosition, lagSeconds } = await this.#balances(query, asOfMs, caller);
    if (asCsv) return csvAnswer(fieldNames(BalancesAnswer), result.currencies, 'liability');
    return { asOf: new Date(asOfMs).toISOString(), ...result, asOfPosition, lagSeconds };
  }

  @Get('liability/days')
  @Allow('finance')
  @ApiOperation({ summary: 'What was owed and paid at the end of every day on which it changed (JSON or CSV)' })
  @Answers(LiabilityDaysAnswer, { csv: true })
  async days(
    @Query() query: LiabilityQuery,
    @Caller() caller: Caller,
    @AsCsv() asCsv: boolean,
  ): Promise<LiabilityDaysAnswer | StreamableFile> {
    const asOfMs = this.#instant(query.asOf);
    const { result, asOfPosition, lagSeconds } = await this.#balances(query, asOfMs, caller);
    if (asCsv) return csvAnswer(fieldNames(DayBalancesAnswer), result.days, 'liability-days');
    return { asOf: new Date(asOfMs).toISOString(), items: result.days, asOfPosition, lagSeconds };
  }

  @Get('liability/payouts')
  @Allow('finance')
  @ApiOperation({ summary: 'The payouts behind what is owed (or paid) at an instant, the longest owed first (JSON or CSV)' })
  @Answers(OwedPayoutsAnswer, { csv: true })
  async payouts(
    @Query() query: OwedPayoutsQuery,
    @Caller() caller: Caller,
    @AsCsv() asCsv: boolean,
  ): Promise<OwedPayoutsAnswer | StreamableFile> {
    const asOfMs = this.#instant(query.asOf);
    const filter = { states: query.state ?? OWED_STATES, currency: query.currency, bucket: query.bucket };
    const list: List<OwedPayoutAnswer, OwedPayoutAnswer> = {
      keyset: OWED_ORDER,
      read: (page) => this.views.read(REFUNDS, caller.minPosition, (db, tables) => owedItems(db, tables, asOfMs, filter, page)),
      present: (row) => row,
      csv: PAYOUTS_CSV,
    };
    return asCsv ? listCsv(list) : { asOf: new Date(asOfMs).toISOString(), ...(await listPage(list, query)) };
  }

  @Get('ageing')
  @Allow('finance')
  @ApiOperation({ summary: 'What is owed, by currency, state and days since the entitlement, now or at any past instant (JSON or CSV)' })
  @Answers(AgeingAnswer, { csv: true })
  async ageing(@Query() query: AgeingQuery, @Caller() caller: Caller, @AsCsv() asCsv: boolean): Promise<AgeingAnswer | StreamableFile> {
    const asOfMs = this.#instant(query.asOf);
    const { result, asOfPosition, lagSeconds } = await this.views.read(REFUNDS, caller.minPosition, (db, tables) =>
      ageing(db, tables, asOfMs, query.currency),
    );
    if (asCsv) {
      const rows = result.flatMap(({ currency, states }) =>
        states.flatMap(({ state, buckets }) => buckets.map((bucket) => ({ currency, state, ...bucket }))),
      );
      return csvAnswer(['currency', 'state', 'bucket', 'count', 'amountMinor'], rows, 'ageing');
    }
    return { at: new Date(asOfMs).toISOString(), currencies: result, asOfPosition, lagSeconds };
  }

  #instant(asOf: string | undefined): number {
    return asOf === undefined ? this.clock().getTime() : Date.parse(asOf);
  }

  #balances({ from, currency }: LiabilityQuery, asOfMs: number, caller: Caller): Promise<ReadResult<Balances>> {
    const fromDay = from ?? utcDay(Math.max(0, asOfMs - SERIES_MS));
    return this.views.read(REFUNDS, caller.minPosition, (db, tables) => balancesAt(db, tables, asOfMs, fromDay, currency));
  }
}
