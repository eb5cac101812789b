/** What people come back to: a decision taken back, a word that proves wrong, a code written differently. */
import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../src/finance/invariants.js';
import { presentQuote as quote } from '../../src/returns/api/quote.presentation.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import type { ReturnsEvent } from '../../src/returns/rules/returns.events.js';
import type { ReturnsState } from '../../src/returns/rules/returns.state.js';
import { entitledOf } from '../../src/returns/rules/returns.status.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedByStaff,
  approvedReturn,
  itemReceived,
  orderRegistered,
  parcelOpened,
  paymentDisputed,
  refundEntitled,
  refundFailed,
  refundPutInDoubt,
  refundRetryRequested,
  refundSubmitted,
  requested,
  returnClosed,
  returnReopened,
  returnSentToReview,
  unitRefund,
} from '../support/returns-events.js';
import {
  card,
  day,
  declined,
  expire,
  F1,
  line,
  order,
  outcome,
  policy,
  R1,
  R2,
  receive,
  refundManually,
  reroute,
  scanned,
  settle,
  submit,
  succeeded,
  termsUnder,
  wish,
} from './returns.scenes.js';

const approved = [orderRegistered(), ...approvedReturn()];

describe('A return that a person opened again', () => {
  it('has all its days to be sent, counted from the reopening', () => {
    given(...approved, returnClosed(), returnReopened({ at: '2026-04-20T09:00:00.000Z', retaken: [{ lineId: 'shirt', units: [0, 1] }] }))
      .when(expire(R1, '2026-05-18T08:59:59.999Z'))
      .thenNothing();
    given(...approved, returnClosed(), returnReopened({ at: '2026-04-20T09:00:00.000Z', retaken: [{ lineId: 'shirt', units: [0, 1] }] }))
      .when(expire(R1, '2026-05-18T09:00:00.000Z'))
      .thenTypes('ReturnExpired');
  });

  it('has them also when a review took longer than they last', () => {
    given(...approved, returnSentToReview(), approvedByStaff({ at: '2026-04-20T09:00:00.000Z' }))
      .when(expire(R1, '2026-04-20T09:00:01.000Z'))
      .thenNothing();
    given(...approved, returnSentToReview(), approvedByStaff({ at: '2026-04-20T09:00:00.000Z' }))
      .when(expire(R1, '2026-05-18T09:00:00.000Z'))
      .thenTypes('ReturnExpired');
  });

  it('is not given more days by being approved twice', () => {
    given(...approved)
      .when(expire(R1, '2026-03-30T09:00:00.000Z'))
      .thenTypes('ReturnExpired');
  });
});

describe('A scanned article number', () => {
  const sold = (barcode: string) => [
    orderRegistered(order({ lines: [line('shirt', { quantity: 2, barcode, paid: { netMinor: 2000, taxMinor: 380 } })] })),
    ...approvedReturn(),
  ];
  const scan = (barcode: string) => receive('s1', [{ lineId: null, barcode, quantity: 1 }]);

  it.each([
    ['UPC-A', 'EAN-13', '012345678905', '0012345678905'],
    ['EAN-13', 'UPC-A', '0012345678905', '012345678905'],
    ['EAN-13', 'GTIN-14', '4006381333931', '04006381333931'],
  ])('sold as %s is the same scanned as %s', (_sold, _scanned, barcode, scanned) => {
    given(...sold(barcode))
      .when(scan(scanned))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundEntitled');
  });

  it('of a case of it, or a shorter number with zeros, is another article', () => {
    given(...sold('4006381333931'))
      .when(scan('14006381333938'))
      .thenTypes('ParcelOpened', 'ItemUnexpected');
    given(...sold('4711'))
      .when(scan('04711'))
      .thenTypes('ParcelOpened', 'ItemUnexpected');
  });
});

describe('A payout that a person called failed', () => {
  const bothShirts = [unitRefund(), unitRefund('shirt', 1)];
  const sent = [
    ...approved,
    parcelOpened(),
    itemReceived({ units: [0, 1] }),
    refundEntitled(bothShirts),
    refundSubmitted({ amountMinor: 2380 }),
  ];
  const calledFailed = refundFailed({ at: day(9), code: 'by_hand', by: 'staff' });
  const payout = ({ returns }: ReturnsState) => returns[0]!.refunds[0]!.payouts[0]!;

  it('has been paid after all when the provider says so', () => {
    given(...sent, calledFailed)
      .when(outcome(succeeded))
      .thenTypes('RefundSucceeded');
    given(...sent, refundPutInDoubt(), calledFailed)
      .when(outcome(succeeded))
      .thenTypes('RefundSucceeded');
    given(...sent, calledFailed, refundRetryRequested())
      .when(outcome(succeeded))
      .and((state) => expect(payout(state)).toMatchObject({ state: 'succeeded' }));
  });

  it('is sent again under the key it had: the provider does not pay it twice', () => {
    given(...sent, calledFailed, refundRetryRequested())
      .when(submit())
      .and((state) => expect(payout(state)).toMatchObject({ state: 'submitted', key: `${F1}.card.0` }));
  });

  it('gets a new key once the provider itself has declined', () => {
    const declinedToo = [...sent, calledFailed, refundFailed()];
    given(...declinedToo)
      .when(outcome(declined))
      .thenNothing();
    given(...declinedToo, refundRetryRequested())
      .when(submit())
      .and((state) => expect(payout(state)).toMatchObject({ state: 'submitted', key: `${F1}.card.1` }));
  });

  it('is in doubt again when the call that was under way got no answer, and does not go another way until that is clear', () => {
    const doubted = [...sent, calledFailed, refundPutInDoubt()];
    given(...doubted)
      .when(reroute('bank_transfer', null, 'card'))
      .thenRefused('invalid_state');
    given(...doubted)
      .when(settle())
      .thenTypes('RefundSucceeded');
  });

  it('stays failed when the provider certainly did nothing', () => {
    given(...sent, calledFailed)
      .when(outcome({ kind: 'parked', reason: { code: 'provider_down' }, attempts: 8 }))
      .thenNothing();
  });
});

