import { Group, Stack, Text, UnstyledButton } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Schemas } from '../../shared/api/api';
import { money } from '../../shared/words/money';
import { duration } from '../../shared/words/times';
import { plain } from '../../shared/words/words';

type Row = Schemas['BoardRowAnswer'];
type Props = { readonly rows: readonly Row[]; readonly current: string; readonly onChoose: (row: Row) => void };

/** What waits, longest waiting first. */
export function QueueList({ rows, current, onChoose }: Props): ReactElement {
  return (
    <Stack component="ol" gap={6} p={0} m={0} className="queue" aria-label="Waiting returns" style={{ listStyle: 'none' }}>
      {rows.map((row) => (
        <li key={row.returnId}>
          <UnstyledButton
            w="100%"
            p="xs"
            className="queue-item"
            aria-current={row.returnId === current ? 'true' : undefined}
            onClick={() => onChoose(row)}
          >
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Text fw={600} truncate>
                {row.returnId}
              </Text>
              <Text fw={600} style={{ flexShrink: 0 }}>
                {money(row.needsDecision === 'blocked' ? row.blockedMinor : row.quotedMinor, row.currency)}
              </Text>
            </Group>
            <Text size="sm">{`${row.needsDecision === 'blocked' ? 'cannot be paid' : row.reasons.map(plain).join(', ')} · waiting ${duration(row.ageSeconds)}`}</Text>
          </UnstyledButton>
        </li>
      ))}
    </Stack>
  );
}
