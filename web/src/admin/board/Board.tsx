import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useSearchParams } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { useLive, type LiveEvent } from '../../shared/api/live';
import { readAgain } from '../../shared/api/queries';
import { changed } from '../../shared/page/filters';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { AsOf } from '../../shared/return/AsOf';
import { count } from '../../shared/words/words';
import { apiAddress, filterIn, type BoardFilter } from './board-address';
import { BoardFilters } from './BoardFilters';
import { BoardRows } from './BoardRows';

const PAGE = 25;
const LISTS = { queryKey: ['returns'] };

const pageOf = (filter: BoardFilter): Promise<Schemas['BoardAnswer']> =>
  answerOf(staffApi.GET('/v1/returns', { params: { query: { ...filter, limit: PAGE } } }));

/** All returns: searched and filtered by the address, page by page. */
export function Board(): ReactElement {
  const [address, setAddress] = useSearchParams();
  const filter = filterIn(address);
  const { data, dataUpdatedAt, error, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: ['returns', filter],
    queryFn: () => pageOf(filter),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
  });
  const change = (name: string, value: string): void => setAddress(changed(address, { [name]: value }));
  return (
    <Stack gap="md">
      <Group justify="space-between" align="center">
        <PageTitle tab="Returns · Operations">Returns</PageTitle>
        <DownloadCsv path={apiAddress(filter)} name="returns" />
      </Group>
      <BoardFilters address={address} filter={filter} counts={data?.counts ?? []} onChange={change} onClear={() => setAddress({})} />
      <ProblemAlert error={error} title="The returns cannot be shown" onRetry={() => void refetch()} />
      <Changes since={dataUpdatedAt} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading the returns" />}
      {data !== undefined && (
        <Stack gap="sm" aria-busy={isFetching} style={isPlaceholderData ? { opacity: 0.6 } : undefined}>
          <Group justify="space-between">
            <Text role="status">
              {data.items.length === 0 ? 'No return matches.' : `${count(data.items.length, 'return')} on this page`}
            </Text>
            <AsOf position={data.asOfPosition} lagSeconds={data.lagSeconds} answeredAt={dataUpdatedAt} />
          </Group>
          <BoardRows rows={data.items} sort={filter.sort ?? 'newest'} onSort={(sort) => change('sort', sort)} />
          <Group component="nav" aria-label="Pages">
            {filter.cursor !== undefined && (
              <Button variant="default" onClick={() => change('cursor', '')}>
                First page
              </Button>
            )}
            {data.nextCursor !== null && (
              <Button variant="default" onClick={() => change('cursor', data.nextCursor ?? '')}>
                Next page
              </Button>
            )}
          </Group>
        </Stack>
      )}
    </Stack>
  );
}

/**
 * Counts what has happened since the list was read, and reads it again when asked: a list does not move under the reader's hand.
 * @param since when it was read, epoch milliseconds
 */
function Changes({ since }: { readonly since: number }): ReactElement {
  const [{ changes, known }, setChanges] = useState({ changes: 0, known: since });
  if (known !== since) setChanges({ changes: 0, known: since });
  const queries = useQueryClient();
  const hear = ({ streamId }: LiveEvent): void => {
    if (streamId.startsWith('returns-')) setChanges((before) => ({ ...before, changes: before.changes + 1 }));
  };
  useLive('staff', hear, () => void readAgain(LISTS));
  return (
    <div role="status">
      {changes > 0 && (
        <Button size="compact-md" onClick={() => void queries.invalidateQueries(LISTS)}>{`${count(changes, 'change')}: show`}</Button>
      )}
    </div>
  );
}
