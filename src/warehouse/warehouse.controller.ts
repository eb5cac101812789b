/** What the warehouse looks at before it touches anything: the queue, and what a scanned code should contain. */
import { Controller, Get, Inject, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { Caller } from '../http/caller.js';
import { AsCsv } from '../http/csv.js';
import { camelCased, picked } from '../http/declared.js';
import { Answers } from '../http/documentation.js';
import { listCsv, listPage, type List } from '../http/paging.js';
import { Problem } from '../http/problem.js';
import { layoutWords } from '../returns/words/expected.words.js';
import { secondsSince, type Clock } from '../shared/clock.js';
import { suspectedLayout } from '../shared/keyboard-layouts.js';
import { CLOCK } from '../shared/tokens.js';
import { ExpectedQueries } from './expected.queries.js';
import { QUEUE_ORDER, ReceivingQueueQueries } from './receiving-queue.queries.js';
import type { QueueDetails, QueueRow } from './receiving-queue.rows.js';
import { ExpectedAnswer, ExpectedQuery, KnownParcelAnswer, QueueAnswer, QueueItemAnswer, QueueQuery } from './warehouse.dto.js';

type QueueItem = QueueAnswer['items'][number];
const QUEUE_CSV: List<QueueRow, QueueItem>['csv'] = {
  name: 'receiving-queue',
  columns: [
    'returnId',
    'orderId',
    'state',
    'since',
    'ageSeconds',
    'requestedAt',
    'station',
    'method',
    'trackingNumbers',
    ['skus', ({ lines }) => lines.map((line) => line.sku ?? line.title)],
    'authorised',
    'received',
    'awaiting',
    'awaitingInspection',
    'toPutAway',
    'mismatches',
    'surplus',
    'blockedRestocks',
  ],
};
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
  @Answers(QueueAnswer, { csv: true })
  async list(@Query() query: QueueQuery, @Caller() caller: Caller, @AsCsv() asCsv: boolean): Promise<QueueAnswer | StreamableFile> {
    const now = this.clock().getTime();
    const list: List<QueueRow, QueueItem> = {
      keyset: QUEUE_ORDER,
      read: (page) => this.queue.list(query, page, caller.minPosition),
      present: (row) => itemOf(row, now),
      csv: QUEUE_CSV,
    };
    if (asCsv) return listCsv(list);
    const [page, counts] = await Promise.all([listPage(list, query), this.queue.counts()]);
    return { ...page, counts: counts.map(({ stage, count }) => ({ state: stage, count })) };
  }

  @Get('expected')
  @ApiOperation({
    summary: 'What a scanned code should contain',
    description:
      'Takes anything a scanner reads: return id, tracking number, label, QR code, order number, item barcode. A code that a scanner with another keyboard layout has typed is found where exactly one return fits (`readAs`). Several returns: the code is ambiguous, choose one. Nothing known: 404, record the parcel as unannounced.',
  })
  @Answers(ExpectedAnswer)
  async expected(@Query() { barcode }: ExpectedQuery, @Caller() caller: Caller): Promise<ExpectedAnswer> {
    const { returns, more, foundParcels, readAs } = await this.expectedQueries.byCode(barcode, caller.minPosition);
    if (returns.length === 0 && foundParcels.length === 0) {
      const detail = `${NOTHING_EXPECTED}${keyboardHint(barcode)}`;
      throw new Problem('not_found', detail, { errors: [{ pointer: '/barcode', detail, in: 'query' }] });
    }
    const parcels = foundParcels.map((row) => picked(KnownParcelAnswer)({ ...camelCased(row), state: row.status }));
    return { barcode, returns, more, parcels, readAs };
  }
}

/** Why a code may be unknown although its label is right. */
function keyboardHint(scanned: string): string {
  const suspected = suspectedLayout(scanned);
  return suspected === undefined ? '' : ` ${layoutWords(suspected)}`;
}

function itemOf(row: QueueRow, now: number): QueueItem {
  const details = JSON.parse(row.details) as QueueDetails;
  return picked(QueueItemAnswer)({ ...camelCased(row), ...details, state: row.stage, ageSeconds: secondsSince(row.since, now) });
}
