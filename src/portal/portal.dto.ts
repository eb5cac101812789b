/** What the portal's routes take and answer. Amounts in minor units of the order's currency, times ISO 8601 UTC. */
import { Flag, Id, ListOf, Minor, OneOf, Part, Text, When, Whole } from '../http/fields.js';
import { PageQuery } from '../http/paging.js';
import { CONDITIONS, METHODS, OUTCOMES, PolicyRefDto } from '../returns/returns.dto.js';
import type { Condition } from '../returns/returns.events.js';
import type { Method, Outcome } from '../policy/policy.events.js';
import { RETURN_STATUSES, type ReturnStatus } from '../returns/returns.status.js';

export class ReturnPath {
  @Id({ max: 120, description: '`{orderId}-R{n}`', example: 'A-1001-R1' })
  readonly returnId!: string;
}

export class FiledLineDto {
  @Id()
  readonly lineId!: string;
  @Whole({ min: 1, max: 10_000 })
  readonly quantity!: number;
  @Id({ max: 60, description: 'A leaf of the policy\'s reasons' })
  readonly reason!: string;
  @OneOf(CONDITIONS, { default: 'opened' })
  readonly condition!: Condition;
  @Text({ optional: true, nullable: true, max: 2000, multiline: true, description: 'Kept in the contacts store, never in the event log' })
  readonly note?: string | null;
  @ListOf('id', { optional: true, max: 20, description: 'References of uploaded photos' })
  readonly photos?: string[];
}

/** A return to be filed, or only to be quoted. */
export class FileReturnDto {
  @ListOf(() => FiledLineDto, { min: 1, max: 1000 })
  readonly lines!: FiledLineDto[];
  @OneOf(OUTCOMES, { default: 'original_payment' })
  readonly outcome!: Outcome;
  @OneOf(METHODS, { default: 'label' })
  readonly method!: Method;
}

/** Words of people go to the contacts store; a plain code (`customer_request`) stays readable in the log. */
export class StaffDecisionDto {
  @Text({ optional: true, nullable: true, max: 1000, multiline: true, description: 'Why, as a code or in words' })
  readonly reason?: string | null;
}

export class DeclineDto extends StaffDecisionDto {
  @Id({ max: 60, default: 'declined_by_staff', description: 'Why, as a code that stays' })
  readonly code!: string;
  @Text({ optional: true, nullable: true, max: 1000, multiline: true, description: 'Words for the customer' })
  readonly note?: string | null;
}

export class ReviewDto extends StaffDecisionDto {
  @Id({ max: 60, default: 'sent_by_staff' })
  readonly code!: string;
}

export class AsOfQuery {
  @When({ optional: true, description: 'As the return was known at this moment' })
  readonly asOf?: string;
}

export class WhoAnswer {
  @OneOf(['customer', 'shop', 'warehouse', 'finance', 'admin', 'carrier', 'provider', 'system'])
  readonly kind!: string;
  @Text({ optional: true, max: 300, description: 'Id of key or account; staff only' })
  readonly id?: string;
  @OneOf(['api', 'portal', 'import', 'webhook', 'process', 'cli'], { optional: true, description: 'Staff only' })
  readonly channel?: string;
}

export class HistoryItemAnswer {
  @When({ description: 'When it happened' })
  readonly at!: string;
  @When({ description: 'When the service was told' })
  readonly recordedAt!: string;
  @Whole()
  readonly revision!: number;
  @Text()
  readonly type!: string;
  @Text({ max: 4000 })
  readonly words!: string;
  @Part(() => WhoAnswer)
  readonly who!: WhoAnswer;
}

export class HistoryAnswer {
  @Id({ max: 120 })
  readonly returnId!: string;
  @ListOf(() => HistoryItemAnswer, { max: 100_000 })
  readonly items!: HistoryItemAnswer[];
}

export class BoardQuery extends PageQuery {
  @ListOf(RETURN_STATUSES, { optional: true, description: 'One or several' })
  readonly status?: ReturnStatus[];
  @Text({ optional: true, max: 80 })
  readonly orderId?: string;
  @Text({ optional: true, max: 100 })
  readonly sku?: string;
  @Text({ optional: true, max: 100, description: 'Reference of a customer (contactRef)' })
  readonly customer?: string;
  @Text({ optional: true, max: 100, description: 'Order number, whole, in any case' })
  readonly q?: string;
  @Whole({ optional: true, max: 3_153_600_000, description: 'Only returns requested at least this long ago' })
  readonly minAgeSeconds?: number;
}

export class BoardRowAnswer {
  @Id({ max: 120 })
  readonly returnId!: string;
  @Text({ max: 80 })
  readonly orderId!: string;
  @Text({ max: 100 })
  readonly orderNumber!: string;
  @Text()
  readonly customer!: string;
  @Text()
  readonly status!: string;
  @When()
  readonly requestedAt!: string;
  @When()
  readonly updatedAt!: string;
  @Whole()
  readonly ageSeconds!: number;
  @OneOf(OUTCOMES)
  readonly outcome!: string;
  @OneOf(METHODS)
  readonly method!: string;
  @ListOf('string')
  readonly reasons!: string[];
  @ListOf('string')
  readonly skus!: string[];
  @Whole()
  readonly units!: number;
  @Whole()
  readonly awaiting!: number;
  @Whole()
  readonly received!: number;
  @Text({ max: 3 })
  readonly currency!: string;
  @Whole()
  readonly quotedMinor!: number;
  @Whole()
  readonly entitledMinor!: number;
  @Whole()
  readonly refundedMinor!: number;
}

