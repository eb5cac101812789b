/** Filing a return as Emmett's samples write it: events, a state, and rules on them. About what ours asks of an order. */
import { randomUUID } from 'node:crypto';
import { IllegalStateError } from '@event-driven-io/emmett';

const DAY_MS = 86_400_000;
const WINDOW_DAYS = 30;

export const initialState = () => ({ order: null, returned: new Map(), returns: [] });

export function evolve(state, { type, data }) {
  if (type === 'OrderRegistered') return { ...state, order: data };
  if (type !== 'ReturnRequested') return state;
  const returned = new Map(state.returned);
  for (const { lineId, quantity } of data.lines) returned.set(lineId, (returned.get(lineId) ?? 0) + quantity);
  return { ...state, returned, returns: [...state.returns, data] };
}

/** The order exists, its window is open, and that many units of each line are left; a refund is quoted for each unit. */
export function file({ lines, outcome, method, orderId, at, commandId }, { order, returned, returns }) {
  if (order === null) throw new IllegalStateError('There is no such order');
  if (Date.parse(at) > Date.parse(order.placedAt) + WINDOW_DAYS * DAY_MS) throw new IllegalStateError('The window is closed');
  const asked = lines.map(({ lineId, quantity, reason, condition }) => {
    const sold = order.lines.find((line) => line.lineId === lineId);
    if (sold === undefined) throw new IllegalStateError(`The order has no line ${lineId}`);
    if ((returned.get(lineId) ?? 0) + quantity > sold.quantity) throw new IllegalStateError(`Line ${lineId} has not that many units left`);
    const unitMinor = Math.floor((sold.paid.netMinor + sold.paid.taxMinor) / sold.quantity);
    return { lineId, quantity, reason, condition, quotedMinor: unitMinor * quantity };
  });
  const returnId = `${orderId}-R${returns.length + 1}`;
  const quotedMinor = asked.reduce((sum, line) => sum + line.quotedMinor, 0);
  const metadata = { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'admin', id: 'bench' }, occurredAt: at };
  const requested = { returnId, lines: asked, outcome, method, quotedMinor, currency: order.currency, requestedAt: at };
  return [
    { type: 'ReturnRequested', data: { ...requested, eventId: randomUUID() }, metadata },
    { type: 'ReturnAuthorised', data: { returnId, by: 'policy', authorisedAt: at, eventId: randomUUID() }, metadata },
  ];
}

/** The order's newest return, as the answer shows it. */
export function present({ order, returns }, orderId, revision) {
  const { returnId, lines, outcome, method, quotedMinor, requestedAt } = returns.at(-1);
  const shown = lines.map((line) => ({ ...line, title: order.lines.find(({ lineId }) => lineId === line.lineId)?.title ?? '' }));
  const money = { currency: order.currency, quotedMinor, refundedMinor: 0 };
  return { returnId, orderId, status: 'authorised', revision, requestedAt, outcome, method, lines: shown, money };
}
