import { Group, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Fill } from './charts';

/** What each fill of a chart stands for. */
export function ChartKey({ entries }: { readonly entries: readonly (Pick<Fill, 'id'> & { readonly name: string })[] }): ReactElement {
  return (
    <Group gap="md" my={4}>
      {entries.map(({ id, name }) => (
        <Group key={id} gap={6} wrap="nowrap">
          <Swatch id={id} />
          <Text size="sm">{name}</Text>
        </Group>
      ))}
    </Group>
  );
}

/** A small field showing a fill. */
function Swatch({ id }: { readonly id: string }): ReactElement {
  return (
    <svg width="22" height="14" aria-hidden="true" style={{ flexShrink: 0 }}>
      <rect width="22" height="14" fill={`url(#${id})`} stroke="#495057" />
    </svg>
  );
}
