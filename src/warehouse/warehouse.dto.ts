/** What the receiving queue and unannounced parcels take and answer. Quantities are pieces, times ISO 8601 UTC. */
import { Flag, Id, ListOf, Measure, OneOf, Text, When, Whole } from '../http/fields.js';
import { PageQuery } from '../http/paging.js';
import { RETURN_STATUSES } from '../returns/returns.status.js';
import { FOUND_PARCEL_STATUSES, type FoundParcelStatus } from './found-parcel.state.js';
import { AtStation, MOST_PIECES } from './receiving.dto.js';
import { QUEUE_STAGES, type QueueStage } from './receiving-queue.rows.js';

const MATCHED_BY = ['return_id', 'tracking_number', 'label', 'order', 'item'] as const;

export class QueueQuery extends PageQuery {
  @OneOf(QUEUE_STAGES, { optional: true }) readonly state?: QueueStage;
  @Text({ optional: true, max: 40, description: 'Station of the return\'s latest scan' }) readonly station?: string;
  @Text({ optional: true, max: 100 }) readonly sku?: string;
  @Flag({ optional: true, description: 'Only returns with a mismatch, surplus or blocked restock' }) readonly problems?: boolean;
}

export class QueueLineDto {
  @Text() lineId!: string;
  @Text({ min: 0, max: 500 }) sku!: string;
  @Text({ min: 0, max: 500 }) title!: string;
  @Text({ nullable: true }) barcode!: string | null;
  @Text() reason!: string;
  @Text() condition!: string;
  @Whole() authorised!: number;
  @Whole() awaiting!: number;
  @Whole() received!: number;
  @Whole() missing!: number;
  @Whole() awaitingInspection!: number;
  @Whole({ description: 'Graded, not put anywhere yet' }) toPutAway!: number;
}
export class BlockedRestockDto {
  @Text() restockId!: string;
  @Text({ min: 0, max: 500 }) sku!: string;
  @Whole() quantity!: number;
  @Text({ nullable: true, max: 500 }) reason!: string | null;
}
export class QueueItemDto {
  @Text() returnId!: string;
  @Text() orderId!: string;
  @OneOf(QUEUE_STAGES, { description: 'How far the goods have come' }) state!: QueueStage;
  @When({ description: 'When this state began' }) since!: string;
  @Whole() ageSeconds!: number;
  @When() requestedAt!: string;
  @Text({ nullable: true }) station!: string | null;
  @Text() method!: string;
  @Flag({ description: 'Goods have come although the case is in review' }) inReview!: boolean;
  @Flag() inspectionRequired!: boolean;
  @ListOf('string') trackingNumbers!: string[];
  @ListOf('string', { description: 'What the carrier reports: lost, damaged …' }) exceptions!: string[];
  @Whole() authorised!: number;
  @Whole() received!: number;
  @Whole() awaiting!: number;
  @Whole() awaitingInspection!: number;
  @Whole() toPutAway!: number;
  @Whole() mismatches!: number;
  @Whole() surplus!: number;
  @Whole() blockedRestocks!: number;
  @ListOf(() => QueueLineDto) lines!: QueueLineDto[];
  @ListOf(() => BlockedRestockDto) blocked!: BlockedRestockDto[];
}
export class StageCountDto {
  @OneOf(QUEUE_STAGES) state!: QueueStage;
  @Whole() count!: number;
}
export class QueueDto {
  @ListOf(() => QueueItemDto) items!: QueueItemDto[];
  @Text({ nullable: true, max: 500 }) nextCursor!: string | null;
  @ListOf(() => StageCountDto, { description: 'Of the whole queue, whatever the filters' }) counts!: StageCountDto[];
  @Text() asOfPosition!: string;
  @Measure() lagSeconds!: number;
}

