import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import { presentQuote as quote, presentReturnable as returnableLines } from '../../src/returns/api/quote.presentation.js';
import type { OrderLineFacts, RegisterOrder } from '../../src/returns/rules/decide/order.js';
import { paymentBalances } from '../../src/returns/rules/money/caps.js';
import type { Breakdown, RequestedLine, ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import { refundStateOf, statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedReturn,
  BOTH_SHIRTS,
  BY_HAND,
  EVERYTHING,
  itemGraded,
  itemMarkedMissing,
  itemReceived,
  orderAmended,
  orderRegistered,
  parcelOpened,
  refundEntitled,
  refundFailed,
  refundParked,
  refundPending,
  refundPutInDoubt,
  refundRerouted,
  refundRetryRequested,
  refundSubmitted,
  refundSucceeded,
  requested,
  unitRefund,
} from '../support/returns-events.js';
import {
  card,
  day,
  declined,
  F1,
  fail,
  file,
  inDoubt,
  line,
  order,
  outcome,
  policy,
  R1,
  R2,
  receive,
  refundManually,
  reroute,
  retry,
  scanned,
  settle,
  submit,
  succeeded,
  termsUnder,
  wish,
} from './returns.scenes.js';

const under = (told: Partial<PolicyDocument>) => ({ terms: termsUnder(told) });
const one = [orderRegistered(), ...approvedReturn({ lines: [requested('shirt')] })];
const owed = [...one, parcelOpened(), itemReceived(), refundEntitled()];
const sent = [...owed, refundSubmitted()];
/** The other shirt, in a return of its own. */
const another = [
  ...approvedReturn({ returnId: R2, lines: [requested('shirt', [1])] }),
  parcelOpened({ returnId: R2 }),
  itemReceived({ returnId: R2, scanId: 's2', units: [1] }),
  refundEntitled([unitRefund('shirt', 1)], { returnId: R2, refundId: `${R2}-F1` }),
];
const settled = refundSucceeded({ at: day(9), providerRefundId: 'by-hand-1', by: 'staff' });
const allUnits = [unitRefund(), unitRefund('shirt', 1), unitRefund('cap')];
const everything = receive('s1', [scanned('shirt', 2), scanned('cap')]);
/** The breakdown of the refund that a receipt earns. */
const breakdown = (events: readonly ReturnsEvent[], receipt = everything): Breakdown =>
  given(...events)
    .when(receipt)
    .decided()
    .flatMap((event) => (event.type === 'RefundEntitled' ? [event.data.breakdown] : []))[0]!;

describe('Outbound shipping', () => {
  const shipping = (outboundShipping: PolicyDocument['outboundShipping'], lines: readonly RequestedLine[] = EVERYTHING) =>
    breakdown([orderRegistered(), ...approvedReturn({ lines, ...under({ outboundShipping }) })]).shippingMinor;

  it('comes back as the policy says', () => {
    expect([shipping('never'), shipping('fullReturn'), shipping('fullReturn', BOTH_SHIRTS)]).toEqual([0, 490, 0]);
    expect([shipping('merchantFault'), shipping('merchantFault', [requested('cap', [0], { fault: 'merchant' })])]).toEqual([0, 490]);
    // 500 of 2880, and 1190 of 2880 twice: 490 spread to the cent.
    expect([
      shipping('proportional', [requested('cap')]),
      shipping('proportional', [requested('shirt')]),
      shipping('proportional'),
    ]).toEqual([85, 203, 490]);
  });

  it('comes back with the refund that completes the order, over several returns, and once', () => {
    given(
      orderRegistered(),
      ...approvedReturn(),
      parcelOpened(),
      itemReceived({ units: [0, 1] }),
      refundEntitled([unitRefund('shirt', 0), unitRefund('shirt', 1)]),
      ...approvedReturn({ returnId: R2, lines: [requested('cap')] }),
    )
      .when(receive('s2', [scanned('cap')], { returnId: R2 }))
      .and((_, events) => {
        expect(events[2]).toMatchObject({ type: 'RefundEntitled', data: { breakdown: { shippingMinor: 490, totalMinor: 990 } } });
      });
  });
});

describe('A full return', () => {
  const shirt = (told: object = {}) => line('shirt', { paid: { netMinor: 1000, taxMinor: 190 }, ...told });
  const wrap = line('wrap', { kind: 'wrapping', deliveredAt: null, paid: { netMinor: 252, taxMinor: 48 } });
  const sold = (...more: OrderLineFacts[]) => order({ lines: [shirt(), ...more], payments: [card(9000)] });
  const oneShirt = { lines: [requested('shirt')] };
  const back = (told: RegisterOrder, ...amended: RegisterOrder[]) => {
    const terms = { ...termsUnder(), finalSaleLines: told.lines.filter((each) => each.finalSale).map((each) => each.lineId) };
    const facts = [orderRegistered(told), ...amended.map((each) => orderAmended(each))];
    return breakdown([...facts, ...approvedReturn({ ...oneShirt, terms })], receive('s1', [scanned('shirt')]));
  };
  const whole = { shippingMinor: 490, totalMinor: 1680 };

  it.each<[string, OrderLineFacts]>([
    ['the gift wrap', wrap],
    ['a service, a gift card or a tip', line('tip', { kind: 'service', deliveredAt: null })],
    ['what was never sent', line('late', { fulfilledQuantity: 0, deliveredAt: null })],
    ['what was sold as final', line('outlet', { finalSale: true })],
  ])('is not held up by %s: the shipping comes back when all goods are back', (_, other) => {
    expect(back(sold(other))).toMatchObject(whole);
  });

  it('is not held up by what was cancelled, nor by what the policy sells as final', () => {
    const two = sold(shirt({ lineId: 'other' }));
    const cancelled = sold(shirt({ lineId: 'other', quantity: 0, fulfilledQuantity: 0, paid: { netMinor: 0, taxMinor: 0 } }));
    expect(back(two, cancelled)).toMatchObject(whole);
    const final = { ...termsUnder(), finalSaleLines: ['x'] };
    const withOutlet = orderRegistered(sold(line('x', { category: 'outlet' })));
    expect(breakdown([withOutlet, ...approvedReturn({ ...oneShirt, terms: final })], receive('s1', [scanned('shirt')]))).toMatchObject(
      whole,
    );
    expect(back(two)).toMatchObject({ shippingMinor: 0, totalMinor: 1190 });
  });

  it('brings the wrapping back where the policy says so, as a row of its own, with the refund that completes it, and once', () => {
    const wrapped = under({ wrappingRefund: 'fullReturn' });
    const first = [orderRegistered(sold(shirt({ lineId: 'other' }), wrap)), ...approvedReturn({ ...oneShirt, ...wrapped })];
    expect(breakdown(first, receive('s1', [scanned('shirt')])).units.map((unit) => unit.lineId)).toEqual(['shirt']);
    const shirtHere = [...first, parcelOpened(), itemReceived(), refundEntitled()];
    const other = (returnId: string, unit = 0) => approvedReturn({ returnId, lines: [requested('other', [unit])], ...wrapped });
    const both = [...shirtHere, ...other(R2)];
    const second = breakdown(both, receive('s2', [scanned('other')], { returnId: R2 }));
    expect(second).toMatchObject({
      units: [
        { lineId: 'other', refundMinor: 1190 },
        { lineId: 'wrap', unit: 0, factorBp: 10_000, refundMinor: 300 },
      ],
      shippingMinor: 490,
      totalMinor: 1980,
      ruleIds: [
        'refundTrigger.received',
        'units.paid',
        'outboundShipping.fullReturn',
        'wrappingRefund.fullReturn',
        'tenderOrder.reverseCapture',
      ],
    });
    const sentLater = sold(shirt({ lineId: 'other', quantity: 2, paid: { netMinor: 2000, taxMinor: 380 } }), wrap);
    const done = [
      ...both,
      parcelOpened({ returnId: R2 }),
      itemReceived({ returnId: R2, scanId: 's2', lineId: 'other' }),
      refundEntitled(second.units, { returnId: R2, refundId: `${R2}-F1`, breakdown: second }),
    ];
    const more = [...done, orderAmended(sentLater), ...other('O-1-R3', 1)];
    expect(breakdown(more, receive('s3', [scanned('other')], { returnId: 'O-1-R3' }))).toMatchObject({
      units: [{ lineId: 'other' }],
      shippingMinor: 0,
      totalMinor: 1190,
    });
    given(...done)
      .when(sold(shirt({ lineId: 'other' })))
      .thenRefused('invalid_state', /wrapping wrap stays.*gave back 300/);
  });

  it('is quoted as it will be paid', () => {
    const asked = { lines: [{ ...wish('shirt'), reason: 'too_small' }], outcome: 'original_payment', method: 'label' } as const;
    const state = fold([orderRegistered(sold(wrap))]);
    expect(quote(policy(), state, asked, day(2))).toMatchObject({
      shippingRefundMinor: 490,
      wrappingRefundMinor: 0,
      totalRefundMinor: 1680,
    });
    expect(quote(policy({ wrappingRefund: 'fullReturn' }), state, asked, day(2))).toMatchObject({
      shippingRefundMinor: 490,
      wrappingRefundMinor: 300,
      totalRefundMinor: 1980,
    });
  });

  it('is of goods: nothing else is offered for return, whatever it is', () => {
    given(orderRegistered(sold(wrap)))
      .when(file([wish('wrap')]))
      .thenRefused('not_returnable', /nothing to send back/);
    expect(returnableLines(policy(), fold([orderRegistered(sold(wrap))]), day(2)).lines).toMatchObject([
      { whyNot: null },
      { lineId: 'wrap', returnable: 0, decision: 'ineligible', whyNot: 'not_returnable', until: null },
    ]);
    given(
      orderRegistered(sold()),
      ...approvedReturn(oneShirt),
      parcelOpened(),
      itemReceived(),
      refundEntitled([unitRefund()], { breakdown: { shippingMinor: 490 } }),
    )
      .when(order({ lines: [shirt({ kind: 'service' })], payments: [card(9000)] }))
      .thenRefused('invalid_state', /it stays goods/);
  });
});

describe('Fees', () => {
  it('for the way back are charged once per return; what one refund cannot bear is left to the next', () => {
    const charged = [orderRegistered(), ...approvedReturn({ lines: [requested('shirt'), requested('cap')], terms: termsUnder({}, 700) })];
    expect(breakdown(charged, receive('s1', [scanned('cap')]))).toMatchObject({
      fees: [{ code: 'return_shipping', amountMinor: 500 }],
      totalMinor: 0,
      payments: [],
    });
    given(
      ...charged,
      parcelOpened(),
      itemReceived({ lineId: 'cap' }),
      refundEntitled([unitRefund('cap')], { breakdown: { fees: [{ code: 'return_shipping', amountMinor: 500 }] } }),
    )
      .when(receive('s2', [scanned('shirt')]))
      .and((_, events) => {
        expect(events[1]).toMatchObject({
          data: { breakdown: { fees: [{ code: 'return_shipping', amountMinor: 200 }], totalMinor: 990 } },
        });
      });
  });

  it('for restocking are a part of each unit, half rounded up', () => {
    const charged = [orderRegistered(), ...approvedReturn(under({ restockingFeeBp: 1250 }))];
    expect(breakdown(charged, receive('s1', [scanned('shirt', 2)]))).toMatchObject({
      fees: [{ code: 'restocking', amountMinor: 298 }],
      totalMinor: 2082,
    });
  });

  it('for a broken promotion are the discount in what is kept, where the policy reprices', () => {
    const discounted = order({ promotions: [{ promotionId: 'five-off-30', thresholdMinor: 3000, discountMinor: 500 }] });
    const returned = (brokenPromotion: PolicyDocument['brokenPromotion'], lineId: string) =>
      breakdown(
        [orderRegistered(discounted), ...approvedReturn({ lines: [requested(lineId)], ...under({ brokenPromotion }) })],
        receive('s1', [scanned(lineId)]),
      );
    // Kept: 1690 of 2880, so 293 of the discount is lost. With the cap gone 2380 + 413 is below 3000 too.
    expect(returned('reprice', 'shirt')).toMatchObject({ fees: [{ code: 'promotion_lost', amountMinor: 293 }], totalMinor: 897 });
    expect(returned('reprice', 'cap')).toMatchObject({ fees: [{ code: 'promotion_lost', amountMinor: 413 }], totalMinor: 87 });
    expect(returned('keepProrata', 'shirt')).toMatchObject({ fees: [], totalMinor: 1190 });
  });
});

describe('The way the money goes', () => {
  const paidBy = order({ payments: [card(1000, 'first'), card(1500, 'gift', { method: 'gift_card' }), card(870, 'last')] });
  const through = (tenderOrder: PolicyDocument['tenderOrder']) =>
    breakdown([orderRegistered(paidBy), ...approvedReturn({ lines: EVERYTHING, ...under({ tenderOrder, outboundShipping: 'never' }) })])
      .payments;

  it.each([
    ['reverseCapture', { last: 870, gift: 1500, first: 510 }],
    ['giftCardFirst', { gift: 1500, last: 870, first: 510 }],
    ['proportional', { first: 855, gift: 1282, last: 743 }],
  ] as const)('%s', (tenderOrder, amounts) => {
    expect(through(tenderOrder)).toEqual(Object.entries(amounts).map(([paymentId, amountMinor]) => ({ paymentId, amountMinor })));
  });

  it('store credit comes with its bonus, which is outside the caps', () => {
    const chosen = [
      orderRegistered(),
      ...approvedReturn({ lines: EVERYTHING, outcome: 'store_credit', ...under({ storeCreditBonusBp: 1000 }) }),
    ];
    const credit = [
      ...chosen,
      parcelOpened(),
      itemReceived({ units: [0, 1] }),
      itemReceived({ lineId: 'cap' }),
      refundEntitled(allUnits, { destination: 'store_credit', breakdown: { shippingMinor: 490, bonusMinor: 337 } }),
    ];
    expect(breakdown(chosen)).toMatchObject({
      bonusMinor: 337,
      totalMinor: 3707,
      payments: [{ paymentId: 'store_credit', amountMinor: 3370 }],
    });
    const key = `${F1}.store_credit.0`;
    given(
      ...credit,
      refundSubmitted({ paymentId: 'store_credit', provider: 'store_credit', key: `${F1}.store_credit.0`, amountMinor: 3370 }),
    )
      .when(outcome({ kind: 'credited', creditRef: 'credit-1' }, key, { paymentId: 'store_credit' }))
      .then({
        type: 'StoreCreditIssued',
        data: {
          at: day(8),
          returnId: R1,
          refundId: F1,
          paymentId: 'store_credit',
          creditRef: 'credit-1',
          amountMinor: 3370,
          bonusMinor: 337,
        },
      })
      .and((state) => {
        expect(statusOf(state, state.returns[0]!)).toBe('refunded');
        expect(paymentBalances(state, state.order!)).toMatchObject([{ refundableMinor: 3370 }]);
      });
    given(...credit)
      .when(refundManually(1))
      .thenRefused('over_refund');
  });

  it('counts everything not failed as used', () => {
    const rooms = (...events: readonly ReturnsEvent[]) => {
      const state = fold([...owed, ...events]);
      const [room] = paymentBalances(state, state.order!);
      return [room!.refundedMinor, room!.reservedMinor, room!.refundableMinor];
    };
    expect(rooms()).toEqual([0, 1190, 2180]);
    expect(rooms(refundSubmitted(), refundPutInDoubt())).toEqual([0, 1190, 2180]);
    expect(rooms(refundSubmitted(), refundSucceeded())).toEqual([1190, 0, 2180]);
    expect(rooms(refundSubmitted(), refundFailed())).toEqual([0, 0, 3370]);
  });
});

describe('A payout', () => {
  it('is submitted once, under a key of refund, payment and declines', () => {
    given(...sent)
      .when(submit())
      .thenNothing();
    given(...sent, refundFailed(), refundRetryRequested())
      .when(submit())
      .and((_, events) => {
        expect(events).toMatchObject([{ type: 'RefundSubmitted', data: { key: `${F1}.card.1` } }]);
      });
    given(...sent, refundSucceeded())
      .when(submit())
      .thenRefused('invalid_state', /succeeded/);
  });

  it('keeps its key over a lost answer', () => {
    given(...sent, refundPutInDoubt())
      .when(submit())
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { key: `${F1}.card.0` } }]);
      });
    given(...sent, refundPutInDoubt(), refundRetryRequested())
      .when(submit())
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { key: `${F1}.card.0` } }]);
      });
  });

  it('in doubt blocks other payouts of its payment until it is cleared up, also while it is retried', () => {
    const doubtful = [...owed, ...another, refundSubmitted(), refundPutInDoubt()];
    const other = submit({ returnId: R2, refundId: `${R2}-F1` });
    given(...doubtful)
      .when(other)
      .thenRefused('payment_in_doubt');
    given(...doubtful, refundRetryRequested(), refundSubmitted())
      .when(other)
      .thenRefused('payment_in_doubt');
    given(...doubtful, refundSucceeded())
      .when(other)
      .thenTypes('RefundSubmitted');
    given(...doubtful, settled)
      .when(other)
      .thenTypes('RefundSubmitted');
  });

  it('pending is not refunded; success may turn into failure, and then the cap is free again', () => {
    const pending = [...sent, refundPending()];
    expect(fold(pending).returns[0]!.milestones.refundedAt).toBeNull();
    given(...pending, refundSucceeded())
      .when(outcome(declined))
      .thenTypes('RefundFailed')
      .and((state) => {
        expect(state.returns[0]!.milestones.refundedAt).toBeNull();
        expect(statusOf(state, state.returns[0]!)).toBe('refund_failed');
        expect(paymentBalances(state, state.order!)).toMatchObject([{ refundableMinor: 3370 }]);
      });
  });

  it('ignores stale and repeated news', () => {
    given(...sent)
      .when(outcome(succeeded, `${F1}.card.9`))
      .thenNothing();
    given(...owed)
      .when(outcome(succeeded))
      .thenNothing();
    given(...sent, refundSucceeded())
      .when(outcome(succeeded))
      .thenNothing();
    given(...sent, refundSucceeded())
      .when(outcome(inDoubt))
      .thenNothing();
    given(...sent, refundFailed())
      .when(outcome(succeeded))
      .thenNothing();
    given(...sent, refundFailed(), refundRetryRequested(), refundSubmitted({ key: `${F1}.card.1` }))
      .when(outcome(declined))
      .thenNothing();
  });

  it('parked waits for a person', () => {
    const parked = [...sent, refundParked()];
    expect(fold(parked).returns[0]!.refunds[0]!.payouts[0]).toMatchObject({ state: 'parked', reason: { code: 'provider_down' } });
    given(...parked)
      .when(retry())
      .then({
        type: 'RefundRetryRequested',
        data: { at: day(9), returnId: R1, refundId: F1, paymentId: 'card', reason: { code: 'provider_is_back' } },
      });
    given(...parked, refundRetryRequested())
      .when(retry())
      .thenNothing();
  });

  it('is settled and failed by hand', () => {
    given(...sent)
      .when(settle())
      .then({
        type: 'RefundSucceeded',
        data: { at: day(9), returnId: R1, refundId: F1, paymentId: 'card', providerRefundId: 'by-hand-1', by: 'staff' },
      });
    given(...sent, settled)
      .when(settle())
      .thenNothing();
    given(...owed)
      .when(settle())
      .thenRefused('invalid_state', /sent/);
    given(...sent)
      .when(fail())
      .then({ type: 'RefundFailed', data: { at: day(9), returnId: R1, refundId: F1, paymentId: 'card', code: 'by_hand', by: 'staff' } });
    given(...sent, refundFailed({ at: day(9), code: 'by_hand', by: 'staff' }))
      .when(fail())
      .thenNothing();
    const paidByHand = [orderRegistered(order({ payments: [card(3370, 'card', { provider: 'manual' })] })), ...owed.slice(1)];
    given(...paidByHand)
      .when(settle())
      .thenTypes('RefundSucceeded');
    given(...paidByHand)
      .when(fail('card'))
      .thenTypes('RefundFailed');
  });

  it('that was paid is settled again with the same reference only: another one would be a second payment', () => {
    const other = { ...settle(), providerRefundId: 'bank-9' };
    given(...sent, settled)
      .when(other)
      .thenRefused('invalid_state', /paid already, with the reference by-hand-1/);
    given(...sent, settled)
      .when({ ...other, paymentId: 'card' })
      .thenRefused('invalid_state', /bank-9/);
    given(...sent, refundSucceeded())
      .when(settle())
      .thenRefused('invalid_state', /pr-1/);
    given(...sent, refundSucceeded())
      .when({ ...settle(), providerRefundId: 'pr-1' })
      .thenNothing();
    // Who names no reference says only that it is paid.
    given(...sent, refundSucceeded())
      .when({ ...settle(), providerRefundId: 'by-hand' })
      .thenNothing();
  });

  it('that its provider says it is paying, or has paid, is not called failed', () => {
    given(...sent, refundPending())
      .when({ ...fail(), underWay: ['card'] })
      .thenRefused('invalid_state', /simulated says that it is paying this out/);
    given(...sent, refundSucceeded())
      .when(fail('card'))
      .thenRefused('invalid_state', /has been paid, with the reference pr-1/);
  });

  it('that failed goes another way, never under the table', () => {
    const failed = [...sent, refundFailed()];
    given(...sent, refundFailed())
      .when(reroute('bank_transfer'))
      .then({
        type: 'RefundRerouted',
        data: {
          at: day(9),
          returnId: R1,
          refundId: F1,
          paymentId: 'card',
          destination: 'bank_transfer',
          toPaymentId: 'bank_transfer',
          reason: { code: 'card_closed' },
        },
      })
      .and((state) => {
        const [refund] = state.returns[0]!.refunds;
        expect(refund!.payouts).toMatchObject([
          { reroutedTo: 'bank_transfer' },
          { paymentId: 'bank_transfer', provider: 'manual', amountMinor: 1190, state: 'entitled' },
        ]);
        expect(refundStateOf(refund!)).toBe('entitled');
      });
    given(...failed, refundRerouted())
      .when(settle())
      .thenTypes('RefundSucceeded');
    given(...failed, refundRerouted())
      .when(retry('card'))
      .thenRefused('invalid_state', /another way/);
    given(...sent, refundFailed())
      .when(reroute('original_payment', 'card'))
      .thenRefused('invalid_state', /already/);
    given(...sent, refundFailed())
      .when(reroute('original_payment', 'cash'))
      .thenRefused('not_found');
    given(...sent, refundFailed())
      .when(reroute('original_payment'))
      .thenRefused('validation_failed');
  });

  it('that may have been paid does not go another way', () => {
    given(...sent, refundPutInDoubt())
      .when(reroute('bank_transfer', null, 'card'))
      .thenRefused('invalid_state', /may have been paid/);
    given(...sent, refundPutInDoubt(), refundParked({ reason: { code: 'x' } }))
      .when(reroute('bank_transfer'))
      .thenRefused('invalid_state');
    given(...sent)
      .when(reroute('bank_transfer'))
      .thenRefused('invalid_state');
  });

  it('that failed is retried only as far as its payment still bears it', () => {
    const two = order({ payments: [card(2180, 'old'), card(1190, 'card')] });
    const failed = [orderRegistered(two), ...sent.slice(1), refundFailed()];
    given(...failed)
      .when(retry())
      .thenTypes('RefundRetryRequested');
    const taken = [...failed, ...another];
    given(...taken)
      .when(retry())
      .thenRefused('over_refund', /used it up/);
    given(...taken)
      .when(reroute('original_payment', 'old'))
      .thenTypes('RefundRerouted');
    given(...taken)
      .when(settle())
      .thenRefused('over_refund');
  });

  it('that nobody knows is not found', () => {
    given(...owed)
      .when(submit({ paymentId: 'cash' }))
      .thenRefused('not_found');
    given(...owed)
      .when(submit({ refundId: `${R1}-F9` }))
      .thenRefused('not_found');
    given(...owed)
      .when(retry())
      .thenNothing();
    given(...sent)
      .when(retry())
      .thenRefused('invalid_state', /Nothing/);
  });

  it('of a refund with two failed payouts: both go to the bank, each under a name of its own', () => {
    const payments = [
      { paymentId: 'b', amountMinor: 2370 },
      { paymentId: 'a', amountMinor: 1000 },
    ];
    const failed = payments.flatMap((part) => [
      refundSubmitted({ ...part, key: `${F1}.${part.paymentId}.0` }),
      refundFailed({ paymentId: part.paymentId }),
    ]);
    given(
      orderRegistered(order({ payments: [card(1000, 'a'), card(2370, 'b')] })),
      ...approvedReturn({ lines: EVERYTHING }),
      parcelOpened(),
      itemReceived({ units: [0, 1] }),
      itemReceived({ lineId: 'cap' }),
      refundEntitled(allUnits, { breakdown: { shippingMinor: 490, payments } }),
      ...failed,
    )
      .when(reroute('bank_transfer'))
      .and((state) => {
        expect(state.returns[0]!.refunds[0]!.payouts.map((each) => [each.paymentId, each.amountMinor, each.reroutedTo])).toEqual([
          ['b', 2370, 'bank_transfer'],
          ['a', 1000, 'bank_transfer.2'],
          ['bank_transfer', 2370, null],
          ['bank_transfer.2', 1000, null],
        ]);
      });
  });
});

