/**
 * Every command on the returns of one order, and the decider that answers them. Commands are plain data: who asks and
 * when comes in with them (`at`, ISO 8601 UTC), outside facts (policy, outcome of a provider call) as fields.
 */
import type { Decider, StreamModel } from '../../eventing/decider.js';
import { AUTHORISATION_DECISIONS, fileReturn, type AuthorisationCommand } from './decide/authorisation.js';
import { CUSTODY_DECISIONS, stationOf, type CustodyCommand } from './decide/custody.js';
import { withEntitlements } from './decide/entitlement.js';
import { decideBy, returnOf } from './decide/find.js';
import { decideOrder, type OrderCommand } from './decide/order.js';
import { PARCEL_DECISIONS, type ParcelCommand } from './decide/parcel.js';
import { receiveItems, type ReceiveItems } from './decide/receiving.js';
import { REFUND_DECISIONS, type RefundCommand } from './decide/refund.js';
import { RETURNS_EVENT_VERSIONS, type ReturnsEvent } from './returns.events.js';
import { evolve } from './returns.evolve.js';
import { NOTHING_YET, type ReturnsState } from './returns.state.js';
import { RETURNS_UPCASTERS } from './returns.upcasters.js';

export type ReturnsCommand = OrderCommand | AuthorisationCommand | ParcelCommand | ReceiveItems | CustodyCommand | RefundCommand;

const ON_RETURN = {
  ...AUTHORISATION_DECISIONS,
  ...PARCEL_DECISIONS,
  ReceiveItems: receiveItems,
  ...CUSTODY_DECISIONS,
  ...REFUND_DECISIONS,
};

function decideAlone(command: ReturnsCommand, state: ReturnsState): readonly ReturnsEvent[] {
  if (command.type === 'FileReturn') return fileReturn(command, state);
  if (!('returnId' in command)) return decideOrder(command, state);
  const ret = returnOf(state, command.returnId);
  return decideBy(ON_RETURN, 'station' in command ? { ...command, station: stationOf(command, ret) } : command, ret, state);
}

/** Money that a command makes due, or sets free, is decided with it. */
const decide = (command: ReturnsCommand, state: ReturnsState): readonly ReturnsEvent[] =>
  withEntitlements(state, command.at, decideAlone(command, state));

export const returnsDecider: Decider<ReturnsState, ReturnsCommand, ReturnsEvent> = { initialState: NOTHING_YET, decide, evolve };

/** As the machine room handles it: how to decide, which shapes are stored, how old ones are read. */
export const returnsModel: StreamModel<ReturnsState, ReturnsCommand, ReturnsEvent> = {
  decider: returnsDecider,
  versions: RETURNS_EVENT_VERSIONS,
  upcasters: RETURNS_UPCASTERS,
};
