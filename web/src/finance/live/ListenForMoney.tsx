import { useThrottledCallback } from '@mantine/hooks';
import { createContext, useContext, type ReactElement, type ReactNode } from 'react';
import { useLive } from '../../shared/api/live';
import { readAgain } from '../../shared/api/queries';
import { isAboutMoney } from './money-events';

const IsLive = createContext(false);
const REFRESH_MS = 500;

/** Listens to the log while any finance page is shown, and has the page read again what happened to money. */
export function ListenForMoney({ children }: { readonly children: ReactNode }): ReactElement {
  const refresh = useThrottledCallback(() => void readAgain({ queryKey: ['finance'] }), REFRESH_MS);
  const isLive = useLive(
    'staff',
    ({ type }) => {
      if (isAboutMoney(type)) refresh();
    },
    refresh,
  );
  return <IsLive value={isLive}>{children}</IsLive>;
}

/** Whether new events are heard as they happen. */
export const useIsLive = (): boolean => useContext(IsLive);
