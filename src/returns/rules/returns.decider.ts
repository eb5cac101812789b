/**
 * Every command on the returns of one order, and the decider that answers them. Commands are plain data: who asks and
 * when comes in with them (`at`, ISO 8601 UTC), outside facts (policy, outcome of a provider call) as fields.
 */
import type { Decider, StreamModel } from '../../eventing/decider.js';
import { decideAuthorisation, type AuthorisationCommand } from './decide/authorisation.js';
import { decideCustody, type CustodyCommand } from './decide/custody.js';
import { withEntitlements } from './decide/entitlement.js';
import { decideOrder, type OrderCommand } from './decide/order.js';
import { decideParcel, type ParcelCommand } from './decide/parcel.js';
import { receiveItems, type ReceiveItems } from './decide/receiving.js';
import { decideRefund, type RefundCommand } from './decide/refund.js';
import { RETURNS_EVENT_VERSIONS, type ReturnsEvent } from './returns.events.js';
import { evolve } from './returns.evolve.js';
import { NOTHING_YET, type ReturnsState } from './returns.state.js';
import { RETURNS_UPCASTERS } from './returns.upcasters.js';

export type ReturnsCommand = OrderCommand | AuthorisationCommand | ParcelCommand | ReceiveItems | CustodyCommand | RefundCommand;

/** Each command by the rail of the return that it is about. */
function decideOnRail(command: ReturnsCommand, state: ReturnsState): readonly ReturnsEvent[] {
  switch (command.type) {
    case 'RegisterOrder':
    case 'RecordDispute':
    case 'CloseDispute':
    case 'RecordRefundElsewhere':
      return decideOrder(command, state);
    case 'FileReturn':
    case 'ApproveReturn':
    case 'SendReturnToReview':
    case 'DeclineReturn':
    case 'CancelReturn':
    case 'CloseReturn':
    case 'ReopenReturn':
    case 'ExpireReturn':
      return decideAuthorisation(command, state);
    case 'RequestLabel':
    case 'VoidLabel':
    case 'RecordLabelOutcome':
    case 'SchedulePickup':
    case 'RecordTracking':
      return decideParcel(command, state);
    case 'ReceiveItems':
      return receiveItems(command, state);
    case 'CorrectReceipt':
    case 'RecordMismatch':
    case 'MarkMissing':
    case 'InspectItems':
    case 'DisposeItems':
    case 'AnswerRestock':
    case 'WithdrawRestock':
      return decideCustody(command, state);
    case 'RefundManually':
    case 'ApproveCapped':
    case 'SubmitPayout':
    case 'RecordPayoutOutcome':
    case 'RetryRefund':
    case 'SettleRefund':
    case 'FailRefund':
    case 'RerouteRefund':
      return decideRefund(command, state);
  }
}

/** Money that a command makes due, or sets free, is decided with it. */
const decide = (command: ReturnsCommand, state: ReturnsState): readonly ReturnsEvent[] =>
  withEntitlements(state, command.at, decideOnRail(command, state));

export const returnsDecider: Decider<ReturnsState, ReturnsCommand, ReturnsEvent> = { initialState: NOTHING_YET, decide, evolve };

/** As the machine room handles it: how to decide, which shapes are stored, how old ones are read. */
export const returnsModel: StreamModel<ReturnsState, ReturnsCommand, ReturnsEvent> = {
  decider: returnsDecider,
  versions: RETURNS_EVENT_VERSIONS,
  upcasters: RETURNS_UPCASTERS,
};
