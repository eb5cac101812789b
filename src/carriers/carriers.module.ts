import { Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ContactsStore } from '../contacts/contacts.store.js';
import { Processes } from '../eventing/process-runner.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import { ConfigError, type Config } from '../shared/config.js';
import { Heard } from '../shared/heard.js';
import { OutsideCalls } from '../shared/outside-calls.js';
import { CLOCK, CONFIG } from '../shared/tokens.js';
import { WarehouseModule } from '../warehouse/warehouse.module.js';
import { BuiltinCarrier } from './builtin.adapter.js';
import { Carriers } from './carrier.port.js';
import { CarriersController } from './carriers.controller.js';
import { EasyPostWebhookController } from './easypost-webhook.controller.js';
import { EasyPostCarrier } from './easypost.adapter.js';
import { labelVoidProcess } from './label-void.process.js';
import { labelProcess } from './label.process.js';

/** Where labels are bought, that is where new ones come from. */
const setUp = ({ easypost, carrierFallback }: Config, builtin: BuiltinCarrier): Carriers =>
  new Carriers(
    easypost === null ? [builtin] : [new EasyPostCarrier(easypost), builtin],
    carrierFallback === 'builtin' ? builtin : undefined,
  );

/** Labels, pickups and what carriers report. */
@Module({
  imports: [WarehouseModule],
  controllers: [CarriersController, EasyPostWebhookController],
  providers: [
    { provide: BuiltinCarrier, useFactory: ({ returnAddress }: Config) => new BuiltinCarrier({ returnAddress }), inject: [CONFIG] },
    { provide: Carriers, useFactory: setUp, inject: [CONFIG, BuiltinCarrier] },
  ],
  exports: [Carriers],
})
export class CarriersModule implements OnModuleInit {
  readonly #log = new Logger('Carriers');

  constructor(
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly carriers: Carriers,
    private readonly builtin: BuiltinCarrier,
    private readonly contacts: ContactsStore,
    private readonly heard: Heard,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws ConfigError for a return address that labels could not show whole */
  async onModuleInit(): Promise<void> {
    const mistakes = await this.builtin.addressMistakes();
    if (mistakes.length > 0) throw new ConfigError(mistakes.map((each) => `RETURN_ADDRESS ${each}`));
    const { commands, queries, carriers, contacts, clock, heard } = this;
    const outside = new OutsideCalls({ heard });
    this.processes.register(labelProcess({ commands, queries, carriers, contacts, clock, outside }));
    this.processes.register(labelVoidProcess({ commands, queries, carriers, clock, outside }));
    heard.lookAtStart(carriers.all, (id, words) => this.#log.error(`Labels cannot be bought through ${id}: ${words}`));
  }
}
