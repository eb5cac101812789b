/** When approved returns of which nothing was ever sent expire, each by its own terms. Pure. */
import type { ToDo, ToDos } from '../eventing/process.js';
import { eventTypesOf, orderIdOfReturn } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';
import { expiresUnlessMoved } from '../returns/rules/returns.status.js';

export type Expiry = { readonly orderId: string; readonly returnId: string };

/** One to-do per approved return of which nothing has moved, due when its terms let it expire. */
function pending(state: ReturnsState): readonly ToDo<Expiry>[] {
  return state.returns.flatMap((ret) => {
    const orderId = orderIdOfReturn(ret.returnId);
    const expires = expiresUnlessMoved(ret);
    if (orderId === undefined || expires === null) return [];
    const dueAt = new Date(expires).toISOString();
    return [{ key: `expire-${ret.returnId}-${dueAt}`, lane: ret.returnId, dueAt, payload: { orderId, returnId: ret.returnId } }];
  });
}

export const expiriesDue: ToDos<FoldedOrder, Expiry> = {
  name: 'return-expiry',
  version: 3,
  // The bank's news but the first neither start, keep nor end the waiting.
  handles: eventTypesOf('authorisation', 'parcel', 'custody', 'RefundEntitled'),
  fold: returnsFold,
  pending,
};
