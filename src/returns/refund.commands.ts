/** Money given back by hand, and what becomes of payouts. */
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CommandOnReturn, handlerOf, ReturnsStream, type Fields, type ReturnsExecuted } from './returns.commands.js';
import type { PayoutOutcome } from './rules/decide/refund.js';
import { CustomerTexts } from './texts.js';

/**
 * `by_hand`: within the caps (`amountMinor` null: all that is left); `capped`: what can be paid of money held back, giving
 * up the rest. `reason`: a code or words.
 */
export class RefundReturn extends CommandOnReturn<
  { readonly reason: string } & (
    { readonly kind: 'by_hand'; readonly amountMinor: number | null } | { readonly kind: 'capped'; readonly amountMinor: number }
  )
> {}

@CommandHandler(RefundReturn)
export class RefundReturnHandler implements ICommandHandler<RefundReturn> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly texts: CustomerTexts,
  ) {}

  async execute(command: RefundReturn): Promise<ReturnsExecuted> {
    const { orderId, returnId, at, said } = command;
    const reason = await this.texts.reasonOf(orderId, said.reason);
    return this.stream.decide(
      command,
      said.kind === 'by_hand'
        ? { type: 'RefundManually', at, returnId, amountMinor: said.amountMinor, reason }
        : { type: 'ApproveCapped', at, returnId, amountMinor: said.amountMinor, reason },
    );
  }
}

/** A payout is about to be sent: puts its key on the log. */
export class SubmitPayout extends CommandOnReturn<Fields<'SubmitPayout'>> {}

export const SubmitPayoutHandler = handlerOf(SubmitPayout, ({ returnId, at, said }) => ({ ...said, type: 'SubmitPayout', at, returnId }));

/** What became of a payout, as its provider tells. A reason is a code or the provider's words. */
export class RecordPayoutOutcome extends CommandOnReturn<
  Omit<Fields<'RecordPayoutOutcome'>, 'outcome'> & { readonly outcome: PayoutOutcome<string> }
> {}

@CommandHandler(RecordPayoutOutcome)
export class RecordPayoutOutcomeHandler implements ICommandHandler<RecordPayoutOutcome> {
  constructor(
    private readonly stream: ReturnsStream,
    private readonly texts: CustomerTexts,
  ) {}

  async execute(command: RecordPayoutOutcome): Promise<ReturnsExecuted> {
    const { orderId, returnId, at, said } = command;
    const { outcome } = said;
    const known = 'reason' in outcome ? { ...outcome, reason: await this.texts.reasonOf(orderId, outcome.reason) } : outcome;
    return this.stream.decide(command, { ...said, type: 'RecordPayoutOutcome', at, returnId, outcome: known });
  }
}

export const REFUND_HANDLERS = [RefundReturnHandler, SubmitPayoutHandler, RecordPayoutOutcomeHandler];
