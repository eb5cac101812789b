/** The warehouse's pages: the scan station, what it waits for, and the codes that work it. */
import { Container, Loader, Text, Title } from '@mantine/core';
import { lazy, Suspense, type ReactElement } from 'react';
import { Route, Switch } from 'wouter';
import { StationArea } from './queue/StationArea';
import { StationPage } from './station/StationPage';

/** The renderer of barcodes is larger than the rest of the area. */
const CodesPage = lazy(() => import('./codes/CodesPage'));
const QueuePage = lazy(() => import('./lists/QueuePage'));
const FoundPage = lazy(() => import('./lists/FoundPage'));

const NAV = [
  { href: '/warehouse', label: 'Scan' },
  { href: '/warehouse/queue', label: 'Receiving queue' },
  { href: '/warehouse/parcels', label: 'Not announced' },
  { href: '/warehouse/codes', label: 'Control codes' },
];

/** Browsers give the queue's lock, the camera and pages without a network only to what cannot be tampered with on its way. */
export default function Warehouse(): ReactElement {
  return isSecureContext ? <Station /> : <NeedsHttps />;
}

function NeedsHttps(): ReactElement {
  return (
    <Container component="main" size="sm" py="xl">
      <Title order={1} size="h2" mb="md">
        The scan station needs https
      </Title>
      <Text>
        This page came over plain http, and browsers then switch off what keeps scans safe without the network. Open the station by its
        https address, or on the machine that runs the service as http://localhost.
      </Text>
    </Container>
  );
}

function Station(): ReactElement {
  return (
    <StationArea title="Scan station" nav={NAV}>
      <Suspense fallback={<Loader aria-label="Loading" role="status" />}>
        <Switch>
          <Route path="/warehouse/codes">
            <CodesPage />
          </Route>
          <Route path="/warehouse/queue">
            <QueuePage />
          </Route>
          <Route path="/warehouse/parcels">
            <FoundPage />
          </Route>
          <Route>
            <StationPage />
          </Route>
        </Switch>
      </Suspense>
    </StationArea>
  );
}
