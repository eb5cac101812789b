import { Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useId, useRef, useState, type ReactElement } from 'react';
import { dateTime } from '../../shared/words/times';
import { adviceOn, deedIn, targetOf } from './conflict-words';
import { useScanQueue, type Conflict } from './useScanQueue';

/** What the service refused, each with what to do, until a person says that it is settled. Nothing without conflicts. */
export function ConflictsPanel(): ReactElement | null {
  const { conflicts, settle } = useScanQueue();
  const [fault, setFault] = useState<string | null>(null);
  const panel = useRef<HTMLElement>(null);
  const heading = useId();
  if (conflicts.length === 0) return null;
  const onSettle = (id: string): void => {
    // The button goes away with its conflict; the keyboard stays here.
    settle(id).then(
      () => panel.current?.focus(),
      (error: unknown) => setFault(`This could not be noted on this device: ${String(error)}`),
    );
  };
  return (
    <Paper
      component="section"
      ref={panel}
      tabIndex={-1}
      aria-labelledby={heading}
      className="not-printed"
      p="md"
      radius="md"
      style={{ border: '2px solid var(--mantine-color-red-9)', borderInlineStartWidth: 8 }}
    >
      <Group gap="xs" wrap="nowrap">
        <IconAlertTriangle aria-hidden color="var(--mantine-color-red-9)" />
        <Title order={2} size="h4" id={heading}>
          {conflicts.length === 1 ? 'The service refused one scan' : `The service refused ${conflicts.length} scans`}
        </Title>
      </Group>
      <Text role="status">Nothing is lost: what was refused stays here until you say that it is settled. Other scans go on.</Text>
      {fault !== null && (
        <Text c="red.9" role="alert">
          {fault}
        </Text>
      )}
      <List listStyleType="none" mt="sm" spacing="md" styles={{ itemWrapper: { display: 'block' }, itemLabel: { display: 'block' } }}>
        {conflicts.map((conflict) => (
          <List.Item key={conflict.queued.id}>
            <OneConflict conflict={conflict} onSettle={() => onSettle(conflict.queued.id)} />
          </List.Item>
        ))}
      </List>
    </Paper>
  );
}

function OneConflict({
  conflict: { queued, code, detail },
  onSettle,
}: {
  readonly conflict: Conflict;
  readonly onSettle: () => void;
}): ReactElement {
  const what = `${deedIn(queued.command)} · ${targetOf(queued.command)}`;
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2} flex="1 1 240px" miw={0}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {what}
        </Text>
        <Text size="sm" c="dimmed">
          <time dateTime={queued.madeAt}>{dateTime(queued.madeAt)}</time> at {queued.command.body.station}
        </Text>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          The service said: {detail}
        </Text>
        <Text size="sm">
          <strong>What to do:</strong> {adviceOn(code)}
        </Text>
      </Stack>
      <Button variant="default" onClick={onSettle} aria-label={`Settled: ${what}`}>
        Settled
      </Button>
    </Group>
  );
}
