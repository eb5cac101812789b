/** Filters that live in the address, so that what is shown can be reloaded, sent to somebody and gone back to. Pure. */

/** What to change: undefined or '' takes a filter out. */
export type Wanted<Name extends string> = Partial<Record<Name, string | undefined>>;

/** The address with some filters changed. What is filtered anew begins at its first page, so a `cursor` goes unless it is meant. */
export function changed(address: URLSearchParams, wanted: Wanted<string>): URLSearchParams {
  const next = new URLSearchParams(address);
  next.delete('cursor');
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  }
  return next;
}
