/**
 * What customers may see of an event and of a return: only what is listed here with `true`. A new event or field does not compile
 * until somebody has decided about it.
 */
import type { JsonObject, RecordedEvent } from '../../eventing/event-store.js';
import { upcast } from '../../eventing/upcasting.js';
import { returnsModel } from '../rules/returns.decider.js';
import { isReturnsEvent, type ReturnsEvent } from '../rules/returns.events.js';
import type { PresentedReturn } from './returns.presentation.js';

type FieldsOf<Type extends ReturnsEvent['type']> = {
  readonly [Field in keyof Extract<ReturnsEvent, { readonly type: Type }>['data']]-?: boolean;
};

const order = { at: true, number: true, placedAt: true, currency: true, contactRef: false, lines: true, shipping: true } as const;
const ofReturn = { at: true, returnId: true } as const;
const label = { ...ofReturn, labelId: true } as const;
const issued = { ...label, carrier: true, trackingNumber: true, costMinor: false, documentRef: false } as const;
const pickup = { ...ofReturn, pickupId: true } as const;
const parcel = { ...ofReturn, trackingNumber: true, place: true } as const;
const atStation = { ...ofReturn, station: false, clerk: false } as const;
const scan = { ...atStation, scanId: true, lineId: true, barcode: true } as const;
const units = { ...atStation, lineId: true, units: true } as const;
const payout = { ...ofReturn, refundId: true, paymentId: true } as const;

/** References (contacts, texts, documents, keys of providers), costs, and what staff say and do among themselves are not for customers. */
export const EVENT_FIELDS_FOR_CUSTOMERS: { readonly [Type in ReturnsEvent['type']]: FieldsOf<Type> } = {
  OrderRegistered: { ...order, payments: false, promotions: true },
  OrderAmended: { ...order, payments: false, promotions: true },
  FulfilmentRecorded: { at: true, lines: true },
  PaymentDisputed: { at: true, disputeId: true, paymentId: true, amountMinor: true },
  DisputeClosed: { at: true, disputeId: true, outcome: true },
  RefundedElsewhere: { at: true, paymentId: true, amountMinor: true, reference: false },
  ReturnRequested: { ...ofReturn, lines: true, outcome: true, method: true, carrier: true, terms: true, quotedMinor: true },
  ReturnApproved: { ...ofReturn, by: true, ruleIds: true },
  ReturnSentToReview: { ...ofReturn, reasons: false },
  ReturnDeclined: { ...ofReturn, by: true, code: true, noteRef: false, reasonRef: false },
  ReturnCancelled: { ...ofReturn, by: true, reason: false },
  ReturnExpired: { ...ofReturn, afterDays: true },
  ReturnClosed: { ...ofReturn, reason: false },
  ReturnReopened: { ...ofReturn, reason: false, retaken: true },
  LabelRequested: { ...label, carrier: true, kind: true },
  LabelIssued: issued,
  DropOffCodeIssued: { ...issued, code: true },
  LabelFailed: { ...label, code: false, retryable: true },
  LabelParked: { ...label, code: false, attempts: false },
  LabelVoided: { ...label, why: false },
  LabelVoidConfirmed: { ...label, outcome: false, code: false },
  PickupScheduled: { ...pickup, from: true, until: true },
  PickupMissed: { ...pickup, fault: true },
  PickupCompleted: pickup,
  ParcelScanned: parcel,
  ParcelDelayed: { ...parcel, expectedAt: true },
  ParcelExceptionRaised: { ...parcel, code: true },
  ParcelLost: parcel,
  ParcelDelivered: parcel,
  ParcelOpened: { ...atStation, trackingNumber: true },
  ItemReceived: { ...scan, units: true },
  ItemUnexpected: { ...scan, quantity: true, why: true },
  ItemReceivedElsewhere: { ...scan, quantity: true, onReturnId: true },
  ItemMismatched: {
    ...atStation,
    scanId: true,
    expectedLineId: true,
    foundBarcode: true,
    quantity: true,
    noteRef: false,
    photoRefs: false,
  },
  ItemMarkedMissing: { ...units, why: true },
  ReceiptCorrected: { ...units, scanId: true, correctionId: true, delta: true, why: true },
  ItemGraded: { ...units, grade: true, factorBp: true, defects: true, photoRefs: false },
  ItemDisposed: { ...units, disposition: true, location: false },
  RestockRequested: { ...ofReturn, restockId: false, lineId: true, sku: true, title: true, quantity: true, location: false },
  RestockConfirmed: { ...ofReturn, restockId: false },
  RestockBlocked: { ...ofReturn, restockId: false, reason: false },
  RestockWithdrawn: { ...units, restockId: false },
  RefundBlocked: { ...ofReturn, amountMinor: true, bonusMinor: true, code: true },
  RefundEntitled: { ...ofReturn, refundId: true, trigger: true, destination: true, reason: false, breakdown: true },
  RefundSubmitted: { ...payout, provider: true, key: false, amountMinor: true },
  RefundPending: { ...payout, providerRefundId: true },
  RefundSucceeded: { ...payout, providerRefundId: true, by: true },
  RefundFailed: { ...payout, code: false, by: true },
  RefundPutInDoubt: { ...payout, reason: false },
  RefundParked: { ...payout, reason: false, attempts: false },
  RefundRetryRequested: { ...payout, reason: false },
  RefundRerouted: { ...payout, destination: true, toPaymentId: true, reason: false },
  StoreCreditIssued: { ...payout, creditRef: true, amountMinor: true, bonusMinor: true },
};

