/** What happened, in one sentence per event, for customers and staff alike; and the money it is about. Pure. */
import type { Language } from '../../shared/language.js';
import { byEvent, type ReturnsEvent } from '../rules/returns.events.js';
import type { ReturnsState } from '../rules/returns.state.js';
import { findPayout, payoutTotalOf } from '../rules/returns.status.js';
import type { Sentences, Wording } from './history-wording.js';
import { GERMAN } from './history.words.de.js';
import { ENGLISH } from './history.words.en.js';

const SENTENCES: Readonly<Record<Language, Sentences>> = { en: ENGLISH, de: GERMAN };

/** One sentence saying what the event means. Names no person. */
export const wordsOf = (event: ReturnsEvent, wording: Wording, language: Language): string => byEvent(SENTENCES[language], event, wording);

/** The money an event of the order is about, bonus included, in minor units; null where it is about none. */
export function amountOf({ type, data }: ReturnsEvent, state: ReturnsState): number | null {
  switch (type) {
    case 'ReturnRequested':
      return data.quotedMinor;
    case 'RefundedElsewhere':
    case 'RefundBlocked':
      return data.amountMinor;
    case 'RefundEntitled':
      return data.breakdown.totalMinor;
    case 'StoreCreditIssued':
      return data.amountMinor + data.bonusMinor;
    default: {
      const found = 'refundId' in data && 'paymentId' in data ? findPayout(state, data) : undefined;
      return found === undefined ? null : payoutTotalOf(found.refund, found.payout);
    }
  }
}
