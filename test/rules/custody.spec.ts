import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../src/finance/invariants.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import { countersOf, refundedAheadOf, statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given, history } from '../support/given-when-then.js';
import {
  approve,
  card,
  close,
  correct,
  day,
  dispose,
  file,
  inspect,
  line,
  missing,
  order,
  outcome,
  policy,
  R1,
  receive,
  S1,
  scanned,
  stockAnswers,
  submit,
  succeeded,
  tracking,
  warehouse,
  wish,
  withdraw,
} from './returns.scenes.js';

const inspected = { policy: policy({ inspectionRequired: true }) };
const asked = [order(), file([wish('shirt', 2), wish('cap')])];
const toInspect = [order(), file([wish('shirt', 2), wish('cap')], inspected)];
const bySku = (barcode: string, quantity = 1) => ({ lineId: null, barcode, quantity });

describe('Receiving', () => {
  it('counts a scan once, however often it is sent', () => {
    given(...history(...asked, receive('s1', [scanned('shirt')])))
      .when(receive('s1', [scanned('shirt')]))
      .thenNothing();
    given(...history(...asked, receive('s1', [scanned('shirt')])))
      .when(receive('s2', [scanned('shirt')]))
      .thenTypes('ItemReceived', 'RefundEntitled');
  });

  it('adds up over sessions and parcels; each parcel is opened once', () => {
    const second = receive('s2', [scanned('shirt')], { trackingNumber: 'TN-2' });
    given(...history(...asked, receive('s1', [scanned('shirt')])))
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
    given(...history(...toInspect))
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
    given(...history(...toInspect))
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
    given(...history(twins, file([wish('a'), wish('b')], inspected)))
      .when(receive('s1', [bySku('SAME', 1)]))
      .and((_, events) => {
        expect(events[1]).toMatchObject({ type: 'ItemReceived', data: { lineId: 'a' } });
      });
    given(...history(twins, file([wish('a'), wish('b')], inspected), receive('s1', [bySku('SAME')])))
      .when(receive('s2', [bySku('SAME')]))
      .and((_, events) => {
        expect(events[0]).toMatchObject({ type: 'ItemReceived', data: { lineId: 'b' } });
      });
  });

  it('takes an item of the order that is not in this return for not in the return', () => {
    given(...history(order(), file([wish('cap')])))
      .when(receive('s1', [scanned('shirt')]))
      .and((_, events) => {
        expect(events[1]).toMatchObject({ type: 'ItemUnexpected', data: { lineId: 'shirt', why: 'not_in_return' } });
      });
  });

  it('refuses what no clerk can mean', () => {
    given(...history(...asked))
      .when(receive('s1', [scanned('trousers')]))
      .thenRefused('unknown_line');
    given(...history(...asked))
      .when(receive('s1', []))
      .thenRefused('validation_failed');
    given(...history(...asked))
      .when(receive('s1', [scanned('shirt', 0)]))
      .thenRefused('validation_failed');
    given(...history(...asked))
      .when(receive('s1', [{ lineId: null, barcode: null, quantity: 1 }]))
      .thenRefused('validation_failed');
    given(...history(...asked))
      .when(receive('s1', [], { returnId: 'O-1-R7' }))
      .thenRefused('not_found');
  });

  it('finds an item that was given up as missing, and then owes its refund', () => {
    given(...history(...asked, missing('cap')))
      .when(receive('s1', [scanned('cap')]))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundEntitled');
  });
});

describe('A wrong scan', () => {
  it('is corrected by an event: the units are awaited again', () => {
    given(...history(...toInspect, receive('s1', [scanned('shirt', 2)])))
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
    expect(
      fold(history(...toInspect, receive('s1', [scanned('shirt', 2)]), correct('s1', 'c1', 1))).returns[0]!.lines[0]!.units.map(
        (unit) => unit.place,
      ),
    ).toEqual(['awaiting', 'received']);
  });

  it('gives up the surplus first', () => {
    given(...history(...toInspect, receive('s1', [scanned('shirt', 5)])))
      .when(correct('s1', 'c1', 4))
      .and((state, events) => {
        expect(events).toMatchObject([{ data: { units: [0], delta: -4 } }]);
        expect(state.returns[0]!.scans).toMatchObject([{ received: [{ lineId: 'shirt', units: [1] }], unexpected: [] }]);
      });
  });

  it('is corrected once, by as much as it holds, and by name where it holds several things', () => {
    const both = [...toInspect, receive('s1', [scanned('shirt', 2), scanned('cap')])];
    given(...history(...both, correct('s1', 'c1', 1, 'shirt')))
      .when(correct('s1', 'c1', 1, 'shirt'))
      .thenNothing();
    given(...history(...both))
      .when(correct('s1', 'c1', 3, 'shirt'))
      .thenRefused('invalid_state', /Only 2/);
    given(...history(...both))
      .when(correct('s1', 'c1', 1))
      .thenRefused('validation_failed', /several lines/);
    given(...history(...both))
      .when(correct('s9', 'c1', 1))
      .thenRefused('not_found');
  });

  it('stays when its items were graded since, and says what to do', () => {
    given(...history(...toInspect, receive('s1', [scanned('shirt')]), inspect([{}])))
      .when(correct('s1', 'c1', 1))
      .thenRefused('invalid_state', /Nothing of this scan can be taken back .* put it into quarantine and tell finance/);
    given(...history(...toInspect, receive('s1', [scanned('shirt')]), inspect([{}]), dispose([{}])))
      .when(correct('s1', 'c1', 1))
      .thenRefused('invalid_state', /quarantine/);
  });
});

