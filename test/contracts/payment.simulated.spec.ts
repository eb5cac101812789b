import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PaymentNotExecuted, PaymentOutcomeUnknown, type RefundRequest } from '../../src/payments/payment.port.js';
import { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import { StoreCredit } from '../../src/payments/store-credit.adapter.js';
import { paymentContract } from './payment.contract.js';

const open = (file = ':memory:', nowMs = () => Date.now()) =>
  new SimulatedPayments({ file, clock: () => new Date(nowMs()), lateFailureMs: 1000 });

paymentContract('simulated', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'backhaul-simulated-'));
  const opened = [open(join(folder, 'simulated.sqlite'))];
  const provider = opened[0]!;
  return {
    provider,
    reference: 'sim_ok_1',
    givenBack: () =>
      provider
        .executions()
        .filter(({ state }) => state === 'succeeded')
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    restarted: () => {
      const again = open(join(folder, 'simulated.sqlite'));
      opened.push(again);
      return again;
    },
    close: () => {
      for (const each of opened) each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});

paymentContract('store_credit', async () => ({
  provider: new StoreCredit(),
  reference: '',
  restarted: () => new StoreCredit(),
  close: () => undefined,
}));

describe('A simulated payment', () => {
  const refundOf = (reference: string): RefundRequest => ({
    key: `${reference}.0`,
    refundId: 'R1-F1',
    paymentId: 'card',
    reference,
    amountMinor: 700,
    bonusMinor: 0,
    currency: 'EUR',
  });

  it.each([
    ['sim_ok_7', 'succeeded'],
    ['ch_of_another_kind', 'succeeded'],
    ['sim_pending_7', 'pending'],
    ['sim_decline_7', 'declined'],
    ['sim_late_failure_7', 'succeeded'],
  ])('with the reference %s is first %s', async (reference, kind) => {
    expect(await open().refund(refundOf(reference))).toMatchObject({ kind });
  });

  it('that is pending has arrived when asked after', async () => {
    const provider = open();
    const { kind: first } = await provider.refund(refundOf('sim_pending'));
    expect([first, (await provider.status(refundOf('sim_pending'))).kind]).toEqual(['pending', 'succeeded']);
  });

  it('with a timeout is executed, and the retry under the same key tells the first success', async () => {
    const provider = open();
    await expect(provider.refund(refundOf('sim_timeout'))).rejects.toBeInstanceOf(PaymentOutcomeUnknown);
    expect(await provider.refund(refundOf('sim_timeout'))).toMatchObject({ kind: 'succeeded' });
    expect(provider.executions()).toHaveLength(1);
  });

  it('that was never asked for is not found', async () => {
    expect(await open().status(refundOf('sim_ok'))).toEqual({ kind: 'not_found' });
  });

  it('refuses a key for another amount and executes nothing', async () => {
    const provider = open();
    await provider.refund(refundOf('sim_ok'));
    await expect(provider.refund({ ...refundOf('sim_ok'), amountMinor: 701 })).rejects.toBeInstanceOf(PaymentNotExecuted);
    expect(provider.executions().map(({ amountMinor }) => amountMinor)).toEqual([700]);
  });

  it('that fails late is told when its time has come, again until it was recorded, then never more', async () => {
    let now = 0;
    const provider = open(':memory:', () => now);
    await provider.refund(refundOf('sim_late_failure'));
    const told: string[] = [];
    const record = async ({ key }: { readonly key: string }) => void told.push(key);
    await provider.tellLateFailures(record);
    expect(told).toEqual([]);
    now = 1000;
    await expect(provider.tellLateFailures(() => Promise.reject(new Error('log is down')))).rejects.toThrow('log is down');
    await provider.tellLateFailures(record);
    await provider.tellLateFailures(record);
    expect(told).toEqual(['sim_late_failure.0']);
    expect(await provider.status(refundOf('sim_late_failure'))).toMatchObject({ kind: 'declined' });
  });
});
