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
