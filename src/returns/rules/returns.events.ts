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

/** An event as it is declared: the shape of its data, and the current version of that shape. */
type Stored<Data> = { readonly version: number; readonly data?: Data };
const stored = <Data>(version = 1): Stored<{ readonly at: string } & Data> => ({ version });
type OnReturn<Data> = { readonly returnId: string } & Data;

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

const ORDER = {
  OrderRegistered: stored<OrderFacts>(2),
  /** The order's facts anew, whole. */
  OrderAmended: stored<OrderFacts>(2),
  FulfilmentRecorded: stored<{
    readonly lines: readonly { readonly lineId: string; readonly fulfilledQuantity: number; readonly deliveredAt: string | null }[];
  }>(),
  PaymentDisputed: stored<{ readonly disputeId: string; readonly paymentId: string; readonly amountMinor: number }>(),
  /** `lost`: the bank took the amount back, it stays used; `won`: it is free again. */
  DisputeClosed: stored<{ readonly disputeId: string; readonly outcome: 'won' | 'lost' }>(),
  /**
   * Money went back outside this service, e.g. in the provider's dashboard. `reference`: what the provider calls that refund; it counts once.
   * A fact: it may be more than is left, or than was ever captured.
   */
  RefundedElsewhere: stored<{ readonly paymentId: string; readonly amountMinor: number; readonly reference: string }>(),
};

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
/**
 * Why somebody did something: a code, or what they wrote, by its reference into the contacts store (docs/decisions/072). `words`: only in
 * logs from before that; never written.
 */
export type Reason = { readonly code: string } | { readonly textRef: string } | { readonly words: string };
/** Why a person looks at a return. `reason` null: nothing but the code was given. */
export type ReviewReason = { readonly code: string; readonly reason: Reason | null };
const AUTHORISATION = {
  ReturnRequested: stored<
    OnReturn<{
      readonly lines: readonly RequestedLine[];
      readonly outcome: Outcome;
      readonly method: Method;
      /** Carrier that issues the label, now or once a person has approved. */
      readonly carrier: string;
      readonly terms: Terms;
      /** What the customer was told they would get. */
      readonly quotedMinor: number;
    }>
  >(2),
  ReturnApproved: stored<OnReturn<{ readonly by: 'policy' | 'staff'; readonly ruleIds: readonly string[] }>>(),
  ReturnSentToReview: stored<OnReturn<{ readonly reasons: readonly ReviewReason[] }>>(2),
  /** `noteRef`: words for the customer; `reasonRef`: words among staff. */
  ReturnDeclined: stored<
    OnReturn<{
      readonly by: 'policy' | 'staff';
      readonly code: string;
      readonly noteRef: string | null;
      readonly reasonRef: string | null;
    }>
  >(2),
  ReturnCancelled: stored<OnReturn<{ readonly by: 'customer' | 'staff'; readonly reason: Reason }>>(2),
  ReturnExpired: stored<OnReturn<{ readonly afterDays: number }>>(),
  ReturnClosed: stored<OnReturn<{ readonly reason: Reason }>>(2),
  /** `retaken`: units that the closing had released and that are still free; they are awaited again. */
  ReturnReopened:
    stored<
      OnReturn<{ readonly reason: Reason; readonly retaken: readonly { readonly lineId: string; readonly units: readonly number[] }[] }>
    >(2),
};

/**
 * `submitted`: the carrier looks into it; `refunded`, `rejected`: its last word; `not_applicable`: it bills no label that is not used;
 * `parked`: it could not be asked, and a person must.
 */
export const VOID_OUTCOMES = ['submitted', 'refunded', 'rejected', 'not_applicable', 'parked'] as const;
export type VoidOutcome = (typeof VOID_OUTCOMES)[number];

