import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import type { List } from './useList';

/** Reads the next part of a list; nothing where all of it is shown. */
export const ShowMore = ({
  list,
}: {
  readonly list: Pick<List<unknown>, 'hasMore' | 'isReadingMore' | 'readMore'>;
}): ReactElement | null =>
  list.hasMore ? (
    <Button mt="md" variant="default" loading={list.isReadingMore} onClick={list.readMore}>
      Show more
    </Button>
  ) : null;
