/** The warehouse's pages: the scan station, what it waits for, and the codes that work it. */
import { Loader } from '@mantine/core';
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

export default function Warehouse(): ReactElement {
  return (
    <StationArea title="Scan station" nav={NAV}>
      <Suspense fallback={<Loader aria-label="Loading" role="status" />}>
        <Switch>
          <Route path="/warehouse/codes"><CodesPage /></Route>
          <Route path="/warehouse/queue"><QueuePage /></Route>
          <Route path="/warehouse/parcels"><FoundPage /></Route>
          <Route><StationPage /></Route>
        </Switch>
      </Suspense>
    </StationArea>
  );
}
