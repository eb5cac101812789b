/** When a return's units have earned their refund. Asked after every decision that may have met the trigger. */
import { amountsOf, type Amounts, type UnitClaim } from '../money/breakdown.js';
import { blockCode } from '../money/caps.js';
import { spread } from '../money/payouts.js';
import { refundIdOf, type EventOf, type Reason, type ReturnsEvent } from '../returns.events.js';
import { evolve } from '../returns.evolve.js';
import type { ReturnsState, ReturnState, ReturnUnit } from '../returns.state.js';
import { findReturn } from '../returns.status.js';
import { refuse, registeredOrder } from './find.js';

type Trigger = EventOf<'RefundEntitled'>['data']['trigger'];

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
      return (
        (trigger === 'firstScan' && ret.milestones.firstScanAt !== null) || (trigger === 'delivered' && ret.milestones.deliveredAt !== null)
      );
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

/** What an approved return's units have earned and nothing has settled yet; undefined for none. */
export function earnedBy(state: ReturnsState, ret: ReturnState, lacking: 'owed' | 'given_up' = 'owed'): Amounts | undefined {
  if (ret.authorisation !== 'approved') return undefined;
  const claims = claimsOf(ret);
  return claims.length === 0 ? undefined : amountsOf(state, registeredOrder(state), ret, claims, lacking);
}

/** The refund of all that was earned; undefined when the payments cannot bear it. `reason`: why a person decided on it. */
function entitled(
  state: ReturnsState,
  ret: ReturnState,
  at: string,
  { ruleIds, ...amounts }: Amounts,
  reason: Reason | null,
): EventOf<'RefundEntitled'> | undefined {
  const { returnId, outcome, terms } = ret;
  const payments = spread(state, registeredOrder(state), amounts.totalMinor - amounts.bonusMinor, outcome, terms.tenderOrder);
  if (payments === undefined) return undefined;
  const trigger = triggerOf(ret);
  const destination = outcome === 'store_credit' ? 'store_credit' : 'original_payment';
  const way = destination === 'store_credit' ? 'destination.store_credit' : `tenderOrder.${terms.tenderOrder}`;
  const breakdown = { ...amounts, payments, ruleIds: [`refundTrigger.${trigger}`, ...ruleIds, ...(payments.length > 0 ? [way] : [])] };
  const refundId = refundIdOf(returnId, ret.refunds.length + 1);
  return { type: 'RefundEntitled', data: { at, returnId, refundId, trigger, destination, reason, breakdown } };
}

/**
 * What an approved return is owed now, in one refund. More than the order's payments can bear is never paid and never
 * forgotten: it is recorded as held back, and again whenever that changes.
 */
function entitle(state: ReturnsState, ret: ReturnState, at: string): readonly (EventOf<'RefundEntitled'> | EventOf<'RefundBlocked'>)[] {
  const { returnId, blocked } = ret;
  const earned = earnedBy(state, ret);
  if (earned === undefined)
    return blocked === null ? [] : [{ type: 'RefundBlocked', data: { at, returnId, amountMinor: 0, bonusMinor: 0, code: null } }];
  const refund = entitled(state, ret, at, earned, null);
  if (refund !== undefined) return [refund];
  const { totalMinor: amountMinor, bonusMinor } = earned;
  const code = blockCode(state, registeredOrder(state));
  const isKnown = blocked !== null && blocked.amountMinor === amountMinor && blocked.bonusMinor === bonusMinor && blocked.code === code;
  return isKnown ? [] : [{ type: 'RefundBlocked', data: { at, returnId, amountMinor, bonusMinor, code } }];
}

/**
 * `events` and, once they have happened, what they entitle customers to: those whose returns they are about, and those whose
 * money was held back, in case the payments can bear it by now. What one refund uses the others no longer find.
 */
export function withEntitlements(state: ReturnsState, at: string, events: readonly ReturnsEvent[]): readonly ReturnsEvent[] {
  if (events.length === 0) return events;
  const touched = new Set(events.flatMap(({ data }) => ('returnId' in data ? data.returnId : [])));
  const all = [...events];
  let now = events.reduce(evolve, state);
  // A refund may change what others have earned (shipping comes with the last unit), so it is asked until no refund is new.
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const { returnId } of now.returns.filter((ret) => ret.blocked !== null || touched.has(ret.returnId))) {
      const ret = findReturn(now, returnId);
      const next = ret === undefined ? [] : entitle(now, ret, at);
      now = next.reduce(evolve, now);
      all.push(...next);
      if (next.some((event) => event.type === 'RefundEntitled')) isSettled = false;
    }
  }
  return all;
}

/** What could be paid of what is held back, today, when the rest is given up; bonus included, minor units. 0 where nothing is held back. */
export const payableOf = (state: ReturnsState, ret: ReturnState): number =>
  ret.blocked === null ? 0 : (earnedBy(state, ret, 'given_up')?.totalMinor ?? 0);

/**
 * A person pays what the payments bear, `amountMinor`, and gives up the rest for good.
 * @throws DomainError invalid_state nothing is held back, or another amount can be paid by now
 */
export function capped(
  state: ReturnsState,
  ret: ReturnState,
  { at, amountMinor, reason }: { readonly at: string; readonly amountMinor: number; readonly reason: Reason },
): EventOf<'RefundEntitled'> {
  const earned = ret.blocked === null ? undefined : earnedBy(state, ret, 'given_up');
  const refund = earned === undefined ? undefined : entitled(state, ret, at, earned, reason);
  if (earned === undefined || refund === undefined) return refuse('Nothing of this return is held back.');
  if (earned.totalMinor !== amountMinor) {
    return refuse(
      `${earned.totalMinor} can be paid today, not ${amountMinor} (minor units): look at the return again and approve that amount, or wait.`,
    );
  }
  return refund;
}