describe('A wrong scan that was refunded', () => {
  const refunded = [...asked, receive('s1', [scanned('shirt')]), submit(), outcome(succeeded)];
  const first = (events: readonly ReturnsEvent[]) => fold(events).returns[0]!;

  it.each([
    ['owed', [...asked, receive('s1', [scanned('shirt')])]],
    ['on its way', [...asked, receive('s1', [scanned('shirt')]), submit()]],
    ['with the customer', refunded],
  ])('is taken back whether the money is %s: the unit is awaited, and refunded in advance', (_state, commands) => {
    given(...history(...commands))
      .when(correct('s1', 'c1', 1))
      .thenTypes('ReceiptCorrected')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ awaiting: 2, received: 0 });
        expect(refundedAheadOf(state.returns[0]!)).toBe(1190);
        expect(faultsOf(state)).toEqual([]);
      });
  });

  it('is refunded once, however often the unit is scanned and taken back', () => {
    const again = [
      ...refunded,
      correct('s1', 'c1', 1),
      receive('s2', [scanned('shirt')]),
      correct('s2', 'c2', 1),
      receive('s3', [scanned('shirt')]),
    ];
    expect(first(history(...again)).refunds).toHaveLength(1);
    expect(refundedAheadOf(first(history(...again)))).toBe(0);
  });

  it('counts for the first piece that comes; the second is refunded as any other', () => {
    const other = [
      ...asked,
      receive('s1', [scanned('shirt')]),
      receive('s2', [scanned('shirt')]),
      correct('s2', 'c2', 1),
      correct('s1', 'c1', 1),
    ];
    given(...history(...refunded, correct('s1', 'c1', 1), receive('s2', [scanned('shirt')])))
      .when(receive('s3', [scanned('shirt')]))
      .thenTypes('ItemReceived', 'RefundEntitled');
    expect(first(history(...other, receive('s3', [scanned('shirt', 2)]))).refunds).toHaveLength(2);
  });

  it('stays awaited when another piece of the line is given up as missing', () => {
    given(...history(...refunded, correct('s1', 'c1', 1)))
      .when(missing('shirt'))
      .and((_, events) => expect(events).toMatchObject([{ data: { units: [1] } }]));
  });

  it('is still refunded in advance when it is marked missing, until the return is closed', () => {
    const lost = [...refunded, correct('s1', 'c1', 1), missing('shirt', 2)];
    expect(refundedAheadOf(first(history(...lost)))).toBe(1190);
    expect(refundedAheadOf(first(history(...lost, close())))).toBe(0);
    expect(refundedAheadOf(first(history(...refunded, correct('s1', 'c1', 1), close())))).toBe(0);
  });

  it('after the return was closed does not free the unit for another return', () => {
    const closed = history(...asked, receive('s1', [scanned('shirt', 2), scanned('cap')]), close(), correct('s1', 'c1', 1, 'shirt'));
    expect(refundedAheadOf(first(closed))).toBe(1190);
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
    given(...history(...asked))
      .when(mismatch)
      .thenTypes('ItemMismatched')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ awaiting: 2, received: 0 });
      });
    given(...history(...asked, mismatch))
      .when(mismatch)
      .thenNothing();
    given(...history(...asked))
      .when({ ...mismatch, expectedLineId: 'trousers' })
      .thenRefused('unknown_line');
  });
});

describe('A shortfall', () => {
  it('ends only when somebody says so', () => {
    given(...history(...asked, receive('s1', [scanned('shirt', 2)])))
      .when(missing('cap'))
      .then({
        type: 'ItemMarkedMissing',
        data: { at: day(9), returnId: R1, ...warehouse, lineId: 'cap', units: [0], why: 'box was short' },
      });
    given(...history(...asked))
      .when(missing('cap', 2))
      .thenRefused('invalid_state', /Only 1/);
  });
});

