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

/** Ids the contacts store gives: what people wrote about a return was known by them. */
const TEXT_REF = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const CODE = /^[a-z][a-z0-9_]{0,59}$/;

/** A code, a reference and (at first) a sentence were one string. */
function reasonIn(words: Json | undefined): Json {
  if (typeof words !== 'string') return null;
  if (TEXT_REF.test(words)) return { textRef: words };
  return CODE.test(words) ? { code: words } : { words };
}

const withReason = (data: JsonObject): JsonObject => ({ ...data, reason: reasonIn(data['reason']) });

/** What the service itself had to say was stored in English, beside its code; the rest was given by staff. */
const OUR_REVIEWS: ReadonlySet<Json | undefined> = new Set(['review_all', 'review_above', 'grade_x', 'late_parcel']);
const LOOKED_AT = 'A person looks at this return';

function withReviewReasons(data: JsonObject): JsonObject {
  const { reasons } = data;
  if (!Array.isArray(reasons)) return data;
  return {
    ...data,
    reasons: reasons.filter(isJsonObject).map(({ code = '', words }) => {
      const isOurs = words === LOOKED_AT || (OUR_REVIEWS.has(code) && typeof words === 'string' && words.includes(' '));
      return { code, reason: isOurs ? null : reasonIn(words) };
    }),
  };
}

/** From older stored shapes to today's. */
export const RETURNS_UPCASTERS: Upcasters = {
  OrderRegistered: { 1: withTodaysLines },
  OrderAmended: { 1: withTodaysLines },
  ReturnRequested: { 1: withTodaysTerms },
  ReturnDeclined: { 1: withStaffsReason },
  ReturnSentToReview: { 1: withReviewReasons },
  ReturnCancelled: { 1: withReason },
  ReturnClosed: { 1: withReason },
  ReturnReopened: { 1: withReason },
  RestockRequested: { 1: withTitle },
  RefundEntitled: { 1: withReason },
  RefundPutInDoubt: { 1: withReason },
  RefundParked: { 1: withReason },
  RefundRetryRequested: { 1: withReason },
  RefundRerouted: { 1: withReason },
};
