import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { duration } from './times';

type Props = {
  /** Position of the log that a view had reached, as the service gives it. */
  readonly position: string;
  /** How far it was behind the log. */
  readonly lagSeconds: number;
};

/** Where a view stood when it answered: "As of position 1042, 0.3 s ago". */
export function AsOf({ position, lagSeconds }: Props): ReactElement {
  const at = position === 'start' ? 'the start of the log' : `position ${position.replace(/^0+(?=\d)/, '')}`;
  return <Text size="sm" c="dimmed">{`As of ${at}, ${duration(lagSeconds)} ago`}</Text>;
}
