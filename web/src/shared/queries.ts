/** How pages read: what is refused is not asked again, what could not be answered is. */
import { QueryClient, type QueryFilters } from '@tanstack/react-query';
import { ApiProblem } from './problem';

const WORTH_ASKING_AGAIN: ReadonlySet<string> = new Set(['offline', 'view_behind', 'too_busy', 'store_unavailable', 'stopping']);

const isWorthAskingAgain = (error: unknown): boolean => error instanceof ApiProblem && WORTH_ASKING_AGAIN.has(error.code);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always',
      retry: (failures, error) => failures < 4 && isWorthAskingAgain(error),
      retryDelay: (failures, error) => Math.min((error instanceof ApiProblem ? (error.retryAfterSeconds ?? 0.4) : 0.4) * 1000 * 2 ** failures, 8000),
    },
    mutations: {
      networkMode: 'always',
      // Every command carries a key, so asking again cannot do it twice.
      retry: (failures, error) => failures < 4 && isWorthAskingAgain(error),
      retryDelay: (failures) => Math.min(400 * 2 ** failures, 8000),
    },
  },
});

/** Reads again what is shown; what is being read just now may be older than what we were told. */
export async function readAgain(what: QueryFilters): Promise<void> {
  await queryClient.cancelQueries(what);
  await queryClient.invalidateQueries(what);
}
