import { Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { TableHead } from '../../shared/page/TableHead';
import { TableRegion } from '../../shared/page/TableRegion';
import type { Difference } from './policy-diff';

/** Old and new value of every field that differs. */
export function DifferenceTable({ differences }: { readonly differences: readonly Difference[] }): ReactElement {
  if (differences.length === 0) return <Text>They say the same.</Text>;
  return (
    <TableRegion label="Differences">
      <Table withTableBorder verticalSpacing={6}>
        <TableHead texts={['Field', 'Before', 'After']} />
        <Table.Tbody>
          {differences.map(({ field, before, after }) => (
            <Table.Tr key={field}>
              <Table.Th scope="row" fw={600}>
                {field}
              </Table.Th>
              <Table.Td>
                <del>{before}</del>
              </Table.Td>
              <Table.Td>
                <ins style={{ textDecoration: 'none', fontWeight: 600 }}>{after}</ins>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableRegion>
  );
}
