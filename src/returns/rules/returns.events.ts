/**
 * What happens to the returns of one order, as it is kept for ever on the stream `returns-{orderId}`.
 *
 * An order arrives from the shop with what was paid for every single unit (OrderRegistered). A customer asks to send
 * units back (ReturnRequested, with the policy's terms frozen on it); the policy or a person answers (ReturnApproved,
 * ReturnSentToReview, ReturnDeclined). A label is bought (LabelRequested → LabelIssued), the carrier reports the parcel
 * (ParcelScanned … ParcelDelivered), the warehouse scans what is inside (ItemReceived, ItemUnexpected, ItemReceivedElsewhere, ItemMismatched),
 * grades it and puts it away (ItemGraded, ItemDisposed). When the terms' trigger is met the customer is owed money
 * (RefundEntitled, with every cent explained), and each payout runs until it is paid (RefundSubmitted … RefundSucceeded).
 *
 * Stored shapes are for ever: a new optional field gets its default in an upcaster, a changed shape a new version and an
 * upcaster, a new meaning a new name. Data holds JSON primitives and references only, no personal data.
 * `at` is when it happened in the world, ISO 8601 UTC. Amounts are integers in minor units of the order's currency.
 */
import type { RecordedEvent } from '../../eventing/event-store.js';
import type {
  BrokenPromotion,
  Fault,
  Grade,
  Method,
  OutboundShipping,
  Outcome,
  RefundTrigger,
  TenderOrder,
  WrappingRefund,
} from '../../policy/rules/policy.events.js';

type Event<Type extends string, Data> = { readonly type: Type; readonly data: { readonly at: string } & Data };
/** An event about one return of the order. */
type ReturnEvent<Type extends string, Data> = Event<Type, { readonly returnId: string } & Data>;

export type NetTax = { readonly netMinor: number; readonly taxMinor: number };

/** What a line sells: goods that are sent and can come back; a service (also a digital good, gift card, tip, fee); the wrapping of the goods. */
export const LINE_KINDS = ['goods', 'service', 'wrapping'] as const;
export type LineKind = (typeof LINE_KINDS)[number];
export type OrderLine = {
  readonly lineId: string;
  readonly kind: LineKind;
  /** Null: an item without one (made to order, or its product is deleted); it is known by its title. */
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly title: string;
  readonly category: string | null;
  readonly fulfilledQuantity: number;
  /** ISO 8601 UTC; null = not known to be delivered. */
  readonly deliveredAt: string | null;
  readonly finalSale: boolean;
  readonly weightGrams: number | null;
  /** What was paid per unit, allocated once. A unit is named by its index for ever. */
  readonly units: readonly NetTax[];
  /** Indexes of units the shop has cancelled while others behind them were in a return; 0 was paid for them. The rest is the quantity ordered. */
  readonly cancelled: readonly number[];
};
export type Payment = {
  readonly paymentId: string;
  readonly provider: string;
  /** The provider's own id of the charge. */
  readonly reference: string;
  readonly method: string;
  readonly capturedMinor: number;
};
/** A discount that needed a minimum order value; with `brokenPromotion: reprice` it is lost when the kept value falls below. */
export type Promotion = {
  readonly promotionId: string;
  readonly thresholdMinor: number;
  readonly discountMinor: number;
};
export type OrderFacts = {
  readonly number: string;
  readonly placedAt: string;
  readonly currency: string;
  /** Reference into the contacts store. */
  readonly contactRef: string;
  readonly lines: readonly OrderLine[];
  readonly shipping: NetTax;
  readonly payments: readonly Payment[];
  readonly promotions: readonly Promotion[];
};

export type OrderRegistered = Event<'OrderRegistered', OrderFacts>;
/** The order's facts anew, whole. */
export type OrderAmended = Event<'OrderAmended', OrderFacts>;
export type FulfilmentRecorded = Event<
  'FulfilmentRecorded',
  { readonly lines: readonly { readonly lineId: string; readonly fulfilledQuantity: number; readonly deliveredAt: string | null }[] }
>;
export type PaymentDisputed = Event<
  'PaymentDisputed',
  { readonly disputeId: string; readonly paymentId: string; readonly amountMinor: number }
