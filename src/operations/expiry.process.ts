/** The timer of approved returns of which nothing was ever sent: each expires when its own terms say so. */
import type { CommandBus } from '@nestjs/cqrs';
import { fromProcess } from '../eventing/process-context.js';
import type { Process, ToDo } from '../eventing/process.js';
import { ExpireReturn } from '../returns/decision.commands.js';
import { eventTypesOf, orderIdOfReturn } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import type { ReturnsState } from '../returns/rules/returns.state.js';
import { expiresUnlessMoved } from '../returns/rules/returns.status.js';
import type { Clock } from '../shared/clock.js';

const RETURN_EXPIRY = 'return-expiry';

type Expiry = { readonly orderId: string; readonly returnId: string };

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

export function returnExpiryProcess(commands: CommandBus, clock: Clock): Process<FoldedOrder, Expiry> {
  return {
    name: RETURN_EXPIRY,
    version: 3,
    // The bank's news but the first neither start, keep nor end the waiting.
    handles: eventTypesOf('authorisation', 'parcel', 'custody', 'RefundEntitled'),
    fold: returnsFold,
    pending,
    async perform({ key, dueAt, payload: { returnId } }) {
      await commands.execute(new ExpireReturn(returnId, { dueAt }, fromProcess(RETURN_EXPIRY, key, clock().toISOString())));
    },
  };
}
