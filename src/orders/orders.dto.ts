/** What the order routes take and answer. Amounts in minor units of the order's currency, times ISO 8601 UTC. */
import { Flag, Id, ListOf, Minor, OneOf, Part, Text, When, Whole } from '../http/fields.js';
import { LONGEST_ORDER_ID, OrderPath, SoldLineAnswer, UnitPriceAnswer } from '../returns/api/returns.dto.js';
import { LINE_KINDS, type LineKind } from '../returns/rules/returns.events.js';
import { DISPUTE_STATES } from '../returns/rules/returns.state.js';

/** More units than this on one order are refused: each is kept with its own price. */
const MOST_UNITS = 10_000;

export class RegisterQuery {
  @Flag({
    default: false,
    description:
      'Take ids, numbers, SKUs and barcodes that look as if a spreadsheet or a program had spoiled them (`4.50123E+12`, `#N/A`, `undefined`)',
  })
  readonly idsAsWritten!: boolean;
}

export class NetTaxBody {
  @Minor()
  readonly netMinor!: number;
  @Minor({ default: 0 })
  readonly taxMinor!: number;
}

/** A shop writes `""` or blanks where it knows nothing. */
const MAYBE = { optional: true, nullable: true, blankIsNull: true } as const;

export class AddressBody {
  @Text({ ...MAYBE })
  readonly line1?: string | null;
  @Text({ ...MAYBE })
  readonly line2?: string | null;
  @Text({ ...MAYBE })
  readonly city?: string | null;
  @Text({ ...MAYBE })
  readonly region?: string | null;
  @Text({ ...MAYBE, max: 20 })
  readonly postalCode?: string | null;
  @Text({ ...MAYBE, max: 60 })
  readonly country?: string | null;
}

/** Kept in the contacts store, never in the event log. */
export class CustomerBody {
  @Text({ ...MAYBE })
  readonly name?: string | null;
  @Text({ ...MAYBE, max: 320, example: 'ada@example.org' })
  readonly email?: string | null;
  @Text({ ...MAYBE, max: 50 })
  readonly phone?: string | null;
  @Part(() => AddressBody, { optional: true, nullable: true })
  readonly address?: AddressBody | null;
}

export class OrderLineBody {
  @Id()
  readonly lineId!: string;
  @OneOf(LINE_KINDS, {
    default: 'goods',
    description:
      '`service`: nothing that is sent, e.g. a digital good, gift card, tip or fee; `wrapping`: the wrapping of the goods. Neither can be returned, and neither holds up a full return',
  })
  readonly kind!: LineKind;
  @Text({
    ...MAYBE,
    max: 100,
    description: 'Stock keeping unit, as the shop writes it; null, blank or left out for an item without one, which then needs a title',
  })
  readonly sku?: string | null;
  @Text({ ...MAYBE, max: 100, description: 'What a scanner reads off the item; without it the SKU' })
  readonly barcode?: string | null;
  @Text({ ...MAYBE, max: 500, description: 'The SKU unless given' })
  readonly title?: string | null;
  @Text({ ...MAYBE })
  readonly category?: string | null;
  @Whole({ max: MOST_UNITS, description: '0 cancels a line that the order has' })
  readonly quantity!: number;
  @Whole({ optional: true, max: MOST_UNITS, description: 'Units sent to the customer so far; all of them unless given' })
  readonly fulfilledQuantity?: number;
  @When({
    local: true,
    optional: true,
    nullable: true,
    description: 'When the last parcel arrived; null = not known. Without an offset: wall time, or a day, in the time zone of the policy',
  })
  readonly deliveredAt?: string | null;
  @Part(() => NetTaxBody, { description: 'Paid for the whole line, after all discounts' })
  readonly paid!: NetTaxBody;
  @Flag({ default: false })
  readonly finalSale!: boolean;
  @Whole({ optional: true, nullable: true, max: 10_000_000, description: 'Of one unit' })
  readonly weightGrams?: number | null;
}