describe('The bonus on store credit', () => {
  const credit = (netMinor: number, quantity: number) => [
    orderRegistered(
      order({ lines: [line('shirt', { quantity, paid: { netMinor, taxMinor: 0 } })], shipping: { netMinor: 0, taxMinor: 0 } }),
    ),
    ...approvedReturn({
      lines: [
        requested(
          'shirt',
          Array.from({ length: quantity }, (_, unit) => unit),
        ),
      ],
      outcome: 'store_credit',
      terms: termsUnder({ storeCreditBonusBp: 1000 }),
    }),
  ];
  const bonuses = (events: readonly ReturnsEvent[], ...commands: readonly ReturnsCommand[]) =>
    commands
      .reduce((state, command) => fold(returnsDecider.decide(command, state), state), fold(events))
      .returns[0]!.refunds.map((refund) => refund.breakdown.bonusMinor);

  it('comes to the same, in however many parcels the items arrive', () => {
    const at14each = credit(42, 3);
    expect(bonuses(at14each, receive('s1', [scanned('shirt', 3)]))).toEqual([4]);
    const oneByOne = bonuses(
      at14each,
      receive('s1', [scanned('shirt')]),
      receive('s2', [scanned('shirt')]),
      receive('s3', [scanned('shirt')]),
    );
    expect(oneByOne).toEqual([1, 2, 1]);
  });

  it('is not given on what finance refunds by hand', () => {
    expect(bonuses(credit(2000, 2), refundManually(500), receive('s1', [scanned('shirt', 2)]))).toEqual([0, 150]);
  });
});

describe('A payment disputed for more than it captured', () => {
  const paid = order({ payments: [card(1500, 'gift', { method: 'gift_card' }), card(1870)] });
  const disputed = paymentDisputed({ at: day(3), disputeId: 'd-1', amountMinor: 900_000 });

  it('holds nothing back of the other payments', () => {
    given(orderRegistered(paid), ...approvedReturn({ lines: [requested('shirt')] }), disputed)
      .when(receive('s1', [scanned('shirt')]))
      .and((_, events) => {
        expect(events.at(-1)).toMatchObject({
          type: 'RefundEntitled',
          data: { breakdown: { payments: [{ paymentId: 'gift', amountMinor: 1190 }] } },
        });
      });
  });

  it('itself gives nothing back', () => {
    given(orderRegistered(paid), ...approvedReturn(), disputed)
      .when(receive('s1', [scanned('shirt', 2)]))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundBlocked');
  });
});

describe('A quote after a promotion was lost', () => {
  it('says that the charge is given back when everything goes back in the end', () => {
    const promoted = order({ promotions: [{ promotionId: 'ten', thresholdMinor: 2500, discountMinor: 500 }] });
    const repricing = policy({ brokenPromotion: 'reprice' });
    const terms = termsUnder({ brokenPromotion: 'reprice' });
    const oneShirt = [orderRegistered(promoted), ...approvedReturn({ lines: [requested('shirt')], terms })];
    const first = [
      ...oneShirt,
      ...given(...oneShirt)
        .when(receive('s1', [scanned('shirt')]))
        .decided(),
    ];
    const state = fold(first);
    const charged = state.returns[0]!.refunds[0]!.breakdown.fees;
    expect(charged).toEqual([{ code: 'promotion_lost', amountMinor: expect.any(Number) }]);
    const { fees } = quote(repricing, state, { lines: [wish('shirt'), wish('cap')], outcome: 'original_payment', method: 'label' }, day(7));
    expect(fees).toEqual([
      { code: 'promotion_lost', amountMinor: -charged[0]!.amountMinor, words: 'An earlier charge for a promotion is given back' },
    ]);
    given(...first, ...approvedReturn({ returnId: R2, lines: [requested('shirt', [1]), requested('cap')], terms }))
      .when(receive('s2', [scanned('shirt'), scanned('cap')], { returnId: R2 }))
      .and((all) => {
        expect(entitledOf(all.returns[0]!) + entitledOf(all.returns[1]!)).toBe(3370);
        expect(faultsOf(all)).toEqual([]);
      });
  });
});
