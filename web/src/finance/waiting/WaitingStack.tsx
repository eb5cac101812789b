import { BarChart } from '@mantine/charts';
import { Anchor, Group, Stack, Table, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { TableHead } from '../../shared/page/TableHead';
import { ChartFigure } from '../charts/ChartFigure';
import { ChartKey } from '../charts/ChartKey';
import { COLOURS, PATTERNS, STILL, timeTicks, type Fill } from '../charts/charts';
import { Fills } from '../charts/Fills';
import { WideTable } from '../WideTable';
import { groupingName, HOLDER_NAMES, HOLDERS, STAGE_NAMES, valueWords, waited, type Holder, type Stage } from '../words';
import { barOf, behind, latencyCsv, stageOf, STEPS, type Filters, type Grouping, type Group as LatencyGroup } from './latency';

export const HOLDER_COLOURS: Readonly<Record<Holder, string>> = {
  customer: COLOURS.orange,
  carrier: COLOURS.green,
  merchant: COLOURS.blue,
  bank: COLOURS.purple,
};

type Piece = Fill & { readonly stage: Stage; readonly holder: Holder };

/** One fill per stage: its holder's colour, and within it a pattern of its own. */
function piecesOf(group: LatencyGroup): Piece[] {
  const used: Partial<Record<Holder, number>> = {};
  return STEPS.flatMap((stage) => {
    const holder = stageOf(group, stage)?.holder ?? null;
    if (holder === null) return [];
    const number = used[holder] ?? 0;
    used[holder] = number + 1;
    return [{ id: `stage-${stage}`, stage, holder, colour: HOLDER_COLOURS[holder], pattern: PATTERNS[number] ?? 'plain' }];
  });
}

const BAR_PX = 52;
const NARROW_PX = 480;

/** The waiting time of completed stages as stacked bars, one per group; segments in the order of the way. */
export function WaitingStack({
  groups,
  by,
  filters,
}: {
  readonly groups: readonly LatencyGroup[];
  readonly by: Grouping;
  readonly filters: Filters;
}): ReactElement | null {
  const { ref, width } = useElementSize();
  const [first] = groups;
  if (first === undefined) return null;
  const pieces = piecesOf(first);
  const title = by === 'none' ? 'Waiting time by stage' : `Waiting time by stage and ${by}`;
  const ticks = timeTicks(
    Math.max(...groups.map((group) => STEPS.reduce((sum, stage) => sum + (stageOf(group, stage)?.sumSeconds ?? 0), 0))),
  );
  const named = groups.map((group) => ({ ...barOf(group), key: by === 'none' ? 'all returns' : valueWords(by, group.key) }));
  return (
    <ChartFigure
      title={title}
      summary={summaryOf(groups)}
      csv={latencyCsv(filters, by)}
      file="waiting-time"
      isOpen
      chart={
        <div ref={ref}>
          <BarChart
            h={groups.length * BAR_PX + 50}
            data={named}
            dataKey="key"
            type="stacked"
            orientation="vertical"
            gridAxis="x"
            valueFormatter={waited}
            series={pieces.map(({ stage, colour }) => ({ name: stage, label: STAGE_NAMES[stage], color: colour }))}
            withTooltip={width > NARROW_PX}
            yAxisProps={{ width: by === 'week' && width > NARROW_PX ? 130 : 90 }}
            xAxisProps={{ minTickGap: 30, ticks, domain: [0, ticks.at(-1) ?? 0] }}
            tooltipAnimationDuration={0}
            maxBarWidth={34}
            barChartProps={STILL.bar.barChartProps}
            barProps={({ name }) => ({ isAnimationActive: false, fill: `url(#stage-${name})`, stroke: '#fff' })}
          >
            <Fills fills={pieces} />
          </BarChart>
          <Key pieces={pieces} />
        </div>
      }
      table={<WaitingTable groups={groups} by={by} filters={filters} pieces={pieces} title={title} />}
    />
  );
}

function summaryOf(groups: readonly LatencyGroup[]): string {
  const all = STEPS.map((stage) => ({ stage, seconds: groups.reduce((sum, group) => sum + (stageOf(group, stage)?.sumSeconds ?? 0), 0) }));
  const longest = all.toSorted((left, right) => right.seconds - left.seconds)[0];
  return longest === undefined ? '' : `Most of it in the stage ${STAGE_NAMES[longest.stage]}: ${waited(longest.seconds)}.`;
}

function Key({ pieces }: { readonly pieces: readonly Piece[] }): ReactElement {
  return (
    <Stack gap={4} mt="xs">
      {HOLDERS.map((holder) => (
        <Group key={holder} gap="sm">
          <Text size="sm" fw={600}>
            {HOLDER_NAMES[holder]}:
          </Text>
          <ChartKey
            entries={pieces.filter((piece) => piece.holder === holder).map(({ id, stage }) => ({ id, name: STAGE_NAMES[stage] }))}
          />
        </Group>
      ))}
    </Stack>
  );
}

function WaitingTable({
  groups,
  by,
  filters,
  pieces,
  title,
}: {
  readonly groups: readonly LatencyGroup[];
  readonly by: Grouping;
  readonly filters: Filters;
  readonly pieces: readonly Piece[];
  readonly title: string;
}): ReactElement {
  return (
    <WideTable label={title} minWidth={640}>
      <TableHead
        texts={[...(by === 'none' ? [] : [groupingName(by)]), 'Stage', 'In the hands of']}
        numbers={['Waited, completed', 'Cases', 'Average', 'Waiting now', 'Open']}
      />
      <Table.Tbody>
        {groups.flatMap((group) =>
          pieces.map(({ stage, holder }) => {
            const latency = stageOf(group, stage);
            if (latency === undefined || latency.count + latency.open === 0) return null;
            const to = (state: 'completed' | 'open'): string => behind(filters, { stage, groupBy: by, key: group.key, state });
            return (
              <Table.Tr key={`${group.key} ${stage}`}>
                {by !== 'none' && <Table.Td>{valueWords(by, group.key)}</Table.Td>}
                <Table.Th scope="row" fw={500}>
                  {STAGE_NAMES[stage]}
                </Table.Th>
                <Table.Td>{HOLDER_NAMES[holder]}</Table.Td>
                <Table.Td ta="right">
                  {latency.count === 0 ? (
                    '–'
                  ) : (
                    <Anchor component={Link} inherit href={to('completed')}>
                      {waited(latency.sumSeconds)}
                    </Anchor>
                  )}
                </Table.Td>
                <Table.Td ta="right">{latency.count.toLocaleString('en')}</Table.Td>
                <Table.Td ta="right">{latency.count === 0 ? '–' : waited(latency.sumSeconds / latency.count)}</Table.Td>
                <Table.Td ta="right">
                  {latency.open === 0 ? (
                    '–'
                  ) : (
                    <Anchor component={Link} inherit href={to('open')}>
                      {waited(latency.openSeconds)}
                    </Anchor>
                  )}
                </Table.Td>
                <Table.Td ta="right">{latency.open.toLocaleString('en')}</Table.Td>
              </Table.Tr>
            );
          }),
        )}
      </Table.Tbody>
    </WideTable>
  );
}
