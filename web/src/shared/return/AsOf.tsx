import { Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { useState, type ReactElement } from 'react';
import { duration } from '../words/times';

type Props = {
  /** What the answer holds at: the log's position of a view, the revision of what is read from its own events. */
  readonly position: string | number;
  /** How far it was behind the log. */
  readonly lagSeconds: number;
  /** When the answer came, epoch milliseconds; with it, the time since then counts too. */
  readonly answeredAt?: number;
  /** Whether new events are heard as they happen; left out: not said. */
  readonly isLive?: boolean;
};

/** Where a view stood when it answered: "As of position 1042, 0.3 s ago". */
export function AsOf({ position, lagSeconds, answeredAt, isLive }: Props): ReactElement {
  const [now, setNow] = useState(answeredAt ?? 0);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: answeredAt !== undefined });
  const seconds = lagSeconds + (answeredAt === undefined ? 0 : Math.max(0, now - answeredAt) / 1000);
  const live = isLive === undefined ? '' : isLive ? ' · live' : ' · not live';
  return <Text size="sm" c="dimmed">{`As of ${placeOf(position)}, ${duration(seconds)} ago${live}`}</Text>;
}

/** Positions have a fixed width; nobody reads the zeros. */
function placeOf(position: string | number): string {
  if (typeof position === 'number') return `revision ${position}`;
  return position === 'start'
    ? 'the start of the log'
    : `position ${position
        .split('/')
        .map((part) => part.replace(/^0+(?=\d)/, ''))
        .join('/')}`;
}
