import { describe, expect, it } from '@jest/globals';
import { freeUnits } from '../../src/returns/rules/decide/find.js';
import { paymentBalances } from '../../src/returns/rules/money/caps.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedReturn,
  disputeClosed,
  itemReceived,
  labelVoided,
  orderAmended,
  orderRegistered,
  parcelOpened,
  paymentDisputed,
  refundBlocked,
  refundedElsewhere,
  refundEntitled,
  refundFailed,
  refundParked,
  refundSubmitted,
  refundSucceeded,
  requested,
  returnCancelled,
  returnClosed,
  returnDeclined,
  returnRequested,
  returnSentToReview,
  REVIEW,
  soldLine,
} from '../support/returns-events.js';
import {
  approve,
  card,
  day,
  F1,
  file,
  line,
  order,
  outcome,
  R1,
  R2,
  receive,
  retry,
  scanned,
  settle,
  submit,
  succeeded,
  wish,
} from './returns.scenes.js';

const shirts = (told: object = {}) => line('shirt', { quantity: 2, paid: { netMinor: 2000, taxMinor: 380 }, ...told });
const cap = (told: object = {}) => line('cap', { paid: { netMinor: 420, taxMinor: 80 }, ...told });
const filed = [orderRegistered(), ...approvedReturn({ lines: [requested('shirt')] })];
const cancelled = [labelVoided(), returnCancelled()];
/** The shirt has come, and its refund is owed. */
const refunded = [...filed, parcelOpened(), itemReceived(), refundEntitled()];

