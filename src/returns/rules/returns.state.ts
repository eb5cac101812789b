/**
 * What is known about the returns of one order after folding its events: plain immutable data, serialisable, the same
 * for deciding, for answering and for every view.
 *
 * Custody is kept per unit: each unit of a return is in exactly one place, so the counters of a line add up by
 * construction.
 */
import type { Fault, Grade, Method, Outcome } from '../../policy/rules/policy.events.js';
import type {
  BlockCode,
  Breakdown,
  Condition,
  Destination,
  Disposition,
  EventOf,
  EventOn,
  ForEachEvent,
  OrderFacts,
  Rail,
  Reason,
  ReturnsEvent,
  ReviewReason,
  Terms,
  VoidOutcome,
} from './returns.events.js';

export type UnitPlace = 'awaiting' | 'received' | 'held' | 'disposed' | 'missing' | 'kept' | 'released';
/** One unit of a return. `held` = graded and not put away for good (waiting, or set aside in quarantine). */
export type ReturnUnit = {
  /** Index into the order line's units. */
  readonly unit: number;
  readonly place: UnitPlace;
  readonly grade: Grade | null;
  readonly factorBp: number | null;
  readonly disposition: Disposition | null;
  /** Sum of everything entitled for this unit by this return's refunds, minor units. */
  readonly entitledMinor: number;
  /** True once a (non-manual) entitlement has settled what this unit gives. */
  readonly settled: boolean;
};
export type ReturnLine = {
  readonly lineId: string;
  readonly reason: string;
  readonly fault: Fault;
  readonly condition: Condition;
  readonly noteRef: string | null;
  readonly photoRefs: readonly string[];
  readonly units: readonly ReturnUnit[];
};

export const LABEL_STATES = ['requested', 'issued', 'failed', 'parked', 'voided'] as const;
export type LabelState = (typeof LABEL_STATES)[number];
export type Label = {
  readonly labelId: string;
  readonly kind: 'label' | 'drop_off_code';
  readonly state: LabelState;
  readonly carrier: string;
  readonly trackingNumber: string | null;
  readonly code: string | null;
  readonly costMinor: number | null;
  readonly documentRef: string | null;
  readonly requestedAt: string;
  readonly issuedAt: string | null;
  readonly voidedAt: string | null;
  /** What the carrier said to taking it back; null: nothing yet. */
  readonly voidOutcome: VoidOutcome | null;
  /** Failure code of the last attempt. */
  readonly problem: string | null;
  readonly attempts: number;
};
export const PICKUP_STATES = ['scheduled', 'missed', 'completed'] as const;
export type PickupState = (typeof PICKUP_STATES)[number];
export type Pickup = { readonly pickupId: string; readonly state: PickupState; readonly from: string; readonly until: string };
export const PARCEL_PHASES = ['in_transit', 'delivered', 'opened', 'lost'] as const;
export type ParcelPhase = (typeof PARCEL_PHASES)[number];
/** What the carrier, or the warehouse that opened it, told of a parcel. `code`: what is wrong, of an exception. */
export type Sighting = {
  readonly kind: 'scanned' | 'delayed' | 'exception' | 'lost' | 'delivered' | 'opened';
  readonly at: string;
  readonly place: string | null;
  readonly code: string | null;
};
/**
 * A physical parcel as far as carrier and warehouse have seen it. Everything follows from the sightings by their own
 * times: news that come late, twice or in another order lead to the same parcel.
 */
export type Parcel = {
  readonly trackingNumber: string | null;
  /** By time, each once. */
  readonly sightings: readonly Sighting[];
  readonly phase: ParcelPhase;
  readonly firstScanAt: string | null;
  readonly deliveredAt: string | null;
  readonly delayed: boolean;
  readonly exception: string | null;
  /** Since when it is lost, in trouble or late, in this order; null while it is none of these. */
  readonly troubleAt: string | null;
  readonly openedAt: string | null;
  readonly lastPlace: string | null;
  readonly lastAt: string;
};

