/** The policy document on the wire. Every field may be left out and then has its default, so `{}` is a valid policy. */
import { Flag, Id, ListOf, Minor, OneOf, Part, Text, When, Whole } from '../http/fields.js';
import {
  BROKEN_PROMOTIONS,
  FAULTS,
  METHODS,
  OUTBOUND_SHIPPING,
  OUTCOMES,
  REFUND_TRIGGERS,
  TENDER_ORDERS,
  WRAPPING_REFUNDS,
  type BrokenPromotion,
  type Fault,
  type Method,
  type OutboundShipping,
  type Outcome,
  type RefundTrigger,
  type TenderOrder,
  type WrappingRefund,
} from './rules/policy.events.js';

const WHOLE_BP = 10_000;

export class FinalSaleBody {
  @ListOf('string', { optional: true }) readonly categories?: readonly string[];
  @ListOf('string', { optional: true }) readonly skus?: readonly string[];
}

export class ReasonLabelsBody {
  @Text({ optional: true }) readonly en?: string;
  @Text({ optional: true }) readonly de?: string;
}

export class ReasonBody {
  @Id({ max: 60 }) readonly code!: string;
  @Text({ description: 'Shown to customers in whose language there is no other' }) readonly label!: string;
  @Part(() => ReasonLabelsBody, {
    optional: true,
    description: 'The label in other languages; the reasons the service comes with have both',
  })
  readonly labels?: ReasonLabelsBody;
  @Id({ max: 60, optional: true, nullable: true, description: 'Code of the reason above it; only leaves may be chosen' })
  readonly parent?: string | null;
  @OneOf(FAULTS) readonly fault!: Fault;
  @Flag({ optional: true }) readonly requiresNote?: boolean;
}

export class ReturnShippingBody {
  @Minor({ optional: true }) readonly feeMinor?: number;
  @Minor({ optional: true, nullable: true, description: 'Orders worth this much are sent back for free; null = no such threshold' })
  readonly freeFromMinor?: number | null;
}

export class ApprovalBody {
  @Flag({ optional: true }) readonly auto?: boolean;
  @Minor({ optional: true, nullable: true }) readonly reviewAboveMinor?: number | null;
  @ListOf('id', { optional: true, description: 'Reasons that are always declined' }) readonly declineReasons?: readonly string[];
}

export class GradeFactorsBody {
  @Whole({ optional: true, max: WHOLE_BP }) readonly A?: number;
  @Whole({ optional: true, max: WHOLE_BP }) readonly B?: number;
  @Whole({ optional: true, max: WHOLE_BP }) readonly C?: number;
  @Whole({ optional: true, max: WHOLE_BP }) readonly D?: number;
  @Whole({ optional: true, max: WHOLE_BP }) readonly X?: number;
}

/** Amounts in minor units of the order's currency, rates in basis points (10000 = 100 %). */
export class PolicyBody {
  @Whole({ optional: true, nullable: true, max: 3650, description: 'Days after delivery; null = no limit' })
  readonly windowDays?: number | null;
  @Whole({ optional: true, max: 365, description: 'Added to the shipping date where no delivery date is known' })
  readonly transitBufferDays?: number;
  @Text({ optional: true, max: 60, description: 'IANA time zone', example: 'Europe/Berlin' })
  readonly timeZone?: string;
  @Part(() => FinalSaleBody, { optional: true }) readonly finalSale?: FinalSaleBody;
  @ListOf(() => ReasonBody, { optional: true, max: 200 }) readonly reasons?: readonly ReasonBody[];
  @Part(() => ReturnShippingBody, { optional: true }) readonly returnShipping?: ReturnShippingBody;
  @Whole({ optional: true, max: WHOLE_BP }) readonly restockingFeeBp?: number;
  @Minor({ optional: true, nullable: true, description: 'Cheaper items need not come back; null = all must' })
  readonly keepItemBelowMinor?: number | null;
  @Part(() => ApprovalBody, { optional: true }) readonly approval?: ApprovalBody;
  @Flag({ optional: true }) readonly inspectionRequired?: boolean;
  @OneOf(REFUND_TRIGGERS, { optional: true }) readonly refundTrigger?: RefundTrigger;
  @OneOf(OUTBOUND_SHIPPING, { optional: true }) readonly outboundShipping?: OutboundShipping;
  @OneOf(WRAPPING_REFUNDS, { optional: true, description: 'What was paid for lines of the kind `wrapping`' })
  readonly wrappingRefund?: WrappingRefund;
  @OneOf(TENDER_ORDERS, { optional: true }) readonly tenderOrder?: TenderOrder;
  @OneOf(BROKEN_PROMOTIONS, { optional: true }) readonly brokenPromotion?: BrokenPromotion;
  @Minor({
    optional: true,
    max: 1000,
    description:
      'Per line and payment: by how much less than its prices an order may have captured (rounding) and still be refunded by itself, less that difference',
  })
  readonly captureToleranceMinor?: number;
  @Part(() => GradeFactorsBody, { optional: true }) readonly gradeFactorsBp?: GradeFactorsBody;
  @Whole({ optional: true, max: WHOLE_BP }) readonly storeCreditBonusBp?: number;
  @ListOf(OUTCOMES, { optional: true, max: 10 }) readonly outcomes?: readonly Outcome[];
  @ListOf(METHODS, { optional: true, max: 10 }) readonly methods?: readonly Method[];
  @Whole({ optional: true, min: 1, max: 3650, description: 'Days after approval in which something must be sent' })
  readonly expireAfterDays?: number;
}

/** What `GET /v1/policy` gives may be sent back as it is: these three say which version it was, and are not taken over. */
export class PutPolicyBody extends PolicyBody {
  @Id({ optional: true, description: 'Ignored' }) readonly id?: string;
  @Whole({ optional: true, description: 'Ignored' }) readonly version?: number;
  @When({ optional: true, nullable: true, description: 'Ignored' }) readonly publishedAt?: string | null;
}

export class PolicyAnswer extends PolicyBody {
  @Id() readonly id!: string;
  @Whole({ description: '0 = the terms the service comes with' }) readonly version!: number;
  @When({ nullable: true }) readonly publishedAt!: string | null;
}

export class PolicyVersionAnswer {
  @Whole() readonly version!: number;
  @When({ nullable: true }) readonly publishedAt!: string | null;
  @When({ nullable: true, description: 'Set when it was withdrawn' }) readonly retiredAt!: string | null;
  @Flag({ description: 'True for the version that returns filed now get' }) readonly inForce!: boolean;
}

export class PolicyVersionsAnswer {
  @ListOf(() => PolicyVersionAnswer, { max: 100_000, description: 'Newest first; the last one is version 0' })
  readonly items!: readonly PolicyVersionAnswer[];
}

export class PolicyVersionPath {
  @Text({ max: 9, pattern: /^\d+$/, description: 'Number of the version', example: '1' })
  readonly version!: string;
}
