import type { Destination, EventOf, EventOn, OrderFacts } from '../returns.events.js';
import type { Payout, Refund, ReturnLine, ReturnState } from '../returns.state.js';

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
function claimUnits(lines: readonly ReturnLine[], { data }: EventOf<'RefundEntitled'>): readonly ReturnLine[] {
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

function entitled(ret: ReturnState, event: EventOf<'RefundEntitled'>, order: OrderFacts | null): ReturnState {
  const { at, returnId, refundId, trigger, destination, reason, breakdown } = event.data;
  const payouts = breakdown.payments.map(({ paymentId, amountMinor }) => owed(destination, paymentId, amountMinor, at, order));
  const refund: Refund = { refundId, returnId, entitledAt: at, trigger, destination, reason, breakdown, payouts };
  return {
    ...ret,
    lines: claimUnits(ret.lines, event),
    refunds: [...ret.refunds, refund],
    // By hand something is paid in advance of it; everything else settles all that was earned.
    blocked: trigger === 'manual' ? ret.blocked : null,
    milestones: { ...ret.milestones, entitledAt: ret.milestones.entitledAt ?? at },
  };
}

function blocked(ret: ReturnState, { data: { at, amountMinor, bonusMinor, code } }: EventOf<'RefundBlocked'>): ReturnState {
  return { ...ret, blocked: code === null ? null : { amountMinor, bonusMinor, code, since: ret.blocked?.since ?? at } };
}

function rerouted(refund: Refund, { data }: EventOf<'RefundRerouted'>, order: OrderFacts | null): Refund {
  const from = refund.payouts.find((payout) => payout.paymentId === data.paymentId);
  if (from === undefined) return refund;
  const away = refund.payouts.map((payout) => (payout === from ? { ...payout, reroutedTo: data.toPaymentId, since: data.at } : payout));
  return { ...refund, payouts: [...away, owed(data.destination, data.toPaymentId, from.amountMinor, data.at, order)] };
}

type PayoutNews = Exclude<EventOn<'money'>, EventOf<'RefundBlocked'> | EventOf<'RefundEntitled'> | EventOf<'RefundRerouted'>>;

function told(payout: Payout, event: PayoutNews): Payout {
  const since = event.data.at;
  switch (event.type) {
    case 'RefundSubmitted': {
      const { key, provider } = event.data;
      return { ...payout, state: 'submitted', key, provider, submittedAt: payout.submittedAt ?? since, since };
    }
    case 'RefundPending':
      return { ...payout, state: 'pending', doubtful: false, providerRefundId: event.data.providerRefundId, since };
    case 'RefundSucceeded':
    case 'StoreCreditIssued': {
      const providerRefundId = event.type === 'RefundSucceeded' ? event.data.providerRefundId : event.data.creditRef;
      return { ...payout, state: 'succeeded', doubtful: false, providerRefundId, reason: null, settledAt: since, since };
    }
    case 'RefundFailed':
      // Only the provider knows that a key is used up. What a person calls failed is sent again under its old key: had it been executed after all, it is not paid twice.
      return {
        ...payout,
        state: 'failed',
        doubtful: false,
        reason: { code: event.data.code },
        settledAt: null,
        since,
        declines: payout.declines + (event.data.by === 'provider' ? 1 : 0),
      };
    case 'RefundPutInDoubt':
      return { ...payout, state: 'in_doubt', doubtful: true, reason: event.data.reason, since };
    case 'RefundParked':
      return { ...payout, state: 'parked', reason: event.data.reason, since };
    case 'RefundRetryRequested':
      return { ...payout, state: 'entitled', since };
  }
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

function folded(ret: ReturnState, event: EventOn<'money'>, order: OrderFacts | null): ReturnState {
  switch (event.type) {
    case 'RefundBlocked':
      return blocked(ret, event);
    case 'RefundEntitled':
      return entitled(ret, event, order);
    case 'RefundRerouted':
      return onRefund(ret, event.data.refundId, (refund) => rerouted(refund, event, order));
    default:
      return onRefund(ret, event.data.refundId, (refund) => ({
        ...refund,
        payouts: refund.payouts.map((payout) => (payout.paymentId === event.data.paymentId ? told(payout, event) : payout)),
      }));
  }
}

/** Folds what happened to the money. `order` names the providers of its payments. */
export function evolveMoney(ret: ReturnState, event: EventOn<'money'>, order: OrderFacts | null): ReturnState {
  const next = folded(ret, event, order);
  const submittedAt = next.milestones.submittedAt ?? (event.type === 'RefundSubmitted' ? event.data.at : null);
  return { ...next, milestones: { ...next.milestones, submittedAt, refundedAt: refundedAt(next.refunds) } };
}
