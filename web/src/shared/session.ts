/** Who is signed in. The credentials stay in a cookie that scripts cannot read; this page knows only what they allow. */
import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { SESSION_KEY, answerOf, customerApi, setToken, staffApi, type Area, type Schemas } from './api';
import { problemIn } from './problem';
import { queryClient } from './queries';

export type Session = Schemas['BrowserSessionAnswer'];
type Sessions = Schemas['BrowserSessionsAnswer'];

async function ask(signal: AbortSignal): Promise<Sessions> {
  const answer = await answerOf(customerApi.GET('/v1/session', { signal }));
  for (const area of ['customer', 'staff'] as const) setToken(area, answer.sessions.find((session) => session.area === area)?.csrfToken ?? null);
  return answer;
}

const sessions = queryOptions({ queryKey: SESSION_KEY, queryFn: ({ signal }) => ask(signal), staleTime: 60_000 });

const inArea = (area: Area, { sessions: all }: Sessions): Session | null => all.find((session) => session.area === area) ?? null;

/** All sessions of this browser, and how staff may sign in. */
export const useSessions = (): UseQueryResult<Sessions> => useQuery(sessions);

/** The session of an area; null when nobody is signed in, undefined while that is not known. */
export function useSession(area: Area): Session | null | undefined {
  const { data } = useSessions();
  return data === undefined ? undefined : inArea(area, data);
}

/** As `useSession`, for what works outside of components. */
export function knownSession(area: Area): Session | null | undefined {
  const data = queryClient.getQueryData(sessions.queryKey);
  return data === undefined ? undefined : inArea(area, data);
}

/**
 * Asks the service anew, once, and tells the page.
 * @throws ApiProblem offline and the like
 */
export async function readSession(area: Area, signal: AbortSignal): Promise<Session | null> {
  const answer = await ask(signal);
  queryClient.setQueryData(sessions.queryKey, answer);
  return inArea(area, answer);
}

/**
 * Exchanges an API key or a customer's token for a session cookie.
 * @throws ApiProblem unauthenticated and the like
 */
export async function signIn(token: string): Promise<void> {
  const response = await fetch('/v1/session', { method: 'POST', headers: { authorization: `Bearer ${token}` }, credentials: 'same-origin' });
  if (!response.ok) throw problemIn(await response.json().catch(() => null), response);
  // A look that began before this would be taken for the new one.
  await queryClient.cancelQueries({ queryKey: sessions.queryKey });
  await queryClient.invalidateQueries({ queryKey: sessions.queryKey });
}

/** Ends the session at the service and forgets here what it has read. */
export async function signOut(area: Area): Promise<void> {
  const client = area === 'customer' ? customerApi : staffApi;
  const left = await answerOf(client.DELETE('/v1/session', { params: { query: { area } } }));
  setToken(area, null);
  queryClient.setQueryData(sessions.queryKey, left);
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessions.queryKey[0] });
}
