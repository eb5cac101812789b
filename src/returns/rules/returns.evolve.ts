/**
 * Folds events into the state of an order's returns. Total: an event about something unknown changes nothing. Only
 * what an event touches is copied, so one scan costs the same whatever else the order holds.
 */
import { evolveAuthorisation, filedReturn } from './evolve/authorisation.js';
import { evolveCustody } from './evolve/custody.js';
import { evolveMoney } from './evolve/money.js';
import { evolveOrder, recognised } from './evolve/order.js';
import { evolveParcel } from './evolve/parcel.js';
import type { ReturnsEvent } from './returns.events.js';
import type { ReturnsState, ReturnState } from './returns.state.js';

function onReturn(state: ReturnsState, returnId: string, change: (ret: ReturnState) => ReturnState): ReturnsState {
  const index = state.returns.findIndex((ret) => ret.returnId === returnId);
  const before = state.returns[index];
  if (before === undefined) return state;
  const after = change(before);
  return after === before ? state : { ...state, returns: state.returns.with(index, after) };
}

/** The state after the event. Never throws; events it does not know leave the state as it is. */
export function evolve(state: ReturnsState, event: ReturnsEvent): ReturnsState {
  switch (event.type) {
    case 'OrderRegistered':
    case 'OrderAmended':
    case 'FulfilmentRecorded':
    case 'PaymentDisputed':
    case 'DisputeClosed':
    case 'RefundedElsewhere':
      return evolveOrder(state, event);
    case 'ReturnRequested':
      return { ...state, returns: [...state.returns, filedReturn(event, state.returns.length + 1)] };
    case 'ReturnApproved':
    case 'ReturnSentToReview':
    case 'ReturnDeclined':
    case 'ReturnCancelled':
    case 'ReturnExpired':
    case 'ReturnClosed':
    case 'ReturnReopened':
      return onReturn(state, event.data.returnId, (ret) => evolveAuthorisation(ret, event));
    case 'LabelRequested':
    case 'LabelIssued':
    case 'DropOffCodeIssued':
    case 'LabelFailed':
    case 'LabelParked':
    case 'LabelVoided':
    case 'PickupScheduled':
    case 'PickupMissed':
    case 'PickupCompleted':
    case 'ParcelScanned':
    case 'ParcelDelayed':
    case 'ParcelExceptionRaised':
    case 'ParcelLost':
    case 'ParcelDelivered':
      return onReturn(state, event.data.returnId, (ret) => evolveParcel(ret, event));
    case 'ParcelOpened':
    case 'ItemReceived':
    case 'ItemUnexpected':
    case 'ItemReceivedElsewhere':
    case 'ItemMismatched':
    case 'ItemMarkedMissing':
    case 'ReceiptCorrected':
    case 'ItemGraded':
    case 'ItemDisposed':
    case 'RestockRequested':
    case 'RestockConfirmed':
    case 'RestockBlocked':
    case 'RestockWithdrawn':
      return onReturn(state, event.data.returnId, (ret) => evolveCustody(ret, event));
    case 'RefundBlocked':
    case 'RefundEntitled':
    case 'RefundSubmitted':
    case 'RefundFailed':
    case 'RefundPutInDoubt':
    case 'RefundParked':
    case 'RefundRetryRequested':
    case 'RefundRerouted':
    case 'StoreCreditIssued':
      return onReturn(state, event.data.returnId, (ret) => evolveMoney(ret, event, state.order));
    case 'RefundPending':
    case 'RefundSucceeded':
      return onReturn(recognised(state, event), event.data.returnId, (ret) => evolveMoney(ret, event, state.order));
    default:
      return state;
  }
}
