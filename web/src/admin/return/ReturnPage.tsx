import { Alert, Anchor, Box, Button, Group, Loader, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { answerOf, staffApi } from '../../shared/api/api';
import { useLive, type LiveEvent } from '../../shared/api/live';
import { ApiProblem } from '../../shared/api/problem';
import { readAgain } from '../../shared/api/queries';
import { instantIn } from '../../shared/page/address';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { HeldBack } from '../../shared/return/HeldBack';
import { HistoryList } from '../../shared/return/HistoryList';
import { RefundList } from '../../shared/return/RefundList';
import { ReturnLines } from '../../shared/return/ReturnLines';
import { ReturnPhotos } from '../../shared/return/ReturnPhotos';
import { StatusBadge } from '../../shared/return/StatusBadge';
import { money } from '../../shared/words/money';
import { dateTime } from '../../shared/words/times';
import { count, plain, sentence } from '../../shared/words/words';
import { METHOD_WORDS, OUTCOME_WORDS } from '../offers';
import { readReturn, type SeenReturn } from './decisions';
import { endWords } from './decline-codes';
import { momentAt, momentsOf } from './moments';
import { ReturnActions } from './ReturnActions';
import { TimeSlider } from './TimeSlider';

/** One return: as it is, as it was at any moment of its life, and everything that happened to it. */
export function ReturnPage({ returnId }: { readonly returnId: string }): ReactElement {
  const [address, setAddress] = useSearchParams();
  const asOf = instantIn(address.get('asOf')) ?? null;
  const history = useQuery({
    queryKey: ['return', returnId, 'history'],
    queryFn: () => answerOf(staffApi.GET('/v1/returns/{returnId}/history', { params: { path: { returnId } } })),
  });
  const seen = useQuery({
    queryKey: ['return', returnId, asOf ?? 'now'],
    queryFn: () => readReturn(returnId, asOf ?? undefined),
    placeholderData: keepPreviousData,
  });
  useNews(seen.data?.ret.orderId, returnId);

  const moments = momentsOf(history.data?.items ?? []);
  const shown = momentAt(moments, asOf);
  const show = (index: number): void => {
    const moment = moments[index];
    setAddress(index >= moments.length - 1 || moment === undefined ? {} : { asOf: moment.at }, { replace: true });
  };
  if (history.error instanceof ApiProblem && history.error.code === 'not_found') return <NoSuchReturn returnId={returnId} />;
  const isBefore = asOf !== null && shown < 0 && moments.length > 0;
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <PageTitle tab={`${returnId} · Operations`}>{`Return ${returnId}`}</PageTitle>
          {seen.data !== undefined && !isBefore && <StatusBadge code={seen.data.ret.status} size="lg" />}
        </Group>
        {asOf === null && seen.data !== undefined && !seen.isPlaceholderData && <ReturnActions seen={seen.data} />}
      </Group>
      <ProblemAlert error={history.error} onRetry={() => void history.refetch()} />
      {moments.length > 0 && <TimeSlider moments={moments} shown={shown} revision={seen.data?.ret.revision ?? null} onShow={show} />}
      {asOf !== null && <PastNotice asOf={asOf} isBefore={isBefore} onNow={() => setAddress({}, { replace: true })} />}
      {!isBefore && <ProblemAlert error={seen.error} onRetry={() => void seen.refetch()} />}
      {seen.data === undefined && seen.error === null && <Loader role="status" aria-label="Loading the return" />}
      {seen.data !== undefined && !isBefore && seen.error === null && <Facts seen={seen.data} />}
      <Section title="Photos">
        <ReturnPhotos returnId={returnId} />
      </Section>
      <Section title="History">
        {history.data !== undefined && (
          <HistoryList items={history.data.items} {...(asOf === null ? {} : { knownRevision: moments[shown]?.revision ?? -1 })} />
        )}
      </Section>
    </Stack>
  );
}

/** Reads the return again when something happens to it. */
function useNews(orderId: string | undefined, returnId: string): void {
  const queries = useQueryClient();
  const shown = { queryKey: ['return', returnId] };
  const hear = ({ streamId }: LiveEvent): void => {
    if (orderId !== undefined && streamId === `returns-${orderId}`) void queries.invalidateQueries(shown);
  };
  useLive('staff', hear, () => void readAgain(shown));
}

function PastNotice({
  asOf,
  isBefore,
  onNow,
}: {
  readonly asOf: string;
  readonly isBefore: boolean;
  readonly onNow: () => void;
}): ReactElement {
  return (
    <Alert variant="outline" color="blue.8" title={isBefore ? 'Before the beginning' : 'You are looking at the past'}>
      {isBefore
        ? `At ${dateTime(asOf)} this return had not been filed yet.`
        : `This is what was known at ${dateTime(asOf)}. Photos are shown as they are today.`}
      <Box mt="xs">
        <Button size="xs" variant="default" onClick={onNow}>
          Show it as it is now
        </Button>
      </Box>
    </Alert>
  );
}

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }): ReactElement => (
  <Stack gap="xs" component="section">
    <Title order={2} size="h4">
      {title}
    </Title>
    {children}
  </Stack>
);

