/** Questions, orders and answers about refunds and what is owed. Amounts in minor units of their currency. */
import { Day, Flag, Id, ListOf, Measure, Minor, OneOf, Text, When, Whole } from '../http/fields.js';
import { PageAnswer, PageQuery, SORTS, ViewAnswer, type Sort } from '../http/paging.js';
import { SETTLED_BY_HAND } from '../returns/rules/decide/refund.js';
import { DESTINATIONS, type Destination } from '../returns/rules/returns.events.js';
import { DISPUTE_STATES } from '../returns/rules/returns.state.js';
import { OWED_OR_PAID, type OwedState } from './refunds.projection.js';

const CURRENCY = /^[A-Z]{3}$/;
const WHY = 'Why, as a code or in words';

/** Which payouts of a refund are meant. */
class PayoutChoice {
  @Id({ optional: true, nullable: true, description: 'Only the payout to this payment; left out: every hanging payout of the refund' })
  readonly paymentId?: string | null;
}

export class ManualRefundBody {
  @Minor({
    optional: true,
    nullable: true,
    min: 1,
    description: 'Left out: everything that may still be refunded for the units of this return, without those that are missing or kept',
  })
  readonly amountMinor?: number | null;
  @Text({ description: WHY, example: 'goodwill' }) readonly reason!: string;
}

export class CappedRefundBody {
  @Minor({ description: '`money.payableTodayMinor` of the return as it was looked at' }) readonly amountMinor!: number;
  @Text({ description: `${WHY} the rest is given up`, example: 'cash_on_delivery_refused' }) readonly reason!: string;
}

export class RetryRefundBody extends PayoutChoice {
  @Text({ default: 'by_hand', description: WHY }) readonly reason!: string;
}

export class SettleRefundBody extends PayoutChoice {
  @Id({ default: SETTLED_BY_HAND, description: "The provider's or bank's own reference of the payment made" })
  readonly providerRefundId!: string;
}

export class FailRefundBody extends PayoutChoice {
  @Id({ default: 'not_executed', description: 'What went wrong, as a code' }) readonly code!: string;
}

export class RerouteRefundBody extends PayoutChoice {
  @OneOf(DESTINATIONS, { description: 'How the money shall reach the customer instead' }) readonly destination!: Destination;
  @Id({ optional: true, nullable: true, description: 'With `original_payment`: which other payment of the order' }) readonly toPaymentId?:
    string | null;
  @Text({ default: 'by_hand', description: WHY }) readonly reason!: string;
}

export class RefundsQuery extends PageQuery {
  @ListOf(OWED_OR_PAID, {
    optional: true,
    min: 1,
    description: 'Only payouts in one of these states; left out: all but `blocked`, which is money that cannot be paid yet and no refund',
  })
  readonly state?: readonly OwedState[];
  @Flag({
    optional: true,
    description:
      "true: only payouts that are disputed at the same time, and so may be paid twice; their provider's reference is the evidence",
  })
  readonly disputed?: boolean;
  @Text({ optional: true, pattern: CURRENCY }) readonly currency?: string;
  @Text({ optional: true }) readonly provider?: string;
  @Id({ optional: true }) readonly returnId?: string;
  @OneOf(SORTS, { default: 'newest', description: 'By the time of the entitlement' }) readonly sort!: Sort;
}

/** One payout of a refund: a refund that goes back to two payments has two. */
export class RefundRowAnswer {
  @Id({ description: 'For `blocked`, which is no refund yet, the id of the return' }) refundId!: string;
  @Id() returnId!: string;
  @Id() orderId!: string;
  @Text({ min: 0, description: 'The payment it goes back to; names the payout within the refund; empty for `blocked`' }) paymentId!: string;
  @OneOf(OWED_OR_PAID) state!: string;
  @Whole({ description: 'Minor units; what the customer gets by this payout' }) amountMinor!: number;
  @Whole({ description: 'Of which bonus on store credit' }) bonusMinor!: number;
  @Text() currency!: string;
  @Text({ min: 0 }) provider!: string;
  @OneOf(DESTINATIONS) destination!: string;
  @Text() trigger!: string;
  @Text({ nullable: true, max: 500, description: 'Of a manual refund' }) reason!: string | null;
  @Text({ nullable: true, max: 500, description: 'Idempotency key of the last submission' }) key!: string | null;
  @Text({ nullable: true, max: 500 }) providerRefundId!: string | null;
  @Text({ nullable: true, max: 500, description: 'Why it failed, is in doubt or parked' }) code!: string | null;
  @Whole({ description: 'Recorded declines and late failures' }) declines!: number;
  @Text({ nullable: true, description: 'The dispute about that payment: an open one, else the latest' }) disputeId!: string | null;
  @OneOf(DISPUTE_STATES, { nullable: true, description: '`open`: finance should send the bank `providerRefundId` as evidence' })
  disputeState!: string | null;
  @Whole({ nullable: true }) disputedMinor!: number | null;
  @When() entitledAt!: string;
  @When({ description: 'When its present state began' }) since!: string;
  @Measure({ description: 'Seconds from the entitlement until it was paid, or until now' }) ageSeconds!: number;
}

export class RefundRowsAnswer extends PageAnswer {
  @ListOf(() => RefundRowAnswer) items!: readonly RefundRowAnswer[];
}