/** The event's data as the order's customer may see it, in today's shape; nothing of an event that is not about returns. */
export function eventForCustomer(event: RecordedEvent): JsonObject {
  if (!isReturnsEvent(event)) return {};
  const { data } = upcast(returnsModel, event);
  const fields: Readonly<Record<string, boolean>> = EVENT_FIELDS_FOR_CUSTOMERS[event.type];
  return Object.fromEntries(Object.entries(data).filter(([field]) => Object.hasOwn(fields, field) && fields[field]));
}

/** Shown as it is, field by field, or with something `instead` of it: the answer keeps its shape. */
type Seen<Value> = Value extends readonly (infer Item)[]
  ? { readonly instead: readonly Item[] } | (Item extends object ? FieldsSeen<Item> : true)
  : Value extends object
    ? FieldsSeen<Value>
    : true | { readonly instead: Value };
type FieldsSeen<Part> = { readonly [Field in keyof Part]-?: Seen<Part[Field]> };

const HIDDEN = { instead: null } as const;
/** These fields, as they are. */
const shown = <Field extends string>(...fields: readonly Field[]): { readonly [Each in Field]: true } =>
  Object.fromEntries(fields.map((field) => [field, true])) as { readonly [Each in Field]: true };

const RETURN_FOR_CUSTOMERS: FieldsSeen<PresentedReturn> = {
  ...shown('returnId', 'orderId', 'status', 'revision', 'requestedAt', 'outcome', 'method', 'endReason'),
  ...shown('next', 'nextBy', 'needsDecision'),
  news: shown('code', 'at', 'words'),
  policy: shown('id', 'version'),
  // Staff's own words are left out where the return is put into words.
  reviewReasons: shown('code', 'words'),
  lines: {
    ...shown('lineId', 'sku', 'title', 'reason', 'condition', 'note', 'photos'),
    ...shown('authorised', 'awaiting', 'received', 'missing', 'kept', 'released'),
    ...shown('awaitingInspection', 'graded', 'disposed', 'quarantined'),
  },
  labels: { ...shown('labelId', 'kind', 'state', 'carrier', 'trackingNumber', 'code', 'problemWords'), costMinor: HIDDEN, problem: HIDDEN },
  pickups: shown('pickupId', 'state', 'from', 'until'),
  parcels: shown('trackingNumber', 'phase', 'firstScanAt', 'deliveredAt', 'delayed', 'exception', 'lastPlace', 'lastAt'),
  mismatches: shown('scanId', 'expectedLineId', 'foundBarcode', 'quantity', 'at'),
  surplus: shown('scanId', 'lineId', 'barcode', 'quantity', 'why'),
  restocks: { instead: [] },
  refunds: {
    ...shown('refundId', 'state', 'amountMinor', 'currency', 'trigger', 'destination', 'entitledAt'),
    reason: HIDDEN,
    breakdown: {
      ...shown('shippingMinor', 'bonusMinor', 'totalMinor', 'ruleIds'),
      units: shown('lineId', 'title', 'unit', 'netMinor', 'taxMinor', 'factorBp', 'refundMinor'),
      fees: shown('code', 'amountMinor'),
      payments: shown('paymentId', 'amountMinor'),
    },
    payouts: {
      ...shown('paymentId', 'destination', 'provider', 'simulated', 'amountMinor', 'totalMinor', 'state'),
      ...shown('providerRefundId', 'since', 'reroutedTo'),
      key: HIDDEN,
      code: HIDDEN,
    },
  },
  money: {
    ...shown('currency', 'quotedMinor', 'entitledMinor', 'refundedMinor', 'refundedAheadMinor', 'payableTodayMinor', 'givenUpMinor'),
    ...shown('blockedMinor', 'blockedCode', 'blockedWords', 'blockedSince'),
  },
  milestones: {
    ...shown('requestedAt', 'approvedAt', 'labelIssuedAt', 'firstScanAt', 'deliveredAt', 'receivedAt', 'inspectedAt'),
    ...shown('entitledAt', 'submittedAt', 'refundedAt', 'endedAt'),
  },
};

/** The return as its customer may see it. */
export const returnForCustomer = (body: PresentedReturn): PresentedReturn => seen(body, RETURN_FOR_CUSTOMERS);

function seen<Part extends object>(part: Part, fields: FieldsSeen<Part>): Part {
  const visible = Object.keys(part).filter((field) => Object.hasOwn(fields, field));
  // The fields are those of the part, and each is of its own type or what stands instead of it.
  return Object.fromEntries(visible.map((field) => [field, shownAs(Reflect.get(part, field), Reflect.get(fields, field))])) as Part;
}

function shownAs(value: unknown, how: unknown): unknown {
  if (how === true || typeof how !== 'object' || how === null) return value;
  if ('instead' in how) return how.instead;
  if (Array.isArray(value)) return value.map((item) => shownAs(item, how));
  return typeof value === 'object' && value !== null ? seen(value, how) : value;
}
