import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { useId, useState, type ReactElement } from 'react';
import { useScanQueue } from './useScanQueue';

/**
 * What somebody else has scanned on this device and is not sent under this person's name, unless they say so. Nothing
 * without such scans.
 * @param onTakenOver called when they are this person's
 */
export function OthersPanel({ onTakenOver }: { readonly onTakenOver: () => void }): ReactElement | null {
  const { ofOthers, takeOver } = useScanQueue();
  const [fault, setFault] = useState<string | null>(null);
  const heading = useId();
  if (ofOthers === 0) return null;
  const onTakeOver = (): void => {
    takeOver().then(onTakenOver, (error: unknown) => setFault(`This could not be noted on this device: ${String(error)}`));
  };
  const isOne = ofOthers === 1;
  return (
    <Paper component="section" aria-labelledby={heading} className="not-printed" p="md" radius="md" withBorder>
      <Group justify="space-between" align="flex-start" gap="sm">
        <div className="station-others">
          <Title order={2} size="h4" id={heading}>
            {isOne ? 'One scan of another sign-in waits' : `${ofOthers} scans of another sign-in wait`}
          </Title>
          <Text role="status">
            {isOne ? 'It is' : 'They are'} sent when that person signs in here again; what you scan of the same parcels follows then. If
            nobody will, send {isOne ? 'it as yours: it is' : 'them as yours: they are'} then recorded as scanned by you.
          </Text>
          {fault !== null && (
            <Text c="red.9" role="alert">
              {fault}
            </Text>
          )}
        </div>
        <Button variant="default" onClick={onTakeOver}>
          Send as mine
        </Button>
      </Group>
    </Paper>
  );
}