>;
/** `lost`: the bank took the amount back, it stays used; `won`: it is free again. */
export type DisputeClosed = Event<'DisputeClosed', { readonly disputeId: string; readonly outcome: 'won' | 'lost' }>;
/**
 * Money went back outside this service, e.g. in the provider's dashboard. `reference`: what the provider calls that refund; it counts once.
 * A fact: it may be more than is left, or than was ever captured.
 */
export type RefundedElsewhere = Event<
  'RefundedElsewhere',
  { readonly paymentId: string; readonly amountMinor: number; readonly reference: string }
>;

/** What the customer says the item is like. */
export const CONDITIONS = ['unopened', 'opened', 'used', 'damaged_on_arrival', 'defective', 'wrong_item'] as const;
export type Condition = (typeof CONDITIONS)[number];
export type RequestedLine = {
  readonly lineId: string;
  /** Indexes into the order line's units. */
  readonly units: readonly number[];
  readonly reason: string;
  readonly fault: Fault;
  readonly condition: Condition;
  readonly noteRef: string | null;
  readonly photoRefs: readonly string[];
};
/** What the policy version said when the return was filed; later decisions need no look-up. */
export type Terms = {
  readonly policyId: string;
  readonly version: number;
  readonly refundTrigger: RefundTrigger;
  readonly inspectionRequired: boolean;
  readonly gradeFactorsBp: Readonly<Record<Grade, number>>;
  readonly restockingFeeBp: number;
  /** Already 0 where the policy waives it. */
  readonly returnShippingFeeMinor: number;
  readonly outboundShipping: OutboundShipping;
  readonly wrappingRefund: WrappingRefund;
  /** Lines of the order that could not be returned when this was filed, because they were sold as final. */
  readonly finalSaleLines: readonly string[];
  readonly tenderOrder: TenderOrder;
  readonly brokenPromotion: BrokenPromotion;
  /** Per line and payment of the order; see the policy. */
  readonly captureToleranceMinor: number;
  readonly storeCreditBonusBp: number;
  readonly expireAfterDays: number;
};
export type ReturnRequested = ReturnEvent<
  'ReturnRequested',
  {
    readonly lines: readonly RequestedLine[];
    readonly outcome: Outcome;
    readonly method: Method;
    /** Carrier that issues the label, now or once a person has approved. */
    readonly carrier: string;
    readonly terms: Terms;
    /** What the customer was told they would get. */
    readonly quotedMinor: number;
  }
>;
/**
 * Why somebody did something: a code, or what they wrote, by its reference into the contacts store (docs/decisions/072). `words`: only in
 * logs from before that; never written.
 */
export type Reason = { readonly code: string } | { readonly textRef: string } | { readonly words: string };
/** Why a person looks at a return. `reason` null: nothing but the code was given. */
export type ReviewReason = { readonly code: string; readonly reason: Reason | null };
export type ReturnApproved = ReturnEvent<'ReturnApproved', { readonly by: 'policy' | 'staff'; readonly ruleIds: readonly string[] }>;
export type ReturnSentToReview = ReturnEvent<'ReturnSentToReview', { readonly reasons: readonly ReviewReason[] }>;
/** `noteRef`: words for the customer; `reasonRef`: words among staff. */
export type ReturnDeclined = ReturnEvent<
  'ReturnDeclined',
  { readonly by: 'policy' | 'staff'; readonly code: string; readonly noteRef: string | null; readonly reasonRef: string | null }
>;
export type ReturnCancelled = ReturnEvent<'ReturnCancelled', { readonly by: 'customer' | 'staff'; readonly reason: Reason }>;
export type ReturnExpired = ReturnEvent<'ReturnExpired', { readonly afterDays: number }>;
export type ReturnClosed = ReturnEvent<'ReturnClosed', { readonly reason: Reason }>;
/** `retaken`: units that the closing had released and that are still free; they are awaited again. */
export type ReturnReopened = ReturnEvent<
  'ReturnReopened',
  { readonly reason: Reason; readonly retaken: readonly { readonly lineId: string; readonly units: readonly number[] }[] }
>;

export type LabelRequested = ReturnEvent<
  'LabelRequested',
  { readonly labelId: string; readonly carrier: string; readonly kind: 'label' | 'drop_off_code' }
