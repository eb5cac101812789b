/** Payments that have captured less than the prices of the order come to: what is lost to rounding is taken off and said so. */
import { describe, expect, it } from '@jest/globals';
import { presentQuote as quote } from '../../src/returns/api/quote.presentation.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import { statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, given } from '../support/given-when-then.js';
import {
  approvedReturn,
  itemReceived,
  orderRegistered,
  parcelOpened,
  refundEntitled,
  refundSubmitted,
  refundSucceeded,
  requested,
  unitRefund,
} from '../support/returns-events.js';
import { card, day, file, line, order, policy, R2, receive, scanned, submit, termsUnder, wish } from './returns.scenes.js';

/** One line for 22.40, all of it sent back; so much was captured. */
const lamp = (told: Partial<RegisterOrder> = {}) =>
  orderRegistered(
    order({
      lines: [line('lamp', { paid: { netMinor: 1882, taxMinor: 358 } })],
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [card(2239)],
      ...told,
    }),
  );
const approved = (told: Parameters<typeof approvedReturn>[0] = {}) => approvedReturn({ lines: [requested('lamp')], ...told });
const here = receive('s1', [scanned('lamp')]);
/** The refunds that are owed when the lamp of this order is here. */
const refundsOf = (sold: ReturnType<typeof lamp>, told: Parameters<typeof approvedReturn>[0] = {}) =>
  given(sold, ...approved(told))
    .when(here)
    .decided()
    .flatMap((event) => (event.type === 'RefundEntitled' ? [event.data.breakdown] : []));
const refund = refundEntitled([unitRefund('lamp', 0, { netMinor: 1882, taxMinor: 358 })], {
  breakdown: { fees: [{ code: 'not_captured', amountMinor: 1 }] },
});

describe('A cent less was captured than the lines come to', () => {
  it('the refund is a cent smaller, says why, and is paid', () => {
    const [breakdown] = refundsOf(lamp());
    expect(breakdown).toMatchObject({
      units: [{ refundMinor: 2240 }],
      fees: [{ code: 'not_captured', amountMinor: 1 }],
      totalMinor: 2239,
      payments: [{ paymentId: 'card', amountMinor: 2239 }],
    });
    expect(breakdown!.ruleIds).toContain('fees.not_captured');
    const owed = [lamp(), ...approved(), parcelOpened(), itemReceived({ lineId: 'lamp' }), refund];
    given(...owed)
      .when(submit())
      .then(refundSubmitted({ amountMinor: 2239 }));
    const paid = fold([...owed, refundSubmitted({ amountMinor: 2239 }), refundSucceeded()]);
    expect(statusOf(paid, paid.returns[0]!)).toBe('refunded');
  });

  it('the quote says the same beforehand, in both languages', () => {
    const request = { lines: [{ ...wish('lamp'), reason: 'too_small' }], outcome: 'original_payment' as const, method: 'label' as const };
    const state = fold([lamp()]);
    expect(quote(policy(), state, request, day(2))).toMatchObject({
      totalRefundMinor: 2239,
      fees: [{ code: 'not_captured', amountMinor: 1, words: 'Rounding: that much less was charged than the prices add up to' }],
    });
    expect(quote(policy(), state, request, day(2), 'de').fees[0]!.words).toBe(
      'Rundung: Um diesen Betrag wurde weniger abgebucht, als die Preise ergeben',
    );
    given(lamp())
      .when(file([wish('lamp')]))
      .and(({ returns }) => expect(returns[0]!.quotedMinor).toBe(2239));
  });

  it('one minor unit per line and per payment that captured something, or what the policy says', () => {
    const lost = (capturedMinor: number, captureToleranceMinor: number) =>
      refundsOf(lamp({ payments: [card(capturedMinor)] }), { terms: termsUnder({ captureToleranceMinor }) }).flatMap(({ fees }) => fees);
    expect(lost(2238, 1)).toEqual([{ code: 'not_captured', amountMinor: 2 }]);
    expect(lost(2237, 1)).toEqual([]);
    // Cash rounding to ten: what the till took is what can come back.
    expect(lost(2235, 5)).toEqual([{ code: 'not_captured', amountMinor: 5 }]);
    expect(lost(2239, 0)).toEqual([]);
  });

  it('an empty payment beside it brings no tolerance, and nothing captured at all is no rounding', () => {
    expect(refundsOf(lamp({ payments: [card(2237), card(0, 'gift')] }))).toEqual([]);
    const penny = lamp({ lines: [line('lamp', { paid: { netMinor: 2, taxMinor: 0 } })], payments: [card(0)] });
    expect(refundsOf(penny)).toEqual([]);
  });

  it('in parts it is taken off once, by the part that no longer fits', () => {
    const pair = lamp({ lines: [line('lamp', { quantity: 2, paid: { netMinor: 1882, taxMinor: 358 } })] });
    const [one] = refundsOf(pair);
    expect(one).toMatchObject({ fees: [], totalMinor: 1120 });
    const first = refundEntitled([unitRefund('lamp', 0, { netMinor: 941, taxMinor: 179 })]);
    const second = approved({ returnId: R2, lines: [requested('lamp', [1])] });
    given(pair, ...approved(), parcelOpened(), itemReceived({ lineId: 'lamp' }), first, ...second)
      .when(receive('s2', [scanned('lamp')], { returnId: R2 }))
      .and((_, events) => {
        expect(events.at(-1)).toMatchObject({
          type: 'RefundEntitled',
          data: { breakdown: { fees: [{ code: 'not_captured', amountMinor: 1 }], totalMinor: 1119 } },
        });
      });
  });

  it('more captured than the lines come to is no problem', () => {
    expect(refundsOf(lamp({ payments: [card(2300)] }))[0]).toMatchObject({ fees: [], totalMinor: 2240 });
  });

  it('a bonus on store credit is reckoned from what is paid', () => {
    const [credited] = refundsOf(lamp(), { outcome: 'store_credit', terms: termsUnder({ storeCreditBonusBp: 1000 }) });
    expect(credited).toMatchObject({
      fees: [{ code: 'not_captured', amountMinor: 1 }],
      bonusMinor: 224,
      totalMinor: 2463,
      payments: [{ amountMinor: 2239 }],
    });
  });
});
