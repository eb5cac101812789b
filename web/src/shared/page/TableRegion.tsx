import { Box } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

/** A table that may be wider than the screen: it is scrolled by itself, with the keyboard too, and the page stays still. */
export function TableRegion({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <Box role="region" aria-label={label} tabIndex={0} style={{ overflowX: 'auto', maxWidth: '100%' }}>
      {children}
    </Box>
  );
}
