import { describe, expect, it } from '@jest/globals';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { fold, given, history } from '../support/given-when-then.js';
import {
  approve,
  cancel,
  close,
  day,
  decline,
  expire,
  file,
  inspect,
  issueLabel,
  order,
  outcome,
  policy,
  R1,
  R2,
  receive,
  refundManually,
  reopen,
  review,
  scanned,
  submit,
  succeeded,
  tracking,
  wish,
} from './returns.scenes.js';

const careful = { policy: policy({ approval: { auto: false, reviewAboveMinor: null, declineReasons: [] } }) };
const inReview = [order(), file([wish('shirt', 2)], careful)];
const approved = [order(), file([wish('shirt', 2)])];
const units = (commands: readonly ReturnsCommand[]) => fold(history(...commands)).returns[0]!.lines[0]!.units.map((unit) => unit.place);

describe('A person decides about a return in review', () => {
  it('approves it: then the label is asked for', () => {
    given(...history(...inReview))
      .when(approve())
      .then(
        { type: 'ReturnApproved', data: { at: day(3), returnId: R1, by: 'staff', ruleIds: [] } },
        { type: 'LabelRequested', data: { at: day(3), returnId: R1, labelId: `${R1}-L1`, carrier: 'builtin', kind: 'label' } },
      );
  });

  it('approves it after the parcel came: then the refund is owed at once, and no label is bought', () => {
    given(...history(...inReview, receive('s1', [scanned('shirt', 2)])))
      .when(approve())
      .thenTypes('ReturnApproved', 'RefundEntitled');
  });

  it('declines it: the units are released', () => {
    given(...history(...inReview))
      .when(decline())
      .then({ type: 'ReturnDeclined', data: { at: day(3), returnId: R1, by: 'staff', code: 'worn', noteRef: null, reasonRef: null } });
    expect(units([...inReview, decline()])).toEqual(['released', 'released']);
  });

  it('declines it after one item came: that one stays, the other is released', () => {
    expect(units([...inReview, receive('s1', [scanned('shirt')]), decline()])).toEqual(['received', 'released']);
  });

  it('sends an approved return back to review: nothing is refunded meanwhile', () => {
    given(...history(...approved))
      .when(review())
      .then({
        type: 'ReturnSentToReview',
        data: { at: day(3), returnId: R1, reasons: [{ code: 'photo', reason: { textRef: 'text-of-another-item' } }] },
      });
    given(...history(...approved, review()))
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ParcelOpened', 'ItemReceived');
  });
});

describe('A return is cancelled', () => {
  it('as long as nothing has moved: its labels are voided and its units released', () => {
    given(...history(...approved, issueLabel()))
      .when(cancel())
      .then(
        { type: 'LabelVoided', data: { at: day(3), returnId: R1, labelId: `${R1}-L1`, why: 'cancelled' } },
        { type: 'ReturnCancelled', data: { at: day(3), returnId: R1, by: 'customer', reason: { code: 'changed_plans' } } },
      );
    expect(units([...approved, cancel()])).toEqual(['released', 'released']);
  });

  it.each([
    ['a carrier has scanned the parcel', [issueLabel(), tracking('scanned')], /on its way/],
    ['an item has come in', [receive('s1', [scanned('shirt')])], /come in/],
    ['money was given back', [refundManually(100)], /refunded/],
  ])('not when %s', (_, before, words) => {
    given(...history(...approved, ...before))
      .when(cancel())
      .thenRefused('invalid_state', words);
  });
});

describe('A return that nobody sends', () => {
  it('expires after its days, to the millisecond, and releases its units', () => {
    given(...history(...approved))
      .when(expire(R1, '2026-03-30T08:59:59.999Z'))
      .thenNothing();
    given(...history(...approved))
      .when(expire(R1, '2026-03-30T09:00:00.000Z'))
      .then({ type: 'ReturnExpired', data: { at: '2026-03-30T09:00:00.000Z', returnId: R1, afterDays: 28 } });
    expect(units([...approved, expire()])).toEqual(['released', 'released']);
  });

  it('does not expire once something has moved, or while a person looks at it', () => {
    given(...history(...approved, tracking('scanned')))
      .when(expire())
      .thenNothing();
    given(...history(...approved, refundManually(1)))
      .when(expire())
      .thenNothing();
    given(...history(...inReview))
      .when(expire())
      .thenNothing();
  });
});

