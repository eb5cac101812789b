import { Alert, Button, Grid, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { newKey } from '../../shared/api/api';
import { ProblemAlert } from '../../shared/page/ProblemAlert';
import { count } from '../../shared/words/words';
import { faultsOf, publish, type Versioned } from './policy-api';
import { policyDifferences, type Difference } from './policy-diff';
import { formOf, inDigits, nameOf, readForm, type Fault, type Policy, type PolicyForm } from './policy-form';
import { policyInWords } from './policy-words';
import { PolicyFields } from './PolicyFields';
import { PublishDialog } from './PublishDialog';

type Props = {
  readonly inForce: Versioned;
  /** Decimals of the currency amounts are shown in. */
  readonly digits: number;
  readonly money: (minor: number) => string;
};

/** How long a person is left to write before the service is asked, in milliseconds. */
const PAUSE = 400;
/** After this the question was about another document. */
const MINUTE = 60_000;

/** What is written in the form; amounts are written anew when they are to be shown in another currency. */
function useForm(policy: Policy, digits: number): [PolicyForm, (change: (form: PolicyForm) => PolicyForm) => void] {
  const [written, setWritten] = useState(() => ({ digits, form: formOf(policy, digits) }));
  const form = written.digits === digits ? written.form : inDigits(written.form, written.digits, digits);
  if (written.digits !== digits) setWritten({ digits, form });
  return [form, (change) => setWritten((now) => ({ ...now, form: change(now.form) }))];
}

/** A form for the whole policy, what it means in plain language beside it, and its publication. */
export function PolicyEditor({ inForce, digits, money }: Props): ReactElement {
  const queries = useQueryClient();
  const [form, setForm] = useForm(inForce.policy, digits);
  /** Key of the publication that is asked about; null while none is. */
  const [wish, setWish] = useState<string | null>(null);
  const { policy, faults: unreadable } = readForm(form, digits);
  const [asked] = useDebouncedValue(JSON.stringify(policy), PAUSE);
  const check = useQuery({
    queryKey: ['policy', 'check', asked],
    queryFn: () => faultsOf(policy),
    enabled: unreadable.length === 0 && asked === JSON.stringify(policy),
    staleTime: MINUTE,
  });
  const publishing = useMutation({
    mutationFn: (key: string) => publish(policy, inForce.etag, key),
    onSuccess: () => {
      setWish(null);
      void queries.invalidateQueries({ queryKey: ['policy'] });
    },
  });
  const faults = [...unreadable, ...(check.data ?? [])];
  const differences = policyDifferences(inForce.policy, policy, money);
  /** What is known of it is about what is written now, not about what was there a moment ago. */
  const isChecked = unreadable.length > 0 || (check.data !== undefined && asked === JSON.stringify(policy));
  const begin = (): void => {
    if (faults.length > 0) document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
    else {
      publishing.reset();
      setWish(newKey());
    }
  };
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <PolicyFields
          form={form}
          onChange={(field, value) => setForm((now) => ({ ...now, [field]: value }))}
          faultAt={(pointer) => faults.find((fault) => fault.pointer === pointer)?.detail}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack style={{ position: 'sticky', top: 72 }}>
          <ProblemAlert error={check.error} title="The policy could not be checked" onRetry={() => void check.refetch()} />
          <Findings faults={faults} differences={differences} />
          <Group>
            <Button onClick={begin} disabled={differences.length === 0 || !isChecked}>
              Publish…
            </Button>
            <Button variant="default" disabled={differences.length === 0} onClick={() => setForm(() => formOf(inForce.policy, digits))}>
              Discard changes
            </Button>
          </Group>
          <Meaning policy={policy} money={money} />
        </Stack>
      </Grid.Col>
      {wish !== null && (
        <PublishDialog
          differences={differences}
          isBusy={publishing.isPending}
          error={publishing.error}
          onPublish={() => publishing.mutate(wish)}
          onClose={() => setWish(null)}
        />
      )}
    </Grid>
  );
}

/** What has to be put right, else how far the form is from what is in force. */
function Findings({
  faults,
  differences,
}: {
  readonly faults: readonly Fault[];
  readonly differences: readonly Difference[];
}): ReactElement {
  return (
    <div role="status">
      {faults.length > 0 && (
        <Alert
          variant="outline"
          color="red.9"
          title={`${faults.length === 1 ? 'One field needs' : `${faults.length} fields need`} another look`}
        >
          {faults.map(({ pointer, detail }) => (
            <Text key={pointer + detail} size="sm">{`${nameOf(pointer)}: ${detail}`}</Text>
          ))}
        </Alert>
      )}
      {faults.length === 0 && (
        <Text size="sm">
          {differences.length === 0 ? 'This is what is in force.' : `${count(differences.length, 'difference')} from what is in force.`}
        </Text>
      )}
    </div>
  );
}

function Meaning({ policy, money }: { readonly policy: Policy; readonly money: Props['money'] }): ReactElement {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4" mb="xs">
        What it means
      </Title>
      {policyInWords(policy, money).map(({ title, sentences }) => (
        <section key={title}>
          <Title order={3} size="h6" mt="xs">
            {title}
          </Title>
          {sentences.map((words) => (
            <Text key={words} size="sm">
              {words}
            </Text>
          ))}
        </section>
      ))}
    </Paper>
  );
}
