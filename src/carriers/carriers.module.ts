import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Processes } from '../eventing/process-runner.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import { ConfigError, type Config } from '../shared/config.js';
import { Heard } from '../shared/heard.js';
import { OutsideCalls } from '../shared/outside-calls.js';
import { CLOCK, CONFIG } from '../shared/tokens.js';
import { BuiltinCarrier } from './builtin.adapter.js';
import { Carriers } from './carrier.port.js';
import { CarriersController } from './carriers.controller.js';
import { labelProcess } from './label.process.js';

/** Labels, pickups and what carriers report. */
@Module({
  controllers: [CarriersController],
  providers: [
    { provide: BuiltinCarrier, useFactory: ({ returnAddress }: Config) => new BuiltinCarrier({ returnAddress }), inject: [CONFIG] },
    { provide: Carriers, useFactory: (builtin: BuiltinCarrier) => new Carriers([builtin]), inject: [BuiltinCarrier] },
  ],
  exports: [Carriers],
})
export class CarriersModule implements OnModuleInit {
  constructor(
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly carriers: Carriers,
    private readonly builtin: BuiltinCarrier,
    private readonly heard: Heard,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ConfigError for a return address that labels could not show whole */
  async onModuleInit(): Promise<void> {
    const mistakes = await this.builtin.addressMistakes();
    if (mistakes.length > 0) throw new ConfigError(mistakes.map((each) => `RETURN_ADDRESS ${each}`));
    const { commands, queries, carriers, clock, heard } = this;
    this.processes.register(labelProcess({ commands, queries, carriers, clock, outside: new OutsideCalls({ heard }) }));
  }
}
