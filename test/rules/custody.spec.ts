import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../src/finance/invariants.js';
import type { Fault } from '../../src/policy/rules/policy.events.js';
import type { DispositionElsewhere, ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import { countersOf, refundedAheadOf, statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedReturn,
  EVERYTHING,
  itemDisposed,
  itemGraded,
  itemMarkedMissing,
  itemMismatched,
  itemReceived,
  itemUnexpected,
  orderRegistered,
  parcelOpened,
  parcelScanned,
  receiptCorrected,
  refundEntitled,
  refundSubmitted,
  refundSucceeded,
  requested,
  restockBlocked,
  restockConfirmed,
  restockRequested,
  restockWithdrawn,
  returnClosed,
  returnSentToReview,
  REVIEW,
  unitRefund,
} from '../support/returns-events.js';
import {
  approve,
  card,
  correct,
  day,
  dispose,
  file,
  inspect,
  line,
  missing,
  order,
  R1,
  receive,
  S1,
  scanned,
  stockAnswers,
  termsUnder,
  tracking,
  warehouse,
  wish,
  withdraw,
} from './returns.scenes.js';

const inspected = { terms: termsUnder({ inspectionRequired: true }) };
const approved = [orderRegistered(), ...approvedReturn({ lines: EVERYTHING })];
const toInspect = [orderRegistered(), ...approvedReturn({ lines: EVERYTHING, ...inspected })];
/** One shirt has come, and its refund is owed. */
const received = [...approved, parcelOpened(), itemReceived(), refundEntitled()];
const bothShirts = [unitRefund('shirt', 0), unitRefund('shirt', 1)];
const bothReceived = [...approved, parcelOpened(), itemReceived({ units: [0, 1] }), refundEntitled(bothShirts)];
const bySku = (barcode: string, quantity = 1) => ({ lineId: null, barcode, quantity });

describe('Receiving', () => {
  it('counts a scan once, however often it is sent', () => {
    given(...received)
      .when(receive('s1', [scanned('shirt')]))
      .thenNothing();
    given(...received)
      .when(receive('s2', [scanned('shirt')]))
      .thenTypes('ItemReceived', 'RefundEntitled');
  });

  it('adds up over sessions and parcels; each parcel is opened once', () => {
    const second = receive('s2', [scanned('shirt')], { trackingNumber: 'TN-2' });
    given(...received)
      .when(second)
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundEntitled')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toEqual({
          authorised: 2,
          awaiting: 0,
          received: 2,
          missing: 0,
          kept: 0,
          released: 0,
          awaitingInspection: 2,
          graded: 0,
          disposed: 0,
          quarantined: 0,
        });
      });
  });

  it('sets more than was authorised aside, and never refunds it', () => {
    given(...toInspect)
      .when(receive('s1', [scanned('shirt', 5)]))
      .then(
        { type: 'ParcelOpened', data: { at: day(6), returnId: R1, ...warehouse, trackingNumber: 'TN-1' } },
        {
          type: 'ItemReceived',
          data: { at: day(6), returnId: R1, ...warehouse, scanId: 's1', lineId: 'shirt', units: [0, 1], barcode: null },
        },
        {
          type: 'ItemUnexpected',
          data: { at: day(6), returnId: R1, ...warehouse, scanId: 's1', lineId: 'shirt', barcode: null, quantity: 3, why: 'surplus' },
        },
      );
  });

  it('knows items by barcode and by SKU, and a stranger is no error', () => {
    given(...toInspect)
      .when(receive('s1', [bySku('40shirt'), bySku('SKU-cap'), bySku('4711')]))
      .thenTypes('ParcelOpened', 'ItemReceived', 'ItemReceived', 'ItemUnexpected')
      .and((_, events) => {
        expect(events[3]).toMatchObject({ data: { lineId: null, barcode: '4711', quantity: 1, why: 'not_in_return' } });
      });
  });

  it('takes a barcode on two lines for the one still awaited', () => {
    const twins = order({
      lines: [line('a', { sku: 'SAME', barcode: null }), line('b', { sku: 'SAME', barcode: null })],
      payments: [card(2870)],
    });
    const awaited = [orderRegistered(twins), ...approvedReturn({ lines: [requested('a'), requested('b')], ...inspected })];
    given(...awaited)
      .when(receive('s1', [bySku('SAME', 1)]))
      .and((_, events) => {
        expect(events[1]).toMatchObject({ type: 'ItemReceived', data: { lineId: 'a' } });
      });
    given(...awaited, parcelOpened(), itemReceived({ lineId: 'a', barcode: 'SAME' }))
      .when(receive('s2', [bySku('SAME')]))
      .and((_, events) => {
        expect(events[0]).toMatchObject({ type: 'ItemReceived', data: { lineId: 'b' } });
      });
  });

  it('takes an item of the order that is not in this return for not in the return', () => {
    given(orderRegistered(), ...approvedReturn({ lines: [requested('cap')] }))
      .when(receive('s1', [scanned('shirt')]))
      .and((_, events) => {
        expect(events[1]).toMatchObject({ type: 'ItemUnexpected', data: { lineId: 'shirt', why: 'not_in_return' } });
      });
  });

  it('refuses what no clerk can mean', () => {
    given(...approved)
      .when(receive('s1', [scanned('trousers')]))
      .thenRefused('unknown_line');
    given(...approved)
      .when(receive('s1', []))
      .thenRefused('validation_failed');
    given(...approved)
      .when(receive('s1', [scanned('shirt', 0)]))
      .thenRefused('validation_failed');
    given(...approved)
      .when(receive('s1', [{ lineId: null, barcode: null, quantity: 1 }]))
      .thenRefused('validation_failed');
    given(...approved)
      .when(receive('s1', [], { returnId: 'O-1-R7' }))
      .thenRefused('not_found');
  });

  it('finds an item that was given up as missing, and then owes its refund', () => {
    given(...approved, itemMarkedMissing())
      .when(receive('s1', [scanned('cap')]))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundEntitled');
  });
});

