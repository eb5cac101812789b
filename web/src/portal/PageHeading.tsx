import { Text, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { usePageHeading } from '../shared/page/usePageHeading';
import { useWords } from './language';

/** Steps of filing, signing in included. */
const STEPS = 5;

type Props = {
  readonly title: string;
  /** 1 to 5 while filing. */ readonly step?: number;
  readonly lead?: ReactNode;
  /** The page's name where the heading says more than that. */ readonly page?: string;
};

/** The only h1 of a page of the portal, with how far the customer is. */
export function PageHeading({ title, step, lead, page = title }: Props): ReactElement {
  const say = useWords();
  const heading = usePageHeading(`${page} · ${say('app.name')}`);
  const progress = step === undefined ? null : say('app.step', { step, of: STEPS });
  return (
    <header className="page-heading">
      {step !== undefined && (
        <div className="steps" aria-hidden>
          {Array.from({ length: STEPS }, (_, index) => (
            <span key={index} className={index < step ? 'step step-done' : 'step'} />
          ))}
        </div>
      )}
      <Title order={1} size="h2" ref={heading} tabIndex={-1} className="focus-target">
        {progress !== null && <span className="step-words">{progress}</span>}
        {title}
      </Title>
      {lead !== undefined && (
        <Text mt={6} c="dimmed">
          {lead}
        </Text>
      )}
    </header>
  );
}
