import { Module, type OnModuleInit } from '@nestjs/common';
import { EventCatalogue } from '../eventing/upcasting.js';
import { ChangePolicyHandler } from './policy.commands.js';
import { PolicyController } from './policy.controller.js';
import { PolicyQueries } from './policy.queries.js';
import { policyModel } from './rules/policy.decider.js';

/** The return policy: its versions, and which one is in force. */
@Module({
  controllers: [PolicyController],
  providers: [ChangePolicyHandler, PolicyQueries],
  exports: [PolicyQueries],
})
export class PolicyModule implements OnModuleInit {
  constructor(private readonly catalogue: EventCatalogue) {}

  onModuleInit(): void {
    this.catalogue.register(policyModel);
  }
}
