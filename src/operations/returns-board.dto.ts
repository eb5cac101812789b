/** What the returns board and its reports take and answer. */
import { Flag, Id, ListOf, OneOf, Text, When, Whole } from '../http/fields.js';
import { PageAnswer, PageQuery, SORTS, ViewAnswer, type Sort } from '../http/paging.js';
import { METHODS, OUTCOMES, type Method, type Outcome } from '../policy/rules/policy.events.js';
import { DECISIONS, RETURN_STATUSES, type ReturnStatus } from '../returns/rules/returns.status.js';
import { plainSigns } from '../shared/plain-signs.js';

export class BoardQuery extends PageQuery {
  @ListOf(RETURN_STATUSES, { optional: true, description: 'One or several' })
  readonly status?: ReturnStatus[];
  @Id({ optional: true, max: 80 })
  readonly orderId?: string;
  @Text({ optional: true, max: 100 })
  readonly sku?: string;
  @Text({ optional: true, max: 100, description: 'Reference of a customer (contactRef)' })
  readonly customer?: string;
  @Text({
    optional: true,
    max: 120,
    tidy: plainSigns,
    description:
      'Order number with or without `#`, id of an order or a return, tracking number, label or drop-off code; whole, in any case, whatever blanks, dashes and digits it is typed with',
  })
  readonly q?: string;
  @ListOf(METHODS, { optional: true, description: 'One or several' })
  readonly method?: Method[];
  @ListOf(OUTCOMES, { optional: true, description: 'One or several' })
  readonly outcome?: Outcome[];
  @Whole({ optional: true, max: 3_153_600_000, description: 'Only returns requested at least this long ago' })
  readonly minAgeSeconds?: number;
  @Flag({ optional: true, description: 'true: only returns with something refunded for pieces that are not here (awaited or missing)' })
  readonly refundedAhead?: boolean;
  @Flag({
    optional: true,
    description: 'true: only returns that wait for a person: in review, whatever has come of them, or with money held back',
  })
  readonly needsDecision?: boolean;
  @OneOf(SORTS, { default: 'newest', description: 'By the time of the request' })
  readonly sort!: Sort;
}

export class BoardRowAnswer {
  @Id({ max: 120 })
  readonly returnId!: string;
  @Id({ max: 80 })
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
  @Whole({ description: 'Of entitledMinor: for pieces that are awaited, or missing while the return is open; before fees' })
  readonly refundedAheadMinor!: number;
  @ListOf('string', { description: 'The SKUs; of items without one, their titles' })
  readonly itemNames!: string[];
  @Whole({ description: 'What the goods have earned and the payments of the order cannot bear (yet)' })
  readonly blockedMinor!: number;
  @OneOf(DECISIONS, {
    nullable: true,
    description: 'What a person must decide: whether it may be, or what becomes of money that cannot be paid',
  })
  readonly needsDecision!: string | null;
}

export class StatusCountAnswer {
  @Text()
  readonly status!: string;
  @Whole()
  readonly count!: number;
}

export class BoardAnswer extends PageAnswer {
  @ListOf(() => BoardRowAnswer, { max: 200, description: 'As sorted' })
  readonly items!: BoardRowAnswer[];
  @ListOf(() => StatusCountAnswer, { description: 'Over all returns that the other filters leave, whatever their status' })
  readonly counts!: StatusCountAnswer[];
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

export class RatesQuery {
  @OneOf(['sku', 'reason', 'category'], { default: 'sku' })
  readonly groupBy!: 'sku' | 'reason' | 'category';
  @OneOf(['order', 'return'], {
    default: 'order',
    description: '`order`: returns of the orders placed in the months; `return`: returns filed in the months',
  })
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
