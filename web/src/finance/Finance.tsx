import '@mantine/charts/styles.css';
import type { ReactElement } from 'react';
import { Route, Switch } from 'wouter';
import { NoSuchPage } from '../shared/page/NoSuchPage';
import { StaffArea, type NavItem } from '../shared/staff/StaffArea';
import { ListenForMoney } from './live/ListenForMoney';
import { Owed } from './owed/Owed';
import { OwedPayouts } from './owed/OwedPayouts';
import { HangingPayouts } from './payouts/HangingPayouts';
import { PayoutPage } from './payouts/PayoutPage';
import { ReturnPage } from './return/ReturnPage';
import { Compare } from './waiting/Compare';
import { LatencyOverTime } from './waiting/LatencyOverTime';
import { LatencyReturns } from './waiting/LatencyReturns';
import { WaitingTime } from './waiting/WaitingTime';

const NAV: NavItem[] = [
  { href: '/finance', label: 'What we owe' },
  { href: '/finance/payouts', label: 'Payouts that hang' },
  { href: '/finance/latency', label: 'Refund latency' },
  { href: '/finance/latency/compare', label: 'Compare' },
  { href: '/finance/latency/waiting', label: 'Where time goes' },
];

/** The finance desk: what is owed, what hangs, and how long customers wait. */
export default function Finance(): ReactElement {
  return (
    <StaffArea title="Finance" nav={NAV} roles={['finance']}>
      <ListenForMoney>
        <Switch>
          <Route path="/finance" component={Owed} />
          <Route path="/finance/owed" component={OwedPayouts} />
          <Route path="/finance/payouts" component={HangingPayouts} />
          <Route path="/finance/payouts/:refundId/:paymentId">
            {({ refundId, paymentId }) => <PayoutPage refundStep={refundId} paymentStep={paymentId} />}
          </Route>
          <Route path="/finance/latency" component={LatencyOverTime} />
          <Route path="/finance/latency/compare" component={Compare} />
          <Route path="/finance/latency/waiting" component={WaitingTime} />
          <Route path="/finance/latency/returns" component={LatencyReturns} />
          <Route path="/finance/returns/:returnId">{({ returnId }) => <ReturnPage returnStep={returnId} />}</Route>
          <Route>
            <NoSuchPage href="/finance" to="what we owe" />
          </Route>
        </Switch>
      </ListenForMoney>
    </StaffArea>
  );
}
