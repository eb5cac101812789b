/** Decisions about money: manual refunds, what became of each payout, and what people do with hanging ones. */
import { DomainError } from '../../../eventing/decider.js';
import { allocate } from '../money/allocate.js';
import { isOverdrawn, refundableOfOrder } from '../money/caps.js';
import { BANK_TRANSFER, spread, STORE_CREDIT } from '../money/payouts.js';
import {
  refundIdOf,
  type Destination,
  type EventOf,
  type EventOn,
  type OrderFacts,
  type Reason,
  type UnitRefund,
} from '../returns.events.js';
import { evolve } from '../returns.evolve.js';
import type { Payout, PayoutState, Refund, ReturnsState, ReturnState, ReturnUnit } from '../returns.state.js';
import { livePayouts } from '../returns.status.js';
import { capped } from './entitlement.js';
import { payoutOf, refundOf, refuse, registeredOrder, type Decisions, type On } from './find.js';

type OnPayout<Type extends string, Fields> = On<Type, { readonly refundId: string; readonly paymentId: string } & Fields>;

/** Finance decides; without an amount everything left of the units that came back, are still to come, or may be kept. */
export type RefundManually = On<'RefundManually', { readonly amountMinor: number | null; readonly reason: Reason }>;
/** What is held back of a return cannot all be paid: `amountMinor`, which can, is, and a person gives up the rest. */
export type ApproveCapped = On<'ApproveCapped', { readonly amountMinor: number; readonly reason: Reason }>;
/** The payout process is about to call the provider; records the intent and its key. */
export type SubmitPayout = OnPayout<'SubmitPayout', unknown>;
/** What a payment provider says of a payout. */
export type ProviderAnswer =
  | { readonly kind: 'succeeded'; readonly providerRefundId: string }
  /** Accepted; the money is on its way. */
  | { readonly kind: 'pending'; readonly providerRefundId: string }
  /** A final no for this key: no money moved and none will. */
  | { readonly kind: 'declined'; readonly code: string }
  | { readonly kind: 'credited'; readonly creditRef: string };
/** Or that nobody knows whether it was paid, or that it certainly was not. */
export type PayoutOutcome<Why = Reason> =
  | ProviderAnswer
  | { readonly kind: 'in_doubt'; readonly reason: Why }
  | { readonly kind: 'parked'; readonly reason: Why; readonly attempts: number };
/** What the call came to, or what the provider told later. `key` names the submission it is about. */
export type RecordPayoutOutcome = OnPayout<'RecordPayoutOutcome', { readonly key: string; readonly outcome: PayoutOutcome }>;
/** `paymentId` null in the commands below: every payout of the refund that hangs. */
type OnRefund<Type extends string, Fields> = On<Type, { readonly refundId: string; readonly paymentId: string | null } & Fields>;
export type RetryRefund = OnRefund<'RetryRefund', { readonly reason: Reason }>;
export type SettleRefund = OnRefund<'SettleRefund', { readonly providerRefundId: string }>;
/** `underWay`: payments whose payout the provider, asked just before, says it is paying out. */
export type FailRefund = OnRefund<'FailRefund', { readonly code: string; readonly underWay: readonly string[] }>;
export type RerouteRefund = OnRefund<
  'RerouteRefund',
  { readonly destination: Destination; readonly toPaymentId: string | null; readonly reason: Reason }
>;
export type RefundCommand =
  RefundManually | ApproveCapped | SubmitPayout | RecordPayoutOutcome | RetryRefund | SettleRefund | FailRefund | RerouteRefund;

/**
 * Idempotency key of the payout's next submission. Only the provider's recorded decline makes a new one: a timeout or a
 * person's word keeps it, and two refunds of equal amount have two.
 */
export const payoutKey = (refund: Refund, payout: Payout): string => `${refund.refundId}.${payout.paymentId}.${payout.declines}`;

/** A unit that is paid for without anybody saying so: not one that got lost, or that the customer has kept or got back. */
const isComing = (ret: ReturnState, { place }: ReturnUnit): boolean =>
  place !== 'missing' && place !== 'released' && (place !== 'kept' || ret.method === 'keep');

