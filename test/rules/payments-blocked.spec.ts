/** Money that goods have earned and payments cannot bear: it is owed and held back, and a person, or the payments, lead on. */
import { describe, expect, it } from '@jest/globals';
import { faultsOf, restFaultsOf } from '../../src/finance/invariants.js';
import { spansOf } from '../../src/finance/stages.js';
import { presentQuote as quote } from '../../src/returns/api/quote.presentation.js';
import { presentReturn } from '../../src/returns/api/returns.presentation.js';
import { payableOf } from '../../src/returns/rules/decide/entitlement.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { decisionOf, givenUpOf, statusOf } from '../../src/returns/rules/returns.status.js';
import { newsOf } from '../../src/returns/words/news.words.js';
import { nextStep } from '../../src/returns/words/next-step.js';
import type { Language } from '../../src/shared/language.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedReturn,
  BY_HAND,
  disputeClosed,
  itemGraded,
  itemReceived,
  labelVoided,
  orderRegistered,
  parcelOpened,
  paymentDisputed,
  refundBlocked,
  refundedElsewhere,
  refundEntitled,
  refundSubmitted,
  refundSucceeded,
  requested,
  returnCancelled,
  returnSentToReview,
  REVIEW,
  unitRefund,
} from '../support/returns-events.js';
import {
  approve,
  approveCapped,
  cancel,
  card,
  close,
  correct,
  day,
  decline,
  declined,
  file,
  line,
  order,
  outcome,
  policy,
  R1,
  R2,
  receive,
  refundManually,
  review,
  scanned,
  termsUnder,
  wish,
} from './returns.scenes.js';

/** One lamp for 22.40 without shipping; the payments as told. */
const lamp = (...payments: RegisterOrder['payments']): RegisterOrder =>
  order({ lines: [line('lamp', { paid: { netMinor: 1882, taxMinor: 358 } })], shipping: { netMinor: 0, taxMinor: 0 }, payments });
const sold = (capturedMinor: number) => orderRegistered(lamp(card(capturedMinor)));
const unpaid = orderRegistered(lamp(card(0, 'cod', { method: 'cash_on_delivery', provider: 'manual' })));
const brought = (returnId = R1, unit = 0) => approvedReturn({ returnId, lines: [requested('lamp', [unit])], method: 'in_store' });
const here = [parcelOpened({ trackingNumber: null }), itemReceived({ lineId: 'lamp' })];
const back = [...brought(), ...here];
const itsPrice = { netMinor: 1882, taxMinor: 358 };
/** The lamp is here, and its money is held back. */
const heldAt = (capturedMinor: number) => [
  sold(capturedMinor),
  ...back,
  refundBlocked(capturedMinor === 0 ? { code: 'nothing_captured' } : {}),
];
/** The second lamp, in a return of its own. */
const second = [
  ...brought(R2, 1),
  parcelOpened({ returnId: R2, trackingNumber: null }),
  itemReceived({ returnId: R2, scanId: 's2', lineId: 'lamp', units: [1] }),
];
const oneOfPair = unitRefund('lamp', 0, { netMinor: 1000, taxMinor: 0 });
const closed = (result: 'won' | 'lost'): ReturnsCommand => ({
  type: 'CloseDispute',
  at: day(12),
  disputeId: 'dp-1',
  outcome: result,
});
const next = (state: ReturnsState, language: Language = 'en'): string =>
  nextStep(state, state.returns[0]!, { language, timeZone: 'UTC' }).next;
const later = (told: RegisterOrder): RegisterOrder => ({ ...told, at: day(13) });

