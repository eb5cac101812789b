/**
 * What all commands on an order's returns have in common: whom they concern, what was said, who gives them; and the one
 * way in which their handlers decide them once they have gathered their facts.
 */
import { Injectable, type Type } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { CommandExecutor, type CommandContext, type CommandSource, type Executed } from '../eventing/execute-command.js';
import { fieldRefused, notFound } from '../http/problem.js';
import { returnsModel, type ReturnsCommand } from './rules/returns.decider.js';
import { orderIdOfReturn, returnsStream, type ReturnsEvent } from './rules/returns.events.js';
import type { ReturnsState } from './rules/returns.state.js';

export type ReturnsExecuted = Executed<ReturnsState, ReturnsEvent>;

/** What is said with a command that needs no outside facts: the fields of the decision but for those every command has. */
export type Fields<Type extends ReturnsCommand['type']> = Omit<
  Extract<ReturnsCommand, { readonly type: Type }>,
  'type' | 'at' | 'returnId' | 'clerk'
>;

/** The clock of a carrier or a station may run ahead of ours by this much, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;

/** A command on the returns of one order. */
export abstract class CommandOnOrder<Said, Result = ReturnsExecuted> extends Command<Result> {
  readonly context: CommandContext;

  /** @param from who gives it */
  constructor(
    readonly orderId: string,
    readonly said: Said,
    from: CommandSource,
  ) {
    super();
    this.context = from.context(returnsStream(orderId));
  }

  /** When the service was told (ISO 8601 UTC). */
  get at(): string {
    return this.context.occurredAt;
  }

  /** Who told it: id of an account, a key or a process. */
  get clerk(): string {
    return this.context.actor.id;
  }

  /**
   * When something happened that is only told now; now, unless `field` of what was sent says it. A clock that is wrong
   * must not write history ahead.
   * @throws Problem validation_failed
   */
  reportedTime(field: string, given: string | undefined): string {
    if (given === undefined) return this.at;
    if (Date.parse(given) > Date.parse(this.at) + CLOCK_SKEW) {
      throw fieldRefused('body', `/${field}`, 'lies in the future', 'The time given lies in the future.');
    }
    return given < this.at ? given : this.at;
  }
}

/** A command on one return. */
export abstract class CommandOnReturn<Said> extends CommandOnOrder<Said> {
  /** @throws Problem not_found when `returnId` is no return's id */
  constructor(
    readonly returnId: string,
    said: Said,
    from: CommandSource,
  ) {
    super(orderOfReturn(returnId), said, from);
  }
}

/** @throws Problem not_found when this is no return's id */
export function orderOfReturn(returnId: string): string {
  const orderId = orderIdOfReturn(returnId);
  if (orderId === undefined) throw notFound();
  return orderId;
}

@Injectable()
export class ReturnsStream {
  constructor(private readonly executor: CommandExecutor) {}

  /**
   * Decides on the stream of the command's order.
   * @returns the state and the revision that the command produced
   * @throws DomainError by the rules, and what `CommandExecutor.execute` throws
   */
  decide({ orderId, context }: Pick<CommandOnOrder<unknown>, 'orderId' | 'context'>, decision: ReturnsCommand): Promise<ReturnsExecuted> {
    return this.executor.execute(returnsModel, returnsStream(orderId), decision, context);
  }
}

/** The handler of a command that needs no outside facts: what it says is decided as it is. */
export function handlerOf<Given extends CommandOnOrder<unknown>>(command: Type<Given>, decisionOn: (given: Given) => ReturnsCommand) {
  @CommandHandler(command)
  class Handler {
    constructor(private readonly stream: ReturnsStream) {}

    async execute(given: Given): Promise<ReturnsExecuted> {
      return this.stream.decide(given, decisionOn(given));
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` });
  return Handler;
}
