/** The returns board and reports over all returns. */
import { Controller, Get, Query, Req, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../access/access.js';
import { Caller } from '../http/caller.js';
import { csvAnswer, wantsCsv } from '../http/csv.js';
import { Answers } from '../http/documentation.js';
import { ReturnRatesQueries } from './return-rates.queries.js';
import { BoardAnswer, BoardQuery, RatesAnswer, RatesQuery } from './returns-board.dto.js';
import { BOARD_CSV_COLUMNS, ReturnsBoardQueries, type BoardFilter } from './returns-board.queries.js';

const RATES_CSV_COLUMNS = ['key', 'month', 'sold', 'returned', 'received', 'rateBp'] as const;

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
      'Newest first unless sorted otherwise, with counts per status. A customer sees the returns of his order. CSV with `Accept: text/csv` (all that match, no pages).',
  })
  @Answers(BoardAnswer, { csv: true })
  async list(
    @Query() { limit, cursor, ...filter }: BoardQuery,
    @Req() request: FastifyRequest,
    @Caller() caller: Caller,
  ): Promise<BoardAnswer | StreamableFile> {
    const { orderId } = caller.principal;
    const own: BoardFilter = caller.principal.kind === 'customer' ? { ...filter, orderId: orderId ?? '' } : filter;
    if (wantsCsv(request)) return csvAnswer(BOARD_CSV_COLUMNS, this.board.all(own, caller.minPosition), 'returns');
    return this.board.page(own, limit, cursor, caller.minPosition);
  }

  @Get('reports/return-rates')
  @Allow('shop', 'finance')
  @ApiOperation({
    summary: 'Return rates by SKU, reason or category',
    description: 'By month of the order (cohorts) or of the return. CSV with `Accept: text/csv`.',
  })
  @Answers(RatesAnswer, { csv: true })
  async rates(@Query() query: RatesQuery, @Req() request: FastifyRequest, @Caller() caller: Caller): Promise<RatesAnswer | StreamableFile> {
    if (!wantsCsv(request)) return this.returnRates.rates(query, caller.minPosition);
    const { groups } = await this.returnRates.rates(query, caller.minPosition, true);
    return csvAnswer(
      RATES_CSV_COLUMNS,
      groups.map((group) => ({ ...group })),
      'return-rates',
    );
  }
}
