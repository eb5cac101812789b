/** Orders, policies and wishes as fast-check draws them: small ones, so that a counterexample can be read. */
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import { card, day, line, order } from './returns.scenes.js';

const amount = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 99_999 }));
const netTax = fc.record({ netMinor: amount, taxMinor: fc.integer({ min: 0, max: 5000 }) });

export const currencies = fc.constantFrom('JPY', 'USD', 'KWD');

const lines = fc
  .array(fc.record({ quantity: fc.integer({ min: 1, max: 4 }), paid: netTax }), { minLength: 1, maxLength: 3 })
  .map((told) => told.map((each, index) => line(`L${index}`, { ...each, fulfilledQuantity: each.quantity })));

const worth = (told: Pick<RegisterOrder, 'lines' | 'shipping'>): number =>
  [...told.lines.map((each) => each.paid), told.shipping].reduce((sum, paid) => sum + paid.netMinor + paid.taxMinor, 0);

/** Every unit shipped, and exactly what it costs captured, by one to three payments. */
export const orders: fc.Arbitrary<RegisterOrder> = fc
  .record({
    currency: currencies,
    lines,
    shipping: netTax,
    cuts: fc.array(fc.nat(100), { minLength: 2, maxLength: 2 }),
    tenders: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ currency, lines: sold, shipping, cuts, tenders }) => {
    const total = worth({ lines: sold, shipping });
    const first = tenders === 1 ? total : Math.floor((total * (cuts[0] ?? 0)) / 100);
    const second = tenders < 3 ? total - first : Math.floor(((total - first) * (cuts[1] ?? 0)) / 100);
    const payments = [
      card(first, 'p0'),
      card(second, 'p1', { method: 'gift_card' }),
      card(total - first - second, 'p2', { provider: 'manual' }),
    ].slice(0, tenders);
    return order({ currency, lines: sold, shipping, payments });
  });

/** The same, with wrapping that was paid for beside the goods. */
export const wrappedOrders: fc.Arbitrary<RegisterOrder> = fc.tuple(orders, netTax).map(([told, paid]) => ({
  ...told,
  lines: [...told.lines, line('wrap', { kind: 'wrapping', deliveredAt: null, paid })],
  payments: told.payments.map((payment, index) =>
    index === 0 ? { ...payment, capturedMinor: payment.capturedMinor + paid.netMinor + paid.taxMinor } : payment,
  ),
}));

const bp = fc.constantFrom(0, 1, 333, 1000, 2500, 7500, 9999, 10_000);

export const policies: fc.Arbitrary<PolicyDocument> = fc
  .record({
    refundTrigger: fc.constantFrom('firstScan' as const, 'delivered' as const, 'received' as const, 'inspected' as const),
    inspectionRequired: fc.boolean(),
    outboundShipping: fc.constantFrom('never' as const, 'fullReturn' as const, 'merchantFault' as const, 'proportional' as const),
    wrappingRefund: fc.constantFrom('never' as const, 'fullReturn' as const),
    tenderOrder: fc.constantFrom('giftCardFirst' as const, 'reverseCapture' as const, 'proportional' as const),
    restockingFeeBp: bp,
    storeCreditBonusBp: bp,
    feeMinor: fc.constantFrom(0, 1, 490, 100_000),
    freeFromMinor: fc.constantFrom(null, 0, 5000),
    keepItemBelowMinor: fc.constantFrom(null, null, null, 50),
    reviewAboveMinor: fc.constantFrom(null, null, 10_000),
    gradeFactorsBp: fc.record({ A: fc.constant(10_000), B: bp, C: bp, D: bp, X: fc.constant(0) }),
  })
  .map(({ feeMinor, freeFromMinor, reviewAboveMinor, ...told }) => ({
    ...DEFAULT_POLICY,
    ...told,
    returnShipping: { feeMinor, freeFromMinor },
    approval: { ...DEFAULT_POLICY.approval, reviewAboveMinor },
  }));

/** A moment of March 2026. */
export const moments = fc.integer({ min: 2, max: 28 }).map(day);
