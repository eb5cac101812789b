/** Texts in addresses. */

/**
 * What a part of an address says, e.g. the identifier in a step of a path: the router leaves `/ : # @ +` and the like as
 * they were written. What is no such text, for instance a lone `%`, is taken as it is: nothing has that name.
 */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The instant that an address or a field names, as the API takes it (ISO 8601 UTC, years of four digits); undefined where it names none. */
export function instantIn(text: string | null | undefined): string | undefined {
  const at = Date.parse(text ?? '');
  return at >= EARLIEST && at < AFTER_LATEST ? new Date(at).toISOString() : undefined;
}

const EARLIEST = Date.parse('0000-01-01T00:00:00Z');
const AFTER_LATEST = Date.parse('+010000-01-01T00:00:00Z');
