import { Box, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Schemas } from '../api/api';
import { money } from '../words/money';
import { dateTime } from '../words/times';
import { plain } from '../words/words';
import { RefundBreakdown } from './RefundBreakdown';
import { StatusBadge } from './StatusBadge';

type Props = { readonly refunds: readonly Schemas['RefundAnswer'][] };

/** The refunds of a return: how each stands, where its money goes, and why it is this much. */
export function RefundList({ refunds }: Props): ReactElement {
  if (refunds.length === 0) return <Text>No refund yet.</Text>;
  return (
    <Stack gap="sm">
      {refunds.map((refund) => (
        <Paper key={refund.refundId} withBorder p="sm">
          <Group justify="space-between">
            <Text fw={700} size="lg">
              {money(refund.amountMinor, refund.currency)}
            </Text>
            <StatusBadge code={refund.state} />
          </Group>
          <Text size="sm">{`Due since ${dateTime(refund.entitledAt)} (${plain(refund.trigger)}), ${plain(refund.destination)}`}</Text>
          {refund.reason !== null && <Text size="sm">{refund.reason}</Text>}
          {refund.payouts.map((payout) => (
            <Text key={payout.paymentId + payout.since} size="sm" c="dimmed">
              {`${money(payout.totalMinor, refund.currency)} to ${payout.paymentId} by ${payout.provider}${payout.simulated ? ' (simulated)' : ''}: ${plain(payout.state)} since ${dateTime(payout.since)}${payout.code === null ? '' : ` (${plain(payout.code)})`}`}
            </Text>
          ))}
          <Box component="details" mt="xs">
            <Box component="summary" style={{ cursor: 'pointer', minHeight: 24 }}>
              Why this amount
            </Box>
            <RefundBreakdown refund={refund} />
          </Box>
        </Paper>
      ))}
    </Stack>
  );
}