describe('What the goods have earned and the payments cannot bear', () => {
  it.each<[string, string, number, number, readonly ReturnsEvent[]]>([
    ['part of the order is captured', 'part_captured', 2240, 1200, [sold(1200)]],
    ['nothing is captured yet', 'nothing_captured', 2240, 0, [unpaid]],
    ['a dispute is open', 'disputed', 2240, 1240, [sold(2240), paymentDisputed()]],
    ['the bank has taken it', 'disputed', 2240, 1240, [sold(2240), paymentDisputed(), disputeClosed({ outcome: 'lost' })]],
    ['money was given back elsewhere', 'refunded_elsewhere', 2240, 240, [sold(2240), refundedElsewhere({ amountMinor: 2000 })]],
  ])('is owed and held back when %s', (_, code, amountMinor, payableMinor, events) => {
    const asked = [...events, ...brought()];
    const state = fold([
      ...asked,
      ...given(...asked)
        .when(receive('s1', [scanned('lamp')], { trackingNumber: null }))
        .decided(),
    ]);
    const ret = state.returns[0]!;
    expect(ret).toMatchObject({ authorisation: 'approved', refunds: [], blocked: { amountMinor, bonusMinor: 0, code, since: day(6) } });
    expect([statusOf(state, ret), decisionOf(ret), payableOf(state, ret)]).toEqual(['refund_blocked', 'blocked', payableMinor]);
    expect(presentReturn(state, 'O-1', R1, 1, { language: 'en', timeZone: 'UTC', text: (ref) => ref, isCustomer: false })).toMatchObject({
      status: 'refund_blocked',
      needsDecision: 'blocked',
      money: {
        entitledMinor: 0,
        blockedMinor: amountMinor,
        blockedCode: code,
        blockedWords: expect.stringMatching(/^[a-z].{20,}/),
        blockedSince: day(6),
        payableTodayMinor: payableMinor,
        givenUpMinor: 0,
      },
    });
    expect([...faultsOf(state), ...restFaultsOf(state)]).toEqual([]);
  });

  it('is told to the customer with its reason, in both languages', () => {
    const state = fold([sold(2240), paymentDisputed(), ...back, refundBlocked({ code: 'disputed' })]);
    expect(next(state)).toBe(
      'Your refund of €22.40 cannot be paid yet: the payment is disputed with the bank. We are seeing to it; you need not do anything.',
    );
    expect(next(state, 'de')).toBe(
      'Ihre Erstattung über 22,40\u00a0€ kann noch nicht ausgezahlt werden: die Zahlung wird bei der Bank beanstandet. Wir kümmern uns darum; Sie müssen nichts tun.',
    );
    expect(newsOf(state.order!, state.returns[0]!, 'de')).toMatchObject([
      { code: 'refund_blocked', at: day(6), words: expect.stringContaining('22,40') },
    ]);
  });

  it('was told before in the quote: what can come back today, and why less', () => {
    const asked = { lines: [{ ...wish('lamp'), reason: 'too_small' }], outcome: 'original_payment' as const, method: 'label' as const };
    expect(quote(policy(), fold([sold(1200)]), asked, day(2))).toMatchObject({
      totalRefundMinor: 2240,
      payableTodayMinor: 1200,
      blockedCode: 'part_captured',
      blockedWords: 'only a part of this order has been paid',
    });
    const credit = quote(policy({ storeCreditBonusBp: 1000 }), fold([sold(1200)]), { ...asked, outcome: 'store_credit' }, day(2), 'de');
    expect(credit).toMatchObject({
      totalRefundMinor: 2464,
      payableTodayMinor: 1320,
      blockedWords: 'diese Bestellung ist erst teilweise bezahlt',
    });
  });

  it('waits with the merchant: its latency case stays open, and its stages are told', () => {
    const [ret] = fold(heldAt(1200)).returns;
    expect(spansOf(ret!).filter((span) => span.endedMs === null)).toMatchObject([
      { stage: 'entitlement', holder: 'merchant' },
      { stage: 'total', holder: 'merchant' },
    ]);
  });

  it('of a later piece keeps the case open though the first one is paid', () => {
    const pair = order({
      lines: [line('lamp', { quantity: 2, paid: { netMinor: 2000, taxMinor: 0 } })],
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [card(1500)],
    });
    const state = fold([
      orderRegistered(pair),
      ...approvedReturn({ lines: [requested('lamp', [0, 1])], method: 'in_store' }),
      ...here,
      refundEntitled([oneOfPair]),
      refundSubmitted({ amountMinor: 1000 }),
      refundSucceeded(),
      itemReceived({ at: day(9), scanId: 's2', lineId: 'lamp', units: [1] }),
      refundBlocked({ at: day(9), amountMinor: 1000 }),
    ]);
    expect(state.returns[0]).toMatchObject({ blocked: { amountMinor: 1000 } });
    expect(statusOf(state, state.returns[0]!)).toBe('refund_blocked');
    expect(spansOf(state.returns[0]!).filter((span) => span.endedMs === null)).toMatchObject([
      { stage: 'money', holder: 'merchant' },
      { stage: 'total', holder: 'merchant' },
    ]);
  });
});

