import { Box, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { PageTitle } from '../shared/page/PageTitle';
import { ProblemAlert } from '../shared/page/ProblemAlert';
import { AsOf } from '../shared/return/AsOf';
import { useIsLive } from './live/ListenForMoney';

type Reading = {
  readonly data: object | undefined;
  readonly error: unknown;
  readonly dataUpdatedAt: number;
  readonly refetch: () => unknown;
};
type Props = {
  readonly title: string;
  /** One sentence saying what is to be seen here. */
  readonly lead?: ReactNode;
  /** What the page shows; while it is not there, its place is kept. */
  readonly reading: Reading;
  readonly children: ReactNode;
};

/** The frame of every finance page: heading (which takes the focus when one comes from another page), freshness, faults. */
export function Page({ title, lead, reading, children }: Props): ReactElement {
  const isLive = useIsLive();
  const { data, error, dataUpdatedAt, refetch } = reading;
  return (
    <Box maw={1200}>
      <Group justify="space-between" align="baseline" gap="xs">
        <PageTitle key={title} tab={`${title} · Finance`}>
          {title}
        </PageTitle>
        {hasRevision(data) && <AsOf position={data.ret.revision} lagSeconds={0} answeredAt={dataUpdatedAt} isLive={isLive} />}
        {isPlaced(data) && <AsOf position={data.asOfPosition} lagSeconds={data.lagSeconds} answeredAt={dataUpdatedAt} isLive={isLive} />}
      </Group>
      {lead !== undefined && (
        <Text c="dimmed" mt={4}>
          {lead}
        </Text>
      )}
      <Box mt="md">
        <ProblemAlert error={error} title="This could not be read" onRetry={() => void refetch()} />
        {data === undefined ? error === null && <Waiting /> : children}
      </Box>
    </Box>
  );
}

const isPlaced = (data: object | undefined): data is { readonly asOfPosition: string; readonly lagSeconds: number } =>
  data !== undefined &&
  'asOfPosition' in data &&
  typeof data.asOfPosition === 'string' &&
  'lagSeconds' in data &&
  typeof data.lagSeconds === 'number';

/** A return is read from its events and never behind. */
const hasRevision = (data: object | undefined): data is { readonly ret: { readonly revision: number } } =>
  data !== undefined &&
  !isPlaced(data) &&
  'ret' in data &&
  typeof data.ret === 'object' &&
  data.ret !== null &&
  'revision' in data.ret &&
  typeof data.ret.revision === 'number';

function Waiting(): ReactElement {
  return (
    <Stack role="status" aria-label="Loading">
      <Skeleton h={32} w="40%" />
      <Skeleton h={160} />
      <Skeleton h={220} />
    </Stack>
  );
}
