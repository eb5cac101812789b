import { Group, Text } from '@mantine/core';
import type { ReactElement } from 'react';

type LineSeries = { readonly name: string; readonly label: string; readonly color: string; readonly strokeDasharray?: string };

/** What each line of a chart stands for, drawn as it is drawn there. */
export function LineKey({ series }: { readonly series: readonly LineSeries[] }): ReactElement {
  return (
    <Group gap="md" mb="xs">
      {series.map(({ name, label, color, strokeDasharray }) => (
        <Group key={name} gap={6} wrap="nowrap">
          <svg width="34" height="14" aria-hidden="true">
            <line x1="0" x2="34" y1="7" y2="7" stroke={color} strokeWidth="3" strokeDasharray={strokeDasharray} />
          </svg>
          <Text size="sm">{label}</Text>
        </Group>
      ))}
    </Group>
  );
}
