import { Badge, Button, Group, Loader, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, staffApi, type Schemas } from '../../shared/api/api';
import { Dialog } from '../../shared/page/Dialog';
import { PageTitle } from '../../shared/page/PageTitle';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { TableHead } from '../../shared/page/TableHead';
import { TableRegion } from '../../shared/page/TableRegion';
import { date, dateTime } from '../../shared/words/times';
import { NewKey } from './NewKey';

type Key = Schemas['ApiKeyBody'];
const KEYS = ['api-keys'] as const;

/** Who may call the API by key: made here, seen once, revoked at once. */
export function KeysPage(): ReactElement {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: KEYS, queryFn: () => answerOf(staffApi.GET('/v1/api-keys')) });
  const [revoking, setRevoking] = useState<Key | null>(null);
  const read = (): void => void queries.invalidateQueries({ queryKey: KEYS });
  return (
    <Stack>
      <PageTitle tab="API keys · Operations">API keys</PageTitle>
      <Text>
        A key lets a program, or a person on these pages, act in one role. It is shown once, when it is made; the service keeps only a hash
        of it.
      </Text>
      <NewKey onMade={read} />
      <ProblemAlert error={error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loader role="status" aria-label="Loading the keys" />}
      {data !== undefined && <KeyTable keys={data.items} onRevoke={setRevoking} />}
      {revoking !== null && <RevokeDialog apiKey={revoking} onRevoked={read} onClose={() => setRevoking(null)} />}
    </Stack>
  );
}

function KeyTable({ keys, onRevoke }: { readonly keys: readonly Key[]; readonly onRevoke: (key: Key) => void }): ReactElement {
  return (
    <TableRegion label="API keys">
      <Table verticalSpacing="xs">
        <TableHead texts={['Used by', 'Role', 'Made', 'Last used', 'State']} />
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.keyId}>
              <Table.Th scope="row" fw={600}>
                {key.label}
              </Table.Th>
              <Table.Td>{key.role}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{date(key.createdAt)}</Table.Td>
              <Table.Td miw={110}>{key.lastUsedAt === null ? 'never' : dateTime(key.lastUsedAt)}</Table.Td>
              <Table.Td>
                {key.revokedAt === null ? (
                  <Button size="xs" variant="default" onClick={() => onRevoke(key)}>
                    Revoke<span className="visually-hidden">{` the key of ${key.label}`}</span>
                  </Button>
                ) : (
                  <Badge variant="dot" color="gray.6" tt="none">{`revoked ${date(key.revokedAt)}`}</Badge>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </TableRegion>
  );
}

type RevokeProps = { readonly apiKey: Key; readonly onRevoked: () => void; readonly onClose: () => void };
function RevokeDialog({ apiKey, onRevoked, onClose }: RevokeProps): ReactElement {
  const revoking = useMutation({
    mutationFn: () => answerOf(staffApi.DELETE('/v1/api-keys/{keyId}', { params: { path: { keyId: apiKey.keyId } } })),
    onSuccess: () => {
      onRevoked();
      onClose();
    },
  });
  return (
    <Dialog onClose={onClose} title={`Revoke the key of ${apiKey.label}`}>
      <Stack>
        <ProblemAlert error={revoking.error} />
        <Text>Whoever uses it is refused from now on, signed-in browsers too. This cannot be undone.</Text>
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button color="red.9" loading={revoking.isPending} onClick={() => revoking.mutate()}>
            Revoke
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
