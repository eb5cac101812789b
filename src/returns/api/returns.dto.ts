/** The return as the API documents it; the bodies come from `presentReturn`. Clients send none of these but the path. */
import { Worded } from '../../http/documentation.js';
import { Day, Flag, Id, ListOf, MAX_MINOR, Minor, OneOf, Part, Text, When, Whole } from '../../http/fields.js';
import { METHODS, OUTCOMES, REFUND_TRIGGERS } from '../../policy/rules/policy.events.js';
import { BLOCKS, CONDITIONS, DESTINATIONS, FEES } from '../rules/returns.events.js';
import { LABEL_STATES, PARCEL_PHASES, PAYOUT_STATES, PICKUP_STATES, RESTOCK_STATES } from '../rules/returns.state.js';
import { DECISIONS, RETURN_STATUSES } from '../rules/returns.status.js';
import { NEWS } from '../words/news.words.js';

/** Short enough that ids made from it stay ids. Ending in `-R1` is fine. */
export const LONGEST_ORDER_ID = 80;

/** Names an order in an address. */
export class OrderPath {
  @Id({
    max: LONGEST_ORDER_ID,
    description: "The shop's id of the order, percent-encoded in an address: `#1001` is `%231001`",
    example: 'A-1001',
  })
  readonly orderId!: string;
}

/** Names a return in an address. */
export class ReturnPath {
  @Id({ max: 120, description: '`{orderId}-R{n}`', example: 'A-1001-R1' }) readonly returnId!: string;
}

export class PolicyRefAnswer {
  @Text() id!: string;
  @Whole({ description: '0 = the built-in defaults' }) version!: number;
}

/** What was paid for one unit. */
export class UnitPriceAnswer {
  @Minor() readonly netMinor!: number;
  @Minor() readonly taxMinor!: number;
}

/** The names that people know an item by. */
export class ItemAnswer {
  @Text({ nullable: true, max: 500, description: 'Null: an item without one, known by its title' }) sku!: string | null;
  @Text({ min: 0, max: 500 }) title!: string;
}

/** A line of an order and what may come back of it. */
export class SoldLineAnswer {
  @Id() readonly lineId!: string;
  @Text({ nullable: true, max: 100, description: 'Null: an item without one, known by its title' }) readonly sku!: string | null;
  @Text({ max: 500 }) readonly title!: string;
  @Text({ nullable: true, max: 500 }) readonly category!: string | null;
  @Whole() readonly quantity!: number;
  @Whole() readonly fulfilled!: number;
  @Whole({ description: 'Units that may still be returned' }) readonly returnable!: number;
}

export class ReviewReasonAnswer {
  @Text() code!: string;
  @Text({ max: 500 }) words!: string;
}

export class ReturnLineAnswer extends ItemAnswer {
  @Text() lineId!: string;
  @Text() reason!: string;
  @OneOf(CONDITIONS) condition!: string;
  @Text({ nullable: true, max: 2000, multiline: true, description: 'What the customer wrote' }) note!: string | null;
  @ListOf('string') photos!: readonly string[];
  @Whole({ description: 'awaiting + received + missing + kept + released' }) authorised!: number;
  @Whole() awaiting!: number;
  @Whole({ description: 'awaitingInspection + graded' }) received!: number;
  @Whole() missing!: number;
  @Whole() kept!: number;
  @Whole() released!: number;
  @Whole() awaitingInspection!: number;
  @Whole({ description: 'disposed + quarantined' }) graded!: number;
  @Whole() disposed!: number;
  @Whole({ description: 'graded and held: waiting to be put away, or set aside' }) quarantined!: number;
}

export class LabelAnswer {
  @Text() labelId!: string;
  @OneOf(['label', 'drop_off_code']) kind!: string;
  @OneOf(LABEL_STATES) state!: string;
  @Text() carrier!: string;
  @Text({ nullable: true }) trackingNumber!: string | null;
  @Text({ nullable: true, description: 'To show at the drop-off point instead of a label' }) code!: string | null;
  @Minor({ nullable: true }) costMinor!: number | null;
  @Text({ nullable: true, description: 'Why the last attempt failed' }) problem!: string | null;
  @Text({ nullable: true, description: 'Which line of their address the customer must have mended, in the language asked for' })
  problemWords!: string | null;
}

export class PickupAnswer {
  @Text() pickupId!: string;
  @OneOf(PICKUP_STATES) state!: string;
  @When() from!: string;
  @When() until!: string;
}

