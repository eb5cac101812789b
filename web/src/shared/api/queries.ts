/** How pages ask: what is refused is not asked again, what could not be answered is. */
import { QueryClient, type QueryFilters } from '@tanstack/react-query';
import { ApiProblem } from './problem';

const MOST_TRIES_AGAIN = 4;
const FIRST_WAIT_SECONDS = 0.4;
const LONGEST_WAIT_SECONDS = 10;

/** No answer, not now, or the same is being worked on: all of them pass by themselves. */
const isPassing = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.status === 0 || error.status === 503 || error.code === 'idempotency_in_progress');

/** Each wait is twice the one before; the first is what the service has named, where it has. */
function waitMs(failures: number, error: unknown): number {
  const named = error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(Math.max(named, FIRST_WAIT_SECONDS) * 2 ** failures, LONGEST_WAIT_SECONDS) * 1000;
}

const asking = {
  networkMode: 'always',
  retry: (failures: number, error: unknown): boolean => failures < MOST_TRIES_AGAIN && isPassing(error),
  retryDelay: waitMs,
} as const;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, ...asking },
    // Every command carries a key made before its first try, or does the same however often it is sent: asking again cannot do it twice.
    mutations: asking,
  },
});

/** Reads again what is shown; what is being read just now may be older than what we were told. */
export async function readAgain(what: QueryFilters): Promise<void> {
  await queryClient.cancelQueries(what);
  await queryClient.invalidateQueries(what);
}