/** What is left of every unit the return claims and that `counts`, in order. */
function unitsLeft(order: OrderFacts, ret: ReturnState, counts: (unit: ReturnUnit) => boolean): readonly UnitRefund[] {
  const lines = new Map(order.lines.map((line) => [line.lineId, line.units]));
  return ret.lines.flatMap(({ lineId, units }) =>
    units
      .filter((unit) => unit.place !== 'released' && counts(unit))
      .map(({ unit, entitledMinor }) => {
        const { netMinor, taxMinor } = lines.get(lineId)?.[unit] ?? { netMinor: 0, taxMinor: 0 };
        return { lineId, unit, netMinor, taxMinor, factorBp: 0, refundMinor: netMinor + taxMinor - entitledMinor };
      })
      .filter((unit) => unit.refundMinor > 0),
  );
}

/** `amountMinor` spread over what is left of the units; `factorBp` is what that comes to, rounded down. */
function manualUnits(left: readonly UnitRefund[], amountMinor: number): readonly UnitRefund[] {
  const weights = left.map((unit) => unit.refundMinor);
  const parts = allocate(amountMinor, weights);
  return left
    .map((unit, index) => {
      const refundMinor = parts[index] ?? 0;
      return { ...unit, refundMinor, factorBp: Number((BigInt(refundMinor) * 10_000n) / BigInt(unit.netMinor + unit.taxMinor)) };
    })
    .filter((unit) => unit.refundMinor > 0);
}

function overRefund(message: string): never {
  throw new DomainError('over_refund', message);
}

function refundManually(command: RefundManually, ret: ReturnState, state: ReturnsState): readonly EventOn<'money'>[] {
  const { at, returnId, reason } = command;
  const order = registeredOrder(state);
  const left = unitsLeft(order, ret, (unit) => command.amountMinor !== null || isComing(ret, unit));
  const leftMinor = left.reduce((sum, unit) => sum + unit.refundMinor, 0);
  const totalMinor = command.amountMinor ?? leftMinor;
  if (!Number.isSafeInteger(totalMinor) || totalMinor < 0 || command.amountMinor === 0) {
    throw new DomainError('validation_failed', 'The amount must be a whole number of at least 1 minor unit.');
  }
  if (leftMinor === 0 && command.amountMinor === null && unitsLeft(order, ret, () => true).length > 0) {
    return overRefund('Nothing is left to refund for the units that came back; for units that are missing or kept, name the amount.');
  }
  if (leftMinor === 0) return overRefund('Nothing is left to refund for the units of this return.');
  if (totalMinor > leftMinor) return overRefund(`At most ${leftMinor} is left to refund for the units of this return.`);
  const payments = spread(state, order, totalMinor, ret.outcome, ret.terms.tenderOrder);
  if (payments === undefined)
    return overRefund(`The payments of the order can give back ${refundableOfOrder(state, order)} today, not ${totalMinor}.`);
  const destination = ret.outcome === 'store_credit' ? 'store_credit' : 'original_payment';
  const breakdown: EventOf<'RefundEntitled'>['data']['breakdown'] = {
    units: manualUnits(left, totalMinor),
    shippingMinor: 0,
    fees: [],
    bonusMinor: 0,
    totalMinor,
    payments,
    ruleIds: ['manual', destination === 'store_credit' ? 'destination.store_credit' : `tenderOrder.${ret.terms.tenderOrder}`],
  };
  const refundId = refundIdOf(returnId, ret.refunds.length + 1);
  return [{ type: 'RefundEntitled', data: { at, returnId, refundId, trigger: 'manual', destination, reason, breakdown } }];
}

/** Another payout of the same payment that may have been executed unknown to us. */
export function isDoubtBeside(state: ReturnsState, refund: Refund, payout: Payout): boolean {
  if (payout.destination !== 'original_payment') return false;
  const others = state.returns.flatMap((ret) => ret.refunds).filter((other) => other.refundId !== refund.refundId);
  return others
    .flatMap(livePayouts)
    .some((other) => other.doubtful && other.paymentId === payout.paymentId && other.destination === 'original_payment');
}

