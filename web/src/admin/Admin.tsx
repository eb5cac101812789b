import type { ReactElement } from 'react';
import { Route, Switch } from 'wouter';
import { decoded } from '../shared/page/address';
import { NoSuchPage } from '../shared/page/NoSuchPage';
import { StaffArea, type NavItem } from '../shared/staff/StaffArea';
import { Board } from './board/Board';
import { HealthPage } from './health/HealthPage';
import { KeysPage } from './keys/KeysPage';
import { PolicyPage } from './policy/PolicyPage';
import { ProvidersPage } from './providers/ProvidersPage';
import { ReturnRates } from './reports/ReturnRates';
import { ReturnPage } from './return/ReturnPage';
import { ReviewQueue } from './review/ReviewQueue';

const NAV: readonly NavItem[] = [
  { href: '/admin', label: 'Returns' },
  { href: '/admin/review', label: 'Review queue' },
  { href: '/admin/reports', label: 'Return rates' },
  { href: '/admin/policy', label: 'Return policy' },
  { href: '/admin/keys', label: 'API keys' },
  { href: '/admin/providers', label: 'Providers' },
  { href: '/admin/health', label: 'Health' },
];

/** Operations: the returns themselves, and what the service works by. */
export default function Admin(): ReactElement {
  return (
    <StaffArea title="Operations" nav={NAV} roles={['admin']}>
      <Switch>
        <Route path="/admin">
          <Board />
        </Route>
        <Route path="/admin/review">
          <ReviewQueue />
        </Route>
        <Route path="/admin/returns/*">{(rest) => <ReturnPage key={rest['*']} returnId={decoded(rest['*'])} />}</Route>
        <Route path="/admin/reports">
          <ReturnRates />
        </Route>
        <Route path="/admin/policy">
          <PolicyPage />
        </Route>
        <Route path="/admin/keys">
          <KeysPage />
        </Route>
        <Route path="/admin/providers">
          <ProvidersPage />
        </Route>
        <Route path="/admin/health">
          <HealthPage />
        </Route>
        <Route>
          <NoSuchPage href="/admin" to="the returns" />
        </Route>
      </Switch>
    </StaffArea>
  );
}
