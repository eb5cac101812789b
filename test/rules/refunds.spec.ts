import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../src/policy/rules/policy.events.js';
import type { OrderLineFacts } from '../../src/returns/rules/decide/order.js';
import { paymentRooms } from '../../src/returns/rules/money/caps.js';
import { quote, returnableLines } from '../../src/returns/rules/quote.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { refundStateOf, statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given, history } from '../support/given-when-then.js';
import {
  card,
  day,
  declined,
  F1,
  fail,
  file,
  inDoubt,
  inspect,
  line,
  missing,
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
  wish,
} from './returns.scenes.js';

const under = (told: Partial<PolicyDocument>) => ({ policy: policy(told) });
const owed = [order(), file([wish('shirt')]), receive('s1', [scanned('shirt')])];
const sent = [...owed, submit()];
const payout = (...commands: readonly ReturnsCommand[]) => fold(history(...commands)).returns[0]!.refunds[0]!.payouts[0]!;
const breakdown = (...commands: readonly ReturnsCommand[]) => fold(history(...commands)).returns[0]!.refunds[0]!.breakdown;
const all = [wish('shirt', 2), wish('cap')];
const everything = receive('s1', [scanned('shirt', 2), scanned('cap')]);

describe('Outbound shipping', () => {
  const shipping = (outboundShipping: PolicyDocument['outboundShipping'], lines = all, reason = 'too_small') =>
    breakdown(
      order(),
      file(
        lines.map((line) => ({ ...line, reason })),
        under({ outboundShipping }),
      ),
      everything,
    ).shippingMinor;

  it('comes back as the policy says', () => {
    expect([shipping('never'), shipping('fullReturn'), shipping('fullReturn', [wish('shirt', 2)])]).toEqual([0, 490, 0]);
    expect([shipping('merchantFault'), shipping('merchantFault', [wish('cap')], 'defective')]).toEqual([0, 490]);
    // 500 of 2880, and 1190 of 2880 twice: 490 spread to the cent.
    expect([shipping('proportional', [wish('cap')]), shipping('proportional', [wish('shirt')]), shipping('proportional')]).toEqual([
      85, 203, 490,
    ]);
  });

  it('comes back with the refund that completes the order, over several returns, and once', () => {
    const parts = [order(), file([wish('shirt', 2)]), receive('s1', [scanned('shirt', 2)]), file([wish('cap')])];
    given(...history(...parts))
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
  const back = [file([wish('shirt')]), receive('s1', [scanned('shirt')])];
  const whole = { shippingMinor: 490, totalMinor: 1680 };

  it.each<[string, OrderLineFacts]>([
    ['the gift wrap', wrap],
    ['a service, a gift card or a tip', line('tip', { kind: 'service', deliveredAt: null })],
    ['what was never sent', line('late', { fulfilledQuantity: 0, deliveredAt: null })],
    ['what was sold as final', line('outlet', { finalSale: true })],
  ])('is not held up by %s: the shipping comes back when all goods are back', (_, other) => {
    expect(breakdown(sold(other), ...back)).toMatchObject(whole);
  });

  it('is not held up by what was cancelled, nor by what the policy sells as final', () => {
    const two = sold(shirt({ lineId: 'other' }));
    const cancelled = sold(shirt({ lineId: 'other', quantity: 0, fulfilledQuantity: 0, paid: { netMinor: 0, taxMinor: 0 } }));
    expect(breakdown(two, cancelled, ...back)).toMatchObject(whole);
    const final = policy({ finalSale: { categories: ['outlet'], skus: [] } });
    expect(
      breakdown(sold(line('x', { category: 'outlet' })), file([wish('shirt')], { policy: final }), receive('s1', [scanned('shirt')])),
    ).toMatchObject(whole);
    expect(breakdown(two, ...back)).toMatchObject({ shippingMinor: 0, totalMinor: 1190 });
  });

  it('brings the wrapping back where the policy says so, as a row of its own, with the refund that completes it, and once', () => {
    const wrapped = under({ wrappingRefund: 'fullReturn' });
    const both = [
      sold(shirt({ lineId: 'other' }), wrap),
      file([wish('shirt')], wrapped),
      receive('s1', [scanned('shirt')]),
      file([wish('other')], wrapped),
    ];
    expect(breakdown(...both).units.map((unit) => unit.lineId)).toEqual(['shirt']);
    const done = [...both, receive('s2', [scanned('other')], { returnId: R2 })];
    const { breakdown: second } = fold(history(...done)).returns[1]!.refunds[0]!;
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
    const more = [...done, sentLater, file([wish('other')], wrapped), receive('s3', [scanned('other')], { returnId: 'O-1-R3' })];
    expect(fold(history(...more)).returns[2]!.refunds[0]!.breakdown).toMatchObject({
      units: [{ lineId: 'other' }],
      shippingMinor: 0,
      totalMinor: 1190,
    });
    given(...history(...done))
      .when(sold(shirt({ lineId: 'other' })))
      .thenRefused('invalid_state', /wrapping wrap stays.*gave back 300/);
  });

  it('is quoted as it will be paid', () => {
    const asked = { lines: [{ ...wish('shirt'), reason: 'too_small' }], outcome: 'original_payment', method: 'label' } as const;
    const state = fold(history(sold(wrap)));
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
    given(...history(sold(wrap)))
      .when(file([wish('wrap')]))
      .thenRefused('not_returnable', /nothing to send back/);
    expect(returnableLines(policy(), fold(history(sold(wrap))), day(2)).lines).toMatchObject([
      { whyNot: null },
      { lineId: 'wrap', returnable: 0, decision: 'ineligible', whyNot: 'not_returnable', until: null },
    ]);
    given(...history(sold(), ...back))
      .when(order({ lines: [shirt({ kind: 'service' })], payments: [card(9000)] }))
      .thenRefused('invalid_state', /it stays goods/);
  });
});

describe('Fees', () => {
  it('for the way back are charged once per return; what one refund cannot bear is left to the next', () => {
    const fee = under({ returnShipping: { feeMinor: 700, freeFromMinor: null } });
    const steps = [order(), file([wish('shirt'), wish('cap')], fee), receive('s1', [scanned('cap')])];
    expect(breakdown(...steps)).toMatchObject({ fees: [{ code: 'return_shipping', amountMinor: 500 }], totalMinor: 0, payments: [] });
    given(...history(...steps))
      .when(receive('s2', [scanned('shirt')]))
      .and((_, events) => {
        expect(events[1]).toMatchObject({
          data: { breakdown: { fees: [{ code: 'return_shipping', amountMinor: 200 }], totalMinor: 990 } },
        });
      });
  });

  it('for restocking are a part of each unit, half rounded up', () => {
    expect(
      breakdown(order(), file([wish('shirt', 2)], under({ restockingFeeBp: 1250 })), receive('s1', [scanned('shirt', 2)])),
    ).toMatchObject({
      fees: [{ code: 'restocking', amountMinor: 298 }],
      totalMinor: 2082,
    });
  });

  it('for a broken promotion are the discount in what is kept, where the policy reprices', () => {
    const discounted = order({ promotions: [{ promotionId: 'five-off-30', thresholdMinor: 3000, discountMinor: 500 }] });
    const returned = (brokenPromotion: PolicyDocument['brokenPromotion'], lineId: string) =>
      breakdown(discounted, file([wish(lineId)], under({ brokenPromotion })), receive('s1', [scanned(lineId)]));
    // Kept: 1690 of 2880, so 293 of the discount is lost. With the cap gone 2380 + 413 is below 3000 too.
    expect(returned('reprice', 'shirt')).toMatchObject({ fees: [{ code: 'promotion_lost', amountMinor: 293 }], totalMinor: 897 });
    expect(returned('reprice', 'cap')).toMatchObject({ fees: [{ code: 'promotion_lost', amountMinor: 413 }], totalMinor: 87 });
    expect(returned('keepProrata', 'shirt')).toMatchObject({ fees: [], totalMinor: 1190 });
  });
});

describe('The way the money goes', () => {
  const paidBy = order({ payments: [card(1000, 'first'), card(1500, 'gift', { method: 'gift_card' }), card(870, 'last')] });
  const through = (tenderOrder: PolicyDocument['tenderOrder']) =>
    breakdown(paidBy, file(all, under({ tenderOrder, outboundShipping: 'never' })), everything).payments;

  it.each([
    ['reverseCapture', { last: 870, gift: 1500, first: 510 }],
    ['giftCardFirst', { gift: 1500, last: 870, first: 510 }],
    ['proportional', { first: 855, gift: 1282, last: 743 }],
  ] as const)('%s', (tenderOrder, amounts) => {
    expect(through(tenderOrder)).toEqual(Object.entries(amounts).map(([paymentId, amountMinor]) => ({ paymentId, amountMinor })));
  });

  it('store credit comes with its bonus, which is outside the caps', () => {
    const credit = [order(), file(all, { outcome: 'store_credit', ...under({ storeCreditBonusBp: 1000 }) }), everything];
    expect(breakdown(...credit)).toMatchObject({
      bonusMinor: 337,
      totalMinor: 3707,
      payments: [{ paymentId: 'store_credit', amountMinor: 3370 }],
    });
    const key = `${F1}.store_credit.0`;
    given(...history(...credit, submit({ paymentId: 'store_credit' })))
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
        expect(paymentRooms(state, state.order!)).toMatchObject([{ refundableMinor: 3370 }]);
      });
    given(...history(...credit))
      .when(refundManually(1))
      .thenRefused('over_refund');
  });

  it('counts everything not failed as used', () => {
    const rooms = (...commands: readonly ReturnsCommand[]) => {
      const state = fold(history(...owed, ...commands));
      const [room] = paymentRooms(state, state.order!);
      return [room!.refundedMinor, room!.reservedMinor, room!.refundableMinor];
    };
    expect(rooms()).toEqual([0, 1190, 2180]);
    expect(rooms(submit(), outcome(inDoubt))).toEqual([0, 1190, 2180]);
    expect(rooms(submit(), outcome(succeeded))).toEqual([1190, 0, 2180]);
    expect(rooms(submit(), outcome(declined))).toEqual([0, 0, 3370]);
  });
});

