import { Button } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useWords } from '../language';

type Props = { readonly onBack?: () => void; readonly next?: string; readonly isBusy?: boolean; readonly children?: ReactNode };

/** Forward first in reading order on a phone, on the right on a desk. The forward button submits the step's form. */
export function StepButtons({ onBack, next, isBusy = false, children }: Props): ReactElement {
  const say = useWords();
  return (
    <div className="step-buttons">
      {children}
      <Button type="submit" size="md" loading={isBusy}>
        {next ?? say('app.next')}
      </Button>
      {onBack !== undefined && (
        <Button variant="default" size="md" disabled={isBusy} onClick={onBack}>
          {say('app.back')}
        </Button>
      )}
    </div>
  );
}
