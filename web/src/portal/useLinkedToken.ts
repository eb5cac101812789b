/** A shop's own front end may send its customer here signed in, with a session token behind the `#` of the address. */
import { useEffect, useState } from 'react';
import { decoded } from '../shared/page/address';

const FRAGMENT = /^#session=(.+)$/;

/** The token in the address, which is taken out of it at once so that it is neither kept in the history nor shared. */
function takeLinkedToken(): string | null {
  const token = FRAGMENT.exec(location.hash)?.[1];
  if (token === undefined) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return decoded(token);
}

const first = takeLinkedToken();

/** The token the customer came with, or was sent with to a page that was open already; null without. */
export function useLinkedToken(): string | null {
  const [token, setToken] = useState(first);
  useEffect(() => {
    const take = (): void => setToken((before) => takeLinkedToken() ?? before);
    addEventListener('hashchange', take);
    return () => removeEventListener('hashchange', take);
  }, []);
  return token;
}
