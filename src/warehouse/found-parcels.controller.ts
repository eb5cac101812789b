/** Parcels nobody announced: recorded at once so that nothing gets lost, matched with a return once somebody knows. */
import { Body, Controller, Get, Inject, Param, Post, Query, type StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import { ContactsStore } from '../contacts/contacts.store.js';
import { Answer, readAt } from '../http/answer.js';
import { Caller } from '../http/caller.js';
import { AsCsv } from '../http/csv.js';
import { Answers } from '../http/documentation.js';
import { listCsv, listPage, type List } from '../http/paging.js';
import { notFound } from '../http/problem.js';
import { secondsSince, type Clock } from '../shared/clock.js';
import { printedOrNull } from '../shared/scanned-code.js';
import { CLOCK } from '../shared/tokens.js';
import { ExpectedQueries } from './expected.queries.js';
import { FoundParcelStream, MatchFoundParcel, RecordFoundItems, RecordFoundParcel } from './found-parcel.commands.js';
import { noteRefsOf, presentFoundParcel } from './found-parcel.presentation.js';
import type { FoundParcelRow } from './found-parcels.projection.js';
import { FOUND_PARCELS_ORDER, FoundParcelsQueries, type FoundParcelFilter } from './found-parcels.queries.js';
import { statusOfFound, type FoundParcel } from './rules/found-parcel.state.js';
import {
  FoundItemsBody,
  FoundParcelAnswer,
  FoundParcelBody,
  FoundParcelDetailAnswer,
  FoundParcelListAnswer,
  FoundParcelsQuery,
  MatchBody,
  ParcelPath,
  UnmatchBody,
  type FoundItemBody,
} from './warehouse.dto.js';

type ListedParcel = FoundParcelListAnswer['items'][number];
const piecesIn = ({ scans }: ListedParcel) => scans.flatMap(({ items }) => items);
const PARCELS_CSV: List<FoundParcelRow, ListedParcel>['csv'] = {
  name: 'unannounced-parcels',
  columns: [
    'parcelId',
    'state',
    'foundAt',
    'ageSeconds',
    'station',
    'trackingNumber',
    'returnId',
    ['pieces', (parcel) => piecesIn(parcel).reduce((sum, { quantity }) => sum + quantity, 0)],
    ['barcodes', (parcel) => piecesIn(parcel).flatMap(({ barcode }) => barcode ?? [])],
  ],
};
const itemsIn = (items: readonly FoundItemBody[]): RecordFoundItems['said']['items'] =>
  items.map(({ barcode = null, quantity, note }) => ({ barcode: printedOrNull(barcode), quantity, note }));

@ApiTags('warehouse')
@Allow('warehouse')
@Controller('v1/warehouse/parcels')
export class FoundParcelsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly parcels: FoundParcelStream,
    private readonly list: FoundParcelsQueries,
    private readonly expected: ExpectedQueries,
    private readonly contacts: ContactsStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Record a parcel nobody announced',
    description: 'At once and in any state, opened or not. It moves no stock and no money until it is matched with a return.',
  })
  @Answers(FoundParcelAnswer, { status: 201 })
  record(@Body() body: FoundParcelBody, @Caller() caller: Caller): Promise<Answer> {
    const { parcelId, station, note, trackingNumber, items = [] } = body;
    const parcel = { station, note, trackingNumber: printedOrNull(trackingNumber), items: itemsIn(items) };
    return this.#run(new RecordFoundParcel(parcelId, parcel, caller));
  }

  @Post(':parcelId/items')
  @ApiOperation({
    summary: 'Record what is inside',
    description: 'As often as needed. On a matched parcel the scan goes on to its return.',
  })
  @Answers(FoundParcelAnswer)
  recordItems(@Param() { parcelId }: ParcelPath, @Body() body: FoundItemsBody, @Caller() caller: Caller): Promise<Answer> {
    const { station, scanId, items } = body;
    return this.#run(new RecordFoundItems(parcelId, { station, scanId, items: itemsIn(items) }, caller));
  }

  @Post(':parcelId/match')
  @ApiOperation({
    summary: 'Say which return the parcel belongs to',
    description:
      'Answers as soon as that is recorded. What was scanned is then received on the return, with the time, station and clerk of each scan; `state` turns from `matched` to `handed_over`.',
  })
  @Answers(FoundParcelAnswer)
  match(@Param() { parcelId }: ParcelPath, @Body() { returnId, station }: MatchBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#run(new MatchFoundParcel(parcelId, { station, returnId }, caller));
  }

  @Post(':parcelId/unmatch')
  @ApiOperation({
    summary: 'Take back a wrong match',
    description: 'Only while the return has received nothing of the parcel. Later the scans are taken back on the return.',
  })
  @Answers(FoundParcelAnswer)
  unmatch(@Param() { parcelId }: ParcelPath, @Body() { station }: UnmatchBody, @Caller() caller: Caller): Promise<Answer> {
    return this.#run(new MatchFoundParcel(parcelId, { station, returnId: null }, caller));
  }

  @Get()
  @ApiOperation({
    summary: 'Parcels nobody announced, found longest ago first',
    description: 'Without `state` those that somebody must look at: unmatched and refused.',
  })
  @Answers(FoundParcelListAnswer, { csv: true })
  async all(
    @Query() query: FoundParcelsQuery,
    @Caller() caller: Caller,
    @AsCsv() asCsv: boolean,
  ): Promise<FoundParcelListAnswer | StreamableFile> {
    const filter: FoundParcelFilter = {
      states: query.state === undefined || query.state.length === 0 ? ['unmatched', 'refused'] : query.state,
      ...(query.station === undefined ? {} : { station: query.station }),
    };
    const now = this.clock().getTime();
    const list: List<FoundParcelRow, ListedParcel> = {
      keyset: FOUND_PARCELS_ORDER,
      read: (page) => this.list.list(filter, page, caller.minPosition),
      present: (row) => listed(row, now),
      csv: PARCELS_CSV,
    };
    return asCsv ? listCsv(list) : listPage(list, query);
  }

  @Get(':parcelId')
  @ApiOperation({ summary: 'One parcel with its notes, and the returns it may belong to' })
  @Answers(FoundParcelDetailAnswer)
  async one(@Param() { parcelId }: ParcelPath): Promise<Answer> {
    const { state, revision } = await this.parcels.ofParcel(parcelId);
    if (state === null) throw notFound();
    const barcodes = state.scans.flatMap((scan) => scan.items.flatMap((item) => item.barcode ?? []));
    const isOpen = ['unmatched', 'refused'].includes(statusOfFound(state));
    const likely = isOpen ? await this.expected.likely(state.trackingNumber, barcodes) : [];
    return readAt(revision, { ...(await this.#bodyOf(parcelId, state)), likely });
  }

  async #run(command: RecordFoundParcel | RecordFoundItems | MatchFoundParcel): Promise<Answer> {
    const executed = await this.commands.execute(command);
    return new Answer(executed, await this.#bodyOf(command.parcelId, executed.state));
  }

  async #bodyOf(parcelId: string, parcel: FoundParcel | null) {
    if (parcel === null) throw notFound();
    const texts = await Promise.all(noteRefsOf(parcel).map(async (ref) => [ref, await this.contacts.getText(ref)] as const));
    return presentFoundParcel(
      parcelId,
      parcel,
      new Map(texts.flatMap(([ref, text]) => (typeof text === 'string' ? [[ref, text] as const] : []))),
    );
  }
}

const listed = (row: FoundParcelRow, now: number): ListedParcel => ({
  ...presentFoundParcel(row.parcel_id, JSON.parse(row.details) as FoundParcel),
  ageSeconds: secondsSince(row.found_at, now),
});
