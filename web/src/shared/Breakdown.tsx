import { Table, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Schemas } from './api';
import { money } from './money';
import { plain } from './names';
import { WideTable } from './WideTable';

type Props = {
  readonly breakdown: Schemas['BreakdownAnswer'];
  readonly currency: string;
  /** Lines of the return, for their titles. */
  readonly lines: readonly Pick<Schemas['ReturnLineAnswer'], 'lineId' | 'title' | 'sku'>[];
};

/** Why a refund is as large as it is, in rows that add up to it. */
export function Breakdown({ breakdown, currency, lines }: Props): ReactElement {
  const amount = (minor: number): string => money(minor, currency);
  const titles = new Map(lines.map(({ lineId, title, sku }) => [lineId, title || sku || lineId]));
  return (
    <>
      <WideTable label="Why this amount">
        <Table.Thead>
          <Table.Tr><Table.Th>What</Table.Th><Table.Th ta="right">Paid</Table.Th><Table.Th ta="right">Share</Table.Th><Table.Th ta="right">Refund</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {breakdown.units.map(({ lineId, unit, netMinor, taxMinor, factorBp, refundMinor }) => (
            <Table.Tr key={`${lineId} ${unit}`}>
              <Table.Td style={{ whiteSpace: 'normal' }}>{titles.get(lineId) ?? lineId}, unit {unit + 1}</Table.Td>
              <Table.Td ta="right">{amount(netMinor + taxMinor)}</Table.Td>
              <Table.Td ta="right">{percent(factorBp)}</Table.Td>
              <Table.Td ta="right">{amount(refundMinor)}</Table.Td>
            </Table.Tr>
          ))}
          <Extra label="Shipping" minor={breakdown.shippingMinor} amount={amount} />
          {breakdown.fees.map(({ code, amountMinor }) => <Extra key={code} label={feeName(code, amountMinor)} minor={-amountMinor} amount={amount} />)}
          <Extra label="Bonus on store credit" minor={breakdown.bonusMinor} amount={amount} />
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr><Table.Th scope="row" colSpan={3}>Total</Table.Th><Table.Td ta="right" fw={700}>{amount(breakdown.totalMinor)}</Table.Td></Table.Tr>
        </Table.Tfoot>
      </WideTable>
      <Text size="sm" mt="xs">Goes back to: {breakdown.payments.map(({ paymentId, amountMinor }) => `${paymentId} ${amount(amountMinor)}`).join(', ') || 'nothing'}</Text>
      <Text size="sm" c="dimmed">Rules applied: {breakdown.ruleIds.join(', ')}</Text>
    </>
  );
}

function Extra({ label, minor, amount }: { readonly label: string; readonly minor: number; readonly amount: (minor: number) => string }): ReactElement | null {
  if (minor === 0) return null;
  return <Table.Tr><Table.Td colSpan={3}>{label}</Table.Td><Table.Td ta="right">{amount(minor)}</Table.Td></Table.Tr>;
}

const percent = (basisPoints: number): string => `${(basisPoints / 100).toLocaleString('en', { maximumFractionDigits: 2 })} %`;
const feeName = (code: string, minor: number): string => (minor < 0 ? `${plain(code)}, given back` : `${plain(code)} fee`);
