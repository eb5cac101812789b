/** What people come back to: a decision taken back, a word that proves wrong, a code written differently. */
import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../src/finance/invariants.js';
import { quote } from '../../src/returns/rules/quote.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { entitledOf } from '../../src/returns/rules/returns.status.js';
import { fold, given, history } from '../support/given-when-then.js';
import {
  approve,
  card,
  close,
  day,
  declined,
  expire,
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
  reopen,
  reroute,
  retry,
  review,
  scanned,
  settle,
  submit,
  succeeded,
  wish,
} from './returns.scenes.js';

const approved = [order(), file([wish('shirt', 2)])];

describe('A return that a person opened again', () => {
  it('has all its days to be sent, counted from the reopening', () => {
    const late = [...approved, close(R1, '2026-03-20T09:00:00.000Z'), reopen(R1, '2026-04-20T09:00:00.000Z')];
    given(...history(...late))
      .when(expire(R1, '2026-05-18T08:59:59.999Z'))
      .thenNothing();
    given(...history(...late))
      .when(expire(R1, '2026-05-18T09:00:00.000Z'))
      .thenTypes('ReturnExpired');
  });

  it('has them also when a review took longer than they last', () => {
    const reviewed = [...approved, review(R1, day(3)), approve(R1, '2026-04-20T09:00:00.000Z')];
    given(...history(...reviewed))
      .when(expire(R1, '2026-04-20T09:00:01.000Z'))
      .thenNothing();
    given(...history(...reviewed))
      .when(expire(R1, '2026-05-18T09:00:00.000Z'))
      .thenTypes('ReturnExpired');
  });

  it('is not given more days by being approved twice', () => {
    given(...history(...approved, approve(R1, day(10))))
      .when(expire(R1, '2026-03-30T09:00:00.000Z'))
      .thenTypes('ReturnExpired');
  });
});

describe('A scanned article number', () => {
  const sold = (barcode: string) => [
    order({ lines: [line('shirt', { quantity: 2, barcode, paid: { netMinor: 2000, taxMinor: 380 } })] }),
    file([wish('shirt', 2)]),
  ];
  const scan = (barcode: string) => receive('s1', [{ lineId: null, barcode, quantity: 1 }]);

  it.each([
    ['UPC-A', 'EAN-13', '012345678905', '0012345678905'],
    ['EAN-13', 'UPC-A', '0012345678905', '012345678905'],
    ['EAN-13', 'GTIN-14', '4006381333931', '04006381333931'],
  ])('sold as %s is the same scanned as %s', (_sold, _scanned, barcode, scanned) => {
    given(...history(...sold(barcode)))
      .when(scan(scanned))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundEntitled');
  });

  it('of a case of it, or a shorter number with zeros, is another article', () => {
    given(...history(...sold('4006381333931')))
      .when(scan('14006381333938'))
      .thenTypes('ParcelOpened', 'ItemUnexpected');
    given(...history(...sold('4711')))
      .when(scan('04711'))
      .thenTypes('ParcelOpened', 'ItemUnexpected');
  });
});

describe('A payout that a person called failed', () => {
  const sent = [...approved, receive('s1', [scanned('shirt', 2)]), submit()];
  const payout = (...commands: readonly ReturnsCommand[]) => fold(history(...commands)).returns[0]!.refunds[0]!.payouts[0]!;

  it('has been paid after all when the provider says so', () => {
    given(...history(...sent, fail()))
      .when(outcome(succeeded))
      .thenTypes('RefundSucceeded');
    given(...history(...sent, outcome(inDoubt), fail()))
      .when(outcome(succeeded))
      .thenTypes('RefundSucceeded');
    expect(payout(...sent, fail(), retry(), outcome(succeeded))).toMatchObject({ state: 'succeeded' });
  });

  it('is sent again under the key it had: the provider does not pay it twice', () => {
    expect(payout(...sent, fail(), retry(), submit())).toMatchObject({ state: 'submitted', key: `${F1}.card.0` });
  });

  it('gets a new key once the provider itself has declined', () => {
    const told = [...sent, fail(), outcome(declined)];
    given(...history(...told))
      .when(outcome(declined))
      .thenNothing();
    expect(payout(...told, retry(), submit())).toMatchObject({ state: 'submitted', key: `${F1}.card.1` });
  });

  it('is in doubt again when the call that was under way got no answer, and does not go another way until that is clear', () => {
    const doubted = [...sent, fail(), outcome(inDoubt)];
    given(...history(...doubted))
      .when(reroute('bank_transfer', null, 'card'))
      .thenRefused('invalid_state');
    given(...history(...doubted))
      .when(settle())
      .thenTypes('RefundSucceeded');
  });

  it('stays failed when the provider certainly did nothing', () => {
    given(...history(...sent, fail()))
      .when(outcome({ kind: 'parked', reason: 'provider_down', attempts: 8 }))
      .thenNothing();
  });
});

