/** A return's history as one person may see it: with people's words put back in, without what is not his business. */
import { Injectable } from '@nestjs/common';
import type { Actor, RecordedEvent } from '../eventing/event-store.js';
import type { Principal } from '../http/access.js';
import { inWords } from '../returns/money/currency.js';
import { isForStaffOnly } from '../returns/returns.http.js';
import { RETURNS_EVENT_VERSIONS, type ReturnsEvent } from '../returns/returns.events.js';
import { ReturnsQueries } from '../returns/returns.queries.js';
import { Sentences } from '../returns/sentences.js';
import { wordsOf } from './history-words.js';
import type { HistoryAnswer, HistoryItemAnswer, WhoAnswer } from './portal.dto.js';

@Injectable()
export class ReturnHistory {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly sentences: Sentences,
  ) {}

  /** Undefined when the order has no such return. */
  async of(orderId: string, returnId: string, principal: Principal): Promise<HistoryAnswer | undefined> {
    const { order } = (await this.queries.ofOrder(orderId)).state;
    const events = (await this.queries.history(orderId)).filter((event) => event.data['returnId'] === returnId);
    if (order === null || events.length === 0) return undefined;
    const money = (minor: number): string => inWords(minor, order.currency);
    const items = await Promise.all(events.filter(isReturnsEvent).map(async (event): Promise<HistoryItemAnswer> => ({
      at: event.data.at,
      recordedAt: event.metadata.occurredAt,
      revision: event.revision,
      type: event.type,
      words: await this.sentences.read(wordsOf(event, { money }), event.type === 'ReturnSentToReview' && isForStaffOnly(principal)),
      who: whoOf(event.metadata.actor, principal),
    })));
    return { returnId, items };
  }
}

/** The stream holds only events of the returns model, in today's shape. */
const isReturnsEvent = (event: RecordedEvent): event is RecordedEvent & ReturnsEvent => Object.hasOwn(RETURNS_EVENT_VERSIONS, event.type);

const whoOf = ({ kind, id, channel }: Actor, principal: Principal): WhoAnswer => (principal.kind === 'customer' ? { kind } : { kind, id, channel });
