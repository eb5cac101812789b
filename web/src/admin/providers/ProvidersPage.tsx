import { Anchor, Button, Group, Loader, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, newKey, staffApi, type Schemas } from '../../shared/api/api';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { TableHead } from '../../shared/page/TableHead';
import { TableRegion } from '../../shared/page/TableRegion';
import { StatusBadge } from '../../shared/return/StatusBadge';
import { dateTime } from '../../shared/words/times';
import { plain } from '../../shared/words/words';
import { stateWords, whatItDoes } from './words';

type Provider = Schemas['ProviderAnswer'];
const PROVIDERS = ['providers'] as const;
const REFRESH_MS = 10_000;

/** Who moves money, parcels and mail for us, whether they answer, and what waits there. */
export function ProvidersPage(): ReactElement {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: PROVIDERS,
    queryFn: () => answerOf(staffApi.GET('/v1/providers')),
    refetchInterval: REFRESH_MS,
  });
  const asking = useMutation({
    mutationFn: () => answerOf(staffApi.POST('/v1/providers/check', { body: {}, params: { header: { 'Idempotency-Key': newKey() } } })),
    onSuccess: (answer) => queries.setQueryData(PROVIDERS, answer),
  });
  return (
    <Stack>
      <PageTitle tab="Providers · Operations">Providers</PageTitle>
      <Text>
        Who moves money, parcels and mail for you. They are set up by the environment of the service; what is said here was heard since it
        was started.
      </Text>
      <Group>
        <Button variant="default" loading={asking.isPending} onClick={() => asking.mutate()}>
          Ask them all now
        </Button>
        <Text size="sm" role="status">
          {asking.isSuccess ? 'All that can be asked were asked.' : ''}
        </Text>
      </Group>
      <ProblemAlert error={asking.error ?? error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading the providers" />}
      {data !== undefined && <ProviderTable providers={data.items} />}
    </Stack>
  );
}

const ProviderTable = ({ providers }: { readonly providers: readonly Provider[] }): ReactElement => (
  <TableRegion label="Providers">
    <Table verticalSpacing="xs">
      <TableHead texts={['Provider', 'State', 'Last answer', 'Last webhook', 'Waiting there']} />
      <Table.Tbody>
        {providers.map((provider) => (
          <ProviderRow key={`${provider.kind} ${provider.id}`} provider={provider} />
        ))}
      </Table.Tbody>
    </Table>
  </TableRegion>
);

function ProviderRow({ provider }: { readonly provider: Provider }): ReactElement {
  const { id, kind, mode, state, answeredAt, toldAt, waiting } = provider;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={600}>
        {plain(id)}
        <Text size="sm" c="dimmed">{`${whatItDoes(kind)}${mode === 'test' ? ', for tests only' : ''}`}</Text>
      </Table.Th>
      <Table.Td maw={420}>
        <StatusBadge code={state} />
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {stateWords(provider)}
        </Text>
      </Table.Td>
      <Table.Td miw={110}>{answeredAt === null ? '–' : dateTime(answeredAt)}</Table.Td>
      <Table.Td miw={110}>{toldAt === null ? '–' : dateTime(toldAt)}</Table.Td>
      <Table.Td miw={140}>{waiting === null ? 'being counted' : <Waiting provider={id} kind={kind} waiting={waiting} />}</Table.Td>
    </Table.Tr>
  );
}

/** Where finance finds them; what moves by itself is on no list. */
function hrefOfPayouts(provider: string, state: string): string | undefined {
  if (state === 'entitled' && provider === 'manual') return '/finance/payouts?show=by_hand';
  return ['failed', 'parked', 'in_doubt'].includes(state)
    ? `/finance/payouts?show=${state}&provider=${encodeURIComponent(provider)}`
    : undefined;
}

const Amount = ({ words, href }: { readonly words: string; readonly href: string | undefined }): ReactElement =>
  href === undefined ? (
    <>{words}</>
  ) : (
    <Anchor component={Link} href={href}>
      {words}
    </Anchor>
  );

type WaitingProps = Pick<Provider, 'kind'> & { readonly provider: string; readonly waiting: NonNullable<Provider['waiting']> };
function Waiting({ provider, kind, waiting }: WaitingProps): ReactElement {
  if (waiting.length === 0) return <>nothing</>;
  return (
    <Stack gap={4}>
      {waiting.map(({ state, count, since }) => (
        <div key={state}>
          <Amount words={`${count} ${plain(state)}`} href={kind === 'payments' ? hrefOfPayouts(provider, state) : undefined} />
          <Text size="sm" c="dimmed">{`since ${dateTime(since)}`}</Text>
        </div>
      ))}
    </Stack>
  );
}
