import { Alert, Button, Grid, Group, Loader, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, newKey, staffApi, type Schemas } from '../../shared/api/api';
import { useLive, type LiveEvent } from '../../shared/api/live';
import { readAgain } from '../../shared/api/queries';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { count } from '../../shared/words/words';
import { decide, helpful } from '../return/decisions';
import { Candidate } from './Candidate';
import { QueueList } from './QueueList';
import { ShortcutsHelp } from './ShortcutsHelp';
import type { Decided } from './useDecision';
import { useShortcuts, useShortcutsSetting } from './useShortcuts';

const MOST = 100;
const QUEUE = ['returns', 'review'] as const;
const readQueue = (): Promise<Schemas['BoardAnswer']> =>
  answerOf(staffApi.GET('/v1/returns', { params: { query: { needsDecision: true, sort: 'oldest', limit: MOST } } }));

type Row = Schemas['BoardRowAnswer'];
/** `isAskedFor`: it came up because of what the person did. */
type Shown = { readonly row: Row; readonly isAskedFor: boolean };

/**
 * Returns that wait for a person (whether they may be, or what becomes of money that cannot be paid), longest waiting first. What is decided leaves the list, and the next one comes up. What a
 * colleague decides leaves the list too, but stays under the hands of whoever looks at it until they go on.
 */
export function ReviewQueue(): ReactElement {
  const queries = useQueryClient();
  const { data, error, isFetching, refetch } = useQuery({ queryKey: QUEUE, queryFn: readQueue });
  const [shown, setShown] = useState<Shown | null>(null);
  const [last, setLast] = useState<(Decided & { readonly row: Row }) | null>(null);
  const [news, setNews] = useState<Readonly<Record<string, number>>>({});
  const hear = ({ type, streamId }: LiveEvent): void => {
    setNews((known) => ({ ...known, [streamId]: (known[streamId] ?? 0) + 1 }));
    if (type.startsWith('Return') || type === 'RefundBlocked' || type === 'RefundEntitled')
      void queries.invalidateQueries({ queryKey: QUEUE });
  };
  useLive('staff', hear, () => void readAgain({ queryKey: QUEUE }));
  const waiting = data?.items ?? [];
  const first = waiting[0];
  // What an earlier visit has read may be decided by now.
  if (shown === null && first !== undefined && !isFetching) setShown({ row: first, isAskedFor: false });
  const current = waiting.find(({ returnId }) => returnId === shown?.row.returnId) ?? shown?.row ?? first;
  const { previous, next, isWaiting } = neighboursOf(current, waiting);
  const show = (row: Row | undefined): void => setShown(row === undefined ? null : { row, isAskedFor: true });
  const go = (step: number): void => show((step > 0 ? next : previous) ?? (isWaiting ? current : first));
  const onDecided = (row: Row, decision: Decided): void => {
    // Gone at once; the view, asked again, has reached the decision before it answers.
    queries.setQueryData<Schemas['BoardAnswer']>(
      QUEUE,
      (known) => known && { ...known, items: known.items.filter(({ returnId }) => returnId !== decision.returnId) },
    );
    show(next ?? previous);
    setLast({ ...decision, row });
    void readAgain({ queryKey: QUEUE });
  };
  const onUndone = (row: Row): void => {
    show(row);
    setLast(null);
    void queries.invalidateQueries({ queryKey: QUEUE });
  };
  return (
    <Stack>
      <PageTitle tab="Review queue · Operations">Review queue</PageTitle>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <LastDecision key={last?.returnId} last={last} onUndone={() => last !== null && onUndone(last.row)} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading the queue" />}
      {data !== undefined && (
        <Text role="status">
          {waiting.length === 0
            ? 'Nothing waits for a review.'
            : `${count(waiting.length, 'return')} waiting${data.nextCursor === null ? '' : `, the first ${MOST} are shown`}`}
        </Text>
      )}
      {current !== undefined && (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <QueueList rows={waiting} current={current.returnId} onChoose={show} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Candidate
              key={current.returnId}
              row={current}
              news={news[`returns-${current.orderId}`] ?? 0}
              hasFocus={shown?.isAskedFor === true}
              onDecided={(decision) => onDecided(current, decision)}
              onMove={go}
            />
          </Grid.Col>
        </Grid>
      )}
      {current === undefined && data !== undefined && <ShortcutsSettingOnly />}
    </Stack>
  );
}

/** What stands before and after a return in the queue, also when it waits no more. */
function neighboursOf(
  row: Row | undefined,
  waiting: readonly Row[],
): { readonly previous: Row | undefined; readonly next: Row | undefined; readonly isWaiting: boolean } {
  const index = waiting.findIndex(({ returnId }) => returnId === row?.returnId);
  if (index >= 0) return { previous: waiting[index - 1], next: waiting[index + 1], isWaiting: true };
  const place = waiting.filter(({ requestedAt }) => row !== undefined && requestedAt < row.requestedAt).length;
  return { previous: waiting[place - 1], next: waiting[place], isWaiting: false };
}

/** With nothing to decide, no key does anything; the setting can still be changed. */
function ShortcutsSettingOnly(): ReactElement {
  const [isOn, setOn] = useShortcutsSetting();
  return <ShortcutsHelp isOn={isOn} onChange={setOn} isOpen={false} onToggle={() => undefined} />;
}

/** What was decided last, and its undoing where there is one: an approval goes back to review. */
function LastDecision({ last, onUndone }: { readonly last: Decided | null; readonly onUndone: () => void }): ReactElement {
  const [key] = useState(newKey);
  const [isOn] = useShortcutsSetting();
  const undoing = useMutation({
    mutationFn: (returnId: string) =>
      decide({ action: 'review', returnId, key, etag: null, code: 'approval_undone', reason: 'The approval was taken back' }),
    onSuccess: onUndone,
  });
  const undo = (): void => {
    if (last?.canUndo === true && !undoing.isPending) undoing.mutate(last.returnId);
  };
  useShortcuts({ u: undo }, isOn && last?.canUndo === true && !undoing.isPending);
  return (
    <>
      <div role="status">
        {last !== null && (
          <Alert variant="outline" color="spruce" py="xs">
            <Group justify="space-between">
              <Text>{`${last.returnId} is ${last.verdict}.`}</Text>
              {last.canUndo && (
                <Button size="xs" variant="default" loading={undoing.isPending} onClick={undo} aria-keyshortcuts={isOn ? 'u' : undefined}>
                  Undo
                </Button>
              )}
            </Group>
          </Alert>
        )}
      </div>
      <ProblemAlert error={helpful(undoing.error)} title="The approval stands" />
    </>
  );
}
