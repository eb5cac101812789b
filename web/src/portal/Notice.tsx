import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactElement, ReactNode } from 'react';
import { useWords } from './language';
import { problemWords } from './problem-words';

/** Something to know. `tone` warning: announced at once. */
export function Notice({
  tone = 'info',
  title,
  children,
}: {
  readonly tone?: 'info' | 'warning';
  readonly title?: string;
  readonly children: ReactNode;
}): ReactElement {
  const isWarning = tone === 'warning';
  return (
    <Alert
      className={isWarning ? 'notice notice-warning' : 'notice'}
      variant="outline"
      color={isWarning ? 'red.9' : 'spruce'}
      title={title}
      role={isWarning ? 'alert' : 'status'}
      icon={isWarning ? <IconAlertTriangle aria-hidden /> : <IconInfoCircle aria-hidden />}
    >
      {children}
    </Alert>
  );
}

/** What went wrong and what to do, in the customer's language. Nothing without an error. */
export function ProblemNotice({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }): ReactElement | null {
  const say = useWords();
  if (error === null || error === undefined) return null;
  return (
    <Notice tone="warning" title={say('app.didNotWork')}>
      {problemWords(error, say)}
      {onRetry !== undefined && (
        <div>
          <Button mt="sm" variant="default" onClick={onRetry}>
            {say('app.tryAgain')}
          </Button>
        </div>
      )}
    </Notice>
  );
}
