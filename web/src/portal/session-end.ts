/** Notices when the service no longer knows this session, whatever was asked when it said so. */
import { hashKey, type Query, type Mutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { SESSION_KEY } from '../shared/api';
import { queryClient } from '../shared/queries';
import { codeOf } from './problem-words';

const OVER: ReadonlySet<string> = new Set(['unauthenticated', 'csrf_token_missing']);

/** Whether a session has ended here without being signed out; who is signed in is then looked up again. */
export function useSessionEnd(): { readonly hasEnded: boolean; readonly forget: () => void } {
  const [hasEnded, setEnded] = useState(false);
  useEffect(() => {
    const look = (subject: Query | Mutation<unknown, unknown, unknown, unknown> | undefined): void => {
      if (subject === undefined || !OVER.has(codeOf(subject.state.error))) return;
      if ('queryKey' in subject && hashKey(subject.queryKey) === hashKey(SESSION_KEY)) return;
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
    return () => ends.forEach((end) => end());
  }, []);
  return { hasEnded, forget: () => setEnded(false) };
}
