import { Alert, Button, Container, Divider, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement, type ReactNode } from 'react';
import { ApiProblem } from '../api/problem';
import { ProblemAlert } from '../page/ProblemAlert';
import { signIn, useSessions } from './session';
import { SIGNING_IN } from './session-end';

type Props = {
  readonly title: string;
  readonly note?: ReactNode;
  /** Somebody was signed in, and did not sign out. */
  readonly hasEnded: boolean;
};

/** Staff sign in with an API key, or at the merchant's identity provider where one is configured. */
export function StaffSignIn({ title, note, hasEnded }: Props): ReactElement {
  const [key, setKey] = useState('');
  const { data } = useSessions();
  const signingIn = useMutation({ mutationKey: SIGNING_IN, mutationFn: (token: string) => signIn(token) });
  const isWrong = signingIn.error instanceof ApiProblem && signingIn.error.code === 'unauthenticated';
  return (
    <Container size={440} py="xl" component="main">
      <Title order={1} size="h2" mb="md">
        {title}
      </Title>
      {hasEnded && (
        <Alert variant="outline" color="blue.8" role="status" mb="md" title="Your sign-in is over">
          Its time was up, or the key was revoked. Sign in again to go on; an admin gives out keys.
        </Alert>
      )}
      {note}
      <Paper withBorder p="lg">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signingIn.mutate(key.trim());
          }}
        >
          <Stack>
            {!isWrong && <ProblemAlert error={signingIn.error} title="You are not signed in" />}
            <PasswordInput
              label="API key"
              description="It begins with bh_. The service printed the first one when it was started for the first time."
              name="api-key"
              autoComplete="current-password"
              required
              autoFocus
              visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={isWrong ? 'This key is not valid, or it was revoked.' : null}
            />
            <Button type="submit" loading={signingIn.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
        {data?.ways.includes('oidc') === true && (
          <>
            <Divider my="md" label="or" />
            <Button
              component="a"
              fullWidth
              variant="default"
              href={`/v1/session/oidc?returnTo=${encodeURIComponent(location.pathname + location.search)}`}
            >
              Sign in with your company account
            </Button>
          </>
        )}
      </Paper>
      <Text c="dimmed" size="sm" mt="md">
        The key is exchanged for a session of twelve hours; this browser does not keep it.
      </Text>
    </Container>
  );
}
