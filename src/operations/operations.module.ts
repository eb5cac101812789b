import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CarriersModule } from '../carriers/carriers.module.js';
import { Processes } from '../eventing/process-runner.js';
import { PaymentsModule } from '../payments/payments.module.js';
import type { Clock } from '../shared/clock.js';
import { CLOCK } from '../shared/tokens.js';
import { AuthorisationController } from './authorisation.controller.js';
import { returnExpiryProcess } from './expiry.process.js';
import { ProvidersController } from './providers.controller.js';
import { ReturnRatesQueries } from './return-rates.queries.js';
import { ReturnsBoardController } from './returns-board.controller.js';
import { ReturnsBoardQueries } from './returns-board.queries.js';

/** What staff decide about returns and watch: the board, the rates, and the timer of what is never sent. */
@Module({
  imports: [CarriersModule, PaymentsModule],
  controllers: [ReturnsBoardController, AuthorisationController, ProvidersController],
  providers: [ReturnsBoardQueries, ReturnRatesQueries],
})
export class OperationsModule implements OnModuleInit {
  constructor(
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.processes.register(returnExpiryProcess(this.commands, this.clock));
  }
}