describe('A wrong scan', () => {
  it('is corrected by an event: the units are awaited again', () => {
    const scannedTwice = [...toInspect, parcelOpened(), itemReceived({ units: [0, 1] })];
    given(...scannedTwice)
      .when(correct('s1', 'c1', 1))
      .then({
        type: 'ReceiptCorrected',
        data: {
          at: day(6),
          returnId: R1,
          ...warehouse,
          scanId: 's1',
          correctionId: 'c1',
          lineId: 'shirt',
          units: [0],
          delta: -1,
          why: 'scanned twice',
        },
      });
    expect(fold([...scannedTwice, receiptCorrected()]).returns[0]!.lines[0]!.units.map((unit) => unit.place)).toEqual([
      'awaiting',
      'received',
    ]);
  });

  it('gives up the surplus first', () => {
    given(...toInspect, parcelOpened(), itemReceived({ units: [0, 1] }), itemUnexpected({ quantity: 3 }))
      .when(correct('s1', 'c1', 4))
      .and((state, events) => {
        expect(events).toMatchObject([{ data: { units: [0], delta: -4 } }]);
        expect(state.returns[0]!.scans).toMatchObject([{ received: [{ lineId: 'shirt', units: [1] }], unexpected: [] }]);
      });
  });

  it('is corrected once, by as much as it holds, and by name where it holds several things', () => {
    const both = [...toInspect, parcelOpened(), itemReceived({ units: [0, 1] }), itemReceived({ lineId: 'cap' })];
    given(...both, receiptCorrected())
      .when(correct('s1', 'c1', 1, 'shirt'))
      .thenNothing();
    given(...both)
      .when(correct('s1', 'c1', 3, 'shirt'))
      .thenRefused('invalid_state', /Only 2/);
    given(...both)
      .when(correct('s1', 'c1', 1))
      .thenRefused('validation_failed', /several lines/);
    given(...both)
      .when(correct('s9', 'c1', 1))
      .thenRefused('not_found');
  });

  it('stays when its items were graded since, and says what to do', () => {
    const graded = [
      ...toInspect,
      parcelOpened(),
      itemReceived(),
      itemGraded(),
      refundEntitled([unitRefund()], { at: day(7), trigger: 'inspected' }),
    ];
    given(...graded)
      .when(correct('s1', 'c1', 1))
      .thenRefused('invalid_state', /Nothing of this scan can be taken back .* put it into quarantine and tell finance/);
    given(...graded, itemDisposed(), restockRequested())
      .when(correct('s1', 'c1', 1))
      .thenRefused('invalid_state', /quarantine/);
  });
});

