import { LineChart } from '@mantine/charts';
import { Anchor, Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../shared/api/api';
import { money } from '../../shared/words/money';
import { date } from '../../shared/words/times';
import { hrefOf } from '../address';
import { ChartFigure } from '../charts/ChartFigure';
import { COLOURS, STILL } from '../charts/charts';
import { LineKey } from '../charts/LineKey';
import { WideTable } from '../WideTable';
import { HANGING } from '../words';
import { everyDay, hangingOf } from './balances';

type Props = {
  readonly opening: Schemas['BalancesAnswer'] | undefined;
  readonly days: readonly Schemas['DayBalancesAnswer'][];
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly asOf: string | undefined;
};

const SERIES = [
  { name: 'owed', label: 'Owed', color: COLOURS.blue },
  { name: 'hanging', label: 'Of which hangs', color: COLOURS.vermilion, strokeDasharray: '6 4' },
];

/** What was owed of one currency at the end of every day. */
export function OwedDays({ opening, days, currency, from, until, asOf }: Props): ReactElement {
  const last = days.at(-1);
  if (last === undefined) return <Text c="dimmed">Nothing moved in these days.</Text>;
  const amount = (minor: number): string => money(minor, currency);
  const points = everyDay(opening, days, from, until);
  return (
    <ChartFigure
      title={`Day by day in ${currency}`}
      summary={`From ${amount(opening?.owedMinor ?? 0)} before ${date(from)} to ${amount(last.owedMinor)} on ${date(last.day)}.`}
      csv={hrefOf('/v1/finance/liability/days', { asOf, from, currency })}
      file="liability-days"
      order={3}
      chart={
        <>
          <LineKey series={SERIES} />
          <LineChart
            h={220}
            data={points}
            dataKey="day"
            series={SERIES}
            curveType="stepAfter"
            valueFormatter={amount}
            withDots={false}
            yAxisProps={{ width: 90, allowDecimals: false }}
            xAxisProps={{ tickFormatter: (day: string) => date(day), minTickGap: 40 }}
            tooltipProps={{ labelFormatter: (day) => (typeof day === 'string' ? date(day) : day) }}
            tooltipAnimationDuration={0}
            {...STILL.line}
          />
        </>
      }
      table={
        <WideTable label={`Owed in ${currency}, day by day`} minWidth={420}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>End of day (UTC)</Table.Th>
              <Table.Th ta="right">Owed</Table.Th>
              <Table.Th ta="right">Of which hangs</Table.Th>
              <Table.Th ta="right">Paid so far</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.toReversed().map((day) => (
              <DayRow key={day.day} day={day} asOf={day.day === until ? asOf : `${day.day}T23:59:59.999Z`} />
            ))}
          </Table.Tbody>
        </WideTable>
      }
    />
  );
}

function DayRow({ day, asOf }: { readonly day: Schemas['DayBalancesAnswer']; readonly asOf: string | undefined }): ReactElement {
  const { currency } = day;
  const behind = (minor: number, state: string | undefined): ReactElement => (
    <Anchor component={Link} inherit href={hrefOf('/finance/owed', { asOf, currency, state })}>
      {money(minor, currency)}
    </Anchor>
  );
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        {date(day.day)}
      </Table.Th>
      <Table.Td ta="right">{behind(day.owedMinor, undefined)}</Table.Td>
      <Table.Td ta="right">{behind(hangingOf(day), HANGING.join(','))}</Table.Td>
      <Table.Td ta="right">{behind(day.paidMinor, 'succeeded')}</Table.Td>
    </Table.Tr>
  );
}
