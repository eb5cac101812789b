import { join } from 'node:path';
import { Inject, Logger, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Processes } from '../eventing/process-runner.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { Heard } from '../shared/heard.js';
import { OutsideCalls } from '../shared/outside-calls.js';
import { CLOCK, CONFIG } from '../shared/tokens.js';
import { PaymentProviders } from './payment.port.js';
import { payoutProcess, recordNotice } from './payout.process.js';
import { ReconciliationController } from './reconciliation.controller.js';
import { DecideOnRefundHandler } from './refund.commands.js';
import { SimulatedPayments } from './simulated.adapter.js';
import { StoreCredit } from './store-credit.adapter.js';
import { StripeWebhookController } from './stripe-webhook.controller.js';
import { StripePayments } from './stripe.adapter.js';

/** The providers that are set up. `manual` is none: finance pays by hand and settles through the API. */
function setUp(config: Config, clock: Clock): PaymentProviders {
  const simulated = config.simulatedPayments
    ? [new SimulatedPayments({ file: join(config.dataDir, 'simulated-payments.sqlite'), clock })]
    : [];
  const stripe = config.stripe === null ? [] : [new StripePayments(config.stripe)];
  return new PaymentProviders([new StoreCredit(), ...simulated, ...stripe]);
}

/** Pays refunds out through the payment providers. */
@Module({
  controllers: [StripeWebhookController, ReconciliationController],
  providers: [{ provide: PaymentProviders, useFactory: setUp, inject: [CONFIG, CLOCK] }, DecideOnRefundHandler],
  exports: [PaymentProviders],
})
export class PaymentsModule implements OnModuleInit, OnApplicationShutdown {
  readonly #log = new Logger('Payments');
  #unwatch: readonly (() => void)[] = [];

  constructor(
    private readonly processes: Processes,
    private readonly commands: CommandBus,
    private readonly queries: ReturnsQueries,
    private readonly providers: PaymentProviders,
    private readonly heard: Heard,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const { commands, queries, providers, clock, heard } = this;
    this.processes.register(payoutProcess({ commands, queries, providers, clock, outside: new OutsideCalls({ heard }) }));
    heard.lookAtStart(providers.all, (id, words) => this.#log.error(`Refunds through ${id} cannot be made: ${words}`));
    // Where no work is done nobody listens either: a notice is told to one process of the service.
    if (this.config.role === 'api') return;
    this.#unwatch = providers.all.flatMap(
      (provider) => provider.watch?.((notice) => recordNotice({ commands, clock }, provider.id, notice)) ?? [],
    );
  }

  onApplicationShutdown(): void {
    for (const unwatch of this.#unwatch) unwatch();
    for (const provider of this.providers.all) if (provider instanceof SimulatedPayments) provider.close();
  }
}
