import { Anchor, Button, Group, NativeSelect, Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { useFilters } from '../../shared/page/useFilters';
import { dateTime } from '../../shared/words/times';
import { count, sentence } from '../../shared/words/words';
import { hrefOf, oneOf, step } from '../address';
import { Nothing } from '../Nothing';
import { Page } from '../Page';
import { ShowMore } from '../ShowMore';
import { PAGE, useList } from '../useList';
import { WideTable } from '../WideTable';
import { groupName, HOLDER_NAMES, STAGE_NAMES, STAGES, valueWords, waited } from '../words';
import { DIMENSIONS, FILTERS, PERIODS, type Grouping } from './latency';
import { LatencyFilters, StageField } from './LatencyFilters';

const STATES = ['completed', 'open'] as const;
const GROUPINGS = ['none', ...PERIODS, ...DIMENSIONS] as const satisfies readonly Grouping[];

/** The returns behind a number of the latency pages, with exact durations. */
export function LatencyReturns(): ReactElement {
  const [params, change] = useFilters(['stage', 'state', 'by', 'key', ...FILTERS]);
  const { stage: stageParam, state: stateParam, by, key, ...filters } = params;
  const stage = oneOf(STAGES, stageParam, 'total');
  const state = oneOf(STATES, stateParam, 'completed');
  const groupBy = oneOf(GROUPINGS, by, 'none');
  const asked = { ...filters, stage, state, ...(groupBy === 'none' || key === undefined ? {} : { groupBy, key }) };
  const list = useList(['latency-returns', asked], (cursor) =>
    answerOf(staffApi.GET('/v1/finance/refund-latency/returns', { params: { query: { ...asked, groupBy, limit: PAGE, ...cursor } } })),
  );
  const { rows } = list;
  const group = groupBy === 'none' || key === undefined ? '' : ` of ${groupName(groupBy, key)}`;
  return (
    <Page
      title="Returns behind the number"
      lead={`Stage ${STAGE_NAMES[stage]}${group}: ${state === 'open' ? 'still open, the oldest first' : 'completed, the slowest first'}.`}
      reading={list.reading}
    >
      <LatencyFilters filters={filters} onChange={change}>
        <StageField value={stage} onChange={(value) => change({ stage: value })} />
        <NativeSelect label="Cases" value={state} onChange={(event) => change({ state: event.currentTarget.value })} data={[...STATES]} />
        {group !== '' && (
          <Button variant="default" onClick={() => change({ by: '', key: '' })}>
            Not only{group}
          </Button>
        )}
      </LatencyFilters>
      <Group justify="space-between" mb="sm">
        <Text role="status">
          {count(rows.length, 'return')}
          {list.hasMore ? ' so far' : ''}.
        </Text>
        <DownloadCsv path={hrefOf('/v1/finance/refund-latency/returns', asked)} name="refund-latency-returns" what="these returns" />
      </Group>
      {rows.length === 0 ? <Nothing>There is no such case. Take a filter out to see more.</Nothing> : <Rows rows={rows} />}
      <ShowMore list={list} />
    </Page>
  );
}

function Rows({ rows }: { readonly rows: readonly Schemas['LatencyReturnAnswer'][] }): ReactElement {
  return (
    <WideTable label="Returns" minWidth={900}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Return</Table.Th>
          <Table.Th ta="right">Time</Table.Th>
          <Table.Th>From</Table.Th>
          <Table.Th>To</Table.Th>
          {DIMENSIONS.map((dimension) => (
            <Table.Th key={dimension}>{sentence(dimension)}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.returnId}>
            <Table.Td>
              <Anchor component={Link} inherit href={`/finance/returns/${step(row.returnId)}`}>
                {row.returnId}
              </Anchor>
            </Table.Td>
            <Table.Td ta="right">{waited(row.seconds)}</Table.Td>
            <Table.Td>{dateTime(row.startedAt)}</Table.Td>
            <Table.Td>
              {row.endedAt === null
                ? `open${row.holder === null ? '' : `, with: ${HOLDER_NAMES[row.holder].toLowerCase()}`}`
                : dateTime(row.endedAt)}
            </Table.Td>
            {DIMENSIONS.map((dimension) => (
              <Table.Td key={dimension}>{valueWords(dimension, row[dimension])}</Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  );
}