describe('A wrong scan that was refunded', () => {
  const sent = [...received, refundSubmitted()];
  const refunded = [...sent, refundSucceeded()];

  it.each([
    ['owed', received],
    ['on its way', sent],
    ['with the customer', refunded],
  ])('is taken back whether the money is %s: the unit is awaited, and refunded in advance', (_state, events) => {
    given(...events)
      .when(correct('s1', 'c1', 1))
      .thenTypes('ReceiptCorrected')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ awaiting: 2, received: 0 });
        expect(refundedAheadOf(state.returns[0]!)).toBe(1190);
        expect(faultsOf(state)).toEqual([]);
      });
  });

  it('is refunded once, however often the unit is scanned and taken back', () => {
    const again = [...refunded, receiptCorrected(), itemReceived({ scanId: 's2' }), receiptCorrected({ scanId: 's2', correctionId: 'c2' })];
    given(...again)
      .when(receive('s3', [scanned('shirt')]))
      .and(({ returns: [ret] }) => {
        expect(ret!.refunds).toHaveLength(1);
        expect(refundedAheadOf(ret!)).toBe(0);
      });
  });

  it('counts for the first piece that comes; the second is refunded as any other', () => {
    const other = [
      ...received,
      itemReceived({ scanId: 's2', units: [1] }),
      refundEntitled([unitRefund('shirt', 1)], { refundId: `${R1}-F2` }),
      receiptCorrected({ scanId: 's2', correctionId: 'c2', units: [1] }),
      receiptCorrected(),
    ];
    given(...refunded, receiptCorrected(), itemReceived({ scanId: 's2' }))
      .when(receive('s3', [scanned('shirt')]))
      .thenTypes('ItemReceived', 'RefundEntitled');
    given(...other)
      .when(receive('s3', [scanned('shirt', 2)]))
      .and(({ returns: [ret] }) => expect(ret!.refunds).toHaveLength(2));
  });

  it('stays awaited when another piece of the line is given up as missing', () => {
    given(...refunded, receiptCorrected())
      .when(missing('shirt'))
      .and((_, events) => expect(events).toMatchObject([{ data: { units: [1] } }]));
  });

  it('is still refunded in advance when it is marked missing, until the return is closed', () => {
    const aheadAfter = (...events: readonly ReturnsEvent[]) =>
      refundedAheadOf(fold([...refunded, receiptCorrected(), ...events]).returns[0]!);
    const lost = itemMarkedMissing({ lineId: 'shirt', units: [0, 1] });
    expect([aheadAfter(lost), aheadAfter(lost, returnClosed()), aheadAfter(returnClosed())]).toEqual([1190, 0, 0]);
  });

  it('after the return was closed does not free the unit for another return', () => {
    const all = [unitRefund('shirt', 0), unitRefund('shirt', 1), unitRefund('cap')];
    const closed = [
      ...approved,
      parcelOpened(),
      itemReceived({ units: [0, 1] }),
      itemReceived({ lineId: 'cap' }),
      refundEntitled(all, { breakdown: { shippingMinor: 490 } }),
      returnClosed(),
      receiptCorrected(),
    ];
    expect(refundedAheadOf(fold(closed).returns[0]!)).toBe(1190);
    given(...closed)
      .when(file([wish('shirt')], { at: day(21) }))
      .thenRefused('already_returned');
  });
});

describe('A wrong item in the box', () => {
  const mismatch = {
    type: 'RecordMismatch',
    at: day(6),
    returnId: R1,
    ...warehouse,
    scanId: 'm1',
    expectedLineId: 'shirt',
    foundBarcode: '4711',
    quantity: 1,
    noteRef: null,
    photoRefs: [],
  } as const;

  it('is a mismatch: the line stays awaited and nothing is refunded; told twice, it is told once', () => {
    given(...approved)
      .when(mismatch)
      .thenTypes('ItemMismatched')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ awaiting: 2, received: 0 });
      });
    given(...approved, itemMismatched())
      .when(mismatch)
      .thenNothing();
    given(...approved)
      .when({ ...mismatch, expectedLineId: 'trousers' })
      .thenRefused('unknown_line');
  });
});

describe('A shortfall', () => {
  it('ends only when somebody says so', () => {
    given(...bothReceived)
      .when(missing('cap'))
      .then({
        type: 'ItemMarkedMissing',
        data: { at: day(9), returnId: R1, ...warehouse, lineId: 'cap', units: [0], why: 'box was short' },
      });
    given(...approved)
      .when(missing('cap', 2))
      .thenRefused('invalid_state', /Only 1/);
  });
});

