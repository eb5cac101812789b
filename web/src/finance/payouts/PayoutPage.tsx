import { Alert, Anchor, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { HistoryList } from '../../shared/return/HistoryList';
import { money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { sentence } from '../../shared/words/words';
import { idIn, step } from '../address';
import { isAboutMoney } from '../live/money-events';
import { Page } from '../Page';
import { useReading } from '../useReading';
import { becauseWords, reasonWords, STATES, waited } from '../words';
import { DONE, returnIdOf, type Action, type Payout } from './actions';
import { PayoutActions } from './PayoutActions';
import { StateBadge } from './StateBadge';

type Refund = Schemas['RefundAnswer'];

/** Everything about one payout: what became of it, what can be done, and what it belongs to. */
export function PayoutPage({ refundStep, paymentStep }: { readonly refundStep: string; readonly paymentStep: string }): ReactElement {
  const [refundId, paymentId] = [idIn(refundStep), idIn(paymentStep)];
  const returnId = returnIdOf(refundId);
  const [done, setDone] = useState<Action>();
  const reading = useReading(['payout', refundId], () => readPayout(returnId));
  const { data } = reading;
  const refund = data?.ret.refunds.find((each) => each.refundId === refundId);
  const payout = refund?.payouts.find((each) => each.paymentId === paymentId);
  return (
    <Page
      title={`Payout ${refundId}`}
      lead={
        <>
          of return{' '}
          <Anchor component={Link} inherit underline="always" href={`/finance/returns/${step(returnId)}`}>
            {returnId}
          </Anchor>
          , to {paymentId}
        </>
      }
      reading={reading}
    >
      <div role="status">
        {done !== undefined && (
          <Alert variant="outline" color="#1b5e20" title="Done" mb="md">
            {DONE[done]}
          </Alert>
        )}
      </div>
      {data !== undefined &&
        (refund === undefined || payout === undefined ? (
          <Text>This return has no such payout.</Text>
        ) : (
          <Stack gap="lg">
            <Facts
              refund={refund}
              payout={payout}
              row={data.rows.find((row) => row.refundId === refundId && row.paymentId === paymentId)}
            />
            <PayoutActions key={payout.paymentId} ret={data.ret} refund={refund} payout={payout} onDone={setDone} />
            <section>
              <Title order={2} size="h4" mb="sm">
                What happened
              </Title>
              <HistoryList items={data.history.filter(({ type }) => isAboutMoney(type))} />
              <Anchor component={Link} href={`/finance/returns/${step(returnId)}`} mt="sm" display="inline-block">
                Everything that happened to this return
              </Anchor>
            </section>
          </Stack>
        ))}
    </Page>
  );
}

type PayoutReading = Pick<Schemas['RefundRowsAnswer'], 'asOfPosition' | 'lagSeconds'> & {
  readonly ret: Schemas['ReturnAnswer'];
  readonly history: Schemas['HistoryItemAnswer'][];
  readonly rows: Schemas['RefundRowAnswer'][];
};

async function readPayout(returnId: string): Promise<PayoutReading> {
  const path = { returnId };
  const [ret, history, { items, asOfPosition, lagSeconds }] = await Promise.all([
    answerOf(staffApi.GET('/v1/returns/{returnId}', { params: { path } })),
    answerOf(staffApi.GET('/v1/returns/{returnId}/history', { params: { path } })),
    answerOf(staffApi.GET('/v1/finance/refunds', { params: { query: { returnId, limit: 200 } } })),
  ]);
  return { ret, history: history.items, rows: items, asOfPosition, lagSeconds };
}

function Facts({
  refund,
  payout,
  row,
}: {
  readonly refund: Refund;
  readonly payout: Payout;
  readonly row: Schemas['RefundRowAnswer'] | undefined;
}): ReactElement {
  const facts = [
    ['Why it hangs', reasonWords(payout.code)],
    ['Provider', `${payout.provider}${payout.simulated ? ' (no real money)' : ''}`],
    ['Way', sentence(payout.destination)],
    ['In this state since', dateTime(payout.since)],
    ['Owed since', `${dateTime(refund.entitledAt)}${row === undefined ? '' : ` (${waited(row.ageSeconds)})`}`],
    ['Declines', row === undefined ? '–' : String(row.declines)],
    ['Key of the last submission', payout.key ?? 'never submitted'],
    ["Provider's reference", payout.providerRefundId ?? '–'],
    ['Owed because', becauseWords(refund)],
  ] as const;
  return (
    <Paper withBorder p="md">
      <Group gap="md" mb="md" align="center">
        <Text fz={28} fw={700} style={{ fontVariantNumeric: 'tabular-nums' }}>
          {money(payout.totalMinor, refund.currency)}
        </Text>
        {payout.reroutedTo === null ? (
          <StateBadge state={payout.state} />
        ) : (
          <Text>
            was sent another way:{' '}
            <Anchor
              component={Link}
              inherit
              underline="always"
              href={`/finance/payouts/${step(refund.refundId)}/${step(payout.reroutedTo)}`}
            >
              {payout.reroutedTo}
            </Anchor>
          </Text>
        )}
        {payout.reroutedTo === null && <Text c="dimmed">{STATES[payout.state].means}</Text>}
      </Group>
      <SimpleGrid component="dl" cols={{ base: 1, sm: 2, lg: 3 }} m={0}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Paper>
  );
}
