/** Reading an order's returns by folding their stream: never behind, and as of any past moment. */
import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '../eventing/event-store.js';
import { CommandExecutor } from '../eventing/execute-command.js';
import { returnsModel } from './rules/returns.decider.js';
import { orderIdOfReturn, returnsStream } from './rules/returns.events.js';
import type { ReturnsState } from './rules/returns.state.js';

export type FoldedReturns = { readonly state: ReturnsState; readonly revision: number };

@Injectable()
export class ReturnsQueries {
  constructor(private readonly executor: CommandExecutor) {}

  /** The order's returns now; `revision` -1 and an empty state for an order nobody registered. */
  async ofOrder(orderId: string): Promise<FoldedReturns> {
    return this.executor.load(returnsModel, returnsStream(orderId));
  }

  /** As they were known at `at` (ISO 8601 UTC). */
  async ofOrderAsOf(orderId: string, at: string): Promise<FoldedReturns> {
    return this.executor.loadAsOf(returnsModel, returnsStream(orderId), at);
  }

  /** The fold that holds this return; undefined when there is no such return. */
  async ofReturn(returnId: string, asOf?: string): Promise<FoldedReturns | undefined> {
    const orderId = orderIdOfReturn(returnId);
    if (orderId === undefined) return undefined;
    const folded = asOf === undefined ? await this.ofOrder(orderId) : await this.ofOrderAsOf(orderId, asOf);
    return folded.state.returns.some((each) => each.returnId === returnId) ? folded : undefined;
  }

  /** Every event of the order's stream, in their current shapes. */
  async history(orderId: string): Promise<readonly RecordedEvent[]> {
    return this.executor.history(returnsModel, returnsStream(orderId));
  }
}
