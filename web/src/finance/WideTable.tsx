import { Table } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { TableRegion } from '../shared/page/TableRegion';

/** A table of numbers that may be wider than the page. Cells do not break unless they say so. `label` names it for screen readers. */
export function WideTable({
  label,
  children,
  minWidth = 0,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly minWidth?: number;
}): ReactElement {
  return (
    <TableRegion label={label}>
      <Table miw={minWidth} verticalSpacing="xs" horizontalSpacing="sm" tabularNums aria-label={label} style={{ whiteSpace: 'nowrap' }}>
        {children}
      </Table>
    </TableRegion>
  );
}
