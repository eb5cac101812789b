/** The returns board and reports over all returns. */
import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Caller } from '../http/caller.js';
import { AsCsv, csvAnswer } from '../http/csv.js';
import { fieldNames } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { ReturnRatesQueries } from './return-rates.queries.js';
import { BoardAnswer, BoardQuery, RateAnswer, RatesAnswer, RatesQuery } from './returns-board.dto.js';
import { ReturnsBoardQueries, type BoardFilter } from './returns-board.queries.js';

@ApiTags('returns')
@Controller('v1')
export class ReturnsBoardController {
  constructor(
    private readonly board: ReturnsBoardQueries,
    private readonly returnRates: ReturnRatesQueries,
  ) {}

  @Get('returns')
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'The returns board',
    description:
      'Newest first unless sorted otherwise, with counts per status. Customers see the returns of their order. CSV with `Accept: text/csv` (all that match, no pages).',
  })
  @Answers(BoardAnswer, { csv: true })
  async list(
    @Query() { limit, cursor, ...filter }: BoardQuery,
    @AsCsv() asCsv: boolean,
    @Caller() caller: Caller,
  ): Promise<BoardAnswer | StreamableFile> {
    const { orderId } = caller.principal;
    const own: BoardFilter = caller.principal.kind === 'customer' ? { ...filter, orderId: orderId ?? '' } : filter;
    return asCsv ? this.board.csv(own, caller.minPosition) : this.board.page(own, limit, cursor, caller.minPosition);
  }

  @Get('reports/return-rates')
  @Allow('shop', 'finance')
  @ApiOperation({
    summary: 'Return rates by SKU, reason or category',
    description: 'By month of the order (cohorts) or of the return. CSV with `Accept: text/csv`.',
  })
  @Answers(RatesAnswer, { csv: true })
  async rates(@Query() query: RatesQuery, @AsCsv() asCsv: boolean, @Caller() caller: Caller): Promise<RatesAnswer | StreamableFile> {
    const rates = await this.returnRates.rates(query, caller.minPosition, asCsv);
    return asCsv ? csvAnswer(fieldNames(RateAnswer), rates.groups, 'return-rates') : rates;
  }
}
