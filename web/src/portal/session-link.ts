/** A shop's own front end may send its customer here signed in, with a session token behind the `#` of the address. */

const FRAGMENT = /^#session=(.+)$/;

/** The token in the address, which is taken out of it at once so that it is neither kept in the history nor shared. */
export function takeLinkedToken(): string | null {
  const token = FRAGMENT.exec(location.hash)?.[1];
  if (token === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return decodeURIComponent(token);
}
