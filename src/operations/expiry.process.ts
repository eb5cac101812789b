/** The timer of approved returns of which nothing was ever sent: each expires when its own terms say so. */
import type { CommandBus } from '@nestjs/cqrs';
import { fromProcess } from '../eventing/process-context.js';
import type { Process } from '../eventing/process.js';
import { ExpireReturn } from '../returns/decision.commands.js';
import type { FoldedOrder } from '../returns/rules/returns.fold.js';
import type { Clock } from '../shared/clock.js';
import { expiriesDue, type Expiry } from './expiries-due.js';

export function returnExpiryProcess(commands: CommandBus, clock: Clock): Process<FoldedOrder, Expiry> {
  return {
    ...expiriesDue,
    async perform({ key, dueAt, payload: { returnId } }) {
      await commands.execute(new ExpireReturn(returnId, { dueAt }, fromProcess(expiriesDue.name, key, clock().toISOString())));
    },
  };
}
