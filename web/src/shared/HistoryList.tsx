import { Box, Code, Group, Text, Timeline } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Schemas } from './api';
import { plain } from './names';
import { dateTime } from './times';

type Item = Schemas['HistoryItemAnswer'];

/** What happened to a return, oldest first, in words and with the events' own names. */
export function HistoryList({ items, label }: { readonly items: readonly Item[]; readonly label: string }): ReactElement {
  return (
    <Box component="section" aria-label={label}>
      <Timeline bulletSize={14} lineWidth={2} active={items.length}>
        {items.map((item) => (
          <Timeline.Item key={`${item.revision} ${item.type}`}>
            <Text>{item.words}</Text>
            <Group gap="xs">
              <Text size="sm" c="dimmed">{dateTime(item.at)} · {who(item)}</Text>
              <Code c="#343a40">{item.type}</Code>
              <Text size="sm" c="dimmed">revision {item.revision}</Text>
            </Group>
            {wasToldLater(item) && <Text size="sm" c="dimmed">Recorded {dateTime(item.recordedAt)}</Text>}
          </Timeline.Item>
        ))}
      </Timeline>
    </Box>
  );
}

const who = ({ who: { kind, channel } }: Item): string => (channel === undefined ? plain(kind) : `${plain(kind)} by ${channel}`);

const LATE_MS = 60_000;
const wasToldLater = ({ at, recordedAt }: Item): boolean => Date.parse(recordedAt) - Date.parse(at) > LATE_MS;
