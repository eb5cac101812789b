import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { CLOCK, CONFIG, made } from '../shared/tokens.js';
import { AccessGuard } from './access.guard.js';
import { AccessStore } from './access.store.js';
import { Admissions } from './admissions.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeys } from './api-keys.js';
import { Authentication } from './authentication.js';
import { BrowserSessions } from './browser-sessions.js';
import { Insiders } from './insiders.js';
import { OidcSignInController } from './oidc-sign-in.controller.js';
import { OidcSignIn } from './oidc-sign-in.js';
import { OpenIdConnect } from './oidc.js';
import { SessionCookies } from './session-cookies.js';
import { SessionController } from './session.controller.js';
import { CustomerSessions } from './sessions.js';
import { SignedLinks } from './signed-links.js';

/** Who is calling, and what they may. */
@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [ApiKeysController, OidcSignInController, SessionController],
  providers: [
    { provide: AccessStore, inject: [CONFIG], useFactory: (config: Config) => new AccessStore(config.dataDir) },
    {
      provide: ApiKeys,
      inject: [AccessStore, CLOCK, CONFIG],
      useFactory: (store: AccessStore, clock: Clock, config: Config) => new ApiKeys(store, clock, config.adminApiKey),
    },
    made(CustomerSessions, AccessStore, CLOCK),
    made(BrowserSessions, AccessStore, ApiKeys, CLOCK),
    made(SessionCookies, BrowserSessions, CLOCK, CONFIG),
    made(OidcSignIn, AccessStore, CLOCK, CONFIG),
    {
      provide: SignedLinks,
      inject: [AccessStore, CLOCK, CONFIG],
      useFactory: (store: AccessStore, clock: Clock, config: Config) => new SignedLinks(store, clock, config.publicUrl),
    },
    {
      provide: Authentication,
      inject: [ApiKeys, CustomerSessions, CLOCK, CONFIG],
      useFactory: (keys: ApiKeys, sessions: CustomerSessions, clock: Clock, { oidc }: Config) =>
        new Authentication(keys, sessions, oidc === null ? null : new OpenIdConnect(oidc, clock), clock),
    },
    made(Admissions, Authentication, SessionCookies, ApiKeys, CLOCK),
    made(Insiders, Authentication, SessionCookies, CONFIG),
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [AccessStore, ApiKeys, CustomerSessions, SignedLinks, Admissions, Insiders],
})
export class AccessModule implements OnApplicationShutdown {
  constructor(
    @Inject(AccessStore) private readonly store: AccessStore,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
    @Inject(BrowserSessions) private readonly sessions: BrowserSessions,
  ) {}

  onApplicationShutdown(): void {
    this.sessions.close();
    this.keys.close();
    this.store.close();
  }
}
