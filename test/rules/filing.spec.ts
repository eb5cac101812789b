import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import { presentQuote as quote, presentReturnable as returnableLines } from '../../src/returns/api/quote.presentation.js';
import { fold, given } from '../support/given-when-then.js';
import { approvedReturn, orderAmended, orderRegistered, requested, soldLine } from '../support/returns-events.js';
import { card, day, file, line, order, policy, R1, R2, wish } from './returns.scenes.js';

const bought = [orderRegistered()];
const under = (told: Partial<PolicyDocument>) => ({ policy: policy(told) });
const quoted = (
  told: Partial<PolicyDocument>,
  lines = [wish('shirt', 2), wish('cap')],
  at = day(2),
  method: 'label' | 'in_store' = 'label',
) => quote(policy(told), fold(bought), { lines, outcome: 'original_payment', method }, at);

describe('Filing under the policy', () => {
  it("the last day of the window counts, to its last minute in the shop's time zone", () => {
    const berlin = under({ windowDays: 10, timeZone: 'Europe/Berlin' });
    given(...bought)
      .when(file([wish('cap')], { at: '2026-03-11T22:59:00.000Z', ...berlin }))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
    given(...bought)
      .when(file([wish('cap')], { at: '2026-03-11T23:00:00.000Z', ...berlin }))
      .thenRefused('window_closed', /11 March 2026/);
  });

  it('the window counts from the last parcel, and never ends where there is none', () => {
    const later = orderRegistered(order({ lines: [line('shirt', { deliveredAt: day(1) }), line('cap', { deliveredAt: day(9) })] }));
    given(later)
      .when(file([wish('shirt')], { at: day(19), ...under({ windowDays: 10 }) }))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
    given(later)
      .when(file([wish('shirt')], { at: day(20), ...under({ windowDays: 10 }) }))
      .thenRefused('window_closed');
    given(later)
      .when(file([wish('shirt')], { at: '2036-01-01T00:00:00.000Z', ...under({ windowDays: null }) }))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
  });

  it('without a known delivery it counts from the shipping and the transit buffer', () => {
    const shipped = orderRegistered(order({ lines: [line('cap', { deliveredAt: null })] }));
    const terms = under({ windowDays: 10, transitBufferDays: 5 });
    given(shipped)
      .when(file([wish('cap')], { at: day(16), ...terms }))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
    given(shipped)
      .when(file([wish('cap')], { at: day(17), ...terms }))
      .thenRefused('window_closed');
  });

  it.each([
    ['by its line', {}, { finalSale: true }],
    ['by its category', { finalSale: { categories: ['shirts'], skus: [] } }, {}],
    ['by its SKU', { finalSale: { categories: [], skus: ['SKU-cap'] } }, {}],
  ])('final sale stays sold: %s', (_, terms, sold) => {
    given(orderRegistered(order({ lines: [line('cap', sold)] })))
      .when(file([wish('cap')], under(terms)))
      .thenRefused('final_sale');
  });

  it('only leaves of the reason tree can be chosen, and some need a note', () => {
    const reasons = [
      { code: 'fit', label: 'Fit', labels: {}, parent: null, fault: 'customer', requiresNote: false },
      { code: 'too_small', label: 'Too small', labels: {}, parent: 'fit', fault: 'customer', requiresNote: false },
      { code: 'other', label: 'Other', labels: {}, parent: null, fault: 'customer', requiresNote: true },
    ] as const;
    given(...bought)
      .when(file([wish('cap', 1, { reason: 'fit' })], under({ reasons })))
      .thenRefused('reason_not_a_leaf', /more precise/);
    given(...bought)
      .when(file([wish('cap', 1, { reason: '__proto__' })], under({ reasons })))
      .thenRefused('reason_not_a_leaf', /no reason/);
    given(...bought)
      .when(file([wish('cap', 1, { reason: 'other' })], under({ reasons })))
      .thenRefused('note_required', /note/);
    given(...bought)
      .when(file([wish('cap', 1, { reason: 'other', noteRef: 'n-1' })], under({ reasons })))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
  });

  it('the same line twice is one line; with different reasons it is refused', () => {
    given(...bought)
      .when(file([wish('shirt'), wish('shirt')]))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested')
      .and((state) => {
        expect(state.returns[0]!.lines).toMatchObject([{ lineId: 'shirt', units: [{ unit: 0 }, { unit: 1 }] }]);
      });
    given(...bought)
      .when(file([wish('shirt'), wish('shirt', 2)]))
      .thenRefused('quantity_not_returnable');
    given(...bought)
      .when(file([wish('shirt'), wish('shirt', 1, { reason: 'defective' })]))
      .thenRefused('validation_failed', /different reasons/);
  });

  it('a unit that the shop has cancelled is not taken', () => {
    const three = line('shirt', { quantity: 3, fulfilledQuantity: 2, paid: { netMinor: 3000, taxMinor: 570 } });
    const paid = { netMinor: 1000, taxMinor: 190 };
    const kept = soldLine(three, { units: [paid, { netMinor: 0, taxMinor: 0 }, paid], cancelled: [1] });
    given(
      orderRegistered(order({ lines: [three] })),
      ...approvedReturn({ lines: [requested('shirt')] }),
      orderAmended(order({ lines: [line('shirt', { quantity: 2 })] }), [kept]),
    )
      .when(file([wish('shirt')]))
      .and((state) => expect(state.returns[1]!.lines).toMatchObject([{ lineId: 'shirt', units: [{ unit: 2 }] }]));
  });

  it.each([0, -1, 1.5, 2 ** 53, NaN])('%s units of something are no quantity', (quantity) => {
    given(...bought)
      .when(file([wish('shirt', quantity)]))
      .thenRefused('validation_failed');
  });

  it('what is not offered is refused', () => {
    given(...bought)
      .when(file([wish('cap')], { outcome: 'exchange', ...under({ outcomes: ['exchange'] }) }))
      .thenRefused('outcome_not_offered', /not offered yet/);
    given(...bought)
      .when(file([wish('cap')], { outcome: 'store_credit', ...under({ outcomes: ['original_payment'] }) }))
      .thenRefused('outcome_not_offered');
    given(...bought)
      .when(file([wish('cap')], { method: 'pickup', ...under({ methods: ['label'] }) }))
      .thenRefused('method_not_offered');
    given(...bought)
      .when(file([wish('cap')], { method: 'keep', ...under({ methods: ['keep'] }) }))
      .thenRefused('method_not_offered', /must come back/);
    given(...bought)
      .when(file([wish('nothing')]))
      .thenRefused('unknown_line');
    given(...bought)
      .when(file([]))
      .thenRefused('validation_failed');
  });

  it('a reason the policy always declines is recorded and declined, and the units are free', () => {
    const declining = under({ approval: { auto: true, reviewAboveMinor: null, declineReasons: ['changed_mind'] } });
    given(...bought)
      .when(file([wish('cap', 1, { reason: 'changed_mind' })], declining))
      .thenTypes('ReturnRequested', 'ReturnDeclined')
      .and((state) => {
        expect(state.returns[0]).toMatchObject({
          authorisation: 'declined',
          endReason: { code: 'approval.declineReasons' },
          quotedMinor: 0,
        });
        expect(returnableLines(policy(), state, day(2)).lines[1]).toMatchObject({ lineId: 'cap', returnable: 1 });
      });
  });

  it('a return above the limit, or any return of a careful shop, is looked at first', () => {
    const careful = under({ approval: { auto: false, reviewAboveMinor: null, declineReasons: [] } });
    const above = (reviewAboveMinor: number) => under({ approval: { auto: true, reviewAboveMinor, declineReasons: [] } });
    given(...bought)
      .when(file([wish('cap')], careful))
      .thenTypes('ReturnRequested', 'ReturnSentToReview');
    given(...bought)
      .when(file([wish('cap')], above(499)))
      .thenTypes('ReturnRequested', 'ReturnSentToReview');
    given(...bought)
      .when(file([wish('cap')], above(500)))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
  });

  it('a customer may keep what is not worth its way back, and is paid at once', () => {
    const cheap = under({ keepItemBelowMinor: 501, returnShipping: { feeMinor: 390, freeFromMinor: null }, restockingFeeBp: 1000 });
    given(...bought)
      .when(file([wish('cap')], cheap))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'RefundEntitled')
      .and((state, events) => {
        expect(state.returns[0]).toMatchObject({ method: 'keep', labels: [], lines: [{ units: [{ place: 'kept', settled: true }] }] });
        expect(events[2]).toMatchObject({ data: { trigger: 'approved', breakdown: { fees: [], totalMinor: 500 } } });
      });
    given(...bought)
      .when(file([wish('cap')], under({ keepItemBelowMinor: 500 })))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
  });

  it.each([
    ['label', 'label'],
    ['pickup', 'label'],
    ['drop_off', 'drop_off_code'],
  ] as const)('%s asks for a %s', (method, kind) => {
    given(...bought)
      .when(file([wish('cap')], { method }))
      .and((_, events) => {
        expect(events[2]).toMatchObject({ type: 'LabelRequested', data: { labelId: `${R1}-L1`, kind } });
      });
  });

  it.each(['own_shipping', 'in_store'] as const)('%s needs no label', (method) => {
    given(...bought)
      .when(file([wish('cap')], { method }))
      .thenTypes('ReturnRequested', 'ReturnApproved');
  });
});

