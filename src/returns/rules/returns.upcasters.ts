import type { Json, JsonObject } from '../../eventing/event-store.js';
import { isJsonObject, type Upcasters } from '../../eventing/upcasting.js';

/** One reference stood for the customer's words or for staff's: it is taken for staff's, which no customer may read. */
const withStaffsReason = ({ noteRef, ...data }: JsonObject): JsonObject => ({ ...data, noteRef: null, reasonRef: noteRef ?? null });

/** Every line was goods, blanks were taken for a SKU, and no unit of a line was cancelled with others kept in their places. */
function withTodaysLines(data: JsonObject): JsonObject {
  const { lines } = data;
  if (!Array.isArray(lines)) return data;
  return {
    ...data,
    lines: lines.map((line: Json) => (isJsonObject(line) ? { ...line, kind: 'goods', sku: skuIn(line['sku']), cancelled: [] } : line)),
  };
}

const skuIn = (sku: Json | undefined): Json => (typeof sku === 'string' && sku.trim() === '' ? null : (sku ?? null));

/** The SKU was all that a stock system was told of the item. */
const withTitle = (data: JsonObject): JsonObject => ({ ...data, title: data['sku'] ?? '' });

/**
 * Returns filed before there was a tolerance have the default one: what by rounding could not be paid then can be now. Wrapping was no line of
 * its own, and every line sent had to come back for the shipping to be refunded.
 */
function withTodaysTerms(data: JsonObject): JsonObject {
  const { terms } = data;
  return isJsonObject(terms)
    ? { ...data, terms: { captureToleranceMinor: 1, wrappingRefund: 'never', finalSaleLines: [], ...terms } }
    : data;
}

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  OrderRegistered: { 1: withTodaysLines },
  OrderAmended: { 1: withTodaysLines },
  ReturnRequested: { 1: withTodaysTerms },
  ReturnDeclined: { 1: withStaffsReason },
  RestockRequested: { 1: withTitle },
};
