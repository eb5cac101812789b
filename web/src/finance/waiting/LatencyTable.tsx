import { Anchor, Table, Text } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { WideTable } from '../WideTable';
import { waited } from '../words';
import { behind, type Filters, type Grouping, type StageLatency } from './latency';

type LatencyRow = { readonly name: ReactNode; readonly id: string; readonly key: string; readonly latency: StageLatency };
type Props = {
  readonly label: string;
  readonly first: string;
  readonly rows: readonly LatencyRow[];
  readonly filters: Filters;
  readonly groupBy: Grouping;
};

const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'max'] as const;

/** Percentiles, completed and open cases; every number leads to the returns behind it. */
export function LatencyTable({ label, first, rows, filters, groupBy }: Props): ReactElement {
  return (
    <WideTable label={label} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{first}</Table.Th>
          {PERCENTILES.map((name) => (
            <Table.Th key={name} ta="right">
              {name}
            </Table.Th>
          ))}
          <Table.Th ta="right">Completed</Table.Th>
          <Table.Th ta="right">Open</Table.Th>
          <Table.Th ta="right">Oldest open</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ name, id, key, latency }) => {
          const to = (state: 'completed' | 'open'): string => behind(filters, { stage: latency.stage, groupBy, key, state });
          return (
            <Table.Tr key={id}>
              <Table.Th scope="row" fw={500}>
                {name}
              </Table.Th>
              {PERCENTILES.map((each) => (
                <Table.Td key={each} ta="right">
                  <Seconds value={latency[each]} href={to('completed')} />
                </Table.Td>
              ))}
              <Table.Td ta="right">
                <Count value={latency.count} href={to('completed')} />
              </Table.Td>
              <Table.Td ta="right">
                <Count value={latency.open} href={to('open')} />
              </Table.Td>
              <Table.Td ta="right">
                <Seconds value={latency.openOldestSeconds} href={to('open')} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </WideTable>
  );
}

function Seconds({ value, href }: { readonly value: number | null; readonly href: string }): ReactElement {
  return value === null ? (
    <Text span c="dimmed" aria-label="none">
      –
    </Text>
  ) : (
    <Anchor component={Link} inherit href={href}>
      {waited(value)}
    </Anchor>
  );
}

function Count({ value, href }: { readonly value: number; readonly href: string }): ReactElement {
  return value === 0 ? (
    <>0</>
  ) : (
    <Anchor component={Link} inherit href={href}>
      {value.toLocaleString('en')}
    </Anchor>
  );
}
