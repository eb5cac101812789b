import { Badge } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconClock, IconHelp, IconLock, IconParking, type Icon } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { STATES, type PayoutState } from '../words';

const LOOK: Readonly<Record<PayoutState, { readonly color: string; readonly icon: Icon }>> = {
  blocked: { color: '#8a3c00', icon: IconLock },
  entitled: { color: 'gray.8', icon: IconClock },
  submitted: { color: 'gray.8', icon: IconClock },
  pending: { color: 'blue.9', icon: IconClock },
  in_doubt: { color: 'grape.9', icon: IconHelp },
  failed: { color: 'red.9', icon: IconAlertTriangle },
  parked: { color: '#8a3c00', icon: IconParking },
  succeeded: { color: '#1b5e20', icon: IconCheck },
};

/** The state of a payout: a word and a sign, so that its colour is not needed. */
export function StateBadge({ state }: { readonly state: PayoutState }): ReactElement {
  const { color, icon: Sign } = LOOK[state];
  return (
    <Badge variant="outline" color={color} leftSection={<Sign size={14} aria-hidden />} styles={{ label: { textTransform: 'none' } }}>
      {STATES[state].name}
    </Badge>
  );
}
