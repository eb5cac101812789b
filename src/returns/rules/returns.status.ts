/** What people are told about a return, derived from its rails; none of it is stored. */
import { DAY_MS } from '../../shared/days.js';
import type { FeeCode, OrderFacts, OrderLine } from './returns.events.js';
import type {
  Payout,
  PayoutState,
  Refund,
  RefundState,
  ReturnLine,
  ReturnsState,
  ReturnState,
  ReturnUnit,
  UnitPlace,
} from './returns.state.js';

export const RETURN_STATUSES = [
  'declined',
  'cancelled',
  'expired',
  'closed',
  'refund_in_doubt',
  'refund_failed',
  'refund_blocked',
  'refunded',
  'partially_refunded',
  'refunding',
  'inspecting',
  'received',
  'receiving',
  'delivered',
  'in_transit',
  'label_issued',
  'approved',
  'in_review',
  'requested',
] as const;
/** In order of precedence: the first that applies is shown. */
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** Nothing of it was scanned by a carrier, came in, or was refunded. */
export const isUnmoved = ({ milestones, scans, refunds }: ReturnState): boolean =>
  milestones.firstScanAt === null && scans.length === 0 && refunds.length === 0;

/** When an approved return expires, epoch milliseconds; null for one that cannot, and as soon as anything has moved. */
export const expiresUnlessMoved = (ret: ReturnState): number | null => (ret.method === 'keep' || !isUnmoved(ret) ? null : expiresAt(ret));

/** How long an approved return waits for something to move, epoch milliseconds; null while it is not approved. */
export const expiresAt = ({ approvedSince, terms }: Pick<ReturnState, 'approvedSince' | 'terms'>): number | null =>
  approvedSince === null ? null : Date.parse(approvedSince) + terms.expireAfterDays * DAY_MS;

/** @returns undefined when the order has no return of that id. */
export const findReturn = (state: ReturnsState, returnId: string): ReturnState | undefined =>
  state.returns.find((ret) => ret.returnId === returnId);

/** @returns undefined when the order has no such return, refund or payout */
export function findPayout(
  state: ReturnsState,
  { returnId, refundId, paymentId }: { readonly returnId: string; readonly refundId: string; readonly paymentId: string },
): { readonly refund: Refund; readonly payout: Payout } | undefined {
  const refund = findReturn(state, returnId)?.refunds.find((each) => each.refundId === refundId);
  const payout = refund?.payouts.find((each) => each.paymentId === paymentId);
  return refund === undefined || payout === undefined ? undefined : { refund, payout };
}

/** How many units of the line are where; authorised = awaiting + received + missing + kept + released. */
export function countersOf(line: ReturnLine) {
  const at: Record<UnitPlace, number> = { awaiting: 0, received: 0, held: 0, disposed: 0, missing: 0, kept: 0, released: 0 };
  for (const unit of line.units) at[unit.place] += 1;
  return {
    authorised: line.units.length,
    awaiting: at.awaiting,
    // Ever in the warehouse's hands: awaitingInspection + graded.
    received: at.received + at.held + at.disposed,
    missing: at.missing,
    kept: at.kept,
    released: at.released,
    awaitingInspection: at.received,
    // disposed + quarantined; the latter is not put away for good.
    graded: at.held + at.disposed,
    disposed: at.disposed,
    quarantined: at.held,
  };
}

/** The payouts that count: those not sent another way. */
export const livePayouts = (refund: Refund): readonly Payout[] => refund.payouts.filter((payout) => payout.reroutedTo === null);

const PRESSING: readonly PayoutState[] = ['in_doubt', 'failed', 'parked', 'entitled', 'submitted', 'pending'];

/** The most pressing state of the refund's payouts; `succeeded` when every one is paid, or there was nothing to pay. */
export function refundStateOf(refund: Refund): RefundState {
  const states = new Set(livePayouts(refund).map((payout) => payout.state));
  return PRESSING.find((state) => states.has(state)) ?? 'succeeded';
}

/** The bonus that comes with this payout: that of its refund, when it is store credit; minor units. A refund with a bonus has one payout that counts. */
export const bonusOf = (refund: Refund, payout: Payout): number =>
  payout.destination === 'store_credit' ? refund.breakdown.bonusMinor : 0;

/** What the customer gets by this payout, bonus included; minor units. */
export const payoutTotalOf = (refund: Refund, payout: Payout): number => payout.amountMinor + bonusOf(refund, payout);

/** Everything entitled by the return's refunds, bonus included; minor units. */
export const entitledOf = (ret: ReturnState): number => ret.refunds.reduce((sum, refund) => sum + refund.breakdown.totalMinor, 0);