describe('A quote', () => {
  it('itemises what comes back and what it costs', () => {
    expect(quoted({ returnShipping: { feeMinor: 390, freeFromMinor: 5000 }, storeCreditBonusBp: 1000 })).toEqual({
      currency: 'EUR',
      policy: { id: 'default', version: 1 },
      lines: [
        {
          lineId: 'shirt',
          quantity: 2,
          decision: 'eligible',
          ruleIds: ['windowDays'],
          words: 'This item can be returned until 31 March 2026.',
          refundMinor: 2380,
        },
        {
          lineId: 'cap',
          quantity: 1,
          decision: 'eligible',
          ruleIds: ['windowDays'],
          words: 'This item can be returned until 31 March 2026.',
          refundMinor: 500,
        },
      ],
      shippingRefundMinor: 490,
      wrappingRefundMinor: 0,
      fees: [{ code: 'return_shipping', amountMinor: 390, words: 'Return shipping' }],
      bonusMinor: 0,
      totalRefundMinor: 2980,
      payableTodayMinor: 2980,
      blockedCode: null,
      blockedWords: null,
      methods: [
        { method: 'label', feeMinor: 390, words: 'You get a label to put on the parcel. €3.90 is taken off your refund.' },
        {
          method: 'drop_off',
          feeMinor: 390,
          words: 'You show a code at a drop-off point; no printer needed. €3.90 is taken off your refund.',
        },
        { method: 'pickup', feeMinor: 390, words: 'A courier fetches the parcel at your door. €3.90 is taken off your refund.' },
        { method: 'own_shipping', feeMinor: 0, words: 'You send it with a carrier of your choice, at your own expense.' },
        { method: 'in_store', feeMinor: 0, words: 'You bring it to the store.' },
      ],
      outcomes: [
        { outcome: 'original_payment', bonusMinor: 0, totalRefundMinor: 2980, words: 'Back the way you paid.' },
        { outcome: 'store_credit', bonusMinor: 298, totalRefundMinor: 3278, words: 'Credit to spend in the shop, with a bonus of €2.98.' },
      ],
      freeReturnMissingMinor: 2120,
    });
  });

  it('says per line what cannot go back, and counts it for nothing', () => {
    const answer = quoted(
      { finalSale: { categories: [], skus: ['SKU-cap'] }, approval: { auto: false, reviewAboveMinor: null, declineReasons: [] } },
      [wish('shirt', 3), wish('cap')],
    );
    expect(answer.lines.map(({ decision, ruleIds, refundMinor }) => ({ decision, ruleIds, refundMinor }))).toEqual([
      { decision: 'ineligible', ruleIds: ['units.quantity_not_returnable'], refundMinor: 0 },
      { decision: 'ineligible', ruleIds: ['finalSale.skus'], refundMinor: 0 },
    ]);
    expect(answer.totalRefundMinor).toBe(0);
    expect(quoted({ approval: { auto: false, reviewAboveMinor: null, declineReasons: [] } }, [wish('shirt')]).lines[0]).toMatchObject({
      decision: 'review',
      refundMinor: 1190,
    });
  });

  it.each([
    ["the fault is the merchant's", {}, [wish('cap', 1, { reason: 'defective' })], 'label'],
    ["the fault is the carrier's", {}, [wish('cap', 1, { reason: 'arrived_damaged' })], 'label'],
    ['the order was worth enough', { freeFromMinor: 2880 }, [wish('cap')], 'label'],
    ['the customer brings it', {}, [wish('cap')], 'in_store'],
  ] as const)('asks nothing for the way back when %s', (_, told, lines, method) => {
    const answer = quoted({ returnShipping: { feeMinor: 390, freeFromMinor: null, ...told } }, [...lines], day(2), method);
    expect(answer).toMatchObject({ fees: [], totalRefundMinor: 500, freeReturnMissingMinor: 0 });
  });

  it('never comes below nothing: fees take at most what comes back', () => {
    expect(quoted({ returnShipping: { feeMinor: 99_999, freeFromMinor: null } }, [wish('cap')])).toMatchObject({
      fees: [{ code: 'return_shipping', amountMinor: 500 }],
      totalRefundMinor: 0,
    });
  });

  it('charges restocking only where the customer changed their mind', () => {
    expect(quoted({ restockingFeeBp: 1250 }, [wish('shirt', 2)])).toMatchObject({
      fees: [{ code: 'restocking', amountMinor: 298 }],
      totalRefundMinor: 2082,
    });
    expect(quoted({ restockingFeeBp: 1250 }, [wish('shirt', 2, { reason: 'defective' })])).toMatchObject({
      fees: [],
      totalRefundMinor: 2380,
    });
  });

  it('is in the minor units of its currency: yen without, dinar with three', () => {
    const inCurrency = (currency: string) => {
      const state = fold([orderRegistered(order({ currency, payments: [card(3370)] }))]);
      return quote(
        policy({ returnShipping: { feeMinor: 390, freeFromMinor: null } }),
        state,
        { lines: [wish('cap')], outcome: 'original_payment', method: 'label' },
        day(2),
      ).methods[0]!.words;
    };
    expect(inCurrency('JPY')).toMatch(/ ¥390 /);
    expect(inCurrency('KWD')).toMatch(/ KWD\u00a00\.390 /);
  });
});

