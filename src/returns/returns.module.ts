import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HandleReturnsHandler } from './returns.commands.js';
import { ReturnsQueries } from './returns.queries.js';

/** The core, offered to every other folder: commands over the command bus, queries by fold. */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [HandleReturnsHandler, ReturnsQueries],
  exports: [CqrsModule, ReturnsQueries],
})
export class ReturnsModule {}
