/** Everything customers are told, in both languages. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { labelOf, lineInWords, POLICY_WORDS } from '../../src/policy/policy.words.js';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import { evaluateLine, returnShipping, reviewOf, type LineFacts } from '../../src/policy/rules/policy.evaluation.js';
import type { Method, PolicyDocument, ReturnReason } from '../../src/policy/rules/policy.events.js';
import { presentQuote as quote, presentReturnable as returnableLines } from '../../src/returns/api/quote.presentation.js';
import { LineRefusedError } from '../../src/returns/rules/decide/assessment.js';
import {
  RETURNS_EVENT_VERSIONS,
  type EventOf,
  type OrderFacts,
  type Reason,
  type ReturnsEvent,
} from '../../src/returns/rules/returns.events.js';
import { inWords } from '../../src/returns/words/amounts.js';
import { wordingFor } from '../../src/returns/words/history-wording.js';
import { amountOf, wordsOf } from '../../src/returns/words/history.words.js';
import { reviewInWords } from '../../src/returns/words/reason.words.js';
import { refusalInWords } from '../../src/returns/words/verdict.words.js';
import { dayInWords, LANGUAGES, timeInWords, type Language } from '../../src/shared/language.js';
import { fold } from '../support/given-when-then.js';
import {
  approvedReturn,
  itemReceived,
  orderRegistered,
  parcelOpened,
  refundEntitled,
  refundFailed,
  refundSubmitted,
  requested,
  unitRefund,
} from '../support/returns-events.js';
import { day, policy, R1, wish } from './returns.scenes.js';

/** Words that a German sentence does not have. */
const ENGLISH =
  /\b(the|was|were|of|is|are|be|not|by|and|for|from|with|your|you|we|it|this|return|returns|refund|parcel|label|unit|units|line|item|items|until|order|shop's)\b/i;

const FOLDER = new URL('../fixtures/events/', import.meta.url);
const TYPES = Object.keys(RETURNS_EVENT_VERSIONS) as ReturnsEvent['type'][];
const stored = <Type extends ReturnsEvent['type']>(type: Type): Extract<ReturnsEvent, { type: Type }> =>
  JSON.parse(readFileSync(new URL(`${type}.v${RETURNS_EVENT_VERSIONS[type]}.json`, FOLDER), 'utf8')) as Extract<
    ReturnsEvent,
    { type: Type }
  >;
const factsOf = ({ data: { at: _at, ...facts } }: EventOf<'OrderRegistered'>): OrderFacts => facts;
const ORDER = factsOf(stored('OrderRegistered'));
const text = (ref: string) => `Text ${ref}`;
const told = (event: ReturnsEvent, language: Language) => wordsOf(event, wordingFor(ORDER, language, 'Europe/Berlin', text), language);

describe('Every event', () => {
  it.each(TYPES)('%s is told in German and in English', (type) => {
    const event = stored(type);
    const [en, de] = [told(event, 'en'), told(event, 'de')];
    expect(en).toMatch(/^[A-Z0-9€].*\.$/);
    expect(de).toMatch(/^[A-ZÄÖÜ0-9].*\.$/);
    expect(de).not.toBe(en);
    // What a person wrote in the log before it was kept elsewhere stays as it is.
    const written = 'why' in event.data ? event.data.why : '';
    expect(de.replace(written, '')).not.toMatch(ENGLISH);
    expect([en, de].join()).not.toMatch(/undefined|null|\.\.|\d{4}-\d\d-\d\d/);
    expect(en).not.toMatch(/[a-z]_[a-z]/);
  });

  it('names items by their titles, and money and days as the language does', () => {
    const received = stored('ItemReceived');
    const title = ORDER.lines.find(({ lineId }) => lineId === received.data.lineId)?.title;
    expect(LANGUAGES.map((language) => told(received, language).includes(title ?? '?'))).toEqual([true, true]);
    const pickup = {
      ...stored('PickupScheduled'),
      data: { at: day(2), returnId: R1, pickupId: 'P1', from: '2026-03-12T09:00:00.000Z', until: '2026-03-12T11:30:00.000Z' },
    };
    expect(LANGUAGES.map((language) => told(pickup, language))).toEqual([
      'The courier comes on 12 March 2026 between 10:00 and 12:30 (CET).',
      'Der Kurier kommt am 12. März 2026 zwischen 10:00 und 12:30 Uhr (MEZ).',
    ]);
  });

  it('tells a code in plain English, and nothing where staff gave no reason', () => {
    const closed = (reason: Reason) => told({ ...stored('ReturnClosed'), data: { at: day(2), returnId: R1, reason } }, 'en');
    expect([closed({ code: 'late_parcel' }), closed({ words: 'They kept it.' }), closed({ code: 'closed_by_staff' })]).toEqual([
      'Closed: late parcel.',
      'Closed: They kept it.',
      'Closed.',
    ]);
  });

  it('tells a customer why a return was declined, in their language, by the words staff chose it by', () => {
    const declining = (by: 'staff' | 'policy', code: string) =>
      LANGUAGES.map((language) =>
        told({ ...stored('ReturnDeclined'), data: { at: day(2), returnId: R1, by, code, noteRef: null, reasonRef: null } }, language),
      );
    expect(declining('staff', 'signs_of_use')).toEqual([
      'Declined (the item shows signs of use).',
      'Die Rücksendung wurde abgelehnt: der Artikel weist Gebrauchsspuren auf.',
    ]);
    expect(declining('staff', 'declined_by_staff')).toEqual(['Declined.', 'Die Rücksendung wurde abgelehnt.']);
    expect(declining('staff', 'own_code')).toEqual(['Declined (own code).', 'Die Rücksendung wurde abgelehnt.']);
    expect(declining('policy', 'approval.declineReasons')).toEqual([
      'Declined by the return policy (not possible for the reason given).',
      'Die Rücksendung ist nach den Rückgabebedingungen nicht möglich: aus dem angegebenen Grund nicht vorgesehen.',
    ]);
  });

  it('tells one amount of store credit, when it is there', () => {
    const submitted = stored('RefundSubmitted');
    const credit = { ...submitted, data: { ...submitted.data, provider: 'store_credit' } };
    expect(LANGUAGES.map((language) => told(credit, language))).toEqual([
      'Store credit is being issued.',
      'Das Guthaben wird ausgestellt.',
    ]);
  });

  it('leaves out in German what only has an English code, and keeps what a person wrote', () => {
    const closed = (reason: Reason) => told({ ...stored('ReturnClosed'), data: { at: day(2), returnId: R1, reason } }, 'de');
    expect([closed({ code: 'nothing_more_comes' }), closed({ code: 'late_parcel' }), closed({ textRef: 'T1' })]).toEqual([
      'Abgeschlossen.',
      'Abgeschlossen: Paket nach Ablauf eingetroffen.',
      'Abgeschlossen: Text T1.',
    ]);
  });
});

describe('Money of an event', () => {
  it('is told beside the words, also of payouts that only say what became of them', () => {
    const events: readonly ReturnsEvent[] = [
      orderRegistered(),
      ...approvedReturn({ lines: [requested('cap')], method: 'in_store' }),
      parcelOpened(),
      itemReceived({ lineId: 'cap' }),
      refundEntitled([unitRefund('cap')]),
      refundSubmitted({ amountMinor: 500 }),
      refundFailed(),
    ];
    const state = fold(events);
    const amounts = Object.fromEntries(events.map((event) => [event.type, amountOf(event, state)]));
    expect(amounts).toMatchObject({
      OrderRegistered: null,
      ReturnRequested: 500,
      ItemReceived: null,
      RefundEntitled: 500,
      RefundSubmitted: 500,
      RefundFailed: 500,
    });
  });
});

describe('Why a return is looked at', () => {
  it('is told by its code; what a person wrote stays as it is, and among staff', () => {
    const [all, above] = reviewOf({ ...DEFAULT_POLICY, approval: { auto: false, reviewAboveMinor: 0, declineReasons: [] } }, 1);
    const said = (code: string, language: Language) => reviewInWords({ code, reason: null }, language, text);
    expect(said(all!.code, 'de')).toBe('Wir prüfen jede Rücksendung, bevor wir sie genehmigen.');
    expect(said(above!.code, 'de')).toBe('Rücksendungen in dieser Höhe prüfen wir, bevor wir sie genehmigen.');
    expect(said(all!.code, 'en')).toBe('Every return is looked at before it is approved.');
    expect(said('fraud_check', 'de')).toBe('Persönliche Prüfung');
    const written = { code: 'review_all', reason: { textRef: 'T1' } };
    expect(reviewInWords(written, 'de', text)).toBe('Text T1');
    expect(reviewInWords(written, 'de', text, true)).toBe('persönliche Prüfung');
  });
});

describe('A reason', () => {
  const reason = (code: string, label: string, labels: ReturnReason['labels'] = {}): ReturnReason => ({
    code,
    label,
    labels,
    parent: null,
    fault: 'customer',
    requiresNote: false,
  });

  it('that the service comes with has its label in both languages, until the merchant changes it', () => {
    for (const each of DEFAULT_POLICY.reasons) {
      expect(labelOf(each, 'en')).toBe(each.label);
      expect(labelOf(each, 'de')).not.toMatch(ENGLISH);
      expect(labelOf(each, 'de')).not.toBe(each.label);
    }
    expect(labelOf(reason('too_small', 'Runs small'), 'de')).toBe('Runs small');
  });

  it('of the merchant has their translation, else their label', () => {
    const scratched = reason('scratched', 'Scratched', { de: 'Zerkratzt' });
    expect([labelOf(scratched, 'de'), labelOf(scratched, 'en'), labelOf(reason('torn', 'Gerissen'), 'en')]).toEqual([
      'Zerkratzt',
      'Scratched',
      'Gerissen',
    ]);
    expect(labelOf(reason('too_small', 'Too small', { de: 'Fällt klein aus' }), 'de')).toBe('Fällt klein aus');
  });
});

describe('The policy', () => {
  const item: LineFacts = { sku: 'A', category: 'shirts', finalSale: false, reason: null, hasNote: false };
  const delivered = { lastDeliveredAt: day(1), undeliveredSince: null };
  const said = (terms: Partial<PolicyDocument>, facts: Partial<LineFacts>, at = day(2)) =>
    LANGUAGES.map((language) => {
      const policy = { ...DEFAULT_POLICY, ...terms };
      return lineInWords(evaluateLine(policy, delivered, { ...item, ...facts }, at), policy, language);
    });

  it.each<[string, Partial<PolicyDocument>, Partial<LineFacts>]>([
    ['sold as final', {}, { finalSale: true }],
    ['a final SKU', { finalSale: { skus: ['A'], categories: [] } }, {}],
    ['a final category', { finalSale: { skus: [], categories: ['shirts'] } }, {}],
    ['no such reason', {}, { reason: 'nope' }],
    ['a reason without its note', {}, { reason: 'other' }],
    [
      'a reason that is declined',
      { approval: { auto: true, reviewAboveMinor: null, declineReasons: ['too_small'] } },
      { reason: 'too_small' },
    ],
    ['no limit', { windowDays: null }, {}],
  ])('says so in both languages: %s', (_, terms, facts) => {
    const [en, de] = said(terms, facts);
    expect(en).toMatch(ENGLISH);
    expect(de).not.toMatch(ENGLISH);
  });

  it("says until when, by the calendar of the shop and in the reader's words", () => {
    expect(said({}, {})).toEqual([
      'This item can be returned until 31 March 2026.',
      'Sie können diesen Artikel bis zum 31. März 2026 zurückgeben.',
    ]);
    expect(said({ timeZone: 'Pacific/Auckland', windowDays: 1 }, {})).toEqual([
      'This item can be returned until 2 March 2026.',
      'Sie können diesen Artikel bis zum 2. März 2026 zurückgeben.',
    ]);
    expect(said({}, {}, '2026-05-01T00:00:00.000Z')).toEqual([
      'This item could be returned until 31 March 2026.',
      'Die Rückgabefrist für diesen Artikel ist am 31. März 2026 abgelaufen.',
    ]);
  });

  it('says what return shipping costs', () => {
    const paid = { ...DEFAULT_POLICY, returnShipping: { feeMinor: 390, freeFromMinor: 5000 } };
    const ways: readonly (readonly [PolicyDocument, Method, 'customer' | 'merchant', number])[] = [
      [paid, 'keep', 'customer', 0],
      [paid, 'in_store', 'customer', 0],
      [DEFAULT_POLICY, 'label', 'customer', 0],
      [paid, 'label', 'merchant', 0],
      [paid, 'label', 'customer', 5000],
      [paid, 'label', 'customer', 0],
    ];
    const words = (language: Language) =>
      ways.map(([terms, method, fault, value]) => POLICY_WORDS[language].returnShipping[returnShipping(terms, method, [fault], value).why]);
    expect(new Set(words('en')).size).toBe(ways.length);
    expect(new Set(words('de')).size).toBe(ways.length);
    expect(words('de').join(' ')).not.toMatch(ENGLISH);
  });
});

describe('A line that is refused at filing', () => {
  it('is told to who called: what to send instead', () => {
    const refused = (rule: LineRefusedError['rule']) => refusalInWords(new LineRefusedError('not_returnable', rule, DEFAULT_POLICY, 'cap'));
    expect([
      refused({ ruleId: 'windowDays', until: '2026-03-31' }),
      refused({ ruleId: 'reasons', reason: 'nope' }),
      refused({ ruleId: 'reasons', reason: 'other' }),
      refused({ ruleId: 'reasons.requiresNote', reason: 'other' }),
      refused({ ruleId: 'finalSale.line' }),
      refused({ ruleId: 'finalSale.skus' }),
      refused({ ruleId: 'finalSale.categories', category: 'shirts' }),
      refused({ ruleId: 'units.not_returnable', left: 0 }),
      refused({ ruleId: 'units.already_returned', left: 0 }),
      refused({ ruleId: 'units.quantity_not_returnable', left: 0 }),
      refused({ ruleId: 'units.quantity_not_returnable', left: 2 }),
    ]).toEqual([
      'This item could be returned until 31 March 2026.',
      'There is no reason nope.',
      'Please choose a more precise reason than other.',
      'The reason other needs a note.',
      'This item is final sale and cannot be returned.',
      'This item is final sale and cannot be returned.',
      'This item is final sale and cannot be returned.',
      'This was no item that is sent, so there is nothing to send back.',
      'Everything of this item that was shipped is in a return already.',
      'Nothing of this item was shipped yet.',
      'Only 2 of this item can be returned.',
    ]);
  });
});

describe('A quote', () => {
  const state = fold([orderRegistered()]);
  const terms = policy({ returnShipping: { feeMinor: 1299, freeFromMinor: null }, restockingFeeBp: 500, storeCreditBonusBp: 1000 });
  const quoted = (language: Language, quantity = 2) =>
    quote(terms, state, { lines: [wish('shirt', quantity)], outcome: 'store_credit', method: 'label' }, day(2), language);

  it('is the same in German, but for the words', () => {
    const wordless = (language: Language) => JSON.stringify(quoted(language), (key, value: unknown) => (key === 'words' ? '' : value));
    expect(wordless('de')).toBe(wordless('en'));
    const { lines, fees, methods, outcomes } = quoted('de');
    const words = [lines, fees, methods, outcomes].flat().map((part) => part.words);
    expect(words.join(' ')).not.toMatch(ENGLISH);
    expect(words).toContain('Sie erhalten ein Rücksendeetikett für Ihr Paket. 12,99\u00a0€ ziehen wir von Ihrer Erstattung ab.');
    expect(quoted('de', 3).lines[0]).toMatchObject({
      decision: 'ineligible',
      words: 'Von diesem Artikel können nur noch 2 Stück zurückgegeben werden.',
    });
  });

  it('and so is what may be returned', () => {
    const { lines, reasons } = returnableLines(terms, state, day(2), 'de');
    expect(lines[0]?.words).toBe('Sie können diesen Artikel bis zum 31. März 2026 zurückgeben.');
    expect(reasons[0]).toMatchObject({ code: 'too_small', label: 'Zu klein', fault: 'customer' });
  });
});

describe('Amounts, days and times', () => {
  it('are written as the language writes them', () => {
    expect(['EUR', 'JPY', 'KWD'].map((currency) => inWords(129_900, currency, 'de'))).toEqual([
      '1.299,00\u00a0€',
      '129.900\u00a0¥',
      '129,900\u00a0KWD',
    ]);
    expect(inWords(1299, 'EUR', 'en')).toBe(inWords(1299, 'EUR'));
    const newYear = '2026-12-31T23:30:00.000Z';
    expect([
      dayInWords(newYear, 'en', 'UTC'),
      dayInWords(newYear, 'de', 'Europe/Berlin'),
      timeInWords(newYear, 'de', 'Europe/Berlin'),
    ]).toEqual(['31 December 2026', '1. Januar 2027', '00:30']);
    expect(dayInWords('2026-03-01', 'de', 'America/Los_Angeles')).toBe('1. März 2026');
  });
});
