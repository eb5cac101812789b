import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RecordLabelOutcome, RecordLabelVoid, RecordTracking } from '../../src/returns/rules/decide/parcel.js';
import { returnsDecider } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { statusOf } from '../../src/returns/rules/returns.status.js';
import { newsOf } from '../../src/returns/words/news.words.js';
import { nextStep } from '../../src/returns/words/next-step.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedReturn,
  itemReceived,
  labelFailed,
  labelIssued,
  labelParked,
  labelRequested,
  labelVoidConfirmed,
  labelVoided,
  orderRegistered,
  parcelDelivered,
  parcelLost,
  parcelOpened,
  parcelScanned,
  pickupCompleted,
  pickupMissed,
  pickupScheduled,
  refundEntitled,
  requested,
  returnCancelled,
  returnSentToReview,
  unitRefund,
} from '../support/returns-events.js';
import { day, issueLabel, R1, tracking } from './returns.scenes.js';

const approved = [orderRegistered(), ...approvedReturn({ lines: [requested('cap')] })];
const shipped = [...approved, labelIssued()];
const cancelled = [...approved, labelVoided(), returnCancelled()];
/** What carriers report one after the other, as it is decided. */
const reported = (events: readonly ReturnsEvent[], news: readonly RecordTracking[]): ReturnsState =>
  news.reduce((state, each) => fold(returnsDecider.decide(each, state), state), fold(events));
const L1 = `${R1}-L1`;
const came = (outcome: RecordLabelOutcome['outcome'], labelId = L1) => issueLabel(labelId, 'TN-1', { outcome });
const requestLabel = { type: 'RequestLabel', at: day(3), returnId: R1, carrier: 'builtin' } as const;
const voidLabel = { type: 'VoidLabel', at: day(3), returnId: R1, labelId: L1, why: 'address_changed' } as const;