function submit({ at, returnId, refundId, paymentId }: SubmitPayout, ret: ReturnState, state: ReturnsState): readonly EventOn<'money'>[] {
  const refund = refundOf(ret, refundId);
  const payout = payoutOf(refund, paymentId);
  if (payout.reroutedTo !== null) return refuse(`This payout goes another way now: ${payout.reroutedTo}.`);
  if (payout.state === 'submitted') return [];
  if (payout.state !== 'entitled' && payout.state !== 'in_doubt') return refuse(`A payout that is ${payout.state} is not submitted.`);
  if (isDoubtBeside(state, refund, payout)) {
    throw new DomainError('payment_in_doubt', `Another refund through payment ${paymentId} is in doubt; it must be cleared up first.`);
  }
  const { provider, amountMinor } = payout;
  return [{ type: 'RefundSubmitted', data: { at, returnId, refundId, paymentId, provider, key: payoutKey(refund, payout), amountMinor } }];
}

type PayoutRef = { readonly at: string; readonly returnId: string; readonly refundId: string; readonly paymentId: string };

/** The event for "paid": store credit is issued, everything else succeeds. */
function paid(on: PayoutRef, refund: Refund, payout: Payout, reference: string, by: 'provider' | 'staff'): EventOn<'money'> {
  if (payout.destination !== 'store_credit') return { type: 'RefundSucceeded', data: { ...on, providerRefundId: reference, by } };
  const { amountMinor } = payout;
  return { type: 'StoreCreditIssued', data: { ...on, creditRef: reference, amountMinor, bonusMinor: refund.breakdown.bonusMinor } };
}

const isOneOf = (state: PayoutState, ...states: readonly PayoutState[]): boolean => states.includes(state);

/**
 * What the provider told, in the light of what is known; old news change nothing. News of a payout that a person called
 * failed are not old: the provider may have paid it meanwhile.
 */
function recordOutcome(
  { at, returnId, refundId, paymentId, key, outcome }: RecordPayoutOutcome,
  ret: ReturnState,
): readonly EventOn<'money'>[] {
  const refund = refundOf(ret, refundId);
  const payout = payoutOf(refund, paymentId);
  const on: PayoutRef = { at, returnId, refundId, paymentId };
  const isStale = payout.reroutedTo !== null || payout.key !== key || payoutKey(refund, payout) !== key;
  if (isStale) return [];
  const { state } = payout;
  switch (outcome.kind) {
    case 'succeeded':
      return state === 'succeeded' ? [] : [paid(on, refund, payout, outcome.providerRefundId, 'provider')];
    case 'credited':
      return state === 'succeeded' ? [] : [paid(on, refund, payout, outcome.creditRef, 'provider')];
    case 'pending':
      return isOneOf(state, 'pending', 'succeeded')
        ? []
        : [{ type: 'RefundPending', data: { ...on, providerRefundId: outcome.providerRefundId } }];
    case 'declined':
      return [{ type: 'RefundFailed', data: { ...on, code: outcome.code, by: 'provider' } }];
    case 'in_doubt':
      return isOneOf(state, 'in_doubt', 'pending', 'succeeded', 'parked')
        ? []
        : [{ type: 'RefundPutInDoubt', data: { ...on, reason: outcome.reason } }];
    case 'parked':
      if (isOneOf(state, 'parked', 'pending', 'succeeded', 'failed')) return [];
      return [{ type: 'RefundParked', data: { ...on, reason: outcome.reason, attempts: outcome.attempts } }];
  }
}

/** The payouts a person means: the one named, or every one of the refund that `hangs`. */
function meant(refund: Refund, paymentId: string | null, hangs: (payout: Payout) => boolean): readonly Payout[] {
  return paymentId === null ? livePayouts(refund).filter(hangs) : [payoutOf(refund, paymentId)];
}

function checkHere(payout: Payout): void {
  if (payout.reroutedTo !== null) refuse(`This payout goes another way now: ${payout.reroutedTo}.`);
}