>;
export type LabelIssued = ReturnEvent<
  'LabelIssued',
  {
    readonly labelId: string;
    readonly carrier: string;
    readonly trackingNumber: string;
    readonly costMinor: number;
    readonly documentRef: string;
  }
>;
export type DropOffCodeIssued = ReturnEvent<
  'DropOffCodeIssued',
  {
    readonly labelId: string;
    readonly carrier: string;
    readonly code: string;
    readonly trackingNumber: string;
    readonly costMinor: number;
    readonly documentRef: string;
  }
>;
export type LabelFailed = ReturnEvent<'LabelFailed', { readonly labelId: string; readonly code: string; readonly retryable: boolean }>;
/** Tried often enough; a person must ask for another label. */
export type LabelParked = ReturnEvent<'LabelParked', { readonly labelId: string; readonly code: string; readonly attempts: number }>;
export type LabelVoided = ReturnEvent<'LabelVoided', { readonly labelId: string; readonly why: string }>;
export type PickupScheduled = ReturnEvent<'PickupScheduled', { readonly pickupId: string; readonly from: string; readonly until: string }>;
export type PickupMissed = ReturnEvent<'PickupMissed', { readonly pickupId: string; readonly fault: Fault }>;
export type PickupCompleted = ReturnEvent<'PickupCompleted', { readonly pickupId: string }>;

/** `trackingNumber` null: the carrier named none, the return's only parcel is meant. */
type ParcelEvent<Type extends string, Data> = ReturnEvent<
  Type,
  { readonly trackingNumber: string | null; readonly place: string | null } & Data
>;
export type ParcelScanned = ParcelEvent<'ParcelScanned', unknown>;
export type ParcelDelayed = ParcelEvent<'ParcelDelayed', { readonly expectedAt: string | null }>;
export type ParcelExceptionRaised = ParcelEvent<'ParcelExceptionRaised', { readonly code: string }>;
export type ParcelLost = ParcelEvent<'ParcelLost', unknown>;
export type ParcelDelivered = ParcelEvent<'ParcelDelivered', unknown>;

type WarehouseEvent<Type extends string, Data> = ReturnEvent<Type, { readonly station: string; readonly clerk: string } & Data>;
export type ParcelOpened = WarehouseEvent<'ParcelOpened', { readonly trackingNumber: string | null }>;
export type ItemReceived = WarehouseEvent<
  'ItemReceived',
  { readonly scanId: string; readonly lineId: string; readonly units: readonly number[]; readonly barcode: string | null }
>;
/** More than was authorised, not part of the return, or after its end: set aside, never refunded, in no counter. */
export type ItemUnexpected = WarehouseEvent<
  'ItemUnexpected',
  {
    readonly scanId: string;
    readonly lineId: string | null;
    readonly barcode: string | null;
    readonly quantity: number;
    readonly why: 'surplus' | 'not_in_return';
  }
>;
/** It lay in this return's parcel and is received on another return of the order that awaits it: `onReturnId`, under the same scan id. */
export type ItemReceivedElsewhere = WarehouseEvent<
  'ItemReceivedElsewhere',
  {
    readonly scanId: string;
    readonly lineId: string;
    readonly barcode: string | null;
    readonly quantity: number;
    readonly onReturnId: string;
  }
>;
export type ItemMismatched = WarehouseEvent<
  'ItemMismatched',
  {
    readonly scanId: string;
    readonly expectedLineId: string;
    readonly foundBarcode: string | null;
    readonly quantity: number;
    readonly noteRef: string | null;
    readonly photoRefs: readonly string[];
  }
>;
export type ItemMarkedMissing = WarehouseEvent<
  'ItemMarkedMissing',
  { readonly lineId: string; readonly units: readonly number[]; readonly why: string }
>;
/** Takes back part or all of a wrong scan; `units` are awaited again. `delta` is negative. */
export type ReceiptCorrected = WarehouseEvent<
  'ReceiptCorrected',
  {
    readonly scanId: string;
    readonly correctionId: string;
    readonly lineId: string | null;
    readonly units: readonly number[];
    readonly delta: number;
    readonly why: string;
  }
