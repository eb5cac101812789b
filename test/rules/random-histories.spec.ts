/**
 * Whatever people, carriers, warehouses and providers do in whatever order: the rules about units and money hold, what is
 * stored folds to what was decided, and asking twice changes nothing. A failure prints its seed and the shortest history. Starts
 * from commands: only they can lead into states that nobody thought of.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../../src/eventing/decider.js';
import { faultsOf, restFaultsOf } from '../../src/finance/invariants.js';
import { DEFAULT_POLICY } from '../../src/policy/rules/policy.defaults.js';
import type { Grade } from '../../src/policy/rules/policy.events.js';
import { payableOf } from '../../src/returns/rules/decide/entitlement.js';
import { claimedUnits } from '../../src/returns/rules/decide/find.js';
import type { RegisterOrder } from '../../src/returns/rules/decide/order.js';
import type { TrackingStatus } from '../../src/returns/rules/decide/parcel.js';
import type { RecordPayoutOutcome } from '../../src/returns/rules/decide/refund.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import {
  DISPOSITIONS_ELSEWHERE,
  RETURNS_EVENT_VERSIONS,
  type Disposition,
  type OrderFacts,
  type OrderLine,
  type ReturnsEvent,
} from '../../src/returns/rules/returns.events.js';
import { evolve } from '../../src/returns/rules/returns.evolve.js';
import type { Refund, ReturnsState, ReturnState } from '../../src/returns/rules/returns.state.js';
import { refundedAheadOf } from '../../src/returns/rules/returns.status.js';
import { expectSound } from './invariants.js';
import { moments, orders, policies, wrappedOrders } from './returns.arbitraries.js';
import {
  order as anyOrder,
  approve,
  approveCapped,
  cancel,
  close,
  correct,
  decline,
  dispose,
  expire,
  fail,
  file,
  inspect,
  missing,
  outcome,
  receive,
  refundManually,
  reopen,
  reroute,
  retry,
  review,
  scanned,
  settle,
  stockAnswers,
  submit,
  tracking,
  wish,
  withdraw,
} from './returns.scenes.js';

const SEED = 20260301;

/** Numbers a step draws on; what they mean depends on what is there when the step is taken. */
type Draw = { readonly kind: number; readonly which: number; readonly what: number; readonly how: number; readonly at: string };
const draws: fc.Arbitrary<Draw> = fc.record({
  kind: fc.nat(1000),
  which: fc.nat(1000),
  what: fc.nat(1000),
  how: fc.nat(1000),
  at: moments,
});

const pick = <Value>(values: readonly Value[], number: number): Value | undefined => values[number % Math.max(1, values.length)];
const TRACKING: readonly TrackingStatus[] = [
  'scanned',
  'in_transit',
  'delayed',
  'exception',
  'lost',
  'delivered',
  'picked_up',
  'pickup_missed',
];
const GRADES: readonly Grade[] = ['A', 'B', 'C', 'D', 'X'];
const DISPOSITIONS: readonly Disposition[] = ['restock', 'quarantine', 'scrap'];
const REASONS = ['too_small', 'defective', 'arrived_damaged'] as const;

function payoutOutcome(number: number): RecordPayoutOutcome['outcome'] {
  const outcomes: readonly RecordPayoutOutcome['outcome'][] = [
    { kind: 'succeeded', providerRefundId: 'pr' },
    { kind: 'pending', providerRefundId: 'pr' },
    { kind: 'declined', code: 'no' },
    { kind: 'in_doubt', reason: { code: 'timeout' } },
    { kind: 'parked', reason: { code: 'down' }, attempts: 9 },
    { kind: 'credited', creditRef: 'cr' },
  ];
  return pick(outcomes, number)!;
}

function moneyCommand(ret: ReturnState, refund: Refund, { kind, which, how, at }: Draw): ReturnsCommand {
  const payout = pick(refund.payouts, which);
  const paymentId = payout?.paymentId ?? 'p0';
  const on = { returnId: ret.returnId, refundId: refund.refundId, at };
  const key = how % 7 === 0 ? 'stale' : (payout?.key ?? 'none');
  const choices: readonly ReturnsCommand[] = [
    { ...submit({ ...on, paymentId }) },
    { ...submit({ ...on, paymentId }) },
    outcome(payoutOutcome(how), key, { ...on, paymentId }),
    outcome(payoutOutcome(how), key, { ...on, paymentId }),
    { ...retry(how % 2 === 0 ? null : paymentId), ...on },
    { ...settle(how % 2 === 0 ? null : paymentId), ...on },
    { ...fail(paymentId), ...on },
    { ...reroute(how % 2 === 0 ? 'bank_transfer' : 'store_credit', null, paymentId), ...on },
    { ...reroute('original_payment', `p${how % 3}`, paymentId), ...on },
  ];
  return pick(choices, kind)!;
}

