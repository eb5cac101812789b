/** Who is signed in. The credentials stay in a cookie that scripts cannot read; this page knows only what they allow. */
import { queryOptions, useMutation, useQuery, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';
import { answerOf, customerApi, SESSION_KEY, setToken, staffApi, type Area, type Schemas } from '../api/api';
import { queryClient } from '../api/queries';

export type Session = Schemas['BrowserSessionAnswer'];
type Sessions = Schemas['BrowserSessionsAnswer'];

async function ask(signal: AbortSignal): Promise<Sessions> {
  const answer = await answerOf(customerApi.GET('/v1/session', { signal }));
  for (const area of ['customer', 'staff'] as const)
    setToken(area, answer.sessions.find((session) => session.area === area)?.csrfToken ?? null);
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
 * @throws ApiProblem unauthenticated, offline and the like
 */
export async function signIn(token: string): Promise<void> {
  await answerOf(customerApi.POST('/v1/session', { headers: { authorization: `Bearer ${token}` }, body: {} }));
  // A look that began before this would be taken for the new one.
  await queryClient.cancelQueries({ queryKey: sessions.queryKey });
  await queryClient.invalidateQueries({ queryKey: sessions.queryKey });
}

/** Ends the session at the service and forgets here what it has read. */
async function signOut(area: Area): Promise<void> {
  const client = area === 'customer' ? customerApi : staffApi;
  const left = await answerOf(client.DELETE('/v1/session', { params: { query: { area } } }));
  setToken(area, null);
  queryClient.setQueryData(sessions.queryKey, left);
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessions.queryKey[0] });
}

/**
 * Signing out, on purpose. Whoever offers it shows the error: until it has worked, the session stands.
 * @param onDone called once it has
 */
export function useSignOut(area: Area, onDone: () => void = () => undefined): UseMutationResult<void, Error, void> {
  return useMutation({ mutationFn: () => signOut(area), onSuccess: onDone });
}
