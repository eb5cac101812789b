import type { Json, JsonObject } from '../eventing/event-store.js';
import type { Upcasters } from '../eventing/upcasting.js';

/** One reference stood for the customer's words or for staff's: it is taken for staff's, which no customer may read. */
const withStaffsReason = ({ noteRef, ...data }: JsonObject): JsonObject => ({ ...data, noteRef: null, reasonRef: noteRef ?? null });

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** No unit of a line was cancelled with others kept in their places. */
function withCancelled(data: JsonObject): JsonObject {
  const { lines } = data;
  if (!Array.isArray(lines)) return data;
  return { ...data, lines: lines.map((line: Json) => (isObject(line) ? { ...line, cancelled: [] } : line)) };
}

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  OrderRegistered: { 1: withCancelled },
  OrderAmended: { 1: withCancelled },
  ReturnDeclined: { 1: withStaffsReason },
};
