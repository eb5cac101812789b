import './lists.css';
import { Badge, Checkbox, Group, Loader, NativeSelect, Text, TextInput, Title } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { Link } from 'wouter';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { useFilters } from '../../shared/page/useFilters';
import { duration } from '../../shared/words/times';
import { plain } from '../../shared/words/words';
import { BlockedRestock } from './BlockedRestock';
import { DoneNote } from './DoneNote';
import { ListScanner } from './ListScanner';
import { Pager } from './Pager';

type Stage = Schemas['QueueItemAnswer']['state'];
const STAGES: Readonly<Record<Stage, string>> = {
  approved: 'Approved',
  label_issued: 'Label issued',
  in_transit: 'On the way',
  delivered: 'On the dock',
  opened: 'Opened',
  receiving: 'Being received',
  received: 'To grade or put away',
};
const isStage = (text: string): text is Stage => text in STAGES;
const REFRESH_MS = 15_000;
const PAGE = 50;

/** What the warehouse still has something to do for, the longest waiting first. */
export default function QueuePage(): ReactElement {
  const [{ state = '', station = '', sku = '', problems, cursor = '' }, change] = useFilters([
    'state',
    'station',
    'sku',
    'problems',
    'cursor',
  ]);
  const [done, setDone] = useState('');
  const query = {
    limit: PAGE,
    ...(isStage(state) ? { state } : {}),
    ...(station === '' ? {} : { station }),
    ...(sku === '' ? {} : { sku }),
    ...(problems === 'true' ? { problems: true } : {}),
    ...(cursor === '' ? {} : { cursor }),
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['receiving-queue', query],
    queryFn: ({ signal }) => answerOf(staffApi.GET('/v1/warehouse/queue', { params: { query }, signal })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <Title order={1} size="h2">
        Receiving queue
      </Title>
      <ListScanner />
      <DoneNote text={done} />
      <StageFilter counts={data?.counts ?? []} chosen={state} onChoose={(stage) => change({ state: stage }, { replace: true })} />
      <Group align="end" my="md">
        <NativeSelect
          label="State"
          value={state}
          onChange={(event) => change({ state: event.currentTarget.value }, { replace: true })}
          data={[{ value: '', label: 'All' }, ...Object.entries(STAGES).map(([value, label]) => ({ value, label }))]}
        />
        <TextInput label="SKU" value={sku} onChange={(event) => change({ sku: event.currentTarget.value }, { replace: true })} />
        <TextInput
          label="Station of the latest scan"
          value={station}
          onChange={(event) => change({ station: event.currentTarget.value }, { replace: true })}
        />
        <Checkbox
          label="Only with problems"
          checked={problems === 'true'}
          onChange={(event) => change({ problems: event.currentTarget.checked ? 'true' : '' }, { replace: true })}
        />
      </Group>
      <ProblemAlert error={error} onRetry={() => void refetch()} title="The queue cannot be read" />
      {data === undefined && error === null && <Loader aria-label="Loading" role="status" />}
      {data !== undefined && data.items.length === 0 && <Text role="status">Nothing waits here.</Text>}
      <ul className="list">
        {data?.items.map((item) => (
          <QueueItem key={item.returnId} item={item} onDone={setDone} />
        ))}
      </ul>
      <Pager cursor={cursor} nextCursor={data?.nextCursor ?? null} onCursor={(next) => change({ cursor: next })} />
    </>
  );
}

type StageProps = {
  readonly counts: Schemas['QueueAnswer']['counts'];
  readonly chosen: string;
  readonly onChoose: (stage: string) => void;
};

function StageFilter({ counts, chosen, onChoose }: StageProps): ReactElement {
  return (
    <div className="list-stages" role="group" aria-label="How far the goods have come">
      {Object.entries(STAGES).map(([stage, label]) => {
        const count = counts.find((each) => each.state === stage)?.count ?? 0;
        return (
          <button key={stage} type="button" aria-pressed={chosen === stage} onClick={() => onChoose(chosen === stage ? '' : stage)}>
            <strong>{count}</strong> {label}
          </button>
        );
      })}
    </div>
  );
}

type ItemProps = { readonly item: Schemas['QueueItemAnswer']; /** Told what was done to it. */ readonly onDone: (words: string) => void };

function QueueItem({ item, onDone }: ItemProps): ReactElement {
  const {
    returnId,
    state,
    ageSeconds,
    lines,
    received,
    authorised,
    awaitingInspection,
    toPutAway,
    mismatches,
    surplus,
    blockedRestocks,
    blocked,
    exceptions,
    trackingNumbers,
    inReview,
  } = item;
  const problems = [
    ...(inReview ? ['in review'] : []),
    ...(mismatches > 0 ? [`${mismatches} wrong`] : []),
    ...(surplus > 0 ? [`${surplus} too many`] : []),
    ...(blockedRestocks > 0 ? [`${blockedRestocks} restock blocked`] : []),
    ...exceptions.map(plain),
  ];
  return (
    <li>
      <div className="list-head">
        <Link href={`/warehouse?scan=${encodeURIComponent(returnId)}`}>{returnId}</Link>
        <Badge color="dark" variant="outline">
          {STAGES[state]}
        </Badge>
        {problems.map((problem) => (
          <Badge key={problem} color="red.9" variant="outline">
            {problem}
          </Badge>
        ))}
        <Text size="sm" component="span">{`for ${duration(ageSeconds)}`}</Text>
      </div>
      <Text>{lines.map((line) => `${line.authorised} × ${line.title}`).join(', ')}</Text>
      <Text size="sm">
        {[
          `${received} of ${authorised} received`,
          ...(awaitingInspection > 0 ? [`${awaitingInspection} to grade`] : []),
          ...(toPutAway > 0 ? [`${toPutAway} to put away`] : []),
          ...trackingNumbers,
        ].join(' · ')}
      </Text>
      {blocked.map((restock) => (
        <BlockedRestock key={restock.restockId} returnId={returnId} restock={restock} onDone={onDone} />
      ))}
    </li>
  );
}
