/** Notices when the service no longer knows this session, whatever was asked when it said so. */
import { hashKey, type Mutation, type Query } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { SESSION_KEY } from '../api/api';
import { codeOf } from '../api/problem';
import { queryClient } from '../api/queries';

const OVER: ReadonlySet<string> = new Set(['unauthenticated', 'csrf_token_missing']);

/** Key of exchanging a credential for a session: one that is refused ends none. */
export const SIGNING_IN = ['signing in'];

const whoAsk = new Set<() => void>();

/** A stream of events was refused: nothing that was asked, but the session is over all the same. */
export function tellSessionEnd(): void {
  for (const tell of whoAsk) tell();
}

/**
 * Whether the session here has ended without being signed out; who is signed in is then looked up again.
 * @param csrfToken of the session there is; with another one, the end of the one before is past
 */
export function useSessionEnd(csrfToken: string | null): boolean {
  const [hasEnded, setEnded] = useState(false);
  const [last, setLast] = useState(csrfToken);
  if (csrfToken !== last) {
    setLast(csrfToken);
    if (csrfToken !== null) setEnded(false);
  }
  useEffect(() => {
    const look = (subject: Query | Mutation<unknown, unknown, unknown, unknown> | undefined): void => {
      if (subject === undefined || !OVER.has(codeOf(subject.state.error))) return;
      const key = 'queryKey' in subject ? subject.queryKey : (subject.options.mutationKey ?? []);
      if ([SESSION_KEY, SIGNING_IN].some((other) => hashKey(other) === hashKey(key))) return;
      if (codeOf(subject.state.error) === 'unauthenticated') setEnded(true);
      void queryClient.invalidateQueries({ queryKey: SESSION_KEY });
    };
    const ends = [
      queryClient.getQueryCache().subscribe((event) => {
        if (event.type === 'updated' && event.action.type === 'error') look(event.query);
      }),
      queryClient.getMutationCache().subscribe((event) => {
        if (event.type === 'updated' && event.action.type === 'error') look(event.mutation);
      }),
    ];
    const told = (): void => setEnded(true);
    whoAsk.add(told);
    return () => {
      whoAsk.delete(told);
      ends.forEach((end) => end());
    };
  }, []);
  return hasEnded;
}
