/** What every controller does with a command on one return: has it handled and answers the return as it then is. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Principal } from '../../access/access.js';
import { Answer } from '../../http/answer.js';
import type { Caller } from '../../http/caller.js';
import { notFound } from '../../http/problem.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import { orderOfReturn, type CommandOnReturn, type ReturnsExecuted } from '../returns.commands.js';
import type { FoldedReturns } from '../returns.queries.js';
import { findReturn } from '../rules/returns.status.js';
import { CustomerTexts } from '../texts.js';
import { returnForCustomer } from './customer-view.js';
import { presentReturn, type PresentedReturn } from './returns.presentation.js';

/** Who reads the answer, and in which language. */
export type Requester = Pick<Caller, 'principal' | 'language'>;

@Injectable()
export class ReturnsOverHttp {
  constructor(
    private readonly commands: CommandBus,
    private readonly texts: CustomerTexts,
    private readonly policies: PolicyQueries,
  ) {}

  /**
   * @param more what the answer says beside the return
   * @throws Problem not_found @throws DomainError by the rules
   */
  async run(command: CommandOnReturn<unknown>, caller: Caller, more: (executed: ReturnsExecuted) => object = () => ({})): Promise<Answer> {
    const executed = await this.commands.execute(command);
    const body = { ...(await this.body(executed, command.returnId, caller)), ...more(executed) };
    return new Answer(executed, body, caller.language);
  }

  /** The return as whoever reads it may see it, in their language, with people's words put back in. @throws Problem not_found */
  async body({ state, revision }: FoldedReturns, returnId: string, { principal, language }: Requester): Promise<PresentedReturn> {
    const { lines = [], reviewReasons = [], endReason = null, refunds = [] } = findReturn(state, returnId) ?? {};
    const written = [
      lines.map(({ noteRef }) => ({ noteRef })),
      reviewReasons,
      endReason,
      refunds.map(({ reason, payouts }) => [reason, payouts.map((payout) => payout.reason)]),
    ];
    const [text, { document }] = await Promise.all([this.texts.readAll(written, language), this.policies.inForce()]);
    const reader = { language, timeZone: document.timeZone, text, isCustomer: isCustomer(principal) };
    const body = presentReturn(state, orderOfReturn(returnId), returnId, revision, reader);
    if (body === undefined) throw notFound();
    return reader.isCustomer ? returnForCustomer(body) : body;
  }
}

/** Customers do not read why staff look at a return, end it, open it again or refund by hand: that is written for colleagues. */
export const isCustomer = (principal: Principal): boolean => principal.kind === 'customer';
