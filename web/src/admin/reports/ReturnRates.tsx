import { Group, Loader, NativeSelect, Stack, Table, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { TableHead } from '../../shared/page/TableHead';
import { TableRegion } from '../../shared/page/TableRegion';
import { useFilters } from '../../shared/page/useFilters';
import { AsOf } from '../../shared/return/AsOf';
import { monthOf } from '../../shared/words/times';
import { sentence } from '../../shared/words/words';

const GROUPS = [
  { value: 'sku', label: 'SKU' },
  { value: 'reason', label: 'Reason' },
  { value: 'category', label: 'Category' },
] as const;
const BASES = [
  { value: 'order', label: 'Month of the order' },
  { value: 'return', label: 'Month of the return' },
] as const;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

type Query = {
  readonly groupBy: 'sku' | 'reason' | 'category';
  readonly basis: 'order' | 'return';
  readonly from?: string;
  readonly to?: string;
};

function queryIn(asked: Partial<Record<keyof Query, string>>): Query {
  const month = (name: 'from' | 'to') => (MONTH.test(asked[name] ?? '') ? { [name]: asked[name] } : {});
  return {
    groupBy: GROUPS.find(({ value }) => value === asked.groupBy)?.value ?? 'sku',
    basis: BASES.find(({ value }) => value === asked.basis)?.value ?? 'order',
    ...month('from'),
    ...month('to'),
  };
}

/** Which share of what was sold comes back, by SKU, reason or category. */
export function ReturnRates(): ReactElement {
  const [asked, change] = useFilters(['groupBy', 'basis', 'from', 'to']);
  const query = queryIn(asked);
  const { data, dataUpdatedAt, error, refetch } = useQuery({
    queryKey: ['return-rates', query],
    queryFn: () => answerOf(staffApi.GET('/v1/reports/return-rates', { params: { query } })),
    placeholderData: keepPreviousData,
  });
  return (
    <Stack>
      <Group justify="space-between">
        <PageTitle tab="Return rates · Operations">Return rates</PageTitle>
        <DownloadCsv path={`/v1/reports/return-rates?${new URLSearchParams(query).toString()}`} name="return-rates" />
      </Group>
      <Group align="end">
        <NativeSelect
          label="By"
          data={[...GROUPS]}
          value={query.groupBy}
          onChange={(event) => change({ groupBy: event.currentTarget.value })}
        />
        <NativeSelect
          label="Counted in the"
          data={[...BASES]}
          value={query.basis}
          onChange={(event) => change({ basis: event.currentTarget.value })}
        />
        <TextInput
          type="month"
          label="From"
          value={query.from ?? ''}
          onChange={(event) => change({ from: event.currentTarget.value }, { replace: true })}
        />
        <TextInput
          type="month"
          label="To"
          value={query.to ?? ''}
          onChange={(event) => change({ to: event.currentTarget.value }, { replace: true })}
        />
      </Group>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading" />}
      {data !== undefined && (
        <>
          <AsOf position={data.asOfPosition} lagSeconds={data.lagSeconds} answeredAt={dataUpdatedAt} />
          <Rates rates={data} />
        </>
      )}
    </Stack>
  );
}

function Rates({ rates: { groups, groupBy } }: { readonly rates: Schemas['RatesAnswer'] }): ReactElement {
  if (groups.length === 0) return <Text>Nothing was sold or returned in these months.</Text>;
  return (
    <TableRegion label="Return rates">
      <Table verticalSpacing={6} striped>
        <TableHead
          texts={[GROUPS.find(({ value }) => value === groupBy)?.label ?? '', 'Month']}
          numbers={['Sold', 'Returned', 'Received', 'Rate']}
        />
        <Table.Tbody>
          {groups.map(({ key, month, sold, returned, received, rateBp }) => (
            <Table.Tr key={`${key} ${month}`}>
              <Table.Th scope="row" fw={600}>
                {key === '' ? 'none' : groupBy === 'reason' ? sentence(key) : key}
              </Table.Th>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{monthOf(month)}</Table.Td>
              <Table.Td ta="right">{sold}</Table.Td>
              <Table.Td ta="right">{returned}</Table.Td>
              <Table.Td ta="right">{received}</Table.Td>
              <Table.Td ta="right">{rateBp === null ? '–' : `${(rateBp / 100).toFixed(1)} %`}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableRegion>
  );
}
