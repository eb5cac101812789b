import { Group, Loader, NativeSelect, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useSearchParams } from 'wouter';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { CURRENCIES, digitsOf, money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { readPolicy } from './policy-api';
import { PolicyEditor } from './PolicyEditor';
import { Versions } from './Versions';

/** The return policy: what is in force, a form to change it, and all its versions. */
export function PolicyPage(): ReactElement {
  const [address, setAddress] = useSearchParams();
  const [currency, setCurrency] = useState<string>('EUR');
  const { data, error, refetch } = useQuery({ queryKey: ['policy', 'in force'], queryFn: readPolicy, staleTime: Infinity });
  const inCurrency = (minor: number): string => money(minor, currency);
  const tab = address.get('tab') === 'versions' ? 'versions' : 'form';
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <div>
          <PageTitle tab="Return policy · Operations">Return policy</PageTitle>
          {data !== undefined && (
            <Text c="dimmed">
              {data.publishedAt === null
                ? 'The built-in terms are in force.'
                : `Version ${data.version} is in force since ${dateTime(data.publishedAt)}.`}
            </Text>
          )}
        </div>
        <NativeSelect
          label="Show amounts in"
          value={currency}
          data={[...CURRENCIES]}
          onChange={(event) => setCurrency(event.currentTarget.value)}
          w={140}
        />
      </Group>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading the policy" />}
      {data !== undefined && (
        <Tabs value={tab} onChange={(value) => setAddress(value === 'versions' ? { tab: 'versions' } : {})} keepMounted>
          <Tabs.List mb="md">
            <Tabs.Tab value="form">Edit</Tabs.Tab>
            <Tabs.Tab value="versions">Versions and differences</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="form">
            <PolicyEditor key={data.version} inForce={data} digits={digitsOf(currency) ?? 0} money={inCurrency} />
          </Tabs.Panel>
          <Tabs.Panel value="versions">
            <Versions money={inCurrency} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Stack>
  );
}
