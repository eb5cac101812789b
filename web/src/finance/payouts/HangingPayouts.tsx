import { Alert, Anchor, Button, Group, NativeSelect, Paper, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { useFilters } from '../../shared/page/useFilters';
import { money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { count } from '../../shared/words/words';
import { hrefOf, step } from '../address';
import { Page } from '../Page';
import { ShowMore } from '../ShowMore';
import { PAGE, useList } from '../useList';
import { WideTable } from '../WideTable';
import { HANGING, reasonWords, STATES, waited, type PayoutState } from '../words';
import { StateBadge } from './StateBadge';

type Row = Schemas['RefundRowAnswer'];

type Shown = {
  readonly value: string;
  readonly label: string;
  readonly state?: readonly PayoutState[];
  readonly provider?: string;
  readonly disputed?: boolean;
};
const EVERYTHING: Shown = { value: '', label: 'everything that hangs', state: HANGING };
const BY_HAND = { value: 'by_hand', label: 'To pay by hand', state: ['entitled'], provider: 'manual' } as const satisfies Shown;
const DISPUTED = { value: 'disputed', label: 'Refunded and disputed', disputed: true } as const satisfies Shown;
const SHOWN: readonly Shown[] = [
  EVERYTHING,
  ...HANGING.map((state) => ({ value: state, label: STATES[state].name, state: [state] })),
  BY_HAND,
  DISPUTED,
];

/** Payouts that need a person: in doubt, failed, parked, and, asked for by themselves, those to be paid by hand, and those that are disputed too. */
export function HangingPayouts(): ReactElement {
  const [filters, change] = useFilters(['show', 'currency', 'provider']);
  const { value: show, state, disputed, ...shown } = SHOWN.find(({ value }) => value === filters.show) ?? EVERYTHING;
  const provider = shown.provider ?? filters.provider;
  const asked = {
    sort: 'oldest' as const,
    ...(state === undefined ? {} : { state: [...state] }),
    ...(disputed === undefined ? {} : { disputed }),
    ...(provider === undefined ? {} : { provider }),
    ...(filters.currency === undefined ? {} : { currency: filters.currency }),
  };
  const list = useList(['hanging', filters], (cursor) =>
    answerOf(staffApi.GET('/v1/finance/refunds', { params: { query: { ...asked, limit: PAGE, ...cursor } } })),
  );
  const { rows } = list;
  return (
    <Page title="Payouts that hang" lead="Money that is owed and does not move by itself, the longest owed first." reading={list.reading}>
      <Group align="flex-end" mb="md">
        <NativeSelect
          label="Show"
          data={SHOWN.map(({ value, label }) => ({ value, label }))}
          value={show}
          onChange={(event) => change({ show: event.currentTarget.value })}
        />
        {filters.provider !== undefined && (
          <Button variant="default" onClick={() => change({ provider: undefined })}>
            {`Not only of ${filters.provider}`}
          </Button>
        )}
        <DownloadCsv
          path={hrefOf('/v1/finance/refunds', {
            ...asked,
            state: state?.join(','),
            disputed: disputed === undefined ? undefined : String(disputed),
          })}
          name="hanging-payouts"
          what="hanging payouts"
        />
      </Group>
      <Text role="status" mb="sm">
        {rows.length === 0 ? '' : `${count(rows.length, 'payout')}${list.hasMore ? ' so far' : ''}.`}
      </Text>
      {show !== BY_HAND.value && <AlsoByHand currency={filters.currency} />}
      {show !== DISPUTED.value && <AlsoDisputed currency={filters.currency} />}
      {rows.length === 0 ? (
        <NothingHangs show={show} />
      ) : (
        <WideTable label="Hanging payouts" minWidth={900}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Payout</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th ta="right">Amount</Table.Th>
              <Table.Th ta="right">Owed for</Table.Th>
              <Table.Th>Last answer</Table.Th>
              <Table.Th ta="right">Declines</Table.Th>
              <Table.Th>Return</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <HangingRow key={`${row.refundId} ${row.paymentId}`} row={row} />
            ))}
          </Table.Tbody>
        </WideTable>
      )}
      <ShowMore list={list} />
    </Page>
  );
}

