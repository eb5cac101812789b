/** What the receiving queue and unannounced parcels take and answer. Quantities are pieces, times ISO 8601 UTC. */
import { Flag, Id, ListOf, OneOf, Part, Scanned, Text, When, Whole } from '../http/fields.js';
import { PageAnswer, PageQuery } from '../http/paging.js';
import { ItemAnswer } from '../returns/api/returns.dto.js';
import { RETURN_STATUSES } from '../returns/rules/returns.status.js';
import { QUEUE_STAGES, type QueueStage } from './receiving-queue.rows.js';
import { AtStation, MOST_PIECES, NOTE } from './receiving.dto.js';
import { FOUND_PARCEL_STATUSES, type FoundParcelStatus } from './rules/found-parcel.state.js';

const MATCHED_BY = ['return_id', 'tracking_number', 'label', 'order', 'item'] as const;

export class QueueQuery extends PageQuery {
  @OneOf(QUEUE_STAGES, { optional: true }) readonly state?: QueueStage;
  @Text({ optional: true, max: 40, description: "Station of the return's latest scan" }) readonly station?: string;
  @Scanned({ optional: true }) readonly sku?: string;
  @Flag({ optional: true, description: 'Only returns with a mismatch, surplus or blocked restock' }) readonly problems?: boolean;
}