export class PaymentBody {
  @Id()
  readonly paymentId!: string;
  @Id({ max: 40, description: 'Who refunds it: `manual`, `simulated`, …' })
  readonly provider!: string;
  @Text({ max: 200, description: "The provider's own id of the charge" })
  readonly reference!: string;
  @Id({ max: 40, default: 'other', description: '`card`, `gift_card`, …' })
  readonly method!: string;
  @Minor()
  readonly capturedMinor!: number;
}

/** A discount that needed a minimum order value. */
export class PromotionBody {
  @Id()
  readonly promotionId!: string;
  @Minor()
  readonly thresholdMinor!: number;
  @Minor()
  readonly discountMinor!: number;
}

export class OrderBody {
  @Text({ ...MAYBE, max: 100, description: 'As the customer knows it; the id unless given' })
  readonly number?: string | null;
  @When({ local: true, description: 'Without an offset: wall time, or a day, in the time zone of the policy' })
  readonly placedAt!: string;
  @Text({ min: 3, max: 3, pattern: /^[A-Z]{3}$/, description: 'ISO 4217', example: 'EUR' })
  readonly currency!: string;
  @Part(() => CustomerBody, {
    optional: true,
    nullable: true,
    description:
      'The whole of what is known about them. Left out: what is known stays; null or `{}`: it is erased, and they can no longer sign in by e-mail',
  })
  readonly customer?: CustomerBody | null;
  @ListOf(() => OrderLineBody, { min: 1, max: 1000 })
  readonly lines!: readonly OrderLineBody[];
  @Part(() => NetTaxBody, { optional: true, nullable: true, description: 'Paid for sending it; 0 unless given' })
  readonly shipping?: NetTaxBody | null;
  @ListOf(() => PaymentBody, { max: 50 })
  readonly payments!: readonly PaymentBody[];
  @ListOf(() => PromotionBody, { optional: true, max: 50 })
  readonly promotions?: readonly PromotionBody[];
}

/** One line of an NDJSON upload without a mapping. */
export class ImportedOrderBody extends OrderBody {
  @Id({ max: LONGEST_ORDER_ID })
  readonly orderId!: string;
}

export class ImportQuery extends RegisterQuery {
  @Text({
    optional: true,
    max: 8000,
    multiline: true,
    description:
      '`generic`, `shopify`, `woocommerce`, `superstore`, or a column mapping as JSON (see the integration guide); CSV is read as `generic` without it, NDJSON as whole orders',
  })
  readonly mapping?: string;
  @Flag({ default: false, description: 'Check everything, write nothing: the answer says what would happen' })
  readonly dryRun!: boolean;
}

export class SessionBody {
  @Whole({ optional: true, min: 1, max: 86_400, description: 'Seconds until the session ends; 8 hours unless given' })
  readonly expiresInSeconds?: number;
}

export class SessionAnswer {
  @Text({ max: 4000, description: 'Bearer token of a customer session for this order alone' })
  readonly token!: string;
  @When()
  readonly expiresAt!: string;
  @Id({ max: LONGEST_ORDER_ID })
  readonly orderId!: string;
}

export class DisputeBody {
  @Id()
  readonly disputeId!: string;
  @Id()
  readonly paymentId!: string;
  @Minor({ min: 1 })
  readonly amountMinor!: number;
}

export class RefundElsewhereBody {
  @Id()
  readonly paymentId!: string;
  @Minor({ min: 1 })
  readonly amountMinor!: number;
  @Text({ max: 200, description: 'What the provider calls that refund, e.g. `re_1NirD82eZvKYlo2C`; the same again counts once' })
  readonly reference!: string;
  @When({ optional: true, description: 'When it was given back; now unless given' })
  readonly at?: string;
}

export class DisputePath extends OrderPath {
  @Id()
  readonly disputeId!: string;
}

export class DisputeOutcomeBody {
  @OneOf(['won', 'lost'])
  readonly outcome!: 'won' | 'lost';
}

