import { Global, Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { EventsController } from './events.controller.js';
import { ExportController } from './export.controller.js';
import { HealthController } from './health.js';
import { Metrics, MetricsController } from './metrics.js';
import { ApiDescription } from './openapi.js';
import { PagesController } from './pages.controller.js';
import { ViewsController } from './views.controller.js';

/** What stands between the socket and the controllers of the business, and the routes that are about the service itself. */
@Global()
@Module({
  controllers: [DocsController, EventsController, ExportController, HealthController, MetricsController, PagesController, ViewsController],
  providers: [ApiDescription, Metrics],
  exports: [Metrics],
})
export class HttpModule {}
