import type { IncomingMessage } from 'node:http';
import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';
import { PolicyModule } from '../policy/policy.module.js';
import { DemoShop } from './demo.commands.js';
import { DemoController } from './demo.controller.js';
import { OrderImport } from './import/order-import.commands.js';
import { RecordOrderFactHandler, RegisterOrderHandler } from './orders.commands.js';
import { OrdersController } from './orders.controller.js';
import { OrderQueries } from './orders.queries.js';
import { ShopWebhooksController } from './shops/shop-webhooks.controller.js';

const IMPORT_ROUTE = '/v1/orders/import';
const PINGED_ROUTE = '/v1/webhooks/woocommerce';

/** Order intake: API and import. */
@Module({
  imports: [PolicyModule],
  controllers: [DemoController, OrdersController, ShopWebhooksController],
  providers: [DemoShop, RegisterOrderHandler, RecordOrderFactHandler, OrderQueries, OrderImport],
})
export class OrdersModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  /** The import takes its body as a stream; no other address takes these types. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const type of ['text/csv', 'application/x-ndjson']) {
      fastify.addContentTypeParser(type, (request: FastifyRequest, payload: IncomingMessage, done) => {
        if (request.routeOptions.url === IMPORT_ROUTE) done(null, payload);
        else done(new Problem('unsupported_media_type', 'Send application/json here.'));
      });
    }
    // WooCommerce sends a form when a webhook is saved, and does not keep a webhook that refuses it.
    fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (request, _body, done) => {
      if (request.routeOptions.url === PINGED_ROUTE) done(null, {});
      else done(new Problem('unsupported_media_type', 'Send application/json here.'));
    });
  }
}