export class LiabilityQuery {
  @When({ optional: true, description: 'Any instant, past ones too; left out: now' }) readonly asOf?: string;
  @Day({ optional: true, description: 'First day (UTC) of the day series; left out: 30 days before `asOf`' }) readonly from?: string;
  @Text({ optional: true, pattern: CURRENCY, description: 'Only this currency' }) readonly currency?: string;
}

export class BalancesAnswer {
  @Text() currency!: string;
  @Whole({ description: 'Earned by goods; the payments of the order cannot bear it (yet)' }) blockedMinor!: number;
  @Whole({ description: 'Owed and not yet sent on its way' }) entitledMinor!: number;
  @Whole() submittedMinor!: number;
  @Whole() pendingMinor!: number;
  @Whole() inDoubtMinor!: number;
  @Whole() parkedMinor!: number;
  @Whole({ description: 'Declined or failed late: still owed' }) failedMinor!: number;
  @Whole({ description: 'With the customer' }) paidMinor!: number;
  @Whole({ description: 'Everything above but `paidMinor`' }) owedMinor!: number;
  @Whole({ description: 'owedMinor + paidMinor: everything customers ever became entitled to, or have earned and wait for' })
  totalMinor!: number;
  @Whole({ description: 'Of owedMinor: bonus on store credit' }) bonusOwedMinor!: number;
  @Whole({ description: 'Of paidMinor: bonus on store credit' }) bonusPaidMinor!: number;
  @Whole({ description: 'Payouts not yet paid' }) owedPayouts!: number;
  @Whole({ description: 'Payouts paid' }) paidPayouts!: number;
}

export class DayBalancesAnswer extends BalancesAnswer {
  @Day({ description: 'UTC; balances at its end (of the last day: at `asOf`)' }) day!: string;
}

export class LiabilityAnswer extends ViewAnswer {
  @When() asOf!: string;
  @ListOf(() => BalancesAnswer) currencies!: readonly BalancesAnswer[];
  @ListOf(() => BalancesAnswer, { description: 'Balances when the first day of the series began' }) opening!: readonly BalancesAnswer[];
  @ListOf(() => DayBalancesAnswer, { max: 1_000_000, description: 'Only days on which something moved' })
  days!: readonly DayBalancesAnswer[];
}

export class LiabilityDaysAnswer extends ViewAnswer {
  @When() asOf!: string;
  @ListOf(() => DayBalancesAnswer, { max: 1_000_000 }) items!: readonly DayBalancesAnswer[];
}

export const AGE_BUCKETS = ['0-1d', '1-3d', '3-7d', '7-14d', '14-30d', '>30d'] as const;
export type AgeBucket = (typeof AGE_BUCKETS)[number];

export class OwedPayoutsQuery extends PageQuery {
  @When({ optional: true, description: 'Any instant, past ones too; left out: now' }) readonly asOf?: string;
  @ListOf(OWED_OR_PAID, { optional: true, min: 1, description: 'States at that instant; left out: all but `succeeded`' })
  readonly state?: readonly OwedState[];
  @Text({ optional: true, pattern: CURRENCY }) readonly currency?: string;
  @OneOf(AGE_BUCKETS, { optional: true, description: 'Days since the entitlement, at that instant' }) readonly bucket?: AgeBucket;
}

/** A payout as it stood at an instant. */
export class OwedPayoutAnswer {
  @Id({ description: 'For `blocked`, which is no refund yet, the id of the return' }) refundId!: string;
  @Id() returnId!: string;
  @Text({ min: 0, description: 'The payment it goes back to; names the payout within the refund; empty for `blocked`' }) paymentId!: string;
  @OneOf(OWED_OR_PAID, { description: 'At that instant' }) state!: string;
  @Whole({ description: 'Minor units; what the customer gets by this payout' }) amountMinor!: number;
  @Whole({ description: 'Of which bonus on store credit' }) bonusMinor!: number;
  @Text() currency!: string;
  @When() entitledAt!: string;
  @Measure({ description: 'Seconds from the entitlement to that instant' }) ageSeconds!: number;
}

export class OwedPayoutsAnswer extends PageAnswer {
  @When() asOf!: string;
  @ListOf(() => OwedPayoutAnswer) items!: readonly OwedPayoutAnswer[];
}

export class AgeingQuery {
  @When({ optional: true, description: 'Any instant, past ones too; left out: now' }) readonly asOf?: string;
  @Text({ optional: true, pattern: CURRENCY, description: 'Only this currency' }) readonly currency?: string;
}

export class AgeBucketAnswer {
  @OneOf(AGE_BUCKETS, { description: 'Days since the entitlement' }) bucket!: string;
  @Whole() count!: number;
  @Whole() amountMinor!: number;
}
export class AgeingStateAnswer {
  @OneOf(OWED_OR_PAID) state!: string;
  @Whole() count!: number;
  @Whole() amountMinor!: number;
  @ListOf(() => AgeBucketAnswer) buckets!: readonly AgeBucketAnswer[];
}
export class AgeingCurrencyAnswer {
  @Text() currency!: string;
  @Whole({ description: 'Payouts owed' }) count!: number;
  @Whole() amountMinor!: number;
  @ListOf(() => AgeBucketAnswer, { description: 'All states together' }) buckets!: readonly AgeBucketAnswer[];
  @ListOf(() => AgeingStateAnswer, { description: 'Only states in which something is owed' }) states!: readonly AgeingStateAnswer[];
}
export class AgeingAnswer extends ViewAnswer {
  @When() at!: string;
  @ListOf(() => AgeingCurrencyAnswer) currencies!: readonly AgeingCurrencyAnswer[];
}
