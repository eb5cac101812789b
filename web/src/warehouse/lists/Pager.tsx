import { Button, Group } from '@mantine/core';
import type { ReactElement } from 'react';

type Props = { readonly cursor: string; readonly nextCursor: string | null; readonly onCursor: (cursor: string) => void };

/** To the next page of a list, and back to its beginning; the browser's back button goes back one. */
export function Pager({ cursor, nextCursor, onCursor }: Props): ReactElement | null {
  if (cursor === '' && nextCursor === null) return null;
  return (
    <Group mt="md" component="nav" aria-label="Pages of the list">
      {cursor !== '' && (
        <Button variant="default" onClick={() => onCursor('')}>
          To the beginning
        </Button>
      )}
      {nextCursor !== null && (
        <Button variant="default" onClick={() => onCursor(nextCursor)}>
          Next page
        </Button>
      )}
    </Group>
  );
}
