/**
 * What one scan does to two returns. Starts from commands: what a later scan or correction finds must be what the first scan wrote
 * on both returns, and neither half of it can be alone.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../../src/eventing/decider.js';
import { faultsOf } from '../../src/finance/invariants.js';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import { statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given, history } from '../support/given-when-then.js';
import { expectSound } from './invariants.js';
import { moments, orders, policies } from './returns.arbitraries.js';
import {
  cancel,
  card,
  correct,
  day,
  decline,
  expire,
  file,
  inspect,
  line,
  missing,
  order,
  R1,
  R2,
  receive,
  review,
  scanned,
  warehouse,
  wish,
} from './returns.scenes.js';

describe('Two returns of one order in one parcel', () => {
  const both = (...more: readonly ReturnsCommand[]): readonly ReturnsEvent[] =>
    history(order(), file([wish('shirt')]), file([wish('cap')]), ...more);
  const cap = { ...warehouse, lineId: 'cap', barcode: null };

  it('what another return of the order awaits is received there, and both are told', () => {
    given(...both())
      .when(receive('s1', [scanned('cap')]))
      .thenTypes('ParcelOpened', 'ItemReceivedElsewhere', 'ItemReceived', 'RefundEntitled')
      .and((state, events) => {
        expect(events.slice(1, 3)).toEqual([
          { type: 'ItemReceivedElsewhere', data: { at: day(6), returnId: R1, ...cap, scanId: 's1', quantity: 1, onReturnId: R2 } },
          { type: 'ItemReceived', data: { at: day(6), returnId: R2, ...cap, scanId: 's1', units: [0] } },
        ]);
        expect(events[3]).toMatchObject({ type: 'RefundEntitled', data: { returnId: R2 } });
        expect(state.returns.map((ret) => [statusOf(state, ret), ret.milestones.receivedAt])).toEqual([
          ['delivered', null],
          ['refunding', day(6)],
        ]);
      });
  });

  it('each gets its own, in one scan and one append, and what neither awaits is surplus of the opened one', () => {
    const mugs = history(
      order({ lines: [line('mug', { quantity: 3, paid: { netMinor: 3000, taxMinor: 0 } })], payments: [card(3490)] }),
      file([wish('mug')]),
      file([wish('mug')]),
    );
    given(...mugs)
      .when(receive('s1', [scanned('mug', 3)]))
      .thenTypes(
        'ParcelOpened',
        'ItemReceived',
        'ItemReceivedElsewhere',
        'ItemReceived',
        'ItemUnexpected',
        'RefundEntitled',
        'RefundEntitled',
      )
      .and((state, events) => {
        expect(events.flatMap((event) => (event.type === 'ItemReceived' ? [[event.data.returnId, event.data.units]] : []))).toEqual([
          [R1, [0]],
          [R2, [1]],
        ]);
        expect(events[4]).toMatchObject({ data: { returnId: R1, quantity: 1, why: 'surplus' } });
        expect(state.returns.map((ret) => ret.refunds.map((refund) => refund.refundId))).toEqual([[`${R1}-F1`], [`${R2}-F1`]]);
      });
  });

  it('what is awaited anywhere comes before what the opened return has given up on', () => {
    const mugs = history(
      order({ lines: [line('mug', { quantity: 2, paid: { netMinor: 2000, taxMinor: 0 } })], payments: [card(2490)] }),
      file([wish('mug')]),
      missing('mug'),
      file([wish('mug')]),
    );
    given(...mugs)
      .when(receive('s1', [scanned('mug')]))
      .thenTypes('ParcelOpened', 'ItemReceivedElsewhere', 'ItemReceived', 'RefundEntitled');
    given(...mugs)
      .when(receive('s1', [scanned('mug', 2)]))
      .and((state) => expect(state.returns.map((ret) => ret.lines[0]!.units[0]!.place)).toEqual(['received', 'received']));
  });

  it('the same scan counts once across both, whichever return it names', () => {
    const received = both(receive('s1', [scanned('cap')]));
    given(...received)
      .when(receive('s1', [scanned('cap')]))
      .thenNothing();
    given(...received)
      .when(receive('s1', [scanned('cap')], { returnId: R2 }))
      .thenNothing();
  });

  it('the scan is taken back where it was made, and the piece is awaited again where it belongs', () => {
    const received = both(receive('s1', [scanned('cap')]));
    given(...received)
      .when(correct('s1', 'c1', 1))
      .thenTypes('ReceiptCorrected', 'ReceiptCorrected')
      .and((state, events) => {
        expect(events.map((event) => event.data)).toMatchObject([
          { returnId: R2, units: [0], delta: -1 },
          { returnId: R1, units: [], delta: -1 },
        ]);
        expect(state.returns[1]!.lines[0]!.units[0]).toMatchObject({ place: 'awaiting', settled: true });
        expect(state.returns[0]!.scans[0]).toMatchObject({ elsewhere: [], correctionIds: ['c1'] });
      });
    given(...received)
      .when(correct('s1', 'c1', 2))
      .thenRefused('invalid_state', /Only 1 of these 2 pieces/);
    given(...both(receive('s1', [scanned('cap')]), correct('s1', 'c1', 1)))
      .when(correct('s1', 'c1', 1))
      .thenNothing();
    given(...both(receive('s1', [scanned('cap')]), correct('s1', 'c1', 1)))
      .when(correct('s1', 'c2', 1))
      .thenRefused('invalid_state');
    given(...both(receive('s1', [scanned('cap')]), inspect([{ lineId: 'cap' }], day(7), R2)))
      .when(correct('s1', 'c1', 1))
      .thenRefused('invalid_state');
  });

  it('a return that is not decided yet takes its goods in, and one that has ended does not', () => {
    given(...both(review(R2)))
      .when(receive('s1', [scanned('cap')]))
      .thenTypes('ParcelOpened', 'ItemReceivedElsewhere', 'ItemReceived');
    for (const end of [cancel(R2), expire(R2), decline(R2)]) {
      given(...both(...(end.type === 'DeclineReturn' ? [review(R2)] : []), end))
        .when(receive('s1', [scanned('cap')]))
        .thenTypes('ParcelOpened', 'ItemUnexpected');
    }
  });

  it("a return that was cancelled for another is not brought back by the other's goods", () => {
    const again = history(order(), file([wish('shirt', 2)]), cancel(), file([wish('shirt', 2)]));
    given(...again)
      .when(receive('s1', [scanned('shirt', 2)]))
      .thenTypes('ParcelOpened', 'ItemReceivedElsewhere', 'ItemReceived', 'RefundEntitled');
  });
});

describe('Whatever parcels bring and clerks take back', () => {
  const steps = fc.array(
    fc.record({ kind: fc.nat(9), which: fc.nat(99), what: fc.nat(99), quantity: fc.integer({ min: 1, max: 3 }), at: moments }),
    { minLength: 8, maxLength: 40 },
  );

  it('no unit is received twice, each scan counts once across the order, and no cent goes out too much', () => {
    let elsewhere = 0;
    fc.assert(
      fc.property(orders, policies, steps, (sold, document, told) => {
        const policy = {
          policyId: 'default',
          version: 1,
          document: { ...document, keepItemBelowMinor: null, approval: DEFAULT_POLICY.approval },
        };
        // Every unit is in a return of its own, so that each scan may be another's.
        const filed = sold.lines.flatMap((each) => Array.from({ length: each.quantity }, () => file([wish(each.lineId)], { policy })));
        let events = history(sold, ...filed);
        let state = fold(events);
        told.forEach(({ kind, which, what, quantity, at }, number) => {
          const ret = state.returns[which % state.returns.length]!;
          const { lineId } = sold.lines[what % sold.lines.length]!;
          const on = { returnId: ret.returnId, at };
          const scan = ret.scans[what % Math.max(1, ret.scans.length)]?.scanId ?? 's0';
          const commands: readonly ReturnsCommand[] = [
            receive(`s${number}`, [scanned(lineId, quantity)], on),
            receive(`s${number}`, [{ lineId: null, barcode: `SKU-${lineId}`, quantity }], on),
            receive(`s${number}`, [scanned(lineId)], on),
            receive(scan, [scanned(lineId, quantity)], on),
            { ...correct(scan, `c${number}`, quantity, lineId), ...on },
            { ...correct(scan, `c${number}`, 1), ...on },
            { ...missing(lineId), ...on },
            inspect([{ lineId }], at, ret.returnId),
            cancel(ret.returnId, 'customer', at),
            review(ret.returnId, at),
          ];
          const decided = attempt(() => returnsDecider.decide(commands[kind]!, state));
          elsewhere += decided.filter(({ type }) => type === 'ItemReceivedElsewhere').length;
          events = [...events, ...decided];
          state = fold(decided, state);
          if (commands[kind]!.type === 'ReceiveItems') expect(returnsDecider.decide(commands[kind]!, state)).toEqual([]);
          expectSound(state, events);
          expect(faultsOf(state)).toEqual([]);
        });
      }),
      { seed: 20260302, numRuns: 200 },
    );
    expect(elsewhere).toBeGreaterThan(200);
  });
});

function attempt(decide: () => readonly ReturnsEvent[]): readonly ReturnsEvent[] {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [];
  }
}
