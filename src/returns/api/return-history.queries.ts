/** A return's history as one person may see it: with people's words put back in, without what is not their business. */
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/access.js';
import type { Actor } from '../../eventing/event-store.js';
import { PolicyQueries } from '../../policy/policy.queries.js';
import type { Language } from '../../shared/language.js';
import { ReturnsQueries } from '../returns.queries.js';
import { isReturnsEvent, type ReturnsEvent } from '../rules/returns.events.js';
import type { ReturnsState } from '../rules/returns.state.js';
import { findPayout, findReturn } from '../rules/returns.status.js';
import { CustomerTexts } from '../texts.js';
import { isRefundedElsewhere, wordingFor, type Wording } from '../words/history-wording.js';
import { amountOf, wordsOf } from '../words/history.words.js';
import { payoutReason, plainReason } from '../words/reason.words.js';
import type { HistoryAnswer, HistoryItemAnswer, WhoAnswer } from './return-history.dto.js';
import { isCustomer, type Requester } from './returns.http.js';

@Injectable()
export class ReturnHistory {
  constructor(
    private readonly queries: ReturnsQueries,
    private readonly texts: CustomerTexts,
    private readonly policies: PolicyQueries,
  ) {}

  /** Undefined when the order has no such return. `revision`: of the order's stream. */
  async of(
    orderId: string,
    returnId: string,
    { principal, language }: Requester,
  ): Promise<{ readonly revision: number; readonly answer: HistoryAnswer } | undefined> {
    const { state, revision } = await this.queries.ofOrder(orderId);
    const { order } = state;
    if (order === null || findReturn(state, returnId) === undefined) return undefined;
    const events = (await this.queries.history(orderId)).filter(
      (event) => event.data['returnId'] === returnId || event.type === 'RefundedElsewhere',
    );
    const written = events.map(({ data }) => data);
    const [text, { document }] = await Promise.all([this.texts.readAll(written, language), this.policies.inForce()]);
    const wording = wordingFor(order, language, document.timeZone, text, isCustomer(principal));
    const items = events.filter(isReturnsEvent).map((event): HistoryItemAnswer => ({
      at: event.data.at,
      recordedAt: event.metadata.occurredAt,
      revision: event.revision,
      type: event.type,
      words: wordsFor(event, state, wording, language),
      amountMinor: amountOf(event, state),
      who: whoOf(event.metadata.actor, principal),
    }));
    return { revision, answer: { returnId, currency: order.currency, items } };
  }
}

/** What happened; staff also read what they gave as the reason, or what a provider answered. */
function wordsFor(event: ReturnsEvent, state: ReturnsState, wording: Wording, language: Language): string {
  const why = wording.isWithheld ? null : whyOf(event, wording, state);
  const words = wordsOf(event, wording, language);
  return why === null ? words : `${words} (${why})`;
}

function whyOf(event: ReturnsEvent, { text }: Wording, state: ReturnsState): string | null {
  switch (event.type) {
    case 'ReturnDeclined':
      return event.data.reasonRef === null ? null : text(event.data.reasonRef);
    case 'RefundEntitled':
    case 'RefundRetryRequested':
    case 'RefundRerouted':
      return plainReason(event.data.reason, text, false);
    case 'RefundPutInDoubt':
    case 'RefundParked':
      return isRefundedElsewhere(event.data.reason)
        ? null
        : payoutReason(event.data.reason, findPayout(state, event.data)?.payout.provider ?? '', text);
    default:
      return null;
  }
}

const whoOf = ({ kind, id, channel }: Actor, principal: Principal): WhoAnswer =>
  principal.kind === 'customer' ? { kind } : { kind, id, channel };