describe('When the block goes', () => {
  it('what was held back is entitled by itself, in the same decision, once', () => {
    given(sold(2240), paymentDisputed(), ...back, refundBlocked({ code: 'disputed' }))
      .when(closed('won'))
      .thenTypes('DisputeClosed', 'RefundEntitled')
      .and((state, events) => {
        expect(events[1]).toMatchObject({
          data: {
            at: day(12),
            trigger: 'received',
            reason: null,
            breakdown: { totalMinor: 2240, payments: [{ paymentId: 'card', amountMinor: 2240 }] },
          },
        });
        expect(state.returns[0]!.blocked).toBeNull();
        given(
          sold(2240),
          paymentDisputed(),
          ...back,
          refundBlocked({ code: 'disputed' }),
          disputeClosed(),
          refundEntitled([unitRefund('lamp', 0, itsPrice)], { at: day(12) }),
        )
          .when(closed('won'))
          .thenNothing();
      });
    given(...heldAt(1200))
      .when(later(lamp(card(2240))))
      .thenTypes('OrderAmended', 'RefundEntitled');
    given(...heldAt(1200))
      .when(later(lamp(card(2239))))
      .and((_, events) => {
        expect(events[1]).toMatchObject({
          type: 'RefundEntitled',
          data: { breakdown: { fees: [{ code: 'not_captured', amountMinor: 1 }], totalMinor: 2239 } },
        });
      });
  });

  it('a part of it does not do: it is said anew and stays held back', () => {
    given(...heldAt(0))
      .when(later(lamp(card(1000))))
      .thenTypes('OrderAmended', 'RefundBlocked')
      .and((state) => {
        expect(state.returns[0]!.blocked).toEqual({ amountMinor: 2240, bonusMinor: 0, code: 'part_captured', since: day(6) });
      });
    given(...heldAt(1000))
      .when(later(lamp(card(1100))))
      .thenTypes('OrderAmended');
  });

  it("another refund's failure makes room too", () => {
    const pair = order({
      lines: [line('lamp', { quantity: 2, paid: { netMinor: 2000, taxMinor: 0 } })],
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [card(1500)],
    });
    given(
      orderRegistered(pair),
      ...back,
      refundEntitled([oneOfPair]),
      ...second,
      refundBlocked({ returnId: R2, amountMinor: 1000 }),
      refundSubmitted({ amountMinor: 1000 }),
    )
      .when(outcome(declined))
      .thenTypes('RefundFailed', 'RefundEntitled')
      .and((state) => expect(state.returns[1]!.refunds).toHaveLength(1));
  });

  it('the returns of the order are served in the order they were filed, as far as it reaches', () => {
    const pair = (captured: number): RegisterOrder =>
      order({
        at: day(14),
        lines: [line('lamp', { quantity: 2, paid: { netMinor: 2000, taxMinor: 0 } })],
        shipping: { netMinor: 0, taxMinor: 0 },
        payments: [card(captured)],
      });
    const nothing = refundBlocked({ amountMinor: 1000, code: 'nothing_captured' });
    given(orderRegistered(pair(0)), ...back, nothing, ...second, { ...nothing, data: { ...nothing.data, returnId: R2 } })
      .when(pair(1000))
      .thenTypes('OrderAmended', 'RefundEntitled', 'RefundBlocked')
      .and((state, events) => {
        expect(events[1]).toMatchObject({ data: { returnId: R1 } });
        expect(state.returns[1]!.blocked).toMatchObject({ amountMinor: 1000, code: 'part_captured' });
      });
  });

  it('what was manual in between is not paid again', () => {
    given(...heldAt(1200))
      .when(refundManually(700))
      .and((state) => expect(state.returns[0]).toMatchObject({ blocked: { amountMinor: 1540 } }));
    given(
      ...heldAt(1200),
      refundEntitled([unitRefund('lamp', 0, { ...itsPrice, factorBp: 3125, refundMinor: 700 })], BY_HAND),
      refundBlocked({ at: day(9), amountMinor: 1540 }),
    )
      .when(later(lamp(card(2240))))
      .and((_, events) => expect(events[1]).toMatchObject({ data: { breakdown: { totalMinor: 1540 } } }));
  });

  it('a scan taken back takes the money with it that it had earned', () => {
    given(...heldAt(0))
      .when(correct('s1', 'c1', 1))
      .thenTypes('ReceiptCorrected', 'RefundBlocked')
      .and((state, events) => {
        expect(events[1]).toMatchObject({ data: { amountMinor: 0, code: null } });
        expect(state.returns[0]!.blocked).toBeNull();
      });
  });
});

