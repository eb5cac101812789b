/** A return and its history as one person may see them: with people's words put back in, without what is not his business. */
import { Injectable } from '@nestjs/common';
import type { Actor, RecordedEvent } from '../eventing/event-store.js';
import type { Principal } from '../http/access.js';
import { notFound } from '../http/problem.js';
import { inWords } from '../returns/money/currency.js';
import { RETURNS_EVENT_VERSIONS, type ReturnsEvent } from '../returns/returns.events.js';
import { presentReturn, type ReturnBody } from '../returns/returns.presentation.js';
import { ReturnsQueries, type FoldedReturns } from '../returns/returns.queries.js';
import { ContactsStore } from '../shared/contacts.store.js';
import { wordsOf } from './history-words.js';
import type { HistoryAnswer, HistoryItemAnswer, WhoAnswer } from './portal.dto.js';

/** References into the contacts store; the log holds them where somebody wrote a sentence. */
const REFERENCE = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Shown where the words were erased with the customer's data. */
const ERASED = '(erased)';
/** What a customer reads where staff wrote why they look at his return. */
const IN_REVIEW = 'a person looks at this return';

/** Why staff look at a return is written for colleagues. */
const forStaffOnly = (principal: Principal): boolean => principal.kind === 'customer';

@Injectable()
export class ReturnPages {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly contacts: ContactsStore,
  ) {}

  /** The return's body. @throws Problem not_found */
  async body({ state, revision }: FoldedReturns, orderId: string, returnId: string, principal: Principal): Promise<ReturnBody> {
    const body = presentReturn(state, orderId, returnId, revision);
    if (body === undefined) throw notFound();
    const endReason = body.endReason === null ? null : await this.text(body.endReason);
    const reviewReasons = await Promise.all(body.reviewReasons.map(async ({ code, words }) => ({ code, words: await this.text(words, forStaffOnly(principal)) })));
    return { ...body, endReason, reviewReasons };
  }

  /** Undefined when the order has no such return. */
  async history(orderId: string, returnId: string, principal: Principal): Promise<HistoryAnswer | undefined> {
    const { order } = (await this.queries.ofOrder(orderId)).state;
    const events = (await this.queries.history(orderId)).filter((event) => event.data['returnId'] === returnId);
    if (order === null || events.length === 0) return undefined;
    const money = (minor: number): string => inWords(minor, order.currency);
    const items = await Promise.all(events.filter(isReturnsEvent).map(async (event): Promise<HistoryItemAnswer> => ({
      at: event.data.at,
      recordedAt: event.metadata.occurredAt,
      revision: event.revision,
      type: event.type,
      words: await this.sentence(wordsOf(event, { money }), event.type === 'ReturnSentToReview' && forStaffOnly(principal)),
      who: whoOf(event.metadata.actor, principal),
    })));
    return { returnId, items };
  }

  /** @param withheld what was written is not for this reader */
  private async text(text: string, withheld = false): Promise<string> {
    if (!REFERENCE.test(text)) return text;
    return withheld ? IN_REVIEW : ((await this.contacts.getText(text)) ?? ERASED);
  }

  private async sentence(words: string, withheld: boolean): Promise<string> {
    const parts = await Promise.all(words.split(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/).map((part) => this.text(part, withheld)));
    return parts.join('');
  }
}

/** The stream holds only events of the returns model, in today's shape. */
const isReturnsEvent = (event: RecordedEvent): event is RecordedEvent & ReturnsEvent => Object.hasOwn(RETURNS_EVENT_VERSIONS, event.type);

const whoOf = ({ kind, id, channel }: Actor, principal: Principal): WhoAnswer => (principal.kind === 'customer' ? { kind } : { kind, id, channel });