/** What one scan did, so that the same scan counts once and can be corrected. */
export type Scan = {
  readonly scanId: string;
  readonly at: string;
  readonly station: string;
  readonly received: readonly { readonly lineId: string; readonly units: readonly number[] }[];
  readonly unexpected: readonly {
    readonly lineId: string | null;
    readonly barcode: string | null;
    readonly quantity: number;
    readonly why: 'surplus' | 'not_in_return';
  }[];
  /** Pieces that another return of the order awaited, and that are received there under the same scan id. */
  readonly elsewhere: readonly {
    readonly returnId: string;
    readonly lineId: string;
    readonly barcode: string | null;
    readonly quantity: number;
  }[];
  readonly correctionIds: readonly string[];
};
export type Mismatch = {
  readonly scanId: string;
  readonly expectedLineId: string;
  readonly foundBarcode: string | null;
  readonly quantity: number;
  readonly at: string;
};
export const RESTOCK_STATES = ['requested', 'confirmed', 'blocked', 'withdrawn'] as const;
export type RestockState = (typeof RESTOCK_STATES)[number];
export type Restock = {
  readonly restockId: string;
  readonly lineId: string;
  readonly sku: string | null;
  readonly title: string;
  readonly quantity: number;
  /** Which units of the line; of a withdrawn one, which they were. */
  readonly units: readonly number[];
  readonly location: string | null;
  readonly state: RestockState;
  /** Why the stock system refused; stays when it is withdrawn therefore. */
  readonly reason: string | null;
};

export const PAYOUT_STATES = ['entitled', 'submitted', 'pending', 'succeeded', 'failed', 'in_doubt', 'parked'] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];
/** One way the money of a refund goes; named by `paymentId` within the refund ('store_credit' and 'bank_transfer' are no payments of the order). */
export type Payout = {
  readonly paymentId: string;
  readonly destination: Destination;
  /** Who executes it: the payment's provider, 'manual' or 'store_credit'. */
  readonly provider: string;
  /** The provider's id of the charge; empty where there is none. */
  readonly reference: string;
  readonly amountMinor: number;
  readonly state: PayoutState;
  /** The provider's declines and late failures; part of the next key. */
  readonly declines: number;
  /** Idempotency key under which it was last submitted. */
  readonly key: string | null;
  readonly providerRefundId: string | null;
  /** Why it failed, is in doubt or parked. */
  readonly reason: Reason | null;
  readonly entitledAt: string;
  readonly submittedAt: string | null;
  readonly settledAt: string | null;
  /** It may have been executed under `key` and nobody knows yet; blocks other payouts of the payment until an answer is recorded. */
  readonly doubtful: boolean;
  /** When the current state began. */
  readonly since: string;
  /** Set when the payout was sent another way; it then counts for nothing. */
  readonly reroutedTo: string | null;
};
/** API states of a refund: the most pressing state of its payouts. */
export type RefundState = PayoutState;
export type Refund = {
  readonly refundId: string;
  readonly returnId: string;
  readonly entitledAt: string;
  readonly trigger: EventOf<'RefundEntitled'>['data']['trigger'];
  readonly destination: Destination;
  readonly reason: Reason | null;
  readonly breakdown: Breakdown;
  readonly payouts: readonly Payout[];
};

/** `bonusMinor`: of which bonus on store credit. `since`: when anything of it was held back first, ISO 8601 UTC. */
export type Blocked = { readonly amountMinor: number; readonly bonusMinor: number; readonly code: BlockCode; readonly since: string };

