/** What a customer is told about what comes next, and about what went wrong. */
import { describe, expect, it } from '@jest/globals';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { newsOf, type NewsCode } from '../../src/returns/words/news.words.js';
import { nextStep } from '../../src/returns/words/next-step.js';
import { LANGUAGES, type Language } from '../../src/shared/language.js';
import { fold } from '../support/given-when-then.js';
import {
  approvedReturn,
  dropOffCodeIssued,
  EVERYTHING,
  itemGraded,
  itemMarkedMissing,
  itemMismatched,
  itemReceived,
  labelIssued,
  labelParked,
  labelVoided,
  orderRegistered,
  parcelDelayed,
  parcelDelivered,
  parcelExceptionRaised,
  parcelLost,
  parcelOpened,
  parcelScanned,
  pickupMissed,
  pickupScheduled,
  refundEntitled,
  refundFailed,
  refundParked,
  refundPutInDoubt,
  refundSubmitted,
  refundSucceeded,
  requested,
  returnCancelled,
  returnClosed,
  returnDeclined,
  returnExpired,
  returnRequested,
  returnSentToReview,
  REVIEW,
  storeCreditIssued,
  unitRefund,
} from '../support/returns-events.js';
import { day, F1, termsUnder } from './returns.scenes.js';

const ENGLISH = /\b(the|was|were|of|is|are|be|not|by|and|for|from|with|your|you|we|it|this|return|refund|parcel|label|store|shop's)\b/i;
const after = (...events: readonly ReturnsEvent[]): ReturnsState => fold([orderRegistered(), ...events]);
const next = (state: ReturnsState, language: Language = 'en', timeZone = 'Europe/Berlin') =>
  nextStep(state, state.returns[0]!, { language, timeZone });
const news = (state: ReturnsState, language: Language = 'en') => newsOf(state.order!, state.returns[0]!, language);

/** Everything is to come back, if nothing else is told. */
const approved = (told: Parameters<typeof approvedReturn>[0] = {}) => approvedReturn({ lines: EVERYTHING, ...told });
const requestedAll = returnRequested({ lines: EVERYTHING });
const label = [...approved(), labelIssued()];
const onItsWay = [...label, parcelScanned()];
const toBeFetched = [...approved({ method: 'pickup' }), labelIssued()];
const booked = [...toBeFetched, pickupScheduled({ from: '2026-03-12T09:00:00.000Z', until: '2026-03-12T11:00:00.000Z' })];
const inspected = { terms: termsUnder({ inspectionRequired: true, refundTrigger: 'inspected' }) };
const capInspected = { lines: [requested('cap')], ...inspected };
const capHere = [parcelOpened(), itemReceived({ lineId: 'cap' })];
const shirts = [unitRefund('shirt', 0), unitRefund('shirt', 1)];
const shirtsHere = [parcelOpened(), itemReceived({ units: [0, 1] }), refundEntitled(shirts)];
const allHere = [parcelOpened(), itemReceived({ units: [0, 1] }), itemReceived({ lineId: 'cap' })];
const all = [...shirts, unitRefund('cap')];
const here = [...onItsWay, parcelDelivered({ at: day(5) }), ...allHere, refundEntitled(all, { breakdown: { shippingMinor: 490 } })];
const paying = [...here, refundSubmitted({ amountMinor: 3370 })];
const credit = (bonusMinor = 0) => [
  ...approved({ outcome: 'store_credit', method: 'in_store' }),
  ...allHere,
  refundEntitled(all, { destination: 'store_credit', breakdown: { shippingMinor: 490, bonusMinor } }),
];
const crediting = refundSubmitted({
  paymentId: 'store_credit',
  provider: 'store_credit',
  key: `${F1}.store_credit.0`,
  amountMinor: 3370,
});

describe('What comes next', () => {
  it.each<[string, RegExp, readonly ReturnsEvent[]]>([
    ['looked at', /looking at your return/, [requestedAll, returnSentToReview({ at: day(2), reasons: [REVIEW.review_all] })]],
    ['sent to review later', /looking at your return/, [...approved(), returnSentToReview()]],
    ['waiting for its label', /label will be here/, approved()],
    ['waiting for its code', /code will be here/, approved({ method: 'drop_off' })],
    ['without a label in the end', /ask for another one/, [...approved(), labelParked()]],
    ['with a label', /hand it in by 29 March 2026/, label],
    ['with a code', /show the code by 29 March 2026/, [...approved({ method: 'drop_off' }), dropOffCodeIssued()]],
    ['to be fetched', /when the courier shall come/, toBeFetched],
    ['with a pickup booked', /on 12 March 2026 between 10:00 and 12:00/, booked],
    ['whose pickup failed', /choose another time/, [...booked, pickupMissed({ at: day(12) })]],
    ['sent by the customer', /Send the parcel to us by 29 March 2026/, approved({ method: 'own_shipping' })],
    ['brought to the store', /to the store by 29 March 2026/, approved({ method: 'in_store' })],
    ['on its way', /on its way to us/, onItsWay],
    ['lost on its way', /finding out with the carrier/, [...onItsWay, parcelLost({ at: day(5) })]],
    ['at the door', /has arrived/, [...label, parcelDelivered()]],
    ['half here', /waiting for the rest/, [...approved(inspected), ...capHere]],
    ['here', /is here; your refund comes next/, [...approved(capInspected), ...capHere]],
    [
      'found to be something else',
      /is here and a person is looking at it/,
      [
        ...approved(capInspected),
        ...capHere,
        itemGraded({ lineId: 'cap', grade: 'X', factorBp: 0 }),
        returnSentToReview({ at: day(7), reasons: [REVIEW.grade_x] }),
      ],
    ],
    ['about to be paid', /2 to 5 days/, here],
    ['about to be credited', /store credit is on its way/, credit()],
    ['credited', /ready to be spent/, [...credit(), crediting, storeCreditIssued({ bonusMinor: 0 })]],
    ['paid', /All done/, [...paying, refundSucceeded()]],
    [
      'paid in part',
      /rest follows/,
      [...label, ...capHere, refundEntitled([unitRefund('cap')]), refundSubmitted({ amountMinor: 500 }), refundSucceeded()],
    ],
    ['whose refund failed', /could not be paid yet/, [...paying, refundFailed()]],
    ['whose refund is in doubt', /making sure/, [...paying, refundPutInDoubt()]],
    ['declined', /was declined/, [...approved(), returnSentToReview(), labelVoided({ why: 'declined' }), returnDeclined()]],
    ['cancelled', /is cancelled/, [...approved(), labelVoided(), returnCancelled()]],
    ['expired', /has expired/, [...approved(), returnExpired()]],
    ['closed', /is closed/, [...approved(), returnClosed()]],
  ])('is told of a return that is %s', (_, words, events) => {
    const state = after(...events);
    expect(next(state).next).toMatch(words);
    expect(next(state, 'de').next).not.toMatch(ENGLISH);
    expect(next(state, 'de').next).toMatch(/^[A-ZÄÖÜ].*[a-zäöüß0-9].*\.$/);
  });

  it('has a last day, the last whole one before the return expires, as long as the customer must act', () => {
    expect(LANGUAGES.map((language) => next(after(...label), language))).toEqual([
      { next: 'Put the label on the parcel and hand it in by 29 March 2026.', nextBy: '2026-03-29' },
      { next: 'Kleben Sie das Etikett auf das Paket und geben Sie es bis zum 29. März 2026 ab.', nextBy: '2026-03-29' },
    ]);
    const short = [...approved({ terms: termsUnder({ expireAfterDays: 5 }) }), labelIssued()];
    expect([next(after(...short)).nextBy, next(after(...short), 'en', 'Pacific/Kiritimati').nextBy]).toEqual(['2026-03-06', '2026-03-06']);
    expect([next(after(...approved())).nextBy, next(after(...here)).nextBy, next(after(...booked)).nextBy]).toEqual([null, null, null]);
  });

  it('asks for nothing where the customer keeps the item', () => {
    const refund = refundEntitled([unitRefund('cap')], { at: day(2), trigger: 'approved' });
    const kept = after(
      ...approved({ lines: [requested('cap')], method: 'keep' }),
      refund,
      refundSubmitted({ amountMinor: 500 }),
      refundSucceeded(),
    );
    expect(next(kept)).toEqual({ next: expect.stringMatching(/All done/), nextBy: null });
  });
});

describe('Late news', () => {
  const codes = (state: ReturnsState): readonly NewsCode[] => news(state).map((each) => each.code);
  const mismatch = itemMismatched({ expectedLineId: 'cap', foundBarcode: null });
  const capMissing = [...label, ...shirtsHere, itemMarkedMissing()];

  it.each<[string, NewsCode, string, readonly ReturnsEvent[]]>([
    ['a parcel that is late', 'parcel_delayed', day(5), [...onItsWay, parcelDelayed({ at: day(5) })]],
    ['a parcel in trouble', 'parcel_problem', day(5), [...onItsWay, parcelExceptionRaised({ at: day(5) })]],
    ['a lost parcel', 'parcel_lost', day(5), [...onItsWay, parcelLost({ at: day(5) })]],
    ['another item in the parcel', 'item_mismatched', day(6), [...label, parcelDelivered({ at: day(5) }), mismatch]],
    ['an item that did not come', 'item_missing', day(6), capMissing],
    ['a refund that failed', 'refund_failed', day(8), [...paying, refundFailed()]],
    ['a refund in doubt', 'refund_in_doubt', day(8), [...paying, refundPutInDoubt()]],
    ['a refund that is parked', 'refund_parked', day(8), [...paying, refundParked()]],
  ])('tells plainly of %s, in both languages', (_, expected, at, events) => {
    const state = after(...events);
    expect(news(state)).toMatchObject([{ code: expected, at }]);
    expect(news(state)[0]?.words).toMatch(ENGLISH);
    expect(news(state, 'de')[0]?.words).not.toMatch(ENGLISH);
  });

  it('names items and amounts', () => {
    expect(news(after(...capMissing), 'de')[0]?.words).toContain('1 × „Item cap“ ist nicht bei uns angekommen');
    expect(news(after(...paying, refundFailed()), 'de')[0]?.words).toContain('33,70\u00a0€');
  });

  it('names store credit with its bonus', () => {
    const inDoubt = refundPutInDoubt({ paymentId: 'store_credit' });
    expect(news(after(...credit(337), crediting, inDoubt), 'de')[0]?.words).toContain('37,07\u00a0€');
  });

  it('is over when it is no longer true', () => {
    expect(codes(after(...onItsWay, parcelDelayed({ at: day(5) }), parcelDelivered({ at: day(6) })))).toEqual([]);
    expect(codes(after(...label, mismatch, ...capHere, refundEntitled([unitRefund('cap')])))).toEqual([]);
    expect(codes(after(...label, mismatch, itemMarkedMissing()))).toEqual(['item_missing']);
    expect(codes(after(...label, parcelLost({ at: day(5) }), returnClosed()))).toEqual([]);
    expect(codes(after(...paying, refundPutInDoubt(), refundSucceeded()))).toEqual([]);
    expect(codes(after(...here))).toEqual([]);
  });

  it('comes newest first', () => {
    const state = after(
      ...onItsWay,
      mismatch,
      ...shirtsHere,
      refundSubmitted({ amountMinor: 2380 }),
      refundFailed(),
      parcelDelayed({ at: day(10), trackingNumber: 'TN-2' }),
    );
    expect(codes(state)).toEqual(['parcel_delayed', 'refund_failed', 'item_mismatched']);
    expect(state.returns[0]?.refunds[0]?.refundId).toBe(F1);
  });
});
