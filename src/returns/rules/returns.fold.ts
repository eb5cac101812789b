/** Recorded events of a returns stream folded one by one, as views and processes see an order. */
import type { RecordedEvent } from '../../eventing/event-store.js';
import { RETURNS_EVENT_VERSIONS, type ReturnsEvent } from './returns.events.js';
import { evolve } from './returns.evolve.js';
import { NOTHING_YET, type ReturnsState } from './returns.state.js';

/** The order after `event`; undefined before its first one. Total: an event it does not know changes nothing. */
export function foldReturns(state: ReturnsState | undefined, event: RecordedEvent): ReturnsState {
  return evolve(state ?? NOTHING_YET, asReturnsEvent(event));
}

/** An order and its returns, and when what happened to them was handled. */
export type FoldedOrder = ReturnsState & {
  /** The last time of each return, by its id, ISO 8601 UTC. */
  readonly touchedAt: Readonly<Record<string, string>>;
  /** The newest event's, never going back; epoch milliseconds. */
  readonly latestMs: number;
};

/** How views and processes fold an order. */
export const returnsFold = {
  types: new Set<string>(Object.keys(RETURNS_EVENT_VERSIONS)),
  evolve(order: FoldedOrder | undefined, event: RecordedEvent): FoldedOrder {
    const { occurredAt } = event.metadata;
    const { returnId } = event.data;
    const touchedAt = order?.touchedAt ?? {};
    return {
      ...foldReturns(order, event),
      touchedAt: typeof returnId === 'string' ? { ...touchedAt, [returnId]: occurredAt } : touchedAt,
      latestMs: Math.max(order?.latestMs ?? 0, Date.parse(occurredAt)),
    };
  },
};

/** What the log holds under a returns event's type has that type's shape: only our decider writes it, readers get it upcasted. */
const asReturnsEvent = ({ type, data }: RecordedEvent): ReturnsEvent => ({ type, data }) as ReturnsEvent;
