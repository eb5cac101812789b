import { LineChart } from '@mantine/charts';
import { Anchor, Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { useFilters } from '../../shared/page/useFilters';
import { date } from '../../shared/words/times';
import { count as counted } from '../../shared/words/words';
import { hrefOf, oneOf } from '../address';
import { ChartFigure } from '../charts/ChartFigure';
import { COLOURS, STILL, timeTicks } from '../charts/charts';
import { LineKey } from '../charts/LineKey';
import { Nothing } from '../Nothing';
import { Page } from '../Page';
import { useReading } from '../useReading';
import { groupingName, STAGE_NAMES, STAGES, waited, type Stage } from '../words';
import { behind, FILTERS, latencyCsv, PERIODS, readLatency, rowsOf, type Filters, type Group as LatencyGroup } from './latency';
import { LatencyFilters, StageField } from './LatencyFilters';
import { LatencyTable } from './LatencyTable';

const SERIES = [
  { name: 'p50', label: 'p50', color: COLOURS.blue },
  { name: 'p90', label: 'p90', color: COLOURS.orange, strokeDasharray: '8 4' },
  { name: 'p95', label: 'p95', color: COLOURS.vermilion, strokeDasharray: '3 3' },
  { name: 'p99', label: 'p99', color: COLOURS.purple, strokeDasharray: '10 3 2 3' },
];

/** How long customers wait for their money, stage by stage and over time. */
export function LatencyOverTime(): ReactElement {
  const [params, change] = useFilters(['stage', 'period', ...FILTERS]);
  const { stage: stageParam, period: periodParam, ...filters } = params;
  const stage = oneOf(STAGES, stageParam, 'total');
  const period = oneOf(PERIODS, periodParam, 'week');
  const reading = useReading(['latency', filters, stage, period], () => readBoth(filters, stage, period));
  const { data } = reading;
  const all = data?.stages.groups[0];
  return (
    <Page
      title="Refund latency"
      lead="From the request to the money, in stages named after the milestone they end with. Cases count on the day a stage began; days, weeks from Monday, and months are those of UTC."
      reading={reading}
    >
      <LatencyFilters filters={filters} onChange={change}>
        <StageField value={stage} onChange={(value) => change({ stage: value })} />
        <NativeSelect label="Per" value={period} onChange={(event) => change({ period: event.currentTarget.value })} data={[...PERIODS]} />
      </LatencyFilters>
      {data !== undefined && all !== undefined && (
        <Stack gap="lg">
          <OpenBefore filters={filters} stage={stage} answer={data.periods} />
          <Over groups={data.periods.groups} stage={stage} period={period} filters={filters} />
          <Paper withBorder p="md">
            <Group justify="space-between" mb="sm">
              <Title order={2} size="h4">
                All stages
              </Title>
              <DownloadCsv path={latencyCsv(filters, 'none')} name="refund-latency" what="all stages" />
            </Group>
            <LatencyTable
              label="Latency by stage"
              first="Stage"
              filters={filters}
              groupBy="none"
              rows={all.stages.map((latency) => ({
                id: latency.stage,
                key: 'all',
                latency,
                name: (
                  <Anchor
                    component={Link}
                    inherit
                    href={hrefOf('/finance/latency', { ...params, stage: latency.stage })}
                    aria-current={latency.stage === stage ? 'true' : undefined}
                  >
                    {STAGE_NAMES[latency.stage]}
                  </Anchor>
                ),
              }))}
            />
          </Paper>
        </Stack>
      )}
    </Page>
  );
}

type Latency = Schemas['LatencyAnswer'];

async function readBoth(
  filters: Filters,
  stage: Stage,
  period: 'day' | 'week' | 'month',
): Promise<Pick<Latency, 'asOfPosition' | 'lagSeconds'> & { readonly stages: Latency; readonly periods: Latency }> {
  const [stages, periods] = await Promise.all([readLatency(filters, 'none'), readLatency(filters, period, stage)]);
  const older = stages.asOfPosition < periods.asOfPosition ? stages : periods;
  return { stages, periods, asOfPosition: older.asOfPosition, lagSeconds: Math.max(stages.lagSeconds, periods.lagSeconds) };
}

function Over({
  groups,
  stage,
  period,
  filters,
}: {
  readonly groups: readonly LatencyGroup[];
  readonly stage: Stage;
  readonly period: 'day' | 'week' | 'month';
  readonly filters: Filters;
}): ReactElement {
  const title = `${STAGE_NAMES[stage]} per ${period}`;
  const rows = rowsOf(groups, stage, period);
  if (rows.length === 0) return <Nothing>No case of this stage began in the time and with the filters chosen.</Nothing>;
  const points = rows.map(({ name, latency: { p50, p90, p95, p99 } }) => ({ name, p50, p90, p95, p99 }));
  const ticks = timeTicks(Math.max(...points.map(({ p99 }) => p99 ?? 0)));
  const last = rows.findLast(({ latency }) => latency.p50 !== null);
  const summary =
    last === undefined
      ? 'None is completed yet.'
      : `Latest, ${last.name}: half within ${waited(last.latency.p50 ?? 0)}, 90 percent within ${waited(last.latency.p90 ?? 0)}.`;
  return (
    <ChartFigure
      title={title}
      summary={summary}
      csv={latencyCsv(filters, period, stage)}
      file="refund-latency"
      chart={
        <>
          <LineKey series={SERIES} />
          <LineChart
            h={260}
            data={points}
            dataKey="name"
            series={SERIES}
            connectNulls={false}
            curveType="linear"
            valueFormatter={waited}
            yAxisProps={{ width: 76, ticks, domain: [0, ticks.at(-1) ?? 0] }}
            xAxisProps={{ interval: 'preserveStartEnd', minTickGap: 6 }}
            tooltipAnimationDuration={0}
            {...STILL.line}
          />
        </>
      }
      table={<LatencyTable label={title} first={groupingName(period)} rows={rows} filters={filters} groupBy={period} />}
    />
  );
}

/** Open cases that began before the first day shown belong to no group; they must not be forgotten. */
export function OpenBefore({
  filters,
  stage,
  answer,
}: {
  readonly filters: Filters;
  readonly stage: Stage;
  readonly answer: Latency;
}): ReactElement | null {
  const { count, oldestSeconds } = answer.openBefore;
  if (count === 0 || filters.from === undefined) return null;
  const { from, ...others } = filters;
  const first = from.slice(0, 'YYYY-MM-DD'.length);
  const dayBefore = new Date(Date.parse(first) - 86_400_000).toISOString().slice(0, 10);
  return (
    <Text>
      <Anchor
        component={Link}
        inherit
        underline="always"
        href={behind({ ...others, to: dayBefore }, { stage, groupBy: 'none', key: 'all', state: 'open' })}
      >
        {counted(count, 'case')}
      </Anchor>{' '}
      began before {date(first)} (UTC) and still {count === 1 ? 'waits' : 'wait'}
      {oldestSeconds === null ? '' : `, the oldest for ${waited(oldestSeconds)}`}.
    </Text>
  );
}
