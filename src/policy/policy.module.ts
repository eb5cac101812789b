import { Module } from '@nestjs/common';
import { HandlePolicyHandler } from './policy.commands.js';
import { PolicyController } from './policy.controller.js';
import { PolicyLookup } from './policy.lookup.js';

/** The return policy: its versions, and which one is in force. */
@Module({
  controllers: [PolicyController],
  providers: [HandlePolicyHandler, PolicyLookup],
  exports: [PolicyLookup],
})
export class PolicyModule {}
