import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventCatalogue } from '../eventing/upcasting.js';
import { PolicyModule } from '../policy/policy.module.js';
import { ReturnsOverHttp } from './returns.http.js';
import { HandleReturnsHandler } from './returns.commands.js';
import { returnsModel } from './returns.model.js';
import { ReturnsQueries } from './returns.queries.js';
import { Sentences } from './sentences.js';

/** The core, offered to every other folder: commands over the command bus, queries by fold. */
@Global()
@Module({
  imports: [CqrsModule, PolicyModule],
  providers: [HandleReturnsHandler, ReturnsQueries, Sentences, ReturnsOverHttp],
  exports: [CqrsModule, ReturnsQueries, Sentences, ReturnsOverHttp],
})
export class ReturnsModule implements OnModuleInit {
  constructor(private readonly catalogue: EventCatalogue) {}

  onModuleInit(): void {
    this.catalogue.register(returnsModel);
  }
}
