import { Alert, Button, Grid, Group, Loader, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, newKey, staffApi, type Schemas } from '../../shared/api';
import { useLive, type LiveEvent } from '../../shared/live';
import { PageTitle } from '../../shared/PageTitle';
import { ProblemAlert } from '../../shared/ProblemAlert';
import { readAgain } from '../../shared/queries';
import { count } from '../../shared/words';
import { decide, helpful } from '../return/decisions';
import { Candidate } from './Candidate';
import { QueueList } from './QueueList';
import { ShortcutsHelp } from './ShortcutsHelp';
import type { Decided } from './useDecision';
import { useShortcuts, useShortcutsSetting } from './useShortcuts';

const MOST = 100;
const QUEUE = ['returns', 'review'] as const;
const readQueue = (): Promise<Schemas['BoardAnswer']> => answerOf(staffApi.GET('/v1/returns', { params: { query: { status: ['in_review'], sort: 'oldest', limit: MOST } } }));

/** Returns that wait for a person, longest waiting first. What is decided leaves the list, and the next one comes up. */
export function ReviewQueue(): ReactElement {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: QUEUE, queryFn: readQueue });
  const [chosen, setChosen] = useState<string | null>(null);
  const [last, setLast] = useState<Decided | null>(null);
  const [news, setNews] = useState<Readonly<Record<string, number>>>({});
  const hear = ({ type, streamId }: LiveEvent): void => {
    setNews((known) => ({ ...known, [streamId]: (known[streamId] ?? 0) + 1 }));
    if (type.startsWith('Return')) void queries.invalidateQueries({ queryKey: QUEUE });
  };
  useLive('staff', hear, () => void readAgain({ queryKey: QUEUE }));
  const waiting = data?.items ?? [];
  const index = Math.max(0, waiting.findIndex(({ returnId }) => returnId === chosen));
  const current = waiting[index];
  const go = (step: number): void => setChosen(waiting[Math.min(Math.max(index + step, 0), waiting.length - 1)]?.returnId ?? null);
  const onDecided = (decision: Decided): void => {
    setChosen((waiting[index + 1] ?? waiting[index - 1])?.returnId ?? null);
    setLast(decision);
    // Gone at once; the view, asked again, has reached the decision before it answers.
    queries.setQueryData<Schemas['BoardAnswer']>(QUEUE, (known) => known && { ...known, items: known.items.filter(({ returnId }) => returnId !== decision.returnId) });
    void readAgain({ queryKey: QUEUE });
  };
  const onUndone = (returnId: string): void => {
    setChosen(returnId);
    setLast(null);
    void queries.invalidateQueries({ queryKey: QUEUE });
  };
  return (
    <Stack>
      <PageTitle tab="Review queue · Operations">Review queue</PageTitle>
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      <LastDecision key={last?.returnId} last={last} onUndone={onUndone} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading the queue" />}
      {data !== undefined && <Text role="status">{waiting.length === 0 ? 'Nothing waits for a review.' : `${count(waiting.length, 'return')} waiting${data.nextCursor === null ? '' : `, the first ${MOST} are shown`}`}</Text>}
      {current !== undefined && (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <QueueList rows={waiting} current={current.returnId} onChoose={setChosen} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Candidate key={current.returnId} row={current} news={news[`returns-${current.orderId}`] ?? 0} hasFocus={chosen !== null} onDecided={onDecided} onMove={go} />
          </Grid.Col>
        </Grid>
      )}
      {current === undefined && data !== undefined && <ShortcutsSettingOnly />}
    </Stack>
  );
}

/** With nothing to decide, no key does anything; the setting can still be changed. */
function ShortcutsSettingOnly(): ReactElement {
  const [isOn, setOn] = useShortcutsSetting();
  return <ShortcutsHelp isOn={isOn} onChange={setOn} isOpen={false} onToggle={() => undefined} />;
}

/** What was decided last, and its undoing where there is one: an approval goes back to review. */
function LastDecision({ last, onUndone }: { readonly last: Decided | null; readonly onUndone: (returnId: string) => void }): ReactElement {
  const [key] = useState(newKey);
  const [isOn] = useShortcutsSetting();
  const undoing = useMutation({
    mutationFn: (returnId: string) => decide({ action: 'review', returnId, key, etag: null, code: 'approval_undone', reason: 'The approval was taken back' }),
    onSuccess: ({ returnId }) => onUndone(returnId),
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
              {last.canUndo && <Button size="xs" variant="default" loading={undoing.isPending} onClick={undo} aria-keyshortcuts={isOn ? 'u' : undefined}>Undo</Button>}
            </Group>
          </Alert>
        )}
      </div>
      <ProblemAlert error={helpful(undoing.error)} title="The approval stands" />
    </>
  );
}
