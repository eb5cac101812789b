/** When a return's units have earned their refund. Asked after every decision that may have met the trigger. */
import { amountsOf, type UnitClaim } from '../money/breakdown.js';
import { spread } from '../money/payouts.js';
import { evolve } from '../returns.evolve.js';
import { refundIdOf, type RefundEntitled, type ReturnsEvent, type ReturnSentToReview } from '../returns.events.js';
import type { ReturnsState, ReturnState, ReturnUnit } from '../returns.state.js';
import { findReturn } from '../returns.status.js';
import { orderOf } from './find.js';

type Trigger = RefundEntitled['data']['trigger'];

/** What the terms come to: inspection overrides an earlier trigger, and an item the customer keeps is paid on approval. */
export function triggerOf(ret: ReturnState): Exclude<Trigger, 'manual'> {
  if (ret.method === 'keep') return 'approved';
  return ret.terms.inspectionRequired ? 'inspected' : ret.terms.refundTrigger;
}

function isMet(ret: ReturnState, unit: ReturnUnit): boolean {
  const trigger = triggerOf(ret);
  switch (unit.place) {
    case 'held':
    case 'disposed':
      return true;
    case 'received':
      return trigger !== 'inspected';
    case 'awaiting':
      return (trigger === 'firstScan' && ret.milestones.firstScanAt !== null) || (trigger === 'delivered' && ret.milestones.deliveredAt !== null);
    case 'kept':
      return trigger === 'approved';
    case 'missing':
    case 'released':
      return false;
  }
}

/** Units that have met the trigger and are not settled. A unit not graded yet gives everything that was paid for it. */
function claimsOf(ret: ReturnState): readonly UnitClaim[] {
  return ret.lines.flatMap(({ lineId, fault, units }) =>
    units
      .filter((unit) => !unit.settled && isMet(ret, unit))
      .map(({ unit, factorBp, entitledMinor }) => ({ lineId, unit, fault, factorBp: factorBp ?? 10_000, entitledMinor })),
  );
}

const CANNOT_BEAR = {
  code: 'over_refund',
  words: 'The payments of the order cannot bear this refund: less was captured, or part of it is disputed or refunded already.',
} as const;

/**
 * What an approved return is owed now, in one refund; nothing for a return that is not approved. More than the order's
 * payments can bear is never paid and never forgotten: the return goes to review.
 */
function entitle(state: ReturnsState, returnId: string, at: string): readonly (RefundEntitled | ReturnSentToReview)[] {
  const order = orderOf(state);
  const ret = findReturn(state, returnId);
  if (ret?.authorisation !== 'approved') return [];
  const claims = claimsOf(ret);
  if (claims.length === 0) return [];
  const { ruleIds, ...amounts } = amountsOf(state, order, ret, claims);
  const payments = spread(state, order, amounts.totalMinor - amounts.bonusMinor, ret.outcome, ret.terms.tenderOrder);
  if (payments === undefined) return [{ type: 'ReturnSentToReview', data: { at, returnId, reasons: [CANNOT_BEAR] } }];
  const trigger = triggerOf(ret);
  const destination = ret.outcome === 'store_credit' ? 'store_credit' : 'original_payment';
  const way = destination === 'store_credit' ? 'destination.store_credit' : `tenderOrder.${ret.terms.tenderOrder}`;
  const breakdown = { ...amounts, payments, ruleIds: [`refundTrigger.${trigger}`, ...ruleIds, ...(payments.length > 0 ? [way] : [])] };
  const refundId = refundIdOf(returnId, ret.refunds.length + 1);
  return [{ type: 'RefundEntitled', data: { at, returnId, refundId, trigger, destination, reason: null, breakdown } }];
}

/** `events` and, once they have happened, what they entitle the customer to. */
export function withEntitlement(state: ReturnsState, returnId: string, at: string, events: readonly ReturnsEvent[]): readonly ReturnsEvent[] {
  if (events.length === 0) return events;
  return [...events, ...entitle(events.reduce(evolve, state), returnId, at)];
}
