import { Anchor, Group, List, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { HeldBack } from '../../shared/return/HeldBack';
import { HistoryList } from '../../shared/return/HistoryList';
import { RefundBreakdown } from '../../shared/return/RefundBreakdown';
import { ruleWords } from '../../shared/return/rules';
import { money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { sentence } from '../../shared/words/words';
import { idIn, step } from '../address';
import { Page } from '../Page';
import { StateBadge } from '../payouts/StateBadge';
import { useReading } from '../useReading';
import { WideTable } from '../WideTable';
import { becauseWords, reasonWords } from '../words';

type Return = Schemas['ReturnAnswer'];

/** A return as finance sees it: its money, why it is that much, and everything that happened. */
export function ReturnPage({ returnStep }: { readonly returnStep: string }): ReactElement {
  const returnId = idIn(returnStep);
  const queries = useQueryClient();
  const reading = useReading(['return', returnId], () => readReturn(returnId));
  const { data } = reading;
  return (
    <Page
      title={`Return ${returnId}`}
      lead={
        data === undefined
          ? undefined
          : `${sentence(data.ret.status)} · ${sentence(data.ret.outcome)} · ${sentence(data.ret.method).toLowerCase()} · requested ${dateTime(data.ret.requestedAt)}`
      }
      reading={reading}
    >
      {data !== undefined && (
        <Stack gap="lg">
          <Sums ret={data.ret} />
          <HeldBack
            ret={data.ret}
            etag={`"${data.ret.revision}"`}
            onDone={() => void queries.invalidateQueries({ queryKey: ['finance'] })}
          />
          <section>
            <Title order={2} size="h3" mb="sm">
              Refunds
            </Title>
            {data.ret.refunds.length === 0 && data.ret.needsDecision !== 'blocked' && (
              <Text>Nothing is owed for this return yet. A refund begins when the policy says so: {nextWords(data.ret)}.</Text>
            )}
            <Stack>
              {data.ret.refunds.map((refund) => (
                <RefundSection key={refund.refundId} refund={refund} />
              ))}
            </Stack>
          </section>
          <section>
            <Title order={2} size="h3" mb="sm">
              What happened
            </Title>
            <HistoryList items={data.history} />
          </section>
        </Stack>
      )}
    </Page>
  );
}

async function readReturn(returnId: string): Promise<{ readonly ret: Return; readonly history: Schemas['HistoryItemAnswer'][] }> {
  const path = { returnId };
  const [ret, history] = await Promise.all([
    answerOf(staffApi.GET('/v1/returns/{returnId}', { params: { path } })),
    answerOf(staffApi.GET('/v1/returns/{returnId}/history', { params: { path } })),
  ]);
  return { ret, history: history.items };
}

const nextWords = ({ milestones }: Return): string =>
  milestones.receivedAt === null ? 'usually when the goods arrive' : 'usually when they were inspected';

function Sums({ ret: { money: sums } }: { readonly ret: Return }): ReactElement {
  const figures = [
    ['Quoted to the customer', sums.quotedMinor],
    ['Entitled', sums.entitledMinor],
    ['With the customer', sums.refundedMinor],
    ['Still owed', sums.entitledMinor + sums.blockedMinor - sums.refundedMinor],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      {figures.map(([label, minor]) => (
        <Paper key={label} withBorder p="md">
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text fz={24} fw={700} style={{ fontVariantNumeric: 'tabular-nums' }}>
            {money(minor, sums.currency)}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function RefundSection({ refund }: { readonly refund: Schemas['RefundAnswer'] }): ReactElement {
  return (
    <Paper withBorder p="md" component="section" aria-label={`Refund ${refund.refundId}`}>
      <Group justify="space-between" mb="sm">
        <Title order={3} size="h4">
          {refund.refundId}: {money(refund.amountMinor, refund.currency)}
        </Title>
        <StateBadge state={refund.state} />
      </Group>
      <Text mb="sm">
        Owed since {dateTime(refund.entitledAt)}, because {becauseWords(refund)}. It goes to: {sentence(refund.destination).toLowerCase()}.
      </Text>
      <Title order={4} size="h5" mb={4}>
        Why this amount
      </Title>
      <RefundBreakdown refund={refund} />
      <Text size="sm" c="dimmed" mt="xs" id={`rules-${refund.refundId}`}>
        Rules applied
      </Text>
      <List size="sm" aria-labelledby={`rules-${refund.refundId}`}>
        {refund.breakdown.ruleIds.map((ruleId) => (
          <List.Item key={ruleId}>{ruleWords(ruleId)}</List.Item>
        ))}
      </List>
      <Title order={4} size="h5" mt="md" mb={4}>
        Payouts
      </Title>
      <WideTable label={`Payouts of ${refund.refundId}`} minWidth={520}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>To</Table.Th>
            <Table.Th>Provider</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Last answer</Table.Th>
            <Table.Th ta="right">Amount</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {refund.payouts.map((payout) => (
            <Table.Tr key={payout.paymentId}>
              <Table.Td>
                <Anchor component={Link} inherit href={`/finance/payouts/${step(refund.refundId)}/${step(payout.paymentId)}`}>
                  {payout.paymentId}
                </Anchor>
              </Table.Td>
              <Table.Td>{payout.provider}</Table.Td>
              <Table.Td>
                {payout.reroutedTo === null ? <StateBadge state={payout.state} /> : `sent another way: ${payout.reroutedTo}`}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere', whiteSpace: 'normal' }}>
                {payout.code === null ? (payout.providerRefundId ?? '–') : reasonWords(payout.code)}
              </Table.Td>
              <Table.Td ta="right">
                {payout.reroutedTo === null ? (
                  money(payout.totalMinor, refund.currency)
                ) : (
                  <s>{money(payout.totalMinor, refund.currency)}</s>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Paper>
  );
}
