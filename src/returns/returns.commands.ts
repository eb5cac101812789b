/**
 * The one door through which anything changes an order's returns. Commands that need outside facts (the policy in
 * force, a contact reference) gather them before they come here; the handler only runs the decision on the stream.
 */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandExecutor, type CommandContext, type Executed } from '../eventing/execute-command.js';
import { returnsModel } from './returns.model.js';
import type { ReturnsCommand } from './rules/returns.decider.js';
import { returnsStream, type ReturnsEvent } from './rules/returns.events.js';
import type { ReturnsState } from './rules/returns.state.js';

export type ReturnsExecuted = Executed<ReturnsState, ReturnsEvent>;

/** `command` for the returns of `orderId`; answers the folded state and the revision the command produced. */
export class HandleReturns extends Command<ReturnsExecuted> {
  constructor(
    readonly orderId: string,
    readonly command: ReturnsCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(HandleReturns)
export class HandleReturnsHandler implements ICommandHandler<HandleReturns> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ orderId, command, context }: HandleReturns): Promise<ReturnsExecuted> {
    return this.executor.execute(returnsModel, returnsStream(orderId), command, context);
  }
}
