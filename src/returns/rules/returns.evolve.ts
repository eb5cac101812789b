/**
 * Folds events into the state of an order's returns. Total: an event about something unknown changes nothing. Only
 * what an event touches is copied, so one scan costs the same whatever else the order holds.
 */
import { AUTHORISATION_EVENTS, filedReturn } from './evolve/authorisation.js';
import { CUSTODY_EVENTS } from './evolve/custody.js';
import { evolveMoney } from './evolve/money.js';
import { ORDER_EVENTS, recognised } from './evolve/order.js';
import { PARCEL_EVENTS } from './evolve/parcel.js';
import { byEvent, isOn, type ReturnsEvent } from './returns.events.js';
import type { ReturnsState, ReturnState } from './returns.state.js';

function onReturn(state: ReturnsState, returnId: string, change: (ret: ReturnState) => ReturnState): ReturnsState {
  const index = state.returns.findIndex((ret) => ret.returnId === returnId);
  const before = state.returns[index];
  if (before === undefined) return state;
  const after = change(before);
  return after === before ? state : { ...state, returns: state.returns.with(index, after) };
}

const ON_RETURN = { ...AUTHORISATION_EVENTS, ...PARCEL_EVENTS, ...CUSTODY_EVENTS };

/** The state after the event. Never throws; events it does not know leave the state as it is. */
export function evolve(state: ReturnsState, event: ReturnsEvent): ReturnsState {
  if (isOn('order', event)) return byEvent(ORDER_EVENTS, event, state);
  if (event.type === 'ReturnRequested') return { ...state, returns: [...state.returns, filedReturn(event, state.returns.length + 1)] };
  const { returnId } = event.data;
  if (isOn('money', event)) return onReturn(recognised(state, event), returnId, (ret) => evolveMoney(ret, event, state.order));
  return Object.hasOwn(ON_RETURN, event.type) ? onReturn(state, returnId, (ret) => byEvent(ON_RETURN, event, ret)) : state;
}
