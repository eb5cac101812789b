import { Paper, Text } from '@mantine/core';
import type { ReactElement } from 'react';

/** In the place of a table or chart that would be empty: why it is. */
export const Nothing = ({ children }: { readonly children: string }): ReactElement => (
  <Paper withBorder p="xl">
    <Text>{children}</Text>
  </Paper>
);
