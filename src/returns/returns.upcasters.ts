import type { Json, JsonObject } from '../eventing/event-store.js';
import type { Upcasters } from '../eventing/upcasting.js';

/** One reference stood for the customer's words or for staff's: it is taken for staff's, which no customer may read. */
const withStaffsReason = ({ noteRef, ...data }: JsonObject): JsonObject => ({ ...data, noteRef: null, reasonRef: noteRef ?? null });

/** Blanks were taken for a SKU. */
function withoutBlankSkus(data: JsonObject): JsonObject {
  const { lines } = data;
  return isList(lines) ? { ...data, lines: lines.map((line) => (isObject(line) && typeof line['sku'] === 'string' && line['sku'].trim() === '' ? { ...line, sku: null } : line)) } : data;
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !isList(value);

/** The SKU was all that a stock system was told of the item. */
const withTitle = (data: JsonObject): JsonObject => ({ ...data, title: data['sku'] ?? '' });

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  OrderRegistered: { 1: withoutBlankSkus },
  OrderAmended: { 1: withoutBlankSkus },
  ReturnDeclined: { 1: withStaffsReason },
  RestockRequested: { 1: withTitle },
};