describe('A label', () => {
  it('is issued with its tracking number, cost and document; told twice, it is told once', () => {
    given(...approved)
      .when(issueLabel())
      .then({
        type: 'LabelIssued',
        data: {
          at: day(2),
          returnId: R1,
          labelId: L1,
          carrier: 'builtin',
          trackingNumber: 'TN-1',
          costMinor: 390,
          documentRef: `doc-${L1}`,
        },
      });
    given(...shipped)
      .when(issueLabel())
      .thenNothing();
  });

  it('says who made it, where that is not the carrier that was asked', () => {
    const data = { trackingNumber: 'TN-1', costMinor: 0, documentRef: 'd' };
    given(...approved)
      .when(came({ kind: 'issued', code: null, carrier: 'another', ...data }))
      .then({ type: 'LabelIssued', data: { at: day(2), returnId: R1, labelId: L1, carrier: 'another', ...data } });
  });

  it('is a code where the customer drops the parcel off', () => {
    given(orderRegistered(), ...approvedReturn({ lines: [requested('cap')], method: 'drop_off' }))
      .when(came({ kind: 'issued', trackingNumber: 'TN-1', code: 'QR-1', costMinor: 1, documentRef: 'd' }))
      .thenTypes('DropOffCodeIssued');
  });

  it('that failed can still be issued; that is parked waits for a person, who asks for another', () => {
    const parked = came({ kind: 'parked', code: 'carrier_down', attempts: 8 });
    given(...approved, labelFailed())
      .when(issueLabel())
      .thenTypes('LabelIssued');
    given(...approved, labelFailed())
      .when(parked)
      .then({ type: 'LabelParked', data: { at: day(2), returnId: R1, labelId: L1, code: 'carrier_down', attempts: 8 } });
    given(...approved, labelFailed(), labelParked())
      .when(parked)
      .thenNothing();
    given(...approved, labelFailed(), labelParked())
      .when(requestLabel)
      .then({ type: 'LabelRequested', data: { at: day(3), returnId: R1, labelId: `${R1}-L2`, carrier: 'builtin', kind: 'label' } });
  });

  it('is asked for once at a time', () => {
    given(...approved)
      .when(requestLabel)
      .thenNothing();
    given(...shipped)
      .when(requestLabel)
      .thenTypes('LabelRequested');
    const nineMore = Array.from({ length: 9 }, (_, index) => {
      const labelId = `${R1}-L${index + 2}`;
      return [
        labelRequested({ at: day(3), labelId }),
        labelIssued({ labelId, trackingNumber: `TN-${index + 2}`, documentRef: `doc-${labelId}` }),
      ];
    }).flat();
    given(...shipped, ...nineMore)
      .when(requestLabel)
      .thenRefused('invalid_state', /at most 10/);
  });

  it('is for approved returns whose way back the shop buys', () => {
    given(...approved, returnSentToReview())
      .when(requestLabel)
      .thenRefused('invalid_state', /approved/);
    given(orderRegistered(), ...approvedReturn({ lines: [requested('cap')], method: 'in_store' }))
      .when(requestLabel)
      .thenRefused('invalid_state');
  });

  it('can be voided until a carrier has scanned it', () => {
    given(...shipped)
      .when(voidLabel)
      .thenTypes('LabelVoided');
    given(...shipped, labelVoided({ why: 'address_changed' }))
      .when(voidLabel)
      .thenNothing();
    given(...shipped, parcelScanned())
      .when(voidLabel)
      .thenRefused('invalid_state', /scanned/);
    given(...approved)
      .when({ ...voidLabel, labelId: 'L9' })
      .thenRefused('not_found');
  });

  it('that is void has what the carrier says to taking it back recorded, until its last word', () => {
    const says = (outcome: RecordLabelVoid['outcome']): RecordLabelVoid => ({
      ...{ type: 'RecordLabelVoid', at: day(4), returnId: R1, labelId: L1, outcome, code: null },
    });
    const isVoid = [...shipped, labelVoided()];
    given(...shipped)
      .when(says('refunded'))
      .thenNothing();
    given(...isVoid)
      .when(says('submitted'))
      .thenTypes('LabelVoidConfirmed')
      .and((state) => {
        expect(state.returns[0]!.labels).toMatchObject([{ state: 'voided', voidOutcome: 'submitted' }]);
      });
    given(...isVoid, labelVoidConfirmed())
      .when(says('submitted'))
      .thenNothing();
    given(...isVoid, labelVoidConfirmed())
      .when(says('rejected'))
      .thenTypes('LabelVoidConfirmed');
    given(...isVoid, labelVoidConfirmed({ outcome: 'refunded' }))
      .when(says('rejected'))
      .thenNothing();
  });

  it('bought while the return was being cancelled is recorded with its cost, and void', () => {
    given(...cancelled)
      .when(issueLabel())
      .thenTypes('LabelIssued', 'LabelVoided')
      .and((state) => {
        expect(state.returns[0]!.labels).toMatchObject([{ state: 'voided', costMinor: 390, trackingNumber: 'TN-1' }]);
      });
    given(...cancelled, labelIssued(), labelVoided({ at: day(2), why: 'issued_after_void' }))
      .when(issueLabel())
      .thenNothing();
    given(...cancelled)
      .when(came({ kind: 'failed', code: 'x', retryable: false }))
      .thenNothing();
  });
});

