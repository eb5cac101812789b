import { Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { TableHead } from '../../shared/page/TableHead';
import type { Schemas } from '../api/api';
import { TableRegion } from '../page/TableRegion';
import { plain } from '../words/words';

type Line = Schemas['ReturnLineAnswer'];

/** In the order units go through them; awaiting + received + missing + kept + released = authorised. */
const COUNTERS = [
  'authorised',
  'awaiting',
  'received',
  'awaitingInspection',
  'graded',
  'disposed',
  'quarantined',
  'missing',
  'kept',
  'released',
] as const;
const ALWAYS: ReadonlySet<string> = new Set(['authorised', 'awaiting', 'received']);

/** The lines of a return with how many units are where; counters that are nought on every line are left out. */
export function ReturnLines({ lines }: { readonly lines: readonly Line[] }): ReactElement {
  const shown = COUNTERS.filter((counter) => ALWAYS.has(counter) || lines.some((line) => line[counter] > 0));
  return (
    <TableRegion label="Lines">
      <Table withTableBorder verticalSpacing={6}>
        <TableHead texts={['Item', 'Reason']} numbers={shown.map(plain)} />
        <Table.Tbody>
          {lines.map((line) => (
            <Table.Tr key={line.lineId}>
              <Table.Th scope="row" fw={400} className="title-cell">
                {line.title}
                <Text size="sm" c="dimmed">
                  {line.sku}
                </Text>
              </Table.Th>
              <Table.Td>
                {plain(line.reason)}
                <Text size="sm" c="dimmed">
                  {plain(line.condition)}
                </Text>
              </Table.Td>
              {shown.map((counter) => (
                <Table.Td key={counter} ta="right">
                  {line[counter]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableRegion>
  );
}
