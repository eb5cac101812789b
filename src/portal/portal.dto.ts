/** What the portal's routes take and answer. Amounts in minor units of the order's currency, times ISO 8601 UTC. */
import { Worded } from '../http/documentation.js';
import { Day, Flag, Id, ListOf, MAX_MINOR, Minor, OneOf, Part, Text, When, Whole } from '../http/fields.js';
import { FAULTS, METHODS, OUTCOMES, type Method, type Outcome } from '../policy/rules/policy.events.js';
import { PolicyRefAnswer, SoldLineAnswer, UnitPriceAnswer } from '../returns/api/returns.dto.js';
import { WHY_NOT } from '../returns/rules/quote.js';
import { BLOCKS, CONDITIONS, type Condition } from '../returns/rules/returns.events.js';
import { RETURN_STATUSES } from '../returns/rules/returns.status.js';

class AskedLine {
  @Id()
  readonly lineId!: string;
  @Whole({ min: 1, max: 10_000 })
  readonly quantity!: number;
  @OneOf(CONDITIONS, { default: 'opened' })
  readonly condition!: Condition;
}

export class FiledLineBody extends AskedLine {
  @Id({ max: 60, description: "A leaf of the policy's reasons" })
  readonly reason!: string;
  @Text({ optional: true, nullable: true, max: 2000, multiline: true, description: 'Kept in the contacts store, never in the event log' })
  readonly note?: string | null;
  @ListOf('id', { optional: true, max: 20, description: 'References of uploaded photos' })
  readonly photos?: readonly string[];
}

class AskedReturn {
  @OneOf(OUTCOMES, { default: 'original_payment' })
  readonly outcome!: Outcome;
  @OneOf(METHODS, { default: 'label' })
  readonly method!: Method;
}

export class FileReturnBody extends AskedReturn {
  @ListOf(() => FiledLineBody, { min: 1, max: 1000 })
  readonly lines!: readonly FiledLineBody[];
}

export class QuotedLineBody extends AskedLine {
  @Id({ max: 60, optional: true, nullable: true, description: 'Null while the customer has not chosen one' })
  readonly reason?: string | null;
  @Text({ optional: true, nullable: true, max: 2000, multiline: true, description: 'Only looked at whether there is one; not kept' })
  readonly note?: string | null;
  @ListOf('id', { optional: true, max: 20 })
  readonly photos?: readonly string[];
}

/** A request as it would be filed, to see what it comes to; reasons may still be open. */
export class QuoteBody extends AskedReturn {
  @ListOf(() => QuotedLineBody, { min: 1, max: 1000 })
  readonly lines!: readonly QuotedLineBody[];
}

export class MoneyWordsAnswer {
  @Text()
  readonly code!: string;
  @Minor({ min: -MAX_MINOR, description: 'Negative where an earlier charge for a lost promotion is given back' })
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
  readonly ruleIds!: readonly string[];
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
  @Minor({ description: 'What the return comes to with this outcome, its bonus included' })
  readonly totalRefundMinor!: number;
  @Text({ max: 500 })
  readonly words!: string;
}

@Worded()
export class QuoteAnswer {
  @Text({ max: 3 })
  readonly currency!: string;
  @Part(() => PolicyRefAnswer)
  readonly policy!: PolicyRefAnswer;
  @ListOf(() => QuotedLineAnswer)
  readonly lines!: readonly QuotedLineAnswer[];
  @Minor()
  readonly shippingRefundMinor!: number;
  @Minor({ description: 'What was paid for the wrapping, where it comes back too' })
  readonly wrappingRefundMinor!: number;
  @ListOf(() => MoneyWordsAnswer)
  readonly fees!: readonly MoneyWordsAnswer[];
  @Minor({ description: 'What the outcome asked for adds' })
  readonly bonusMinor!: number;
  @Minor({ description: 'Lines, shipping and wrapping less fees, and the bonus' })
  readonly totalRefundMinor!: number;
  @Minor({ description: 'What of it the payments of the order could bear today' })
  readonly payableTodayMinor!: number;
  @OneOf(BLOCKS, { nullable: true, description: 'Why that is less; null where it is not' })
  readonly blockedCode!: string | null;
  @Text({ nullable: true })
  readonly blockedWords!: string | null;
  @ListOf(() => MethodOfferAnswer)
  readonly methods!: readonly MethodOfferAnswer[];
  @ListOf(() => OutcomeOfferAnswer)
  readonly outcomes!: readonly OutcomeOfferAnswer[];
  @Minor({ description: 'Worth still missing for a return without shipping fee; 0 = none' })
  readonly freeReturnMissingMinor!: number;
}

export class ReasonAnswer {
  @Id()
  readonly code!: string;
  @Text()
  readonly label!: string;
  @OneOf(FAULTS, { description: 'Whose doing it is; decides who pays for return shipping' })
  readonly fault!: string;
  @Flag()
  readonly requiresNote!: boolean;
  @ListOf(() => ReasonAnswer, { description: 'A reason with children cannot be chosen itself' })
  readonly children!: readonly ReasonAnswer[];
}

export class ReturnableLineAnswer extends SoldLineAnswer {
  @Minor({ description: 'Paid for one unit, tax included; units may differ by a cent' })
  readonly unitPaidMinor!: number;
  @ListOf(() => UnitPriceAnswer, { max: 10_000, description: 'What was paid for each of these units' })
  readonly units!: readonly UnitPriceAnswer[];
  @OneOf(['eligible', 'review', 'ineligible'])
  readonly decision!: string;
  @OneOf(WHY_NOT, { nullable: true, description: 'Null for a line that may be returned' })
  readonly whyNot!: string | null;
  @Day({
    nullable: true,
    description:
      "Last day for this line in the shop's time zone; null without a limit, while nothing was shipped, and for what can never be returned",
  })
  readonly until!: string | null;
  @ListOf('string')
  readonly ruleIds!: readonly string[];
  @Text({ max: 1000 })
  readonly words!: string;
}

export class FiledReturnAnswer {
  @Id({ max: 120 })
  readonly returnId!: string;
  @OneOf(RETURN_STATUSES)
  readonly status!: string;
  @When()
  readonly requestedAt!: string;
}

@Worded()
export class ReturnableAnswer {
  @Text({ max: 200, description: "The order's number, as the shop told it" })
  readonly number!: string;
  @When()
  readonly placedAt!: string;
  @Text({ max: 3 })
  readonly currency!: string;
  @Part(() => PolicyRefAnswer)
  readonly policy!: PolicyRefAnswer;
  @Day({ nullable: true, description: "Last day in the shop's time zone; null without a limit or while nothing was shipped" })
  readonly returnableUntil!: string | null;
  @ListOf(() => ReturnableLineAnswer)
  readonly lines!: readonly ReturnableLineAnswer[];
  @ListOf(() => ReasonAnswer)
  readonly reasons!: readonly ReasonAnswer[];
  @ListOf(METHODS)
  readonly methods!: readonly string[];
  @ListOf(OUTCOMES)
  readonly outcomes!: readonly string[];
  @ListOf(() => FiledReturnAnswer, { max: 100_000, description: 'Filed so far, oldest first' })
  readonly returns!: readonly FiledReturnAnswer[];
}
