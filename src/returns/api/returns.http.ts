/** What every controller does with a command on one return: runs it on the order's stream and answers the return as it then is. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Principal } from '../../access/access.js';
import { answered, type Answer } from '../../http/answer.js';
import type { Caller } from '../../http/caller.js';
import { notFound, Problem } from '../../http/problem.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import type { Language } from '../../shared/language.js';
import { HandleReturns, type ReturnsExecuted } from '../returns.commands.js';
import { ReturnsQueries, type FoldedReturns } from '../returns.queries.js';
import type { ReturnsCommand } from '../rules/returns.decider.js';
import { orderIdOfReturn, returnsStream } from '../rules/returns.events.js';
import { isSentence, Sentences } from '../texts.js';
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
    private readonly queries: ReturnsQueries,
    private readonly sentences: Sentences,
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
    const {
      document: { timeZone },
    } = await this.policies.inForce();
    const body = presentReturn(state, orderOf(returnId), returnId, revision, { language, timeZone });
    if (body === undefined) throw notFound();
    const withheld = isForStaffOnly(principal);
    const isKept = withheld && body.endReason !== null && (await this.#isAmongStaff(returnId, body.endReason));
    const endReason = isKept ? null : await this.#read(body.endReason, language);
    const reviewReasons = await Promise.all(
      body.reviewReasons.map(async ({ code, words }) => ({ code, words: await this.sentences.read(words, language, withheld) })),
    );
    const refunds = await Promise.all(
      body.refunds.map(async (refund) => ({ ...refund, reason: withheld ? null : await this.#read(refund.reason, language) })),
    );
    const lines = await Promise.all(body.lines.map(async (line) => ({ ...line, note: await this.#read(line.note, language) })));
    return { ...body, endReason, reviewReasons, lines, refunds };
  }

  /** What staff wrote for each other; not codes, and not what the customer gave as his own reason. */
  async #isAmongStaff(returnId: string, reason: string): Promise<boolean> {
    if (!isSentence(reason)) return false;
    const events = await this.queries.history(orderOf(returnId));
    return !events.some(
      ({ type, data }) =>
        type === 'ReturnCancelled' && data['returnId'] === returnId && data['by'] === 'customer' && data['reason'] === reason,
    );
  }

  async #read(words: string | null, language: Language): Promise<string | null> {
    return words === null ? null : this.sentences.read(words, language);
  }
}

/** Why staff look at a return, end it, open it again or refund by hand, is written for colleagues. */
export const isForStaffOnly = (principal: Principal): boolean => principal.kind === 'customer';