>;
export type ItemGraded = WarehouseEvent<
  'ItemGraded',
  {
    readonly lineId: string;
    readonly units: readonly number[];
    readonly grade: Grade;
    readonly factorBp: number;
    readonly defects: readonly string[];
    readonly photoRefs: readonly string[];
  }
>;
/** Where a graded item goes. */
export const DISPOSITIONS = [
  'restock',
  'open_box',
  'refurbish',
  'scrap',
  'recycle',
  'donate',
  'return_to_vendor',
  'return_to_customer',
  'quarantine',
] as const;
export type Disposition = (typeof DISPOSITIONS)[number];
/** Where an item goes that does not go back on sale as it is. */
export const DISPOSITIONS_ELSEWHERE = DISPOSITIONS.filter((disposition) => disposition !== 'restock');
export type DispositionElsewhere = (typeof DISPOSITIONS_ELSEWHERE)[number];
export type ItemDisposed = WarehouseEvent<
  'ItemDisposed',
  { readonly lineId: string; readonly units: readonly number[]; readonly disposition: Disposition; readonly location: string | null }
>;
export type RestockRequested = ReturnEvent<
  'RestockRequested',
  {
    readonly restockId: string;
    readonly lineId: string;
    readonly sku: string | null;
    readonly title: string;
    readonly quantity: number;
    readonly location: string | null;
  }
>;
export type RestockConfirmed = ReturnEvent<'RestockConfirmed', { readonly restockId: string }>;
export type RestockBlocked = ReturnEvent<'RestockBlocked', { readonly restockId: string; readonly reason: string }>;
/** A refused restock is given up: its units are to be put away again. Where they go instead says the ItemDisposed after it. */
export type RestockWithdrawn = WarehouseEvent<
  'RestockWithdrawn',
  { readonly restockId: string; readonly lineId: string; readonly units: readonly number[] }
>;

export type UnitRefund = NetTax & {
  readonly lineId: string;
  readonly unit: number;
  readonly factorBp: number;
  readonly refundMinor: number;
};
/**
 * `not_captured`: by rounding less was captured than the prices come to;
 * `given_up`: what the payments could not bear and a person gave up. Both are no charges, and told beside them because they are taken off alike.
 */
export const FEES = ['restocking', 'return_shipping', 'promotion_lost', 'not_captured', 'given_up'] as const;
export type FeeCode = (typeof FEES)[number];
export type Fee = { readonly code: FeeCode; readonly amountMinor: number };
/** Where every cent comes from: Σ units + shipping − Σ fees = total − bonus; Σ payments = total − bonus. */
export type Breakdown = {
  readonly units: readonly UnitRefund[];
  readonly shippingMinor: number;
  readonly fees: readonly Fee[];
  readonly bonusMinor: number;
  readonly totalMinor: number;
  readonly payments: readonly { readonly paymentId: string; readonly amountMinor: number }[];
  /** Rules and allocation steps that led here, in order. */
  readonly ruleIds: readonly string[];
};
/** How the money reaches the customer: back through a payment of the order, as store credit, or by bank transfer. */
export const DESTINATIONS = ['original_payment', 'store_credit', 'bank_transfer'] as const;
export type Destination = (typeof DESTINATIONS)[number];
type RefundEvent<Type extends string, Data> = ReturnEvent<Type, { readonly refundId: string } & Data>;
/** A refund is paid in payouts, one per payment it goes back to. `paymentId` names the payout within the refund. */
type PayoutEvent<Type extends string, Data> = RefundEvent<Type, { readonly paymentId: string } & Data>;
export type RefundEntitled = RefundEvent<
  'RefundEntitled',
  {
    readonly trigger: RefundTrigger | 'approved' | 'manual';
    readonly destination: Destination;
    readonly reason: Reason | null;
    readonly breakdown: Breakdown;
  }
>;
/** Why what goods have earned cannot be paid, the first that applies. */
export const BLOCKS = ['disputed', 'refunded_elsewhere', 'nothing_captured', 'part_captured', 'used_up'] as const;
export type BlockCode = (typeof BLOCKS)[number];
/**
 * What the goods of a return have earned (bonus on store credit included) is more than the order's payments can bear: nothing of it is paid by itself. Told again
 * when amount or reason change; 0 and null: nothing is held back any more. It ends with the RefundEntitled that settles it.
 */
