import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { dayOf } from './days';
import { useLanguage, useWords } from './language';
import type { Returnable } from './queries';
import { Status } from './Status';

/** Returns of the order, newest first, each with where it is. */
export function ReturnList({ returns }: { readonly returns: Returnable['returns'] }): ReactElement {
  const say = useWords();
  const language = useLanguage();
  return (
    <ul className="returns">
      {returns.toReversed().map(({ returnId, status, requestedAt }) => (
        <li key={returnId}>
          <Link href={`/r/${encodeURIComponent(returnId)}`}>{returnId}</Link>
          <Text size="sm" c="dimmed">
            {say('items.filed', { day: dayOf(requestedAt, language) })}
          </Text>
          <Status status={status} />
        </li>
      ))}
    </ul>
  );
}
