import type { Json, JsonObject } from '../../eventing/event-store.js';
import { isJsonObject, type Upcasters } from '../../eventing/upcasting.js';

/** Reasons had one label, in the merchant's language, and no translations. */
function withLabels(data: JsonObject): JsonObject {
  const document = data['document'];
  if (!isJsonObject(document) || !Array.isArray(document['reasons'])) return data;
  const reasons = document['reasons'].map((reason: Json) => (isJsonObject(reason) ? { labels: {}, ...reason } : reason));
  return { ...data, document: { ...document, reasons } };
}

/** A difference between prices and payments had no tolerance: it has the default one. Wrapping was no line of its own. */
function withToleranceAndWrapping(data: JsonObject): JsonObject {
  const document = data['document'];
  return isJsonObject(document) ? { ...data, document: { captureToleranceMinor: 1, wrappingRefund: 'never', ...document } } : data;
}

/** From older stored shapes to today's. */
export const POLICY_UPCASTERS: Upcasters = {
  PolicyPublished: { 1: withLabels, 2: withToleranceAndWrapping },
};
