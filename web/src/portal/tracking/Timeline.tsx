import { Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { dayAndTimeOf } from '../days';
import { useLanguage, useWords } from '../language';
import { ProblemNotice } from '../Notice';
import { useHistory } from '../queries';

/** What happened, newest first, in words and with its time. @param pollMs as for `useReturn` */
export function Timeline({ returnId, pollMs }: { readonly returnId: string; readonly pollMs: number | false }): ReactElement | null {
  const say = useWords();
  const language = useLanguage();
  const { data, error, refetch } = useHistory(returnId, pollMs);
  if (error !== null && data === undefined) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  return (
    <section className="card" aria-labelledby="timeline">
      <Title order={2} size="h4" id="timeline" mb="sm">
        {say('timeline.title')}
      </Title>
      <ol className="timeline" reversed>
        {data.items.toReversed().map(({ at, words, revision, type }) => (
          <li key={`${revision} ${type}`}>
            <Text>{words}</Text>
            <Text size="sm" c="dimmed" component="time" dateTime={at}>
              {dayAndTimeOf(at, language)}
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}
