import { Badge, Button, Group, Loader, NativeSelect, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useSearchParams } from 'wouter';
import { newKey, type Schemas } from '../../shared/api/api';
import { Dialog } from '../../shared/page/Dialog';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { TableHead } from '../../shared/page/TableHead';
import { TableRegion } from '../../shared/page/TableRegion';
import { dateTime } from '../../shared/words/times';
import { DifferenceTable } from './DifferenceTable';
import { readVersion, readVersions, retire } from './policy-api';
import { policyDifferences } from './policy-diff';

type Money = (minor: number) => string;
type Version = Schemas['PolicyVersionAnswer'];

const nameOf = (version: number): string => (version === 0 ? 'Built-in terms' : `Version ${version}`);

/** Every version there was, what differs between any two of them, and the withdrawal of the one in force. */
export function Versions({ money }: { readonly money: Money }): ReactElement {
  const { data, error, refetch } = useQuery({ queryKey: ['policy', 'versions'], queryFn: readVersions });
  if (error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loader role="status" aria-label="Loading the versions" />;
  return (
    <Stack gap="xl">
      <VersionTable versions={data.items} />
      <Comparison versions={data.items} money={money} />
    </Stack>
  );
}

function VersionTable({ versions }: { readonly versions: readonly Version[] }): ReactElement {
  const [withdrawn, setWithdrawn] = useState<number | null>(null);
  const after = versions.find(({ version, retiredAt }) => withdrawn !== null && version < withdrawn && retiredAt === null);
  return (
    <TableRegion label="Versions">
      <Table verticalSpacing="xs">
        <TableHead texts={['Version', 'Published', 'Withdrawn', 'What to do']} />
        <Table.Tbody>
          {versions.map(({ version, publishedAt, retiredAt, inForce }) => (
            <Table.Tr key={version}>
              <Table.Th scope="row">
                <Group gap="xs">
                  {nameOf(version)}
                  {inForce && (
                    <Badge variant="dot" color="green.8" tt="none" miw="max-content">
                      in force
                    </Badge>
                  )}
                </Group>
              </Table.Th>
              <Table.Td>{publishedAt === null ? 'with the service' : dateTime(publishedAt)}</Table.Td>
              <Table.Td>{retiredAt === null ? 'no' : dateTime(retiredAt)}</Table.Td>
              <Table.Td>
                {version > 0 && retiredAt === null && (
                  <Button size="xs" variant="default" onClick={() => setWithdrawn(version)}>
                    Withdraw<span className="visually-hidden">{` version ${version}`}</span>
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {withdrawn !== null && (
        <WithdrawDialog
          version={withdrawn}
          isInForce={versions.some(({ version, inForce }) => inForce && version === withdrawn)}
          next={nameOf(after?.version ?? 0)}
          onClose={() => setWithdrawn(null)}
        />
      )}
    </TableRegion>
  );
}

type WithdrawProps = { readonly version: number; readonly isInForce: boolean; readonly next: string; readonly onClose: () => void };
function WithdrawDialog({ version, isInForce, next, onClose }: WithdrawProps): ReactElement {
  const queries = useQueryClient();
  const [key] = useState(newKey);
  const withdrawing = useMutation({
    mutationFn: () => retire(version, key),
    onSuccess: () => {
      onClose();
      void queries.invalidateQueries({ queryKey: ['policy'] });
    },
  });
  return (
    <Dialog onClose={onClose} title={`Withdraw version ${version}`}>
      <Stack>
        <ProblemAlert error={withdrawing.error} />
        <Text>
          {isInForce
            ? `Returns filed from now on follow: ${next}. Those already filed keep their terms.`
            : 'It is not in force; it will never come into force again.'}{' '}
          A version that is withdrawn cannot be brought back, but published anew.
        </Text>
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button color="red.9" loading={withdrawing.isPending} onClick={() => withdrawing.mutate()}>
            Withdraw
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Comparison({ versions, money }: { readonly versions: readonly Version[]; readonly money: Money }): ReactElement {
  const [address, setAddress] = useSearchParams();
  const known = (name: string, otherwise: number | undefined): number =>
    versions.find(({ version }) => String(version) === address.get(name))?.version ?? otherwise ?? 0;
  const to = known('to', versions.find(({ inForce }) => inForce)?.version);
  const from = known('from', versions.find(({ version }) => version < to)?.version);
  const [before, after] = [useQuery(versionQuery(from)), useQuery(versionQuery(to))];
  const choose = (name: string, version: string): void =>
    setAddress({ tab: 'versions', from: String(from), to: String(to), [name]: version });
  const options = versions.map(({ version }) => ({ value: String(version), label: nameOf(version) }));
  return (
    <Stack component="section" gap="sm">
      <Title order={2} size="h4">
        Differences
      </Title>
      <Group>
        <NativeSelect label="From" data={options} value={String(from)} onChange={(event) => choose('from', event.currentTarget.value)} />
        <NativeSelect label="To" data={options} value={String(to)} onChange={(event) => choose('to', event.currentTarget.value)} />
      </Group>
      <ProblemAlert error={before.error ?? after.error} />
      {before.data !== undefined && after.data !== undefined && (
        <DifferenceTable differences={policyDifferences(before.data.policy, after.data.policy, money)} />
      )}
    </Stack>
  );
}

/** A published version never changes. */
const versionQuery = (version: number) => ({
  queryKey: ['policy', 'version', version],
  queryFn: () => readVersion(version),
  staleTime: Infinity,
});