export type RefundBlocked = ReturnEvent<
  'RefundBlocked',
  { readonly amountMinor: number; readonly bonusMinor: number; readonly code: BlockCode | null }
>;
export type RefundSubmitted = PayoutEvent<
  'RefundSubmitted',
  { readonly provider: string; readonly key: string; readonly amountMinor: number }
>;
export type RefundPending = PayoutEvent<'RefundPending', { readonly providerRefundId: string }>;
export type RefundSucceeded = PayoutEvent<'RefundSucceeded', { readonly providerRefundId: string; readonly by: 'provider' | 'staff' }>;
/** Declined, or failed after it had succeeded; the amount is owed still and the payment's cap is free again. */
export type RefundFailed = PayoutEvent<'RefundFailed', { readonly code: string; readonly by: 'provider' | 'staff' }>;
/** Why a payout waits that what is left of its payment cannot bear any more. */
export const REFUNDED_ELSEWHERE = 'refunded_elsewhere' satisfies BlockCode;
/** The answer was lost: it may have been executed. Blocks new payouts of that payment until reconciled. */
export type RefundPutInDoubt = PayoutEvent<'RefundPutInDoubt', { readonly reason: Reason }>;
/** Tried often enough, or refunded elsewhere; a person must retry, settle, fail or reroute. */
export type RefundParked = PayoutEvent<'RefundParked', { readonly reason: Reason; readonly attempts: number }>;
export type RefundRetryRequested = PayoutEvent<'RefundRetryRequested', { readonly reason: Reason }>;
/** The payout goes another way, e.g. because the payment can no longer be refunded. */
export type RefundRerouted = PayoutEvent<
  'RefundRerouted',
  { readonly destination: Destination; readonly toPaymentId: string; readonly reason: Reason }
>;
/** Resolves a payout to store credit. `amountMinor` without the bonus. */
export type StoreCreditIssued = PayoutEvent<
  'StoreCreditIssued',
  { readonly creditRef: string; readonly amountMinor: number; readonly bonusMinor: number }
>;

export type OrderEvent = OrderRegistered | OrderAmended | FulfilmentRecorded | PaymentDisputed | DisputeClosed | RefundedElsewhere;
export type AuthorisationEvent =
  ReturnRequested | ReturnApproved | ReturnSentToReview | ReturnDeclined | ReturnCancelled | ReturnExpired | ReturnClosed | ReturnReopened;
export type ParcelRailEvent =
  | LabelRequested
  | LabelIssued
  | DropOffCodeIssued
  | LabelFailed
  | LabelParked
  | LabelVoided
  | PickupScheduled
  | PickupMissed
  | PickupCompleted
  | ParcelScanned
  | ParcelDelayed
  | ParcelExceptionRaised
  | ParcelLost
  | ParcelDelivered;
export type CustodyEvent =
  | ParcelOpened
  | ItemReceived
  | ItemUnexpected
  | ItemReceivedElsewhere
  | ItemMismatched
  | ItemMarkedMissing
  | ReceiptCorrected
  | ItemGraded
  | ItemDisposed
  | RestockRequested
  | RestockConfirmed
  | RestockBlocked
  | RestockWithdrawn;
export type MoneyEvent =
  | RefundBlocked
  | RefundEntitled
  | RefundSubmitted
  | RefundPending
  | RefundSucceeded
  | RefundFailed
  | RefundPutInDoubt
  | RefundParked
  | RefundRetryRequested
  | RefundRerouted
  | StoreCreditIssued;
export type ReturnsEvent = OrderEvent | AuthorisationEvent | ParcelRailEvent | CustodyEvent | MoneyEvent;

/** The types of a rail's events and the current versions of their stored shapes. */
type Versions<Event extends ReturnsEvent> = Readonly<Record<Event['type'], number>>;