describe('What the carrier reports', () => {
  const after = (...news: readonly RecordTracking[]): ReturnsState => reported(shipped, news);
  const parcel = (...news: readonly RecordTracking[]) => after(...news).returns[0]!.parcels[0]!;

  it('moves the parcel, and the same news of the same moment moves it once', () => {
    given(...shipped)
      .when(tracking('scanned'))
      .then({ type: 'ParcelScanned', data: { at: day(4), returnId: R1, trackingNumber: 'TN-1', place: null } });
    given(...shipped, parcelScanned())
      .when(tracking('scanned'))
      .thenNothing();
    given(...shipped, parcelScanned())
      .when(tracking('in_transit', day(5)))
      .thenTypes('ParcelScanned');
    given(...shipped, parcelDelivered())
      .when(tracking('delivered', day(5), { isTimed: false }))
      .thenNothing();
    given(...shipped, parcelScanned())
      .when(tracking('in_transit', day(5), { isTimed: false }))
      .thenNothing();
    given(...shipped, parcelScanned())
      .when(tracking('in_transit', day(5), { isTimed: false, place: 'Bonn' }))
      .thenTypes('ParcelScanned');
  });

  it('counts by its own time: what was lost before it was delivered is not lost, however late that is told', () => {
    const delivered = tracking('delivered', '2026-03-04T10:10:00.000Z');
    const lost = tracking('lost', '2026-03-04T10:00:00.000Z');
    given(...shipped, parcelDelivered({ at: '2026-03-04T10:10:00.000Z' }))
      .when(lost)
      .thenTypes('ParcelLost')
      .and((state) => {
        const ret = state.returns[0]!;
        expect(ret.parcels).toMatchObject([{ phase: 'delivered', lastAt: delivered.at, troubleAt: null }]);
        expect([statusOf(state, ret), newsOf(state.order!, ret, 'en')]).toEqual(['delivered', []]);
        expect(nextStep(state, ret, { language: 'en', timeZone: 'UTC' }).next).toMatch(/has arrived/);
      });
    given(...shipped, parcelDelivered({ at: '2026-03-04T10:10:00.000Z' }), parcelLost({ at: '2026-03-04T10:00:00.000Z' }))
      .when(lost)
      .thenNothing();
    expect(parcel(delivered, tracking('delayed', day(4)), tracking('exception', day(4), { code: 'wet' }))).toMatchObject({
      delayed: false,
      exception: null,
    });
    expect(parcel(delivered, tracking('lost', day(5)))).toMatchObject({ phase: 'lost', troubleAt: day(5) });
    expect(parcel(tracking('lost', day(5)), tracking('scanned', day(6)), tracking('delayed', day(4)))).toMatchObject({
      phase: 'in_transit',
      troubleAt: day(4),
      lastAt: day(6),
    });
  });

  it('of one parcel says nothing of the other of the same return', () => {
    const both = [
      tracking('delivered', day(6), { trackingNumber: 'TN-2' }),
      tracking('lost', day(5)),
      tracking('delayed', day(7), { trackingNumber: 'TN-2' }),
    ];
    const ret = after(...both).returns[0]!;
    expect(ret.parcels).toMatchObject([
      { trackingNumber: 'TN-2', phase: 'delivered' },
      { trackingNumber: 'TN-1', phase: 'lost', troubleAt: day(5) },
    ]);
  });

  it('that a parcel is lost which nobody has seen is what happens next too', () => {
    const state = fold([...shipped, parcelLost({ at: day(5) })]);
    expect(nextStep(state, state.returns[0]!, { language: 'en', timeZone: 'UTC' })).toMatchObject({
      next: expect.stringMatching(/what became of your parcel/),
      nextBy: null,
    });
  });

  it('comes to the same parcel in whatever order, and however often it is told', () => {
    const facts = fc.record({
      status: fc.constantFrom('scanned', 'in_transit', 'delayed', 'exception', 'lost', 'delivered'),
      at: fc.integer({ min: 4, max: 9 }).map(day),
      place: fc.constantFrom(null, 'Bonn', 'Köln'),
      code: fc.constantFrom(null, 'wet', 'torn'),
      trackingNumber: fc.constantFrom('TN-1', 'TN-2'),
    });
    const told = fc.array(facts, { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(
        told.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }))),
        ([all, shuffled]) => {
          const seen = (list: typeof all) => {
            const { parcels, milestones } = after(...list.map(({ status, at, ...rest }) => tracking(status, at, rest))).returns[0]!;
            return { milestones, parcels: parcels.toSorted((a, b) => a.trackingNumber!.localeCompare(b.trackingNumber!)) };
          };
          expect(seen(shuffled)).toEqual(seen(all));
        },
      ),
      { numRuns: 300, seed: 20261130 },
    );
  });

  it('means the only parcel when it names none', () => {
    given(...shipped)
      .when(tracking('scanned', day(4), { trackingNumber: null }))
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { trackingNumber: 'TN-1' } }]);
      });
  });

  it('may come in any order: a late scan does not take a delivered parcel back, and the first scan is the earliest', () => {
    expect(parcel(tracking('delivered', day(6)), tracking('scanned', day(4)))).toMatchObject({
      phase: 'delivered',
      firstScanAt: day(4),
      deliveredAt: day(6),
    });
    expect(after(tracking('delivered', day(6)), tracking('scanned', day(4))).returns[0]!.milestones).toMatchObject({
      firstScanAt: day(4),
      deliveredAt: day(6),
    });
  });

  it('tells of delays, exceptions and losses, and a lost parcel can turn up', () => {
    expect(parcel(tracking('delayed', day(4), { expectedAt: day(9) }), tracking('exception', day(5), { code: 'wet' }))).toMatchObject({
      delayed: true,
      exception: 'wet',
    });
    expect(parcel(tracking('scanned'), tracking('lost', day(9)))).toMatchObject({ phase: 'lost' });
    expect(parcel(tracking('lost', day(9)), tracking('delivered', day(12)))).toMatchObject({ phase: 'delivered', delayed: false });
    expect(parcel(tracking('delivered', day(9)), tracking('lost', day(10)), tracking('delivered', day(12)))).toMatchObject({
      phase: 'delivered',
      deliveredAt: day(9),
    });
  });

  it("does not lose what lies on the warehouse's table", () => {
    given(...shipped, parcelOpened(), itemReceived({ lineId: 'cap' }), refundEntitled([unitRefund('cap')]))
      .when(tracking('lost', day(9)))
      .thenNothing();
  });

  it('is recorded even after the return has ended', () => {
    given(...shipped, labelVoided(), returnCancelled())
      .when(tracking('scanned'))
      .thenTypes('ParcelScanned')
      .and((state) => {
        expect(statusOf(state, state.returns[0]!)).toBe('cancelled');
      });
  });
});

