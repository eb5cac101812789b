import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useRef, useState, type ReactElement } from 'react';
import { dateTime } from '../../shared/times';
import { adviceOn, deedIn, targetOf } from './conflict-words';
import { useScanQueue, type Conflict } from './useScanQueue';

/** What the service refused, each with what to do, until a person says that it is settled. Nothing without conflicts. */
export function ConflictsPanel(): ReactElement | null {
  const { conflicts, settle } = useScanQueue();
  const [fault, setFault] = useState<string | null>(null);
  const panel = useRef<HTMLDivElement>(null);
  if (conflicts.length === 0) return null;
  const onSettle = (id: string): void => {
    // The button goes away with its conflict; the keyboard stays here.
    settle(id).then(() => panel.current?.focus(), (error: unknown) => setFault(`This could not be noted on this device: ${String(error)}`));
  };
  return (
    <Alert
      ref={panel} tabIndex={-1} color="red.9" variant="outline" radius="md" icon={<IconAlertTriangle aria-hidden />} className="not-printed" role="region" aria-label="Refused scans"
      title={conflicts.length === 1 ? 'The service refused one scan' : `The service refused ${conflicts.length} scans`}
    >
      <Text size="sm" role="status">Nothing is lost: they stay here until you say that they are settled. Other scans go on.</Text>
      {fault !== null && <Text size="sm" c="red.9" role="alert">{fault}</Text>}
      <List listStyleType="none" mt="sm" spacing="md" styles={{ itemWrapper: { display: 'block' } }}>
        {conflicts.map((conflict) => (
          <List.Item key={conflict.queued.id}><OneConflict conflict={conflict} onSettle={() => onSettle(conflict.queued.id)} /></List.Item>
        ))}
      </List>
    </Alert>
  );
}

function OneConflict({ conflict: { queued, code, detail }, onSettle }: { readonly conflict: Conflict; readonly onSettle: () => void }): ReactElement {
  const what = `${deedIn(queued.command)} · ${targetOf(queued.command)}`;
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={2} flex="1 1 240px" miw={0}>
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>{what}</Text>
        <Text size="sm" c="dimmed"><time dateTime={queued.madeAt}>{dateTime(queued.madeAt)}</time> at {queued.command.body.station}</Text>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>The service said: {detail}</Text>
        <Text size="sm"><strong>What to do:</strong> {adviceOn(code)}</Text>
      </Stack>
      <Button variant="default" onClick={onSettle} aria-label={`Settled: ${what}`}>Settled</Button>
    </Group>
  );
}