/**
 * Decides on the payouts one after the other, each in the light of the ones before. What makes a payout count again (or
 * count elsewhere) must leave order and payment within their caps.
 */
function inTurn(
  state: ReturnsState,
  payouts: readonly Payout[],
  decideOne: (payout: Payout) => EventOn<'money'> | undefined,
): readonly EventOn<'money'>[] {
  const order = registeredOrder(state);
  let now = state;
  return payouts.flatMap((payout) => {
    checkHere(payout);
    const event = decideOne(payout);
    if (event === undefined) return [];
    now = evolve(now, event);
    const through = event.type === 'RefundRerouted' ? event.data.toPaymentId : payout.paymentId;
    const isSentAnew = event.type === 'RefundRetryRequested' && payout.state === 'parked' && !payout.doubtful;
    const countsAnew = payout.state === 'failed' || isSentAnew || event.type === 'RefundRerouted';
    if (countsAnew && isOverdrawn(now, order, through)) {
      return overRefund(
        `${payout.amountMinor} more cannot be given back through ${through}; other refunds, here or elsewhere, or disputes have used it up.`,
      );
    }
    return [event];
  });
}

function retry(
  { at, returnId, refundId, paymentId, reason }: RetryRefund,
  ret: ReturnState,
  state: ReturnsState,
): readonly EventOn<'money'>[] {
  const refund = refundOf(ret, refundId);
  const hangs = (payout: Payout): boolean => isOneOf(payout.state, 'failed', 'parked', 'in_doubt');
  const payouts = meant(refund, paymentId, hangs);
  if (payouts.length === 0 && !livePayouts(refund).some((payout) => payout.state === 'entitled'))
    return refuse('Nothing of this refund hangs.');
  return inTurn(state, payouts, (payout) => {
    if (payout.state === 'entitled') return undefined;
    if (!hangs(payout)) return refuse(`A payout that is ${payout.state} is not retried.`);
    return { type: 'RefundRetryRequested', data: { at, returnId, refundId, paymentId: payout.paymentId, reason } };
  });
}

/** The reference of a payment whose own reference nobody has named. */
export const SETTLED_BY_HAND = 'by-hand';

/** Told once more is no news; told with another reference it would be a second payment, or a mistake that somebody must clear up. */
function checkSameReference(paid: readonly Payout[], reference: string): void {
  if (reference === SETTLED_BY_HAND || paid.some((payout) => payout.providerRefundId === reference)) return;
  const known = [...new Set(paid.map((payout) => payout.providerRefundId ?? SETTLED_BY_HAND))].join(', ');
  refuse(
    `This has been paid already, with the reference ${known}. If ${reference} was paid as well, the customer has it twice: record it as refunded elsewhere.`,
  );
}

function settle(
  { at, returnId, refundId, paymentId, providerRefundId }: SettleRefund,
  ret: ReturnState,
  state: ReturnsState,
): readonly EventOn<'money'>[] {
  const refund = refundOf(ret, refundId);
  const canBe = ({ state: is, provider }: Payout): boolean =>
    isOneOf(is, 'submitted', 'pending', 'in_doubt', 'parked', 'failed') || (is === 'entitled' && provider === 'manual');
  const payouts = meant(refund, paymentId, canBe);
  const live = livePayouts(refund);
  if (payouts.length === 0 && live.some((payout) => payout.state !== 'succeeded')) return refuse('Nothing of this refund was sent yet.');
  if (payouts.length === 0 && live.length > 0) checkSameReference(live, providerRefundId);
  return inTurn(state, payouts, (payout) => {
    if (payout.state === 'succeeded') {
      checkSameReference([payout], providerRefundId);
      return undefined;
    }
    if (!canBe(payout)) return refuse(`A payout that is ${payout.state} cannot be settled by hand.`);
    return paid({ at, returnId, refundId, paymentId: payout.paymentId }, refund, payout, providerRefundId, 'staff');
  });
}

