import { BarChart } from '@mantine/charts';
import { Anchor, Paper, Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { TableHead } from '../../shared/page/TableHead';
import { ChartFigure } from '../charts/ChartFigure';
import { ChartKey } from '../charts/ChartKey';
import { PATTERNS, STILL } from '../charts/charts';
import { Fills } from '../charts/Fills';
import { WideTable } from '../WideTable';
import { HOLDER_NAMES, HOLDERS, STAGE_NAMES, waited } from '../words';
import { behind, latencyCsv, STEPS, type Filters, type Group } from './latency';
import { HOLDER_COLOURS } from './WaitingStack';

const FILLS = HOLDERS.map((holder, index) => ({
  id: `holder-${holder}`,
  name: HOLDER_NAMES[holder],
  colour: HOLDER_COLOURS[holder],
  pattern: PATTERNS[index] ?? 'plain',
}));

/** Cases that wait now: in which stage, and in whose hands. */
export function OpenNow({ group, filters }: { readonly group: Group; readonly filters: Filters }): ReactElement {
  const rows = group.stages.filter(({ stage, open }) => STEPS.includes(stage) && open > 0);
  if (rows.length === 0)
    return (
      <Paper withBorder p="md">
        <Text>Nobody waits now.</Text>
      </Paper>
    );
  return (
    <ChartFigure
      title="Open cases and who holds them"
      summary={`${group.open} open in ${rows.length === 1 ? 'one stage' : `${rows.length} stages`}.`}
      csv={latencyCsv(filters, 'none')}
      file="open-cases"
      isOpen
      chart={
        <>
          <ChartKey entries={FILLS} />
          <BarChart
            h={rows.length * 44 + 80}
            data={rows.map(({ stage, holders }) => ({ stage: STAGE_NAMES[stage], ...holders }))}
            dataKey="stage"
            type="stacked"
            orientation="vertical"
            gridAxis="x"
            series={HOLDERS.map((holder) => ({ name: holder, label: HOLDER_NAMES[holder], color: HOLDER_COLOURS[holder] }))}
            maxBarWidth={28}
            xAxisProps={{ allowDecimals: false }}
            yAxisProps={{ width: 90 }}
            tooltipAnimationDuration={0}
            barChartProps={STILL.bar.barChartProps}
            barProps={({ name }) => ({ isAnimationActive: false, fill: `url(#holder-${name})` })}
          >
            <Fills fills={FILLS} />
          </BarChart>
        </>
      }
      table={
        <WideTable label="Open cases by stage and holder" minWidth={640}>
          <TableHead texts={['Stage']} numbers={[...HOLDERS.map((holder) => HOLDER_NAMES[holder]), 'Open', 'Oldest']} />
          <Table.Tbody>
            {rows.map(({ stage, holders, open, openOldestSeconds }) => (
              <Table.Tr key={stage}>
                <Table.Th scope="row" fw={500}>
                  {STAGE_NAMES[stage]}
                </Table.Th>
                {HOLDERS.map((holder) => (
                  <Table.Td key={holder} ta="right">
                    {holders[holder]}
                  </Table.Td>
                ))}
                <Table.Td ta="right">
                  <Anchor component={Link} inherit href={behind(filters, { stage, groupBy: 'none', key: 'all', state: 'open' })}>
                    {open}
                  </Anchor>
                </Table.Td>
                <Table.Td ta="right">{openOldestSeconds === null ? '–' : waited(openOldestSeconds)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </WideTable>
      }
    />
  );
}
