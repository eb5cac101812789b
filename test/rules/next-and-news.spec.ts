/** What a customer is told about what comes next, and about what went wrong. */
import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { newsOf, type NewsCode } from '../../src/returns/words/news.words.js';
import { nextStep } from '../../src/returns/words/next-step.js';
import { LANGUAGES, type Language } from '../../src/shared/language.js';
import { fold, history } from '../support/given-when-then.js';
import {
  cancel,
  close,
  day,
  decline,
  declined,
  expire,
  F1,
  file,
  inDoubt,
  inspect,
  issueLabel,
  missing,
  order,
  outcome,
  policy,
  R1,
  receive,
  review,
  scanned,
  submit,
  succeeded,
  tracking,
  warehouse,
  wish,
} from './returns.scenes.js';

const ENGLISH = /\b(the|was|were|of|is|are|be|not|by|and|for|from|with|your|you|we|it|this|return|refund|parcel|label|store|shop's)\b/i;
const after = (...commands: readonly ReturnsCommand[]): ReturnsState => fold(history(order(), ...commands));
const next = (state: ReturnsState, language: Language = 'en', timeZone = 'Europe/Berlin') =>
  nextStep(state, state.returns[0]!, { language, timeZone });
const news = (state: ReturnsState, language: Language = 'en') => newsOf(state.order!, state.returns[0]!, language);

const both = [wish('shirt', 2), wish('cap')];
const under = (told: Partial<PolicyDocument>) => ({ policy: policy(told) });
const label = [file(both), issueLabel()] as const;
const here = [...label, tracking('scanned'), tracking('delivered', day(5)), receive('s1', [scanned('shirt', 2), scanned('cap')])] as const;
const code = (at = day(2)) =>
  issueLabel(undefined, 'TN-1', { at, outcome: { kind: 'issued', trackingNumber: 'TN-1', code: 'Q7', costMinor: 0, documentRef: 'doc' } });
const pickupAt = (from: string, until: string): ReturnsCommand => ({
  type: 'SchedulePickup',
  at: day(3),
  returnId: R1,
  from,
  until,
});
const booked = [file(both, { method: 'pickup' }), issueLabel(), pickupAt('2026-03-12T09:00:00.000Z', '2026-03-12T11:00:00.000Z')] as const;
const notIssued: ReturnsCommand = issueLabel(undefined, '', { outcome: { kind: 'parked', code: 'carrier_unavailable', attempts: 5 } });
const parked = outcome({ kind: 'parked', reason: 'provider is down', attempts: 5 });

describe('What comes next', () => {
  it.each<[string, RegExp, readonly ReturnsCommand[]]>([
    ['looked at', /looking at your return/, [file(both, under({ approval: { auto: false, reviewAboveMinor: null, declineReasons: [] } }))]],
    ['sent to review later', /looking at your return/, [file(both), review()]],
    ['waiting for its label', /label will be here/, [file(both)]],
    ['waiting for its code', /code will be here/, [file(both, { method: 'drop_off' })]],
    ['without a label in the end', /ask for another one/, [file(both), notIssued]],
    ['with a label', /hand it in by 29 March 2026/, label],
    ['with a code', /show the code by 29 March 2026/, [file(both, { method: 'drop_off' }), code()]],
    ['to be fetched', /when the courier shall come/, booked.slice(0, 2)],
    ['with a pickup booked', /on 12 March 2026 between 10:00 and 12:00/, booked],
    ['whose pickup failed', /choose another time/, [...booked, tracking('pickup_missed', day(12))]],
    ['sent by the customer', /Send the parcel to us by 29 March 2026/, [file(both, { method: 'own_shipping' })]],
    ['brought to the store', /to the store by 29 March 2026/, [file(both, { method: 'in_store' })]],
    ['on its way', /on its way to us/, [...label, tracking('scanned')]],
    ['lost on its way', /finding out with the carrier/, [...label, tracking('scanned'), tracking('lost', day(5))]],
    ['at the door', /has arrived/, [...label, tracking('delivered')]],
    [
      'half here',
      /waiting for the rest/,
      [
        file(both, under({ inspectionRequired: true, refundTrigger: 'inspected' })),
        receive('s1', [scanned('cap')], { trackingNumber: null }),
      ],
    ],
    [
      'here',
      /is here; your refund comes next/,
      [
        file([wish('cap')], under({ inspectionRequired: true, refundTrigger: 'inspected' })),
        receive('s1', [scanned('cap')], { trackingNumber: null }),
      ],
    ],
    [
      'found to be something else',
      /is here and a person is looking at it/,
      [
        file([wish('cap')], under({ inspectionRequired: true, refundTrigger: 'inspected' })),
        receive('s1', [scanned('cap')], { trackingNumber: null }),
        inspect([{ lineId: 'cap', grade: 'X' }]),
      ],
    ],
    ['about to be paid', /2 to 5 days/, here],
    [
      'about to be credited',
      /store credit is on its way/,
      [
        file(both, { outcome: 'store_credit', method: 'in_store' }),
        receive('s1', [scanned('shirt', 2), scanned('cap')], { trackingNumber: null }),
      ],
    ],
    [
      'credited',
      /ready to be spent/,
      [
        file(both, { outcome: 'store_credit', method: 'in_store' }),
        receive('s1', [scanned('shirt', 2), scanned('cap')], { trackingNumber: null }),
        submit({ paymentId: 'store_credit' }),
        outcome({ kind: 'credited', creditRef: 'credit-1' }, `${F1}.store_credit.0`, { paymentId: 'store_credit' }),
      ],
    ],
    ['paid', /All done/, [...here, submit(), outcome(succeeded)]],
    ['paid in part', /rest follows/, [...label, receive('s1', [scanned('cap')]), submit(), outcome(succeeded)]],
    ['whose refund failed', /could not be paid yet/, [...here, submit(), outcome(declined)]],
    ['whose refund is in doubt', /making sure/, [...here, submit(), outcome(inDoubt)]],
    ['declined', /was declined/, [file(both), review(), decline()]],
    ['cancelled', /is cancelled/, [file(both), cancel()]],
    ['expired', /has expired/, [file(both), expire()]],
    ['closed', /is closed/, [file(both), close()]],
  ])('is told of a return that is %s', (_, words, commands) => {
    const state = after(...commands);
    expect(next(state).next).toMatch(words);
    expect(next(state, 'de').next).not.toMatch(ENGLISH);
    expect(next(state, 'de').next).toMatch(/^[A-ZÄÖÜ].*[a-zäöüß0-9].*\.$/);
  });

  it('has a last day, the last whole one before the return expires, as long as the customer must act', () => {
    expect(LANGUAGES.map((language) => next(after(...label), language))).toEqual([
      { next: 'Put the label on the parcel and hand it in by 29 March 2026.', nextBy: '2026-03-29' },
      { next: 'Kleben Sie das Etikett auf das Paket und geben Sie es bis zum 29. März 2026 ab.', nextBy: '2026-03-29' },
    ]);
    const short = [file(both, under({ expireAfterDays: 5 })), issueLabel()];
    expect([next(after(...short)).nextBy, next(after(...short), 'en', 'Pacific/Kiritimati').nextBy]).toEqual(['2026-03-06', '2026-03-06']);
    expect([next(after(file(both))).nextBy, next(after(...here)).nextBy, next(after(...booked)).nextBy]).toEqual([null, null, null]);
  });

  it('asks for nothing where the customer keeps the item', () => {
    const kept = after(file([wish('cap')], under({ keepItemBelowMinor: 10_000 })), submit(), outcome(succeeded));
    expect(next(kept)).toEqual({ next: expect.stringMatching(/All done/), nextBy: null });
  });
});

describe('Late news', () => {
  const codes = (state: ReturnsState): readonly NewsCode[] => news(state).map((each) => each.code);
  const mismatch: ReturnsCommand = {
    type: 'RecordMismatch',
    at: day(6),
    returnId: R1,
    ...warehouse,
    scanId: 'm1',
    expectedLineId: 'cap',
    foundBarcode: null,
    quantity: 1,
    noteRef: null,
    photoRefs: [],
  };

  it.each<[string, NewsCode, string, readonly ReturnsCommand[]]>([
    ['a parcel that is late', 'parcel_delayed', day(5), [...label, tracking('scanned'), tracking('delayed', day(5))]],
    ['a parcel in trouble', 'parcel_problem', day(5), [...label, tracking('scanned'), tracking('exception', day(5))]],
    ['a lost parcel', 'parcel_lost', day(5), [...label, tracking('scanned'), tracking('lost', day(5))]],
    ['another item in the parcel', 'item_mismatched', day(6), [...label, tracking('delivered', day(5)), mismatch]],
    ['an item that did not come', 'item_missing', day(6), [...label, receive('s1', [scanned('shirt', 2)]), missing('cap')]],
    ['a refund that failed', 'refund_failed', day(8), [...here, submit(), outcome(declined)]],
    ['a refund in doubt', 'refund_in_doubt', day(8), [...here, submit(), outcome(inDoubt)]],
    ['a refund that is parked', 'refund_parked', day(8), [...here, submit(), parked]],
  ])('tells plainly of %s, in both languages', (_, expected, at, commands) => {
    const state = after(...commands);
    expect(news(state)).toMatchObject([{ code: expected, at }]);
    expect(news(state)[0]?.words).toMatch(ENGLISH);
    expect(news(state, 'de')[0]?.words).not.toMatch(ENGLISH);
  });

  it('names items and amounts', () => {
    expect(news(after(...label, receive('s1', [scanned('shirt', 2)]), missing('cap')), 'de')[0]?.words).toContain(
      '1 × „Item cap“ ist nicht bei uns angekommen',
    );
    expect(news(after(...here, submit(), outcome(declined)), 'de')[0]?.words).toContain('33,70\u00a0€');
  });

  it('names store credit with its bonus', () => {
    const toStore = { paymentId: 'store_credit' };
    const credit = [
      file(both, { outcome: 'store_credit', ...under({ storeCreditBonusBp: 1000 }) }),
      receive('s1', [scanned('shirt', 2), scanned('cap')]),
      submit(toStore),
    ];
    expect(news(after(...credit, outcome(inDoubt, `${F1}.store_credit.0`, toStore)), 'de')[0]?.words).toContain('37,07\u00a0€');
  });

  it('is over when it is no longer true', () => {
    expect(codes(after(...label, tracking('scanned'), tracking('delayed', day(5)), tracking('delivered', day(6))))).toEqual([]);
    expect(codes(after(...label, mismatch, receive('s1', [scanned('cap')])))).toEqual([]);
    expect(codes(after(...label, mismatch, missing('cap')))).toEqual(['item_missing']);
    expect(codes(after(...label, tracking('lost', day(5)), close()))).toEqual([]);
    expect(codes(after(...here, submit(), outcome(inDoubt), outcome(succeeded)))).toEqual([]);
    expect(codes(after(...here))).toEqual([]);
  });

  it('comes newest first', () => {
    const state = after(
      ...label,
      tracking('scanned'),
      mismatch,
      receive('s1', [scanned('shirt', 2)]),
      submit(),
      outcome(declined),
      tracking('delayed', day(10), { trackingNumber: 'TN-2' }),
    );
    expect(codes(state)).toEqual(['parcel_delayed', 'refund_failed', 'item_mismatched']);
    expect(state.returns[0]?.refunds[0]?.refundId).toBe(F1);
  });
});