function onReturn(state: ReturnsState, ret: ReturnState, draw: Draw): ReturnsCommand {
  const { kind, which, what, how, at } = draw;
  const { returnId } = ret;
  const refund = pick(ret.refunds, which);
  if (refund !== undefined && kind % 3 === 0) return moneyCommand(ret, refund, { ...draw, kind: what });
  const lineId = pick(state.order!.lines, what)!.lineId;
  const quantity = 1 + (how % 3);
  const scanId = `s${which % 4}`;
  const choices: readonly ReturnsCommand[] = [
    { ...receive(scanId, [scanned(lineId, quantity)]), returnId, at },
    { ...receive(scanId, [scanned(lineId, quantity)]), returnId, at },
    { ...receive(`t${how % 5}`, [{ lineId: null, barcode: `SKU-${lineId}`, quantity }]), returnId, at },
    { ...tracking(pick(TRACKING, how)!, at), returnId },
    { ...tracking('scanned', at), returnId },
    { ...inspect([{ lineId, quantity, grade: pick(GRADES, which)! }], at), returnId },
    { ...inspect([{ lineId, grade: pick(GRADES, which)! }], at), returnId },
    { ...dispose([{ lineId, quantity, disposition: pick(DISPOSITIONS, how)! }], at), returnId },
    { ...dispose([{ lineId, quantity: 1, disposition: pick(DISPOSITIONS, how)! }], at), returnId },
    { ...correct(scanId, `c${how % 4}`, quantity), returnId, at },
    { ...missing(lineId, quantity), returnId, at },
    approve(returnId, at),
    decline(returnId, at),
    cancel(returnId, 'customer', at),
    close(returnId, at),
    reopen(returnId, at),
    review(returnId, at),
    expire(returnId, '2026-05-01T09:00:00.000Z'),
    approve(returnId, at),
    approveCapped(how % 4 === 0 ? how : payableOf(state, ret), returnId, at),
    { ...refundManually(how % 2 === 0 ? null : how, returnId), at },
  ];
  return pick(choices, kind)!;
}

/** The order told again with something changed in it: for better or worse, allowed or not. */
function retold(facts: OrderFacts, { which, what, how, at }: Draw): RegisterOrder {
  const chosen = which % facts.lines.length;
  const lines = facts.lines.map(({ units, cancelled, ...line }, index): RegisterOrder['lines'][number] => {
    const paid = units.reduce((sum, unit) => ({ netMinor: sum.netMinor + unit.netMinor, taxMinor: sum.taxMinor + unit.taxMinor }), {
      netMinor: 0,
      taxMinor: 0,
    });
    const same = { ...line, quantity: units.length - cancelled.length, paid };
    if (index !== chosen) return same;
    switch (how % 7) {
      case 0:
        return {
          ...same,
          quantity: same.quantity + 1,
          fulfilledQuantity: same.fulfilledQuantity + 1,
          paid: { ...paid, netMinor: paid.netMinor + what },
        };
      case 1:
        return { ...same, quantity: same.quantity - 1, fulfilledQuantity: Math.min(same.fulfilledQuantity, same.quantity - 1) };
      case 2:
        return { ...same, paid: { ...paid, netMinor: paid.netMinor - what } };
      case 4:
        return {
          ...same,
          quantity: Math.max(0, same.quantity - 1 - (what % 2)),
          fulfilledQuantity: Math.min(same.fulfilledQuantity, Math.max(0, same.quantity - 1 - (what % 2))),
          paid: { ...paid, netMinor: Math.floor(paid.netMinor / 2) },
        };
      case 5:
        return { ...same, paid: { netMinor: paid.netMinor + paid.taxMinor, taxMinor: 0 } };
      case 3:
        return { ...same, fulfilledQuantity: what % (same.quantity + 1) };
      default:
        return same;
    }
  });
  const payments = facts.payments.map((payment, index) =>
    how % 3 === 0 && index === which % 3 ? { ...payment, capturedMinor: payment.capturedMinor + (what % 2 === 0 ? what : -what) } : payment,
  );
  const shipping = how % 7 === 0 ? { netMinor: what, taxMinor: 0 } : facts.shipping;
  return { ...facts, type: 'RegisterOrder', at, lines, shipping, payments: how % 11 === 0 ? payments.slice(1) : payments };
}