describe('Grading', () => {
  const allHere = [...toInspect, parcelOpened(), itemReceived({ units: [0, 1] }), itemReceived({ lineId: 'cap' })];

  it('owes the refund at the factor of the grade, where inspection is required', () => {
    given(...allHere)
      .when(inspect([{ grade: 'C' }]))
      .thenTypes('ItemGraded', 'RefundEntitled')
      .and((_, events) => {
        expect(events[1]).toMatchObject({
          data: { trigger: 'inspected', breakdown: { units: [{ unit: 0, factorBp: 7500, refundMinor: 893 }], totalMinor: 893 } },
        });
      });
  });

  it('pays a damaged item in full when merchant or carrier is at fault, else as the terms say', () => {
    const damaged = (fault: Fault) => [
      orderRegistered(),
      ...approvedReturn({ lines: [requested('shirt', [0], { fault })], ...inspected }),
      parcelOpened(),
      itemReceived(),
    ];
    const factors: unknown[] = [];
    for (const fault of ['customer', 'merchant', 'carrier'] as const)
      given(...damaged(fault))
        .when(inspect([{ grade: 'D' }]))
        .and((state) => factors.push(state.returns[0]!.lines[0]!.units[0]!.factorBp));
    expect(factors).toEqual([0, 10_000, 10_000]);
    given(...damaged('customer'))
      .when(inspect([{ grade: 'D' }]))
      .and((state, events) => {
        expect(events[1]).toMatchObject({ type: 'RefundEntitled', data: { breakdown: { totalMinor: 0, payments: [] } } });
        expect(statusOf(state, state.returns[0]!)).toBe('refunded');
      });
  });

  it('sends the case to review when an item is wrong or the box empty, and then pays nothing for it', () => {
    given(...allHere)
      .when(inspect([{ grade: 'X' }, { grade: 'A' }]))
      .thenTypes('ItemGraded', 'ItemGraded', 'ReturnSentToReview');
    given(
      ...allHere,
      itemGraded({ grade: 'X', factorBp: 0 }),
      itemGraded({ units: [1] }),
      returnSentToReview({
        at: day(7),
        reasons: [REVIEW.grade_x],
      }),
    )
      .when(approve(R1, day(9)))
      .thenTypes('ReturnApproved', 'RefundEntitled')
      .and((_, events) => {
        expect(events[1]).toMatchObject({
          data: {
            breakdown: {
              units: [
                { unit: 0, refundMinor: 0 },
                { unit: 1, refundMinor: 1190 },
              ],
            },
          },
        });
      });
  });

  it('later than the refund takes nothing back', () => {
    given(...bothReceived)
      .when(inspect([{ quantity: 2, grade: 'D' }]))
      .thenTypes('ItemGraded');
  });

  it('is of what has come, and of nothing else', () => {
    given(...allHere)
      .when(inspect([{ quantity: 3 }]))
      .thenRefused('invalid_state', /Only 2/);
    given(...allHere)
      .when(inspect([{ quantity: 2 }, {}]))
      .thenRefused('invalid_state', /Only 0/);
    given(...allHere, itemGraded({ units: [0, 1] }), refundEntitled(bothShirts, { at: day(7), trigger: 'inspected' }))
      .when(inspect([{}]))
      .thenRefused('invalid_state');
    given(...allHere)
      .when(inspect([]))
      .thenRefused('validation_failed');
  });
});

