import { Logger, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AccessStore } from '../access/access.store.js';
import { CustomerSessions } from '../access/sessions.js';
import { ContactsStore } from '../contacts/contacts.store.js';
import type { EventStore } from '../eventing/event-store.js';
import { Views } from '../eventing/views.js';
import { MAIL, MailRefusedError, type MailPort } from '../notices/mail.port.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { Heard } from '../shared/heard.js';
import { CLOCK, CONFIG, EVENT_STORE, made } from '../shared/tokens.js';
import { ordersWithNumber } from './order-numbers.projection.js';
import { OrderAddress, SignIn } from './sign-in.commands.js';
import { SignInController } from './sign-in.controller.js';
import { SignInDelivery } from './sign-in.delivery.js';
import { SignInSecrets } from './sign-in.secrets.js';
import { SignInStore } from './sign-in.store.js';

/** A mail under way gets this long when the service stops; one that is not done is sent after the next start. */
const DRAIN_MS = 3000;

/** No such mailbox is an answer; which one, nobody is told. */
const meaningOf = (error: unknown) => (error instanceof MailRefusedError ? 'answer' : 'failure');

/** Sign-in by mailed code. */
@Module({
  controllers: [SignInController],
  providers: [
    { provide: SignInStore, inject: [CONFIG], useFactory: ({ dataDir }: Config) => new SignInStore(dataDir) },
    { provide: SignInSecrets, inject: [AccessStore], useFactory: (access: AccessStore) => new SignInSecrets(access.secret('sign-in')) },
    made(OrderAddress, ReturnsQueries, ContactsStore, SignInSecrets),
    {
      provide: SignInDelivery,
      inject: [SignInStore, SignInSecrets, OrderAddress, Views, EVENT_STORE, MAIL, CLOCK, Heard],
      useFactory: (
        store: SignInStore,
        secrets: SignInSecrets,
        addresses: OrderAddress,
        views: Views,
        log: EventStore,
        mail: MailPort,
        clock: Clock,
        heard: Heard,
      ) => {
        const logger = new Logger('SignIn');
        return new SignInDelivery({
          store,
          secrets,
          addresses,
          mail: { send: (each) => heard.through(mail.id, () => mail.send(each), meaningOf) },
          clock,
          log: (words) => logger.warn(words),
          head: () => log.head(),
          ordersWithNumber: (number, seen) => ordersWithNumber(views, number, seen),
        });
      },
    },
    {
      provide: SignIn,
      inject: [SignInStore, SignInSecrets, OrderAddress, CustomerSessions, SignInDelivery, CLOCK],
      useFactory: (
        store: SignInStore,
        secrets: SignInSecrets,
        addresses: OrderAddress,
        sessions: CustomerSessions,
        delivery: SignInDelivery,
        clock: Clock,
      ) => new SignIn({ store, secrets, clock }, addresses, sessions, delivery.wake),
    },
  ],
})
export class SignInModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly delivery: SignInDelivery,
    private readonly store: SignInStore,
  ) {}

  /** What is owed stands in a file that all processes on this data folder share, so each of them mails what it can claim. */
  onApplicationBootstrap(): void {
    this.delivery.start();
  }

  /** Requests that still come in now are looked at after the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.delivery.stop(DRAIN_MS);
  }

  onApplicationShutdown(): void {
    this.store.close();
  }
}
