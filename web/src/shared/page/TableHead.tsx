import { Table } from '@mantine/core';
import type { ReactElement } from 'react';

type Props = {
  readonly texts: readonly string[];
  /** Columns whose cells stand to the right. */
  readonly numbers?: readonly string[];
  /** Columns of texts again. */
  readonly more?: readonly string[];
};
/** The names of a table's columns, in one row. */
export function TableHead({ texts, numbers = [], more = [] }: Props): ReactElement {
  const named = (names: readonly string[], side: 'left' | 'right'): ReactElement[] =>
    names.map((name) => (
      <Table.Th key={name} scope="col" ta={side}>
        {name}
      </Table.Th>
    ));
  return (
    <Table.Thead>
      <Table.Tr>
        {named(texts, 'left')}
        {named(numbers, 'right')}
        {named(more, 'left')}
      </Table.Tr>
    </Table.Thead>
  );
}
