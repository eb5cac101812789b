import type { JsonObject } from '../eventing/event-store.js';
import type { Upcasters } from '../eventing/upcasting.js';

/** One reference stood for the customer's words or for staff's: it is taken for staff's, which no customer may read. */
const withStaffsReason = ({ noteRef, ...data }: JsonObject): JsonObject => ({ ...data, noteRef: null, reasonRef: noteRef ?? null });

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  ReturnDeclined: { 1: withStaffsReason },
};
