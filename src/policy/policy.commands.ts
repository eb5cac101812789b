/** The one door through which a policy changes. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandExecutor, type CommandContext, type Executed } from '../eventing/execute-command.js';
import { policyModel } from './policy.model.js';
import { PolicyQueries } from './policy.queries.js';
import type { PolicyCommand } from './rules/policy.decider.js';
import { policyStream, type PolicyEvent } from './rules/policy.events.js';
import type { PolicyState } from './rules/policy.state.js';

export type PolicyExecuted = Executed<PolicyState, PolicyEvent>;

/** `command` for one policy; answers its folded state and the revision the command produced. */
export class HandlePolicy extends Command<PolicyExecuted> {
  constructor(
    readonly policyId: string,
    readonly command: PolicyCommand,
    readonly context: CommandContext,
  ) {
    super();
  }
}

@CommandHandler(HandlePolicy)
export class HandlePolicyHandler implements ICommandHandler<HandlePolicy> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly queries: PolicyQueries,
  ) {}

  async execute({ policyId, command, context }: HandlePolicy): Promise<PolicyExecuted> {
    const executed = await this.executor.execute(policyModel, policyStream(policyId), command, context);
    this.queries.forget();
    return executed;
  }
}