/** Of a moment of the past nothing can be decided: the service refuses what is not as it was seen. */
function HeldBackHere({ seen: { ret, etag } }: { readonly seen: SeenReturn }): ReactElement {
  const queries = useQueryClient();
  return <HeldBack ret={ret} etag={etag} onDone={() => void queries.invalidateQueries({ queryKey: ['return', ret.returnId] })} />;
}

function Facts({ seen }: { readonly seen: SeenReturn }): ReactElement {
  const { ret } = seen;
  const { currency, quotedMinor, entitledMinor, refundedMinor } = ret.money;
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <Figure name="Quoted" value={money(quotedMinor, currency)} />
        <Figure name="Entitled" value={money(entitledMinor, currency)} />
        <Figure name="Refunded" value={money(refundedMinor, currency)} />
      </SimpleGrid>
      <Text>
        {`${sentence(OUTCOME_WORDS[ret.outcome])}, ${METHOD_WORDS[ret.method]}. Requested ${dateTime(ret.requestedAt)} under policy version ${ret.policy.version}. `}
        <Anchor
          component={Link}
          href={`/admin?orderId=${encodeURIComponent(ret.orderId)}`}
          underline="always"
        >{`All returns of order ${ret.orderId}`}</Anchor>
      </Text>
      <HeldBackHere seen={seen} />
      {ret.needsDecision === 'review' && <Text>{`In review: ${ret.reviewReasons.map(({ words }) => words).join(' ')}`}</Text>}
      {ret.endReason !== null && <Text>{`Ended: ${endWords(ret.endReason)}`}</Text>}
      <Section title="Lines">
        <ReturnLines lines={ret.lines} />
        {ret.lines.map(
          (line) =>
            line.note !== null && (
              <Text key={line.lineId}>
                <Text span fw={600}>{`${line.title}: `}</Text>
                <q>{line.note}</q>
              </Text>
            ),
        )}
      </Section>
      <Section title="Money">
        <RefundList refunds={ret.refunds} />
      </Section>
      <Section title="Return shipping">
        <ReturnShipping ret={ret} />
      </Section>
    </>
  );
}

const Figure = ({ name, value }: { readonly name: string; readonly value: string }): ReactElement => (
  <Paper withBorder p="sm">
    <Text size="sm" c="dimmed">
      {name}
    </Text>
    <Text size="xl" fw={700}>
      {value}
    </Text>
  </Paper>
);

function ReturnShipping({ ret }: { readonly ret: SeenReturn['ret'] }): ReactElement {
  const { labels, parcels, pickups } = ret;
  if (labels.length + parcels.length + pickups.length === 0) return <Text>Nothing is known of a parcel yet.</Text>;
  return (
    <Stack gap={6}>
      {labels.map((label) => (
        <Group key={label.labelId} gap="xs">
          <StatusBadge code={label.state} size="sm" />
          <Text size="sm">{`${sentence(label.kind)} ${label.labelId}, ${label.carrier}${label.trackingNumber === null ? '' : `, ${label.trackingNumber}`}${label.problem === null ? '' : `: ${label.problem}`}`}</Text>
        </Group>
      ))}
      {pickups.map((pickup) => (
        <Group key={pickup.pickupId} gap="xs">
          <StatusBadge code={pickup.state} size="sm" />
          <Text size="sm">{`Pickup ${dateTime(pickup.from)} to ${dateTime(pickup.until)}`}</Text>
        </Group>
      ))}
      {parcels.map((parcel) => (
        <Group key={parcel.trackingNumber ?? ''} gap="xs">
          <StatusBadge code={parcel.phase} size="sm" />
          <Text size="sm">{`Parcel ${parcel.trackingNumber ?? 'without a number'}${parcel.lastPlace === null ? '' : `, last seen at ${parcel.lastPlace}`}, ${dateTime(parcel.lastAt)}${parcel.delayed ? ', delayed' : ''}${parcel.exception === null ? '' : `, problem: ${plain(parcel.exception)}`}`}</Text>
        </Group>
      ))}
      {ret.mismatches.length > 0 && <Text size="sm">{`${count(ret.mismatches.length, 'wrong item')} found in the parcel.`}</Text>}
    </Stack>
  );
}

function NoSuchReturn({ returnId }: { readonly returnId: string }): ReactElement {
  return (
    <Stack gap="xs">
      <PageTitle tab="No such return">{`There is no return ${returnId}`}</PageTitle>
      <Text>
        Look at the id again, or{' '}
        <Anchor component={Link} href="/admin" underline="always">
          search the returns
        </Anchor>
        .
      </Text>
    </Stack>
  );
}
