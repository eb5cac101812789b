import { Alert } from '@mantine/core';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { knownSession, useSession, type Session } from '../../shared/staff/session';
import { StaffArea, type NavItem } from '../../shared/staff/StaffArea';
import { registerStationWorker } from '../register';
import { scanQueue } from './scan-queue';
import { keepLastSession, lastSession as readLastSession } from './store';
import { useScanQueue } from './useScanQueue';

type Props = { readonly title: string; readonly nav: readonly NavItem[]; readonly children: ReactNode };

/** The frame of the station's pages: as other staff's, and it opens without the service for whoever was signed in last. */
export function StationArea({ title, nav, children }: Props): ReactElement {
  const { waiting } = useScanQueue();
  const lastSession = useLastSession();
  useEffect(() => registerStationWorker(), []);
  const note =
    waiting === 0 ? undefined : (
      <Alert color="dark" variant="outline" mb="md" role="status" title="Sign in again, nothing is lost">
        {waiting === 1 ? 'One scan waits' : `${waiting} scans wait`} on this device. What you have scanned is sent as soon as you are signed
        in; what somebody else has scanned waits for that person.
      </Alert>
    );
  return (
    <StaffArea title={title} nav={nav} roles={['warehouse']} lastSession={lastSession} signInNote={note}>
      {children}
    </StaffArea>
  );
}

/** Keeps who is signed in, tells the queue, and gives who was. The token stays in memory: it is read again when the service is back. */
function useLastSession(): Session | null {
  const session = useSession('staff');
  const [last, setLast] = useState<Session | null>(null);
  useEffect(() => {
    readLastSession().then((kept) => {
      if (kept === undefined) return;
      if (knownSession('staff') === undefined) scanQueue.signedIn(kept.id);
      setLast({ area: 'staff', orderId: null, csrfToken: '', ...kept });
    }, reportError);
  }, []);
  useEffect(() => {
    if (session === undefined) return;
    if (session !== null) scanQueue.signedIn(session.id);
    keepLastSession(session).catch(reportError);
  }, [session]);
  return last;
}