describe('What may be returned', () => {
  it('shows lines, units left, the last day, and the reasons as a tree', () => {
    const reasons = [
      { code: 'fit', label: 'Fit', labels: {}, parent: null, fault: 'customer', requiresNote: false },
      { code: 'too_small', label: 'Too small', labels: {}, parent: 'fit', fault: 'customer', requiresNote: true },
    ] as const;
    const state = fold([
      ...bought,
      ...approvedReturn({ lines: [requested('shirt')] }),
      ...approvedReturn({ returnId: R2, lines: [requested('cap')] }),
    ]);
    expect(returnableLines(policy({ reasons }), state, day(3))).toMatchObject({
      number: '1001',
      placedAt: day(1),
      currency: 'EUR',
      returnableUntil: '2026-03-31',
      lines: [
        {
          lineId: 'shirt',
          title: 'Item shirt',
          category: 'shirts',
          unitPaidMinor: 1190,
          until: '2026-03-31',
          whyNot: null,
          quantity: 2,
          fulfilled: 2,
          returnable: 1,
          units: [{ netMinor: 1000, taxMinor: 190 }],
          decision: 'eligible',
        },
        {
          lineId: 'cap',
          returnable: 0,
          units: [],
          decision: 'ineligible',
          whyNot: 'already_returned',
          ruleIds: ['units.already_returned'],
        },
      ],
      reasons: [{ code: 'fit', fault: 'customer', children: [{ code: 'too_small', requiresNote: true, children: [] }] }],
      returns: [
        { returnId: R1, status: 'approved', requestedAt: day(2) },
        { returnId: R2, status: 'approved', requestedAt: day(2) },
      ],
      outcomes: ['original_payment', 'store_credit'],
    });
    expect(returnableLines(policy(), state, '2027-01-01T00:00:00.000Z').lines[0]).toMatchObject({
      returnable: 0,
      whyNot: 'window_closed',
      until: '2026-03-31',
      ruleIds: ['windowDays'],
    });
  });
});
