import { Alert, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useScanQueue } from './useScanQueue';

/** Why nothing can be scanned here, before somebody tries. Nothing where the browser keeps what is scanned. */
export function NothingKeptPanel(): ReactElement | null {
  const { nothingKept } = useScanQueue();
  if (nothingKept === null) return null;
  return (
    <Alert color="red.9" variant="white" role="alert" className="not-printed" title="Nothing can be scanned in this window">
      {nothingKept.words}
      <Text size="sm" mt="xs">{`What the browser says: ${nothingKept.reason}`}</Text>
    </Alert>
  );
}