export class StatusCountAnswer {
  @Text()
  readonly status!: string;
  @Whole()
  readonly count!: number;
}

/** Where the view stood when it answered. */
export class ViewAnswer {
  @Text({ description: 'Position of the log the view had reached, or `start`' })
  readonly asOfPosition!: string;
  @Whole({ description: 'Seconds the view is behind the log; 0 = up to date' })
  readonly lagSeconds!: number;
}

export class BoardAnswer extends ViewAnswer {
  @ListOf(() => BoardRowAnswer, { max: 200, description: 'Newest first' })
  readonly items!: BoardRowAnswer[];
  @Text({ nullable: true, max: 500 })
  readonly nextCursor!: string | null;
  @ListOf(() => StatusCountAnswer, { description: 'Over all returns that the other filters leave, whatever their status' })
  readonly counts!: StatusCountAnswer[];
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export class RatesQuery {
  @OneOf(['sku', 'reason', 'category'], { default: 'sku' })
  readonly groupBy!: 'sku' | 'reason' | 'category';
  @OneOf(['order', 'return'], { default: 'order', description: '`order`: returns of the orders placed in the months; `return`: returns filed in the months' })
  readonly basis!: 'order' | 'return';
  @Text({ optional: true, min: 7, max: 7, pattern: MONTH, description: 'First month', example: '2026-01' })
  readonly from?: string;
  @Text({ optional: true, min: 7, max: 7, pattern: MONTH, description: 'Last month' })
  readonly to?: string;
  @Text({ optional: true, max: 100, description: 'Of one SKU only' })
  readonly sku?: string;
}

export class RateAnswer {
  @Text({ min: 0 })
  readonly key!: string;
  @Text({ max: 7 })
  readonly month!: string;
  @Whole({ description: 'Units of the orders placed in the month; for reasons, of all SKUs together' })
  readonly sold!: number;
  @Whole()
  readonly returned!: number;
  @Whole({ description: 'Of the returned units, those the warehouse has' })
  readonly received!: number;
  @Whole({ nullable: true, description: 'returned / sold in basis points (10000 = 100 %), half rounded up; null where nothing was sold' })
  readonly rateBp!: number | null;
}

export class RatesAnswer extends ViewAnswer {
  @Text()
  readonly groupBy!: string;
  @Text()
  readonly basis!: string;
  @ListOf(() => RateAnswer, { max: 100_000, description: 'Most returned units first' })
  readonly groups!: RateAnswer[];
}

export class MoneyWordsAnswer {
  @Text()
  readonly code!: string;
  @Minor()
  readonly amountMinor!: number;
  @Text({ max: 500 })
  readonly words!: string;
}

export class QuotedLineAnswer {
  @Id()
  readonly lineId!: string;
  @Whole()
  readonly quantity!: number;
  @OneOf(['eligible', 'review', 'ineligible'])
  readonly decision!: string;
  @ListOf('string')
  readonly ruleIds!: string[];
  @Text({ max: 1000 })
  readonly words!: string;
  @Minor()
  readonly refundMinor!: number;
}

export class MethodOfferAnswer {
  @OneOf(METHODS)
  readonly method!: string;
  @Minor()
  readonly feeMinor!: number;
  @Text({ max: 500 })
  readonly words!: string;
}

export class OutcomeOfferAnswer {
  @OneOf(OUTCOMES)
  readonly outcome!: string;
  @Minor()
  readonly bonusMinor!: number;
  @Text({ max: 500 })
  readonly words!: string;
}

export class QuoteAnswer {
  @Text({ max: 3 })
  readonly currency!: string;
  @Part(() => PolicyRefDto)
  readonly policy!: PolicyRefDto;
  @ListOf(() => QuotedLineAnswer)
  readonly lines!: QuotedLineAnswer[];
  @Minor()
  readonly shippingRefundMinor!: number;
  @ListOf(() => MoneyWordsAnswer)
  readonly fees!: MoneyWordsAnswer[];
  @Minor()
  readonly totalRefundMinor!: number;
  @ListOf(() => MethodOfferAnswer)
  readonly methods!: MethodOfferAnswer[];
  @ListOf(() => OutcomeOfferAnswer)
  readonly outcomes!: OutcomeOfferAnswer[];
  @Minor({ description: 'Worth still missing for a return without shipping fee; 0 = none' })
  readonly freeReturnMissingMinor!: number;
}

export class ReasonAnswer {
  @Id()
  readonly code!: string;
  @Text()
  readonly label!: string;
  @Id({ nullable: true })
  readonly parent!: string | null;
  @Flag({ description: 'A leaf: may be chosen' })
  readonly selectable!: boolean;
  @Flag()
  readonly requiresNote!: boolean;
}
