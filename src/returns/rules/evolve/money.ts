import { byEvent, type Destination, type EventOf, type EventOn, type OrderFacts } from '../returns.events.js';
import type { OnReturn, Payout, Refund, ReturnLine, ReturnState } from '../returns.state.js';

/** Who executes a payout and under which charge: the payment it goes back through, or a way of its own. */
function route(destination: Destination, paymentId: string, order: OrderFacts | null): Pick<Payout, 'provider' | 'reference'> {
  if (destination === 'store_credit') return { provider: 'store_credit', reference: '' };
  if (destination === 'bank_transfer') return { provider: 'manual', reference: '' };
  const payment = order?.payments.find((candidate) => candidate.paymentId === paymentId);
  return { provider: payment?.provider ?? 'manual', reference: payment?.reference ?? '' };
}

function owed(destination: Destination, paymentId: string, amountMinor: number, at: string, order: OrderFacts | null): Payout {
  return {
    paymentId,
    destination,
    ...route(destination, paymentId, order),
    amountMinor,
    state: 'entitled',
    declines: 0,
    key: null,
    providerRefundId: null,
    reason: null,
    entitledAt: at,
    submittedAt: null,
    settledAt: null,
    doubtful: false,
    since: at,
    reroutedTo: null,
  };
}

/** Adds what the refund gives to each of its units; manual refunds settle a unit only when nothing of it is left. */
function claimUnits(lines: readonly ReturnLine[], data: EventOf<'RefundEntitled'>['data']): readonly ReturnLine[] {
  const byLine = new Map<string, Map<number, { readonly refundMinor: number; readonly paidMinor: number }>>();
  for (const { lineId, unit, refundMinor, netMinor, taxMinor } of data.breakdown.units) {
    const units = byLine.get(lineId) ?? new Map<number, { refundMinor: number; paidMinor: number }>();
    byLine.set(lineId, units.set(unit, { refundMinor, paidMinor: netMinor + taxMinor }));
  }
  return lines.map((line) => {
    const claimed = byLine.get(line.lineId);
    if (claimed === undefined) return line;
    const units = line.units.map((unit) => {
      const claim = claimed.get(unit.unit);
      if (claim === undefined) return unit;
      const entitledMinor = unit.entitledMinor + claim.refundMinor;
      return { ...unit, entitledMinor, settled: unit.settled || data.trigger !== 'manual' || entitledMinor >= claim.paidMinor };
    });
    return { ...line, units };
  });
}

function entitled(data: EventOf<'RefundEntitled'>['data'], ret: ReturnState, order: OrderFacts | null): ReturnState {
  const { at, returnId, refundId, trigger, destination, reason, breakdown } = data;
  const payouts = breakdown.payments.map(({ paymentId, amountMinor }) => owed(destination, paymentId, amountMinor, at, order));
  const refund: Refund = { refundId, returnId, entitledAt: at, trigger, destination, reason, breakdown, payouts };
  return {
    ...ret,
    lines: claimUnits(ret.lines, data),
    refunds: [...ret.refunds, refund],
    // By hand something is paid in advance of it; everything else settles all that was earned.
    blocked: trigger === 'manual' ? ret.blocked : null,
    milestones: { ...ret.milestones, entitledAt: ret.milestones.entitledAt ?? at },
  };
}

function rerouted(refund: Refund, data: EventOf<'RefundRerouted'>['data'], order: OrderFacts | null): Refund {
  const from = refund.payouts.find((payout) => payout.paymentId === data.paymentId);
  if (from === undefined) return refund;
  const away = refund.payouts.map((payout) => (payout === from ? { ...payout, reroutedTo: data.toPaymentId, since: data.at } : payout));
  return { ...refund, payouts: [...away, owed(data.destination, data.toPaymentId, from.amountMinor, data.at, order)] };
}

/** When the last of what is owed so far reached the customer; null while something is unpaid. */
function refundedAt(refunds: readonly Refund[]): string | null {
  let last: string | null = null;
  for (const refund of refunds) {
    const live = refund.payouts.filter((payout) => payout.reroutedTo === null);
    const paid = live.length === 0 ? [refund.entitledAt] : live.map((payout) => (payout.state === 'succeeded' ? payout.settledAt : null));
    for (const at of paid) {
      if (at === null) return null;
      if (last === null || Date.parse(at) > Date.parse(last)) last = at;
    }
  }
  return last;
}

function onRefund(ret: ReturnState, refundId: string, change: (refund: Refund) => Refund): ReturnState {
  const index = ret.refunds.findIndex((refund) => refund.refundId === refundId);
  const refund = ret.refunds[index];
  return refund === undefined ? ret : { ...ret, refunds: ret.refunds.with(index, change(refund)) };
}

type OfPayout = { readonly at: string; readonly refundId: string; readonly paymentId: string };
/** An event that is news of one payout, by what is so since then. */
const news =
  <Data extends OfPayout>(now: (data: Data, payout: Payout) => Partial<Payout>) =>
  (data: Data, ret: ReturnState): ReturnState =>
    onRefund(ret, data.refundId, (refund) => ({
      ...refund,
      payouts: refund.payouts.map((payout) =>
        payout.paymentId === data.paymentId ? { ...payout, ...now(data, payout), since: data.at } : payout,
      ),
    }));

const paid = (at: string, providerRefundId: string): Partial<Payout> => ({
  state: 'succeeded',
  doubtful: false,
  providerRefundId,
  reason: null,
  settledAt: at,
});

/** `order` names the providers of its payments. */
const MONEY_EVENTS: OnReturn<'money', [order: OrderFacts | null]> = {
  RefundBlocked: ({ at, amountMinor, bonusMinor, code }, ret) => ({
    ...ret,
    blocked: code === null ? null : { amountMinor, bonusMinor, code, since: ret.blocked?.since ?? at },
  }),
  RefundEntitled: entitled,
  RefundSubmitted: news(({ at, key, provider }, payout) => ({ state: 'submitted', key, provider, submittedAt: payout.submittedAt ?? at })),
  RefundPending: news(({ providerRefundId }) => ({ state: 'pending', doubtful: false, providerRefundId })),
  RefundSucceeded: news(({ at, providerRefundId }) => paid(at, providerRefundId)),
  StoreCreditIssued: news(({ at, creditRef }) => paid(at, creditRef)),
  // Only the provider knows that a key is used up. What a person calls failed is sent again under its old key: had it been executed after all, it is not paid twice.
  RefundFailed: news(({ by, code }, { declines }) => ({
    state: 'failed',
    doubtful: false,
    reason: { code },
    settledAt: null,
    declines: declines + (by === 'provider' ? 1 : 0),
  })),
  RefundPutInDoubt: news(({ reason }) => ({ state: 'in_doubt', doubtful: true, reason })),
  RefundParked: news(({ reason }) => ({ state: 'parked', reason })),
  RefundRetryRequested: news(() => ({ state: 'entitled' })),
  RefundRerouted: (data, ret, order) => onRefund(ret, data.refundId, (refund) => rerouted(refund, data, order)),
};

/** Folds what happened to the money. */
export function evolveMoney(ret: ReturnState, event: EventOn<'money'>, order: OrderFacts | null): ReturnState {
  const next = byEvent(MONEY_EVENTS, event, ret, order);
  const submittedAt = next.milestones.submittedAt ?? (event.type === 'RefundSubmitted' ? event.data.at : null);
  return { ...next, milestones: { ...next.milestones, submittedAt, refundedAt: refundedAt(next.refunds) } };
}
