/**
 * Folds events into the state of an order's returns. Total: an event about something unknown changes nothing. Only
 * what an event touches is copied, so one scan costs the same whatever else the order holds.
 */
import { evolveAuthorisation, filedReturn } from './evolve/authorisation.js';
import { evolveCustody } from './evolve/custody.js';
import { evolveMoney } from './evolve/money.js';
import { evolveOrder, recognised } from './evolve/order.js';
import { evolveParcel } from './evolve/parcel.js';
import { isOn, type ReturnsEvent } from './returns.events.js';
import type { ReturnsState, ReturnState } from './returns.state.js';

function onReturn(state: ReturnsState, returnId: string, change: (ret: ReturnState) => ReturnState): ReturnsState {
  const index = state.returns.findIndex((ret) => ret.returnId === returnId);
  const before = state.returns[index];
  if (before === undefined) return state;
  const after = change(before);
  return after === before ? state : { ...state, returns: state.returns.with(index, after) };
}

/** The state after the event. Never throws; events it does not know leave the state as it is. */
export function evolve(state: ReturnsState, event: ReturnsEvent): ReturnsState {
  if (isOn('order', event)) return evolveOrder(state, event);
  if (event.type === 'ReturnRequested') return { ...state, returns: [...state.returns, filedReturn(event, state.returns.length + 1)] };
  const { returnId } = event.data;
  if (isOn('authorisation', event)) return onReturn(state, returnId, (ret) => evolveAuthorisation(ret, event));
  if (isOn('parcel', event)) return onReturn(state, returnId, (ret) => evolveParcel(ret, event));
  if (isOn('custody', event)) return onReturn(state, returnId, (ret) => evolveCustody(ret, event));
  if (!isOn('money', event)) return state;
  return onReturn(recognised(state, event), returnId, (ret) => evolveMoney(ret, event, state.order));
}
