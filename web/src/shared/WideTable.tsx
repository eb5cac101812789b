import { Box, Table } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';

/** A table that may be wider than the page: it scrolls by itself, by keyboard too. Cells do not break unless they say so. `label` names it for screen readers. */
export function WideTable({ label, children, minWidth = 0 }: { readonly label: string; readonly children: ReactNode; readonly minWidth?: number }): ReactElement {
  return (
    <Box role="region" aria-label={label} tabIndex={0} style={{ overflowX: 'auto', whiteSpace: 'nowrap' }}>
      <Table miw={minWidth} verticalSpacing="xs" horizontalSpacing="sm" tabularNums aria-label={label}>
        {children}
      </Table>
    </Box>
  );
}
