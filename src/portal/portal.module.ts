import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CarriersModule } from '../carriers/carriers.module.js';
import { Processes } from '../eventing/process-runner.js';
import { ReadModels } from '../eventing/read-models.js';
import { PhotosModule } from '../photos/photos.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { AuthorisationController } from './authorisation.controller.js';
import { returnExpiryProcess } from './expiry.process.js';
import { PortalCommands } from './portal.commands.js';
import { PortalController } from './portal.controller.js';
import { ReturnHistory } from './return-history.queries.js';
import { returnRatesProjection } from './return-rates.projection.js';
import { ReturnRatesQueries } from './return-rates.queries.js';
import { ReturnsBoardController } from './returns-board.controller.js';
import { returnsBoardProjection } from './returns-board.projection.js';
import { ReturnsBoardQueries } from './returns-board.queries.js';

/** What customers use, the decisions of staff about returns, the board, and the timer of what is never sent. */
@Module({
  imports: [PolicyModule, CarriersModule, PhotosModule],
  // The board's `returns` stands before `returns/:returnId`.
  controllers: [ReturnsBoardController, PortalController, AuthorisationController],
  providers: [PortalCommands, ReturnHistory, ReturnsBoardQueries, ReturnRatesQueries],
})
export class PortalModule implements OnModuleInit {
  constructor(
    private readonly readModels: ReadModels,
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.readModels.register(returnsBoardProjection);
    this.readModels.register(returnRatesProjection);
    this.processes.register(returnExpiryProcess(this.commands, this.clock));
  }
}
