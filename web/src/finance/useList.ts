import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';

/** As many rows as are read at once. */
export const PAGE = 100;

type Part<Row> = { readonly items: readonly Row[]; readonly nextCursor: string | null };
export type List<Row> = {
  /** Of all parts read so far. */
  readonly rows: readonly Row[];
  /** How the newest part was read. */
  readonly reading: {
    readonly data: Part<Row> | undefined;
    readonly error: unknown;
    readonly dataUpdatedAt: number;
    readonly refetch: () => unknown;
  };
  readonly hasMore: boolean;
  readonly isReadingMore: boolean;
  readonly readMore: () => void;
};

/** As `useReading`, for a list that is read part by part. @param read the part that begins at a cursor; the first one without */
export function useList<Row>(key: readonly unknown[], read: (cursor: { readonly cursor?: string }) => Promise<Part<Row>>): List<Row> {
  const { data, error, dataUpdatedAt, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['finance', ...key],
    queryFn: ({ pageParam }) => read(pageParam === null ? {} : { cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });
  return {
    rows: data?.pages.flatMap(({ items }) => items) ?? [],
    reading: { data: data?.pages.at(-1), error, dataUpdatedAt, refetch },
    hasMore: hasNextPage,
    isReadingMore: isFetchingNextPage,
    readMore: () => void fetchNextPage(),
  };
}
