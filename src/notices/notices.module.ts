import { Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { Heard } from '../shared/heard.js';
import { CLOCK } from '../shared/tokens.js';
import { MAIL, type MailPort } from './mail.port.js';
import { Outbox } from './outbox.adapter.js';
import { OutboxController } from './outbox.controller.js';
import { SmtpMail } from './smtp.adapter.js';

/**
 * Where mails that nobody sends can be read; null where they are sent, and in production: whoever reads the outbox can
 * sign in as any customer.
 */
export const outboxPage = ({ environment, smtpUrl }: Pick<Config, 'environment' | 'smtpUrl'>): string | null =>
  smtpUrl !== null || environment === 'production' ? null : '/dev/outbox';

/** Mail for everybody who sends some: over SMTP, or into the outbox. */
@Module({})
export class NoticesModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(MAIL) private readonly mail: MailPort,
    private readonly heard: Heard,
  ) {}

  onModuleInit(): void {
    this.heard.lookAtStart([this.mail], (_, words) => new Logger('Mail').error(words));
  }

  static with(config: Config): DynamicModule {
    const { environment, dataDir, smtpUrl, mailFrom } = config;
    if (smtpUrl !== null) {
      return {
        module: NoticesModule,
        global: true,
        providers: [{ provide: MAIL, useFactory: () => new SmtpMail(smtpUrl, mailFrom) }],
        exports: [MAIL],
      };
    }
    if (environment === 'production')
      new Logger('Mail').warn('SMTP_URL is not set: mails, sign-in codes too, are only written to the outbox of the data folder.');
    return {
      module: NoticesModule,
      global: true,
      controllers: outboxPage(config) === null ? [] : [OutboxController],
      providers: [
        { provide: Outbox, inject: [CLOCK], useFactory: (clock: Clock) => new Outbox(dataDir, mailFrom, clock) },
        { provide: MAIL, useExisting: Outbox },
      ],
      exports: [MAIL],
    };
  }

  onApplicationShutdown(): void {
    this.mail.close();
  }
}
