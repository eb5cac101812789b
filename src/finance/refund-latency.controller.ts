/** How long customers wait for their money: the report, and the returns behind its numbers. */
import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Views } from '../eventing/views.js';
import { Caller } from '../http/caller.js';
import { AsCsv, csvAnswer, type CsvColumn } from '../http/csv.js';
import { fieldNames } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { listCsv, listPage, type List } from '../http/paging.js';
import { fieldRefused } from '../http/problem.js';
import { isDay, isInstant } from '../http/texts.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import {
  LatencyAnswer,
  LatencyFilterQuery,
  LatencyReturnAnswer,
  LatencyReturnsAnswer,
  LatencyReturnsQuery,
  type StageLatencyAnswer,
} from './refund-latency.dto.js';
import { DIMENSIONS, REFUND_LATENCY } from './refund-latency.projection.js';
import { LATENCY_ORDER, latencyGroups, latencyReturns, openBefore, type LatencyFilter } from './refund-latency.queries.js';

/** A stage of a group. */
type GroupRow = StageLatencyAnswer & { readonly key: string };
const GROUP_COLUMNS: readonly CsvColumn<GroupRow>[] = [
  'key',
  'stage',
  'count',
  'p50',
  'p90',
  'p95',
  'p99',
  'max',
  'sumSeconds',
  'holder',
  'open',
  'openOldestSeconds',
  'openSeconds',
  ['openWithCustomer', ({ holders }) => holders.customer],
  ['openWithCarrier', ({ holders }) => holders.carrier],
  ['openWithMerchant', ({ holders }) => holders.merchant],
  ['openWithBank', ({ holders }) => holders.bank],
];
@ApiTags('finance')
@Controller('v1/finance/refund-latency')
export class RefundLatencyController {
  constructor(
    private readonly views: Views,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Allow('finance')
  @ApiOperation({ summary: 'How long customers wait for their money, by stage, in percentiles; open cases counted (JSON or CSV)' })
  @Answers(LatencyAnswer, { csv: true })
  async report(
    @Query() query: LatencyFilterQuery,
    @Caller() caller: Caller,
    @AsCsv() asCsv: boolean,
  ): Promise<LatencyAnswer | StreamableFile> {
    const filter = filterOf(query);
    const { groupBy } = query;
    const nowMs = this.clock().getTime();
    const { result, asOfPosition, lagSeconds } = await this.views.read(REFUND_LATENCY, caller.minPosition, async (db, tables) => ({
      groups: await latencyGroups(db, tables, filter, groupBy, nowMs),
      openBefore: await openBefore(db, tables, filter, nowMs),
    }));
    if (asCsv) {
      const rows = result.groups.flatMap(({ key, stages }) => stages.map((stage) => ({ key, ...stage })));
      return csvAnswer(GROUP_COLUMNS, rows, 'refund-latency');
    }
    return { from: filter.from, to: filter.to, groupBy, ...result, asOfPosition, lagSeconds };
  }

  @Get('returns')
  @Allow('finance')
  @ApiOperation({ summary: 'The returns behind a number of the report, with exact durations (JSON or CSV)' })
  @Answers(LatencyReturnsAnswer, { csv: true })
  async returns(
    @Query() query: LatencyReturnsQuery,
    @Caller() caller: Caller,
    @AsCsv() asCsv: boolean,
  ): Promise<LatencyReturnsAnswer | StreamableFile> {
    const { groupBy, key, state } = query;
    if (key !== undefined && groupBy === 'none' && key !== 'all') {
      throw fieldRefused('query', '/key', 'needs groupBy', '`key` names a group, so it needs `groupBy`.');
    }
    const filter = filterOf(query);
    const nowMs = this.clock().getTime();
    const list: List<LatencyReturnAnswer, LatencyReturnAnswer> = {
      keyset: LATENCY_ORDER[state],
      read: (page) =>
        this.views.read(REFUND_LATENCY, caller.minPosition, (db, tables) =>
          latencyReturns(db, tables, filter, { groupBy, key, state }, page, nowMs),
        ),
      present: (row) => row,
      csv: { name: 'refund-latency-returns', columns: fieldNames(LatencyReturnAnswer) },
    };
    return asCsv ? listCsv(list) : listPage(list, query);
  }
}

function filterOf(query: LatencyFilterQuery): LatencyFilter {
  const dimensions = Object.fromEntries(
    DIMENSIONS.flatMap((dimension) => (query[dimension] === undefined ? [] : [[dimension, query[dimension]]])),
  );
  const [from, to] = [dayIn('from', query.from), dayIn('to', query.to)];
  if (from !== null && to !== null && from > to) {
    throw fieldRefused('query', '/to', 'must not be before from', 'The time asked for ends before it begins.');
  }
  return { from, to, stage: query.stage, dimensions };
}

/** Sketches are kept by day, so an instant stands for its day. */
function dayIn(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (isDay(text) || isInstant(text)) return text.slice(0, 10);
  throw fieldRefused('query', `/${name}`, 'does not exist', `${name} is not a day or an instant that exists.`);
}