export class ParcelAnswer {
  @Text({ nullable: true }) trackingNumber!: string | null;
  @OneOf(PARCEL_PHASES) phase!: string;
  @When({ nullable: true }) firstScanAt!: string | null;
  @When({ nullable: true }) deliveredAt!: string | null;
  @Flag() delayed!: boolean;
  @Text({ nullable: true }) exception!: string | null;
  @Text({ nullable: true }) lastPlace!: string | null;
  @When() lastAt!: string;
}

export class MismatchAnswer {
  @Text() scanId!: string;
  @Text() expectedLineId!: string;
  @Text({ nullable: true }) foundBarcode!: string | null;
  @Whole() quantity!: number;
  @When() at!: string;
}

export class SurplusAnswer {
  @Text() scanId!: string;
  @Text({ nullable: true }) lineId!: string | null;
  @Text({ nullable: true }) barcode!: string | null;
  @Whole() quantity!: number;
  @OneOf(['surplus', 'not_in_return']) why!: string;
}

export class RestockAnswer extends ItemAnswer {
  @Text() restockId!: string;
  @Text() lineId!: string;
  @Whole() quantity!: number;
  @Text({ nullable: true }) location!: string | null;
  @OneOf(RESTOCK_STATES) state!: string;
  @Text({ nullable: true, max: 500 }) reason!: string | null;
}

export class UnitRefundAnswer {
  @Text({ description: 'A line of the return, or one of the wrapping' }) lineId!: string;
  @Text({ max: 500 }) title!: string;
  @Whole({ description: 'Index of the unit in its order line' }) unit!: number;
  @Minor() netMinor!: number;
  @Minor() taxMinor!: number;
  @Whole({ max: 10_000, description: 'Refund factor in basis points' }) factorBp!: number;
  @Minor() refundMinor!: number;
}

export class FeeAnswer {
  @OneOf(FEES) code!: string;
  @Minor({ min: -MAX_MINOR, description: 'Negative where an earlier charge for a lost promotion is given back' }) amountMinor!: number;
}

export class PaymentShareAnswer {
  @Text() paymentId!: string;
  @Minor() amountMinor!: number;
}

export class BreakdownAnswer {
  @ListOf(() => UnitRefundAnswer, { max: 20_000 }) units!: readonly UnitRefundAnswer[];
  @Minor() shippingMinor!: number;
  @ListOf(() => FeeAnswer) fees!: readonly FeeAnswer[];
  @Minor({ description: 'Bonus on store credit, outside the caps, part of totalMinor' }) bonusMinor!: number;
  @Minor() totalMinor!: number;
  @ListOf(() => PaymentShareAnswer) payments!: readonly PaymentShareAnswer[];
  @ListOf('string', { description: 'Rules and allocation steps that led here' }) ruleIds!: readonly string[];
}

export class PayoutAnswer {
  @Text({ description: 'The payment it goes back to; names the payout within the refund' }) paymentId!: string;
  @OneOf(DESTINATIONS) destination!: string;
  @Text() provider!: string;
  @Flag({ description: 'True: no real money moves' }) simulated!: boolean;
  @Minor({ description: 'Without the bonus on store credit' }) amountMinor!: number;
  @Minor({ description: 'What the customer gets by it: amountMinor, and the bonus where it is store credit' }) totalMinor!: number;
  @OneOf(PAYOUT_STATES) state!: string;
  @Text({ nullable: true, max: 500, description: 'Idempotency key of the last submission' }) key!: string | null;
  @Text({ nullable: true, max: 500 }) providerRefundId!: string | null;
  @Text({ nullable: true, max: 500, description: 'Why it failed, is in doubt or parked' }) code!: string | null;
  @When() since!: string;
  @Text({ nullable: true }) reroutedTo!: string | null;
}

export class RefundAnswer {
  @Text() refundId!: string;
  @OneOf(PAYOUT_STATES) state!: string;
  @Minor() amountMinor!: number;
  @Text() currency!: string;
  @OneOf([...REFUND_TRIGGERS, 'approved', 'manual']) trigger!: string;
  @OneOf(DESTINATIONS) destination!: string;
  @Text({ nullable: true, max: 500 }) reason!: string | null;
  @When() entitledAt!: string;
  @Part(() => BreakdownAnswer) breakdown!: BreakdownAnswer;
  @ListOf(() => PayoutAnswer) payouts!: readonly PayoutAnswer[];
}

