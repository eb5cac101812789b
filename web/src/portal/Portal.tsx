/** The customers' pages: filing a return at `/`, following one at `/r/{returnId}`. */
import './portal.css';
import { Loader, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, type ReactElement } from 'react';
import { Route, Switch } from 'wouter';
import { decoded } from '../shared/address';
import { signIn, useSession, useSessions } from '../shared/session';
import { FilingPage } from './filing/FilingPage';
import { Frame } from './Frame';
import { useLanguage, useWords } from './language';
import { ProblemNotice } from './Notice';
import { useSessionEnd } from './session-end';
import { useLinkedToken } from './session-link';
import { SignIn } from './signin/SignIn';
import { ReturnPage } from './tracking/ReturnPage';

export default function Portal(): ReactElement {
  const language = useLanguage();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <Frame><SignedIn /></Frame>;
}

function SignedIn(): ReactElement {
  const say = useWords();
  const { error, refetch } = useSessions();
  const session = useSession('customer');
  const { hasEnded } = useSessionEnd();
  const linkedToken = useLinkedToken();
  const linking = useMutation({ mutationFn: (token: string) => signIn(token) });
  const { mutate: link } = linking;
  useEffect(() => {
    if (linkedToken !== null) link(linkedToken);
  }, [link, linkedToken]);
  if (error !== null && session === undefined) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (session === undefined || linking.isPending) return <Loader role="status" aria-label={say('app.loading')} />;
  if (session === null || session.orderId === null) return <SignIn why={linking.isError ? 'linkOver' : hasEnded ? 'over' : null} />;
  const { orderId } = session;
  return (
    <Stack gap="lg">
      <Switch>
        <Route path="/r/:returnId">{({ returnId }) => <ReturnPage key={returnId} returnId={decoded(returnId)} orderId={orderId} />}</Route>
        <Route><FilingPage orderId={orderId} /></Route>
      </Switch>
    </Stack>
  );
}
