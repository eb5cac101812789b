import { Anchor, Group, Paper, Stack, Table, Text, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../../shared/api/api';
import { TableRegion } from '../../shared/page/TableRegion';
import { StatusBadge } from '../../shared/return/StatusBadge';
import { money } from '../../shared/words/money';
import { date, duration } from '../../shared/words/times';
import { count, plain, sentence } from '../../shared/words/words';
import { addressOfReturn } from '../return/address-of-return';

type Row = Schemas['BoardRowAnswer'];
type Sort = 'newest' | 'oldest';
type Props = { readonly rows: readonly Row[]; readonly sort: Sort; readonly onSort: (sort: Sort) => void };

/** A table where there is room for one, else a card for each return. */
export function BoardRows(props: Props): ReactElement {
  const isWide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  return isWide ? (
    <BoardTable {...props} />
  ) : (
    <Stack gap="sm">
      {props.rows.map((row) => (
        <Card key={row.returnId} row={row} />
      ))}
    </Stack>
  );
}

function BoardTable({ rows, sort, onSort }: Props): ReactElement {
  return (
    <TableRegion label="Returns">
      <Table striped highlightOnHover verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Return</Table.Th>
            <Table.Th scope="col">Order</Table.Th>
            <Table.Th scope="col">Status</Table.Th>
            <Table.Th scope="col">Items</Table.Th>
            <Table.Th scope="col">Method</Table.Th>
            <RequestedHeader sort={sort} onSort={onSort} />
            <Table.Th scope="col" ta="right">
              Quoted
            </Table.Th>
            <Table.Th scope="col" ta="right">
              Refunded
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.returnId}>
              <Table.Th scope="row" fw={600}>
                <ReturnLink row={row} />
              </Table.Th>
              <Table.Td>{row.orderNumber}</Table.Td>
              <Table.Td>
                <StatusBadge code={row.status} />
              </Table.Td>
              <Table.Td>
                <Items row={row} />
              </Table.Td>
              <Table.Td>{sentence(row.method)}</Table.Td>
              <Table.Td>
                {date(row.requestedAt)}
                <Text size="sm" c="dimmed">{`${duration(row.ageSeconds)} ago`}</Text>
              </Table.Td>
              <Table.Td ta="right">{money(row.quotedMinor, row.currency)}</Table.Td>
              <Table.Td ta="right">
                {money(row.refundedMinor, row.currency)}
                <Held row={row} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableRegion>
  );
}

function RequestedHeader({ sort, onSort }: Omit<Props, 'rows'>): ReactElement {
  const Arrow = sort === 'newest' ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th scope="col" aria-sort={sort === 'newest' ? 'descending' : 'ascending'}>
      <UnstyledButton fw={700} fz="inherit" mih={24} onClick={() => onSort(sort === 'newest' ? 'oldest' : 'newest')}>
        <Group gap={4} wrap="nowrap">
          Requested
          <Arrow size={16} aria-hidden />
          <span className="visually-hidden">{`: show the ${sort === 'newest' ? 'oldest' : 'newest'} first`}</span>
        </Group>
      </UnstyledButton>
    </Table.Th>
  );
}

const ReturnLink = ({ row }: { readonly row: Row }): ReactElement => (
  <Anchor component={Link} href={addressOfReturn(row.returnId)} underline="always" fz="inherit" style={{ overflowWrap: 'anywhere' }}>
    {row.returnId}
  </Anchor>
);

function Items({ row }: { readonly row: Row }): ReactElement {
  return (
    <>
      <Text size="sm">{`${count(row.units, 'unit')}: ${row.itemNames.join(', ')}`}</Text>
      <Text size="sm" c="dimmed">
        {row.reasons.map(plain).join(', ')}
        {row.awaiting > 0 && row.received > 0 ? `; ${row.awaiting} still awaited` : ''}
      </Text>
    </>
  );
}

/** Money that cannot be paid yet, and that a person must decide on what is called something else. */
function Held({ row: { blockedMinor, currency, needsDecision, status } }: { readonly row: Row }): ReactElement {
  return (
    <>
      {blockedMinor > 0 && <Text size="sm">{`${money(blockedMinor, currency)} cannot be paid yet`}</Text>}
      {needsDecision === 'review' && status !== 'in_review' && <Text size="sm">in review</Text>}
    </>
  );
}

function Card({ row }: { readonly row: Row }): ReactElement {
  return (
    <Paper withBorder p="sm">
      <Group justify="space-between" gap="xs">
        <Text fw={600} component="h2" size="md">
          <ReturnLink row={row} />
        </Text>
        <StatusBadge code={row.status} />
      </Group>
      <Text size="sm">{`Order ${row.orderNumber} · ${date(row.requestedAt)}`}</Text>
      <Items row={row} />
      <Text size="sm" mt={4}>{`${money(row.refundedMinor, row.currency)} refunded of ${money(row.quotedMinor, row.currency)} quoted`}</Text>
      <Held row={row} />
    </Paper>
  );
}
