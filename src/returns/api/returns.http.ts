/** What every controller does with a command on one return: runs it on the order's stream and answers the return as it then is. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Principal } from '../../access/access.js';
import { answered, type Answer } from '../../http/answer.js';
import type { Caller } from '../../http/caller.js';
import { notFound, Problem } from '../../http/problem.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import { HandleReturns, type ReturnsExecuted } from '../returns.commands.js';
import type { FoldedReturns } from '../returns.queries.js';
import type { ReturnsCommand } from '../rules/returns.decider.js';
import { orderIdOfReturn, returnsStream } from '../rules/returns.events.js';
import { findReturn } from '../rules/returns.status.js';
import { CustomerTexts } from '../texts.js';
import { returnForCustomer } from './customer-view.js';
import { presentReturn, type PresentedReturn } from './returns.presentation.js';

/** The clock of a carrier or a station may run ahead of ours by this much, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;

/** Who reads the answer, and in which language. */
export type Reader = Pick<Caller, 'principal' | 'language'>;
/** A command about one return of an order. */
export type ReturnCommand = Extract<ReturnsCommand, { readonly returnId: string }>;

/** The order of a return. @throws Problem not_found when this is no return's id */
export function orderOf(returnId: string): string {
  const orderId = orderIdOfReturn(returnId);
  if (orderId === undefined) throw notFound();
  return orderId;
}

/**
 * When something happened that is only told now; now, unless the body's `field` says it. A clock that is wrong must not
 * write history ahead.
 * @throws Problem validation_failed
 */
export function reportedTime(field: string, given: string | undefined, { at }: Caller): string {
  if (given === undefined) return at;
  if (Date.parse(given) > Date.parse(at) + CLOCK_SKEW) {
    throw new Problem('validation_failed', 'The time given lies in the future.', {
      errors: [{ pointer: `/${field}`, detail: 'lies in the future', in: 'body' }],
    });
  }
  return given < at ? given : at;
}

@Injectable()
export class ReturnsOverHttp {
  constructor(
    private readonly commands: CommandBus,
    private readonly texts: CustomerTexts,
    private readonly policies: PolicyQueries,
  ) {}

  /** @throws Problem not_found @throws DomainError by the rules */
  async run(caller: Caller, command: ReturnCommand, status = 200): Promise<Answer> {
    const executed = await this.execute(caller, command);
    return answered(executed, await this.body(executed, command.returnId, caller), { status, language: caller.language });
  }

  /** For an answer that is more than the return. @throws Problem not_found @throws DomainError by the rules */
  async execute(caller: Caller, command: ReturnCommand): Promise<ReturnsExecuted> {
    const orderId = orderOf(command.returnId);
    return this.commands.execute(new HandleReturns(orderId, command, caller.context(returnsStream(orderId))));
  }

  /** The return as whoever reads it may see it, in their language, with people's words put back in. @throws Problem not_found */
  async body({ state, revision }: FoldedReturns, returnId: string, { principal, language }: Reader): Promise<PresentedReturn> {
    const { lines = [], reviewReasons = [], endReason = null, refunds = [] } = findReturn(state, returnId) ?? {};
    const written = [lines.map(({ noteRef }) => ({ noteRef })), reviewReasons, endReason, refunds.map(({ reason }) => reason)];
    const [text, { document }] = await Promise.all([this.texts.readAll(written, language), this.policies.inForce()]);
    const reader = { language, timeZone: document.timeZone, text, isCustomer: isForStaffOnly(principal) };
    const body = presentReturn(state, orderOf(returnId), returnId, revision, reader);
    if (body === undefined) throw notFound();
    return reader.isCustomer ? returnForCustomer(body) : body;
  }
}

/** Why staff look at a return, end it, open it again or refund by hand, is written for colleagues. */
export const isForStaffOnly = (principal: Principal): boolean => principal.kind === 'customer';
