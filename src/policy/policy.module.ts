import { Module } from '@nestjs/common';
import { ChangePolicyHandler } from './policy.commands.js';
import { PolicyController } from './policy.controller.js';
import { PolicyQueries } from './policy.queries.js';

/** The return policy: its versions, and which one is in force. */
@Module({
  controllers: [PolicyController],
  providers: [ChangePolicyHandler, PolicyQueries],
  exports: [PolicyQueries],
})
export class PolicyModule {}