const ORDER: Versions<OrderEvent> = {
  OrderRegistered: 2,
  OrderAmended: 2,
  FulfilmentRecorded: 1,
  PaymentDisputed: 1,
  DisputeClosed: 1,
  RefundedElsewhere: 1,
};
const AUTHORISATION: Versions<AuthorisationEvent> = {
  ReturnRequested: 2,
  ReturnApproved: 1,
  ReturnSentToReview: 2,
  ReturnDeclined: 2,
  ReturnCancelled: 2,
  ReturnExpired: 1,
  ReturnClosed: 2,
  ReturnReopened: 2,
};
const PARCEL: Versions<ParcelRailEvent> = {
  LabelRequested: 1,
  LabelIssued: 1,
  DropOffCodeIssued: 1,
  LabelFailed: 1,
  LabelParked: 1,
  LabelVoided: 1,
  PickupScheduled: 1,
  PickupMissed: 1,
  PickupCompleted: 1,
  ParcelScanned: 1,
  ParcelDelayed: 1,
  ParcelExceptionRaised: 1,
  ParcelLost: 1,
  ParcelDelivered: 1,
};
const CUSTODY: Versions<CustodyEvent> = {
  ParcelOpened: 1,
  ItemReceived: 1,
  ItemUnexpected: 1,
  ItemReceivedElsewhere: 1,
  ItemMismatched: 1,
  ItemMarkedMissing: 1,
  ReceiptCorrected: 1,
  ItemGraded: 1,
  ItemDisposed: 1,
  RestockRequested: 2,
  RestockConfirmed: 1,
  RestockBlocked: 1,
  RestockWithdrawn: 1,
};
const MONEY: Versions<MoneyEvent> = {
  RefundBlocked: 1,
  RefundEntitled: 2,
  RefundSubmitted: 1,
  RefundPending: 1,
  RefundSucceeded: 1,
  RefundFailed: 1,
  RefundPutInDoubt: 2,
  RefundParked: 2,
  RefundRetryRequested: 2,
  RefundRerouted: 2,
  StoreCreditIssued: 1,
};
const RAILS = { order: ORDER, authorisation: AUTHORISATION, parcel: PARCEL, custody: CUSTODY, money: MONEY } as const;
type Rail = keyof typeof RAILS;

/** Every event type and the current version of its stored shape. */
export const RETURNS_EVENT_VERSIONS: Versions<ReturnsEvent> = { ...ORDER, ...AUTHORISATION, ...PARCEL, ...CUSTODY, ...MONEY };

const isRail = (name: string): name is Rail => Object.hasOwn(RAILS, name);

/** Every event type of these rails, and single ones, so that views and processes forget none when a rail gets another. */
export const eventTypesOf = (...names: readonly (Rail | ReturnsEvent['type'])[]): ReadonlySet<string> =>
  new Set(names.flatMap((name) => (isRail(name) ? Object.keys(RAILS[name]) : name)));

/** An order's stream holds only these, and readers get them in today's shape. */
export const isReturnsEvent = (event: RecordedEvent): event is RecordedEvent & ReturnsEvent =>
  Object.hasOwn(RETURNS_EVENT_VERSIONS, event.type);

const STREAM_PREFIX = 'returns-';

/** The stream of an order's returns. */
export const returnsStream = (orderId: string): string => `${STREAM_PREFIX}${orderId}`;
/** The order a stream belongs to; undefined for other streams. */
export const orderIdOfStream = (streamId: string): string | undefined =>
  streamId.startsWith(STREAM_PREFIX) ? streamId.slice(STREAM_PREFIX.length) : undefined;
/** `{orderId}-R{n}`, n from 1. */
export const returnIdOf = (orderId: string, number: number): string => `${orderId}-R${number}`;
/** The order of a return id; order ids may contain dashes, so it is split at the last `-R`. Undefined if it is no return id. */
export function orderIdOfReturn(returnId: string): string | undefined {
  const match = /^(.+)-R[1-9]\d*$/.exec(returnId);
  return match?.[1];
}
/** `{returnId}-F{n}`, n from 1. */
export const refundIdOf = (returnId: string, number: number): string => `${returnId}-F${number}`;
/** The return of a refund id. Undefined if it is no refund id. */
export function returnIdOfRefund(refundId: string): string | undefined {
  const match = /^(.+-R[1-9]\d*)-F[1-9]\d*$/.exec(refundId);
  return match?.[1];
}