export class ReturnMoneyAnswer {
  @Text() currency!: string;
  @Minor() quotedMinor!: number;
  @Minor() entitledMinor!: number;
  @Minor() refundedMinor!: number;
  @Minor({ description: 'Of entitledMinor: for pieces that are awaited, or missing while the return is open; before fees' })
  refundedAheadMinor!: number;
  @Minor({ description: 'What the goods have earned and the payments of the order cannot bear (yet); owed, and no part of entitledMinor' })
  blockedMinor!: number;
  @OneOf(BLOCKS, { nullable: true, description: 'Why, null where nothing is held back' }) blockedCode!: string | null;
  @Text({ nullable: true, description: 'Why, in words' }) blockedWords!: string | null;
  @When({ nullable: true }) blockedSince!: string | null;
  @Minor({ description: 'What of blockedMinor could be paid today if a person gave up the rest' }) payableTodayMinor!: number;
  @Minor({ description: 'What a person gave up because the payments could not bear it' }) givenUpMinor!: number;
}

export class MilestonesAnswer {
  @When() requestedAt!: string;
  @When({ nullable: true }) approvedAt!: string | null;
  @When({ nullable: true }) labelIssuedAt!: string | null;
  @When({ nullable: true }) firstScanAt!: string | null;
  @When({ nullable: true }) deliveredAt!: string | null;
  @When({ nullable: true }) receivedAt!: string | null;
  @When({ nullable: true }) inspectedAt!: string | null;
  @When({ nullable: true }) entitledAt!: string | null;
  @When({ nullable: true }) submittedAt!: string | null;
  @When({ nullable: true }) refundedAt!: string | null;
  @When({ nullable: true }) endedAt!: string | null;
}

/** Something that went wrong and is still true. */
export class NewsAnswer {
  @OneOf(NEWS) code!: string;
  @When({ description: 'Since when' }) at!: string;
  @Text({ max: 1000 }) words!: string;
}

/** What `GET /v1/returns/{returnId}` and every command on a return answer. */
@Worded()
export class ReturnAnswer {
  @Id() returnId!: string;
  @Id() orderId!: string;
  @OneOf(RETURN_STATUSES) status!: string;
  @Whole({ description: "Revision of the order's stream" }) revision!: number;
  @When() requestedAt!: string;
  @Text({ max: 500, description: 'What happens next, for the customer' }) next!: string;
  @OneOf(DECISIONS, {
    nullable: true,
    description:
      'What a person must decide before it goes on: whether it may be (`review`), or what becomes of money that cannot be paid (`blocked`)',
  })
  needsDecision!: string | null;
  @Day({
    nullable: true,
    description: "Last whole day, in the shop's time zone, on which the customer can do it; null where they need not do anything",
  })
  nextBy!: string | null;
  @ListOf(() => NewsAnswer, { max: 100_000, description: 'What is late, short or hangs, for the customer; newest first' })
  news!: readonly NewsAnswer[];
  @Part(() => PolicyRefAnswer) policy!: PolicyRefAnswer;
  @OneOf(OUTCOMES) outcome!: string;
  @OneOf(METHODS) method!: string;
  @ListOf(() => ReviewReasonAnswer) reviewReasons!: readonly ReviewReasonAnswer[];
  @Text({ nullable: true, max: 500, description: "A code, or words; staff's words only for staff" }) endReason!: string | null;
  @ListOf(() => ReturnLineAnswer) lines!: readonly ReturnLineAnswer[];
  @ListOf(() => LabelAnswer) labels!: readonly LabelAnswer[];
  @ListOf(() => PickupAnswer) pickups!: readonly PickupAnswer[];
  @ListOf(() => ParcelAnswer) parcels!: readonly ParcelAnswer[];
  @ListOf(() => MismatchAnswer, { max: 100_000 }) mismatches!: readonly MismatchAnswer[];
  @ListOf(() => SurplusAnswer, { max: 100_000 }) surplus!: readonly SurplusAnswer[];
  @ListOf(() => RestockAnswer, { max: 100_000 }) restocks!: readonly RestockAnswer[];
  @ListOf(() => RefundAnswer, { max: 100_000 }) refunds!: readonly RefundAnswer[];
  @Part(() => ReturnMoneyAnswer) money!: ReturnMoneyAnswer;
  @Part(() => MilestonesAnswer) milestones!: MilestonesAnswer;
}