export type Authorisation = 'requested' | 'in_review' | 'approved' | 'declined' | 'cancelled' | 'expired' | 'closed';
export type EndedBy = 'policy' | 'customer' | 'staff' | 'timer';
/** First time each milestone was reached, ISO 8601 UTC; the stages of refund latency lie between them. */
export type Milestones = {
  readonly requestedAt: string;
  readonly approvedAt: string | null;
  readonly labelIssuedAt: string | null;
  readonly firstScanAt: string | null;
  readonly deliveredAt: string | null;
  readonly receivedAt: string | null;
  readonly inspectedAt: string | null;
  readonly entitledAt: string | null;
  readonly submittedAt: string | null;
  /** When everything owed so far was with the customer; null again while something owed is unpaid. */
  readonly refundedAt: string | null;
  /** Declined, cancelled, expired or closed. */
  readonly endedAt: string | null;
};
export type ReturnState = {
  readonly returnId: string;
  readonly number: number;
  readonly authorisation: Authorisation;
  /** Since when it has been approved without a break, null while it is not; an unshipped return expires counted from here. */
  readonly approvedSince: string | null;
  readonly reviewReasons: readonly ReviewReason[];
  /** Who ended it: declined, cancelled or closed it, or (`timer`) nobody before its time was over; null while it goes on. */
  readonly endedBy: EndedBy | null;
  /** Why it was declined, cancelled or closed. */
  readonly endReason: Reason | null;
  readonly outcome: Outcome;
  readonly method: Method;
  readonly carrier: string;
  readonly terms: Terms;
  readonly quotedMinor: number;
  readonly lines: readonly ReturnLine[];
  readonly labels: readonly Label[];
  readonly pickups: readonly Pickup[];
  readonly parcels: readonly Parcel[];
  readonly scans: readonly Scan[];
  readonly mismatches: readonly Mismatch[];
  readonly restocks: readonly Restock[];
  readonly refunds: readonly Refund[];
  /** What its goods have earned and its order's payments cannot bear, bonus included; null when nothing is held back. Only while it is approved. */
  readonly blocked: Blocked | null;
  /** Station of the latest warehouse event. */
  readonly station: string | null;
  readonly milestones: Milestones;
};
export const DISPUTE_STATES = ['open', 'won', 'lost'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];
export type Dispute = {
  readonly disputeId: string;
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly state: DisputeState;
};

/** Money given back outside. `refundId`: the refund of ours that it turned out to be, by its reference; it then counts as that alone. */
export type RefundElsewhere = {
  readonly paymentId: string;
  readonly amountMinor: number;
  readonly reference: string;
  readonly at: string;
  readonly refundId: string | null;
};

export type ReturnsState = {
  /** Null until the order is registered. */
  readonly order: OrderFacts | null;
  readonly registeredAt: string | null;
  /** When the shop last told of more units fulfilled; the return window starts there where no delivery is known. */
  readonly lastFulfilledAt: string | null;
  readonly disputes: readonly Dispute[];
  readonly refundsElsewhere: readonly RefundElsewhere[];
  /** In the order they were filed; `returns[n - 1].number === n`. */
  readonly returns: readonly ReturnState[];
};

export const NOTHING_YET: ReturnsState = {
  order: null,
  registeredAt: null,
  lastFulfilledAt: null,
  disputes: [],
  refundsElsewhere: [],
  returns: [],
};

/** The return with `change` applied to the named units of one line; everything else is shared with `ret`. */
export function changeUnits(
  ret: ReturnState,
  lineId: string,
  units: readonly number[],
  change: (unit: ReturnUnit) => ReturnUnit,
): ReturnState {
  const index = ret.lines.findIndex((line) => line.lineId === lineId);
  const line = ret.lines[index];
  if (line === undefined || units.length === 0) return ret;
  const named = new Set(units);
  const changed = { ...line, units: line.units.map((unit) => (named.has(unit.unit) ? change(unit) : unit)) };
  return { ...ret, lines: ret.lines.with(index, changed) };
}

/** The return with `change` applied to every unit; lines in which nothing changes are shared. */
export function changeAllUnits(ret: ReturnState, change: (unit: ReturnUnit) => ReturnUnit): ReturnState {
  const lines = ret.lines.map((line) => {
    const units = line.units.map(change);
    return units.every((unit, index) => unit === line.units[index]) ? line : { ...line, units };
  });
  return { ...ret, lines };
}

/** The earlier of two ISO instants; a milestone keeps the first time it was reached, whatever order the news came in. */
export const earliest = (known: string | null, at: string): string => (known === null || Date.parse(at) < Date.parse(known) ? at : known);

/** What each event on a rail makes of the return it is about; the request itself makes a new one. */
export type OnReturn<Name extends Rail, More extends readonly unknown[] = []> = ForEachEvent<
  ReturnState,
  [ret: ReturnState, ...more: More],
  Extract<Exclude<ReturnsEvent['type'], 'ReturnRequested'>, EventOn<Name>['type']>
>;
