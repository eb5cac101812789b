/** What finance decides about a refund that hangs. Before it is called failed, its providers say what became of it. */
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError } from '../eventing/decider.js';
import type { CommandSource } from '../eventing/execute-command.js';
import { byProvider, fromProcess } from '../eventing/process-context.js';
import { notFound } from '../http/problem.js';
import { RecordPayoutOutcome } from '../returns/refund.commands.js';
import { CommandOnReturn, ReturnsStream, type ReturnsExecuted } from '../returns/returns.commands.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import type { ReturnsCommand } from '../returns/rules/returns.decider.js';
import { returnIdOfRefund, type Destination } from '../returns/rules/returns.events.js';
import type { Payout, PayoutState, Refund } from '../returns/rules/returns.state.js';
import { bonusOf, findReturn, livePayouts } from '../returns/rules/returns.status.js';
import { CustomerTexts } from '../returns/texts.js';
import { Heard } from '../shared/heard.js';
import { OutsideCalls } from '../shared/outside-calls.js';
import { PaymentProviders, type PaymentProvider, type ProviderAnswer } from './payment.port.js';

/** Somebody waits for the answer in front of a page. */
const PATIENCE_MS = 8000;
/** The provider may have, or have had, these in hand. */
const WITH_PROVIDER: readonly PayoutState[] = ['submitted', 'pending', 'in_doubt', 'parked'];

/** `paymentId` null: every payout of the refund that hangs. `reason`: a code or words. */
type RefundDecision = { readonly paymentId: string | null } & (
  | { readonly decision: 'retry'; readonly reason: string }
  | { readonly decision: 'settle'; readonly providerRefundId: string }
  | { readonly decision: 'fail'; readonly code: string }
  | { readonly decision: 'reroute'; readonly destination: Destination; readonly toPaymentId: string | null; readonly reason: string }
);

export class DecideOnRefund extends CommandOnReturn<RefundDecision> {
  /** @throws Problem not_found when `refundId` is no refund's id */
  constructor(
    readonly refundId: string,
    said: RefundDecision,
    from: CommandSource,
  ) {
    const returnId = returnIdOfRefund(refundId);
    if (returnId === undefined) throw notFound();
    super(returnId, said, from);
  }
}

@CommandHandler(DecideOnRefund)
export class DecideOnRefundHandler implements ICommandHandler<DecideOnRefund> {
  readonly #outside: OutsideCalls;

  constructor(
    private readonly stream: ReturnsStream,
    private readonly texts: CustomerTexts,
    private readonly queries: ReturnsQueries,
    private readonly providers: PaymentProviders,
    private readonly commands: CommandBus,
    heard: Heard,
  ) {
    this.#outside = new OutsideCalls({ timeLimitMs: PATIENCE_MS, heard });
  }

  /** @throws DomainError payment_in_doubt a provider cannot tell now, and by the rules */
  async execute(command: DecideOnRefund): Promise<ReturnsExecuted> {
    return this.stream.decide(command, await this.#decision(command));
  }

  async #decision(command: DecideOnRefund): Promise<ReturnsCommand> {
    const { orderId, returnId, refundId, at, said } = command;
    const { paymentId } = said;
    const on = { at, returnId, refundId, paymentId };
    switch (said.decision) {
      case 'retry':
        return { type: 'RetryRefund', ...on, reason: await this.texts.reasonOf(orderId, said.reason) };
      case 'settle':
        return { type: 'SettleRefund', ...on, providerRefundId: said.providerRefundId };
      case 'fail':
        return { type: 'FailRefund', ...on, code: said.code, underWay: await this.#underWay(command) };
      case 'reroute': {
        const { destination, toPaymentId } = said;
        return { type: 'RerouteRefund', ...on, destination, toPaymentId, reason: await this.texts.reasonOf(orderId, said.reason) };
      }
    }
  }

  /**
   * Asks the provider about each payout that it may have in hand and records what it tells. Payouts nobody can ask about
   * (paid by hand, a provider that is not set up) are left out.
   * @returns the payments whose payout it says is under way
   */
  async #underWay({ returnId, refundId, said, at }: DecideOnRefund): Promise<readonly string[]> {
    const state = (await this.queries.ofReturn(returnId))?.state;
    const refund = state === undefined ? undefined : findReturn(state, returnId)?.refunds.find((each) => each.refundId === refundId);
    if (refund === undefined || !state?.order) return [];
    const { currency } = state.order;
    const underWay: string[] = [];
    for (const payout of livePayouts(refund).filter((each) => said.paymentId === null || each.paymentId === said.paymentId)) {
      const provider = askable(payout) ? this.providers.find(payout.provider) : undefined;
      if (provider === undefined || payout.key === null) continue;
      const answer = await this.#ask(provider, refund, payout, payout.key, currency);
      if (answer.kind === 'pending') underWay.push(payout.paymentId);
      if (answer.kind !== 'not_found') await this.#record(refund, payout, payout.key, answer, at);
    }
    return underWay;
  }

  async #ask(
    provider: PaymentProvider,
    refund: Refund,
    payout: Payout,
    key: string,
    currency: string,
  ): Promise<ProviderAnswer | { readonly kind: 'not_found' }> {
    const { refundId } = refund;
    const { paymentId, reference, amountMinor } = payout;
    const request = { key, refundId, paymentId, reference, amountMinor, bonusMinor: bonusOf(refund, payout), currency };
    const { signal } = new AbortController();
    return this.#outside
      .inTime(provider.id, signal, (inTime) => provider.status(request, inTime))
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
    outcome: ProviderAnswer,
    at: string,
  ): Promise<void> {
    const from = fromProcess('ask-provider', `${key} ${state} ${since} ${outcome.kind}`, at, { actor: byProvider(provider) });
    await this.commands.execute(new RecordPayoutOutcome(returnId, { refundId, paymentId, key, outcome }, from));
  }
}

/** Store credit is ours, and nobody else knows of it. */
const askable = ({ destination, state }: Payout): boolean => destination === 'original_payment' && WITH_PROVIDER.includes(state);
