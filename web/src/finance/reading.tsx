/** How the finance pages read: kept fresh by the events of the log, never older than what was seen. */
import { useThrottledCallback } from '@mantine/hooks';
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext, useMemo, useRef, type ReactElement, type ReactNode, type RefObject } from 'react';
import { useLive } from '../shared/live';

type Live = { readonly isLive: boolean; readonly seen: RefObject<string> };
const LiveFinance = createContext<Live>({ isLive: false, seen: { current: '' } });

const REFRESH_MS = 500;
/** How often a view is asked again that has not reached yet what was heard. */
const BEHIND_MS = 700;

const isAboutMoney = (type: string): boolean => type.startsWith('Refund') || type === 'StoreCreditIssued';

/** Listens to the log while any finance page is shown. */
export function ListenForMoney({ children }: { readonly children: ReactNode }): ReactElement {
  const queries = useQueryClient();
  const seen = useRef('');
  const refresh = useThrottledCallback(() => void queries.invalidateQueries({ queryKey: ['finance'] }), REFRESH_MS);
  const isLive = useLive('staff', ({ type, position }) => {
    if (!isAboutMoney(type)) return;
    if (position > seen.current) seen.current = position;
    refresh();
  });
  const live = useMemo(() => ({ isLive, seen }), [isLive]);
  return <LiveFinance value={live}>{children}</LiveFinance>;
}

/** Whether new events are heard as they happen. */
export const useIsLive = (): boolean => useContext(LiveFinance).isLive;

type Placed = { readonly asOfPosition?: string };

/** A query of a finance page; `key` says what is asked. The last answer stays until the next one is there. */
export function useReading<Answer extends object>(key: readonly unknown[], read: () => Promise<Answer>): UseQueryResult<Answer> {
  const { seen } = useContext(LiveFinance);
  const isBehind = (answer: Placed | undefined): boolean => answer?.asOfPosition !== undefined && seen.current !== '' && (answer.asOfPosition === 'start' || answer.asOfPosition < seen.current);
  return useQuery({
    queryKey: ['finance', ...key],
    queryFn: read,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isBehind(state.data) ? BEHIND_MS : false),
  });
}