describe('An order is registered', () => {
  it('with what was paid allocated to its units, net and tax apart, to the cent', () => {
    const odd = order({ lines: [line('socks', { quantity: 3, paid: { netMinor: 1000, taxMinor: 191 } })] });
    given()
      .when(odd)
      .thenTypes('OrderRegistered')
      .and((state) => {
        expect(state.order!.lines[0]!.units).toEqual([
          { netMinor: 334, taxMinor: 64 },
          { netMinor: 333, taxMinor: 64 },
          { netMinor: 333, taxMinor: 63 },
        ]);
      });
  });

  it('once: the same facts again, whenever and in whatever order of keys, are no event', () => {
    given(orderRegistered())
      .when(order({ at: day(9) }))
      .thenNothing();
    const shuffled = JSON.parse(
      JSON.stringify(order().lines).replace(/"lineId":"(\w+)",(.*?"sku":"[^"]+")/g, '$2,"lineId":"$1"'),
    ) as ReturnType<typeof order>['lines'];
    given(orderRegistered())
      .when(order({ lines: shuffled }))
      .thenNothing();
  });

  it('with fulfilment told on its own when nothing else has changed', () => {
    const unshipped = order({ lines: [shirts({ fulfilledQuantity: 0, deliveredAt: null }), cap()] });
    given(orderRegistered(unshipped))
      .when(order({ at: day(2) }))
      .then({
        type: 'FulfilmentRecorded',
        data: { at: day(2), lines: [{ lineId: 'shirt', fulfilledQuantity: 2, deliveredAt: day(1) }] },
      })
      .and((state) => {
        expect(state.lastFulfilledAt).toBe(day(2));
      });
  });

  it.each([
    ['an unknown currency', { currency: 'XXX' }, /currency/],
    ['a currency in small letters', { currency: 'eur' }, /currency/],
    ['no lines', { lines: [] }, /at least one line/],
    ['a line twice', { lines: [cap(), cap()] }, /twice/],
    ['a payment twice', { payments: [card(1), card(2)] }, /twice/],
    ['no payment for what costs something', { payments: [] }, /at least one payment/],
    ['a payment called like a way of its own', { payments: [card(1, 'store_credit')] }, /taken/],
    ['half a unit', { lines: [cap({ quantity: 1.5 })] }, /whole number/],
    ['no unit', { lines: [cap({ quantity: 0 })] }, /at least 1/],
    ['more shipped than ordered', { lines: [cap({ fulfilledQuantity: 2 })] }, /fulfilled/],
    ['a negative amount', { shipping: { netMinor: -1, taxMinor: 0 } }, /shipping/],
    ['amounts beyond counting', { payments: [card(2 ** 53)] }, /captured/],
    ['a line beyond counting', { lines: [cap({ quantity: 10_001 })] }, /quantity/],
    [
      'an order beyond counting',
      { lines: [cap({ quantity: 9000 }), shirts({ quantity: 9000 }), line('x', { quantity: 9000 })] },
      /at most 20000 units/,
    ],
    ['a delivery at no time', { lines: [cap({ deliveredAt: 'yesterday' })] }, /point in time/],
  ])('but not with %s', (_, told, words) => {
    given().when(order(told)).thenRefused('validation_failed', words);
  });
});

describe('An order with returns is amended', () => {
  it('so that units in a return keep their amounts and new units share the rest', () => {
    const more = order({
      at: day(3),
      lines: [shirts({ quantity: 4, paid: { netMinor: 3001, taxMinor: 570 } }), cap()],
      payments: [card(5000)],
    });
    given(...filed)
      .when(more)
      .thenTypes('OrderAmended')
      .and((state) => {
        expect(state.order!.lines[0]!.units).toEqual([
          { netMinor: 1000, taxMinor: 190 },
          { netMinor: 667, taxMinor: 127 },
          { netMinor: 667, taxMinor: 127 },
          { netMinor: 667, taxMinor: 126 },
        ]);
      });
    given(
      ...filed,
      orderAmended(more, [
        soldLine(more.lines[0]!, {
          units: [
            { netMinor: 1000, taxMinor: 190 },
            { netMinor: 667, taxMinor: 127 },
            { netMinor: 667, taxMinor: 127 },
            { netMinor: 667, taxMinor: 126 },
          ],
        }),
        soldLine(cap()),
      ]),
    )
      .when(more)
      .thenNothing();
  });

  /** Four of a line paid 40.00, one of them in a return. */
  const four = (told: object = {}) =>
    order({ at: day(3), lines: [line('shirt', { quantity: 4, paid: { netMinor: 4000, taxMinor: 0 }, ...told })], payments: [card(5000)] });
  const oneBack = [orderRegistered(four()), ...filed.slice(1)];
  const amounts = (state: ReturnsState) => state.order!.lines[0]!.units.map((unit) => unit.netMinor + unit.taxMinor);

  it('so that units no return claims are cancelled, repriced and refunded by the shop', () => {
    given(...oneBack)
      .when(four({ quantity: 3, paid: { netMinor: 3000, taxMinor: 0 } }))
      .thenTypes('OrderAmended')
      .and((state) => expect(amounts(state)).toEqual([1000, 1000, 1000]));
    given(...oneBack)
      .when(four({ quantity: 1, paid: { netMinor: 1000, taxMinor: 0 } }))
      .thenTypes('OrderAmended')
      .and((state) => expect(amounts(state)).toEqual([1000]));
    given(...oneBack)
      .when(four({ paid: { netMinor: 3400, taxMinor: 0 } }))
      .and((state) => expect(amounts(state)).toEqual([1000, 800, 800, 800]));
    given(...oneBack)
      .when(four({ paid: { netMinor: 2000, taxMinor: 0 } }))
      .and((state) => expect(amounts(state)).toEqual([1000, 334, 333, 333]));
    given(...oneBack)
      .when(four({ quantity: 3, fulfilledQuantity: 2, deliveredAt: day(2), paid: { netMinor: 3000, taxMinor: 0 } }))
      .and((state) => {
        expect(state.order!.lines[0]).toMatchObject({ fulfilledQuantity: 2, deliveredAt: day(2) });
      });
  });

  it('again and again: what was cancelled or repriced meanwhile holds up no delivery', () => {
    const fewer = four({ quantity: 3, fulfilledQuantity: 1, deliveredAt: null, paid: { netMinor: 3000, taxMinor: 0 } });
    given(...oneBack, orderAmended(fewer))
      .when(fewer)
      .thenNothing();
    given(...oneBack, orderAmended(fewer))
      .when(four({ quantity: 3, fulfilledQuantity: 3, deliveredAt: day(2), paid: { netMinor: 3000, taxMinor: 0 } }))
      .thenTypes('FulfilmentRecorded');
    given(...oneBack, orderAmended(fewer))
      .when(file([wish('shirt')]))
      .thenRefused('already_returned');
  });

  it('so that a unit in a return keeps its place behind cancelled ones', () => {
    const last = [
      orderRegistered(four()),
      ...approvedReturn({ lines: [requested('shirt', [0, 1, 2])] }),
      ...approvedReturn({ returnId: R2, lines: [requested('shirt', [3])] }),
      ...cancelled,
    ];
    const kept = (net: readonly number[], gone: readonly number[]) =>
      ({ units: net.map((netMinor) => ({ netMinor, taxMinor: 0 })), cancelled: gone }) as const;
    const left = four({ quantity: 1, paid: { netMinor: 1000, taxMinor: 0 } });
    const onlyLast = orderAmended(left, [soldLine(left.lines[0]!, kept([0, 0, 0, 1000], [0, 1, 2]))]);
    given(...last)
      .when(left)
      .thenTypes('OrderAmended')
      .and((state) => {
        expect(state.order!.lines[0]).toMatchObject({
          units: [{ netMinor: 0 }, { netMinor: 0 }, { netMinor: 0 }, { netMinor: 1000 }],
          cancelled: [0, 1, 2],
        });
        expect(freeUnits(state, state.order!.lines[0]!)).toEqual([]);
      });
    given(...last, onlyLast)
      .when(receive('s1', [scanned('shirt')], { returnId: R2 }))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundEntitled');
    const more = four({ quantity: 3, paid: { netMinor: 3001, taxMinor: 0 } });
    given(...last, onlyLast)
      .when(more)
      .and((state) => {
        expect(state.order!.lines[0]).toMatchObject({
          units: [{ netMinor: 1001 }, { netMinor: 1000 }, { netMinor: 0 }, { netMinor: 1000 }],
          cancelled: [2],
        });
        expect(freeUnits(state, state.order!.lines[0]!)).toEqual([0, 1]);
      });
    given(...last, onlyLast, orderAmended(more, [soldLine(more.lines[0]!, kept([1001, 1000, 0, 1000], [2]))]))
      .when(more)
      .thenNothing();
  });

  it('with the cent that rounding a single price makes, and with net and tax cut in another way', () => {
    const three = (told: object = {}) => four({ quantity: 3, paid: { netMinor: 1000, taxMinor: 0 }, ...told });
    const filedOne = [orderRegistered(three()), ...filed.slice(1)];
    given(...filedOne)
      .when(three({ quantity: 1, paid: { netMinor: 333, taxMinor: 0 } }))
      .thenTypes('OrderAmended')
      .and((state) => expect(amounts(state)).toEqual([334]));
    given(...filedOne)
      .when(three({ quantity: 1, paid: { netMinor: 332, taxMinor: 0 } }))
      .thenRefused('invalid_state', /keeps its 334/);
    given(...filedOne)
      .when(three({ paid: { netMinor: 840, taxMinor: 160 } }))
      .and((state) => {
        expect(state.order!.lines[0]!.units).toEqual([
          { netMinor: 334, taxMinor: 0 },
          { netMinor: 253, taxMinor: 80 },
          { netMinor: 253, taxMinor: 80 },
        ]);
      });
    given(...filed)
      .when(order({ lines: [shirts({ paid: { netMinor: 2380, taxMinor: 0 } }), cap()] }))
      .and((state) => expect(amounts(state)).toEqual([1190, 1190]));
  });

  it('so that a line whose returns are over can be taken away, and a late parcel of it still finds its article', () => {
    const gone = order({ at: day(9), lines: [cap()] });
    given(...filed, ...cancelled)
      .when(gone)
      .thenTypes('OrderAmended')
      .and((state) => {
        expect(state.order!.lines.map((each) => [each.lineId, each.units.length])).toEqual([
          ['cap', 1],
          ['shirt', 0],
        ]);
      });
    given(...filed, ...cancelled, orderAmended(gone, [soldLine(cap()), soldLine(shirts({ fulfilledQuantity: 0 }), { units: [] })]))
      .when(gone)
      .thenNothing();
    given(...filed, ...cancelled, orderAmended(gone, [soldLine(cap()), soldLine(shirts({ fulfilledQuantity: 0 }), { units: [] })]))
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ParcelOpened', 'ItemUnexpected');
    given(...filed, ...cancelled)
      .when(order({ lines: [shirts({ quantity: 0, fulfilledQuantity: 0, paid: { netMinor: 0, taxMinor: 0 } }), cap()] }))
      .thenTypes('OrderAmended');
    given(orderRegistered())
      .when(order({ lines: [shirts({ quantity: 0, fulfilledQuantity: 0 }), cap()] }))
      .thenRefused('validation_failed', /nothing can be paid/);
  });

  it.each([
    ['in another currency', { currency: 'USD' }, /currency cannot change from EUR to USD/],
    ['without the line', { lines: [cap()] }, /1 unit of line shirt is in a return \(O-1-R1\); the line cannot be taken away/],
    [
      'with fewer units than are in a return',
      { lines: [shirts({ quantity: 0, fulfilledQuantity: 0, paid: { netMinor: 0, taxMinor: 0 } }), cap()] },
      /cannot have fewer than 1 unit/,
    ],
    [
      'with less paid than its units in a return keep',
      { lines: [shirts({ paid: { netMinor: 1000, taxMinor: 188 } }), cap()] },
      /keeps its 1190, so.*refunds-elsewhere/,
    ],
    ['with the unit not shipped after all', { lines: [shirts({ fulfilledQuantity: 0 }), cap()] }, /at least that many were sent/],
  ])('but not %s', (_, told, words) => {
    given(...filed)
      .when(order({ at: day(3), ...told }))
      .thenRefused('invalid_state', words);
  });

  it('but not below what has gone back', () => {
    given(...refunded)
      .when(order({ payments: [card(1189)] }))
      .thenRefused('invalid_state', /captured less/);
    given(...refunded)
      .when(order({ payments: [card(3370, 'other')] }))
      .thenRefused('invalid_state', /cannot be taken away/);
    given(...refunded)
      .when(order({ payments: [card(1190)] }))
      .thenTypes('OrderAmended');
  });

  it('freely again once its returns have released their units', () => {
    given(...filed, ...cancelled)
      .when(order({ lines: [shirts({ paid: { netMinor: 1000, taxMinor: 190 } }), cap()] }))
      .thenTypes('OrderAmended');
  });
});

describe('Units of an order', () => {
  it('can be returned as often as they were shipped, and not once more', () => {
    given(orderRegistered(), ...approvedReturn())
      .when(file([wish('shirt')]))
      .thenRefused('already_returned');
    given(...filed)
      .when(file([wish('shirt', 2)]))
      .thenRefused('quantity_not_returnable', /Only 1/);
    given(...filed)
      .when(file([wish('shirt')]))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested')
      .and((state) => {
        expect(state.returns.map((ret) => [ret.returnId, ret.lines[0]!.units.map((unit) => unit.unit)])).toEqual([
          ['O-1-R1', [0]],
          ['O-1-R2', [1]],
        ]);
      });
  });

  it('cannot be returned before they were shipped', () => {
    const unshipped = order({ lines: [shirts({ fulfilledQuantity: 1 }), cap({ fulfilledQuantity: 0 })] });
    given(orderRegistered(unshipped))
      .when(file([wish('shirt', 2)]))
      .thenRefused('quantity_not_returnable');
    given(orderRegistered(unshipped))
      .when(file([wish('cap')]))
      .thenRefused('quantity_not_returnable', /shipped/);
  });

  it.each([
    ['cancelled', cancelled],
    ['closed with nothing come', [returnClosed()]],
  ])('are free again when the return is %s', (_, ending) => {
    given(...filed, ...ending)
      .when(file([wish('shirt', 2)]))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
  });

  it('are free again when the return is declined', () => {
    const inReview = [orderRegistered(), returnRequested(), returnSentToReview({ at: day(2), reasons: [REVIEW.review_all] })];
    given(...inReview)
      .when(file([wish('shirt')]))
      .thenRefused('already_returned');
    given(...inReview, returnDeclined())
      .when(file([wish('shirt', 2)]))
      .thenTypes('ReturnRequested', 'ReturnApproved', 'LabelRequested');
  });

  it('never are free again once received, however the return ends', () => {
    given(...refunded, refundSubmitted(), refundSucceeded(), returnClosed())
      .when(file([wish('shirt', 2)]))
      .thenRefused('quantity_not_returnable', /Only 1/);
  });
});

describe('A dispute', () => {
  const disputed = paymentDisputed({ at: day(4), amountMinor: 3000 });
  const dispute = { type: 'RecordDispute', at: day(4), disputeId: 'dp-1', paymentId: 'card', amountMinor: 3000 } as const;
  const end = (result: 'won' | 'lost') => ({ type: 'CloseDispute', at: day(5), disputeId: 'dp-1', outcome: result }) as const;

  it('takes its amount out of what can be refunded: the return waits for a person instead of paying twice', () => {
    given(...filed, disputed)
      .when(receive('s1', [scanned('shirt')]))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundBlocked')
      .and((state) => {
        expect(state.returns[0]).toMatchObject({
          authorisation: 'approved',
          blocked: { amountMinor: 1190, code: 'disputed', since: day(6) },
          refunds: [],
        });
      });
  });

  it('keeps it as long as it is open or lost, and gives it back when it is won', () => {
    const held = [...filed, disputed, parcelOpened(), itemReceived(), refundBlocked({ amountMinor: 1190, code: 'disputed' })];
    given(...held)
      .when(approve())
      .thenNothing();
    given(...held)
      .when(end('lost'))
      .thenTypes('DisputeClosed')
      .and((state) => expect(state.returns[0]!.refunds).toEqual([]));
    given(...held)
      .when(end('won'))
      .thenTypes('DisputeClosed', 'RefundEntitled');
  });

  it('is told once, closed once, and about a payment of the order', () => {
    given(orderRegistered(), disputed).when(dispute).thenNothing();
    given(orderRegistered(), disputed)
      .when({ ...dispute, amountMinor: 1 })
      .thenRefused('invalid_state');
    given(orderRegistered(), disputed, disputeClosed({ at: day(5) }))
      .when(end('won'))
      .thenNothing();
    given(orderRegistered(), disputed, disputeClosed({ at: day(5) }))
      .when(end('lost'))
      .thenRefused('invalid_state', /closed as won/);
    given(orderRegistered())
      .when({ ...dispute, paymentId: 'cash' })
      .thenRefused('not_found');
    given(orderRegistered()).when(end('won')).thenRefused('not_found');
  });
});

describe('Money given back elsewhere', () => {
  const elsewhere = (amountMinor: number, told: Partial<Extract<ReturnsCommand, { type: 'RecordRefundElsewhere' }>> = {}) =>
    ({
      type: 'RecordRefundElsewhere',
      at: day(6),
      refundedAt: day(5),
      paymentId: 'card',
      amountMinor,
      reference: 're_9',
      ...told,
    }) as const;
  const gone = (amountMinor: number) => refundedElsewhere({ amountMinor, reference: 're_9' });
  const room = (state: ReturnsState) => paymentBalances(state, state.order!)[0];

  it('is no longer to be refunded here, and counts once', () => {
    given(...filed)
      .when(elsewhere(3000))
      .then({ type: 'RefundedElsewhere', data: { at: day(5), paymentId: 'card', amountMinor: 3000, reference: 're_9' } })
      .and((state) => expect(room(state)).toMatchObject({ refundedElsewhereMinor: 3000, refundableMinor: 370, excessMinor: 0 }));
    given(...filed, gone(3000))
      .when(elsewhere(3000, { at: day(9), refundedAt: day(9) }))
      .thenNothing();
    given(...filed, gone(3000))
      .when(elsewhere(2999))
      .thenRefused('invalid_state', /re_9 is known as 3000 through payment card.*Another refund has another reference/);
    given(...filed, gone(3000))
      .when(receive('s1', [scanned('shirt')]))
      .and((state) => expect(state.returns[0]!.refunds).toEqual([]));
    given(...filed, gone(300))
      .when(elsewhere(70, { reference: 're_10' }))
      .and((state) => expect(room(state)).toMatchObject({ refundableMinor: 3000 }));
  });

  it('leaves no refund on its way that the payment cannot bear any more: it waits for a person, who settles the one this was', () => {
    given(...refunded)
      .when(elsewhere(2180))
      .thenTypes('RefundedElsewhere');
    const parked = [...refunded, gone(2181), refundParked({ at: day(6), reason: { code: 'refunded_elsewhere' }, attempts: 0 })];
    given(...refunded)
      .when(elsewhere(2181))
      .thenTypes('RefundedElsewhere', 'RefundParked');
    given(...parked)
      .when(submit())
      .thenRefused('invalid_state', /parked/);
    given(...parked)
      .when(retry())
      .thenRefused('over_refund', /elsewhere/);
    given(...parked)
      .when({ ...settle(), providerRefundId: 're_9' })
      .thenTypes('RefundSucceeded')
      .and((state) => {
        expect(state.refundsElsewhere).toMatchObject([{ reference: 're_9', refundId: F1 }]);
        expect(room(state)).toMatchObject({ refundedMinor: 1190, refundedElsewhereMinor: 0, refundableMinor: 2180 });
      });
    given(...parked, refundFailed({ at: day(9), code: 'by_hand', by: 'staff' }))
      .when(retry())
      .thenRefused('over_refund');
  });

  it('that is a payout of ours by its reference counts as that alone, whichever is told first', () => {
    given(...refunded, refundSubmitted(), refundSucceeded())
      .when(elsewhere(1190, { reference: 'pr-1' }))
      .thenNothing();
    given(...refunded, refundSubmitted(), refundSucceeded())
      .when(elsewhere(1000, { reference: 'pr-1' }))
      .thenRefused('invalid_state', /our own refund O-1-R1-F1 of 1190/);
    given(...refunded, refundSubmitted(), refundedElsewhere({ amountMinor: 1190, reference: 'pr-1' }))
      .when(outcome(succeeded))
      .and((state) => {
        expect(room(state)).toMatchObject({ refundedMinor: 1190, refundedElsewhereMinor: 0, refundableMinor: 2180 });
      });
  });

  it('is recorded whatever its amount: a fact is not refused', () => {
    given(...refunded, refundSubmitted(), refundSucceeded())
      .when(elsewhere(9999))
      .thenTypes('RefundedElsewhere')
      .and((state) => {
        expect(room(state)).toMatchObject({ refundableMinor: 0, excessMinor: 1190 + 9999 - 3370 });
      });
    const two = order({ payments: [card(2370), card(1000, 'gift')] });
    given(orderRegistered(two), gone(9999))
      .when(file([wish('cap')]))
      .and((state) => {
        expect(paymentBalances(state, state.order!).map(({ refundableMinor }) => refundableMinor)).toEqual([0, 1000]);
      });
  });

  it('is about a payment of the order and some amount', () => {
    given().when(elsewhere(1)).thenRefused('not_found');
    given(orderRegistered())
      .when(elsewhere(1, { paymentId: 'cash' }))
      .thenRefused('not_found', /no payment cash/);
    given(orderRegistered()).when(elsewhere(0)).thenRefused('validation_failed');
  });

  it('stays with its payment when the order is told again: what was captured is told as it was before refunds', () => {
    given(orderRegistered(), gone(1000))
      .when(order({ at: day(9), payments: [card(2370)] }))
      .thenTypes('OrderAmended');
    given(orderRegistered(), gone(1000))
      .when(order({ at: day(9), payments: [card(999)] }))
      .thenRefused('invalid_state', /before anything was refunded/);
    given(orderRegistered(), gone(1000))
      .when(order({ at: day(9), payments: [card(3370, 'other')] }))
      .thenRefused('invalid_state', /taken away/);
    given(orderRegistered(), gone(9999))
      .when(order({ at: day(9), number: '1001-B' }))
      .thenTypes('OrderAmended');
  });
});

describe('Nothing is known of an order that was never registered', () => {
  it('so nothing can be returned from it', () => {
    given()
      .when(file([wish('shirt')]))
      .thenRefused('not_found');
    given(orderRegistered()).when(approve(R1)).thenRefused('not_found');
    expect(fold([]).order).toBeNull();
  });
});
