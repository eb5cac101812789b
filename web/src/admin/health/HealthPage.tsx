import { Alert, Box, Button, Group, List, Loader, Progress, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, newKey, staffApi, type Schemas } from '../../shared/api/api';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { TableHead } from '../../shared/page/TableHead';
import { TableRegion } from '../../shared/page/TableRegion';
import { StatusBadge } from '../../shared/return/StatusBadge';
import { duration } from '../../shared/words/times';
import { plain } from '../../shared/words/words';
import { doesWhat, failureWords } from './failures';
import { faultsOf } from './faults';

type View = Schemas['ViewStateAnswer'];
const VIEWS = ['views'] as const;
const NORMAL_MS = 5000;
const REBUILDING_MS = 500;

/** How views and processes stand, what is wrong, and the rebuilding of a view while the service runs. */
export function HealthPage(): ReactElement {
  const { data, error, refetch } = useQuery({
    queryKey: VIEWS,
    queryFn: () => answerOf(staffApi.GET('/v1/views')),
    refetchInterval: ({ state }) => (state.data?.views.some((view) => view.state === 'rebuilding') === true ? REBUILDING_MS : NORMAL_MS),
  });
  return (
    <Stack gap="lg">
      <PageTitle tab="Health · Operations">Health of views and processes</PageTitle>
      <ProblemAlert error={error} title="The service does not say how it stands" onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading" />}
      {data !== undefined && (
        <>
          <Verdict faults={faultsOf(data.views, data.processes)} />
          <Views views={data.views} />
          <Processes processes={data.processes} />
        </>
      )}
    </Stack>
  );
}

