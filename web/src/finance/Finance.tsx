import '@mantine/charts/styles.css';
import type { ReactElement } from 'react';
import { Route, Switch } from 'wouter';
import { NoSuchPage } from '../shared/NoSuchPage';
import { StaffArea, type NavItem } from '../shared/StaffArea';
import { Compare } from './Compare';
import { HangingPayouts } from './HangingPayouts';
import { LatencyOverTime } from './LatencyOverTime';
import { LatencyReturns } from './LatencyReturns';
import { Owed } from './Owed';
import { OwedPayouts } from './OwedPayouts';
import { PayoutPage } from './PayoutPage';
import { ListenForMoney } from './ListenForMoney';
import { ReturnPage } from './ReturnPage';
import { WaitingTime } from './WaitingTime';

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
          <Route path="/finance/payouts/:refundId/:paymentId">{({ refundId, paymentId }) => <PayoutPage refundStep={refundId} paymentStep={paymentId} />}</Route>
          <Route path="/finance/latency" component={LatencyOverTime} />
          <Route path="/finance/latency/compare" component={Compare} />
          <Route path="/finance/latency/waiting" component={WaitingTime} />
          <Route path="/finance/latency/returns" component={LatencyReturns} />
          <Route path="/finance/returns/:returnId">{({ returnId }) => <ReturnPage returnStep={returnId} />}</Route>
          <Route><NoSuchPage href="/finance" to="what we owe" /></Route>
        </Switch>
      </ListenForMoney>
    </StaffArea>
  );
}
