import { Anchor, Group, Paper, Table, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { money } from '../../shared/words/money';
import { count as counted } from '../../shared/words/words';
import { hrefOf } from '../address';
import { WideTable } from '../WideTable';
import { STATES } from '../words';

type Bucket = Schemas['AgeBucketAnswer'];
type Props = { readonly ageing: Schemas['AgeingCurrencyAnswer'] | undefined; readonly currency: string; readonly asOf: string | undefined };

/** What is owed of one currency by state and age; every amount leads to its payouts. */
export function OwedByAge({ ageing, currency, asOf }: Props): ReactElement {
  const cell = (
    state: string | undefined,
    { bucket, amountMinor, count }: Pick<Bucket, 'amountMinor' | 'count'> & { readonly bucket?: string },
  ): ReactElement => (
    <Amount href={hrefOf('/finance/owed', { asOf, currency, state, bucket })} amount={money(amountMinor, currency)} count={count} />
  );
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb="xs">
        <Title order={3} size="h4">
          By state and age
        </Title>
        <DownloadCsv
          path={hrefOf('/v1/finance/ageing', { asOf, currency })}
          name={`ageing-${currency}`}
          what={`state and age in ${currency}`}
        />
      </Group>
      {ageing === undefined ? (
        <Text>Nothing of this currency is owed.</Text>
      ) : (
        <WideTable label={`Owed in ${currency} by state and age`} minWidth={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>State</Table.Th>
              {ageing.buckets.map(({ bucket }) => (
                <Table.Th key={bucket} ta="right">
                  {ageWords(bucket)}
                </Table.Th>
              ))}
              <Table.Th ta="right">All</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {ageing.states.map(({ state, buckets, ...all }) => (
              <Table.Tr key={state}>
                <Table.Th scope="row" fw={600}>
                  {STATES[state].name}
                  <Text size="xs" c="dimmed" fw={400} maw={170} style={{ whiteSpace: 'normal' }}>
                    {STATES[state].means}
                  </Text>
                </Table.Th>
                {buckets.map((each) => (
                  <Table.Td key={each.bucket} ta="right">
                    {cell(state, each)}
                  </Table.Td>
                ))}
                <Table.Td ta="right">{cell(state, all)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th scope="row">All</Table.Th>
              {ageing.buckets.map((each) => (
                <Table.Td key={each.bucket} ta="right">
                  {cell(undefined, each)}
                </Table.Td>
              ))}
              <Table.Td ta="right" fw={700}>
                {cell(undefined, { amountMinor: ageing.amountMinor, count: ageing.count })}
              </Table.Td>
            </Table.Tr>
          </Table.Tfoot>
        </WideTable>
      )}
    </Paper>
  );
}

function Amount({ href, amount, count }: { readonly href: string; readonly amount: string; readonly count: number }): ReactElement {
  if (count === 0)
    return (
      <Text span c="dimmed" aria-label="none">
        –
      </Text>
    );
  return (
    <>
      <Anchor component={Link} href={href} inherit>
        {amount}
      </Anchor>
      <Text size="xs" c="dimmed">
        {counted(count, 'payout')}
      </Text>
    </>
  );
}

/** `0-1d` → `up to 1 day` */
export function ageWords(bucket: Bucket['bucket']): string {
  if (bucket === '0-1d') return 'up to 1 day';
  return bucket === '>30d' ? 'over 30 days' : bucket.replace('-', ' to ').replace('d', ' days');
}