function fail(
  { at, returnId, refundId, paymentId, code, underWay }: FailRefund,
  ret: ReturnState,
  state: ReturnsState,
): readonly EventOn<'money'>[] {
  const refund = refundOf(ret, refundId);
  const canBe = ({ state, provider }: Payout): boolean =>
    isOneOf(state, 'submitted', 'pending', 'in_doubt', 'parked') || (state === 'entitled' && provider === 'manual');
  const payouts = meant(refund, paymentId, canBe);
  if (payouts.length === 0 && !livePayouts(refund).some((payout) => payout.state === 'failed')) {
    const paidAs = livePayouts(refund).find((payout) => payout.state === 'succeeded')?.providerRefundId;
    return refuse(
      paidAs
        ? `This refund has been paid, with the reference ${paidAs}; it cannot be called failed.`
        : 'Nothing of this refund is under way.',
    );
  }
  return inTurn(state, payouts, (payout) => {
    if (payout.state === 'failed') return undefined;
    if (payout.state === 'succeeded')
      return refuse(
        `This payout has been paid, with the reference ${payout.providerRefundId ?? SETTLED_BY_HAND}; it cannot be called failed.`,
      );
    if (!canBe(payout)) return refuse(`A payout that is ${payout.state} cannot be failed by hand.`);
    if (underWay.includes(payout.paymentId)) return refuse(`${payout.provider} says that it is paying this out; wait for its answer.`);
    return { type: 'RefundFailed', data: { at, returnId, refundId, paymentId: payout.paymentId, code, by: 'staff' } };
  });
}

/** A name for the payout that takes over: the payment's own, or that of the way, numbered when taken. */
function newName(
  refund: Refund,
  taken: ReadonlySet<string>,
  destination: Destination,
  toPaymentId: string | null,
  order: OrderFacts,
): string {
  if (destination === 'original_payment') {
    if (toPaymentId === null) throw new DomainError('validation_failed', 'Name the payment it should go back through.');
    if (!order.payments.some((payment) => payment.paymentId === toPaymentId))
      throw new DomainError('not_found', `The order has no payment ${toPaymentId}.`);
    if (taken.has(toPaymentId)) return refuse(`Refund ${refund.refundId} has been sent through payment ${toPaymentId} already.`);
    return toPaymentId;
  }
  const way = destination === 'store_credit' ? STORE_CREDIT : BANK_TRANSFER;
  let name: string = way;
  for (let n = 2; taken.has(name); n += 1) name = `${way}.${n}`;
  return name;
}

function reroute(command: RerouteRefund, ret: ReturnState, state: ReturnsState): readonly EventOn<'money'>[] {
  const { at, returnId, refundId, destination, reason } = command;
  const order = registeredOrder(state);
  const refund = refundOf(ret, refundId);
  const canBe = (payout: Payout): boolean => isOneOf(payout.state, 'failed', 'parked') && !payout.doubtful;
  const payouts = meant(refund, command.paymentId, canBe);
  if (payouts.length === 0) return refuse('Nothing of this refund can be sent another way.');
  const taken = new Set(refund.payouts.map((payout) => payout.paymentId));
  return inTurn(state, payouts, (payout) => {
    if (!canBe(payout)) {
      const why = payout.doubtful ? 'in doubt: it may have been paid, so clear that up first' : payout.state;
      return refuse(`A payout is sent another way when it has failed or is parked; this one is ${why}.`);
    }
    const toPaymentId = newName(refund, taken, destination, command.toPaymentId, order);
    taken.add(toPaymentId);
    return { type: 'RefundRerouted', data: { at, returnId, refundId, paymentId: payout.paymentId, destination, toPaymentId, reason } };
  });
}

/** They throw not_found, invalid_state, over_refund, payment_in_doubt, validation_failed. */
export const REFUND_DECISIONS: Decisions<RefundCommand> = {
  RefundManually: refundManually,
  ApproveCapped: (command, ret, state) => [capped(state, ret, command)],
  SubmitPayout: submit,
  RecordPayoutOutcome: recordOutcome,
  RetryRefund: retry,
  SettleRefund: settle,
  FailRefund: fail,
  RerouteRefund: reroute,
};
