/** The folded order as the API shows it: what was sold, and which units and money are left. Pure. */
import { presentReturnList } from '../returns/api/returns.presentation.js';
import { paymentBalances } from '../returns/rules/money/caps.js';
import type { OrderLine } from '../returns/rules/returns.events.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';
import { countersOf, quantityOf } from '../returns/rules/returns.status.js';
import type { OrderAnswer, OrderLineAnswer } from './orders.dto.js';

/** @returns undefined for an order that was never registered */
export function presentOrder(state: ReturnsState, orderId: string, revision: number): OrderAnswer | undefined {
  const { order } = state;
  if (order === null) return undefined;
  const balances = new Map(paymentBalances(state, order).map((balance) => [balance.paymentId, balance]));
  return {
    orderId,
    number: order.number,
    placedAt: order.placedAt,
    currency: order.currency,
    revision,
    lines: order.lines.map((line) => lineAnswer(state, line)),
    shipping: { netMinor: order.shipping.netMinor, taxMinor: order.shipping.taxMinor },
    payments: order.payments.map(({ paymentId, provider, method, capturedMinor }) => {
      const {
        refundedMinor = 0,
        reservedMinor = 0,
        disputedMinor = 0,
        refundedElsewhereMinor = 0,
        excessMinor = 0,
        refundableMinor = 0,
      } = balances.get(paymentId) ?? {};
      return {
        paymentId,
        provider,
        method,
        capturedMinor,
        refundedMinor,
        reservedMinor,
        disputedMinor,
        refundedElsewhereMinor,
        excessMinor,
        refundableMinor,
      };
    }),
    disputes: state.disputes.map(({ disputeId, paymentId, amountMinor, state: disputeState }) => ({
      disputeId,
      paymentId,
      amountMinor,
      state: disputeState,
    })),
    refundsElsewhere: state.refundsElsewhere.map(({ paymentId, amountMinor, reference, at, refundId }) => ({
      paymentId,
      amountMinor,
      reference,
      at,
      refundId,
    })),
    returns: presentReturnList(state),
  };
}

function lineAnswer(state: ReturnsState, line: OrderLine): OrderLineAnswer {
  const counters = state.returns
    .flatMap((ret) => ret.lines)
    .filter((each) => each.lineId === line.lineId)
    .map(countersOf);
  const inReturn = counters.reduce((sum, each) => sum + each.authorised - each.released, 0);
  return {
    lineId: line.lineId,
    kind: line.kind,
    sku: line.sku,
    title: line.title,
    category: line.category,
    quantity: quantityOf(line),
    fulfilled: line.fulfilledQuantity,
    returnable: line.kind === 'goods' ? Math.max(0, line.fulfilledQuantity - inReturn) : 0,
    inReturn,
    returned: counters.reduce((sum, each) => sum + each.received, 0),
    units: line.units.map(({ netMinor, taxMinor }) => ({ netMinor, taxMinor })),
    cancelledUnits: [...line.cancelled],
  };
}