describe('Putting away', () => {
  const graded = [
    ...toInspect,
    parcelOpened(),
    itemReceived({ units: [0, 1] }),
    itemGraded({ grade: 'D', factorBp: 0 }),
    itemGraded({ units: [1] }),
    refundEntitled([unitRefund('shirt', 0, { factorBp: 0, refundMinor: 0 }), unitRefund('shirt', 1)], { at: day(7), trigger: 'inspected' }),
  ];
  const quarantined = [...graded, itemDisposed({ units: [0, 1], disposition: 'quarantine' })];

  it('restocks the best and asks the stock system, scraps the worst', () => {
    given(...graded)
      .when(dispose([{ disposition: 'restock' }, { disposition: 'scrap', location: null }]))
      .then(
        {
          type: 'ItemDisposed',
          data: { at: day(8), returnId: R1, ...warehouse, lineId: 'shirt', units: [1], disposition: 'restock', location: 'A-01' },
        },
        {
          type: 'RestockRequested',
          data: {
            at: day(8),
            returnId: R1,
            restockId: `${R1}-S1`,
            lineId: 'shirt',
            sku: 'SKU-shirt',
            title: 'Item shirt',
            quantity: 1,
            location: 'A-01',
          },
        },
        {
          type: 'ItemDisposed',
          data: { at: day(8), returnId: R1, ...warehouse, lineId: 'shirt', units: [0], disposition: 'scrap', location: null },
        },
      );
  });

  it('only what was graded', () => {
    given(...toInspect, parcelOpened(), itemReceived())
      .when(dispose([{}]))
      .thenRefused('invalid_state', /graded/);
    given(...graded, itemDisposed({ units: [0, 1] }), restockRequested({ quantity: 2 }))
      .when(dispose([{}]))
      .thenRefused('invalid_state');
  });

  it('quarantine is a place to wait in: the item is still held, and can be put away for good', () => {
    given(...graded)
      .when(dispose([{ quantity: 2, disposition: 'quarantine' }]))
      .thenTypes('ItemDisposed')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ graded: 2, disposed: 0, quarantined: 2 });
      });
    given(...quarantined)
      .when(dispose([{ disposition: 'return_to_customer' }]))
      .thenTypes('ItemDisposed');
    given(...quarantined)
      .when(dispose([{ disposition: 'quarantine' }]))
      .thenRefused('invalid_state');
  });

  it('a refused restock stays visible until the stock system takes it', () => {
    const asking = [...graded, itemDisposed({ units: [1] }), restockRequested()];
    const [blocked, confirmed] = [stockAnswers('blocked'), stockAnswers('confirmed')];
    given(...asking)
      .when(blocked)
      .then({ type: 'RestockBlocked', data: { at: day(9), returnId: R1, restockId: S1, reason: 'recalled' } });
    given(...asking, restockBlocked())
      .when(blocked)
      .thenNothing();
    given(...asking, restockBlocked())
      .when(confirmed)
      .then({ type: 'RestockConfirmed', data: { at: day(9), returnId: R1, restockId: S1 } });
    given(...asking, restockConfirmed())
      .when(confirmed)
      .thenNothing();
    given(...asking, restockConfirmed())
      .when(blocked)
      .thenRefused('invalid_state');
    given(...graded)
      .when(confirmed)
      .thenRefused('not_found');
  });
});

