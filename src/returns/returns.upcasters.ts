import type { Json, JsonObject } from '../eventing/event-store.js';
import type { Upcasters } from '../eventing/upcasting.js';

/** One reference stood for the customer's words or for staff's: it is taken for staff's, which no customer may read. */
const withStaffsReason = ({ noteRef, ...data }: JsonObject): JsonObject => ({ ...data, noteRef: null, reasonRef: noteRef ?? null });

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every line was goods, and no unit of it was cancelled with others kept in their places. */
function withKind(data: JsonObject): JsonObject {
  const { lines } = data;
  if (!Array.isArray(lines)) return data;
  return { ...data, lines: lines.map((line: Json) => (isObject(line) ? { ...line, kind: 'goods', cancelled: [] } : line)) };
}

/** Wrapping was no line of its own, and every line sent had to come back for the shipping to be refunded. */
function withWrapping(data: JsonObject): JsonObject {
  const { terms } = data;
  return isObject(terms) ? { ...data, terms: { ...terms, wrappingRefund: 'never', finalSaleLines: [] } } : data;
}

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  OrderRegistered: { 1: withKind },
  OrderAmended: { 1: withKind },
  ReturnRequested: { 1: withWrapping },
  ReturnDeclined: { 1: withStaffsReason },
};
