/**
 * The return policy of a shop: published as versions on the stream `policy-{policyId}`, never edited. A return keeps
 * the terms of the version it was filed under, whatever is published later.
 */
import type { Language } from '../../shared/language.js';

/** Whose doing the return is; decides who pays for its shipping and how a damaged item is refunded. */
export const FAULTS = ['customer', 'merchant', 'carrier'] as const;
export type Fault = (typeof FAULTS)[number];
/** What inspection finds: A as new, B opened, C worn, D damaged, X wrong or counterfeit. */
export const GRADES = ['A', 'B', 'C', 'D', 'X'] as const;
export type Grade = (typeof GRADES)[number];
/** What the customer gets for what they send back. */
export const OUTCOMES = ['original_payment', 'store_credit', 'exchange'] as const;
export type Outcome = (typeof OUTCOMES)[number];
/** How the goods come back. */
export const METHODS = ['label', 'drop_off', 'pickup', 'own_shipping', 'in_store', 'keep'] as const;
export type Method = (typeof METHODS)[number];
/** What must have happened to a unit before its money is owed. */
export const REFUND_TRIGGERS = ['firstScan', 'delivered', 'received', 'inspected'] as const;
export type RefundTrigger = (typeof REFUND_TRIGGERS)[number];
/** When the shipping of the order itself is refunded. */
export const OUTBOUND_SHIPPING = ['never', 'fullReturn', 'merchantFault', 'proportional'] as const;
export type OutboundShipping = (typeof OUTBOUND_SHIPPING)[number];
/** When what was paid for the wrapping of the goods is refunded. */
export const WRAPPING_REFUNDS = ['never', 'fullReturn'] as const;
export type WrappingRefund = (typeof WRAPPING_REFUNDS)[number];
/** Which of an order's payments is refunded first. */
export const TENDER_ORDERS = ['giftCardFirst', 'reverseCapture', 'proportional'] as const;
export type TenderOrder = (typeof TENDER_ORDERS)[number];
/** A discount that needed a minimum order value: shared out over all units for good, or taken back when what is kept falls below. */
export const BROKEN_PROMOTIONS = ['keepProrata', 'reprice'] as const;
export type BrokenPromotion = (typeof BROKEN_PROMOTIONS)[number];

export type ReturnReason = {
  readonly code: string;
  /** What customers read where there is no better in `labels`. */
  readonly label: string;
  /** The merchant's own translations of the label, by language. */
  readonly labels: Readonly<Partial<Record<Language, string>>>;
  /** Code of the reason above it; only leaves may be chosen. */
  readonly parent: string | null;
  readonly fault: Fault;
  readonly requiresNote: boolean;
};

/** Every field filled in; `{}` from a merchant becomes this with the defaults. Amounts in minor units of the order's currency, rates in basis points (10000 = 100 %). */
export type PolicyDocument = {
  /** Days after delivery of the last parcel, the last day included in the shop's time zone; null = no limit. */
  readonly windowDays: number | null;
  /** Added to the fulfilment date where no delivery date is known. */
  readonly transitBufferDays: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly finalSale: { readonly categories: readonly string[]; readonly skus: readonly string[] };
  readonly reasons: readonly ReturnReason[];
  readonly returnShipping: { readonly feeMinor: number; readonly freeFromMinor: number | null };
  readonly restockingFeeBp: number;
  readonly keepItemBelowMinor: number | null;
  readonly approval: {
    readonly auto: boolean;
    readonly reviewAboveMinor: number | null;
    readonly declineReasons: readonly string[];
  };
  readonly inspectionRequired: boolean;
  readonly refundTrigger: RefundTrigger;
  readonly outboundShipping: OutboundShipping;
  readonly wrappingRefund: WrappingRefund;
  readonly tenderOrder: TenderOrder;
  readonly brokenPromotion: BrokenPromotion;
  /**
   * By how much less than the prices of an order its payments may have captured, times its lines and payments, before a person
   * must decide: net and gross round trips and cash rounding lose a minor unit here and there. The difference is taken off.
   */
  readonly captureToleranceMinor: number;
  readonly gradeFactorsBp: Readonly<Record<Grade, number>>;
  readonly storeCreditBonusBp: number;
  readonly outcomes: readonly Outcome[];
  readonly methods: readonly Method[];
  readonly expireAfterDays: number;
};

export type PolicyPublished = {
  readonly type: 'PolicyPublished';
  readonly data: { readonly at: string; readonly version: number; readonly document: PolicyDocument };
};
export type PolicyRetired = {
  readonly type: 'PolicyRetired';
  readonly data: { readonly at: string; readonly version: number };
};
export type PolicyEvent = PolicyPublished | PolicyRetired;

/** Current stored shape of each policy event. */
export const POLICY_EVENT_VERSIONS: Readonly<Record<PolicyEvent['type'], number>> = {
  PolicyPublished: 3,
  PolicyRetired: 1,
};

/** The stream of a policy's versions. */
export const policyStream = (policyId: string): string => `policy-${policyId}`;
