/** Which of a browser's sessions is calling. */
import { Problem } from '../http/problem.js';
import { isCsrfTokenOf, type BrowserSession } from './browser-sessions.js';

/** Change nothing, so that it does not matter which page they come from. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export const noCsrfToken = (): Problem =>
  new Problem(
    'csrf_token_missing',
    'Send the session’s `csrfToken` (`GET /v1/session`) as `X-CSRF-Token`. In a browser: load the page again.',
  );

type Asking = {
  readonly method: string;
  /** The header `X-CSRF-Token`. */
  readonly csrfToken: unknown;
  /** Whether the address belongs to this order. */
  readonly isOfOrder: (orderId: string) => boolean;
  /** Whether the route lets this session in. */
  readonly admits: (session: BrowserSession) => boolean;
};

/**
 * The one whose token was sent. Without a token, where nothing can be changed (links, images, event streams cannot send
 * one): the first that is let in, the customer first where the order is their own, else staff.
 * @param live the browser's sessions
 * @returns undefined when there is none
 * @throws Problem csrf_token_missing for a write without the right token
 */
export function callingSession(
  live: readonly BrowserSession[],
  { method, csrfToken, isOfOrder, admits }: Asking,
): BrowserSession | undefined {
  if (live.length === 0) return undefined;
  const named = live.find((session) => isCsrfTokenOf(session, csrfToken));
  if (named !== undefined) return named;
  if (!SAFE_METHODS.has(method)) throw noCsrfToken();
  // A page of a session that is over must not go on in the name of another one.
  if (csrfToken !== undefined) return undefined;
  const ownOrder = live.find(({ identity: { orderId } }) => orderId !== undefined && isOfOrder(orderId));
  const staff = live.filter(({ area }) => area === 'staff');
  const inOrder = [
    ...(ownOrder === undefined ? [] : [ownOrder]),
    ...staff,
    ...live.filter((session) => session !== ownOrder && session.area !== 'staff'),
  ];
  return inOrder.find(admits) ?? inOrder[0];
}
