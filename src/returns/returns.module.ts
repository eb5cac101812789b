import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { CarriersModule } from '../carriers/carriers.module.js';
import { PhotosModule } from '../photos/photos.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { ReturnHistory } from './api/return-history.queries.js';
import { ReturnsController } from './api/returns.controller.js';
import { ReturnsOverHttp } from './api/returns.http.js';
import { DECISION_HANDLERS } from './decision.commands.js';
import { PARCEL_HANDLERS } from './parcel.commands.js';
import { RECEIVING_HANDLERS } from './receiving.commands.js';
import { REFUND_HANDLERS } from './refund.commands.js';
import { RequestReturnHandler } from './request.commands.js';
import { ReturnsStream } from './returns.commands.js';
import { ReturnsQueries } from './returns.queries.js';
import { CustomerTexts } from './texts.js';

const HANDLERS = [RequestReturnHandler, ...DECISION_HANDLERS, ...PARCEL_HANDLERS, ...RECEIVING_HANDLERS, ...REFUND_HANDLERS];

/** The core, offered to every other folder: commands over the command bus, queries by fold. */
@Global()
@Module({
  imports: [CqrsModule, PolicyModule, PhotosModule, CarriersModule],
  controllers: [ReturnsController],
  providers: [...HANDLERS, ReturnsStream, ReturnsQueries, CustomerTexts, ReturnsOverHttp, ReturnHistory],
  exports: [CqrsModule, ReturnsStream, ReturnsQueries, CustomerTexts, ReturnsOverHttp],
})
export class ReturnsModule {}
