/**
 * Pays what refunds owe. The intent is on the log before the provider is called, the key outlives every failure, and
 * what became of it comes back as a command: a crash at any point leads to the same key being asked for again.
 */
import type { CommandSource } from '../eventing/execute-command.js';
import { byProvider, fromProcess } from '../eventing/process-context.js';
import type { Process } from '../eventing/process.js';
import { RecordPayoutOutcome, SubmitPayout } from '../returns/refund.commands.js';
import type { ReturnsExecuted } from '../returns/returns.commands.js';
import type { ReturnsQueries } from '../returns/returns.queries.js';
import { returnIdOfRefund } from '../returns/rules/returns.events.js';
import type { FoldedOrder } from '../returns/rules/returns.fold.js';
import type { Payout, Refund } from '../returns/rules/returns.state.js';
import { bonusOf, findPayout } from '../returns/rules/returns.status.js';
import type { Clock } from '../shared/clock.js';
import type { OutsideCalls } from '../shared/outside-calls.js';
import { beginningOf } from '../shared/plain-signs.js';
import {
  PaymentNotExecuted,
  type PaymentProvider,
  type PaymentProviders,
  type PayoutNotice,
  type ProviderAnswer,
  type RefundRequest,
} from './payment.port.js';
import { payoutsOwed, payoutStep, type PayoutStep, type PayoutToMake } from './payouts-owed.js';

/** Attempts that certainly executed nothing, after which a person must decide; with back-off a bit over a minute. */
const PAYOUT_ATTEMPTS = 8;
/** Of what a provider says, in characters: an answer may be a whole page. */
const LONGEST_REASON = 300;

/** Nest's command bus, as far as it is used here. */
type PayoutCommands = { execute(command: SubmitPayout | RecordPayoutOutcome): Promise<ReturnsExecuted> };

type PayoutProcessNeeds = {
  readonly queries: Pick<ReturnsQueries, 'ofReturn'>;
  readonly commands: PayoutCommands;
  readonly providers: PaymentProviders;
  readonly outside: OutsideCalls;
  readonly clock: Clock;
};

export function payoutProcess(needs: PayoutProcessNeeds): Process<FoldedOrder, PayoutToMake> {
  const payouts = new Payouts(needs);
  return {
    ...payoutsOwed,
    // Waiting in line at a slow provider must not take a place from payouts of another one; `OutsideCalls` bounds each.
    concurrency: 10_000,
    perform: ({ payload }, attempt, signal) => payouts.make(payload, attempt, signal),
  };
}

/** Records what a provider tells by itself, e.g. that a refund failed after it had succeeded. */
export async function recordNotice(
  needs: Pick<PayoutProcessNeeds, 'commands' | 'clock'>,
  provider: string,
  notice: PayoutNotice,
): Promise<void> {
  const { noticeId, key, refundId, paymentId, answer } = notice;
  const returnId = returnIdOfRefund(refundId);
  if (returnId === undefined) return;
  const from = fromProcess(`${payoutsOwed.name} ${provider}`, noticeId, needs.clock().toISOString(), {
    actor: byProvider(provider),
  });
  await needs.commands.execute(new RecordPayoutOutcome(returnId, { refundId, paymentId, key, outcome: answer }, from));
}

type Outcome = RecordPayoutOutcome['said']['outcome'];
type Found = { readonly payout: Payout; readonly refund: Refund; readonly step: PayoutStep; readonly currency: string };
type Submission = { readonly to: PayoutToMake; readonly key: string; readonly payout: Payout; readonly request: RefundRequest };

class Payouts {
  /** Keys under which certainly nothing was executed in this run; a run that does not know asks the provider first. */
  readonly #unexecuted = new Set<string>();

  constructor(private readonly needs: PayoutProcessNeeds) {}

