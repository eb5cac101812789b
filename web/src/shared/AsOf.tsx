import { Text } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { useState, type ReactElement } from 'react';
import { duration } from './times';

type Props = {
  /** `asOfPosition` of the answer. */
  readonly position: string;
  /** `lagSeconds` of the answer. */
  readonly lagSeconds: number;
  /** When the answer came, epoch milliseconds. */
  readonly answeredAt: number;
  /** Whether new events are heard as they happen; left out: not said. */
  readonly isLive?: boolean;
};

/** How fresh a view is: "as of position 123, 0.3 s ago". */
export function AsOf({ position, lagSeconds, answeredAt, isLive }: Props): ReactElement {
  const [now, setNow] = useState(answeredAt);
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const seconds = lagSeconds + Math.max(0, now - answeredAt) / 1000;
  return (
    <Text size="sm" c="dimmed" title={`Position ${position} of the event log`}>
      as of position {shortened(position)}, {duration(seconds)} ago{isLive === undefined ? '' : isLive ? ' · live' : ' · not live'}
    </Text>
  );
}

/** Positions have a fixed width; nobody reads the zeros. */
const shortened = (position: string): string => position.split('/').map((part) => part.replace(/^0+(?=\d)/, '')).join('/');