export class ExpectedQuery {
  @Text({ max: 500, description: 'Whatever the scanner read' }) readonly barcode!: string;
}
export class ExpectedReturnDto {
  @Text() returnId!: string;
  @Text() orderId!: string;
  @OneOf(RETURN_STATUSES) status!: string;
  @OneOf(MATCHED_BY) matchedBy!: string;
  @Whole({ description: 'Pieces still to come' }) awaiting!: number;
  @Text({ max: 500, description: 'What to do with it, for the clerk' }) words!: string;
  @Flag() inspectionRequired!: boolean;
  @ListOf('string') trackingNumbers!: string[];
  @ListOf(() => QueueLineDto) lines!: QueueLineDto[];
}
export class KnownParcelDto {
  @Text() parcelId!: string;
  @OneOf(FOUND_PARCEL_STATUSES) state!: FoundParcelStatus;
  @When() foundAt!: string;
  @Text() station!: string;
  @Text({ nullable: true }) returnId!: string | null;
}
export class ExpectedDto {
  @Text({ max: 500 }) barcode!: string;
  @ListOf(() => ExpectedReturnDto, { description: 'More than one: the code is ambiguous, choose' }) returns!: ExpectedReturnDto[];
  @Flag({ description: 'There are more candidates than are shown' }) more!: boolean;
  @ListOf(() => KnownParcelDto, { description: 'Unannounced parcels recorded under this code' }) parcels!: KnownParcelDto[];
}

export class ParcelPath {
  @Id({ max: 40 }) readonly parcelId!: string;
}
export class FoundParcelsQuery extends PageQuery {
  @ListOf(FOUND_PARCEL_STATUSES, { optional: true, max: 4, description: 'unmatched and refused if left out: what somebody must look at' }) readonly state?: FoundParcelStatus[];
  @Text({ optional: true, max: 40 }) readonly station?: string;
}
export class FoundItemBody {
  @Text({ optional: true, nullable: true, max: 100, description: 'As scanned; without one, say in the note what it is' }) readonly barcode?: string | null;
  @Whole({ min: 1, max: MOST_PIECES, default: 1 }) readonly quantity!: number;
  @Text({ optional: true, nullable: true, max: 2000, multiline: true, description: 'Kept outside the event log' }) readonly note?: string | null;
}
export class FoundParcelBody extends AtStation {
  @Id({ optional: true, max: 40, description: 'From a sticker of yours; made here if left out' }) readonly parcelId?: string;
  @Text({ optional: true, nullable: true, max: 100 }) readonly trackingNumber?: string | null;
  @Text({ optional: true, nullable: true, max: 2000, multiline: true, description: 'Kept outside the event log' }) readonly note?: string | null;
  @ListOf(() => FoundItemBody, { optional: true, max: 200 }) readonly items?: FoundItemBody[];
}
export class FoundItemsBody extends AtStation {
  @Id({ max: 50, description: 'Made by the client, once per scan; the same scan sent twice counts once' }) readonly scanId!: string;
  @ListOf(() => FoundItemBody, { min: 1, max: 200 }) readonly items!: FoundItemBody[];
}
export class MatchBody extends AtStation {
  @Id() readonly returnId!: string;
}

export class FoundItemDto {
  @Text({ nullable: true }) barcode!: string | null;
  @Whole() quantity!: number;
  @Text({ nullable: true, max: 2000, multiline: true, description: 'Null where it is erased or none was written; lists leave it out' }) note!: string | null;
}
export class FoundScanDto {
  @Id() scanId!: string;
  @When() at!: string;
  @Text() station!: string;
  @OneOf(['waiting', 'handed_over', 'refused']) handover!: string;
  @Text({ nullable: true, description: 'Problem code of a refusal' }) refusal!: string | null;
  @ListOf(() => FoundItemDto) items!: FoundItemDto[];
}
export class FoundParcelDto {
  @Id() parcelId!: string;
  @OneOf(FOUND_PARCEL_STATUSES) state!: FoundParcelStatus;
  @When() foundAt!: string;
  @Text() station!: string;
  @Text({ nullable: true }) trackingNumber!: string | null;
  @Text({ nullable: true, max: 2000, multiline: true }) note!: string | null;
  @Text({ nullable: true, description: 'The return it was matched with' }) returnId!: string | null;
  @Text({ max: 500, description: 'Where it stands, and what comes next' }) words!: string;
  @ListOf(() => FoundScanDto, { max: 100_000 }) scans!: FoundScanDto[];
}
export class FoundParcelDetailDto extends FoundParcelDto {
  @ListOf(() => ExpectedReturnDto, { description: 'Returns it may belong to, likeliest first; empty once it is matched' }) likely!: ExpectedReturnDto[];
}
export class FoundParcelListItemDto extends FoundParcelDto {
  @Whole() ageSeconds!: number;
}
export class FoundParcelListDto {
  @ListOf(() => FoundParcelListItemDto) items!: FoundParcelListItemDto[];
  @Text({ nullable: true, max: 500 }) nextCursor!: string | null;
  @Text() asOfPosition!: string;
  @Measure() lagSeconds!: number;
}
