import { Alert, Button, Code, CopyButton, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { answerOf, newKey, staffApi, type Schemas } from '../../shared/api/api';
import { ProblemAlert } from '../../shared/page/ProblemAlert';

const ROLES = [
  { value: 'shop', label: 'shop: orders, customer sessions, returns' },
  { value: 'warehouse', label: 'warehouse: receiving, inspection, putting away' },
  { value: 'finance', label: 'finance: refunds and reports' },
  { value: 'admin', label: 'admin: everything' },
] as const;
type Role = (typeof ROLES)[number]['value'];
type Made = Schemas['CreatedApiKeyBody'];

/** A form for a new key, and the key itself, shown once. */
export function NewKey({ onMade }: { readonly onMade: () => void }): ReactElement {
  const [label, setLabel] = useState('');
  const [role, setRole] = useState<Role>('shop');
  // Kept while the same wish is tried again.
  const [wish, setWish] = useState(newKey);
  const making = useMutation({
    mutationFn: (body: Schemas['NewApiKey']) =>
      answerOf(staffApi.POST('/v1/api-keys', { body, params: { header: { 'Idempotency-Key': wish } } })),
    onSuccess: () => {
      setLabel('');
      setWish(newKey());
      onMade();
    },
  });
  const change = (): void => {
    if (making.isError) setWish(newKey());
    if (!making.isIdle) making.reset();
  };
  return (
    <Paper withBorder p="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate({ role, label: label.trim() });
        }}
      >
        <ProblemAlert error={making.error} title="No key was made" />
        <Group align="end">
          <TextInput
            label="Used by"
            placeholder="Such as shop front end"
            required
            maxLength={100}
            value={label}
            w={260}
            onChange={(event) => {
              if (making.isError) change();
              setLabel(event.currentTarget.value);
            }}
          />
          <NativeSelect
            label="Role"
            data={[...ROLES]}
            value={role}
            w={330}
            maw="100%"
            onChange={(event) => {
              if (making.isError) change();
              setRole(ROLES.find(({ value }) => value === event.currentTarget.value)?.value ?? 'shop');
            }}
          />
          <Button type="submit" loading={making.isPending}>
            Make a key
          </Button>
        </Group>
      </form>
      <div role="status">{making.data !== undefined && <Secret made={making.data} onDone={change} />}</div>
    </Paper>
  );
}

function Secret({ made, onDone }: { readonly made: Made; readonly onDone: () => void }): ReactElement {
  if (made.key === null) {
    return (
      <Alert mt="md" variant="outline" color="red.9" title="The key was made, but its answer was lost">
        Revoke it in the list below, and make another one.
      </Alert>
    );
  }
  return (
    <Alert mt="md" variant="outline" color="spruce" title={`The key of ${made.label}: copy it now, it is not shown again`}>
      <Stack gap="xs">
        <Code block c="black" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {made.key}
        </Code>
        <Group>
          <CopyButton value={made.key}>
            {({ copied, copy }) => (
              <Button size="xs" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button size="xs" variant="default" onClick={onDone}>
            I have it, hide it
          </Button>
        </Group>
        <Text size="sm">{`It acts as ${made.role}.`}</Text>
      </Stack>
    </Alert>
  );
}