type World = { readonly policy: Parameters<typeof file>[1] & object };

function commandFor(state: ReturnsState, draw: Draw, { policy }: World): ReturnsCommand {
  const { kind, which, what, how, at } = draw;
  const ret = pick(state.returns, which);
  if (ret !== undefined && kind % 5 !== 0) return onReturn(state, ret, { ...draw, kind: Math.floor(kind / 5) });
  if (kind % 20 === 5) {
    const paymentId = `p${what % 3}`;
    return how % 2 === 0
      ? { type: 'RecordDispute', at, disputeId: `d${which % 2}`, paymentId, amountMinor: 1 + (how % 500) }
      : { type: 'CloseDispute', at, disputeId: `d${which % 2}`, outcome: how % 3 === 0 ? 'lost' : 'won' };
  }
  if (kind % 20 === 15) {
    const reference = pick(['pr', 'by-hand-1', 'e1', 'e2', 'e3'], how)!;
    return {
      type: 'RecordRefundElsewhere',
      at,
      refundedAt: at,
      paymentId: `p${what % 3}`,
      amountMinor: 1 + what * (1 + (which % 40)),
      reference,
    };
  }
  if (kind % 20 === 10) return retold(state.order!, draw);
  const lines = state.order!.lines.filter((_, index) => ((what >> index) & 1) === 1);
  const goods = (each: readonly OrderLine[]): readonly OrderLine[] => each.filter((line) => line.kind === 'goods' && line.units.length > 0);
  const wishes = (goods(lines).length === 0 ? goods(state.order!.lines) : goods(lines)).map((line) =>
    wish(line.lineId, 1 + (how % line.units.length), { reason: pick(REASONS, which)! }),
  );
  return file(wishes, {
    at,
    outcome: how % 4 === 0 ? 'store_credit' : 'original_payment',
    method: how % 3 === 0 ? 'own_shipping' : 'label',
    ...policy,
  });
}

/** Commands that say the same twice when they are given twice. */
const SAYS_THE_SAME_TWICE: ReadonlySet<string> = new Set([
  'RegisterOrder',
  'RecordDispute',
  'CloseDispute',
  'RecordRefundElsewhere',
  'ApproveReturn',
  'SendReturnToReview',
  'DeclineReturn',
  'CancelReturn',
  'CloseReturn',
  'ReopenReturn',
  'ExpireReturn',
  'RecordTracking',
  'ReceiveItems',
  'CorrectReceipt',
  'SubmitPayout',
  'RecordPayoutOutcome',
  'SettleRefund',
  'FailRefund',
]);

/** Events of commands that are not drawn here. */
const NOT_DRAWN: ReadonlySet<string> = new Set([
  'OrderRegistered',
  'LabelIssued',
  'DropOffCodeIssued',
  'LabelFailed',
  'LabelParked',
  'LabelVoidConfirmed',
  'PickupScheduled',
  'PickupMissed',
  'PickupCompleted',
  'ItemMismatched',
  'RestockConfirmed',
  'RestockBlocked',
  'RestockWithdrawn',
]);