function Verdict({ faults }: { readonly faults: readonly string[] }): ReactElement {
  return (
    <div role="status">
      {faults.length === 0 ? (
        <Alert variant="outline" color="spruce" title="All is well">
          Every view follows the log, and every process does its work.
        </Alert>
      ) : (
        <Alert variant="outline" color="red.9" title="Something is wrong">
          <List>
            {faults.map((fault) => (
              <List.Item key={fault}>{fault}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </div>
  );
}

function Views({ views }: { readonly views: readonly View[] }): ReactElement {
  const queries = useQueryClient();
  const [begun, setBegun] = useState<string | null>(null);
  const rebuilding = useMutation({
    mutationFn: ({ name, key }: { readonly name: string; readonly key: string }) =>
      answerOf(staffApi.POST('/v1/views/{name}/rebuild', { body: {}, params: { path: { name }, header: { 'Idempotency-Key': key } } })),
    // What was begun before is said no more; of what is asked for now nothing is said before it has begun and is shown so.
    onMutate: () => setBegun(null),
    onError: () => queries.invalidateQueries({ queryKey: VIEWS }),
    onSuccess: async (_, { name }) => {
      await queries.invalidateQueries({ queryKey: VIEWS });
      setBegun(name);
    },
  });
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h4">
        Views
      </Title>
      <Text size="sm" c="dimmed">
        A view is computed from the log. While it is rebuilt, the build before it goes on answering.
      </Text>
      <ProblemAlert error={rebuilding.error} title="The rebuild did not begin" />
      <Announcement view={views.find(({ name }) => name === begun)} />
      <TableRegion label="Views">
        <Table verticalSpacing="xs">
          <TableHead texts={['View', 'State']} numbers={['Behind', 'Events']} more={['Rebuild']} />
          <Table.Tbody>
            {views.map((view) => (
              <ViewRow key={view.name} view={view} onRebuild={() => rebuilding.mutate({ name: view.name, key: newKey() })} />
            ))}
          </Table.Tbody>
        </Table>
      </TableRegion>
    </Stack>
  );
}

function ViewRow({ view, onRebuild }: { readonly view: View; readonly onRebuild: () => void }): ReactElement {
  const { name, version, state, lagSeconds, eventsApplied, progress, error, rebuildError } = view;
  const isBuilt = progress !== null;
  const percent = Math.round((progress ?? 0) * 100);
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={600}>
        {name}
        <Text size="sm" c="dimmed">{`version ${version}`}</Text>
      </Table.Th>
      <Table.Td>
        <StatusBadge code={state} />
        {error !== null && (
          <Failure
            of={name}
            words={
              state === 'failed'
                ? 'It has stopped and shows what was known until then. Mend the cause, then rebuild it.'
                : 'It shows what was known until then, and goes on by itself once the cause is gone.'
            }
            detail={error}
          />
        )}
        {rebuildError !== null && (
          <Failure
            of={`the rebuild of ${name}`}
            words="The last rebuild broke off; the build before it is still in use. Mend the cause, then rebuild it again."
            detail={rebuildError}
          />
        )}
      </Table.Td>
      <Table.Td ta="right">{duration(lagSeconds)}</Table.Td>
      <Table.Td ta="right">{eventsApplied.toLocaleString('en')}</Table.Td>
      <Table.Td miw={170}>
        {isBuilt && (
          <Group gap="xs" wrap="nowrap">
            <Progress.Root size="lg" flex={1}>
              <Progress.Section value={percent} aria-label={state === 'rebuilding' ? `Rebuild of ${name}` : `Build of ${name}`} />
            </Progress.Root>
            <Text size="sm">{`${percent} %`}</Text>
          </Group>
        )}
        {!isBuilt && (
          <Button size="xs" variant="default" onClick={onRebuild}>
            Rebuild<span className="visually-hidden">{` ${name}`}</span>
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** What happened and what to do; what the service says itself is one click away, for whoever runs it. */
function Failure({ of, words, detail }: { readonly of: string; readonly words: string; readonly detail: string }): ReactElement {
  return (
    <Box miw={220} maw={420} mt={4} fw={400}>
      <Text size="sm" c="red.9">
        {words}
      </Text>
      <Box component="details">
        <Box component="summary" style={{ cursor: 'pointer', minHeight: 24, fontSize: 'var(--mantine-font-size-sm)' }}>
          Technical detail<span className="visually-hidden">{` of ${of}`}</span>
        </Box>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {detail}
        </Text>
      </Box>
    </Box>
  );
}

/** Says begun, each quarter and the end, and nothing between: a bar that moves is not read out at every step. */
function Announcement({ view }: { readonly view: View | undefined }): ReactElement {
  const quarter = Math.floor((view?.progress ?? 0) * 4) * 25;
  const words =
    view === undefined
      ? ''
      : view.state === 'rebuilding'
        ? `Rebuilding ${view.name}: ${quarter === 0 ? 'begun' : `${quarter} percent`}.`
        : view.rebuildError === null
          ? `${view.name} is rebuilt.`
          : `The rebuild of ${view.name} broke off.`;
  return (
    <Text role="status" size="sm">
      {words}
    </Text>
  );
}

function Processes({ processes }: { readonly processes: readonly Schemas['ProcessStateAnswer'][] }): ReactElement {
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h4">
        Processes
      </Title>
      <Text size="sm" c="dimmed">
        A process does what the log asks for. What fails is tried again by itself, after longer and longer pauses.
      </Text>
      <TableRegion label="Processes">
        <Table verticalSpacing="xs">
          <TableHead texts={['Process', 'State']} numbers={['Due now', 'Being done', 'All to-dos', 'Failing', 'Due longest']} />
          <Table.Tbody>
            {processes.map(({ name, state, pending, due, inFlight, failing, oldestDueSeconds, lastError }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={600}>
                  {plain(name)}
                  <Text size="sm" c="dimmed">
                    {doesWhat(name)}
                  </Text>
                  {lastError !== null && <Failure of={name} words={failureWords(name, lastError)} detail={lastError} />}
                </Table.Th>
                <Table.Td>
                  <StatusBadge code={state} />
                </Table.Td>
                {[due, inFlight, pending, failing].map((number, index) => (
                  <Table.Td key={index} ta="right">
                    {number}
                  </Table.Td>
                ))}
                <Table.Td ta="right">{due === 0 ? '–' : duration(oldestDueSeconds)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </TableRegion>
    </Stack>
  );
}
