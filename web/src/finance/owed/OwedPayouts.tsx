import { Anchor, Group, NativeSelect, Table, Text, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { instantIn } from '../../shared/page/address';
import { useFilters } from '../../shared/page/useFilters';
import { money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { count } from '../../shared/words/words';
import { hrefOf, step } from '../address';
import { Nothing } from '../Nothing';
import { Page } from '../Page';
import { ShowMore } from '../ShowMore';
import { PAGE, useList } from '../useList';
import { WideTable } from '../WideTable';
import { HANGING, STATES, waited, type PayoutState } from '../words';
import { AsOfPicker } from './AsOfPicker';
import { ageWords } from './OwedByAge';

type Payout = Schemas['OwedPayoutAnswer'];
type Bucket = Schemas['AgeBucketAnswer']['bucket'];

const BUCKETS: readonly Bucket[] = ['0-1d', '1-3d', '3-7d', '7-14d', '14-30d', '>30d'];
const STATE_CHOICES = [
  { value: '', label: 'everything owed' },
  { value: HANGING.join(','), label: 'what hangs' },
  ...Object.entries(STATES).map(([value, { name }]) => ({ value, label: name })),
];
const isState = (text: string): text is PayoutState => Object.hasOwn(STATES, text);

/** The payouts behind a number of "What we owe". */
export function OwedPayouts(): ReactElement {
  const [{ asOf: asOfParam, ...rest }, change] = useFilters(['asOf', 'state', 'currency', 'bucket']);
  const asOf = instantIn(asOfParam);
  const filters = askedFor({ ...rest, ...(asOf === undefined ? {} : { asOf }) });
  const list = useList(['owed-payouts', filters], (cursor) =>
    answerOf(staffApi.GET('/v1/finance/liability/payouts', { params: { query: { ...filters, limit: PAGE, ...cursor } } })),
  );
  const { rows: payouts } = list;
  return (
    <Page
      title="Payouts behind the number"
      lead={
        asOf === undefined ? 'As they stand now, the longest owed first.' : `As they stood on ${dateTime(asOf)}, the longest owed first.`
      }
      reading={list.reading}
    >
      <Group align="flex-end" mb="md">
        <AsOfPicker value={asOf} onChange={(value) => change({ asOf: value })} />
        <NativeSelect
          label="State"
          data={STATE_CHOICES}
          value={filters.state?.join(',') ?? ''}
          onChange={(event) => change({ state: event.currentTarget.value })}
        />
        <NativeSelect
          label="Age"
          data={[{ value: '', label: 'any age' }, ...BUCKETS.map((value) => ({ value, label: ageWords(value) }))]}
          value={filters.bucket ?? ''}
          onChange={(event) => change({ bucket: event.currentTarget.value })}
        />
        <CurrencyField value={filters.currency} onChange={(currency) => change({ currency })} />
        <DownloadCsv
          path={hrefOf('/v1/finance/liability/payouts', { ...filters, state: filters.state?.join(',') })}
          name="payouts"
          what="these payouts"
        />
      </Group>
      {payouts.length === 0 ? (
        <Nothing>There is no such payout. Take a filter out to see more.</Nothing>
      ) : (
        <>
          <Sums payouts={payouts} isAll={!list.hasMore} />
          <WideTable label="Payouts" minWidth={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Payout</Table.Th>
                <Table.Th>Return</Table.Th>
                <Table.Th>State{asOf === undefined ? '' : ' then'}</Table.Th>
                <Table.Th ta="right">Amount</Table.Th>
                <Table.Th ta="right">Age{asOf === undefined ? '' : ' then'}</Table.Th>
                <Table.Th>Owed since</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {payouts.map((payout) => (
                <PayoutRow key={`${payout.refundId} ${payout.paymentId} ${payout.state}`} payout={payout} />
              ))}
            </Table.Tbody>
          </WideTable>
          <ShowMore list={list} />
        </>
      )}
    </Page>
  );
}

type Filters = Partial<Record<'asOf' | 'state' | 'currency' | 'bucket', string>>;

type Asked = { readonly asOf?: string; readonly currency?: string; readonly state?: PayoutState[]; readonly bucket?: Bucket };

/** What the address asks for, without what there is not. */
function askedFor({ state, bucket, ...rest }: Filters): Asked {
  const states = state?.split(',').filter(isState) ?? [];
  const age = BUCKETS.find((each) => each === bucket);
  return { ...rest, ...(states.length === 0 ? {} : { state: states }), ...(age === undefined ? {} : { bucket: age }) };
}

function PayoutRow({ payout }: { readonly payout: Payout }): ReactElement {
  const { refundId, paymentId, returnId, state, amountMinor, currency, ageSeconds, entitledAt } = payout;
  return (
    <Table.Tr>
      <Table.Td>
        {state === 'blocked' ? (
          <Text inherit>not a refund yet</Text>
        ) : (
          <>
            <Anchor component={Link} inherit href={`/finance/payouts/${step(refundId)}/${step(paymentId)}`}>
              {refundId}
            </Anchor>
            <Text size="xs" c="dimmed">
              to {paymentId}
            </Text>
          </>
        )}
      </Table.Td>
      <Table.Td>
        <Anchor component={Link} inherit href={`/finance/returns/${step(returnId)}`}>
          {returnId}
        </Anchor>
      </Table.Td>
      <Table.Td>{STATES[state].name}</Table.Td>
      <Table.Td ta="right">{money(amountMinor, currency)}</Table.Td>
      <Table.Td ta="right">{waited(ageSeconds)}</Table.Td>
      <Table.Td>{dateTime(entitledAt)}</Table.Td>
    </Table.Tr>
  );
}

/** What the rows shown add up to, currency by currency. */
function Sums({ payouts, isAll }: { readonly payouts: readonly Payout[]; readonly isAll: boolean }): ReactElement {
  const sums = new Map<string, number>();
  for (const { currency, amountMinor } of payouts) sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  const words = [...sums].map(([currency, minor]) => money(minor, currency)).join(' and ');
  return (
    <Text mb="sm" role="status">
      {count(payouts.length, 'payout')}
      {isAll ? '' : ' so far'}, together {words}.
    </Text>
  );
}

function CurrencyField({
  value,
  onChange,
}: {
  readonly value: string | undefined;
  readonly onChange: (currency: string | undefined) => void;
}): ReactElement {
  return (
    <TextInput
      label="Currency"
      placeholder="any"
      w={90}
      maxLength={3}
      defaultValue={value ?? ''}
      key={value ?? ''}
      onBlur={(event) => {
        const code = event.currentTarget.value.trim().toUpperCase();
        if (code !== (value ?? '') && /^([A-Z]{3})?$/.test(code)) onChange(code);
      }}
    />
  );
}
