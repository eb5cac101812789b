/** A return's history as one person may see it: with people's words put back in, without what is not his business. */
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/access.js';
import type { Actor } from '../../eventing/event-store.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import type { Language } from '../../shared/language.js';
import { ReturnsQueries } from '../returns.queries.js';
import { isReturnsEvent, type ReturnsEvent } from '../rules/returns.events.js';
import { findReturn } from '../rules/returns.status.js';
import { Sentences } from '../texts.js';
import { REFUNDED_ELSEWHERE, wordingFor } from '../words/history-wording.js';
import { amountOf, wordsOf } from '../words/history.words.js';
import type { HistoryAnswer, HistoryItemAnswer, WhoAnswer } from './return-history.dto.js';
import { isForStaffOnly, type Reader } from './returns.http.js';

@Injectable()
export class ReturnHistory {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly sentences: Sentences,
    private readonly policies: PolicyQueries,
  ) {}

  /** Undefined when the order has no such return. `revision`: of the order's stream. */
  async of(
    orderId: string,
    returnId: string,
    { principal, language }: Reader,
  ): Promise<{ readonly revision: number; readonly answer: HistoryAnswer } | undefined> {
    const { state, revision } = await this.queries.ofOrder(orderId);
    const { order } = state;
    const ret = findReturn(state, returnId);
    if (order === null || ret === undefined) return undefined;
    const events = (await this.queries.history(orderId)).filter(
      (event) => event.data['returnId'] === returnId || event.type === 'RefundedElsewhere',
    );
    const wording = wordingFor(order, language, (await this.policies.inForce()).document.timeZone, isForStaffOnly(principal));
    const items = await Promise.all(
      events.filter(isReturnsEvent).map(async (event): Promise<HistoryItemAnswer> => ({
        at: event.data.at,
        recordedAt: event.metadata.occurredAt,
        revision: event.revision,
        type: event.type,
        words: await this.#wordsFor(principal, event, wordsOf(event, wording, language), language),
        amountMinor: amountOf(event, ret),
        who: whoOf(event.metadata.actor, principal),
      })),
    );
    return { revision, answer: { returnId, currency: order.currency, items } };
  }

  /** People's words are put back in; what staff wrote for each other only for staff. */
  async #wordsFor(principal: Principal, event: ReturnsEvent, words: string, language: Language): Promise<string> {
    const withheld = isForStaffOnly(principal);
    const read = await this.sentences.read(words, language, event.type === 'ReturnSentToReview' && withheld);
    const why = withheld ? null : whyOf(event);
    return why === null ? read : `${read} (${await this.sentences.read(why, language)})`;
  }
}

/** What staff gave as the reason, or a provider's answer; null where there is none. */
function whyOf(event: ReturnsEvent): string | null {
  switch (event.type) {
    case 'ReturnDeclined':
      return event.data.reasonRef;
    case 'RefundEntitled':
    case 'RefundRetryRequested':
    case 'RefundRerouted':
    case 'RefundPutInDoubt':
      return event.data.reason;
    case 'RefundParked':
      return event.data.reason === REFUNDED_ELSEWHERE ? null : event.data.reason;
    default:
      return null;
  }
}

const whoOf = ({ kind, id, channel }: Actor, principal: Principal): WhoAnswer =>
  principal.kind === 'customer' ? { kind } : { kind, id, channel };
