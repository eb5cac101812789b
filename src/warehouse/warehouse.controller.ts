/** What the warehouse looks at before it touches anything: the queue, and what a scanned code should contain. */
import { Controller, Get, Inject, Query, Req, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Allow } from '../access/access.js';
import { Caller } from '../http/caller.js';
import { csvAnswer, wantsCsv, type CsvRow } from '../http/csv.js';
import { decodeCursor, MAX_LIMIT, pageOf } from '../http/paging.js';
import { Problem } from '../http/problem.js';
import { layoutWords } from '../returns/words/expected.words.js';
import type { Clock } from '../shared/clock.js';
import { suspectedLayout } from '../shared/keyboard-layouts.js';
import { CLOCK } from '../shared/tokens.js';
import { ExpectedQueries } from './expected.queries.js';
import { ReceivingQueueQueries, type QueueCursor, type QueueFilter } from './receiving-queue.queries.js';
import type { QueueDetails, QueueRow } from './receiving-queue.rows.js';
import { ExpectedAnswer, ExpectedQuery, QueueAnswer, QueueQuery } from './warehouse.dto.js';

const CSV_COLUMNS = [
  'returnId',
  'orderId',
  'state',
  'since',
  'ageSeconds',
  'requestedAt',
  'station',
  'method',
  'trackingNumbers',
  'skus',
  'authorised',
  'received',
  'awaiting',
  'awaitingInspection',
  'toPutAway',
  'mismatches',
  'surplus',
  'blockedRestocks',
];
const NOTHING_EXPECTED =
  'Nothing is expected under this code. If a parcel lies before you, record it as unannounced: POST /v1/warehouse/parcels.';

@ApiTags('warehouse')
@Allow('warehouse')
@Controller('v1/warehouse')
export class WarehouseController {
  constructor(
    private readonly queue: ReceivingQueueQueries,
    private readonly expectedQueries: ExpectedQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('queue')
  @ApiOperation({ summary: 'Returns the warehouse still has something to do for, longest waiting first' })
  @ApiOkResponse({ type: QueueAnswer })
  @ApiProduces('application/json', 'text/csv')
  async list(@Query() query: QueueQuery, @Caller() caller: Caller, @Req() request: FastifyRequest): Promise<QueueAnswer | StreamableFile> {
    const after = cursorIn(query.cursor);
    if (wantsCsv(request)) return csvAnswer(CSV_COLUMNS, this.csvRows(query, after, caller), 'receiving-queue');
    const now = this.clock().getTime();
    const [page, counts] = await Promise.all([this.queue.list(query, query.limit + 1, after, caller.minPosition), this.queue.counts()]);
    const { items, nextCursor } = pageOf(page.result, query.limit, (row) => [row.since, row.return_id]);
    return {
      items: items.map((row) => itemOf(row, now)),
      nextCursor,
      counts: counts.map(({ stage, count }) => ({ state: stage, count })),
      asOfPosition: page.asOfPosition,
      lagSeconds: page.lagSeconds,
    };
  }

  @Get('expected')
  @ApiOperation({
    summary: 'What a scanned code should contain',
    description:
      'Takes anything a scanner reads: return id, tracking number, label, QR code, order number, item barcode. A code that a scanner with another keyboard layout has typed is found where exactly one return fits (`readAs`). Several returns: the code is ambiguous, choose one. Nothing known: 404, record the parcel as unannounced.',
  })
  @ApiOkResponse({ type: ExpectedAnswer })
  async expected(@Query() { barcode }: ExpectedQuery, @Caller() caller: Caller): Promise<ExpectedAnswer> {
    const { returns, more, foundParcels, readAs } = await this.expectedQueries.byCode(barcode, caller.minPosition);
    if (returns.length === 0 && foundParcels.length === 0) {
      const detail = `${NOTHING_EXPECTED}${keyboardHint(barcode)}`;
      throw new Problem('not_found', detail, { errors: [{ pointer: '/barcode', detail, in: 'query' }] });
    }
    const parcels = foundParcels.map((row) => ({
      parcelId: row.parcel_id,
      state: row.status,
      foundAt: row.found_at,
      station: row.station,
      returnId: row.return_id,
    }));
    return {
      barcode,
      returns: returns.map((ret) => ({
        ...ret,
        trackingNumbers: [...ret.trackingNumbers],
        lines: ret.lines.map((line) => ({ ...line })),
        notAnnounced: [...ret.notAnnounced],
        elsewhere: [...ret.elsewhere],
      })),
      more,
      parcels,
      readAs,
    };
  }

  private async *csvRows(filter: QueueFilter, from: QueueCursor | undefined, { minPosition }: Caller): AsyncGenerator<CsvRow> {
    const now = this.clock().getTime();
    for (let after = from; ;) {
      const { result: rows } = await this.queue.list(filter, MAX_LIMIT, after, minPosition);
      for (const row of rows) yield csvRow(row, now);
      const last = rows.at(-1);
      if (last === undefined || rows.length < MAX_LIMIT) return;
      after = { since: last.since, returnId: last.return_id };
    }
  }
}

/** Why a code may be unknown although its label is right. */
function keyboardHint(scanned: string): string {
  const suspected = suspectedLayout(scanned);
  return suspected === undefined ? '' : ` ${layoutWords(suspected)}`;
}

function cursorIn(cursor: string | undefined): QueueCursor | undefined {
  const key = decodeCursor(cursor, ['string', 'string']);
  return key === undefined ? undefined : { since: String(key[0]), returnId: String(key[1]) };
}

const ageSeconds = (since: string, now: number): number => Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
const detailsOf = (row: QueueRow): QueueDetails => JSON.parse(row.details) as QueueDetails;

function itemOf(row: QueueRow, now: number): QueueAnswer['items'][number] {
  const { lines, trackingNumbers, method, inReview, inspectionRequired, exceptions, blocked } = detailsOf(row);
  return {
    returnId: row.return_id,
    orderId: row.order_id,
    state: row.stage,
    since: row.since,
    ageSeconds: ageSeconds(row.since, now),
    requestedAt: row.requested_at,
    station: row.station,
    method,
    inReview,
    inspectionRequired,
    trackingNumbers: [...trackingNumbers],
    exceptions: [...exceptions],
    authorised: row.authorised,
    received: row.received,
    awaiting: row.awaiting,
    awaitingInspection: row.awaiting_inspection,
    toPutAway: row.to_put_away,
    mismatches: row.mismatches,
    surplus: row.surplus,
    blockedRestocks: row.blocked_restocks,
    lines: [...lines],
    blocked: [...blocked],
  };
}

function csvRow(row: QueueRow, now: number): CsvRow {
  const { lines, trackingNumbers, method } = detailsOf(row);
  return {
    returnId: row.return_id,
    orderId: row.order_id,
    state: row.stage,
    since: row.since,
    ageSeconds: ageSeconds(row.since, now),
    requestedAt: row.requested_at,
    station: row.station,
    method,
    trackingNumbers: trackingNumbers.join('|'),
    skus: lines.map((line) => line.sku ?? line.title).join('|'),
    authorised: row.authorised,
    received: row.received,
    awaiting: row.awaiting,
    awaitingInspection: row.awaiting_inspection,
    toPutAway: row.to_put_away,
    mismatches: row.mismatches,
    surplus: row.surplus,
    blockedRestocks: row.blocked_restocks,
  };
}
