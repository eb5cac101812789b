/** Which labels are owed now: asked for and not yet answered. Pure. */
import type { ToDo, ToDos } from '../eventing/process.js';
import { eventTypesOf, orderIdOfReturn } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';

export type LabelToBuy = { readonly orderId: string; readonly returnId: string; readonly labelId: string; readonly carrier: string };

function pending(state: ReturnsState): readonly ToDo<LabelToBuy>[] {
  return state.returns.flatMap(({ returnId, labels }) => {
    const orderId = orderIdOfReturn(returnId);
    if (orderId === undefined) return [];
    return labels
      .filter((label) => label.state === 'requested')
      .map(({ labelId, carrier, requestedAt }) => ({
        key: labelId,
        lane: labelId,
        dueAt: requestedAt,
        payload: { orderId, returnId, labelId, carrier },
      }));
  });
}

export const labelsOwed: ToDos<FoldedOrder, LabelToBuy> = {
  name: 'label-purchase',
  version: 3,
  handles: eventTypesOf('parcel'),
  fold: returnsFold,
  pending,
};
