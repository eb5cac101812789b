import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Processes } from '../eventing/process-runner.js';
import { PhotosModule } from '../photos/photos.module.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { ExpectedQueries } from './expected.queries.js';
import { FOUND_PARCEL_HANDLERS, FoundParcelStream } from './found-parcel.commands.js';
import { foundParcelProcess } from './found-parcel.process.js';
import { FoundParcelsController } from './found-parcels.controller.js';
import { FoundParcelsQueries } from './found-parcels.queries.js';
import { ReceivingQueueQueries } from './receiving-queue.queries.js';
import { ReceivingController } from './receiving.controller.js';
import { WarehouseController } from './warehouse.controller.js';

/** Receiving, grading, putting away; the receiving queue; parcels nobody announced. */
@Module({
  imports: [PhotosModule],
  controllers: [ReceivingController, WarehouseController, FoundParcelsController],
  providers: [...FOUND_PARCEL_HANDLERS, FoundParcelStream, FoundParcelsQueries, ReceivingQueueQueries, ExpectedQueries],
  exports: [ReceivingQueueQueries],
})
export class WarehouseModule implements OnModuleInit {
  constructor(
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.processes.register(foundParcelProcess((command) => this.commands.execute(command), this.clock));
  }
}
