import type { JsonObject } from '../eventing/event-store.js';
import type { Upcasters } from '../eventing/upcasting.js';

/** One reference stood for the customer's words or for staff's: it is taken for staff's, which no customer may read. */
const withStaffsReason = ({ noteRef, ...data }: JsonObject): JsonObject => ({ ...data, noteRef: null, reasonRef: noteRef ?? null });

/** Returns filed before there was a tolerance have the default one: what by rounding could not be paid then can be now. */
function withTolerance(data: JsonObject): JsonObject {
  const { terms } = data;
  return typeof terms === 'object' && terms !== null && !Array.isArray(terms) ? { ...data, terms: { captureToleranceMinor: 1, ...terms } } : data;
}

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  ReturnRequested: { 1: withTolerance },
  ReturnDeclined: { 1: withStaffsReason },
};