describe('Grading', () => {
  const received = [...toInspect, receive('s1', [scanned('shirt', 2), scanned('cap')])];

  it('owes the refund at the factor of the grade, where inspection is required', () => {
    given(...history(...received))
      .when(inspect([{ grade: 'C' }]))
      .thenTypes('ItemGraded', 'RefundEntitled')
      .and((_, events) => {
        expect(events[1]).toMatchObject({
          data: { trigger: 'inspected', breakdown: { units: [{ unit: 0, factorBp: 7500, refundMinor: 893 }], totalMinor: 893 } },
        });
      });
  });

  it('pays a damaged item in full when merchant or carrier is at fault, else as the terms say', () => {
    const damaged = (reason: string) => [order(), file([wish('shirt', 1, { reason })], inspected), receive('s1', [scanned('shirt')])];
    const factor = (reason: string) =>
      fold(history(...damaged(reason), inspect([{ grade: 'D' }]))).returns[0]!.lines[0]!.units[0]!.factorBp;
    expect([factor('too_small'), factor('defective'), factor('arrived_damaged')]).toEqual([0, 10_000, 10_000]);
    given(...history(...damaged('too_small')))
      .when(inspect([{ grade: 'D' }]))
      .and((state, events) => {
        expect(events[1]).toMatchObject({ type: 'RefundEntitled', data: { breakdown: { totalMinor: 0, payments: [] } } });
        expect(statusOf(state, state.returns[0]!)).toBe('refunded');
      });
  });

  it('sends the case to review when an item is wrong or the box empty, and then pays nothing for it', () => {
    given(...history(...received))
      .when(inspect([{ grade: 'X' }, { grade: 'A' }]))
      .thenTypes('ItemGraded', 'ItemGraded', 'ReturnSentToReview');
    given(...history(...received, inspect([{ grade: 'X' }, { grade: 'A' }])))
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
    const paid = [...asked, receive('s1', [scanned('shirt', 2)])];
    given(...history(...paid))
      .when(inspect([{ quantity: 2, grade: 'D' }]))
      .thenTypes('ItemGraded');
  });

  it('is of what has come, and of nothing else', () => {
    given(...history(...received))
      .when(inspect([{ quantity: 3 }]))
      .thenRefused('invalid_state', /Only 2/);
    given(...history(...received))
      .when(inspect([{ quantity: 2 }, {}]))
      .thenRefused('invalid_state', /Only 0/);
    given(...history(...received, inspect([{ quantity: 2 }])))
      .when(inspect([{}]))
      .thenRefused('invalid_state');
    given(...history(...received))
      .when(inspect([]))
      .thenRefused('validation_failed');
  });
});

describe('Putting away', () => {
  const graded = [...toInspect, receive('s1', [scanned('shirt', 2)]), inspect([{ grade: 'D' }, { grade: 'A' }])];

  it('restocks the best and asks the stock system, scraps the worst', () => {
    given(...history(...graded))
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
    given(...history(...toInspect, receive('s1', [scanned('shirt')])))
      .when(dispose([{}]))
      .thenRefused('invalid_state', /graded/);
    given(...history(...graded, dispose([{ quantity: 2 }])))
      .when(dispose([{}]))
      .thenRefused('invalid_state');
  });

  it('quarantine is a place to wait in: the item is still held, and can be put away for good', () => {
    given(...history(...graded))
      .when(dispose([{ quantity: 2, disposition: 'quarantine' }]))
      .thenTypes('ItemDisposed')
      .and((state) => {
        expect(countersOf(state.returns[0]!.lines[0]!)).toMatchObject({ graded: 2, disposed: 0, quarantined: 2 });
      });
    given(...history(...graded, dispose([{ quantity: 2, disposition: 'quarantine' }])))
      .when(dispose([{ disposition: 'return_to_customer' }]))
      .thenTypes('ItemDisposed');
    given(...history(...graded, dispose([{ quantity: 2, disposition: 'quarantine' }])))
      .when(dispose([{ disposition: 'quarantine' }]))
      .thenRefused('invalid_state');
  });

  it('a refused restock stays visible until the stock system takes it', () => {
    const asking = [...graded, dispose([{}])];
    const [blocked, confirmed] = [stockAnswers('blocked'), stockAnswers('confirmed')];
    given(...history(...asking))
      .when(blocked)
      .then({ type: 'RestockBlocked', data: { at: day(9), returnId: R1, restockId: S1, reason: 'recalled' } });
    given(...history(...asking, blocked))
      .when(blocked)
      .thenNothing();
    given(...history(...asking, blocked))
      .when(confirmed)
      .then({ type: 'RestockConfirmed', data: { at: day(9), returnId: R1, restockId: S1 } });
    given(...history(...asking, confirmed))
      .when(confirmed)
      .thenNothing();
    given(...history(...asking, confirmed))
      .when(blocked)
      .thenRefused('invalid_state');
    given(...history(...graded))
      .when(confirmed)
      .thenRefused('not_found');
  });
});

