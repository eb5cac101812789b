import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Processes } from '../eventing/process-runner.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { OutsideCalls } from '../shared/outside-calls.js';
import { CLOCK, CONFIG } from '../shared/tokens.js';
import { BuiltinCarrier } from './builtin.adapter.js';
import { CarriersController } from './carriers.controller.js';
import { Carriers } from './carriers.js';
import { labelProcess } from './label.process.js';

/** Labels, pickups and what carriers report. */
@Module({
  controllers: [CarriersController],
  providers: [{ provide: Carriers, useFactory: ({ returnAddress }: Config) => new Carriers([new BuiltinCarrier({ returnAddress })]), inject: [CONFIG] }],
  exports: [Carriers],
})
export class CarriersModule implements OnModuleInit {
  constructor(
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly carriers: Carriers,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { commands, queries, carriers, clock } = this;
    this.processes.register(labelProcess({ commands, queries, carriers, clock, outside: new OutsideCalls() }));
  }
}