describe('A person', () => {
  const held = heldAt(1200);
  const approvedCapped = refundEntitled([unitRefund('lamp', 0, itsPrice)], {
    at: day(9),
    reason: { code: 'no_more_will_come' },
    breakdown: { fees: [{ code: 'given_up', amountMinor: 1040 }] },
  });

  it('approves what can be paid and gives up the rest: recorded with the reason, and explained to the cent', () => {
    given(...held)
      .when(approveCapped(1200))
      .thenTypes('RefundEntitled')
      .and((state, events) => {
        expect(events[0]).toMatchObject({
          data: {
            trigger: 'received',
            reason: { code: 'no_more_will_come' },
            breakdown: {
              units: [{ refundMinor: 2240 }],
              fees: [{ code: 'given_up', amountMinor: 1040 }],
              totalMinor: 1200,
              payments: [{ amountMinor: 1200 }],
            },
          },
        });
        expect([state.returns[0]!.blocked, givenUpOf(state.returns[0]!)]).toEqual([null, 1040]);
      });
    // What was given up stays so, whatever is captured later.
    given(...held, approvedCapped)
      .when(later(lamp(card(2240))))
      .thenTypes('OrderAmended');
  });

  it('says it of the amount as it is: another one is refused with what can be paid now', () => {
    given(...held)
      .when(approveCapped(1300))
      .thenRefused('invalid_state', /1200 can be paid today/);
    given(sold(2240), ...back, refundEntitled([unitRefund('lamp', 0, itsPrice)]))
      .when(approveCapped(2240))
      .thenRefused('invalid_state', /Nothing of this return is held back/);
    given(...held, approvedCapped)
      .when(approveCapped(1200))
      .thenRefused('invalid_state', /held back/);
  });

  it('approves nothing by approving twice, and cannot close over what is owed without being told the way out', () => {
    given(...held)
      .when(approve())
      .thenNothing();
    given(...held)
      .when(close())
      .thenRefused('invalid_state', /approve what can be paid today, or wait/);
    given(...held, approvedCapped)
      .when(close())
      .thenTypes('ReturnClosed');
  });

  it('says that nothing will ever be paid: the goods are taken in, nothing is refunded, and the case ends', () => {
    const refused = [unpaid, ...back, refundBlocked({ code: 'nothing_captured' })];
    const state = fold([
      ...refused,
      ...given(...refused)
        .when(approveCapped(0))
        .decided(),
    ]);
    const ret = state.returns[0]!;
    expect(ret.refunds[0]).toMatchObject({
      payouts: [],
      breakdown: { totalMinor: 0, payments: [], fees: [{ code: 'given_up', amountMinor: 2240 }] },
    });
    expect([statusOf(state, ret), decisionOf(ret), newsOf(state.order!, ret, 'en')]).toEqual(['refunded', null, []]);
    expect(spansOf(ret).filter((span) => span.endedMs === null)).toEqual([]);
    expect([next(state), next(state, 'de')]).toEqual([
      'All done. There was nothing to pay back.',
      'Alles erledigt. Es war nichts auszuzahlen.',
    ]);
  });

  it('sends it to review: what was earned is open again until it is approved', () => {
    given(...held)
      .when(review())
      .and((state) => expect(state.returns[0]).toMatchObject({ authorisation: 'in_review', blocked: null }));
    given(...held, returnSentToReview())
      .when(approve())
      .thenTypes('ReturnApproved', 'RefundBlocked');
    given(...held, returnSentToReview())
      .when(decline())
      .thenTypes('ReturnDeclined')
      .and((state) => expect(state.returns[0]!.blocked).toBeNull());
  });

  it('sends one cancelled of which nothing has to come back: nothing is owed then', () => {
    given(sold(0))
      .when(file([wish('lamp')], { policy: policy({ keepItemBelowMinor: 5000 }) }))
      .and((state) => expect(state.returns[0]).toMatchObject({ method: 'keep', blocked: { amountMinor: 2240 } }));
    given(
      sold(0),
      ...approvedReturn({ lines: [requested('lamp')], method: 'keep' }),
      refundBlocked({ at: day(2), code: 'nothing_captured' }),
    )
      .when(cancel())
      .and((state) => expect(state.returns[0]).toMatchObject({ authorisation: 'cancelled', blocked: null }));
  });
});

describe('A return that is looked at after its goods came', () => {
  it('waits for a decision, and its customer is told so and nothing of a refund', () => {
    const terms = termsUnder({ inspectionRequired: true, refundTrigger: 'inspected' });
    const wrong = fold([
      sold(2240),
      ...approvedReturn({ lines: [requested('lamp')], method: 'in_store', terms }),
      ...here,
      itemGraded({ lineId: 'lamp', grade: 'X', factorBp: 0 }),
      returnSentToReview({ at: day(7), reasons: [REVIEW.grade_x] }),
    ]);
    const late = fold([
      sold(2240),
      ...approvedReturn({ lines: [requested('lamp')] }),
      labelVoided(),
      returnCancelled(),
      returnSentToReview({ at: day(6), reasons: [REVIEW.late_parcel] }),
      parcelOpened(),
      itemReceived({ lineId: 'lamp' }),
    ]);
    for (const state of [wrong, late]) {
      expect(decisionOf(state.returns[0]!)).toBe('review');
      expect(next(state)).toBe('Your return is here and a person is looking at it; you need not do anything until you hear from us.');
      expect(next(state, 'de')).toBe('Ihre Rücksendung ist da und wird persönlich geprüft. Sie müssen nichts tun, bis Sie von uns hören.');
    }
  });
});
