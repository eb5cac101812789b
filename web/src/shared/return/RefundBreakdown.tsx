import { Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { TableHead } from '../../shared/page/TableHead';
import type { Schemas } from '../api/api';
import { TableRegion } from '../page/TableRegion';
import { money } from '../words/money';
import { percent } from '../words/words';
import { feeName } from './rules';

type Refund = Schemas['RefundAnswer'];

/** Why a refund is this much: every unit, shipping, fees, bonus, and where the money goes. The rows add up to the total. */
export function RefundBreakdown({ refund }: { readonly refund: Refund }): ReactElement {
  const { breakdown, currency } = refund;
  return (
    <TableRegion label={`Why ${money(breakdown.totalMinor, currency)}`}>
      <Table withTableBorder verticalSpacing={6}>
        <Table.Caption>{`Refund ${refund.refundId}: why ${money(breakdown.totalMinor, currency)}`}</Table.Caption>
        <TableHead texts={['What']} numbers={['Paid', 'Counted', 'Refund']} />
        <Table.Tbody>
          {breakdown.units.map((unit) => (
            <Row
              key={`${unit.lineId} ${unit.unit}`}
              what={`${unit.title}, unit ${unit.unit + 1}`}
              paid={money(unit.netMinor + unit.taxMinor, currency)}
              counted={percent(unit.factorBp)}
              amount={money(unit.refundMinor, currency)}
            />
          ))}
          {breakdown.shippingMinor !== 0 && <Row what="Shipping of the order" amount={money(breakdown.shippingMinor, currency)} />}
          {breakdown.fees.map((fee) => (
            <Row key={fee.code} what={feeName(fee.code)} amount={money(-fee.amountMinor, currency)} />
          ))}
          {breakdown.bonusMinor !== 0 && <Row what="Bonus on store credit" amount={money(breakdown.bonusMinor, currency)} />}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th scope="row" colSpan={3}>
              Total
            </Table.Th>
            <Table.Td ta="right">
              <Text fw={700} span>
                {money(breakdown.totalMinor, currency)}
              </Text>
            </Table.Td>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </TableRegion>
  );
}

type RowProps = { readonly what: string; readonly paid?: string; readonly counted?: string; readonly amount: string };
const Row = ({ what, paid, counted, amount }: RowProps): ReactElement => (
  <Table.Tr>
    <Table.Th scope="row" fw={400} className="title-cell">
      {what}
    </Table.Th>
    <Table.Td ta="right">{paid}</Table.Td>
    <Table.Td ta="right">{counted}</Table.Td>
    <Table.Td ta="right">{amount}</Table.Td>
  </Table.Tr>
);
