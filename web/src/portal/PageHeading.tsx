import { Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { useWords } from './language';

/** Steps of filing, signing in included. */
const STEPS = 5;

/** The page a browser opens keeps its own focus; those that follow begin at their heading. */
let isFirstPage = true;

type Props = { readonly title: string; /** 1 to 5 while filing. */ readonly step?: number; readonly lead?: ReactNode; /** The page's name where the heading says more than that. */ readonly page?: string };

/** The page's one h1. Moving here from another page or step puts the focus on it, so a screen reader begins to read there. */
export function PageHeading({ title, step, lead, page = title }: Props): ReactElement {
  const say = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirstPage) {
      heading.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    isFirstPage = false;
  }, []);
  useEffect(() => {
    document.title = `${page} · ${say('app.name')}`;
  }, [page, say]);
  const progress = step === undefined ? null : say('app.step', { step, of: STEPS });
  return (
    <header className="page-heading">
      {step !== undefined && (
        <div className="steps" aria-hidden>
          {Array.from({ length: STEPS }, (_, index) => <span key={index} className={index < step ? 'step step-done' : 'step'} />)}
        </div>
      )}
      <Title order={1} size="h2" ref={heading} tabIndex={-1} className="focus-target">
        {progress !== null && <span className="step-words">{progress}</span>}
        {title}
      </Title>
      {lead !== undefined && <Text mt={6} c="dimmed">{lead}</Text>}
    </header>
  );
}