describe('A restock that the stock system refuses', () => {
  const graded = [
    ...toInspect,
    parcelOpened(),
    itemReceived({ units: [0, 1] }),
    itemGraded({ grade: 'B' }),
    itemGraded({ units: [1] }),
    refundEntitled(bothShirts, { at: day(7), trigger: 'inspected' }),
  ];
  const refused = [...graded, itemDisposed({ units: [0, 1] }), restockRequested({ quantity: 2 }), restockBlocked()];
  const S2 = `${R1}-S2`;
  const putElsewhere = (disposition: DispositionElsewhere) => [
    restockWithdrawn({ units: [0, 1] }),
    itemDisposed({ at: day(10), units: [0, 1], disposition, location: null }),
  ];
  const shirt = (events: readonly ReturnsEvent[]) => fold(events).returns[0]!.lines[0]!;

  it('ends elsewhere: its pieces leave the restock and go where the clerk says, and no money moves', () => {
    given(...refused)
      .when(withdraw({ location: 'BIN-7' }))
      .then(
        { type: 'RestockWithdrawn', data: { at: day(10), returnId: R1, ...warehouse, restockId: S1, lineId: 'shirt', units: [0, 1] } },
        {
          type: 'ItemDisposed',
          data: { at: day(10), returnId: R1, ...warehouse, lineId: 'shirt', units: [0, 1], disposition: 'recycle', location: 'BIN-7' },
        },
      )
      .and((state) => {
        expect(state.returns[0]!.restocks).toMatchObject([{ restockId: S1, state: 'withdrawn', reason: 'recalled', quantity: 2 }]);
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ graded: 2, disposed: 2, quarantined: 0 });
        expect(state.returns[0]!.lines[0]!.units.map((unit) => unit.disposition)).toEqual(['recycle', 'recycle']);
        expect(faultsOf(state)).toEqual([]);
      });
  });

  it('takes the pieces of this restock with it, and none of another of the same line', () => {
    const two = [
      ...graded,
      itemDisposed({ units: [1] }),
      restockRequested(),
      itemDisposed({ location: 'A-02' }),
      restockRequested({ restockId: S2, location: 'A-02' }),
      restockConfirmed(),
      restockBlocked({ restockId: S2 }),
    ];
    given(...two)
      .when(withdraw({ restockId: S2, disposition: 'donate' }))
      .and((state, events) => {
        expect(events).toMatchObject([
          { type: 'RestockWithdrawn', data: { units: [0] } },
          { type: 'ItemDisposed', data: { units: [0], disposition: 'donate' } },
        ]);
        expect(state.returns[0]!.restocks.map((restock) => restock.state)).toEqual(['confirmed', 'withdrawn']);
      });
  });

  it('may wait in quarantine, and from there each piece goes its own way, also back on sale by a new restock', () => {
    const waiting = [...refused, ...putElsewhere('quarantine')];
    expect(countersOf(shirt(waiting))).toMatchObject({ graded: 2, disposed: 0, quarantined: 2 });
    const parted = [
      ...waiting,
      itemDisposed({ disposition: 'scrap' }),
      itemDisposed({ units: [1] }),
      restockRequested({ restockId: S2 }),
      restockBlocked({ restockId: S2 }),
    ];
    expect(shirt(parted).units.map((unit) => unit.disposition)).toEqual(['scrap', 'restock']);
    given(...parted)
      .when(withdraw({ restockId: S2 }))
      .and((_, events) => expect(events[0]).toMatchObject({ data: { restockId: S2, units: [1] } }));
  });

  it('is settled once: whoever comes second is told what became of it', () => {
    given(...refused, ...putElsewhere('recycle'))
      .when(withdraw())
      .thenRefused('invalid_state', /put elsewhere already: recycle\./);
    given(...refused, ...putElsewhere('recycle'))
      .when(stockAnswers('confirmed'))
      .thenRefused('invalid_state', /put elsewhere already: recycle\./);
    given(...refused, ...putElsewhere('recycle'))
      .when(stockAnswers('blocked'))
      .thenRefused('invalid_state', /put elsewhere already/);
    given(...refused, restockConfirmed())
      .when(withdraw())
      .thenRefused('invalid_state', /back on sale already/);
    given(...refused, ...putElsewhere('return_to_vendor'))
      .when(withdraw())
      .thenRefused('invalid_state', /return to vendor/);
  });

  it('is refused first: what the stock system has not answered is not taken from it', () => {
    given(...graded, itemDisposed({ units: [1] }), restockRequested())
      .when(withdraw())
      .thenRefused('invalid_state', /has not refused .* wait for its answer/);
    given(...graded)
      .when(withdraw())
      .thenRefused('not_found');
  });

  it('may be settled after the return has ended', () => {
    given(...refused, returnClosed())
      .when(withdraw())
      .thenTypes('RestockWithdrawn', 'ItemDisposed');
  });
});

describe('The refund is owed when the terms say so', () => {
  const under = (refundTrigger: 'firstScan' | 'delivered' | 'received' | 'inspected') => [
    orderRegistered(),
    ...approvedReturn({ terms: termsUnder({ refundTrigger }) }),
  ];

  it.each([
    ['firstScan', tracking('scanned'), ['ParcelScanned', 'RefundEntitled']],
    ['delivered', tracking('scanned'), ['ParcelScanned']],
    ['delivered', tracking('delivered'), ['ParcelDelivered', 'RefundEntitled']],
    ['received', tracking('delivered'), ['ParcelDelivered']],
    ['received', receive('s1', [scanned('shirt')]), ['ParcelOpened', 'ItemReceived', 'RefundEntitled']],
    ['inspected', receive('s1', [scanned('shirt')]), ['ParcelOpened', 'ItemReceived']],
  ] as const)('%s', (trigger, command, types) => {
    given(...under(trigger))
      .when(command)
      .thenTypes(...types);
  });

  it('once: what was refunded on the first scan is not refunded when it comes', () => {
    given(...under('firstScan'), parcelScanned(), refundEntitled(bothShirts, { at: day(4), trigger: 'firstScan' }))
      .when(receive('s1', [scanned('shirt', 2)]))
      .thenTypes('ParcelOpened', 'ItemReceived');
  });
});