/** `trackingNumber` null: the carrier named none, the return's only parcel is meant. */
type OfParcel<Data = unknown> = OnReturn<{ readonly trackingNumber: string | null; readonly place: string | null } & Data>;
const PARCEL = {
  LabelRequested: stored<OnReturn<{ readonly labelId: string; readonly carrier: string; readonly kind: 'label' | 'drop_off_code' }>>(),
  LabelIssued: stored<
    OnReturn<{
      readonly labelId: string;
      readonly carrier: string;
      readonly trackingNumber: string;
      readonly costMinor: number;
      readonly documentRef: string;
    }>
  >(),
  DropOffCodeIssued: stored<
    OnReturn<{
      readonly labelId: string;
      readonly carrier: string;
      readonly code: string;
      readonly trackingNumber: string;
      readonly costMinor: number;
      readonly documentRef: string;
    }>
  >(),
  LabelFailed: stored<OnReturn<{ readonly labelId: string; readonly code: string; readonly retryable: boolean }>>(),
  /** Tried often enough; a person must ask for another label. */
  LabelParked: stored<OnReturn<{ readonly labelId: string; readonly code: string; readonly attempts: number }>>(),
  LabelVoided: stored<OnReturn<{ readonly labelId: string; readonly why: string }>>(),
  /** What the carrier said to taking a void label back. */
  LabelVoidConfirmed: stored<OnReturn<{ readonly labelId: string; readonly outcome: VoidOutcome; readonly code: string | null }>>(),
  PickupScheduled: stored<OnReturn<{ readonly pickupId: string; readonly from: string; readonly until: string }>>(),
  PickupMissed: stored<OnReturn<{ readonly pickupId: string; readonly fault: Fault }>>(),
  PickupCompleted: stored<OnReturn<{ readonly pickupId: string }>>(),
  ParcelScanned: stored<OfParcel>(),
  ParcelDelayed: stored<OfParcel<{ readonly expectedAt: string | null }>>(),
  ParcelExceptionRaised: stored<OfParcel<{ readonly code: string }>>(),
  ParcelLost: stored<OfParcel>(),
  ParcelDelivered: stored<OfParcel>(),
};

type AtStation<Data> = OnReturn<{ readonly station: string; readonly clerk: string } & Data>;
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
const CUSTODY = {
  ParcelOpened: stored<AtStation<{ readonly trackingNumber: string | null }>>(),
  ItemReceived:
    stored<
      AtStation<{ readonly scanId: string; readonly lineId: string; readonly units: readonly number[]; readonly barcode: string | null }>
    >(),
  /** More than was authorised, not part of the return, or after its end: set aside, never refunded, in no counter. */
  ItemUnexpected: stored<
    AtStation<{
      readonly scanId: string;
      readonly lineId: string | null;
      readonly barcode: string | null;
      readonly quantity: number;
      readonly why: 'surplus' | 'not_in_return';
    }>
  >(),
  /** It lay in this return's parcel and is received on another return of the order that awaits it: `onReturnId`, under the same scan id. */
  ItemReceivedElsewhere: stored<
    AtStation<{
      readonly scanId: string;
      readonly lineId: string;
      readonly barcode: string | null;
      readonly quantity: number;
      readonly onReturnId: string;
    }>
  >(),
  ItemMismatched: stored<
    AtStation<{
      readonly scanId: string;
      readonly expectedLineId: string;
      readonly foundBarcode: string | null;
      readonly quantity: number;
      readonly noteRef: string | null;
      readonly photoRefs: readonly string[];
    }>
  >(),
  ItemMarkedMissing: stored<AtStation<{ readonly lineId: string; readonly units: readonly number[]; readonly why: string }>>(),
  /** Takes back part or all of a wrong scan; `units` are awaited again. `delta` is negative. */
  ReceiptCorrected: stored<
    AtStation<{
      readonly scanId: string;
      readonly correctionId: string;
      readonly lineId: string | null;
      readonly units: readonly number[];
      readonly delta: number;
      readonly why: string;
    }>
  >(),
  ItemGraded: stored<
    AtStation<{
      readonly lineId: string;
      readonly units: readonly number[];
      readonly grade: Grade;
      readonly factorBp: number;
      readonly defects: readonly string[];
      readonly photoRefs: readonly string[];
    }>
  >(),
  ItemDisposed: stored<
    AtStation<{
      readonly lineId: string;
      readonly units: readonly number[];
      readonly disposition: Disposition;
      readonly location: string | null;
    }>
  >(),
  RestockRequested: stored<
    OnReturn<{
      readonly restockId: string;
      readonly lineId: string;
      readonly sku: string | null;
      readonly title: string;
      readonly quantity: number;
      readonly location: string | null;
    }>
  >(2),
  RestockConfirmed: stored<OnReturn<{ readonly restockId: string }>>(),
  RestockBlocked: stored<OnReturn<{ readonly restockId: string; readonly reason: string }>>(),
  /** A refused restock is given up: its units are to be put away again. Where they go instead says the ItemDisposed after it. */
  RestockWithdrawn: stored<AtStation<{ readonly restockId: string; readonly lineId: string; readonly units: readonly number[] }>>(),
};

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
/** A refund is paid in payouts, one per payment it goes back to. `paymentId` names the payout within the refund. */
type OfPayout<Data> = OnReturn<{ readonly refundId: string; readonly paymentId: string } & Data>;
/** Why what goods have earned cannot be paid, the first that applies. */
export const BLOCKS = ['disputed', 'refunded_elsewhere', 'nothing_captured', 'part_captured', 'used_up'] as const;
export type BlockCode = (typeof BLOCKS)[number];
/** Why a payout waits that what is left of its payment cannot bear any more. */
export const REFUNDED_ELSEWHERE = 'refunded_elsewhere' satisfies BlockCode;
const MONEY = {
  /**
   * What the goods of a return have earned (bonus on store credit included) is more than the order's payments can bear: nothing of it is paid by itself. Told again
   * when amount or reason change; 0 and null: nothing is held back any more. It ends with the RefundEntitled that settles it.
   */
  RefundBlocked: stored<OnReturn<{ readonly amountMinor: number; readonly bonusMinor: number; readonly code: BlockCode | null }>>(),
  RefundEntitled: stored<
    OnReturn<{
      readonly refundId: string;
      readonly trigger: RefundTrigger | 'approved' | 'manual';
      readonly destination: Destination;
      readonly reason: Reason | null;
      readonly breakdown: Breakdown;
    }>
  >(2),
  RefundSubmitted: stored<OfPayout<{ readonly provider: string; readonly key: string; readonly amountMinor: number }>>(),
  RefundPending: stored<OfPayout<{ readonly providerRefundId: string }>>(),
  RefundSucceeded: stored<OfPayout<{ readonly providerRefundId: string; readonly by: 'provider' | 'staff' }>>(),
  /** Declined, or failed after it had succeeded; the amount is owed still and the payment's cap is free again. */
  RefundFailed: stored<OfPayout<{ readonly code: string; readonly by: 'provider' | 'staff' }>>(),
  /** The answer was lost: it may have been executed. Blocks new payouts of that payment until reconciled. */
  RefundPutInDoubt: stored<OfPayout<{ readonly reason: Reason }>>(2),
  /** Tried often enough, or refunded elsewhere; a person must retry, settle, fail or reroute. */
  RefundParked: stored<OfPayout<{ readonly reason: Reason; readonly attempts: number }>>(2),
  RefundRetryRequested: stored<OfPayout<{ readonly reason: Reason }>>(2),
  /** The payout goes another way, e.g. because the payment can no longer be refunded. */
  RefundRerouted: stored<OfPayout<{ readonly destination: Destination; readonly toPaymentId: string; readonly reason: Reason }>>(2),
  /** Resolves a payout to store credit. `amountMinor` without the bonus. */
  StoreCreditIssued: stored<OfPayout<{ readonly creditRef: string; readonly amountMinor: number; readonly bonusMinor: number }>>(),
};

