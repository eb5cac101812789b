import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { newKey } from '../../shared/api/api';
import { ApiProblem } from '../../shared/api/problem';
import { decide, readReturn, type SeenReturn } from '../return/decisions';

export type Decided = {
  readonly returnId: string;
  readonly verdict: 'approved' | 'declined' | 'settled';
  /** An approval goes back to review; not where it has paid at once, since nothing has to come back. */
  readonly canUndo: boolean;
};
type Reason = { readonly reason?: string; readonly code?: string };
type Decision = {
  /** Stays as it was read until `lookAgain`. */
  readonly seen: SeenReturn | undefined;
  readonly readError: unknown;
  readonly readAgain: () => void;
  /** It has been read, waits for a decision, and none is on its way. */
  readonly isReady: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Refused because it has changed. */
  readonly isStale: boolean;
  readonly hasNews: boolean;
  readonly send: (action: 'approve' | 'decline', reason?: Reason) => void;
  readonly lookAgain: () => void;
};

/**
 * One return as it was looked at, and the decision on exactly that.
 * @param news how many events of its order have come since the page was opened
 */
export function useDecision(returnId: string, news: number, onDecided: (decided: Decided) => void): Decision {
  const {
    data: seen,
    error: readError,
    isFetching,
    refetch,
  } = useQuery({ queryKey: ['return', returnId, 'decision'], queryFn: () => readReturn(returnId), staleTime: Infinity, gcTime: 0 });
  const [newsSeen, setNewsSeen] = useState(news);
  const [key, setKey] = useState(newKey);
  const deciding = useMutation({
    mutationFn: decide,
    onSuccess: ({ method }, { action }) =>
      onDecided({ returnId, verdict: action === 'approve' ? 'approved' : 'declined', canUndo: action === 'approve' && method !== 'keep' }),
  });
  const isBusy = deciding.isPending || deciding.isSuccess;
  const isStale = deciding.error instanceof ApiProblem && deciding.error.code === 'revision_mismatch';
  // While it is read again, what was seen counts no more; and what a colleague has decided is not decided here.
  const etag = isFetching || seen?.ret.needsDecision !== 'review' ? undefined : seen.etag;
  return {
    seen,
    readError,
    isBusy,
    isStale,
    error: deciding.error,
    isReady: etag !== undefined && !isBusy,
    hasNews: news > newsSeen && !isBusy && !isStale,
    readAgain: () => void refetch(),
    send: (action, reason = {}) => {
      if (etag !== undefined && !isBusy) deciding.mutate({ action, returnId, key, etag, ...reason });
    },
    lookAgain: () => {
      deciding.reset();
      setNewsSeen(news);
      // What is decided on now is another wish.
      setKey(newKey());
      void refetch();
    },
  };
}
