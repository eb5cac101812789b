/** What admins do with the return policy. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandExecutor, type CommandContext, type CommandSource, type Executed } from '../eventing/execute-command.js';
import { POLICY_ID, PolicyQueries } from './policy.queries.js';
import { policyModel, type PublishPolicy, type RetirePolicy } from './rules/policy.decider.js';
import { policyStream, type PolicyEvent } from './rules/policy.events.js';
import type { PolicyState } from './rules/policy.state.js';

type PolicyExecuted = Executed<PolicyState, PolicyEvent>;

/** Publishes a version, or withdraws one. */
export class ChangePolicy extends Command<PolicyExecuted> {
  readonly context: CommandContext;

  constructor(
    readonly said: Omit<PublishPolicy, 'at'> | Omit<RetirePolicy, 'at'>,
    from: CommandSource,
  ) {
    super();
    this.context = from.context(policyStream(POLICY_ID));
  }
}

@CommandHandler(ChangePolicy)
export class ChangePolicyHandler implements ICommandHandler<ChangePolicy> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly queries: PolicyQueries,
  ) {}

  async execute({ said, context }: ChangePolicy): Promise<PolicyExecuted> {
    const executed = await this.executor.execute(policyModel, policyStream(POLICY_ID), { ...said, at: context.occurredAt }, context);
    this.queries.forget();
    return executed;
  }
}
