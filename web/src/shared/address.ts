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

/** The instant an address names; undefined where it names none. */
export const instantIn = (text: string | null | undefined): string | undefined =>
  text === null || text === undefined || Number.isNaN(Date.parse(text)) ? undefined : text;
