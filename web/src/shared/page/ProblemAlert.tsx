import { Alert, Button, List } from '@mantine/core';
import type { ReactElement } from 'react';
import { ApiProblem } from '../api/problem';
import { fieldAt } from '../words/words';

/** What went wrong and what to do, announced to screen readers. Nothing without an error. */
export function ProblemAlert({
  error,
  onRetry,
  title,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly title?: string;
}): ReactElement | null {
  if (error === null || error === undefined) return null;
  const text = error instanceof Error ? error.message : 'Something went wrong on this page.';
  const faults = error instanceof ApiProblem ? error.errors : [];
  return (
    <Alert color="red.9" variant="outline" title={title ?? 'This did not work'} role="alert" mb="md">
      {text}
      {faults.length > 0 && (
        <List size="sm">
          {faults.map(({ pointer, detail }) => (
            <List.Item key={pointer + detail}>{`${fieldAt(pointer)}: ${detail}`}</List.Item>
          ))}
        </List>
      )}
      {onRetry !== undefined && (
        <Button mt="sm" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
