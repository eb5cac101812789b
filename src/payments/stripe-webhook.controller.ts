/** What Stripe sends. It tries again for three days until it is answered with 200, so that is said once everything is recorded. */
import { Controller, Headers, HttpCode, Inject, Logger, Post, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { DomainError } from '../eventing/decider.js';
import type { EventStore } from '../eventing/event-store.js';
import type { CommandSource } from '../eventing/execute-command.js';
import { byProvider, fromProcess } from '../eventing/process-context.js';
import { Views } from '../eventing/views.js';
import { notFound, Problem } from '../http/problem.js';
import { RecordOrderFact } from '../orders/orders.commands.js';
import type { Clock } from '../shared/clock.js';
import { Heard } from '../shared/heard.js';
import { CLOCK, EVENT_STORE } from '../shared/tokens.js';
import { paymentsCalled, type PaymentOfOrder } from './payment-references.projection.js';
import { PaymentProviders } from './payment.port.js';
import { recordNotice } from './payout.process.js';
import type { StripeNews } from './stripe-news.js';
import { StripePayments } from './stripe.adapter.js';

type NewsOfPayment = Exclude<StripeNews, { readonly kind: 'payout' }>;

@ApiExcludeController()
@Public()
@Controller('v1/webhooks/stripe')
export class StripeWebhookController {
  readonly #log = new Logger('Stripe');

  constructor(
    private readonly providers: PaymentProviders,
    private readonly commands: CommandBus,
    private readonly views: Views,
    private readonly heard: Heard,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem not_found Stripe's webhooks are not set up; bad_signature; provider_unavailable */
  @Post()
  @HttpCode(200)
  async receive(@Req() { rawBody }: FastifyRequest, @Headers('stripe-signature') signature = ''): Promise<{ readonly received: true }> {
    const stripe = this.providers.find('stripe');
    if (!(stripe instanceof StripePayments) || !stripe.listens) throw notFound();
    const event = stripe.eventIn(rawBody ?? Buffer.alloc(0), signature);
    if (event === undefined)
      throw new Problem('bad_signature', 'Stripe-Signature does not fit this body. STRIPE_WEBHOOK_SECRET must be that of this endpoint.');
    this.heard.told('stripe');
    if (event === null) return { received: true };
    const news = await stripe.newsOf(event).catch((error: unknown) => {
      throw new Problem('provider_unavailable', error instanceof Error ? error.message : '', { headers: { 'retry-after': '30' } });
    });
    for (const each of news) await this.#record(each, event.type);
    return { received: true };
  }

  /** What a rule refuses is refused the next time, too: Stripe need not tell it again. */
  async #record(news: StripeNews, type: string): Promise<void> {
    try {
      if (news.kind === 'payout') await recordNotice({ commands: this.commands, clock: this.clock }, 'stripe', news.notice);
      else await this.#recordOnOrder(news);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#log.warn(`${type} was not recorded (${error.code})`);
    }
  }

  async #recordOnOrder(news: NewsOfPayment): Promise<void> {
    const { references } = news;
    const found = await paymentsCalled(this.views, { provider: 'stripe', references }, await this.store.head());
    const [payment, ...others] = found;
    // Money of somebody else's orders goes through the same account.
    if (payment === undefined) return;
    if (others.length > 0) return this.#log.warn(`${references.join(', ')} pays several orders; what became of it must be told by hand`);
    if (payment.currency !== news.currency)
      return this.#log.warn(
        `${references.join(', ')} is in ${news.currency}, its order in ${payment.currency}; what became of it must be told by hand`,
      );
    for (const command of this.#commandsOf(news, payment)) await this.commands.execute(command);
  }

  #commandsOf(news: NewsOfPayment, { orderId, paymentId }: PaymentOfOrder): readonly RecordOrderFact[] {
    const { amountMinor } = news;
    if (news.kind === 'refunded_elsewhere') {
      const { reference, at: refundedAt } = news;
      const fact = { fact: 'refunded_elsewhere', paymentId, amountMinor, reference, refundedAt } as const;
      return [new RecordOrderFact(orderId, fact, this.#from(reference))];
    }
    const { disputeId, outcome } = news;
    const opened = new RecordOrderFact(orderId, { fact: 'disputed', disputeId, paymentId, amountMinor }, this.#from(disputeId));
    if (outcome === null) return [opened];
    return [opened, new RecordOrderFact(orderId, { fact: 'dispute_closed', disputeId, outcome }, this.#from(`${disputeId} ${outcome}`))];
  }

  #from(occasion: string): CommandSource {
    return fromProcess('stripe', occasion, this.clock().toISOString(), { actor: byProvider('stripe') });
  }
}
