import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PaymentNotExecuted } from '../../src/payments/payment.port.js';
import type { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import { waitFor } from '../support/wait-for.js';
import { capReturned, Faulty, NEVER, payouts, simulated, until } from './payout-scenes.js';
import { returnsDesk, type ReturnsDesk } from './returns-worker.js';

/** The same numbers every time, spread like chance (Park and Miller's generator). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('Many payouts', () => {
  let desk: ReturnsDesk;
  let bank: SimulatedPayments;

  beforeEach(async () => {
    desk = await returnsDesk();
    bank = simulated();
  });
  afterEach(async () => {
    await desk.dispose();
    bank.close();
  });

  it('a thousand, with a provider that fails at random and a kill in the middle, are each paid exactly once', async () => {
    const roll = dice(42);
    const orders = Array.from({ length: 1000 }, (_, index) => `O-${index}`);
    await Promise.all(orders.map((orderId) => capReturned(desk, orderId)));
    const moody = (): Faulty => {
      const provider = new Faulty(bank);
      provider.beforeCall = () => {
        if (roll() < 0.1) throw new PaymentNotExecuted('busy');
        if (roll() < 0.1) throw new Error('connection reset before sending');
      };
      provider.afterCall = () => {
        if (roll() < 0.2) throw new Error('timed out');
      };
      return provider;
    };
    const run = await desk.serve(payouts(desk, [moody()]));
    await waitFor(() => bank.executions().length >= 400, '400 executions');
    await run.stop(0);
    const paidSoFar = bank.executions().length;
    await desk.serve(payouts(desk, [moody()]));
    await waitFor(async () => bank.executions().length === orders.length, 'all executed', 40_000);
    for (const orderId of orders) await until(desk, orderId, 'succeeded');

    expect(paidSoFar).toBeLessThan(orders.length);
    const executions = bank.executions();
    expect(new Set(executions.map(({ refundId }) => refundId)).size).toBe(orders.length);
    expect(executions.every(({ state, amountMinor }) => state === 'succeeded' && amountMinor === 500)).toBe(true);
    expect(executions).toHaveLength(orders.length);
  }, 90_000);

  it('through one provider that hangs do not hold up those through another', async () => {
    const hanging = new Faulty(bank, 'hanging');
    hanging.beforeCall = () => NEVER;
    await Promise.all(Array.from({ length: 100 }, (_, index) => capReturned(desk, `H-${index}`, { provider: 'hanging' })));
    await desk.serve(payouts(desk, [hanging, bank]));
    await waitFor(() => hanging.asked.length === 32, 'its lines to be full');
    await capReturned(desk, 'O-1');
    await until(desk, 'O-1', 'succeeded');
    expect(hanging.asked).toHaveLength(32);
  });

  it('a call that is not answered in time is in doubt, and its place is free again', async () => {
    const hanging = new Faulty(bank);
    hanging.beforeCall = ({ refundId }) => (refundId.startsWith('H-') ? NEVER : undefined);
    hanging.onStatus = () => NEVER;
    await capReturned(desk, 'H-1');
    await desk.serve(payouts(desk, [hanging], { perTarget: 1, timeLimitMs: 30 }));
    await until(desk, 'H-1', 'in_doubt');
    await capReturned(desk, 'O-1');
    await until(desk, 'O-1', 'succeeded');
  });
});
