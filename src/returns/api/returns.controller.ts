/** One return and what happened to it, as whoever asks may see it. */
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../access/access.js';
import { readAt, type Answer } from '../../http/answer.js';
import { Caller } from '../../http/caller.js';
import { Answers } from '../../http/documentation.js';
import { notFound } from '../../http/problem.js';
import { orderOfReturn } from '../returns.commands.js';
import { ReturnsQueries } from '../returns.queries.js';
import { AsOfQuery, HistoryAnswer } from './return-history.dto.js';
import { ReturnHistory } from './return-history.queries.js';
import { ReturnAnswer, ReturnPath } from './returns.dto.js';
import { ReturnsOverHttp } from './returns.http.js';

@ApiTags('returns')
@Controller('v1')
export class ReturnsController {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly returns: ReturnsOverHttp,
    private readonly histories: ReturnHistory,
  ) {}

  @Get('returns/:returnId')
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'One return, now or as of a past moment',
    description: 'Folded from its stream: never behind. Before it was filed there is nothing.',
  })
  @Answers(ReturnAnswer)
  async get(@Param() { returnId }: ReturnPath, @Query() { asOf }: AsOfQuery, @Caller() caller: Caller): Promise<Answer> {
    const folded = await this.queries.ofReturn(returnId, asOf);
    if (folded === undefined) throw notFound();
    return readAt(folded.revision, await this.returns.body(folded, returnId, caller), caller.language);
  }

  @Get('returns/:returnId/history')
  @Allow('customer', 'shop', 'warehouse', 'finance')
  @ApiOperation({
    summary: 'What happened, in words',
    description: 'Every event of the return, oldest first; customers see what kind of person acted, staff also who.',
  })
  @Answers(HistoryAnswer)
  async history(@Param() { returnId }: ReturnPath, @Caller() caller: Caller): Promise<Answer> {
    const history = await this.histories.of(orderOfReturn(returnId), returnId, caller);
    if (history === undefined) throw notFound();
    return readAt(history.revision, history.answer, caller.language);
  }
}
