/** The composition root: which store, which adapters, which modules. Nothing else in the service chooses. */
import { join } from 'node:path';
import { Inject, Logger, Module, type DynamicModule, type ModuleMetadata, type OnApplicationBootstrap, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import type { EventStore } from './eventing/event-store.js';
import { CommandExecutor } from './eventing/execute-command.js';
import { Processes } from './eventing/process-runner.js';
import { ReadModels } from './eventing/read-models.js';
import { openDatabase, type Database } from './eventing/sql/database.js';
import { EmbeddedEventStore } from './eventing/stores/embedded.store.js';
import { EventStoreDbStore } from './eventing/stores/eventstoredb.store.js';
import { EventCatalogue } from './eventing/upcasting.js';
import { ORDER_SCOPE, type OrderScope } from './http/access.guard.js';
import { HttpModule } from './http/http.module.js';
import { MeasuredExecutor, Metrics } from './http/metrics.js';
import { OrdersModule } from './orders/orders.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { ReturnsModule } from './returns/returns.module.js';
import { orderIdOfReturn, orderIdOfStream, returnIdOfRefund } from './returns/returns.events.js';
import { ContactsStore } from './shared/contacts.store.js';
import { systemClock, type Clock } from './shared/clock.js';
import type { Config } from './shared/config.js';
import { CLOCK, CONFIG, EVENT_STORE } from './shared/tokens.js';
import { WarehouseModule } from './warehouse/warehouse.module.js';

/** What a test (or the bench) puts in the place of the real thing, or beside it. */
export type Overrides = {
  readonly clock?: Clock;
  readonly eventStore?: EventStore;
  readonly imports?: ModuleMetadata['imports'];
};

/** Who scanned what is no business of the customer. */
const STAFF_FIELDS: ReadonlySet<string> = new Set(['clerk', 'station']);

const orderScope: OrderScope = {
  orderOf: {
    orderId: (orderId) => orderId,
    returnId: orderIdOfReturn,
    refundId: (refundId) => {
      const returnId = returnIdOfRefund(refundId);
      return returnId === undefined ? undefined : orderIdOfReturn(returnId);
    },
  },
  orderOfStream: orderIdOfStream,
  forCustomer: ({ data }) => Object.fromEntries(Object.entries(data).filter(([name]) => !STAFF_FIELDS.has(name))),
};

/** The log: EventStoreDB where it is configured, else a file in the data folder. */
const openStore = ({ eventStoreUrl, dataDir }: Config): EventStore =>
  eventStoreUrl === null ? EmbeddedEventStore.open(dataDir) : new EventStoreDbStore(eventStoreUrl);

const VIEWS = Symbol('VIEWS');
/** What is under way when the service stops gets this long. */
const FINISH_WITHIN_MS = 5000;

function machineRoom(config: Config, overrides: Overrides): Provider[] {
  const log = new Logger('Process');
  return [
    { provide: EVENT_STORE, useFactory: () => overrides.eventStore ?? openStore(config) },
    { provide: VIEWS, useFactory: () => openDatabase(join(config.dataDir, 'views.sqlite')) },
    { provide: EventCatalogue, useFactory: () => new EventCatalogue() },
    { provide: CommandExecutor, inject: [EVENT_STORE, Metrics], useFactory: (store: EventStore, metrics: Metrics) => new MeasuredExecutor(store, metrics) },
    {
      provide: ReadModels,
      inject: [EVENT_STORE, VIEWS, EventCatalogue],
      useFactory: (store: EventStore, database: Database, catalogue: EventCatalogue) => new ReadModels(store, database, catalogue),
    },
    {
      provide: Processes,
      inject: [EVENT_STORE, ReadModels, CLOCK],
      useFactory: (store: EventStore, views: ReadModels, clock: Clock) =>
        new Processes(store, views, { now: () => clock().getTime(), log: (entry) => log.warn(entry) }),
    },
  ];
}

@Module({})
export class AppModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(VIEWS) private readonly database: Database,
    @Inject(ContactsStore) private readonly contacts: ContactsStore,
    private readonly readModels: ReadModels,
    private readonly processes: Processes,
  ) {}

  static with(config: Config, overrides: Overrides = {}): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [HttpModule, ReturnsModule, PolicyModule, OrdersModule, WarehouseModule, ...(overrides.imports ?? [])],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: overrides.clock ?? systemClock },
        { provide: ContactsStore, useFactory: (clock: Clock) => new ContactsStore(config.dataDir, clock), inject: [CLOCK] },
        { provide: ORDER_SCOPE, useValue: orderScope },
        ...machineRoom(config, overrides),
      ],
      exports: [CONFIG, CLOCK, EVENT_STORE, ORDER_SCOPE, ContactsStore, CommandExecutor, EventCatalogue, ReadModels, Processes],
    };
  }

  /** Every module has registered its views and processes by now. `ROLE=api` answers queries from views another process runs. */
  async onApplicationBootstrap(): Promise<void> {
    const run = this.config.role !== 'api';
    await this.readModels.start({ run });
    if (run) await this.processes.start();
  }

  /** The server has answered its last request. In this order: what works, what shows, what keeps. */
  async onApplicationShutdown(): Promise<void> {
    await this.processes.stop(FINISH_WITHIN_MS);
    await this.readModels.stop();
    await this.database.close();
    this.contacts.close();
    await this.store.close();
  }
}