describe('A payout', () => {
  it('is submitted once, under a key of refund, payment and declines', () => {
    given(...history(...sent))
      .when(submit())
      .thenNothing();
    given(...history(...sent, outcome(declined), retry()))
      .when(submit())
      .and((_, events) => {
        expect(events).toMatchObject([{ type: 'RefundSubmitted', data: { key: `${F1}.card.1` } }]);
      });
    given(...history(...sent, outcome(succeeded)))
      .when(submit())
      .thenRefused('invalid_state', /succeeded/);
  });

  it('keeps its key over a lost answer', () => {
    given(...history(...sent, outcome(inDoubt)))
      .when(submit())
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { key: `${F1}.card.0` } }]);
      });
    given(...history(...sent, outcome(inDoubt), retry()))
      .when(submit())
      .and((_, events) => {
        expect(events).toMatchObject([{ data: { key: `${F1}.card.0` } }]);
      });
  });

  it('in doubt blocks other payouts of its payment until it is cleared up, also while it is retried', () => {
    const doubtful = [...owed, file([wish('shirt')]), receive('s2', [scanned('shirt')], { returnId: R2 }), submit(), outcome(inDoubt)];
    const other = submit({ returnId: R2, refundId: `${R2}-F1` });
    given(...history(...doubtful))
      .when(other)
      .thenRefused('payment_in_doubt');
    given(...history(...doubtful, retry(), submit()))
      .when(other)
      .thenRefused('payment_in_doubt');
    given(...history(...doubtful, outcome(succeeded)))
      .when(other)
      .thenTypes('RefundSubmitted');
    given(...history(...doubtful, settle()))
      .when(other)
      .thenTypes('RefundSubmitted');
  });

  it('pending is not refunded; success may turn into failure, and then the cap is free again', () => {
    const pending = [...sent, outcome({ kind: 'pending', providerRefundId: 'pr-1' })];
    expect(fold(history(...pending)).returns[0]!.milestones.refundedAt).toBeNull();
    given(...history(...pending, outcome(succeeded)))
      .when(outcome(declined))
      .thenTypes('RefundFailed')
      .and((state) => {
        expect(state.returns[0]!.milestones.refundedAt).toBeNull();
        expect(statusOf(state, state.returns[0]!)).toBe('refund_failed');
        expect(paymentRooms(state, state.order!)).toMatchObject([{ refundableMinor: 3370 }]);
      });
  });

  it('ignores stale and repeated news', () => {
    given(...history(...sent))
      .when(outcome(succeeded, `${F1}.card.9`))
      .thenNothing();
    given(...history(...owed))
      .when(outcome(succeeded))
      .thenNothing();
    given(...history(...sent, outcome(succeeded)))
      .when(outcome(succeeded))
      .thenNothing();
    given(...history(...sent, outcome(succeeded)))
      .when(outcome(inDoubt))
      .thenNothing();
    given(...history(...sent, outcome(declined)))
      .when(outcome(succeeded))
      .thenNothing();
    given(...history(...sent, outcome(declined), retry(), submit()))
      .when(outcome(declined))
      .thenNothing();
  });

  it('parked waits for a person', () => {
    const parked = [...sent, outcome({ kind: 'parked', reason: 'provider_down', attempts: 8 })];
    expect(payout(...parked)).toMatchObject({ state: 'parked', code: 'provider_down' });
    given(...history(...parked))
      .when(retry())
      .then({
        type: 'RefundRetryRequested',
        data: { at: day(9), returnId: R1, refundId: F1, paymentId: 'card', reason: { code: 'provider_is_back' } },
      });
    given(...history(...parked, retry()))
      .when(retry())
      .thenNothing();
  });

  it('is settled and failed by hand', () => {
    given(...history(...sent))
      .when(settle())
      .then({
        type: 'RefundSucceeded',
        data: { at: day(9), returnId: R1, refundId: F1, paymentId: 'card', providerRefundId: 'by-hand-1', by: 'staff' },
      });
    given(...history(...sent, settle()))
      .when(settle())
      .thenNothing();
    given(...history(...owed))
      .when(settle())
      .thenRefused('invalid_state', /sent/);
    given(...history(...sent))
      .when(fail())
      .then({ type: 'RefundFailed', data: { at: day(9), returnId: R1, refundId: F1, paymentId: 'card', code: 'by_hand', by: 'staff' } });
    given(...history(...sent, fail()))
      .when(fail())
      .thenNothing();
    const byHand = [order({ payments: [card(3370, 'card', { provider: 'manual' })] }), ...owed.slice(1)];
    given(...history(...byHand))
      .when(settle())
      .thenTypes('RefundSucceeded');
    given(...history(...byHand))
      .when(fail('card'))
      .thenTypes('RefundFailed');
  });

  it('that was paid is settled again with the same reference only: another one would be a second payment', () => {
    const other = { ...settle(), providerRefundId: 'bank-9' };
    given(...history(...sent, settle()))
      .when(other)
      .thenRefused('invalid_state', /paid already, with the reference by-hand-1/);
    given(...history(...sent, settle()))
      .when({ ...other, paymentId: 'card' })
      .thenRefused('invalid_state', /bank-9/);
    given(...history(...sent, outcome(succeeded)))
      .when(settle())
      .thenRefused('invalid_state', /pr-1/);
    given(...history(...sent, outcome(succeeded)))
      .when({ ...settle(), providerRefundId: 'pr-1' })
      .thenNothing();
    // Who names no reference says only that it is paid.
    given(...history(...sent, outcome(succeeded)))
      .when({ ...settle(), providerRefundId: 'by-hand' })
      .thenNothing();
  });

  it('that its provider says it is paying, or has paid, is not called failed', () => {
    given(...history(...sent, outcome({ kind: 'pending', providerRefundId: 'pr-1' })))
      .when({ ...fail(), underWay: ['card'] })
      .thenRefused('invalid_state', /simulated says that it is paying this out/);
    given(...history(...sent, outcome(succeeded)))
      .when(fail('card'))
      .thenRefused('invalid_state', /has been paid, with the reference pr-1/);
  });

  it('that failed goes another way, never under the table', () => {
    const failed = [...sent, outcome(declined)];
    given(...history(...failed))
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
    given(...history(...failed, reroute('bank_transfer')))
      .when(settle())
      .thenTypes('RefundSucceeded');
    given(...history(...failed, reroute('bank_transfer')))
      .when(retry('card'))
      .thenRefused('invalid_state', /another way/);
    given(...history(...failed))
      .when(reroute('original_payment', 'card'))
      .thenRefused('invalid_state', /already/);
    given(...history(...failed))
      .when(reroute('original_payment', 'cash'))
      .thenRefused('not_found');
    given(...history(...failed))
      .when(reroute('original_payment'))
      .thenRefused('validation_failed');
  });

  it('that may have been paid does not go another way', () => {
    given(...history(...sent, outcome(inDoubt)))
      .when(reroute('bank_transfer', null, 'card'))
      .thenRefused('invalid_state', /may have been paid/);
    given(...history(...sent, outcome(inDoubt), outcome({ kind: 'parked', reason: 'x', attempts: 8 })))
      .when(reroute('bank_transfer'))
      .thenRefused('invalid_state');
    given(...history(...sent))
      .when(reroute('bank_transfer'))
      .thenRefused('invalid_state');
  });

  it('that failed is retried only as far as its payment still bears it', () => {
    const two = order({ payments: [card(2180, 'old'), card(1190, 'card')] });
    const failed = [two, ...sent.slice(1), outcome(declined)];
    given(...history(...failed))
      .when(retry())
      .thenTypes('RefundRetryRequested');
    const taken = [...failed, file([wish('shirt')]), receive('s2', [scanned('shirt')], { returnId: R2 })];
    given(...history(...taken))
      .when(retry())
      .thenRefused('over_refund', /used it up/);
    given(...history(...taken))
      .when(reroute('original_payment', 'old'))
      .thenTypes('RefundRerouted');
    given(...history(...taken))
      .when(settle())
      .thenRefused('over_refund');
  });

  it('that nobody knows is not found', () => {
    given(...history(...owed))
      .when(submit({ paymentId: 'cash' }))
      .thenRefused('not_found');
    given(...history(...owed))
      .when(submit({ refundId: `${R1}-F9` }))
      .thenRefused('not_found');
    given(...history(...owed))
      .when(retry())
      .thenNothing();
    given(...history(...sent))
      .when(retry())
      .thenRefused('invalid_state', /Nothing/);
  });

  it('of a refund with two failed payouts: both go to the bank, each under a name of its own', () => {
    const two = [order({ payments: [card(1000, 'a'), card(2370, 'b')] }), file(all), everything];
    const failed = ['a', 'b'].flatMap((paymentId) => [submit({ paymentId }), outcome(declined, `${F1}.${paymentId}.0`, { paymentId })]);
    given(...history(...two, ...failed))
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
    given(...history(order(), file([wish('shirt', 2)])))
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
    given(...history(order(), file([wish('shirt')]), refundManually(1000)))
      .when(receive('s1', [scanned('shirt')]))
      .and((_, events) => {
        expect(events[2]).toMatchObject({ type: 'RefundEntitled', data: { breakdown: { totalMinor: 190 } } });
      });
    given(...history(order(), file([wish('shirt')]), refundManually(null)))
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ParcelOpened', 'ItemReceived');
  });

  it('never exceeds what is left', () => {
    given(...history(...owed))
      .when(refundManually(null))
      .thenRefused('over_refund', /Nothing is left/);
    const short = [
      order(),
      file([wish('shirt', 2)], under({ inspectionRequired: true, refundTrigger: 'inspected' })),
      receive('s1', [scanned('shirt')]),
      missing('shirt'),
    ];
    given(...history(...short))
      .when(refundManually(null))
      .and((_, events) => expect(events[0]).toMatchObject({ data: { breakdown: { units: [{ unit: 0 }], totalMinor: 1190 } } }));
    given(...history(...short, refundManually(null)))
      .when(refundManually(null))
      .thenRefused('over_refund', /missing or kept, name the amount/);
    given(...history(...short, refundManually(null)))
      .when(refundManually(1190))
      .thenTypes('RefundEntitled');
    given(...history(order(), file([wish('shirt')])))
      .when(refundManually(1191))
      .thenRefused('over_refund', /At most 1190/);
    given(...history(order({ payments: [card(100)] }), file([wish('shirt')])))
      .when(refundManually(101))
      .thenRefused('over_refund', /payments/);
    for (const amount of [0, -1, 0.5, 2 ** 53])
      given(...history(order(), file([wish('shirt')])))
        .when(refundManually(amount))
        .thenRefused('validation_failed');
  });

  it('makes good what a grade took off', () => {
    const graded = [
      order(),
      file([wish('shirt')], under({ inspectionRequired: true })),
      receive('s1', [scanned('shirt')]),
      inspect([{ grade: 'C' }]),
    ];
    given(...history(...graded))
      .when(refundManually(null))
      .and((state) => {
        expect(state.returns[0]!.lines[0]!.units[0]).toMatchObject({ entitledMinor: 1190 });
      });
  });
});
