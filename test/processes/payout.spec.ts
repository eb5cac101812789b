import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { recordNotice } from '../../src/payments/payout.process.js';
import { payoutsOwed } from '../../src/payments/payouts-owed.js';
import type { SimulatedPayments } from '../../src/payments/simulated.adapter.js';
import { card, day, file, order, policy, receive, scanned, wish } from '../rules/returns.scenes.js';
import { waitFor } from '../support/wait-for.js';
import { capReturned, down, Faulty, moneyEvents, NEVER, payoutOf, payouts, simulated, until, whyItHangs } from './payout-scenes.js';
import { returnsDesk, type ReturnsDesk } from './returns-worker.js';

const never = new AbortController().signal;

describe('The payout of a refund', () => {
  let desk: ReturnsDesk;
  let bank: SimulatedPayments;
  let provider: Faulty;

  beforeEach(async () => {
    desk = await returnsDesk();
    bank = simulated();
    provider = new Faulty(bank);
  });
  afterEach(async () => {
    await desk.dispose();
    bank.close();
  });
  const executed = () =>
    bank
      .executions()
      .filter(({ state }) => state === 'succeeded')
      .map(({ refundId, amountMinor }) => [refundId, amountMinor]);

  it('is put on the log before the provider hears of it, and paid once', async () => {
    let knownBefore: readonly string[] = [];
    provider.beforeCall = async () => {
      knownBefore = await moneyEvents(desk, 'O-1');
    };
    await capReturned(desk, 'O-1');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'succeeded');
    expect(knownBefore).toEqual(['RefundEntitled', 'RefundSubmitted']);
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted', 'RefundSucceeded']);
    expect(executed()).toEqual([['O-1-R1-F1', 500]]);
  });

  it('is never submitted where finance pays by hand', async () => {
    await capReturned(desk, 'O-1', { provider: 'manual', reference: '' });
    await capReturned(desk, 'O-2');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-2', 'succeeded');
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled']);
  });

  it('is issued as store credit under a reference that follows from its key', async () => {
    await capReturned(desk, 'O-1', {}, 'store_credit');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'succeeded');
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted', 'StoreCreditIssued']);
    expect((await payoutOf(desk, 'O-1')).providerRefundId).toMatch(/^credit_[0-9a-f]{24}$/);
    expect(provider.asked).toEqual([]);
  });

  it('that is pending is asked after until the money has arrived', async () => {
    await capReturned(desk, 'O-1', { reference: 'sim_pending_1' });
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'succeeded');
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted', 'RefundPending', 'RefundSucceeded']);
    expect(provider.asked).toHaveLength(1);
  });

  it('that is declined waits for a person; the retry has a new key', async () => {
    await capReturned(desk, 'O-1', { reference: 'sim_decline_1' });
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'failed');
    await desk.ask('O-1', {
      type: 'RetryRefund',
      at: day(9),
      returnId: 'O-1-R1',
      refundId: 'O-1-R1-F1',
      paymentId: null,
      reason: { code: 'asked the bank' },
    });
    await waitFor(() => provider.asked.length === 2, 'the second key');
    expect(provider.asked).toEqual(['O-1-R1-F1.card.0', 'O-1-R1-F1.card.1']);
  });

  it('whose answer was lost is in doubt, then found out under the same key: paid once', async () => {
    await capReturned(desk, 'O-1', { reference: 'sim_timeout_1' });
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'succeeded');
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted', 'RefundPutInDoubt', 'RefundSucceeded']);
    expect(provider.asked).toEqual(['O-1-R1-F1.card.0']);
    expect(executed()).toHaveLength(1);
  });

  it('whose request never arrived is found out and sent again under the same key', async () => {
    provider.beforeCall = () => {
      provider.beforeCall = () => undefined;
      throw new Error('socket hang up');
    };
    await capReturned(desk, 'O-1');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'succeeded');
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted', 'RefundPutInDoubt', 'RefundSucceeded']);
    expect(new Set(provider.asked).size).toBe(1);
    expect(executed()).toHaveLength(1);
  });

  it.each([0, 1])('is in doubt also when the answer is a whole page, wherever its characters are cut (%i)', async (more) => {
    const page = `<html>\r\n<title>502 Bad Gateway</title>\u0000\u001b[31m${'.'.repeat(240 + more)}${'🙈'.repeat(40)}${'.'.repeat(100_000)}`;
    const broken = (): never => {
      throw new Error(page);
    };
    Object.assign(provider, { afterCall: broken, onStatus: broken });
    await capReturned(desk, 'O-1');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'in_doubt');
    expect(await whyItHangs(desk, 'O-1')).toMatch(/^<html> <title>502 Bad Gateway<\/title> \[31m\.+(🙈)+$/u);
  });

  it('stays in doubt as long as nobody can tell, and is never parked out of it', async () => {
    let looks = 0;
    provider.afterCall = () => {
      throw new Error('answer lost');
    };
    provider.onStatus = () => {
      looks += 1;
      throw new Error('also down');
    };
    await capReturned(desk, 'O-1');
    await desk.serve(payouts(desk, [provider]));
    await waitFor(() => looks > 12, 'a dozen looks');
    expect((await payoutOf(desk, 'O-1')).state).toBe('in_doubt');
    provider.onStatus = () => undefined;
    await until(desk, 'O-1', 'succeeded');
    expect(provider.asked).toHaveLength(1);
  });

  it('that is in doubt holds back another one through the same payment until it is cleared up', async () => {
    provider.afterCall = () => {
      throw new Error('answer lost');
    };
    provider.onStatus = () => {
      throw new Error('also down');
    };
    const terms = policy({ outboundShipping: 'never' });
    await desk.ask(
      'O-1',
      order({ payments: [card(3370)] }),
      file([wish('cap')], { method: 'in_store', policy: terms }),
      receive('s1', [scanned('cap')], { trackingNumber: null }),
    );
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'in_doubt');
    await desk.ask(
      'O-1',
      file([wish('shirt')], { method: 'in_store', policy: terms }),
      receive('s2', [scanned('shirt')], { trackingNumber: null, returnId: 'O-1-R2' }),
    );
    await capReturned(desk, 'O-2', { provider: 'other' });
    await until(desk, 'O-2', 'parked');
    expect((await desk.stateOf('O-1')).returns[1]!.refunds[0]!.payouts[0]!.state).toBe('entitled');
    expect(payoutsOwed.pending(await desk.foldedOrder('O-1')).map(({ key }) => key)).toEqual(['O-1-R1-F1.card.0']);
    provider.afterCall = () => undefined;
    provider.onStatus = () => undefined;
    await desk.until('O-1', (state) => state.returns.every((ret) => ret.refunds[0]?.payouts[0]?.state === 'succeeded'), 'both paid');
    expect(provider.asked).toEqual(['O-1-R1-F1.card.0', 'O-1-R2-F1.card.0']);
  });

  it('that is in doubt and asked for again by a person is looked up first, never sent blindly', async () => {
    provider.afterCall = () => {
      throw new Error('answer lost');
    };
    provider.onStatus = () => {
      throw new Error('also down');
    };
    await capReturned(desk, 'O-1');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'in_doubt');
    await desk.ask('O-1', {
      type: 'RetryRefund',
      at: day(9),
      returnId: 'O-1-R1',
      refundId: 'O-1-R1-F1',
      paymentId: null,
      reason: { code: 'impatient' },
    });
    provider.onStatus = () => undefined;
    await until(desk, 'O-1', 'succeeded');
    expect(provider.asked).toHaveLength(1);
    expect(executed()).toHaveLength(1);
  });

  it('that the provider certainly did not execute is tried eight times, then parked; a retry keeps the key', async () => {
    provider.beforeCall = down;
    await capReturned(desk, 'O-1');
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'parked');
    expect(provider.asked).toEqual(Array.from({ length: 8 }, () => 'O-1-R1-F1.card.0'));
    expect(await whyItHangs(desk, 'O-1')).toContain('down for maintenance');
    provider.beforeCall = () => undefined;
    await desk.ask('O-1', {
      type: 'RetryRefund',
      at: day(9),
      returnId: 'O-1-R1',
      refundId: 'O-1-R1-F1',
      paymentId: null,
      reason: { code: 'back again' },
    });
    await until(desk, 'O-1', 'succeeded');
    expect(new Set(provider.asked)).toEqual(new Set(['O-1-R1-F1.card.0']));
  });

  it('through a provider that is not set up is parked, with words on what to do', async () => {
    await capReturned(desk, 'O-1', { provider: 'paypal' });
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'parked');
    expect(await whyItHangs(desk, 'O-1')).toMatch(/"paypal" is set up; set it up and retry/);
  });

  it('that fails after it had succeeded is owed again, once however often it is told', async () => {
    await capReturned(desk, 'O-1', { reference: 'sim_late_failure_1' });
    await desk.serve(payouts(desk, [provider]));
    await until(desk, 'O-1', 'succeeded');
    const needs = { commands: desk.commands, clock: () => new Date() };
    await bank.tellLateFailures(async (notice) => {
      await recordNotice(needs, 'simulated', notice);
      await recordNotice(needs, 'simulated', notice);
    });
    await bank.tellLateFailures(async () => Promise.reject(new Error('told twice')));
    expect((await payoutOf(desk, 'O-1')).state).toBe('failed');
    expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted', 'RefundSucceeded', 'RefundFailed']);
  });

  describe('when the service is killed', () => {
    it('before the call, is sent after the start', async () => {
      provider.beforeCall = () => NEVER;
      await capReturned(desk, 'O-1');
      const run = await desk.serve(payouts(desk, [provider]));
      await waitFor(() => provider.asked.length === 1, 'the call');
      await run.stop(0);
      expect(executed()).toEqual([]);
      await desk.serve(payouts(desk, [bank]));
      await until(desk, 'O-1', 'succeeded');
      expect(executed()).toEqual([['O-1-R1-F1', 500]]);
    });

    it('after the call and before its answer is recorded, is found out and not paid again', async () => {
      provider.afterCall = () => NEVER;
      await capReturned(desk, 'O-1');
      const run = await desk.serve(payouts(desk, [provider]));
      await waitFor(() => executed().length === 1, 'the execution');
      await run.stop(0);
      expect(await moneyEvents(desk, 'O-1')).toEqual(['RefundEntitled', 'RefundSubmitted']);
      const again = new Faulty(bank);
      await desk.serve(payouts(desk, [again]));
      await until(desk, 'O-1', 'succeeded');
      expect(again.asked).toEqual([]);
      expect(executed()).toEqual([['O-1-R1-F1', 500]]);
    });

    it('after recording and before the checkpoint, finds nothing left to do', async () => {
      await capReturned(desk, 'O-1');
      const process = payouts(desk, [provider]);
      const [owed] = process.pending(await desk.foldedOrder('O-1'));
      const run = await desk.serve(process);
      await until(desk, 'O-1', 'succeeded');
      await run.stop(0);
      const before = await desk.log('O-1');
      const restarted = payouts(desk, [provider]);
      await restarted.perform(owed!, 1, never);
      await desk.serve(restarted, { file: 'lost-and-built-again' });
      await capReturned(desk, 'O-2');
      await until(desk, 'O-2', 'succeeded');
      expect(await desk.log('O-1')).toEqual(before);
      expect(provider.asked).toEqual(['O-1-R1-F1.card.0', 'O-2-R1-F1.card.0']);
    });

    it('the provider remembers what it executed', async () => {
      const file = join(desk.folder, 'simulated-payments.sqlite');
      const first = simulated(file);
      const request = { key: 'k', refundId: 'f', paymentId: 'p', reference: 'sim_timeout', amountMinor: 5, bonusMinor: 0, currency: 'EUR' };
      await expect(first.refund(request)).rejects.toThrow('lost');
      first.close();
      const second = simulated(file);
      expect(await second.status(request)).toMatchObject({ kind: 'succeeded' });
      expect(second.executions()).toHaveLength(1);
      second.close();
    });
  });
});
