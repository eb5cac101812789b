/** Decisions about the order's facts: what was sold, paid, fulfilled and disputed. */
import equal from 'fast-deep-equal';
import { DomainError } from '../../../eventing/decider.js';
import { isOverdrawn, paymentBalances, usedOfOrder } from '../money/caps.js';
import { REFUNDED_ELSEWHERE, type EventOf, type EventOn, type OrderFacts } from '../returns.events.js';
import { evolve } from '../returns.evolve.js';
import type { ReturnsState } from '../returns.state.js';
import { livePayouts } from '../returns.status.js';
import { refuse, registeredOrder } from './find.js';
import { MAX_AMOUNT_MINOR, orderFacts, type ToldOrder } from './order-facts.js';

export type { OrderLineFacts } from './order-facts.js';
export type RegisterOrder = { readonly type: 'RegisterOrder'; readonly at: string } & ToldOrder;
export type RecordDispute = { readonly type: 'RecordDispute' } & EventOf<'PaymentDisputed'>['data'];
export type CloseDispute = { readonly type: 'CloseDispute' } & EventOf<'DisputeClosed'>['data'];
/** Money went back outside this service, at `refundedAt`; `reference`: what the provider calls that refund. */
export type RecordRefundElsewhere = {
  readonly type: 'RecordRefundElsewhere';
  readonly refundedAt: string;
} & EventOf<'RefundedElsewhere'>['data'];
export type OrderCommand = RegisterOrder | RecordDispute | CloseDispute | RecordRefundElsewhere;

/** The facts with fulfilment taken out, to see whether anything else differs. */
const unfulfilled = (order: OrderFacts): OrderFacts => ({
  ...order,
  lines: order.lines.map((line) => ({ ...line, fulfilledQuantity: 0, deliveredAt: null })),
});

function fulfilment(before: OrderFacts, after: OrderFacts, at: string): EventOn<'order'> {
  const lines = after.lines
    .filter((line, index) => !equal(line, before.lines[index]))
    .map(({ lineId, fulfilledQuantity, deliveredAt }) => ({ lineId, fulfilledQuantity, deliveredAt }));
  return { type: 'FulfilmentRecorded', data: { at, lines } };
}

/** A payment that money has gone back through, or is about to, must stay and must have captured that much. */
function checkPaymentsInUse(facts: OrderFacts, before: OrderFacts, state: ReturnsState): void {
  const captured = new Map(facts.payments.map((payment) => [payment.paymentId, payment.capturedMinor]));
  for (const { paymentId, capturedMinor, refundedMinor, reservedMinor, refundedElsewhereMinor } of paymentBalances(state, before)) {
    const usedMinor = refundedMinor + reservedMinor + refundedElsewhereMinor;
    if (usedMinor === 0) continue;
    const now = captured.get(paymentId);
    if (now === undefined) return refuse(`Payment ${paymentId} cannot be taken away: refunds go back through it.`);
    if (now < usedMinor && now < capturedMinor) {
      return refuse(
        `Payment ${paymentId} cannot have captured less than the ${usedMinor} that refunds give back through it; tell what was captured before anything was refunded.`,
      );
    }
  }
  const all = facts.payments.reduce((sum, payment) => sum + payment.capturedMinor, 0);
  if (all < usedOfOrder(state)) refuse(`The payments cannot have captured less than the ${usedOfOrder(state)} that refunds give back.`);
}

function register(command: RegisterOrder, state: ReturnsState): readonly EventOn<'order'>[] {
  const { at } = command;
  const facts = orderFacts(command, state);
  if (state.order === null) return [{ type: 'OrderRegistered', data: { at, ...facts } }];
  if (equal(facts, state.order)) return [];
  if (equal(unfulfilled(facts), unfulfilled(state.order))) return [fulfilment(state.order, facts, at)];
  checkPaymentsInUse(facts, state.order, state);
  return [{ type: 'OrderAmended', data: { at, ...facts } }];
}

