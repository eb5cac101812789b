/** The composition root: which store, which adapters, which modules. Nothing else in the service chooses. */
import { Worker } from 'node:worker_threads';
import { Inject, Module, type DynamicModule, type ModuleMetadata, type OnApplicationShutdown } from '@nestjs/common';
import { ORDER_SCOPE, type OrderScope } from './access/access.guard.js';
import { AccessModule } from './access/access.module.js';
import { CarriersModule } from './carriers/carriers.module.js';
import { ContactsStore } from './contacts/contacts.store.js';
import type { EventStore } from './eventing/event-store.js';
import { EventingModule } from './eventing/eventing.module.js';
import { CommandExecutor } from './eventing/execute-command.js';
import { EmbeddedEventStore, type EmbeddedOptions } from './eventing/stores/embedded.store.js';
import { EventStoreDbStore } from './eventing/stores/eventstoredb.store.js';
import { ViewThread } from './eventing/view-thread.js';
import { Views } from './eventing/views.js';
import { FinanceModule } from './finance/finance.module.js';
import { HttpModule } from './http/http.module.js';
import { MeasuredExecutor, Metrics } from './http/metrics.js';
import { NoticesModule } from './notices/notices.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { PhotosModule } from './photos/photos.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { policyStream } from './policy/rules/policy.events.js';
import { PortalModule } from './portal/portal.module.js';
import { SignInModule } from './portal/sign-in.module.js';
import { eventForCustomer } from './returns/api/customer-view.js';
import { ReturnsModule } from './returns/returns.module.js';
import { orderIdOfReturn, orderIdOfStream, returnIdOfRefund, returnsStream } from './returns/rules/returns.events.js';
import { systemClock, type Clock } from './shared/clock.js';
import type { Config } from './shared/config.js';
import { Heard } from './shared/heard.js';
import { CLOCK, CONFIG, EVENT_STORE, made } from './shared/tokens.js';
import { registerEvents, registerViews } from './view-registry.js';
import type { ViewWorkerData } from './views.worker.js';
import { parcelStream } from './warehouse/rules/found-parcel.events.js';
import { WarehouseModule } from './warehouse/warehouse.module.js';

/** What a test (or the bench) puts in the place of the real thing, or beside it. */
export type Overrides = {
  readonly clock?: Clock;
  readonly eventStore?: EventStore;
  /** The file that runs views in a thread of their own, where the log is in this process' hands; without it they run beside the requests. */
  readonly viewWorker?: URL;
  readonly imports?: ModuleMetadata['imports'];
};

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
  forCustomer: eventForCustomer,
};

/** Prefixes of all our streams: an EventStoreDB may hold those of other programs, too. */
const STREAMS = [returnsStream(''), policyStream(''), parcelStream('')];

/**
 * The log: EventStoreDB where it is configured, else a file in the data folder.
 * @param options `damaged`: for looking at what is wrong with it
 */
export const openStore = ({ eventStoreUrl, dataDir }: Config, options: EmbeddedOptions = {}): EventStore =>
  eventStoreUrl === null ? EmbeddedEventStore.open(dataDir, options) : new EventStoreDbStore(eventStoreUrl, { streams: STREAMS });

/** Streams folded in memory take some 100 MB; Node would let the thread's heap grow to gigabytes before it tidied up. */
const VIEW_THREAD_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 };

/** With EventStoreDB whoever has the lease runs the views, in its main thread. */
const threadFor =
  (config: Config, worker: URL) =>
  (store: EventStore): ViewThread | undefined => {
    if (config.role === 'api' || !(store instanceof EmbeddedEventStore)) return undefined;
    const workerData = { dataDir: config.dataDir, log: store.share() } satisfies ViewWorkerData;
    return new ViewThread(() => new Worker(worker, { workerData, resourceLimits: VIEW_THREAD_LIMITS }));
  };

/** Commands are counted for Prometheus. */
const countingExecutor = {
  provide: CommandExecutor,
  inject: [EVENT_STORE, Metrics],
  useFactory: (store: EventStore, metrics: Metrics) => new MeasuredExecutor(store, metrics),
};

@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly contacts: ContactsStore,
    private readonly views: Views,
  ) {}

  static with(config: Config, overrides: Overrides = {}): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        EventingModule.with({
          executor: countingExecutor,
          registerEvents,
          registerViews,
          ...(overrides.viewWorker && { viewThread: threadFor(config, overrides.viewWorker) }),
        }),
        AccessModule,
        HttpModule,
        ReturnsModule,
        PolicyModule,
        OrdersModule,
        PhotosModule,
        NoticesModule.with(config),
        OperationsModule,
        PortalModule,
        SignInModule,
        WarehouseModule,
        FinanceModule,
        CarriersModule,
        PaymentsModule,
        ...(overrides.imports ?? []),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: overrides.clock ?? systemClock },
        made(Heard, CLOCK),
        { provide: EVENT_STORE, useFactory: () => overrides.eventStore ?? openStore(config) },
        { provide: ContactsStore, useFactory: () => new ContactsStore(config.dataDir, overrides.clock ?? systemClock) },
        { provide: ORDER_SCOPE, useValue: orderScope },
      ],
      exports: [CONFIG, CLOCK, EVENT_STORE, ORDER_SCOPE, ContactsStore, Heard],
    };
  }

  /** The server has answered its last request. Nest asks this module first, so what reads the log is stopped here before the log is closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.views.stop();
    this.contacts.close();
    await this.store.close();
  }
}
