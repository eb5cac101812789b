import { describe, expect, it } from '@jest/globals';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedByStaff,
  approvedReturn,
  BY_HAND,
  itemGraded,
  itemReceived,
  labelIssued,
  labelRequested,
  labelVoided,
  orderAmended,
  orderRegistered,
  parcelOpened,
  parcelScanned,
  refundEntitled,
  refundSubmitted,
  requested,
  returnCancelled,
  returnClosed,
  returnDeclined,
  returnExpired,
  returnReopened,
  returnRequested,
  returnSentToReview,
  REVIEW,
  unitRefund,
} from '../support/returns-events.js';
import {
  approve,
  cancel,
  close,
  day,
  decline,
  expire,
  file,
  order,
  outcome,
  R1,
  R2,
  receive,
  reopen,
  review,
  scanned,
  succeeded,
  termsUnder,
  wish,
} from './returns.scenes.js';

const inReview = [orderRegistered(), returnRequested(), returnSentToReview({ at: day(2), reasons: [REVIEW.review_all] })];
const approved = [orderRegistered(), ...approvedReturn()];
const cancelled = [labelVoided(), returnCancelled()];
const byHand = refundEntitled([unitRefund('shirt', 0, { factorBp: 8, refundMinor: 1 })], BY_HAND);
const places = ({ returns }: ReturnsState) => returns[0]!.lines[0]!.units.map((unit) => unit.place);

describe('A person decides about a return in review', () => {
  it('approves it: then the label is asked for', () => {
    given(...inReview)
      .when(approve())
      .then(
        { type: 'ReturnApproved', data: { at: day(3), returnId: R1, by: 'staff', ruleIds: [] } },
        { type: 'LabelRequested', data: { at: day(3), returnId: R1, labelId: `${R1}-L1`, carrier: 'builtin', kind: 'label' } },
      );
  });

  it('approves it after the parcel came: then the refund is owed at once, and no label is bought', () => {
    given(...inReview, parcelOpened(), itemReceived({ units: [0, 1] }))
      .when(approve())
      .thenTypes('ReturnApproved', 'RefundEntitled');
  });

  it('declines it: the units are released', () => {
    given(...inReview)
      .when(decline())
      .then({ type: 'ReturnDeclined', data: { at: day(3), returnId: R1, by: 'staff', code: 'worn', noteRef: null, reasonRef: null } });
    expect(places(fold([...inReview, returnDeclined()]))).toEqual(['released', 'released']);
  });

  it('declines it after one item came: that one stays, the other is released', () => {
    given(...inReview, parcelOpened(), itemReceived())
      .when(decline())
      .and((state) => expect(places(state)).toEqual(['received', 'released']));
  });

  it('sends an approved return back to review: nothing is refunded meanwhile', () => {
    given(...approved)
      .when(review())
      .then({
        type: 'ReturnSentToReview',
        data: { at: day(3), returnId: R1, reasons: [{ code: 'photo', reason: { textRef: 'text-of-another-item' } }] },
      });
    given(...approved, returnSentToReview())
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ParcelOpened', 'ItemReceived');
  });
});

describe('A return is cancelled', () => {
  it('as long as nothing has moved: its labels are voided and its units released', () => {
    given(...approved, labelIssued())
      .when(cancel())
      .then(
        { type: 'LabelVoided', data: { at: day(3), returnId: R1, labelId: `${R1}-L1`, why: 'cancelled' } },
        { type: 'ReturnCancelled', data: { at: day(3), returnId: R1, by: 'customer', reason: { code: 'changed_plans' } } },
      );
    expect(places(fold([...approved, ...cancelled]))).toEqual(['released', 'released']);
  });

  it.each([
    ['a carrier has scanned the parcel', [labelIssued(), parcelScanned()], /on its way/],
    ['an item has come in', [parcelOpened(), itemReceived(), refundEntitled()], /come in/],
    ['money was given back', [byHand], /refunded/],
  ])('not when %s', (_, before, words) => {
    given(...approved, ...before)
      .when(cancel())
      .thenRefused('invalid_state', words);
  });
});

