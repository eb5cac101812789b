import { BarChart } from '@mantine/charts';
import { NativeSelect, Stack } from '@mantine/core';
import type { ReactElement } from 'react';
import { useFilters } from '../../shared/page/useFilters';
import { sentence } from '../../shared/words/words';
import { oneOf } from '../address';
import { ChartFigure } from '../charts/ChartFigure';
import { ChartKey } from '../charts/ChartKey';
import { COLOURS, STILL, timeTicks } from '../charts/charts';
import { Fills } from '../charts/Fills';
import { Nothing } from '../Nothing';
import { Page } from '../Page';
import { useReading } from '../useReading';
import { STAGE_NAMES, STAGES, waited, type Stage } from '../words';
import { DIMENSIONS, FILTERS, latencyCsv, readLatency, rowsOf, type Dimension, type Filters, type Group } from './latency';
import { LatencyFilters, StageField } from './LatencyFilters';
import { OpenBefore } from './LatencyOverTime';
import { LatencyTable } from './LatencyTable';

const SERIES = [
  { name: 'p50', label: 'p50', color: COLOURS.blue },
  { name: 'p90', label: 'p90', color: COLOURS.orange },
];
const FILLS = [
  { id: 'compare-p50', name: 'p50: half are faster', colour: COLOURS.blue, pattern: 'plain' },
  { id: 'compare-p90', name: 'p90: nine in ten are faster', colour: COLOURS.orange, pattern: 'slanted' },
] as const;

/** Refund latency of warehouses, carriers, methods, reasons, providers or currencies side by side. */
export function Compare(): ReactElement {
  const [params, change] = useFilters(['stage', 'by', ...FILTERS]);
  const { stage: stageParam, by: byParam, ...filters } = params;
  const stage = oneOf(STAGES, stageParam, 'total');
  const by = oneOf(DIMENSIONS, byParam, 'warehouse');
  const reading = useReading(['latency-compare', filters, stage, by], () => readLatency(filters, by, stage));
  const { data } = reading;
  return (
    <Page title="Compare refund latency" lead="Side by side: who is fast, who is slow, and in which stage." reading={reading}>
      <LatencyFilters filters={filters} onChange={change}>
        <NativeSelect
          label="Compare"
          value={by}
          onChange={(event) => change({ by: event.currentTarget.value })}
          data={DIMENSIONS.map((value) => ({ value, label: sentence(value) }))}
        />
        <StageField value={stage} onChange={(value) => change({ stage: value })} />
      </LatencyFilters>
      {data !== undefined && (
        <Stack>
          <OpenBefore filters={filters} stage={stage} answer={data} />
          <SideBySide groups={data.groups} stage={stage} by={by} filters={filters} />
        </Stack>
      )}
    </Page>
  );
}

const ROW_PX = 56;

function SideBySide({
  groups,
  stage,
  by,
  filters,
}: {
  readonly groups: readonly Group[];
  readonly stage: Stage;
  readonly by: Dimension;
  readonly filters: Filters;
}): ReactElement {
  const rows = rowsOf(groups, stage, by);
  if (rows.length === 0) return <Nothing>No case of this stage began in the time and with the filters chosen.</Nothing>;
  const ticks = timeTicks(Math.max(...rows.map(({ latency }) => latency.p90 ?? 0)));
  const title = `${STAGE_NAMES[stage]} by ${by}`;
  const slowest = rows.toSorted((left, right) => (right.latency.p90 ?? 0) - (left.latency.p90 ?? 0))[0];
  const summary =
    slowest === undefined || slowest.latency.p90 === null
      ? 'None is completed yet.'
      : `Slowest: ${slowest.name}, 90 percent within ${waited(slowest.latency.p90)}.`;
  return (
    <ChartFigure
      title={title}
      summary={summary}
      csv={latencyCsv(filters, by, stage)}
      file="refund-latency"
      isOpen
      chart={
        <>
          <ChartKey entries={FILLS} />
          <BarChart
            h={rows.length * ROW_PX + 70}
            data={rows.map(({ name, latency: { p50, p90 } }) => ({ name, p50, p90 }))}
            dataKey="name"
            series={SERIES}
            orientation="vertical"
            valueFormatter={waited}
            yAxisProps={{ width: 110 }}
            gridAxis="x"
            xAxisProps={{ ticks, domain: [0, ticks.at(-1) ?? 0] }}
            tooltipAnimationDuration={0}
            barChartProps={STILL.bar.barChartProps}
            barProps={({ name }) => ({ isAnimationActive: false, fill: `url(#compare-${name})` })}
          >
            <Fills fills={FILLS} />
          </BarChart>
        </>
      }
      table={<LatencyTable label={title} first={sentence(by)} rows={rows} filters={filters} groupBy={by} />}
    />
  );
}
