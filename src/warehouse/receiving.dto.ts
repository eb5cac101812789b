/** What the warehouse's commands on a return take and answer. Quantities are pieces, times ISO 8601 UTC. */
import { Worded } from '../http/documentation.js';
import { Id, ListOf, Minor, OneOf, Part, Scanned, Text, When, Whole } from '../http/fields.js';
import { GRADES, type Grade } from '../policy/rules/policy.events.js';
import { ReturnAnswer, ReturnPath } from '../returns/api/returns.dto.js';
import { DISPOSITIONS, DISPOSITIONS_ELSEWHERE, type Disposition, type DispositionElsewhere } from '../returns/rules/returns.events.js';
import { SCAN_OUTCOMES, type ScanOutcome } from '../returns/words/receipt.words.js';

/** Why, as codes: these stand in the event log, and free text might name a person. */
const CORRECTION_REASONS = ['wrong_scan', 'wrong_item', 'wrong_quantity', 'wrong_return', 'other'] as const;
const MISSING_REASONS = ['not_in_parcel', 'empty_box', 'lost_by_carrier', 'told_by_customer', 'other'] as const;
const BLOCK_REASONS = ['unknown_sku', 'no_space', 'not_sellable', 'recalled', 'refused_by_stock_system', 'other'] as const;
export const MOST_PIECES = 100_000;
const MOST_ITEMS = 200;
export const NOTE = { optional: true, nullable: true, max: 2000, multiline: true, description: 'Kept outside the event log' } as const;
const LOCATION = { optional: true, nullable: true, min: 0, max: 60, description: 'Shelf, bin or pallet' } as const;

export class ScanPath extends ReturnPath {
  @Id() readonly scanId!: string;
}
export class RestockPath extends ReturnPath {
  @Id({ max: 140 }) readonly restockId!: string;
}

/** What every scan says. */
export class AtStation {
  @Text({ max: 40, description: 'Where the work is done, e.g. the name of the desk', example: 'dock-2' }) readonly station!: string;
}

/** What is done with goods that have been scanned before. */
export class AtSomeStation {
  @Text({
    optional: true,
    nullable: true,
    max: 40,
    description: 'Where the work is done; left out: where the return was last scanned',
    example: 'dock-2',
  })
  readonly station?: string | null;
}

export class ReceiptItemBody {
  @Id({ optional: true, nullable: true, description: 'The order line; or give what was scanned as `barcode`' }) readonly lineId?:
    string | null;
  @Scanned({
    optional: true,
    nullable: true,
    min: 0,
    description: "As scanned, with whatever the scanner adds: the item's barcode or SKU, alone or in a longer code (GS1)",
  })
  readonly barcode?: string | null;
  @Whole({ min: 1, max: MOST_PIECES, default: 1 }) readonly quantity!: number;
}
export class ReceiptBody extends AtStation {
  @Id({ description: 'Made by the client, once per scan, for no other scan of the order; the same scan sent twice counts once' })
  readonly scanId!: string;
  @Scanned({ optional: true, nullable: true, min: 0, description: "Which of the return's parcels the items came in" })
  readonly trackingNumber?: string | null;
  @When({ optional: true, description: 'When it was scanned, if it is only sent now (the station was offline); not in the future' })
  readonly scannedAt?: string;
  @ListOf(() => ReceiptItemBody, { min: 1, max: MOST_ITEMS }) readonly items!: ReceiptItemBody[];
}

export class CorrectionBody extends AtSomeStation {
  @Id({
    optional: true,
    nullable: true,
    description: "The line whose pieces were scanned wrongly; left out: the scan's only line, or pieces that belong to none",
  })
  readonly lineId?: string | null;
  @Whole({ min: 1, max: MOST_PIECES, description: 'How many pieces of the scan to take back' }) readonly quantity!: number;
  @OneOf(CORRECTION_REASONS) readonly why!: (typeof CORRECTION_REASONS)[number];
  @Id({ optional: true, description: 'Made by the client, so that the same correction counts once; made here if left out' })
  readonly correctionId?: string;
}

