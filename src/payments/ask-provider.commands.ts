/** What a provider says became of the payouts of a refund, asked because a person is about to say something else. */
import { Inject } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError } from '../eventing/decider.js';
import { processContext } from '../eventing/process-context.js';
import { HandleReturns } from '../returns/returns.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { orderIdOfReturn, returnIdOfRefund } from '../returns/rules/returns.events.js';
import type { Payout, PayoutState, Refund } from '../returns/rules/returns.state.js';
import { bonusOf, findReturn, livePayouts } from '../returns/rules/returns.status.js';
import type { Clock } from '../shared/clock.js';
import { OutsideCalls } from '../shared/outside-calls.js';
import { CLOCK } from '../shared/tokens.js';
import { PaymentProviders, type PaymentProvider, type PayoutAnswer } from './payment.port.js';

/** Somebody waits for the answer in front of a page. */
const PATIENCE_MS = 8000;
/** The provider may have, or have had, these in hand. */
const WITH_PROVIDER: readonly PayoutState[] = ['submitted', 'pending', 'in_doubt', 'parked'];

/**
 * Asks the provider about each payout of the refund that it may have in hand (`paymentId` null: all of them) and records what
 * it tells. Answers the payments whose payout it says is under way. Payouts nobody can ask about (paid by hand, a provider
 * that is not set up) are left out.
 * @throws DomainError payment_in_doubt a provider cannot tell now
 */
export class AskProvider extends Command<readonly string[]> {
  constructor(
    readonly refundId: string,
    readonly paymentId: string | null,
  ) {
    super();
  }
}

@CommandHandler(AskProvider)
export class AskProviderHandler implements ICommandHandler<AskProvider> {
  readonly #outside = new OutsideCalls({ timeLimitMs: PATIENCE_MS });

  constructor(
    private readonly queries: ReturnsQueries,
    private readonly providers: PaymentProviders,
    private readonly commands: CommandBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ refundId, paymentId }: AskProvider): Promise<readonly string[]> {
    const returnId = returnIdOfRefund(refundId) ?? '';
    const state = (await this.queries.ofReturn(returnId))?.state;
    const refund = state === undefined ? undefined : findReturn(state, returnId)?.refunds.find((each) => each.refundId === refundId);
    if (refund === undefined || !state?.order) return [];
    const { currency } = state.order;
    const underWay: string[] = [];
    for (const payout of livePayouts(refund).filter((each) => paymentId === null || each.paymentId === paymentId)) {
      const provider = askable(payout) ? this.providers.find(payout.provider) : undefined;
      if (provider === undefined || payout.key === null) continue;
      const answer = await this.#ask(provider, refund, payout, payout.key, currency);
      if (answer.kind === 'pending') underWay.push(payout.paymentId);
      if (answer.kind !== 'not_found') await this.#record(refund, payout, payout.key, answer);
    }
    return underWay;
  }

  async #ask(
    provider: PaymentProvider,
    refund: Refund,
    payout: Payout,
    key: string,
    currency: string,
  ): Promise<PayoutAnswer | { readonly kind: 'not_found' }> {
    const { refundId } = refund;
    const { paymentId, reference, amountMinor } = payout;
    const request = { key, refundId, paymentId, reference, amountMinor, bonusMinor: bonusOf(refund, payout), currency };
    const { signal } = new AbortController();
    return this.#outside
      .inTime(signal, (inTime) => provider.status(request, inTime))
      .catch(() => {
        throw new DomainError(
          'payment_in_doubt',
          `${provider.id} cannot say now whether this was paid; try again in a moment. It is asked by itself too.`,
        );
      });
  }

  async #record(
    { refundId, returnId }: Refund,
    { paymentId, state, since, provider }: Payout,
    key: string,
    outcome: PayoutAnswer,
  ): Promise<void> {
    const orderId = orderIdOfReturn(returnId);
    if (orderId === undefined) return;
    const at = this.clock().toISOString();
    const context = {
      ...processContext('ask-provider', `${key} ${state} ${since} ${outcome.kind}`, at),
      actor: { kind: 'provider', id: provider, channel: 'process' },
    } as const;
    await this.commands.execute(
      new HandleReturns(orderId, { type: 'RecordPayoutOutcome', at, returnId, refundId, paymentId, key, outcome }, context),
    );
  }
}

/** Store credit is ours, and nobody else knows of it. */
const askable = ({ destination, state }: Payout): boolean => destination === 'original_payment' && WITH_PROVIDER.includes(state);