function HangingRow({ row }: { readonly row: Row }): ReactElement {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} inherit fw={600} href={`/finance/payouts/${step(row.refundId)}/${step(row.paymentId)}`}>
          {row.refundId}
        </Anchor>
        <Text size="xs" c="dimmed">
          {row.provider} → {row.paymentId}
        </Text>
      </Table.Td>
      <Table.Td>
        <StateBadge state={row.state} />
      </Table.Td>
      <Table.Td ta="right">{money(row.amountMinor, row.currency)}</Table.Td>
      <Table.Td ta="right">{waited(row.ageSeconds)}</Table.Td>
      <Table.Td maw={280} style={{ overflowWrap: 'anywhere', whiteSpace: 'normal' }}>
        {reasonWords(row.code)}
        {row.disputeState === 'open' && <Evidence row={row} />}
        <Text size="xs" c="dimmed">
          {dateTime(row.since)}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{row.declines}</Table.Td>
      <Table.Td>
        <Anchor component={Link} inherit href={`/finance/returns/${step(row.returnId)}`}>
          {row.returnId}
        </Anchor>
      </Table.Td>
    </Table.Tr>
  );
}

/** Says that money waits to be paid by hand, where it does: it is not among what hangs. */
function AlsoByHand({ currency }: { readonly currency: string | undefined }): ReactElement | null {
  const asked = { state: [...BY_HAND.state], provider: BY_HAND.provider, limit: 1, ...(currency === undefined ? {} : { currency }) };
  const { data } = useQuery({
    queryKey: ['finance', 'by hand', currency],
    queryFn: () => answerOf(staffApi.GET('/v1/finance/refunds', { params: { query: asked } })),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Text mb="sm">
      Some refunds wait to be paid by hand:{' '}
      <Anchor component={Link} inherit underline="always" href={hrefOf('/finance/payouts', { show: BY_HAND.value, currency })}>
        show them
      </Anchor>
      .
    </Text>
  );
}

/** Whom the bank may give back what the customer has, or gets, from us as well. */
function AlsoDisputed({ currency }: { readonly currency: string | undefined }): ReactElement | null {
  const asked = { disputed: true, limit: 1, ...(currency === undefined ? {} : { currency }) };
  const { data } = useQuery({
    queryKey: ['finance', 'disputed', currency],
    queryFn: () => answerOf(staffApi.GET('/v1/finance/refunds', { params: { query: asked } })),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Alert mb="sm" variant="outline" color="red.9" title="Refunded and disputed at the same time">
      The bank may pay these customers a second time.{' '}
      <Anchor component={Link} inherit underline="always" href={hrefOf('/finance/payouts', { show: DISPUTED.value, currency })}>
        Show the refunds to send it as evidence
      </Anchor>
      .
    </Alert>
  );
}

function Evidence({ row: { disputeId, disputedMinor, currency, providerRefundId } }: { readonly row: Row }): ReactElement {
  return (
    <Text inherit>
      {`Dispute ${disputeId ?? ''} over ${money(disputedMinor ?? 0, currency)}. ${providerRefundId === null ? 'Not paid yet: it can be stopped by hand.' : `Evidence for the bank: ${providerRefundId}`}`}
    </Text>
  );
}

const NOTHING: Readonly<Record<string, readonly [title: string, words: string]>> = {
  [BY_HAND.value]: ['Nothing is to be paid by hand', 'When a refund waits for somebody to pay it, it shows here by itself.'],
  [DISPUTED.value]: ['Nothing is refunded and disputed', 'When a payment is disputed that has been refunded, it shows here by itself.'],
};

function NothingHangs({ show }: { readonly show: string }): ReactElement {
  const [title, words] = NOTHING[show] ?? [
    'Nothing hangs here',
    'When a payout fails, is parked or gets in doubt, it shows here by itself.',
  ];
  return (
    <Paper withBorder p="xl">
      <Title order={2} size="h4">
        {title}
      </Title>
      <Text mt="xs">{words}</Text>
    </Paper>
  );
}
