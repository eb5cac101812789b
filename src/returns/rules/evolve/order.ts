import type { EventOf, EventOn, ForEachEvent, OrderFacts } from '../returns.events.js';
import type { RefundElsewhere, ReturnsState } from '../returns.state.js';

/** True when some line has more units fulfilled than before. */
function fulfilledMore(before: OrderFacts | null, after: OrderFacts): boolean {
  const was = new Map(before?.lines.map((line) => [line.lineId, line.fulfilledQuantity]));
  return after.lines.some((line) => line.fulfilledQuantity > (was.get(line.lineId) ?? 0));
}

function withFacts(state: ReturnsState, order: OrderFacts, at: string): ReturnsState {
  return {
    ...state,
    order,
    registeredAt: state.registeredAt ?? at,
    lastFulfilledAt: fulfilledMore(state.order, order) ? at : state.lastFulfilledAt,
  };
}

const registered = ({ at, ...order }: EventOf<'OrderRegistered'>['data'], state: ReturnsState): ReturnsState => withFacts(state, order, at);

/** What happened to the order itself. */
export const ORDER_EVENTS: ForEachEvent<ReturnsState, [state: ReturnsState], EventOn<'order'>['type']> = {
  OrderRegistered: registered,
  OrderAmended: registered,
  FulfilmentRecorded: (data, state) => {
    if (state.order === null) return state;
    const told = new Map(data.lines.map((line) => [line.lineId, line]));
    const lines = state.order.lines.map((line) => {
      const { fulfilledQuantity, deliveredAt } = told.get(line.lineId) ?? line;
      return { ...line, fulfilledQuantity, deliveredAt };
    });
    return withFacts(state, { ...state.order, lines }, data.at);
  },
  PaymentDisputed: ({ disputeId, paymentId, amountMinor }, state) => ({
    ...state,
    disputes: [...state.disputes, { disputeId, paymentId, amountMinor, state: 'open' }],
  }),
  DisputeClosed: ({ disputeId, outcome }, state) => ({
    ...state,
    disputes: state.disputes.map((dispute) => (dispute.disputeId === disputeId ? { ...dispute, state: outcome } : dispute)),
  }),
  RefundedElsewhere: ({ at, paymentId, amountMinor, reference }, state) => ({
    ...state,
    refundsElsewhere: [...state.refundsElsewhere, { paymentId, amountMinor, reference, at, refundId: null }],
  }),
};

/** What was told as given back outside turns out to be a payout of ours, which the provider calls by the same reference: it counts once. */
export function recognised(state: ReturnsState, { type, data }: EventOn<'money'>): ReturnsState {
  if (type !== 'RefundPending' && type !== 'RefundSucceeded') return state;
  const isIt = ({ reference, refundId }: RefundElsewhere): boolean => refundId === null && reference === data.providerRefundId;
  if (!state.refundsElsewhere.some(isIt)) return state;
  return { ...state, refundsElsewhere: state.refundsElsewhere.map((each) => (isIt(each) ? { ...each, refundId: data.refundId } : each)) };
}
