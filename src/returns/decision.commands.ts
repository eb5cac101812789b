/** Whether a return goes ahead: decided by people, or by its own terms when nothing was ever sent. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandOnReturn, handlerOf, ReturnsStream, type ReturnsExecuted } from './returns.commands.js';
import type { ReturnsCommand } from './rules/returns.decider.js';
import type { Reason } from './rules/returns.events.js';
import { CustomerTexts } from './texts.js';

/** A code, or words for the contacts store. */
type Words = string | null | undefined;

/** `cancel` is also the customer's. */
export class DecideOnReturn extends CommandOnReturn<
  | { readonly decision: 'approve' }
  /** `note` is for the customer, `reason` for colleagues. */
  | { readonly decision: 'decline'; readonly code: string; readonly note: Words; readonly reason: Words }
  | { readonly decision: 'review'; readonly code: string; readonly reason: Words }
  | { readonly decision: 'cancel' | 'close' | 'reopen'; readonly reason: Words }
> {}

@CommandHandler(DecideOnReturn)
export class DecideOnReturnHandler implements ICommandHandler<DecideOnReturn> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly texts: CustomerTexts,
  ) {}

  async execute(command: DecideOnReturn): Promise<ReturnsExecuted> {
    return this.stream.decide(command, await this.#decision(command));
  }

  async #decision({ orderId, returnId, at, said, context }: DecideOnReturn): Promise<ReturnsCommand> {
    const reasonOr = (code: string): Promise<Reason> => this.texts.reason(orderId, 'reason' in said ? said.reason : null, { code });
    switch (said.decision) {
      case 'approve':
        return { type: 'ApproveReturn', at, returnId };
      case 'decline': {
        const [noteRef, reasonRef] = await Promise.all([this.texts.keep(orderId, said.note), this.texts.keep(orderId, said.reason)]);
        return { type: 'DeclineReturn', at, returnId, code: said.code, noteRef, reasonRef };
      }
      case 'review':
        return {
          type: 'SendReturnToReview',
          at,
          returnId,
          reasons: [{ code: said.code, reason: await this.texts.reason(orderId, said.reason, null) }],
        };
      case 'cancel': {
        const by = context.actor.kind === 'customer' ? 'customer' : 'staff';
        return { type: 'CancelReturn', at, returnId, by, reason: await reasonOr(`${by}_request`) };
      }
      case 'close':
        return { type: 'CloseReturn', at, returnId, reason: await reasonOr('closed_by_staff') };
      case 'reopen':
        return { type: 'ReopenReturn', at, returnId, reason: await reasonOr('reopened_by_staff') };
    }
  }
}

/** The timer of a return has run down, at `dueAt` (ISO 8601 UTC). */
export class ExpireReturn extends CommandOnReturn<{ readonly dueAt: string }> {}

export const ExpireReturnHandler = handlerOf(ExpireReturn, ({ returnId, said, at }) => ({
  type: 'ExpireReturn',
  at: at < said.dueAt ? said.dueAt : at,
  returnId,
}));

export const DECISION_HANDLERS = [DecideOnReturnHandler, ExpireReturnHandler];
