/** Payments that have captured less than the prices of the order come to: what is lost to rounding is taken off and said so. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { presentQuote as quote } from '../../src/returns/api/quote.presentation.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import type { ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { statusOf } from '../../src/returns/rules/returns.status.js';
import { fold, history } from '../support/given-when-then.js';
import { expectSound } from './invariants.js';
import { orders } from './returns.arbitraries.js';
import { card, day, file, line, order, outcome, policy, R1, R2, receive, scanned, submit, succeeded, wish } from './returns.scenes.js';

/** One line for 22.40, all of it sent back; so much was captured. */
const lamp = (told: Partial<RegisterOrder> = {}): RegisterOrder =>
  order({
    lines: [line('lamp', { paid: { netMinor: 1882, taxMinor: 358 } })],
    shipping: { netMinor: 0, taxMinor: 0 },
    payments: [card(2239)],
    ...told,
  });
const back = [file([wish('lamp')]), receive('s1', [scanned('lamp')])] as const;
const first = (...commands: readonly ReturnsCommand[]) => fold(history(...commands)).returns[0]!;
const refundsOf = (...commands: readonly ReturnsCommand[]) =>
  fold(history(...commands)).returns.flatMap((ret) => ret.refunds.map((refund) => refund.breakdown));

describe('A cent less was captured than the lines come to', () => {
  it('the refund is a cent smaller, says why, and is paid', () => {
    const paid = fold(history(lamp(), ...back, submit(), outcome(succeeded)));
    expect(paid.returns[0]!.refunds[0]!.breakdown).toMatchObject({
      units: [{ refundMinor: 2240 }],
      fees: [{ code: 'not_captured', amountMinor: 1 }],
      totalMinor: 2239,
      payments: [{ paymentId: 'card', amountMinor: 2239 }],
    });
    expect(paid.returns[0]!.refunds[0]!.breakdown.ruleIds).toContain('fees.not_captured');
    expect(statusOf(paid, paid.returns[0]!)).toBe('refunded');
  });

  it('the quote says the same beforehand, in both languages', () => {
    const asked = { lines: [{ ...wish('lamp'), reason: 'too_small' }], outcome: 'original_payment' as const, method: 'label' as const };
    const state = fold(history(lamp()));
    expect(quote(policy(), state, asked, day(2))).toMatchObject({
      totalRefundMinor: 2239,
      fees: [{ code: 'not_captured', amountMinor: 1, words: 'Rounding: that much less was charged than the prices add up to' }],
    });
    expect(quote(policy(), state, asked, day(2), 'de').fees[0]!.words).toBe(
      'Rundung: Um diesen Betrag wurde weniger abgebucht, als die Preise ergeben',
    );
    expect(first(lamp(), back[0]).quotedMinor).toBe(2239);
  });

  it('one minor unit per line and per payment that captured something, or what the policy says', () => {
    const lost = (capturedMinor: number, captureToleranceMinor: number) =>
      first(
        lamp({ payments: [card(capturedMinor)] }),
        file([wish('lamp')], { policy: policy({ captureToleranceMinor }) }),
        back[1],
      ).refunds.flatMap((refund) => refund.breakdown.fees);
    expect(lost(2238, 1)).toEqual([{ code: 'not_captured', amountMinor: 2 }]);
    expect(lost(2237, 1)).toEqual([]);
    // Cash rounding to ten: what the till took is what can come back.
    expect(lost(2235, 5)).toEqual([{ code: 'not_captured', amountMinor: 5 }]);
    expect(lost(2239, 0)).toEqual([]);
  });

  it('an empty payment beside it brings no tolerance, and nothing captured at all is no rounding', () => {
    expect(first(lamp({ payments: [card(2237), card(0, 'gift')] }), ...back).refunds).toEqual([]);
    const penny = order({
      lines: [line('lamp', { paid: { netMinor: 2, taxMinor: 0 } })],
      shipping: { netMinor: 0, taxMinor: 0 },
      payments: [card(0)],
    });
    expect(first(penny, ...back).refunds).toEqual([]);
  });

  it('in parts it is taken off once, by the part that no longer fits', () => {
    const pair = lamp({ lines: [line('lamp', { quantity: 2, paid: { netMinor: 1882, taxMinor: 358 } })] });
    const [one, other] = refundsOf(
      pair,
      file([wish('lamp')]),
      receive('s1', [scanned('lamp')]),
      file([wish('lamp')]),
      receive('s2', [scanned('lamp')], { returnId: R2 }),
    );
    expect(one).toMatchObject({ fees: [], totalMinor: 1120 });
    expect(other).toMatchObject({ fees: [{ code: 'not_captured', amountMinor: 1 }], totalMinor: 1119 });
  });

  it('more captured than the lines come to is no problem', () => {
    expect(first(lamp({ payments: [card(2300)] }), ...back).refunds[0]!.breakdown).toMatchObject({ fees: [], totalMinor: 2240 });
  });

  it('a bonus on store credit is reckoned from what is paid', () => {
    const credited = first(
      lamp(),
      file([wish('lamp')], { outcome: 'store_credit', policy: policy({ storeCreditBonusBp: 1000 }) }),
      back[1],
    );
    expect(credited.refunds[0]!.breakdown).toMatchObject({
      fees: [{ code: 'not_captured', amountMinor: 1 }],
      bonusMinor: 224,
      totalMinor: 2463,
      payments: [{ amountMinor: 2239 }],
    });
  });

  it('whatever is sent back in whatever parts comes to exactly what was captured', () => {
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
        const parts = atOnce
          ? [told.lines.map((each) => ({ lineId: each.lineId, quantity: each.quantity }))]
          : told.lines.map((each) => [{ lineId: each.lineId, quantity: each.quantity }]);
        const commands = parts.flatMap((wanted, index): ReturnsCommand[] => [
          file(wanted.map(({ lineId, quantity }) => wish(lineId, quantity))),
          receive(
            `s${index}`,
            wanted.map(({ lineId, quantity }) => scanned(lineId, quantity)),
            { returnId: R1.replace('R1', `R${index + 1}`) },
          ),
        ]);
        const events = history(short, ...commands);
        const state = fold(events);
        expectSound(state, events);
        const given = state.returns.flatMap((ret) => ret.refunds).reduce((sum, refund) => sum + refund.breakdown.totalMinor, 0);
        expect(given).toBe(captured - gap);
      }),
      { seed: 20261130, numRuns: 200 },
    );
  });
});
