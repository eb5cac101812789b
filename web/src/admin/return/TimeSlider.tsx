import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useId, type ReactElement } from 'react';
import { dateTime } from '../../shared/words/times';
import type { Moment } from './moments';

type Props = {
  readonly moments: readonly Moment[];
  /** Index of the moment shown; -1 before the first. */
  readonly shown: number;
  /** Of the return as shown. */
  readonly revision: number | null;
  readonly onShow: (index: number) => void;
};

/** Steps over the moments of a return's life. The last one is now. */
export function TimeSlider({ moments, shown, revision, onShow }: Props): ReactElement {
  const id = useId();
  const moment = moments[shown];
  const last = moments.length - 1;
  const when = moment === undefined ? 'Before it was filed' : shown === last ? `Now: since ${dateTime(moment.at)}` : dateTime(moment.at);
  return (
    <Paper withBorder p="sm">
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Text component="label" htmlFor={id} fw={600}>
            Moment
          </Text>
          <Text
            size="sm"
            c="dimmed"
          >{`${Math.max(shown + 1, 0)} of ${moments.length}${revision === null ? '' : `, revision ${moment?.revision ?? revision}`}`}</Text>
        </Group>
        <Group wrap="nowrap" gap="xs">
          <Button variant="default" px="xs" aria-label="Earlier" aria-disabled={shown <= 0} onClick={() => shown > 0 && onShow(shown - 1)}>
            <IconChevronLeft size={18} aria-hidden />
          </Button>
          <input
            id={id}
            type="range"
            className="time-slider"
            min={0}
            max={last}
            step={1}
            value={Math.max(shown, 0)}
            aria-valuetext={`${shown + 1} of ${moments.length}: ${when}. ${moment?.words ?? ''}`}
            onChange={(event) => onShow(Number(event.currentTarget.value))}
          />
          <Button
            variant="default"
            px="xs"
            aria-label="Later"
            aria-disabled={shown >= last}
            onClick={() => shown < last && onShow(shown + 1)}
          >
            <IconChevronRight size={18} aria-hidden />
          </Button>
        </Group>
        <Text role="status" size="sm">
          <Text span fw={600}>
            {when}
          </Text>
          {moment === undefined ? '' : `: ${moment.words}`}
        </Text>
      </Stack>
    </Paper>
  );
}
