/** What finance reads: refunds payout by payout. */
import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Views } from '../eventing/views.js';
import { Caller } from '../http/caller.js';
import { AsCsv } from '../http/csv.js';
import { fieldNames } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { listCsv, listPage, type List } from '../http/paging.js';
import { CustomerTexts } from '../returns/texts.js';
import { payoutReason, plainReason } from '../returns/words/reason.words.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { RefundRowAnswer, RefundRowsAnswer, RefundsQuery } from './refunds.dto.js';
import { REFUNDS } from './refunds.projection.js';
import { refundItems, REFUNDS_ORDER, type RefundItem } from './refunds.queries.js';

@ApiTags('finance')
@Controller('v1/finance')
export class RefundsController {
  constructor(
    private readonly views: Views,
    private readonly texts: CustomerTexts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('refunds')
  @Allow('finance')
  @ApiOperation({ summary: 'Refunds, payout by payout: what is paid and what hangs (JSON or CSV)' })
  @Answers(RefundRowsAnswer, { csv: true })
  async refunds(
    @Query() query: RefundsQuery,
    @Caller() caller: Caller,
    @AsCsv() asCsv: boolean,
  ): Promise<RefundRowsAnswer | StreamableFile> {
    const nowMs = this.clock().getTime();
    const list: List<RefundItem, RefundRowAnswer> = {
      keyset: REFUNDS_ORDER,
      read: (page) =>
        this.views.read(REFUNDS, caller.minPosition, (db, tables) => refundItems(db, tables, query, { ...page, sort: query.sort }, nowMs)),
      present: async (row) => {
        const text = await this.texts.readAll([row.reason, row.code]);
        return { ...row, reason: plainReason(row.reason, text, false), code: payoutReason(row.code, row.provider, text) };
      },
      csv: { name: 'refunds', columns: fieldNames(RefundRowAnswer) },
    };
    return asCsv ? listCsv(list) : listPage(list, query);
  }
}