type Answer = { readonly events: readonly ReturnsEvent[]; readonly refusal: string | null };
function decide(command: ReturnsCommand, state: ReturnsState): Answer {
  try {
    return { events: returnsDecider.decide(command, state), refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { events: [], refusal: error.code };
  }
}

const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
const fold = (events: readonly ReturnsEvent[], from = returnsDecider.initialState): ReturnsState => events.reduce(evolve, from);

/** A history as it grows, from the order on. */
class Story {
  state = returnsDecider.initialState;
  history: readonly ReturnsEvent[] = [];

  constructor(order: ReturnsCommand) {
    this.take(order);
  }

  /** @returns what happened by it */
  take(command: ReturnsCommand): readonly ReturnsEvent[] {
    const { events } = decide(command, this.state);
    this.state = fold(events, this.state);
    this.history = [...this.history, ...events];
    return events;
  }
}

describe('Whatever happens in whatever order', () => {
  it('no unit goes back twice, no cent too much, and what is stored folds to what was decided', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(wrappedOrders, policies, fc.array(draws, { minLength: 10, maxLength: 60 }), (order, document, steps) => {
        const world: World = { policy: { policy: { policyId: 'default', version: 1, document } } };
        let history: readonly ReturnsEvent[] = returnsDecider.decide(order, returnsDecider.initialState);
        let state = fold(history);
        for (const draw of steps) {
          const command = commandFor(state, draw, world);
          const { events } = decide(command, state);
          state = fold(events, state);
          history = [...history, ...events];
          for (const event of events) seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
          const again = SAYS_THE_SAME_TWICE.has(command.type) ? decide(command, state).events : [];
          if (again.length > 0) throw new Error(`Asked twice, it happened twice: ${JSON.stringify({ command, events, again })}`);
          expectSound(state, history);
        }
        expect(fold(stored(history))).toEqual(state);
        expect(restFaultsOf(state)).toEqual([]);
      }),
      { seed: SEED, numRuns: 400 },
    );
    // The histories are worth something only if they get everywhere.
    const never = Object.keys(RETURNS_EVENT_VERSIONS).filter((type) => !seen.has(type) && !NOT_DRAWN.has(type));
    expect(never).toEqual([]);
  });

  it('payments give back at most what they captured, whatever becomes of the payouts of many returns', () => {
    const money = fc.array(draws, { minLength: 20, maxLength: 80 });
    fc.assert(
      fc.property(orders, policies, money, (order, document, steps) => {
        const policy = {
          policyId: 'default',
          version: 1,
          document: { ...document, keepItemBelowMinor: null, approval: DEFAULT_POLICY.approval },
        };
        const story = new Story(order);
        for (const { lineId, quantity } of order.lines.flatMap((line) =>
          Array.from({ length: line.quantity }, () => ({ lineId: line.lineId, quantity: 1 })),
        )) {
          const returnId = `O-1-R${story.state.returns.length + 1}`;
          [
            file([wish(lineId, quantity)], { policy }),
            tracking('delivered'),
            receive('s', [scanned(lineId)]),
            inspect([{ lineId }]),
          ].forEach((command) => {
            story.take('returnId' in command ? { ...command, returnId } : command);
          });
        }
        for (const draw of steps) {
          const ret = pick(story.state.returns, draw.kind + draw.at.length)!;
          const refund = pick(ret.refunds, draw.which);
          story.take(
            refund === undefined || draw.what % 10 === 0
              ? refundManually(null, ret.returnId)
              : moneyCommand(ret, refund, { ...draw, kind: draw.what }),
          );
          expectSound(story.state, story.history);
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it('scans are taken back and made again in whatever order, before and after the money: each unit is refunded once', () => {
    let undoneAfterRefund = 0;
    fc.assert(
      fc.property(orders, policies, fc.array(draws, { minLength: 10, maxLength: 50 }), (order, document, steps) => {
        const policy = {
          policyId: 'default',
          version: 1,
          document: { ...document, keepItemBelowMinor: null, approval: DEFAULT_POLICY.approval },
        };
        const story = new Story(order);
        story.take(
          file(
            order.lines.map(({ lineId, quantity }) => wish(lineId, quantity)),
            { policy },
          ),
        );
        steps.forEach(({ kind, which, what, how, at }, number) => {
          const ret = story.state.returns[0]!;
          const lineId = pick(order.lines, what)!.lineId;
          const quantity = 1 + (how % 2);
          const refund = pick(ret.refunds, which);
          const choices: readonly ReturnsCommand[] = [
            receive(`s${number}`, [scanned(lineId, quantity)], { at }),
            receive(`s${number}`, [scanned(lineId)], { at }),
            tracking('scanned', at),
            correct(pick(ret.scans, which)?.scanId ?? 's0', `c${number}`, quantity),
            correct(pick(ret.scans, how)?.scanId ?? 's0', `c${number}`, 1, lineId),
            refund === undefined ? refundManually(1 + how) : moneyCommand(ret, refund, { kind: how, which, what, how, at }),
            kind % 20 === 5 ? inspect([{ lineId }], at) : missing(lineId),
            kind % 2 === 0 ? close(ret.returnId, at) : reopen(ret.returnId, at),
          ];
          const events = story.take(pick(choices, kind)!);
          if (events.some(({ type }) => type === 'ReceiptCorrected') && refundedAheadOf(story.state.returns[0]!) > 0)
            undoneAfterRefund += 1;
          expectSound(story.state, story.history);
        });
        expect(faultsOf(story.state)).toEqual([]);
      }),
      { seed: SEED, numRuns: 200 },
    );
    expect(undoneAfterRefund).toBeGreaterThan(100);
  });

  it('pieces are put away, refused, put elsewhere and put away again in whatever order: each is in one place, and no money moves', () => {
    let withdrawn = 0;
    fc.assert(
      fc.property(orders, policies, fc.array(draws, { minLength: 10, maxLength: 40 }), (order, document, steps) => {
        const policy = {
          policyId: 'default',
          version: 1,
          document: { ...document, keepItemBelowMinor: null, approval: DEFAULT_POLICY.approval },
        };
        const story = new Story(order);
        story.take(
          file(
            order.lines.map(({ lineId, quantity }) => wish(lineId, quantity)),
            { policy },
          ),
        );
        story.take(
          receive(
            's',
            order.lines.map(({ lineId, quantity }) => scanned(lineId, quantity)),
          ),
        );
        story.take(
          inspect(order.lines.map(({ lineId, quantity }, index) => ({ lineId, quantity, grade: pick(GRADES.slice(0, 4), index)! }))),
        );
        const { refunds } = story.state.returns[0]!;
        for (const { kind, which, what, how, at } of steps) {
          const lineId = pick(order.lines, what)!.lineId;
          const restockId = pick(story.state.returns[0]!.restocks, which)?.restockId ?? 'none';
          const choices: readonly ReturnsCommand[] = [
            dispose([{ lineId, quantity: 1 + (how % 2), disposition: pick(DISPOSITIONS, how)! }], at),
            dispose([{ lineId, disposition: 'restock' }], at),
            stockAnswers('blocked', restockId),
            stockAnswers('blocked', restockId),
            stockAnswers('confirmed', restockId),
            withdraw({ restockId, disposition: 'quarantine' }),
            withdraw({ restockId, disposition: pick(DISPOSITIONS_ELSEWHERE, how)! }),
          ];
          const command = pick(choices, kind)!;
          const events = story.take(command);
          if (command.type === 'WithdrawRestock') {
            withdrawn += events.length / 2;
            expect(decide(command, story.state).events).toEqual([]);
          }
          expectSound(story.state, story.history);
        }
        expect(story.state.returns[0]!.refunds).toEqual(refunds);
      }),
      { seed: SEED, numRuns: 200 },
    );
    expect(withdrawn).toBeGreaterThan(100);
  });

  it('the shop cancels, adds and reprices while units are in returns: those keep what was paid for them, and a line adds up to what was paid for it', () => {
    const told = fc.record({ quantity: fc.nat(6), netMinor: fc.nat(4000), taxMinor: fc.nat(800), end: fc.nat(3) });
    let taken = 0;
    fc.assert(
      fc.property(
        orders,
        fc.array(fc.nat(2), { maxLength: 5 }),
        fc.array(told, { minLength: 1, maxLength: 12 }),
        (order, wanted, amendments) => {
          const story = new Story(order);
          for (const which of wanted) story.take(file([wish(pick(order.lines, which)!.lineId)]));
          for (const { quantity, netMinor, taxMinor, end } of amendments) {
            if (end === 0) story.take(cancel(`O-1-R${1 + (netMinor % 5)}`));
            const { before, claimed } = { before: story.state.order!.lines[0]!, claimed: claimedUnits(story.state, 'L0') };
            const paid = quantity === 0 ? { netMinor: 0, taxMinor: 0 } : { netMinor, taxMinor };
            const lines = [{ ...order.lines[0]!, quantity, fulfilledQuantity: quantity, paid }, ...order.lines.slice(1)];
            const events = story.take({
              ...order,
              lines,
              payments: order.payments.map((payment) => ({ ...payment, capturedMinor: 1_000_000 })),
            });
            expectSound(story.state, story.history);
            if (events.length === 0) continue;
            taken += 1;
            const after = story.state.order!.lines[0]!;
            for (const unit of claimed) expect(after.units[unit]).toEqual(before.units[unit]);
            const sum = after.units.reduce((total, unit) => total + unit.netMinor + unit.taxMinor, 0);
            expect(Math.abs(sum - paid.netMinor - paid.taxMinor)).toBeLessThanOrEqual(
              sum > paid.netMinor + paid.taxMinor || quantity === claimed.size ? claimed.size : 0,
            );
            expect(after.units.length - after.cancelled.length).toBe(quantity);
            for (const unit of after.cancelled)
              expect([after.units[unit], claimed.has(unit)]).toEqual([{ netMinor: 0, taxMinor: 0 }, false]);
          }
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('an order is told the same however often it is told', () => {
    fc.assert(
      fc.property(orders, (order) => {
        const state = fold(returnsDecider.decide(order, returnsDecider.initialState));
        expect(returnsDecider.decide({ ...order, at: anyOrder().at }, state)).toEqual([]);
      }),
      { seed: SEED },
    );
  });
});