describe('A return that nobody sends', () => {
  it('expires after its days, to the millisecond, and releases its units', () => {
    given(...approved)
      .when(expire(R1, '2026-03-30T08:59:59.999Z'))
      .thenNothing();
    given(...approved)
      .when(expire(R1, '2026-03-30T09:00:00.000Z'))
      .then({ type: 'ReturnExpired', data: { at: '2026-03-30T09:00:00.000Z', returnId: R1, afterDays: 28 } });
    expect(places(fold([...approved, returnExpired()]))).toEqual(['released', 'released']);
  });

  it('does not expire once something has moved, or while a person looks at it', () => {
    given(...approved, parcelScanned())
      .when(expire())
      .thenNothing();
    given(...approved, byHand)
      .when(expire())
      .thenNothing();
    given(...inReview)
      .when(expire())
      .thenNothing();
  });
});

describe('A parcel that comes after the end', () => {
  it.each([
    ['cancelled', cancelled],
    ['expired', [returnExpired()]],
    ['declined', [returnSentToReview(), labelVoided({ why: 'declined' }), returnDeclined()]],
  ])('is taken in when the return was %s, and a person looks at it', (_, ending) => {
    given(...approved, ...ending)
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ReturnSentToReview', 'ParcelOpened', 'ItemReceived')
      .and((state, events) => {
        expect(events[0]).toMatchObject({ data: { reasons: [{ code: 'late_parcel' }] } });
        expect(state.returns[0]).toMatchObject({ authorisation: 'in_review', milestones: { endedAt: null } });
        expect(state.returns[0]!.lines[0]!.units.map((unit) => unit.place)).toEqual(['received', 'released']);
      });
    given(...approved, ...ending, returnSentToReview({ at: day(6), reasons: [REVIEW.late_parcel] }), parcelOpened(), itemReceived())
      .when(approve(R1, day(9)))
      .thenTypes('ReturnApproved', 'RefundEntitled');
  });

  it('reopens a return that was closed', () => {
    given(...approved, returnClosed())
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ReturnReopened', 'ReturnSentToReview', 'ParcelOpened', 'ItemReceived');
  });

  it('is received on the other return when its units are in one by then: nothing is refunded twice', () => {
    given(...approved, ...cancelled, ...approvedReturn({ returnId: R2 }))
      .when(receive('s1', [scanned('shirt', 3)]))
      .thenTypes('ParcelOpened', 'ItemReceivedElsewhere', 'ItemReceived', 'ItemUnexpected', 'RefundEntitled')
      .and((state) => {
        expect(state.returns[0]).toMatchObject({
          authorisation: 'cancelled',
          refunds: [],
          scans: [{ elsewhere: [{ returnId: R2, quantity: 2 }], unexpected: [{ quantity: 1, why: 'surplus' }] }],
        });
      });
  });
});

describe('What an ended return had', () => {
  it('is not taken back when the order was amended to have no such unit any more', () => {
    const fewer = order({
      at: day(4),
      lines: order().lines.map((line) => (line.lineId === 'shirt' ? { ...line, quantity: 1, fulfilledQuantity: 1 } : line)),
    });
    given(...approved, ...cancelled, orderAmended(fewer))
      .when(receive('s1', [scanned('shirt', 2)]))
      .and((_, events) => {
        expect(events.slice(2)).toMatchObject([
          { type: 'ItemReceived', data: { units: [0] } },
          { type: 'ItemUnexpected', data: { quantity: 1, why: 'surplus' } },
        ]);
      });
    given(...approved, returnClosed(), orderAmended(fewer))
      .when(reopen())
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { retaken: [{ lineId: 'shirt', units: [0] }] } }]);
      });
  });
});

