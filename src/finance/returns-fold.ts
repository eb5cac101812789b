import type { RecordedEvent } from '../eventing/event-store.js';
import { evolve, evolveWithoutUnits } from '../returns/returns.evolve.js';
import type { ReturnsEvent } from '../returns/returns.events.js';
import { NOTHING_YET, type ReturnsState } from '../returns/returns.state.js';

/** What the log holds under a returns event's type has that type's shape: only our decider writes it, readers get it upcasted. */
export function foldReturns(state: ReturnsState | undefined, { type, data }: RecordedEvent): ReturnsState {
  return evolve(state ?? NOTHING_YET, { type, data } as ReturnsEvent);
}

/** The same without lines and units, for views of money alone. */
export function foldWithoutUnits(state: ReturnsState | undefined, { type, data }: RecordedEvent): ReturnsState {
  return evolveWithoutUnits(state ?? NOTHING_YET, { type, data } as ReturnsEvent);
}

/** The UTC day of an instant, `YYYY-MM-DD`. @param ms epoch milliseconds */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