export class LineQuantityBody {
  @Id() readonly lineId!: string;
  @Whole({ min: 1, max: MOST_PIECES }) readonly quantity!: number;
}
export class MissingBody extends AtSomeStation {
  @OneOf(MISSING_REASONS, { default: 'not_in_parcel' }) readonly why!: (typeof MISSING_REASONS)[number];
  @ListOf(() => LineQuantityBody, { min: 1, max: MOST_ITEMS }) readonly items!: LineQuantityBody[];
}

export class MismatchBody extends AtSomeStation {
  @Id({ description: 'Made by the client, once per scan' }) readonly scanId!: string;
  @Id({ description: 'The line that was expected; it stays awaited' }) readonly expectedLineId!: string;
  @Scanned({ optional: true, nullable: true, min: 0, description: 'What was found instead, if it can be read' }) readonly foundBarcode?:
    string | null;
  @Whole({ min: 1, max: MOST_PIECES, default: 1 }) readonly quantity!: number;
  @Text(NOTE) readonly note?: string | null;
  @ListOf('id', { optional: true, max: 20 }) readonly photos?: string[];
}

export class InspectedItemBody extends LineQuantityBody {
  @OneOf(GRADES) readonly grade!: Grade;
  @ListOf('id', { optional: true, max: 20, description: 'Codes, e.g. `scratched`' }) readonly defects?: string[];
  @ListOf('id', { optional: true, max: 20 }) readonly photos?: string[];
}
export class InspectionBody extends AtSomeStation {
  @ListOf(() => InspectedItemBody, { min: 1, max: MOST_ITEMS }) readonly items!: InspectedItemBody[];
}

export class DisposedItemBody extends LineQuantityBody {
  @OneOf(DISPOSITIONS) readonly disposition!: Disposition;
  @Scanned(LOCATION) readonly location?: string | null;
}
export class DispositionBody extends AtSomeStation {
  @ListOf(() => DisposedItemBody, { min: 1, max: MOST_ITEMS }) readonly items!: DisposedItemBody[];
}

export class ConfirmRestockBody extends AtSomeStation {}
export class BlockRestockBody extends AtSomeStation {
  @OneOf(BLOCK_REASONS) readonly reason!: (typeof BLOCK_REASONS)[number];
}
export class WithdrawRestockBody extends AtSomeStation {
  @OneOf(DISPOSITIONS_ELSEWHERE, { description: 'Where the pieces go instead' }) readonly disposition!: DispositionElsewhere;
  @Scanned(LOCATION) readonly location?: string | null;
}

export class ScannedItemAnswer {
  @Text({ nullable: true }) lineId!: string | null;
  @Text({ nullable: true }) barcode!: string | null;
  @Whole() quantity!: number;
  @OneOf(SCAN_OUTCOMES, {
    description:
      'Only `accepted` pieces count for the return; `other_return`: another return of the order awaits them and has received them, see `returnId`; the others are set aside',
  })
  outcome!: ScanOutcome;
  @Text({ nullable: true, description: 'The return they were received for; null where they are set aside' }) returnId!: string | null;
  @Text({ max: 500, description: 'What to do with it, for the clerk' }) words!: string;
}
export class ReceiptAnswer {
  @Id() scanId!: string;
  @ListOf(() => ScannedItemAnswer) items!: ScannedItemAnswer[];
}
/** What a correction came to. */
export class CorrectionAnswer {
  @Id() correctionId!: string;
  @Whole({ description: 'Pieces taken back' }) quantity!: number;
  @Minor({
    nullable: true,
    description:
      'What these pieces had been refunded by then; it counts as refunded in advance. null: this correction had been recorded before',
  })
  refundedAheadMinor!: number | null;
  @Text({ max: 500, description: 'What came of it, for the clerk' }) words!: string;
}
/** The return, what was undone, and the scan as it stands now. */
@Worded()
export class CorrectedReturnAnswer extends ReturnAnswer {
  @Part(() => ReceiptAnswer) receipt!: ReceiptAnswer;
  @Part(() => CorrectionAnswer) correction!: CorrectionAnswer;
}
/** The return, and what this scan did. */
@Worded()
export class ReceivedReturnAnswer extends ReturnAnswer {
  @Part(() => ReceiptAnswer) receipt!: ReceiptAnswer;
}
