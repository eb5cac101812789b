/** Recorded events of a returns stream folded one by one, as views and processes keep an order. */
import type { RecordedEvent } from '../../eventing/event-store.js';
import type { ReturnsEvent } from './returns.events.js';
import { evolve } from './returns.evolve.js';
import { NOTHING_YET, type ReturnsState } from './returns.state.js';

/** The order after `event`; undefined before its first one. Total: an event it does not know changes nothing. */
export function foldReturns(state: ReturnsState | undefined, event: RecordedEvent): ReturnsState {
  return evolve(state ?? NOTHING_YET, asReturnsEvent(event));
}

/**
 * The same without lines and units: for readers that follow labels, deadlines or money only. What they keep of an
 * order is a fraction of the whole and does not grow with it.
 */
export function foldWithoutUnits(state: ReturnsState | undefined, recorded: RecordedEvent): ReturnsState {
  const event = asReturnsEvent(recorded);
  const next = evolve(state ?? NOTHING_YET, event);
  switch (event.type) {
    case 'OrderRegistered':
    case 'OrderAmended':
      return { ...next, order: next.order && { ...next.order, lines: [] } };
    case 'ReturnRequested':
      return { ...next, returns: next.returns.map((ret) => (ret.returnId === event.data.returnId ? { ...ret, lines: [] } : ret)) };
    default:
      return next;
  }
}

/** What the log holds under a returns event's type has that type's shape: only our decider writes it, readers get it upcasted. */
const asReturnsEvent = ({ type, data }: RecordedEvent): ReturnsEvent => ({ type, data }) as ReturnsEvent;