describe('A return is closed', () => {
  it('and what has not come is returnable again; reopening takes it back as far as it is free', () => {
    const closed = [...approved, parcelOpened(), itemReceived(), refundEntitled(), returnClosed()];
    expect(places(fold(closed))).toEqual(['received', 'released']);
    given(...closed)
      .when(reopen())
      .then({
        type: 'ReturnReopened',
        data: { at: day(21), returnId: R1, reason: { code: 'customer_called' }, retaken: [{ lineId: 'shirt', units: [1] }] },
      });
    expect(places(fold([...closed, returnReopened({ retaken: [{ lineId: 'shirt', units: [1] }] })]))).toEqual(['received', 'awaiting']);
    given(...closed, ...approvedReturn({ returnId: R2, lines: [requested('shirt', [1])] }))
      .when(reopen())
      .then({
        type: 'ReturnReopened',
        data: { at: day(21), returnId: R1, reason: { code: 'customer_called' }, retaken: [] },
      });
  });

  it('but an item refunded before it came is never returnable a second time', () => {
    const early = [
      orderRegistered(),
      ...approvedReturn({ terms: termsUnder({ refundTrigger: 'firstScan' }) }),
      parcelScanned(),
      refundEntitled([unitRefund(), unitRefund('shirt', 1)], { at: day(4), trigger: 'firstScan' }),
      returnClosed(),
    ];
    expect(places(fold(early))).toEqual(['kept', 'kept']);
    given(...early)
      .when(file([wish('shirt')]))
      .thenRefused('already_returned');
  });

  it('and owes on reopening what was earned meanwhile', () => {
    given(
      orderRegistered(),
      ...approvedReturn({ lines: [requested('shirt')], terms: termsUnder({ inspectionRequired: true }) }),
      parcelOpened(),
      itemReceived(),
      returnClosed(),
      itemGraded(),
    )
      .when(reopen())
      .thenTypes('ReturnReopened', 'RefundEntitled');
  });
});

describe('Said twice, it is said once', () => {
  it.each([
    ['approve', [...inReview, approvedByStaff(), labelRequested({ at: day(3) })], approve()],
    ['decline', [...inReview, returnDeclined()], decline()],
    ['cancel', [...approved, ...cancelled], cancel()],
    ['close', [...approved, returnClosed()], close()],
    ['reopen', [...approved, returnClosed(), returnReopened({ retaken: [{ lineId: 'shirt', units: [0, 1] }] })], reopen()],
    ['expire', [...approved, returnExpired()], expire()],
    ['review', [...approved, returnSentToReview()], review()],
  ])('%s', (_, events, command) => {
    given(...events)
      .when(command)
      .thenNothing();
  });
});

describe('Not everything follows on everything', () => {
  it.each([
    ['approve what was declined', [...inReview, returnDeclined()], approve()],
    ['approve what was cancelled', [...approved, ...cancelled], approve()],
    ['decline what was approved', approved, decline()],
    ['close what is in review', inReview, close()],
    ['cancel what was closed', [...approved, returnClosed()], cancel()],
    ['reopen what was cancelled', [...approved, ...cancelled], reopen()],
    ['review what was declined', [...inReview, returnDeclined()], review()],
  ])('nobody can %s', (_, events, command) => {
    given(...events)
      .when(command)
      .thenRefused('invalid_state');
  });

  it('two returns of an order stand on their own', () => {
    given(
      orderRegistered(),
      ...approvedReturn({ lines: [requested('shirt')] }),
      ...approvedReturn({ returnId: R2, lines: [requested('shirt', [1])] }),
      labelVoided(),
      returnCancelled(),
      parcelOpened({ returnId: R2 }),
      itemReceived({ returnId: R2, units: [1] }),
      refundEntitled([unitRefund('shirt', 1)], { returnId: R2, refundId: `${R2}-F1` }),
      refundSubmitted({ returnId: R2, refundId: `${R2}-F1`, key: `${R2}-F1.card.0` }),
    )
      .when(outcome(succeeded, `${R2}-F1.card.0`, { returnId: R2, refundId: `${R2}-F1` }))
      .thenTypes('RefundSucceeded')
      .and((state) => {
        expect(state.returns.map((ret) => [ret.authorisation, ret.milestones.refundedAt])).toEqual([
          ['cancelled', null],
          ['approved', day(8)],
        ]);
      });
  });
});
