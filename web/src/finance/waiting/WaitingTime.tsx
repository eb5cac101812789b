import { Group, NativeSelect, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useFilters } from '../../shared/page/useFilters';
import { sentence } from '../../shared/words/words';
import { oneOf } from '../address';
import { Nothing } from '../Nothing';
import { Page } from '../Page';
import { useReading } from '../useReading';
import { HOLDER_NAMES, waited } from '../words';
import { DIMENSIONS, FILTERS, PERIODS, readLatency, sharesOf, type Grouping, type Group as LatencyGroup } from './latency';
import { LatencyFilters } from './LatencyFilters';
import { OpenNow } from './OpenNow';
import { WaitingStack } from './WaitingStack';

const GROUPINGS = ['none', ...PERIODS, ...DIMENSIONS] as const satisfies readonly Grouping[];

/** Where customers' waiting time goes, and in whose hands it lies. */
export function WaitingTime(): ReactElement {
  const [params, change] = useFilters(['by', ...FILTERS]);
  const { by: byParam, ...filters } = params;
  const by = oneOf(GROUPINGS, byParam, 'none');
  const reading = useReading(['waiting', filters, by], async () => {
    const everything = readLatency(filters, 'none');
    const [all, { groups, asOfPosition, lagSeconds }] = await Promise.all([
      everything,
      by === 'none' ? everything : readLatency(filters, by),
    ]);
    return { groups, all: all.groups[0], asOfPosition, lagSeconds };
  });
  const { data } = reading;
  return (
    <Page title="Where time goes" lead="All the time customers have waited, stage by stage, and who had it in hand." reading={reading}>
      <LatencyFilters filters={filters} onChange={change}>
        <NativeSelect
          label="One bar per"
          value={by}
          onChange={(event) => change({ by: event.currentTarget.value })}
          data={GROUPINGS.map((value) => ({ value, label: value === 'none' ? 'everything' : sentence(value) }))}
        />
      </LatencyFilters>
      {data?.all !== undefined &&
        (data.all.stages.every(({ count, open }) => count + open === 0) ? (
          <Nothing>Nobody has waited in the time and with the filters chosen.</Nothing>
        ) : (
          <Stack gap="lg">
            <Shares group={data.all} />
            <WaitingStack groups={data.groups} by={by} filters={filters} />
            <OpenNow group={data.all} filters={filters} />
          </Stack>
        ))}
    </Page>
  );
}

/** The answer in one line: whose hands hold how much of the waiting. */
function Shares({ group }: { readonly group: LatencyGroup }): ReactElement {
  const shares = sharesOf(group);
  const all = shares.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <Group gap="xl" component="section" aria-label="Who held it">
      {shares.map(({ holder, seconds }) => (
        <div key={holder}>
          <Text size="sm" c="dimmed">
            {HOLDER_NAMES[holder]}
          </Text>
          <Text fz={24} fw={700} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {all === 0 ? '–' : `${Math.round((seconds * 100) / all)} %`}
          </Text>
          <Text size="sm">{waited(seconds)}</Text>
        </div>
      ))}
    </Group>
  );
}