export class OrderLineAnswer extends SoldLineAnswer {
  @OneOf(LINE_KINDS)
  readonly kind!: LineKind;
  @Whole({ description: 'Units in returns that are not released: awaited, received, missing or kept' })
  readonly inReturn!: number;
  @Whole({ description: 'Of these, units the warehouse has received' })
  readonly returned!: number;
  @ListOf(() => UnitPriceAnswer, { max: MOST_UNITS, description: 'What was paid for each unit' })
  readonly units!: readonly UnitPriceAnswer[];
  @ListOf('whole', {
    max: MOST_UNITS,
    description: 'Indexes of `units` that the shop has cancelled while others behind them were in a return',
  })
  readonly cancelledUnits!: readonly number[];
}

export class PaymentAnswer {
  @Id()
  readonly paymentId!: string;
  @Id()
  readonly provider!: string;
  @Id()
  readonly method!: string;
  @Minor()
  readonly capturedMinor!: number;
  @Minor()
  readonly refundedMinor!: number;
  @Minor({ description: 'Owed or under way' })
  readonly reservedMinor!: number;
  @Minor({ description: 'Disputed and not won back' })
  readonly disputedMinor!: number;
  @Minor({ description: 'Given back outside this service' })
  readonly refundedElsewhereMinor!: number;
  @Minor({ description: 'Paid back, here and elsewhere, beyond what was captured; above 0 somebody must look into it' })
  readonly excessMinor!: number;
  @Minor()
  readonly refundableMinor!: number;
}

export class OrderReturnAnswer {
  @Id({ max: 120 })
  readonly returnId!: string;
  @Text()
  readonly status!: string;
}

export class DisputeAnswer {
  @Id()
  readonly disputeId!: string;
  @Id()
  readonly paymentId!: string;
  @Minor()
  readonly amountMinor!: number;
  @OneOf(DISPUTE_STATES)
  readonly state!: 'open' | 'won' | 'lost';
}

export class RefundElsewhereAnswer {
  @Id()
  readonly paymentId!: string;
  @Minor()
  readonly amountMinor!: number;
  @Text({ max: 200 })
  readonly reference!: string;
  @When()
  readonly at!: string;
  @Id({ max: 130, nullable: true, description: 'Our own refund that it turned out to be; it then counts as that alone' })
  readonly refundId!: string | null;
}

export class OrderAnswer {
  @Id({ max: LONGEST_ORDER_ID })
  readonly orderId!: string;
  @Text({ max: 100 })
  readonly number!: string;
  @When()
  readonly placedAt!: string;
  @Text({ max: 3 })
  readonly currency!: string;
  @Whole()
  readonly revision!: number;
  @ListOf(() => OrderLineAnswer)
  readonly lines!: readonly OrderLineAnswer[];
  @Part(() => UnitPriceAnswer)
  readonly shipping!: UnitPriceAnswer;
  @ListOf(() => PaymentAnswer)
  readonly payments!: readonly PaymentAnswer[];
  @ListOf(() => DisputeAnswer)
  readonly disputes!: readonly DisputeAnswer[];
  @ListOf(() => RefundElsewhereAnswer, { description: 'Money given back outside this service' })
  readonly refundsElsewhere!: readonly RefundElsewhereAnswer[];
  @ListOf(() => OrderReturnAnswer)
  readonly returns!: readonly OrderReturnAnswer[];
}

/** What became of the customer's data: told and stored, not told and kept, told to be nobody's and erased; none was told and none is known. */
const CUSTOMER_FATES = ['stored', 'kept', 'erased', 'none'] as const;
export type CustomerFate = (typeof CUSTOMER_FATES)[number];

export class RegisteredOrderAnswer extends OrderAnswer {
  @OneOf(CUSTOMER_FATES, {
    description:
      'What became of the customer: `stored` as told, `kept` because none was named, `erased` because `null` or `{}` was sent, `none` known and none told',
  })
  readonly customer!: CustomerFate;
}