describe('A refund by hand', () => {
  it('gives what finance says, spread over what is left of the units', () => {
    given(orderRegistered(), ...approvedReturn())
      .when(refundManually(1001))
      .then({
        type: 'RefundEntitled',
        data: {
          at: day(9),
          returnId: R1,
          refundId: F1,
          trigger: 'manual',
          destination: 'original_payment',
          reason: { code: 'goodwill' },
          breakdown: {
            units: [
              { lineId: 'shirt', unit: 0, netMinor: 1000, taxMinor: 190, factorBp: 4210, refundMinor: 501 },
              { lineId: 'shirt', unit: 1, netMinor: 1000, taxMinor: 190, factorBp: 4201, refundMinor: 500 },
            ],
            shippingMinor: 0,
            fees: [],
            bonusMinor: 0,
            totalMinor: 1001,
            payments: [{ paymentId: 'card', amountMinor: 1001 }],
            ruleIds: ['manual', 'tenderOrder.reverseCapture'],
          },
        },
      });
  });

  it('comes off what the units give later', () => {
    given(...one, refundEntitled([unitRefund('shirt', 0, { factorBp: 8403, refundMinor: 1000 })], BY_HAND))
      .when(receive('s1', [scanned('shirt')]))
      .and((_, events) => {
        expect(events[2]).toMatchObject({ type: 'RefundEntitled', data: { breakdown: { totalMinor: 190 } } });
      });
    given(...one, refundEntitled([unitRefund()], BY_HAND))
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ParcelOpened', 'ItemReceived');
  });

  it('never exceeds what is left', () => {
    given(...owed)
      .when(refundManually(null))
      .thenRefused('over_refund', /Nothing is left/);
    const short = [
      orderRegistered(),
      ...approvedReturn(under({ inspectionRequired: true, refundTrigger: 'inspected' })),
      parcelOpened(),
      itemReceived(),
      itemMarkedMissing({ lineId: 'shirt', units: [1] }),
    ];
    given(...short)
      .when(refundManually(null))
      .and((_, events) => expect(events[0]).toMatchObject({ data: { breakdown: { units: [{ unit: 0 }], totalMinor: 1190 } } }));
    given(...short, refundEntitled([unitRefund()], BY_HAND))
      .when(refundManually(null))
      .thenRefused('over_refund', /missing or kept, name the amount/);
    given(...short, refundEntitled([unitRefund()], BY_HAND))
      .when(refundManually(1190))
      .thenTypes('RefundEntitled');
    given(...one)
      .when(refundManually(1191))
      .thenRefused('over_refund', /At most 1190/);
    given(orderRegistered(order({ payments: [card(100)] })), ...one.slice(1))
      .when(refundManually(101))
      .thenRefused('over_refund', /payments/);
    for (const amount of [0, -1, 0.5, 2 ** 53])
      given(...one)
        .when(refundManually(amount))
        .thenRefused('validation_failed');
  });

  it('makes good what a grade took off', () => {
    given(
      orderRegistered(),
      ...approvedReturn({ lines: [requested('shirt')], terms: termsUnder({ inspectionRequired: true }) }),
      parcelOpened(),
      itemReceived(),
      itemGraded({ grade: 'C', factorBp: 7500 }),
      refundEntitled([unitRefund('shirt', 0, { factorBp: 7500, refundMinor: 893 })], { at: day(7), trigger: 'inspected' }),
    )
      .when(refundManually(null))
      .and((state) => {
        expect(state.returns[0]!.lines[0]!.units[0]).toMatchObject({ entitledMinor: 1190 });
      });
  });
});