function recordDispute({ at, disputeId, paymentId, amountMinor }: RecordDispute, state: ReturnsState): readonly EventOn<'order'>[] {
  const order = registeredOrder(state);
  const known = state.disputes.find((dispute) => dispute.disputeId === disputeId);
  if (known !== undefined) {
    const again = known.paymentId === paymentId && known.amountMinor === amountMinor;
    return again ? [] : refuse(`Dispute ${disputeId} is known with another payment or amount.`);
  }
  if (!order.payments.some((payment) => payment.paymentId === paymentId))
    throw new DomainError('not_found', `The order has no payment ${paymentId}.`);
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1 || amountMinor > MAX_AMOUNT_MINOR) {
    throw new DomainError('validation_failed', `A dispute is about an amount from 1 to ${MAX_AMOUNT_MINOR} minor units.`);
  }
  return [{ type: 'PaymentDisputed', data: { at, disputeId, paymentId, amountMinor } }];
}

function closeDispute({ at, disputeId, outcome }: CloseDispute, state: ReturnsState): readonly EventOn<'order'>[] {
  const known = state.disputes.find((dispute) => dispute.disputeId === disputeId);
  if (known === undefined) throw new DomainError('not_found', `There is no dispute ${disputeId}.`);
  if (known.state === outcome) return [];
  if (known.state !== 'open') return refuse(`Dispute ${disputeId} is closed as ${known.state}.`);
  return [{ type: 'DisputeClosed', data: { at, disputeId, outcome } }];
}

/** Payouts that were not sent yet and that what is left cannot bear any more: a person decides on them (and settles those that this was). */
function unbearable(state: ReturnsState, at: string): readonly EventOf<'RefundParked'>[] {
  const order = registeredOrder(state);
  return state.returns.flatMap(({ returnId, refunds }) =>
    refunds.flatMap((refund) =>
      livePayouts(refund)
        .filter((payout) => payout.state === 'entitled' && isOverdrawn(state, order, payout.paymentId))
        .map(({ paymentId }): EventOf<'RefundParked'> => ({
          type: 'RefundParked',
          data: { at, returnId, refundId: refund.refundId, paymentId, reason: { code: REFUNDED_ELSEWHERE }, attempts: 0 },
        })),
    ),
  );
}

/** A fact is never refused for its amount. What has the reference of a payout of ours is that payout, told once more. */
function recordRefundElsewhere(
  { at, refundedAt, paymentId, amountMinor, reference }: RecordRefundElsewhere,
  state: ReturnsState,
): readonly (EventOn<'order'> | EventOf<'RefundParked'>)[] {
  const order = registeredOrder(state);
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1 || amountMinor > MAX_AMOUNT_MINOR) {
    throw new DomainError('validation_failed', `What was given back is an amount from 1 to ${MAX_AMOUNT_MINOR} minor units.`);
  }
  const known = state.refundsElsewhere.find((each) => each.reference === reference);
  if (known !== undefined) {
    if (known.paymentId === paymentId && known.amountMinor === amountMinor) return [];
    return refuse(
      `Refund ${reference} is known as ${known.amountMinor} through payment ${known.paymentId}, told on ${known.at.slice(0, 10)}. Another refund has another reference.`,
    );
  }
  const refunds = state.returns.flatMap((ret) => ret.refunds);
  const ours = refunds.find((refund) => refund.payouts.some((payout) => payout.providerRefundId === reference));
  if (ours !== undefined) {
    const paidMinor = ours.payouts
      .filter((payout) => payout.providerRefundId === reference)
      .reduce((sum, payout) => sum + payout.amountMinor, 0);
    return paidMinor === amountMinor
      ? []
      : refuse(`Reference ${reference} is that of our own refund ${ours.refundId} of ${paidMinor}. Another refund has another reference.`);
  }
  if (!order.payments.some((payment) => payment.paymentId === paymentId))
    throw new DomainError('not_found', `The order has no payment ${paymentId}.`);
  const told: EventOf<'RefundedElsewhere'> = { type: 'RefundedElsewhere', data: { at: refundedAt, paymentId, amountMinor, reference } };
  return [told, ...unbearable(evolve(state, told), at)];
}

/** @throws DomainError see the rules in `orderFacts`; not_found */
export function decideOrder(command: OrderCommand, state: ReturnsState): readonly (EventOn<'order'> | EventOf<'RefundParked'>)[] {
  switch (command.type) {
    case 'RegisterOrder':
      return register(command, state);
    case 'RecordDispute':
      return recordDispute(command, state);
    case 'CloseDispute':
      return closeDispute(command, state);
    case 'RecordRefundElsewhere':
      return recordRefundElsewhere(command, state);
  }
}
