import multipart from '@fastify/multipart';
import {
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/problem.js';
import type { Clock } from '../shared/clock.js';
import type { Config } from '../shared/config.js';
import { CLOCK, CONFIG } from '../shared/tokens.js';
import { PhotoCommands } from './photos.commands.js';
import { PhotosController, UPLOAD_ROUTE } from './photos.controller.js';
import { PhotoQueries } from './photos.queries.js';
import { PhotosStore } from './photos.store.js';

/** Photos of what is returned: kept beside the customer's data, named in the log by reference. */
@Module({
  controllers: [PhotosController],
  providers: [
    { provide: PhotosStore, inject: [CONFIG, CLOCK], useFactory: (config: Config, clock: Clock) => new PhotosStore(config.dataDir, clock) },
    PhotoQueries,
    PhotoCommands,
  ],
  exports: [PhotoQueries],
})
export class PhotosModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly store: PhotosStore,
    private readonly commands: PhotoCommands,
  ) {}

  /** The upload takes its body as a stream; no other address takes forms. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    // Not awaited: that would make Fastify ready before Nest has set its error handler.
    void fastify.register(multipart);
    fastify.addHook('preParsing', (request, _reply, payload, done) => {
      const isForm = /^\s*multipart\//i.test(request.headers['content-type'] ?? '');
      if (isForm && request.routeOptions.url !== UPLOAD_ROUTE) done(new Problem('unsupported_media_type', 'Send application/json here.'));
      else done(null, payload);
    });
  }

  onApplicationBootstrap(): void {
    this.commands.start();
  }

  /** While the log can still be read. */
  beforeApplicationShutdown(): Promise<void> {
    return this.commands.stop();
  }

  onApplicationShutdown(): void {
    this.store.close();
  }
}
