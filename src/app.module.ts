/** The composition root: which store, which adapters, which modules. Nothing else in the service chooses. */
import { Module, type DynamicModule, type ModuleMetadata, type OnApplicationShutdown, Inject } from '@nestjs/common';
import type { EventStore } from './eventing/event-store.js';
import { EmbeddedEventStore } from './eventing/stores/embedded.store.js';
import { EventStoreDbStore } from './eventing/stores/eventstoredb.store.js';
import { ORDER_SCOPE, type OrderScope } from './http/access.guard.js';
import { HttpModule } from './http/http.module.js';
import { orderIdOfReturn, orderIdOfStream, returnIdOfRefund } from './returns/returns.events.js';
import { ContactsStore } from './shared/contacts.store.js';
import { systemClock, type Clock } from './shared/clock.js';
import type { Config } from './shared/config.js';
import { CLOCK, CONFIG, EVENT_STORE } from './shared/tokens.js';

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

@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(ContactsStore) private readonly contacts: ContactsStore,
  ) {}

  static with(config: Config, overrides: Overrides = {}): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [HttpModule, ...(overrides.imports ?? [])],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CLOCK, useValue: overrides.clock ?? systemClock },
        { provide: EVENT_STORE, useFactory: () => overrides.eventStore ?? openStore(config) },
        { provide: ContactsStore, useFactory: (clock: Clock) => new ContactsStore(config.dataDir, clock), inject: [CLOCK] },
        { provide: ORDER_SCOPE, useValue: orderScope },
      ],
      exports: [CONFIG, CLOCK, EVENT_STORE, ORDER_SCOPE, ContactsStore],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.contacts.close();
    await this.store.close();
  }
}
