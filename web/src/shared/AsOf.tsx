import { Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { useState, type ReactElement } from 'react';
import { duration } from './times';

type Props = {
  /** What the answer holds at: `asOfPosition` of a view, `revision` of what is read from its own events. */
  readonly position: string | number;
  /** `lagSeconds` of the answer. */
  readonly lagSeconds: number;
  /** When the answer came, epoch milliseconds. */
  readonly answeredAt: number;
  /** Whether new events are heard as they happen; left out: not said. */
  readonly isLive?: boolean;
};

/** How fresh something is: "as of position 123, 0.3 s ago". */
export function AsOf({ position, lagSeconds, answeredAt, isLive }: Props): ReactElement {
  const [now, setNow] = useState(answeredAt);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const seconds = lagSeconds + Math.max(0, now - answeredAt) / 1000;
  return (
    <Text size="sm" c="dimmed" title={typeof position === 'string' ? `Position ${position} of the event log` : `Revision ${position} of the order's events`}>
      as of {typeof position === 'string' ? `position ${shortened(position)}` : `revision ${position}`}, {duration(seconds)} ago{isLive === undefined ? '' : isLive ? ' · live' : ' · not live'}
    </Text>
  );
}

/** Positions have a fixed width; nobody reads the zeros. */
const shortened = (position: string): string => position.split('/').map((part) => part.replace(/^0+(?=\d)/, '')).join('/');