describe('A courier at the door', () => {
  const fetched = [orderRegistered(), ...approvedReturn({ lines: [requested('cap')], method: 'pickup' })];
  const scheduled = [...fetched, pickupScheduled()];
  const schedule = { type: 'SchedulePickup', at: day(3), returnId: R1, from: day(4), until: day(5) } as const;

  it('comes once at a time, and again when they were missed', () => {
    given(...fetched)
      .when(schedule)
      .then({ type: 'PickupScheduled', data: { at: day(3), returnId: R1, pickupId: `${R1}-P1`, from: day(4), until: day(5) } });
    given(...scheduled)
      .when(schedule)
      .thenNothing();
    given(...scheduled)
      .when({ ...schedule, until: day(6) })
      .thenRefused('invalid_state');
    given(...scheduled)
      .when(tracking('pickup_missed', day(5)))
      .then({ type: 'PickupMissed', data: { at: day(5), returnId: R1, pickupId: `${R1}-P1`, fault: 'carrier' } });
    given(...fetched)
      .when({ ...schedule, at: day(5) })
      .thenRefused('validation_failed');
    given(...scheduled, pickupMissed())
      .when({ ...schedule, from: day(6), until: day(7) })
      .thenTypes('PickupScheduled');
    given(...fetched)
      .when({ ...schedule, until: day(4) })
      .thenRefused('validation_failed');
  });

  it('takes the parcel: that is its first scan', () => {
    given(...scheduled)
      .when(tracking('picked_up', day(5)))
      .thenTypes('PickupCompleted', 'ParcelScanned');
    given(...scheduled, pickupCompleted(), parcelScanned({ at: day(5) }))
      .when(tracking('picked_up', day(5)))
      .thenNothing();
  });

  it('who was missed and came after all has come, in whatever order that is told', () => {
    const pickup = (...news: readonly RecordTracking[]) => reported(scheduled, news).returns[0]!.pickups[0]!.state;
    expect(pickup(tracking('pickup_missed', day(4)), tracking('picked_up', day(5)))).toBe('completed');
    expect(pickup(tracking('picked_up', day(5)), tracking('pickup_missed', day(4)))).toBe('completed');
    given(...scheduled, pickupMissed(), pickupScheduled({ pickupId: `${R1}-P2`, from: day(6), until: day(7) }))
      .when(tracking('pickup_missed', day(5)))
      .thenNothing();
  });
});
