/** Orders that shops tell by themselves. 200 once everything is recorded; they are told again until then. See decision 132. */
import { createHash, createHmac } from 'node:crypto';
import { Controller, Headers, HttpCode, Inject, Logger, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../access/access.js';
import { RevisionMismatchError } from '../../eventing/command-errors.js';
import { DomainError } from '../../eventing/decider.js';
import type { EventStore } from '../../eventing/event-store.js';
import type { CommandSource } from '../../eventing/execute-command.js';
import { byProvider, fromProcess } from '../../eventing/process-context.js';
import { notFound, Problem } from '../../http/problem.js';
import { readFields } from '../../http/reading.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import { ReturnsQueries } from '../../returns/returns.queries.js';
import { claimedUnits } from '../../returns/rules/decide/find.js';
import { paymentBalances } from '../../returns/rules/money/caps.js';
import { returnsStream } from '../../returns/rules/returns.events.js';
import type { ReturnsState } from '../../returns/rules/returns.state.js';
import type { Clock } from '../../shared/clock.js';
import type { Config } from '../../shared/config.js';
import { Heard } from '../../shared/heard.js';
import { sameBytes } from '../../shared/same-bytes.js';
import { CLOCK, CONFIG, EVENT_STORE } from '../../shared/tokens.js';
import { RecordOrderFact, RegisterOrder } from '../orders.commands.js';
import { OrderBody } from '../orders.dto.js';
import { objectIn, textIn, type Json, type KnownOrder, type ShopNews, type ShopRefund } from './shop-order.js';
import { newsOfShopify, refundsToldByShopify } from './shopify-mapping.js';
import { newsOfWooCommerce } from './woocommerce-mapping.js';

type Kind = keyof Config['shops'];
type Received = { readonly received: true };
const RECEIVED: Received = { received: true };
const MOST_RACES = 5;

@ApiExcludeController()
@Public()
@Controller('v1/webhooks')
export class ShopWebhooksController {
  readonly #log = new Logger('Shops');

  constructor(
    private readonly commands: CommandBus,
    private readonly returns: ReturnsQueries,
    private readonly policies: PolicyQueries,
    private readonly heard: Heard,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem not_found no shop is set up; bad_signature */
  @Post('shopify')
  @HttpCode(200)
  async shopify(
    @Req() request: FastifyRequest,
    @Headers('x-shopify-hmac-sha256') signature = '',
    @Headers('x-shopify-topic') topic = '',
    @Headers('x-shopify-test') test = '',
  ): Promise<Received> {
    const prefix = this.#signedBy('shopify', request, signature);
    // "Send test notification": an order of nobody.
    if (test === 'true') return RECEIVED;
    const told = objectIn(request.body);
    if (topic === 'refunds/create') await this.#recordToldRefund(`${prefix}${textIn(told['order_id']) ?? ''}`, told);
    // What fulfilments tell comes with the order as well, all of them together.
    else if (topic.startsWith('orders/') && topic !== 'orders/delete')
      await this.#record('shopify', prefix, told, (orderId, known) => newsOfShopify(orderId, told, known));
    return RECEIVED;
  }

  /** @throws Problem not_found no shop is set up; bad_signature */
  @Post('woocommerce')
  @HttpCode(200)
  async wooCommerce(
    @Req() request: FastifyRequest,
    @Headers('x-wc-webhook-signature') signature = '',
    @Headers('x-wc-webhook-topic') topic = '',
  ): Promise<Received> {
    // The ping that is sent when a webhook is saved: a form, unsigned, and about nothing.
    if (request.rawBody === undefined && this.config.shops.woocommerce.length > 0) return RECEIVED;
    const prefix = this.#signedBy('woocommerce', request, signature);
    const told = objectIn(request.body);
    const { stripe } = this.config;
    const terms = { isSetUp: stripe !== null, tells: (stripe?.webhookSecret ?? null) !== null };
    if (['order.created', 'order.updated', 'order.restored'].includes(topic))
      await this.#record('woocommerce', prefix, told, (orderId, known) => newsOfWooCommerce(orderId, told, known, terms));
    return RECEIVED;
  }

  /** @returns how ids of orders of that shop begin: whose secret fits is who told it, whatever the other headers say */
  #signedBy(kind: Kind, { rawBody = Buffer.alloc(0) }: FastifyRequest, signature: string): string {
    const secrets = this.config.shops[kind];
    if (secrets.length === 0) throw notFound();
    const given = Buffer.from(signature, 'base64');
    const by = secrets.find(({ secret }) => sameBytes(given, createHmac('sha256', secret).update(rawBody).digest()));
    if (by === undefined)
      throw new Problem(
        'bad_signature',
        `The signature does not fit this body. ${kind.toUpperCase()}_WEBHOOK_SECRET must be that of this shop.`,
      );
    this.heard.told(kind);
    return by.shop === null ? `${kind}-` : `${kind}-${by.shop}-`;
  }

  async #record(kind: Kind, prefix: string, told: Json, read: (orderId: string, known: KnownOrder) => ShopNews): Promise<void> {
    const id = textIn(told['id'], 60);
    if (id === null) return this.#log.warn(`An order of ${kind} without an id was not recorded`);
    const orderId = `${prefix}${id}`;
    await this.#unlessRefused(kind, orderId, async () => {
      for (let races = 0; ; races += 1) {
        try {
          return await this.#register(kind, orderId, told, read);
        } catch (error) {
          // Somebody else wrote in between: what was told is looked at once more.
          if (!(error instanceof RevisionMismatchError) || races === MOST_RACES) throw error;
        }
      }
    });
  }

  async #register(kind: Kind, orderId: string, told: Json, read: (orderId: string, known: KnownOrder) => ShopNews): Promise<void> {
    const { state, revision } = await this.returns.ofOrder(orderId);
    const { transitBufferDays } = (await this.policies.inForce()).document;
    const news = read(orderId, { ...knownOf(state), transitBufferDays });
    const isLate = news.updatedAt < (await this.#toldUntil(kind, orderId));
    if (news.order !== null && !isLate) {
      const order = readFields(OrderBody, news.order, 'body');
      if (!(order instanceof OrderBody)) throw new Problem('validation_failed', 'The order cannot be read.');
      const content = createHash('sha256').update(JSON.stringify(told)).digest('hex');
      const from = this.#from(kind, `${news.updatedAt} ${content}`, `${TOLD}${news.updatedAt}`);
      // Refused where the order has moved on since it was read: what was found late, or in a return, may be otherwise now.
      const asRead: CommandSource = { context: (streamId) => ({ ...from.context(streamId), expectedRevision: revision }) };
      await this.commands.execute(new RegisterOrder(orderId, { order, idsAsWritten: true }, asRead));
    }
    // Refunds are never undone, so a late order tells of none too many.
    if (news.order !== null || state.order !== null) {
      const now = (await this.returns.ofOrder(orderId)).state;
      await this.#recordRefunds(kind, orderId, unknownOf(news.refunds, now));
    }
  }

  /** When the shop's order was changed that was recorded last. */
  async #toldUntil(kind: Kind, orderId: string): Promise<string> {
    const events = await this.store.readStream(returnsStream(orderId));
    const told = events
      .map(({ metadata }) => (metadata.actor.id === kind ? metadata.causationId : ''))
      .filter((each) => each.startsWith(TOLD));
    return told.map((each) => each.slice(TOLD.length)).reduce((newest, each) => (each > newest ? each : newest), '');
  }

  /** Of an order that is not known yet, the order itself will tell, and whether it is one of ours that people carried out there. */
  async #recordToldRefund(orderId: string, told: Json): Promise<void> {
    const { state } = await this.returns.ofOrder(orderId);
    const { order } = state;
    if (order === null || paymentBalances(state, order).some(({ refundedMinor }) => refundedMinor > 0)) return;
    await this.#unlessRefused('shopify', orderId, () =>
      this.#recordRefunds('shopify', orderId, refundsToldByShopify(told, order.currency)),
    );
  }

  async #recordRefunds(kind: Kind, orderId: string, refunds: readonly ShopRefund[]): Promise<void> {
    for (const { at: refundedAt, ...refund } of refunds) {
      const fact = { fact: 'refunded_elsewhere', refundedAt, ...refund } as const;
      await this.commands.execute(new RecordOrderFact(orderId, fact, this.#from(kind, `refund ${refund.reference}`)));
    }
  }

  /** What is refused is refused the next time, too: a shop that is told no gives its webhook up in the end. */
  async #unlessRefused(kind: Kind, orderId: string, record: () => Promise<void>): Promise<void> {
    try {
      await record();
    } catch (error) {
      const isRefusal = error instanceof DomainError || (error instanceof Problem && error.code === 'validation_failed');
      if (!isRefusal) throw error;
      const where = error instanceof Problem ? error.errors.map(({ pointer }) => ` ${pointer}`).join('') : ` ${error.message}`;
      this.#log.warn(`What ${kind} told of order ${orderId} was not recorded (${error.code}):${where}`);
    }
  }

  #from(kind: Kind, occasion: string, causationId = occasion): CommandSource {
    return fromProcess(kind, occasion, this.clock().toISOString(), { actor: byProvider(kind), causationId });
  }
}