/** What has reached the customer, bonus included once its credit is issued; minor units. */
export function refundedOf(ret: ReturnState): number {
  let sum = 0;
  for (const refund of ret.refunds) {
    for (const payout of livePayouts(refund)) {
      if (payout.state === 'succeeded') sum += payoutTotalOf(refund, payout);
    }
  }
  return sum;
}

/**
 * Entitled for units that are not here: awaited, or marked missing as long as the return is not closed. Goods refunded
 * before they came, or whose scan was taken back after the refund; minor units, without shipping and before fees.
 */
export function refundedAheadOf(ret: ReturnState): number {
  const isAhead = ({ place }: ReturnUnit): boolean => place === 'awaiting' || (place === 'missing' && ret.milestones.endedAt === null);
  return ret.lines
    .flatMap((line) => line.units)
    .filter(isAhead)
    .reduce((sum, unit) => sum + unit.entitledMinor, 0);
}

/** A unit that is still to come, or is here and has not given what it gives. */
export const isOpen = (unit: ReturnUnit): boolean =>
  unit.place === 'awaiting' ||
  (!unit.settled && (unit.place === 'received' || unit.place === 'held' || unit.place === 'disposed' || unit.place === 'kept'));

/** What a person must decide before the return goes on: whether it is to be, or what becomes of money that cannot be paid. */
export const DECISIONS = ['review', 'blocked'] as const;
export type DecisionNeeded = (typeof DECISIONS)[number];

/** Null: nobody need decide anything. */
export function decisionOf({ authorisation, blocked }: ReturnState): DecisionNeeded | null {
  if (authorisation === 'in_review') return 'review';
  return blocked === null ? null : 'blocked';
}

/** What the refunds of these returns took off under this name; minor units. */
export const takenOff = (returns: readonly ReturnState[], code: FeeCode): number =>
  returns
    .flatMap((ret) => ret.refunds.flatMap((refund) => refund.breakdown.fees))
    .reduce((sum, fee) => (fee.code === code ? sum + fee.amountMinor : sum), 0);

/** What of its refunds a person gave up because the payments could not bear it; minor units. */
export const givenUpOf = (ret: ReturnState): number => takenOff([ret], 'given_up');

function moneyStatus(ret: ReturnState, units: readonly ReturnUnit[]): ReturnStatus | undefined {
  const states = new Set(ret.refunds.map(refundStateOf));
  if (states.has('in_doubt')) return 'refund_in_doubt';
  if (states.has('failed') || states.has('parked')) return 'refund_failed';
  if (ret.blocked !== null) return 'refund_blocked';
  if (ret.refunds.length === 0) return undefined;
  const allPaid = states.size === 1 && states.has('succeeded');
  if (allPaid && !units.some(isOpen)) return 'refunded';
  if (refundedOf(ret) > 0) return 'partially_refunded';
  return allPaid ? undefined : 'refunding';
}

function custodyStatus(ret: ReturnState, units: readonly ReturnUnit[]): ReturnStatus | undefined {
  const places = new Set(units.map((unit) => unit.place));
  if (places.has('held') || places.has('disposed')) return 'inspecting';
  if (places.has('received')) return places.has('awaiting') ? 'receiving' : 'received';
  const phases = new Set(ret.parcels.map((parcel) => parcel.phase));
  if (phases.has('delivered') || phases.has('opened')) return 'delivered';
  if (ret.milestones.firstScanAt !== null) return 'in_transit';
  return undefined;
}

/** The one status shown to people, by the precedence of `RETURN_STATUSES`. `_order` is the order the return is of. */
export function statusOf(_order: ReturnsState, ret: ReturnState): ReturnStatus {
  switch (ret.authorisation) {
    case 'declined':
    case 'cancelled':
    case 'expired':
    case 'closed':
      return ret.authorisation;
    default: {
      const units = ret.lines.flatMap((line) => line.units);
      return (
        moneyStatus(ret, units) ??
        custodyStatus(ret, units) ??
        (ret.labels.some((label) => label.state === 'issued') ? 'label_issued' : undefined) ??
        ret.authorisation
      );
    }
  }
}

/** Units of the line that are ordered, cancelled ones left out. */
export const quantityOf = ({ units, cancelled }: OrderLine): number => units.length - cancelled.length;

/** What a unit of the order was paid with, net and tax together, minor units; 0 for a unit the order does not have. */
export function paidForUnit(order: OrderFacts, lineId: string, unit: number): number {
  const paid = order.lines.find((line) => line.lineId === lineId)?.units[unit];
  return paid === undefined ? 0 : paid.netMinor + paid.taxMinor;
}
