/** How long customers wait for their money: the report, and the returns behind its numbers. */
import { Controller, Get, Inject, Query, Req, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../access/access.js';
import { ReadModels } from '../eventing/read-models.js';
import { Caller } from '../http/caller.js';
import { csvAnswer, wantsCsv, type CsvRow } from '../http/csv.js';
import { Answers } from '../http/documentation.js';
import { decodeCursor, pageOf } from '../http/paging.js';
import { Problem } from '../http/problem.js';
import { isDay, isInstant } from '../http/texts.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import {
  LatencyAnswer,
  LatencyFilterQuery,
  LatencyReturnsAnswer,
  LatencyReturnsQuery,
  type StageLatencyAnswer,
} from './refund-latency.dto.js';
import { DIMENSIONS, REFUND_LATENCY } from './refund-latency.projection.js';
import {
  latencyGroups,
  latencyReturns,
  openBefore,
  type DrillDown,
  type LatencyFilter,
  type LatencyReturn,
} from './refund-latency.queries.js';

const GROUP_COLUMNS = [
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
  'openWithCustomer',
  'openWithCarrier',
  'openWithMerchant',
  'openWithBank',
];
const RETURN_COLUMNS = [
  'returnId',
  'stage',
  'startedAt',
  'endedAt',
  'seconds',
  'holder',
  'warehouse',
  'carrier',
  'method',
  'reason',
  'provider',
  'currency',
];
/** Rows read at a time for a CSV file. */
const CSV_PAGE = 1000;

@ApiTags('finance')
@Controller('v1/finance/refund-latency')
export class RefundLatencyController {
  constructor(
    private readonly views: ReadModels,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Allow('finance')
  @ApiOperation({ summary: 'How long customers wait for their money, by stage, in percentiles; open cases counted (JSON or CSV)' })
  @Answers(LatencyAnswer, { csv: true })
  async report(
    @Query() query: LatencyFilterQuery,
    @Caller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<LatencyAnswer | StreamableFile> {
    const filter = filterOf(query);
    const { groupBy } = query;
    const nowMs = this.clock().getTime();
    const { result, asOfPosition, lagSeconds } = await this.views.read(REFUND_LATENCY, caller.minPosition, async (db, tables) => ({
      groups: await latencyGroups(db, tables, filter, groupBy, nowMs),
      openBefore: await openBefore(db, tables, filter, nowMs),
    }));
    if (wantsCsv(request)) {
      const rows = result.groups.flatMap(({ key, stages }) => stages.map((stage) => groupRow(key, stage)));
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
    @Req() request: FastifyRequest,
  ): Promise<LatencyReturnsAnswer | StreamableFile> {
    const { groupBy, key, state, limit } = query;
    if (key !== undefined && groupBy === 'none' && key !== 'all') {
      throw new Problem('validation_failed', '`key` names a group, so it needs `groupBy`.', {
        errors: [{ pointer: '/key', detail: 'needs groupBy', in: 'query' }],
      });
    }
    const filter = filterOf(query);
    const asking = { groupBy, key, state };
    if (wantsCsv(request)) return csvAnswer(RETURN_COLUMNS, this.all(filter, asking, caller), 'refund-latency-returns');
    const after = placeIn(query.cursor);
    const nowMs = this.clock().getTime();
    const { result, asOfPosition, lagSeconds } = await this.views.read(REFUND_LATENCY, caller.minPosition, (db, tables) =>
      latencyReturns(db, tables, filter, { ...asking, limit, after }, nowMs),
    );
    const { items, nextCursor } = pageOf(result, limit, placeOf);
    return { items: items.map(({ row }) => row), nextCursor, asOfPosition, lagSeconds };
  }

  private async *all(filter: LatencyFilter, asking: Pick<DrillDown, 'groupBy' | 'key' | 'state'>, caller: Caller): AsyncGenerator<CsvRow> {
    const nowMs = this.clock().getTime();
    let after: DrillDown['after'];
    for (;;) {
      const page = { ...asking, limit: CSV_PAGE, after };
      const { result } = await this.views.read(REFUND_LATENCY, caller.minPosition, (db, tables) =>
        latencyReturns(db, tables, filter, page, nowMs),
      );
      const shown = result.slice(0, CSV_PAGE);
      yield* shown.map(({ row }): CsvRow => ({ ...row }));
      const last = shown.at(-1);
      if (result.length <= CSV_PAGE || last === undefined) return;
      after = placeOf(last);
    }
  }
}

function groupRow(key: string, { holders, ...stage }: StageLatencyAnswer): CsvRow {
  const { customer, carrier, merchant, bank } = holders;
  return { key, ...stage, openWithCustomer: customer, openWithCarrier: carrier, openWithMerchant: merchant, openWithBank: bank };
}

const placeOf = ({ sortMs, row }: LatencyReturn): [number, string] => [sortMs, row.returnId];

function placeIn(cursor: string | undefined): DrillDown['after'] {
  const [sortMs, returnId] = decodeCursor(cursor, ['number', 'string']) ?? [];
  return typeof sortMs === 'number' && typeof returnId === 'string' ? [sortMs, returnId] : undefined;
}

function filterOf(query: LatencyFilterQuery): LatencyFilter {
  const dimensions = Object.fromEntries(
    DIMENSIONS.flatMap((dimension) => (query[dimension] === undefined ? [] : [[dimension, query[dimension]]])),
  );
  const [from, to] = [dayIn('from', query.from), dayIn('to', query.to)];
  if (from !== null && to !== null && from > to) {
    throw new Problem('validation_failed', 'The time asked for ends before it begins.', {
      errors: [{ pointer: '/to', detail: 'must not be before from', in: 'query' }],
    });
  }
  return { from, to, stage: query.stage, dimensions };
}

/** Sketches are kept by day, so an instant stands for its day. */
function dayIn(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (isDay(text) || isInstant(text)) return text.slice(0, 10);
  throw new Problem('validation_failed', `${name} is not a day or an instant that exists.`, {
    errors: [{ pointer: `/${name}`, detail: 'does not exist', in: 'query' }],
  });
}