/**
 * All refunds of an order in its shop, as far as they come to more than what is known to have gone back: people carry out
 * refunds of ours in the shop, which then tells of them by names of its own.
 */
function unknownOf(refunds: readonly ShopRefund[], { order, refundsElsewhere, ...state }: ReturnsState): readonly ShopRefund[] {
  const known = new Set(refundsElsewhere.map(({ reference }) => reference));
  const balances = order === null ? [] : paymentBalances({ order, refundsElsewhere, ...state }, order);
  return balances.flatMap(({ paymentId, refundedMinor, refundedElsewhereMinor }) => {
    const own = refunds.filter((refund) => refund.paymentId === paymentId);
    let leftMinor = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0) - refundedMinor - refundedElsewhereMinor;
    return own.flatMap((refund): readonly ShopRefund[] => {
      const amountMinor = Math.min(refund.amountMinor, leftMinor);
      if (known.has(refund.reference) || amountMinor <= 0) return [];
      leftMinor -= amountMinor;
      return [{ ...refund, amountMinor }];
    });
  });
}

/** What led to the registration of an order: the state of it that the shop told, by when it came to be. */
const TOLD = 'order of ';

const knownOf = (state: ReturnsState): Omit<KnownOrder, 'transitBufferDays'> => ({
  isRegistered: state.order !== null,
  hasLine: (lineId) => state.order?.lines.some((line) => line.lineId === lineId) ?? false,
  claimedOf: (lineId) => claimedUnits(state, lineId).size,
});
