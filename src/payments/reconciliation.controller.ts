/** Compares what our log says was given back with the providers' own books. Moves no money and records nothing. */
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../access/access.js';
import type { EventStore } from '../eventing/event-store.js';
import { Views } from '../eventing/views.js';
import { payoutsAt, type PayoutOnLog } from '../finance/refunds.queries.js';
import { Answers } from '../http/documentation.js';
import { fieldRefused, Problem } from '../http/problem.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { Clock } from '../shared/clock.js';
import { DAY_MS } from '../shared/days.js';
import { CLOCK, EVENT_STORE } from '../shared/tokens.js';
import { paymentsCalled } from './payment-references.projection.js';
import { PaymentOutcomeUnknown, PaymentProviders, type PaymentProvider, type ProviderRefund } from './payment.port.js';
import { ReconciliationAnswer, ReconciliationBody, type ReconciledProviderAnswer } from './reconciliation.dto.js';
import { difference, differencesOf, elsewhere, isForeign, missingThere, type Foreign, type RefundDifference } from './reconciliation.js';
import { DIFFERENCE_WORDS } from './reconciliation.words.js';

type Listing = PaymentProvider & Required<Pick<PaymentProvider, 'refundsSince'>>;
const canList = (provider: PaymentProvider): provider is Listing => provider.refundsSince !== undefined;

@ApiTags('finance')
@Controller('v1/finance/reconciliations')
export class ReconciliationController {
  constructor(
    private readonly providers: PaymentProviders,
    private readonly queries: ReturnsQueries,
    private readonly views: Views,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @Allow('finance')
  @ApiOperation({
    summary: "Compare our refunds with the providers' own lists",
    description:
      'Reads their whole list of that time, so it may take a minute for each ten thousand refunds. Moves no money, changes nothing.',
  })
  @Answers(ReconciliationAnswer, { status: 200 })
  async reconcile(@Body() { provider, days }: ReconciliationBody): Promise<ReconciliationAnswer> {
    const able = this.providers.all.filter(canList);
    const asked = provider === undefined ? able : able.filter(({ id }) => id === provider);
    if (provider !== undefined && asked.length === 0)
      throw fieldRefused('body', '/provider', 'is not set up, or cannot list its refunds', `Nothing can be compared with ${provider}.`);
    const since = new Date(this.clock().getTime() - days * DAY_MS);
    const items: ReconciledProviderAnswer[] = [];
    for (const each of asked) items.push(await this.#compare(each, since).catch(asProblem));
    return { items };
  }

  async #compare(provider: Listing, since: Date): Promise<ReconciledProviderAnswer> {
    const there = await collected(provider.refundsSince(since));
    // Read after theirs: what they paid meanwhile is perhaps recorded here already, never the other way round.
    const here = await payoutsAt(this.views, provider.id, await this.store.head());
    const recordedHere = new Set(here.map((payout) => payout.provider_refund_id));
    const foreign = there.filter(isForeign).filter(({ providerRefundId }) => !recordedHere.has(providerRefundId));
    const others = await Promise.all(foreign.map((refund) => this.#elsewhere(provider.id, refund)));
    const missing: RefundDifference[] = [];
    for (const payout of missingThere(here, there, since.getTime())) missing.push(...(await this.#missing(provider, payout)));
    const differences = [...differencesOf(here, there), ...missing, ...others.flatMap((each) => (each === 'unrelated' ? [] : each))];
    return {
      provider: provider.id,
      since: since.toISOString(),
      there: there.length,
      here: here.length,
      unrelated: others.filter((each) => each === 'unrelated').length,
      differences: differences.map((each) => ({ ...each, words: DIFFERENCE_WORDS[each.code] })),
    };
  }

  async #elsewhere(provider: string, refund: Foreign): Promise<readonly RefundDifference[] | 'unrelated'> {
    const payments = await paymentsCalled(this.views, { provider, references: refund.references }, await this.store.head());
    if (payments.length === 0) return 'unrelated';
    for (const { orderId } of payments) {
      const { state } = await this.queries.ofOrder(orderId);
      const recorded = state.refundsElsewhere.find(({ reference }) => reference === refund.providerRefundId);
      if (recorded !== undefined) return [elsewhere(refund, recorded.amountMinor)].flatMap((each) => each ?? []);
    }
    return [elsewhere(refund, undefined)].flatMap((each) => each ?? []);
  }

  /** Their list may begin later than the refund was made, so they are asked about it. */
  async #missing(provider: Listing, payout: PayoutOnLog): Promise<readonly RefundDifference[]> {
    const { refund_id: refundId, payment_id: paymentId, amount_minor: amountMinor, currency, idempotency_key: key } = payout;
    const state = (await this.queries.ofReturn(payout.return_id))?.state;
    const reference = state?.order?.payments.find((payment) => payment.paymentId === paymentId)?.reference;
    if (key === null || reference === undefined) return [];
    const request = { key, refundId, paymentId, reference, amountMinor, bonusMinor: 0, currency };
    const answer = await provider.status(request, new AbortController().signal);
    return answer.kind === 'not_found' ? [difference('missing_there', payout, undefined)] : [];
  }
}

/** @throws Problem provider_unavailable */
function asProblem(error: unknown): never {
  if (!(error instanceof PaymentOutcomeUnknown)) throw error;
  throw new Problem('provider_unavailable', error.message, { headers: { 'retry-after': '30' } });
}

async function collected(refunds: AsyncIterable<ProviderRefund>): Promise<readonly ProviderRefund[]> {
  const all: ProviderRefund[] = [];
  for await (const refund of refunds) all.push(refund);
  return all;
}
