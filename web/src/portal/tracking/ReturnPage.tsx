/** One return: what happens next, what is needed for it, what has happened, and why the money is what it is. Kept up to date while it is open. */
import { Anchor, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { useLive, type LiveEvent } from '../../shared/api/live';
import { codeOf } from '../../shared/api/problem';
import { readAgain } from '../../shared/api/queries';
import { money } from '../../shared/words/money';
import type { FiledState } from '../filing/sending';
import { useLanguage, useWords } from '../language';
import { Notice, ProblemNotice } from '../Notice';
import { PageHeading } from '../PageHeading';
import { usePhotos, useReturn, useReturnable, type Return } from '../queries';
import { ReturnList } from '../ReturnList';
import { Status } from '../Status';
import { useLeaving } from '../useLeaving';
import { CancelReturn } from './CancelReturn';
import { LabelCard } from './LabelCard';
import { PickupCard } from './PickupCard';
import { RefundCards } from './Refunds';
import { ReturnedItems } from './ReturnedItems';
import { Timeline } from './Timeline';

/** How often to look while the service cannot tell by itself. */
const POLL_MS = 10_000;
const pollMsOf = (isLive: boolean): number | false => (isLive ? false : POLL_MS);
const LIVE_QUERIES: ReadonlySet<unknown> = new Set(['return', 'history', 'photos', 'returnable']);

const LIVE = { predicate: ({ queryKey }: { readonly queryKey: readonly unknown[] }) => LIVE_QUERIES.has(queryKey[0]) };
const lookAgain = (): void => void readAgain(LIVE);

type Props = { readonly returnId: string; readonly orderId: string };

export function ReturnPage({ returnId, orderId }: Props): ReactElement {
  const say = useWords();
  const hear = ({ data }: LiveEvent): void => {
    if (data['returnId'] === returnId) lookAgain();
  };
  const isLive = useLive('customer', hear, lookAgain);
  const { data: ret, error, refetch } = useReturn(returnId, pollMsOf(isLive));
  if (codeOf(error) === 'not_found') return <NotFound />;
  if (ret !== undefined) return <Found ret={ret} orderId={orderId} isLive={isLive} />;
  if (error !== null) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return <Loader role="status" aria-label={say('app.loading')} />;
}

function Found({ ret, orderId, isLive }: { readonly ret: Return; readonly orderId: string; readonly isLive: boolean }): ReactElement {
  const say = useWords();
  return (
    <Stack gap="lg" className="return-page">
      <Head ret={ret} isLive={isLive} />
      <PickupCard ret={ret} />
      <LabelCard ret={ret} />
      <Stack gap="lg" className="not-printed">
        <ReturnedItems ret={ret} orderId={orderId} />
        <RefundCards ret={ret} />
        <Photos returnId={ret.returnId} hasPhotos={ret.lines.some((line) => line.photos.length > 0)} />
        <Timeline returnId={ret.returnId} pollMs={pollMsOf(isLive)} />
        <CancelReturn ret={ret} />
        <Others returnId={ret.returnId} orderId={orderId} />
        <Anchor component={Link} href="/" underline="always">
          {say('app.startOver')}
        </Anchor>
      </Stack>
    </Stack>
  );
}

/** What is to come, in minor units: what was quoted, until it is decided for every piece. */
function expectedMinor({ lines, refunds, money: { entitledMinor, blockedMinor, quotedMinor } }: Return): number {
  const isOpen = lines.some(({ awaiting, awaitingInspection }) => awaiting + awaitingInspection > 0);
  return refunds.length > 0 && !isOpen ? entitledMinor + blockedMinor : quotedMinor;
}

function Head({ ret, isLive }: { readonly ret: Return; readonly isLive: boolean }): ReactElement {
  const say = useWords();
  const language = useLanguage();
  const filed = useHistoryState<FiledState | null>()?.filed;
  const [first] = useState(ret.next);
  const [wasLive, setWasLive] = useState(false);
  if (isLive && !wasLive) setWasLive(true);
  const { currency, refundedMinor } = ret.money;
  const isPaid = refundedMinor > 0;
  return (
    <div className="not-printed">
      <Group gap="sm" mb="xs">
        <Status status={ret.status} size="lg" />
        <Text size="sm" c="dimmed">
          {say('titles.return', { returnId: ret.returnId })}
        </Text>
      </Group>
      <PageHeading title={ret.next} page={say('titles.return', { returnId: ret.returnId })} />
      <Stack gap="sm" mt="md">
        {filed !== undefined && ret.parcels.length === 0 && ret.refunds.length === 0 && (
          <Notice>{say(filed === 'now' ? 'return.filed' : 'check.filedBefore')}</Notice>
        )}
        {ret.news.map(({ code, at, words }) => (
          <Notice key={code + at + words} tone="warning" title={say('return.news')}>
            {words}
          </Notice>
        ))}
        {ret.reviewReasons.length > 0 && ret.needsDecision === 'review' && (
          <Notice title={say('return.review')}>{ret.reviewReasons.map(({ words }) => words).join(' ')}</Notice>
        )}
        {wasLive && !isLive && (
          <Text size="sm" className="hint" role="status">
            {say('return.reconnecting')}
          </Text>
        )}
      </Stack>
      <p className="big-money">
        <span>{say(isPaid ? 'return.paid' : 'return.expected')}</span>{' '}
        <strong>{money(isPaid ? refundedMinor : expectedMinor(ret), currency, language)}</strong>
      </p>
      <span className="visually-hidden" role="status">
        {ret.next === first ? '' : say('return.updated', { words: ret.next })}
      </span>
    </div>
  );
}

function Photos({ returnId, hasPhotos }: { readonly returnId: string; readonly hasPhotos: boolean }): ReactElement | null {
  const say = useWords();
  const { data } = usePhotos(returnId, hasPhotos);
  if (data === undefined || data.length === 0) return null;
  return (
    <section className="card" aria-labelledby="photos">
      <Title order={2} size="h4" id="photos" mb="xs">
        {say('return.photos')}
      </Title>
      <ul className="photos">
        {data.map(({ photoRef, url }, index) => (
          <li key={photoRef}>
            <a href={url} target="_blank" rel="noreferrer">
              <img src={url} alt={say('return.photo', { number: index + 1 })} />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Others({ returnId, orderId }: { readonly returnId: string; readonly orderId: string }): ReactElement | null {
  const say = useWords();
  const others = useReturnable(orderId).data?.returns.filter((each) => each.returnId !== returnId) ?? [];
  if (others.length === 0) return null;
  return (
    <section className="card" aria-labelledby="others">
      <Title order={2} size="h4" id="others" mb="xs">
        {say('return.others')}
      </Title>
      <ReturnList returns={others} />
    </section>
  );
}

function NotFound(): ReactElement {
  const say = useWords();
  const leaving = useLeaving();
  return (
    <Stack gap="lg">
      <ProblemNotice error={leaving.error} />
      <PageHeading title={say('titles.notFound')} lead={say('return.notFoundLead')} />
      <Group>
        <Button component={Link} href="/">
          {say('return.toOrder')}
        </Button>
        <Button variant="default" loading={leaving.isPending} onClick={() => leaving.mutate()}>
          {say('return.otherOrder')}
        </Button>
      </Group>
    </Stack>
  );
}
