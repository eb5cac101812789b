import { Anchor, Group, NativeSelect, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { DownloadCsv } from '../../shared/api/DownloadCsv';
import { instantIn } from '../../shared/page/address';
import { useFilters } from '../../shared/page/useFilters';
import { money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { count } from '../../shared/words/words';
import { hrefOf, oneOf } from '../address';
import { Page } from '../Page';
import { useReading } from '../useReading';
import { currencyName, HANGING } from '../words';
import { AsOfPicker } from './AsOfPicker';
import { hangingOf } from './balances';
import { OwedByAge } from './OwedByAge';
import { OwedDays } from './OwedDays';

const PERIODS = ['30', '90', '365'] as const;

/** What is owed now or was owed at an instant: by currency, state and age, and day by day. */
export function Owed(): ReactElement {
  const [params, change] = useFilters(['asOf', 'days']);
  const asOf = instantIn(params.asOf);
  const days = oneOf(PERIODS, params.days, '30');
  const reading = useReading(['owed', asOf, days], () => readOwed(asOf, Number(days)));
  const { data } = reading;
  return (
    <Page
      title="What we owe"
      lead={
        asOf === undefined
          ? 'Money customers are entitled to and do not have yet. Every number opens the payouts behind it.'
          : `As it was on ${dateTime(asOf)}.`
      }
      reading={reading}
    >
      <Group align="flex-end" mb="lg" gap="md">
        <AsOfPicker value={asOf} onChange={(value) => change({ asOf: value })} />
        <NativeSelect
          label="Days shown"
          value={days}
          onChange={(event) => change({ days: event.currentTarget.value })}
          data={PERIODS.map((value) => ({ value, label: `last ${value} days` }))}
        />
        <DownloadCsv path={hrefOf('/v1/finance/liability', { asOf })} name="liability" what="the balances" />
      </Group>
      {data?.liability.currencies.length === 0 && <NothingOwed isPast={asOf !== undefined} />}
      <Stack gap="xl">
        {data?.liability.currencies.map((balances) => (
          <CurrencySection key={balances.currency} balances={balances} data={data} asOf={asOf} />
        ))}
      </Stack>
    </Page>
  );
}

type OwedNumbers = Pick<Schemas['LiabilityAnswer'], 'asOfPosition' | 'lagSeconds'> & {
  readonly from: string;
  readonly liability: Schemas['LiabilityAnswer'];
  readonly ageing: Schemas['AgeingAnswer'];
};

const DAY_MS = 86_400_000;

/** Both answers hold at least the position named, and both at the same instant of the past. */
async function readOwed(asOf: string | undefined, days: number): Promise<OwedNumbers> {
  const from = new Date((asOf === undefined ? Date.now() : Date.parse(asOf)) - days * DAY_MS).toISOString().slice(0, 10);
  const at = asOf === undefined ? {} : { asOf };
  const [liability, ageing] = await Promise.all([
    answerOf(staffApi.GET('/v1/finance/liability', { params: { query: { ...at, from } } })),
    answerOf(staffApi.GET('/v1/finance/ageing', { params: { query: at } })),
  ]);
  const older = liability.asOfPosition < ageing.asOfPosition ? liability : ageing;
  return { from, liability, ageing, asOfPosition: older.asOfPosition, lagSeconds: Math.max(liability.lagSeconds, ageing.lagSeconds) };
}

function CurrencySection({
  balances,
  data,
  asOf,
}: {
  readonly balances: Schemas['BalancesAnswer'];
  readonly data: OwedNumbers;
  readonly asOf: string | undefined;
}): ReactElement {
  const { currency } = balances;
  const owed = (params: Record<string, string>): string => hrefOf('/finance/owed', { asOf, currency, ...params });
  const days = data.liability.days.filter((day) => day.currency === currency);
  return (
    <Stack component="section" aria-label={currencyName(currency)} gap="md">
      <Title order={2} size="h3">
        {currencyName(currency)}
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        <Figure label="Owed" href={owed({})} amount={money(balances.owedMinor, currency)} note={count(balances.owedPayouts, 'payout')} />
        <Figure
          label="Of which hangs"
          href={owed({ state: HANGING.join(',') })}
          amount={money(hangingOf(balances), currency)}
          note="in doubt, failed or parked: needs a person"
        />
        <Figure
          label="Of which cannot be paid yet"
          href={owed({ state: 'blocked' })}
          amount={money(balances.blockedMinor, currency)}
          note="earned by goods; the payments cannot bear it"
        />
        <Figure
          label="Paid so far"
          href={owed({ state: 'succeeded' })}
          amount={money(balances.paidMinor, currency)}
          note={count(balances.paidPayouts, 'payout')}
        />
      </SimpleGrid>
      <OwedByAge ageing={data.ageing.currencies.find((each) => each.currency === currency)} currency={currency} asOf={asOf} />
      <OwedDays
        opening={data.liability.opening.find((each) => each.currency === currency)}
        days={days}
        currency={currency}
        from={data.from}
        until={data.liability.asOf.slice(0, 10)}
        asOf={asOf}
      />
    </Stack>
  );
}

function Figure({
  label,
  href,
  amount,
  note,
}: {
  readonly label: string;
  readonly href: string;
  readonly amount: string;
  readonly note: ReactNode;
}): ReactElement {
  return (
    <Paper withBorder p="md">
      <Text size="sm">{label}</Text>
      <Anchor
        component={Link}
        href={href}
        fz={26}
        fw={700}
        aria-label={`${label}: ${amount}`}
        style={{ fontVariantNumeric: 'tabular-nums' }}
      >
        {amount}
      </Anchor>
      <Text size="sm" c="dimmed">
        {note}
      </Text>
    </Paper>
  );
}

function NothingOwed({ isPast }: { readonly isPast: boolean }): ReactElement {
  return (
    <Paper withBorder p="xl">
      <Title order={2} size="h4">
        {isPast ? 'Nothing was owed then' : 'Nothing is owed'}
      </Title>
      <Text mt="xs">
        {isPast
          ? 'No customer had become entitled to a refund by that time.'
          : 'No customer has become entitled to a refund yet. As soon as one is, it shows here by itself.'}
      </Text>
    </Paper>
  );
}
