import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';

/** A query of a finance page; `key` says what is asked. It is read again when money moves; the last answer stays until the next one is there. */
export function useReading<Answer extends object>(key: readonly unknown[], read: () => Promise<Answer>): UseQueryResult<Answer> {
  return useQuery({ queryKey: ['finance', ...key], queryFn: read, placeholderData: keepPreviousData });
}
