/**
 * Any way of splitting, ordering and receiving returns comes to the same money. Starts from commands: what a whole chain of
 * decisions adds up to is the point, whatever the way.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import { presentQuote as quote } from '../../src/returns/api/quote.presentation.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnIdOf } from '../../src/returns/rules/returns.events.js';
import { evolve } from '../../src/returns/rules/returns.evolve.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { entitledOf } from '../../src/returns/rules/returns.status.js';
import { fold, history } from '../support/given-when-then.js';
import { expectSound } from './invariants.js';
import { orders, policies } from './returns.arbitraries.js';
import { order as anOrder, day, file, inspect, line, policy, receive, scanned, tracking, wish } from './returns.scenes.js';

const SEED = 20260302;

const apply = (state: ReturnsState, command: ReturnsCommand): ReturnsState => returnsDecider.decide(command, state).reduce(evolve, state);
const registered = (order: RegisterOrder): ReturnsState => apply(returnsDecider.initialState, order);
const worth = ({ lines, shipping }: RegisterOrder): number =>
  [...lines.map((each) => each.paid), shipping].reduce((sum, paid) => sum + paid.netMinor + paid.taxMinor, 0);
const entitled = (state: ReturnsState): number => state.returns.reduce((sum, ret) => sum + entitledOf(ret), 0);

/** One entry for every unit of the order, in the order in which they come back. */
const unitByUnit = (order: RegisterOrder) =>
  fc.shuffledSubarray(
    order.lines.flatMap((each) => Array.from({ length: each.quantity }, () => each.lineId)),
    {
      minLength: order.lines.reduce((sum, each) => sum + each.quantity, 0),
    },
  );
const withUnits = orders.chain((order) => unitByUnit(order).map((units) => ({ order, units })));

const freely = (document: Partial<PolicyDocument>) => policy({ ...document, keepItemBelowMinor: null });

describe('Partial returns', () => {
  it.each(['fullReturn', 'proportional'] as const)(
    'one by one, each as a return of its own, add up to exactly what was paid (%s shipping)',
    (outboundShipping) => {
      fc.assert(
        fc.property(withUnits, ({ order, units }) => {
          let state = registered(order);
          units.forEach((lineId, index) => {
            const returnId = returnIdOf('O-1', index + 1);
            state = apply(state, file([wish(lineId)], { policy: freely({ outboundShipping }) }));
            state = apply(state, receive(`s${index}`, [scanned(lineId)], { returnId }));
          });
          expect(entitled(state)).toBe(worth(order));
        }),
        { seed: SEED },
      );
    },
  );

  it('are charged for a broken promotion only as long as something is kept, in whatever order they come', () => {
    const sold = [line('a', { quantity: 2, paid: { netMinor: 8000, taxMinor: 0 } }), line('b', { paid: { netMinor: 1000, taxMinor: 0 } })];
    const order = anOrder({
      lines: sold,
      payments: [{ ...anOrder().payments[0]!, capturedMinor: 9490 }],
      promotions: [{ promotionId: 'ten-off', thresholdMinor: 5000, discountMinor: 900 }],
    });
    fc.assert(
      fc.property(unitByUnit(order), (units) => {
        let state = registered(order);
        const reprice = policy({ brokenPromotion: 'reprice', outboundShipping: 'fullReturn' });
        units.forEach((lineId, index) => {
          state = apply(state, file([wish(lineId)], { policy: reprice }));
          state = apply(state, receive(`s${index}`, [scanned(lineId)], { returnId: returnIdOf('O-1', index + 1) }));
        });
        expect(entitled(state)).toBe(9490);
      }),
      { seed: SEED },
    );
  });

  it('in whatever parts come to exactly what was captured, where that is a rounding less than the prices', () => {
    fc.assert(
      fc.property(orders, fc.integer({ min: 1, max: 7 }), fc.boolean(), (told, gap, atOnce) => {
        const captured = told.payments.reduce((sum, payment) => sum + payment.capturedMinor, 0);
        const [largest] = told.payments.toSorted((a, b) => b.capturedMinor - a.capturedMinor);
        const allowed = told.lines.length + told.payments.filter(({ capturedMinor }) => capturedMinor > 0).length;
        fc.pre(largest!.capturedMinor > gap && gap <= allowed);
        const short = {
          ...told,
          payments: told.payments.map((payment) =>
            payment === largest ? { ...payment, capturedMinor: payment.capturedMinor - gap } : payment,
          ),
        };
        const parts = atOnce ? [told.lines] : told.lines.map((each) => [each]);
        const commands = parts.flatMap((part, index): ReturnsCommand[] => {
          const items = part.map(({ lineId, quantity }) => scanned(lineId, quantity));
          return [
            file(part.map(({ lineId, quantity }) => wish(lineId, quantity))),
            receive(`s${index}`, items, { returnId: returnIdOf('O-1', index + 1) }),
          ];
        });
        const events = history(short, ...commands);
        const state = fold(events);
        expectSound(state, events);
        const refunds = state.returns.flatMap((ret) => ret.refunds);
        expect(refunds.reduce((sum, refund) => sum + refund.breakdown.totalMinor, 0)).toBe(captured - gap);
      }),
      { seed: 20261130, numRuns: 200 },
    );
  });
});

describe('What is quoted', () => {
  const asked = fc.record({
    made: withUnits,
    document: policies,
    outcome: fc.constantFrom('original_payment' as const, 'store_credit' as const),
    method: fc.constantFrom('label' as const, 'in_store' as const),
    reason: fc.constantFrom('too_small', 'defective', 'arrived_damaged'),
    count: fc.nat(11),
  });

  it('is what is filed and paid to the cent when the items come back as new, one by one', () => {
    fc.assert(
      fc.property(asked, ({ made: { order, units }, document, outcome, method, reason, count }) => {
        const some = units.slice(0, 1 + (count % units.length));
        const wishes = some.map((lineId) => wish(lineId, 1, { reason }));
        const unreviewed = policy({ ...document, approval: { auto: true, reviewAboveMinor: null, declineReasons: [] } });
        const request = { lines: wishes, outcome, method };
        let state = registered(order);
        const quoted = quote(unreviewed, state, request, day(2));
        state = apply(state, file(wishes, { outcome, method, policy: unreviewed }));
        expect(state.returns[0]!.quotedMinor).toBe(quoted.totalRefundMinor);
        for (const [index, lineId] of some.entries()) {
          state = apply(state, tracking('delivered', day(4)));
          state = apply(state, receive(`s${index}`, [scanned(lineId)]));
          state = apply(state, inspect([{ lineId, grade: 'A' }]));
        }
        const bonuses = state.returns[0]!.refunds.reduce((sum, refund) => sum + refund.breakdown.bonusMinor, 0);
        const quotedBonus = outcome === 'store_credit' ? quoted.outcomes.find((each) => each.outcome === 'store_credit')!.bonusMinor : 0;
        expect(entitled(state) - bonuses).toBe(quoted.totalRefundMinor - quotedBonus);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('and filed changes nothing: quoting leaves the state as it was', () => {
    const state = registered(anOrder());
    const before = JSON.stringify(state);
    quote(policy(), state, { lines: [wish('shirt', 2)], outcome: 'original_payment', method: 'label' }, day(2));
    expect(JSON.stringify(state)).toBe(before);
  });
});