const RAILS = { order: ORDER, authorisation: AUTHORISATION, parcel: PARCEL, custody: CUSTODY, money: MONEY } as const;
export type Rail = keyof typeof RAILS;
type EventsOf<Events> = {
  readonly [Type in keyof Events & string]: Events[Type] extends Stored<infer Data> ? { readonly type: Type; readonly data: Data } : never;
}[keyof Events & string];
/** The events of these rails. */
export type EventOn<Name extends Rail> = { readonly [Each in Name]: EventsOf<(typeof RAILS)[Each]> }[Name];
export type ReturnsEvent = EventOn<Rail>;
type EventType = ReturnsEvent['type'];
export type EventOf<Type extends EventType> = Extract<ReturnsEvent, { readonly type: Type }>;

type DataByType = { readonly [Type in EventType]: EventOf<Type>['data'] };
type Typed<Types extends EventType> = { readonly [Type in Types]: { readonly type: Type; readonly data: DataByType[Type] } }[Types];
/** Something to do with the data of each event (of these types); one that is not there does not compile. */
export type ForEachEvent<Result, More extends readonly unknown[] = [], Types extends EventType = EventType> = {
  readonly [Type in Types]: (data: DataByType[Type], ...more: More) => Result;
};
export const byEvent = <Types extends EventType, Result, More extends readonly unknown[]>(
  table: ForEachEvent<Result, More, Types>,
  { type, data }: Typed<Types>,
  ...more: More
): Result => table[type](data, ...more);

/** Every event type and the current version of its stored shape. `fromEntries` forgets the names of the members it is given. */
export const RETURNS_EVENT_VERSIONS = Object.fromEntries(
  Object.values(RAILS).flatMap((rail) => Object.entries<Stored<unknown>>(rail).map(([type, { version }]) => [type, version])),
) as Readonly<Record<ReturnsEvent['type'], number>>;

const isRail = (name: string): name is Rail => Object.hasOwn(RAILS, name);

export const isOn = <Name extends Rail>(name: Name, event: ReturnsEvent): event is Extract<ReturnsEvent, EventOn<Name>> =>
  Object.hasOwn(RAILS[name], event.type);

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