describe('The bonus on store credit', () => {
  const credit = (netMinor: number, quantity: number) => [
    order({ lines: [line('shirt', { quantity, paid: { netMinor, taxMinor: 0 } })], shipping: { netMinor: 0, taxMinor: 0 } }),
    file([wish('shirt', quantity)], { outcome: 'store_credit', policy: policy({ storeCreditBonusBp: 1000 }) }),
  ];
  const bonuses = (...commands: readonly ReturnsCommand[]) =>
    fold(history(...commands)).returns[0]!.refunds.map((refund) => refund.breakdown.bonusMinor);

  it('comes to the same, in however many parcels the items arrive', () => {
    const at14each = credit(42, 3);
    expect(bonuses(...at14each, receive('s1', [scanned('shirt', 3)]))).toEqual([4]);
    const oneByOne = bonuses(
      ...at14each,
      receive('s1', [scanned('shirt')]),
      receive('s2', [scanned('shirt')]),
      receive('s3', [scanned('shirt')]),
    );
    expect(oneByOne).toEqual([1, 2, 1]);
  });

  it('is not given on what finance refunds by hand', () => {
    expect(bonuses(...credit(2000, 2), refundManually(500), receive('s1', [scanned('shirt', 2)]))).toEqual([0, 150]);
  });
});

describe('A payment disputed for more than it captured', () => {
  const paid = order({ payments: [card(1500, 'gift', { method: 'gift_card' }), card(1870)] });
  const disputed = { type: 'RecordDispute', at: day(3), disputeId: 'd-1', paymentId: 'card', amountMinor: 900_000 } as const;

  it('holds nothing back of the other payments', () => {
    const one = [paid, file([wish('shirt')]), disputed];
    given(...history(...one))
      .when(receive('s1', [scanned('shirt')]))
      .and((_, events) => {
        expect(events.at(-1)).toMatchObject({
          type: 'RefundEntitled',
          data: { breakdown: { payments: [{ paymentId: 'gift', amountMinor: 1190 }] } },
        });
      });
  });

  it('itself gives nothing back', () => {
    const more = [paid, file([wish('shirt', 2)]), disputed];
    given(...history(...more))
      .when(receive('s1', [scanned('shirt', 2)]))
      .thenTypes('ParcelOpened', 'ItemReceived', 'RefundBlocked');
  });
});

describe('A quote after a promotion was lost', () => {
  it('says that the charge is given back when everything goes back in the end', () => {
    const promoted = order({ promotions: [{ promotionId: 'ten', thresholdMinor: 2500, discountMinor: 500 }] });
    const repricing = policy({ brokenPromotion: 'reprice' });
    const state = fold(history(promoted, file([wish('shirt')], { policy: repricing }), receive('s1', [scanned('shirt')])));
    const charged = state.returns[0]!.refunds[0]!.breakdown.fees;
    expect(charged).toEqual([{ code: 'promotion_lost', amountMinor: expect.any(Number) }]);
    const { fees } = quote(repricing, state, { lines: [wish('shirt'), wish('cap')], outcome: 'original_payment', method: 'label' }, day(7));
    expect(fees).toEqual([
      { code: 'promotion_lost', amountMinor: -charged[0]!.amountMinor, words: 'An earlier charge for a promotion is given back' },
    ]);
    const all = history(
      promoted,
      file([wish('shirt')], { policy: repricing }),
      receive('s1', [scanned('shirt')]),
      file([wish('shirt'), wish('cap')], { policy: repricing }),
      receive('s2', [scanned('shirt'), scanned('cap')], { returnId: R2 }),
    );
    expect(entitledOf(fold(all).returns[0]!) + entitledOf(fold(all).returns[1]!)).toBe(3370);
    expect(faultsOf(fold(all))).toEqual([]);
  });
});
