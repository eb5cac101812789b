import type { Json, JsonObject } from '../eventing/event-store.js';
import type { Upcasters } from '../eventing/upcasting.js';

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reasons had one label, in the merchant's language, and no translations. */
function withLabels(data: JsonObject): JsonObject {
  const document = data['document'];
  if (!isObject(document) || !Array.isArray(document['reasons'])) return data;
  const reasons = document['reasons'].map((reason: Json) => (isObject(reason) ? { labels: {}, ...reason } : reason));
  return { ...data, document: { ...document, reasons } };
}

/** A difference between prices and payments had no tolerance: it has the default one. Wrapping was no line of its own. */
function withToleranceAndWrapping(data: JsonObject): JsonObject {
  const document = data['document'];
  return isObject(document) ? { ...data, document: { captureToleranceMinor: 1, wrappingRefund: 'never', ...document } } : data;
}

/** From older stored shapes to today's. */
export const POLICY_UPCASTERS: Upcasters = {
  PolicyPublished: { 1: withLabels, 2: withToleranceAndWrapping },
};