describe('A parcel that comes after the end', () => {
  it.each([
    ['cancelled', [cancel()]],
    ['expired', [expire()]],
    ['declined', [review(), decline()]],
  ])('is taken in when the return was %s, and a person looks at it', (_, ending) => {
    given(...history(...approved, ...ending))
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ReturnSentToReview', 'ParcelOpened', 'ItemReceived')
      .and((state, events) => {
        expect(events[0]).toMatchObject({ data: { reasons: [{ code: 'late_parcel' }] } });
        expect(state.returns[0]).toMatchObject({ authorisation: 'in_review', milestones: { endedAt: null } });
        expect(state.returns[0]!.lines[0]!.units.map((unit) => unit.place)).toEqual(['received', 'released']);
      });
    given(...history(...approved, ...ending, receive('s1', [scanned('shirt')])))
      .when(approve(R1, day(9)))
      .thenTypes('ReturnApproved', 'RefundEntitled');
  });

  it('reopens a return that was closed', () => {
    given(...history(...approved, close()))
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ReturnReopened', 'ReturnSentToReview', 'ParcelOpened', 'ItemReceived');
  });

  it('is received on the other return when its units are in one by then: nothing is refunded twice', () => {
    const again = [...approved, cancel(), file([wish('shirt', 2)])];
    given(...history(...again))
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
    given(...history(...approved, cancel(), fewer))
      .when(receive('s1', [scanned('shirt', 2)]))
      .and((_, events) => {
        expect(events.slice(2)).toMatchObject([
          { type: 'ItemReceived', data: { units: [0] } },
          { type: 'ItemUnexpected', data: { quantity: 1, why: 'surplus' } },
        ]);
      });
    given(...history(...approved, close(), fewer))
      .when(reopen())
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { retaken: [{ lineId: 'shirt', units: [0] }] } }]);
      });
  });
});

describe('A return is closed', () => {
  it('and what has not come is returnable again; reopening takes it back as far as it is free', () => {
    const closed = [...approved, receive('s1', [scanned('shirt')]), close()];
    expect(units(closed)).toEqual(['received', 'released']);
    given(...history(...closed))
      .when(reopen())
      .then({
        type: 'ReturnReopened',
        data: { at: day(21), returnId: R1, reason: { code: 'customer_called' }, retaken: [{ lineId: 'shirt', units: [1] }] },
      });
    expect(units([...closed, reopen()])).toEqual(['received', 'awaiting']);
    given(...history(...closed, file([wish('shirt')])))
      .when(reopen())
      .then({
        type: 'ReturnReopened',
        data: { at: day(21), returnId: R1, reason: { code: 'customer_called' }, retaken: [] },
      });
  });

  it('but an item refunded before it came is never returnable a second time', () => {
    const early = [order(), file([wish('shirt', 2)], { policy: policy({ refundTrigger: 'firstScan' }) }), tracking('scanned'), close()];
    expect(units(early)).toEqual(['kept', 'kept']);
    given(...history(...early))
      .when(file([wish('shirt')]))
      .thenRefused('already_returned');
  });

  it('and owes on reopening what was earned meanwhile', () => {
    const inspected = { policy: policy({ inspectionRequired: true }) };
    const closed = [order(), file([wish('shirt')], inspected), receive('s1', [scanned('shirt')]), close(), inspect([{}])];
    given(...history(...closed))
      .when(reopen())
      .thenTypes('ReturnReopened', 'RefundEntitled');
  });
});

describe('Said twice, it is said once', () => {
  it.each([
    ['approve', inReview, approve()],
    ['decline', inReview, decline()],
    ['cancel', approved, cancel()],
    ['close', approved, close()],
    ['reopen', [...approved, close()], reopen()],
    ['expire', approved, expire()],
    ['review', approved, review()],
  ])('%s', (_, before, command) => {
    given(...history(...before, command))
      .when(command)
      .thenNothing();
  });
});

describe('Not everything follows on everything', () => {
  it.each([
    ['approve what was declined', [...inReview, decline()], approve()],
    ['approve what was cancelled', [...approved, cancel()], approve()],
    ['decline what was approved', approved, decline()],
    ['close what is in review', inReview, close()],
    ['cancel what was closed', [...approved, close()], cancel()],
    ['reopen what was cancelled', [...approved, cancel()], reopen()],
    ['review what was declined', [...inReview, decline()], review()],
  ])('nobody can %s', (_, before, command) => {
    given(...history(...before))
      .when(command)
      .thenRefused('invalid_state');
  });

  it('two returns of an order stand on their own', () => {
    const both = [
      order(),
      file([wish('shirt')]),
      file([wish('shirt')]),
      cancel(R1),
      receive('s1', [scanned('shirt')], { returnId: R2 }),
      submit({ returnId: R2, refundId: `${R2}-F1` }),
    ];
    given(...history(...both))
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