describe('A restock that the stock system refuses', () => {
  const graded = [...toInspect, receive('s1', [scanned('shirt', 2)]), inspect([{ grade: 'B' }, { grade: 'A' }])];
  const refused = [...graded, dispose([{ quantity: 2 }]), stockAnswers('blocked')];
  const shirt = (events: readonly ReturnsEvent[]) => fold(events).returns[0]!.lines[0]!;

  it('ends elsewhere: its pieces leave the restock and go where the clerk says, and no money moves', () => {
    given(...history(...refused))
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
    const two = [...graded, dispose([{}]), dispose([{ location: 'A-02' }]), stockAnswers('confirmed'), stockAnswers('blocked', `${R1}-S2`)];
    given(...history(...two))
      .when(withdraw({ restockId: `${R1}-S2`, disposition: 'donate' }))
      .and((state, events) => {
        expect(events).toMatchObject([
          { type: 'RestockWithdrawn', data: { units: [0] } },
          { type: 'ItemDisposed', data: { units: [0], disposition: 'donate' } },
        ]);
        expect(state.returns[0]!.restocks.map((restock) => restock.state)).toEqual(['confirmed', 'withdrawn']);
      });
  });

  it('may wait in quarantine, and from there each piece goes its own way, also back on sale by a new restock', () => {
    const waiting = [...refused, withdraw({ disposition: 'quarantine' })];
    expect(countersOf(shirt(history(...waiting)))).toMatchObject({ graded: 2, disposed: 0, quarantined: 2 });
    const parted = history(
      ...waiting,
      dispose([{ disposition: 'scrap' }, { disposition: 'restock' }]),
      stockAnswers('blocked', `${R1}-S2`),
    );
    expect(shirt(parted).units.map((unit) => unit.disposition)).toEqual(['scrap', 'restock']);
    given(...parted)
      .when(withdraw({ restockId: `${R1}-S2` }))
      .and((_, events) => expect(events[0]).toMatchObject({ data: { restockId: `${R1}-S2`, units: [1] } }));
  });

  it('is settled once: whoever comes second is told what became of it', () => {
    given(...history(...refused, withdraw()))
      .when(withdraw())
      .thenRefused('invalid_state', /put elsewhere already: recycle\./);
    given(...history(...refused, withdraw()))
      .when(stockAnswers('confirmed'))
      .thenRefused('invalid_state', /put elsewhere already: recycle\./);
    given(...history(...refused, withdraw()))
      .when(stockAnswers('blocked'))
      .thenRefused('invalid_state', /put elsewhere already/);
    given(...history(...refused, stockAnswers('confirmed')))
      .when(withdraw())
      .thenRefused('invalid_state', /back on sale already/);
    given(...history(...refused, withdraw({ disposition: 'return_to_vendor' })))
      .when(withdraw())
      .thenRefused('invalid_state', /return to vendor/);
  });

  it('is refused first: what the stock system has not answered is not taken from it', () => {
    given(...history(...graded, dispose([{}])))
      .when(withdraw())
      .thenRefused('invalid_state', /has not refused .* wait for its answer/);
    given(...history(...graded))
      .when(withdraw())
      .thenRefused('not_found');
  });

  it('may be settled after the return has ended', () => {
    given(...history(...refused, close()))
      .when(withdraw())
      .thenTypes('RestockWithdrawn', 'ItemDisposed');
  });
});

describe('The refund is owed when the terms say so', () => {
  const under = (refundTrigger: 'firstScan' | 'delivered' | 'received' | 'inspected') => [
    order(),
    file([wish('shirt', 2)], { policy: policy({ refundTrigger }) }),
  ];

  it.each([
    ['firstScan', tracking('scanned'), ['ParcelScanned', 'RefundEntitled']],
    ['delivered', tracking('scanned'), ['ParcelScanned']],
    ['delivered', tracking('delivered'), ['ParcelDelivered', 'RefundEntitled']],
    ['received', tracking('delivered'), ['ParcelDelivered']],
    ['received', receive('s1', [scanned('shirt')]), ['ParcelOpened', 'ItemReceived', 'RefundEntitled']],
    ['inspected', receive('s1', [scanned('shirt')]), ['ParcelOpened', 'ItemReceived']],
  ] as const)('%s', (trigger, command, types) => {
    given(...history(...under(trigger)))
      .when(command)
      .thenTypes(...types);
  });

  it('once: what was refunded on the first scan is not refunded when it comes', () => {
    given(...history(...under('firstScan'), tracking('scanned')))
      .when(receive('s1', [scanned('shirt', 2)]))
      .thenTypes('ParcelOpened', 'ItemReceived');
  });
});
