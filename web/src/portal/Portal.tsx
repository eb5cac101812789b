/** The customers' pages: filing a return at `/`, following one at `/r/{returnId}`. */
import './portal.css';
import { Loader, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState, type ReactElement } from 'react';
import { Route, Switch } from 'wouter';
import { codeOf } from '../shared/api/problem';
import { decoded } from '../shared/page/address';
import { signIn, useSession, useSessions } from '../shared/staff/session';
import { SIGNING_IN, useSessionEnd } from '../shared/staff/session-end';
import { FilingPage } from './filing/FilingPage';
import { Frame } from './Frame';
import { useWords } from './language';
import { Notice, ProblemNotice } from './Notice';
import { SignIn } from './signin/SignIn';
import { ReturnPage } from './tracking/ReturnPage';
import { useLinkedToken } from './useLinkedToken';

export default function Portal(): ReactElement {
  return (
    <Frame>
      <SignedIn />
    </Frame>
  );
}

function SignedIn(): ReactElement {
  const say = useWords();
  const { error, refetch } = useSessions();
  const session = useSession('customer');
  const hasEnded = useSessionEnd(session?.csrfToken ?? null);
  const linking = useLinking(session?.csrfToken ?? null);
  const isAnother = useOrderChange(session?.orderId ?? null);
  if (error !== null && session === undefined) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (session === undefined || linking.isPending) return <Loader role="status" aria-label={say('app.loading')} />;
  const isLinkOver = codeOf(linking.error) === 'unauthenticated';
  const notLinked = isLinkOver ? null : <ProblemNotice error={linking.error} onRetry={linking.again} />;
  if (session === null || session.orderId === null)
    return (
      <Stack gap="lg">
        {notLinked}
        <SignIn why={isLinkOver ? 'linkOver' : hasEnded ? 'over' : null} />
      </Stack>
    );
  const { orderId } = session;
  return (
    <Stack gap="lg">
      {notLinked}
      {isAnother && <Notice>{say('app.anotherOrder')}</Notice>}
      <Switch>
        <Route path="/r/:returnId">{({ returnId }) => <ReturnPage key={returnId} returnId={decoded(returnId)} orderId={orderId} />}</Route>
        <Route>
          <FilingPage orderId={orderId} />
        </Route>
      </Switch>
    </Stack>
  );
}

/** Whether the order signed in for has become another one without anybody signing out here: another tab shares the session. */
function useOrderChange(orderId: string | null): boolean {
  const [known, setKnown] = useState({ orderId, isAnother: false });
  if (known.orderId !== orderId) setKnown({ orderId, isAnother: known.orderId !== null && orderId !== null });
  return known.isAnother;
}

type Linking = { readonly isPending: boolean; readonly error: unknown; readonly again: () => void };

/**
 * Signs in with the token of a link. How that went is past once somebody has signed in or out.
 * @param csrfToken of the session there is
 */
function useLinking(csrfToken: string | null): Linking {
  const token = useLinkedToken();
  const [isPast, setPast] = useState(false);
  const { mutate: link, isPending, error } = useMutation({ mutationKey: SIGNING_IN, mutationFn: signIn, onMutate: () => setPast(false) });
  const [last, setLast] = useState(csrfToken);
  if (csrfToken !== last) {
    setLast(csrfToken);
    setPast(!isPending);
  }
  const again = (): void => {
    if (token !== null) link(token);
  };
  useEffect(() => {
    if (token !== null) link(token);
  }, [link, token]);
  return { isPending, error: isPast ? null : error, again };
}
