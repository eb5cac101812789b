/** The folded order as the API shows it: what was sold, and which units and money are left. Pure. */
import { picked } from '../http/declared.js';
import { presentReturnList } from '../returns/api/returns.presentation.js';
import { paymentBalances } from '../returns/rules/money/caps.js';
import type { OrderLine } from '../returns/rules/returns.events.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';
import { countersOf, quantityOf } from '../returns/rules/returns.status.js';
import { DisputeAnswer, PaymentAnswer, RefundElsewhereAnswer, type OrderAnswer, type OrderLineAnswer } from './orders.dto.js';

/** @returns undefined for an order that was never registered */
export function presentOrder(state: ReturnsState, orderId: string, revision: number): OrderAnswer | undefined {
  const { order } = state;
  if (order === null) return undefined;
  return {
    orderId,
    number: order.number,
    placedAt: order.placedAt,
    currency: order.currency,
    revision,
    lines: order.lines.map((line) => lineAnswer(state, line)),
    shipping: order.shipping,
    payments: paymentBalances(state, order).map(picked(PaymentAnswer)),
    disputes: state.disputes.map(picked(DisputeAnswer)),
    refundsElsewhere: state.refundsElsewhere.map(picked(RefundElsewhereAnswer)),
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
