import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { EventCatalogue } from '../eventing/upcasting.js';
import { PolicyModule } from '../policy/policy.module.js';
import { ReturnHistory } from './api/return-history.queries.js';
import { ReturnsController } from './api/returns.controller.js';
import { ReturnsOverHttp } from './api/returns.http.js';
import { HandleReturnsHandler } from './returns.commands.js';
import { returnsModel } from './returns.model.js';
import { ReturnsQueries } from './returns.queries.js';
import { CustomerTexts } from './texts.js';

/** The core, offered to every other folder: commands over the command bus, queries by fold. */
@Global()
@Module({
  imports: [CqrsModule, PolicyModule],
  controllers: [ReturnsController],
  providers: [HandleReturnsHandler, ReturnsQueries, CustomerTexts, ReturnsOverHttp, ReturnHistory],
  exports: [CqrsModule, ReturnsQueries, CustomerTexts, ReturnsOverHttp],
})
export class ReturnsModule implements OnModuleInit {
  constructor(private readonly catalogue: EventCatalogue) {}

  onModuleInit(): void {
    this.catalogue.register(returnsModel);
  }
}