export class QueueLineAnswer extends ItemAnswer {
  @Text() lineId!: string;
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
export class BlockedRestockAnswer extends ItemAnswer {
  @Text() restockId!: string;
  @Whole() quantity!: number;
  @Text({ nullable: true, max: 500 }) reason!: string | null;
}
export class QueueItemAnswer {
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
  @ListOf('string') trackingNumbers!: readonly string[];
  @ListOf('string', { description: 'What the carrier reports: lost, damaged …' }) exceptions!: readonly string[];
  @Whole() authorised!: number;
  @Whole() received!: number;
  @Whole() awaiting!: number;
  @Whole() awaitingInspection!: number;
  @Whole() toPutAway!: number;
  @Whole() mismatches!: number;
  @Whole() surplus!: number;
  @Whole() blockedRestocks!: number;
  @ListOf(() => QueueLineAnswer) lines!: readonly QueueLineAnswer[];
  @ListOf(() => BlockedRestockAnswer) blocked!: readonly BlockedRestockAnswer[];
}
export class StageCountAnswer {
  @OneOf(QUEUE_STAGES) state!: QueueStage;
  @Whole() count!: number;
}
export class QueueAnswer extends PageAnswer {
  @ListOf(() => QueueItemAnswer) items!: readonly QueueItemAnswer[];
  @ListOf(() => StageCountAnswer, { description: 'Of the whole queue, whatever the filters' }) counts!: readonly StageCountAnswer[];
}

export class ExpectedQuery {
  @Scanned({ description: 'Whatever the scanner read' }) readonly barcode!: string;
}
export class NotAnnouncedAnswer extends ItemAnswer {
  @Text() lineId!: string;
  @Text({ nullable: true }) barcode!: string | null;
}
export class ElsewhereAnswer extends NotAnnouncedAnswer {
  @Text() returnId!: string;
  @Whole() awaiting!: number;
}
export class ExpectedReturnAnswer {
  @Text() returnId!: string;
  @Text() orderId!: string;
  @OneOf(RETURN_STATUSES) status!: string;
  @OneOf(MATCHED_BY) matchedBy!: string;
  @Whole({ description: 'Pieces still to come' }) awaiting!: number;
  @Text({ max: 500, description: 'What to do with it, for the clerk' }) words!: string;
  @Flag() inspectionRequired!: boolean;
  @ListOf('string') trackingNumbers!: readonly string[];
  @ListOf(() => QueueLineAnswer) lines!: readonly QueueLineAnswer[];
  @ListOf(() => ElsewhereAnswer, {
    optional: true,
    description: "What the order's other open returns await: such an item in this parcel is received there",
  })
  elsewhere?: readonly ElsewhereAnswer[];
  @ListOf(() => NotAnnouncedAnswer, {
    optional: true,
    description: "The order's other lines: a wrong item in the parcel is told by its name",
  })
  notAnnounced?: readonly NotAnnouncedAnswer[];
}
export class KnownParcelAnswer {
  @Text() parcelId!: string;
  @OneOf(FOUND_PARCEL_STATUSES) state!: FoundParcelStatus;
  @When() foundAt!: string;
  @Text() station!: string;
  @Text({ nullable: true }) returnId!: string | null;
}
export class ReadAsAnswer {
  @Scanned({ description: 'The code that was meant' }) code!: string;
  @Text({ description: 'The layout the scanner thinks of' }) scanner!: string;
  @Text({ description: 'The layout of the computer' }) computer!: string;
}
export class ExpectedAnswer {
  @Scanned() barcode!: string;
  @ListOf(() => ExpectedReturnAnswer, { description: 'More than one: the code is ambiguous, choose' })
  returns!: readonly ExpectedReturnAnswer[];
  @Flag({ description: 'There are more candidates than are shown' }) more!: boolean;
  @ListOf(() => KnownParcelAnswer, { description: 'Unannounced parcels recorded under this code' }) parcels!: readonly KnownParcelAnswer[];
  @Part(() => ReadAsAnswer, {
    optional: true,
    nullable: true,
    description: 'Set where the code was found only as a scanner with another keyboard layout types it: that scanner should be set right',
  })
  readAs?: ReadAsAnswer | null;
}

export class ParcelPath {
  @Id({ max: 40 }) readonly parcelId!: string;
}
export class FoundParcelsQuery extends PageQuery {
  @ListOf(FOUND_PARCEL_STATUSES, { optional: true, max: 4, description: 'unmatched and refused if left out: what somebody must look at' })
  readonly state?: readonly FoundParcelStatus[];
  @Text({ optional: true, max: 40 }) readonly station?: string;
}
export class FoundItemBody {
  @Scanned({ optional: true, nullable: true, min: 0, description: 'As scanned; without one, say in the note what it is' })
  readonly barcode?: string | null;
  @Whole({ min: 1, max: MOST_PIECES, default: 1 }) readonly quantity!: number;
  @Text(NOTE) readonly note?: string | null;
}
export class FoundParcelBody extends AtStation {
  @Id({ optional: true, max: 40, description: 'From a sticker of yours; made here if left out' }) readonly parcelId?: string;
  @Scanned({ optional: true, nullable: true, min: 0 }) readonly trackingNumber?: string | null;
  @Text(NOTE) readonly note?: string | null;
  @ListOf(() => FoundItemBody, { optional: true, max: 200 }) readonly items?: readonly FoundItemBody[];
}
export class FoundItemsBody extends AtStation {
  @Id({ max: 50, description: 'Made by the client, once per scan; the same scan sent twice counts once' }) readonly scanId!: string;
  @ListOf(() => FoundItemBody, { min: 1, max: 200 }) readonly items!: readonly FoundItemBody[];
}
export class UnmatchBody extends AtStation {}
export class MatchBody extends AtStation {
  @Id() readonly returnId!: string;
}

export class FoundItemAnswer {
  @Text({ nullable: true }) barcode!: string | null;
  @Whole() quantity!: number;
  @Text({ nullable: true, max: 2000, multiline: true, description: 'Null where it is erased or none was written; lists leave it out' })
  note!: string | null;
}
export class FoundScanAnswer {
  @Id() scanId!: string;
  @When() at!: string;
  @Text() station!: string;
  @OneOf(['waiting', 'handed_over', 'refused']) handover!: string;
  @Text({ nullable: true, description: 'Problem code of a refusal' }) refusal!: string | null;
  @ListOf(() => FoundItemAnswer) items!: readonly FoundItemAnswer[];
}
export class FoundParcelAnswer {
  @Id() parcelId!: string;
  @OneOf(FOUND_PARCEL_STATUSES) state!: FoundParcelStatus;
  @When() foundAt!: string;
  @Text() station!: string;
  @Text({ nullable: true }) trackingNumber!: string | null;
  @Text({ nullable: true, max: 2000, multiline: true }) note!: string | null;
  @Text({ nullable: true, description: 'The return it was matched with' }) returnId!: string | null;
  @Text({ max: 500, description: 'Where it stands, and what comes next' }) words!: string;
  @ListOf(() => FoundScanAnswer, { max: 100_000 }) scans!: readonly FoundScanAnswer[];
}
export class FoundParcelDetailAnswer extends FoundParcelAnswer {
  @ListOf(() => ExpectedReturnAnswer, { description: 'Returns it may belong to, likeliest first; empty once it is matched' })
  likely!: readonly ExpectedReturnAnswer[];
}
export class FoundParcelListItemAnswer extends FoundParcelAnswer {
  @Whole() ageSeconds!: number;
}
export class FoundParcelListAnswer extends PageAnswer {
  @ListOf(() => FoundParcelListItemAnswer) items!: readonly FoundParcelListItemAnswer[];
}