  /** @throws what stands in the way, while it is worth another attempt */
  async make(to: PayoutToMake, attempt: number, signal: AbortSignal): Promise<void> {
    const seen = await this.#find(to);
    if (seen === undefined) return;
    const provider = this.needs.providers.find(seen.payout.provider);
    if (provider === undefined) {
      return this.#record(await this.#submitted(to, seen), {
        kind: 'parked',
        reason: whyNotTried(seen.payout.provider),
        attempts: attempt,
      });
    }
    return this.needs.outside.at(provider.id, signal, async () => {
      // Much may have happened while it waited in line.
      const found = await this.#find(to);
      if (found === undefined) return;
      const submission = await this.#submitted(to, found);
      if (found.step === 'poll') return this.#poll(provider, submission, signal);
      const known =
        found.step === 'submit' || this.#unexecuted.has(submission.key) ? undefined : await this.#lookUp(provider, submission, signal);
      return known === undefined ? this.#pay(provider, submission, attempt, signal) : this.#record(submission, known);
    });
  }

  async #find(to: PayoutToMake): Promise<Found | undefined> {
    const state = (await this.needs.queries.ofReturn(to.returnId))?.state;
    const found = state === undefined ? undefined : findPayout(state, to);
    if (!state?.order || found === undefined) return undefined;
    const step = payoutStep(state, found.refund, found.payout);
    return step === undefined ? undefined : { ...found, step, currency: state.order.currency };
  }

  /** Puts the intent on the log, unless it is there: no provider hears of a key the log does not hold. */
  async #submitted(to: PayoutToMake, { payout, refund, step, currency }: Found): Promise<Submission> {
    const submitted = step === 'submit' ? await this.#submit(to, payout) : payout;
    const { key, paymentId, amountMinor, reference } = submitted;
    if (key === null) throw new Error(`Payout ${to.refundId} ${to.paymentId} was submitted without a key`);
    return {
      to,
      key,
      payout: submitted,
      request: { key, refundId: to.refundId, paymentId, reference, amountMinor, bonusMinor: bonusOf(refund, submitted), currency },
    };
  }

  async #submit(to: PayoutToMake, payout: Payout): Promise<Payout> {
    const { returnId, refundId, paymentId } = to;
    const from = this.#from(`${refundId} ${paymentId} submit ${payout.since} ${payout.declines}`);
    const { state } = await this.needs.commands.execute(new SubmitPayout(returnId, { refundId, paymentId }, from));
    const submitted = findPayout(state, to)?.payout;
    if (submitted === undefined || submitted.reroutedTo !== null) throw new Error(`Payout ${refundId} ${paymentId} is gone`);
    return submitted;
  }

  async #pay(provider: PaymentProvider, submission: Submission, attempt: number, signal: AbortSignal): Promise<void> {
    const { key, payout, request } = submission;
    const outcome = await this.needs.outside
      .inTime(provider.id, signal, (inTime) => provider.refund(request, inTime))
      .catch(async (error: unknown): Promise<Outcome> => {
        if (!(error instanceof PaymentNotExecuted)) {
          this.#unexecuted.delete(key);
          await this.#doubt(submission, error, signal);
          throw error;
        }
        // What is in doubt stays in doubt: this attempt did nothing, an earlier one may have.
        if (payout.doubtful) throw error;
        this.#unexecuted.add(key);
        if (attempt < PAYOUT_ATTEMPTS) throw error;
        return { kind: 'parked', reason: beginningOf(`${provider.id}: ${error.message}`, LONGEST_REASON), attempts: attempt };
      });
    await this.#record(submission, outcome);
  }

  /** @returns what became of an earlier submission, undefined when nothing did */
  async #lookUp(provider: PaymentProvider, submission: Submission, signal: AbortSignal): Promise<ProviderAnswer | undefined> {
    try {
      const answer = await this.needs.outside.inTime(provider.id, signal, (inTime) => provider.status(submission.request, inTime));
      return answer.kind === 'not_found' ? undefined : answer;
    } catch (error) {
      await this.#doubt(submission, error, signal);
      throw error;
    }
  }

  async #poll(provider: PaymentProvider, submission: Submission, signal: AbortSignal): Promise<void> {
    const answer = await this.needs.outside.inTime(provider.id, signal, (inTime) => provider.status(submission.request, inTime));
    if (answer.kind === 'pending' || answer.kind === 'not_found')
      throw new StillUnderWay(`${provider.id} has not finished ${submission.key}`);
    await this.#record(submission, answer);
  }

  /** A service that is being stopped doubts nothing: it finds out when it is started again. */
  async #doubt(submission: Submission, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted || submission.payout.state === 'in_doubt') return;
    // Finance reads it: the name of an error's class says nothing to them.
    const reason = error instanceof Error ? beginningOf(error.message, LONGEST_REASON) || error.name : 'unknown';
    await this.#record(submission, { kind: 'in_doubt', reason });
  }

  async #record({ to, key, payout }: Submission, outcome: Outcome): Promise<void> {
    const { returnId, refundId, paymentId } = to;
    // A payout may be in doubt under the same key more than once, but comes to each outcome once from where it stood.
    const from = this.#from(`${key} ${payout.state} ${payout.since} ${outcome.kind}`);
    await this.needs.commands.execute(new RecordPayoutOutcome(returnId, { refundId, paymentId, key, outcome }, from));
    if (outcome.kind !== 'in_doubt') this.#unexecuted.delete(key);
  }

  #from(occasion: string): CommandSource {
    return fromProcess(payoutsOwed.name, occasion, this.needs.clock().toISOString());
  }
}

/** The money has not arrived yet; ask again later. */
class StillUnderWay extends Error {
  override readonly name = 'StillUnderWay';
}

const whyNotTried = (provider: string): string => (provider === 'simulated' ? 'simulated_payments_refused' : 'provider_not_set_up');
