/**
 * Histories of a few orders, as the deciders would write them: every step is a command that fits the state, refused
 * ones write nothing, and time goes on by chance. The same choices give the same history.
 */
import fc from 'fast-check';
import { DomainError } from '../../src/eventing/decider.js';
import type { JsonObject, Position, RecordedEvent } from '../../src/eventing/event-store.js';
import { payableOf } from '../../src/returns/rules/decide/entitlement.js';
import { returnsDecider, type ReturnsCommand } from '../../src/returns/rules/returns.decider.js';
import { returnIdOf, returnsStream, type ReturnsEvent, type Terms } from '../../src/returns/rules/returns.events.js';
import type { Refund, ReturnsState, ReturnState } from '../../src/returns/rules/returns.state.js';

export type Step = { readonly order: number; readonly what: number; readonly pick: number; readonly waitMs: number };

export const histories = fc.array(
  fc.record({
    order: fc.integer({ min: 0, max: 3 }),
    what: fc.nat({ max: 999 }),
    pick: fc.nat({ max: 9999 }),
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 60_000, max: 3 * 86_400_000 })),
  }),
  { minLength: 60, maxLength: 200, size: 'max' },
);

const START_MS = Date.parse('2026-01-05T08:00:00.000Z');
const CURRENCIES = ['EUR', 'USD', 'JPY', 'EUR'];
const CARRIERS = ['builtin', 'dhl'];
const TRIGGERS = ['firstScan', 'delivered', 'received', 'inspected'] as const;
const METHODS = ['label', 'label', 'in_store', 'own_shipping', 'keep'] as const;

export type History = {
  readonly events: readonly RecordedEvent[];
  readonly states: ReadonlyMap<string, ReturnsState>;
  readonly endMs: number;
};

/** Plays the steps. @returns the log they wrote, and the last state of every stream */
export function play(steps: readonly Step[]): History {
  const log = new Log();
  for (let order = 0; order < CURRENCIES.length; order += 1) {
    log.run(order, registered(order));
  }
  for (const step of steps) {
    log.nowMs += step.waitMs;
    const state = log.stateOf(step.order);
    if (state.returns.length === 0 || (step.what % 23 === 0 && state.returns.length < 3)) log.write(step.order, filed(step, state, log.at));
    else log.run(step.order, next(step, state, log.at));
  }
  return { events: log.events, states: log.states, endMs: log.nowMs };
}

/** One log of several orders, with a clock. */
export class Log {
  readonly events: RecordedEvent[] = [];
  readonly states = new Map<string, ReturnsState>();
  nowMs = START_MS;

  get at(): string {
    return new Date(this.nowMs).toISOString();
  }

  stateOf(order: number): ReturnsState {
    return this.states.get(returnsStream(orderIdOf(order))) ?? returnsDecider.initialState;
  }

  /** Decides and writes; a refusal writes nothing. */
  run(order: number, command: ReturnsCommand): void {
    try {
      this.write(order, returnsDecider.decide(command, this.stateOf(order)));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  write(order: number, events: readonly ReturnsEvent[]): void {
    const streamId = returnsStream(orderIdOf(order));
    for (const event of events) {
      this.states.set(streamId, returnsDecider.evolve(this.stateOf(order), event));
      const number = this.events.length;
      this.events.push(
        recorded(event.type, event.data, streamId, number, this.events.filter((each) => each.streamId === streamId).length, this.at),
      );
    }
  }
}

export const orderIdOf = (order: number): string => `ORDER-${order}`;

function recorded(type: string, data: JsonObject, streamId: string, number: number, revision: number, at: string): RecordedEvent {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const metadata = {
    commandId: id,
    commandHash: '',
    correlationId: id,
    causationId: id,
    schemaVersion: 1,
    actor: { kind: 'system', id: 'test', channel: 'process' },
    occurredAt: at,
  } as const;
  return { id, type, data, metadata, streamId, revision, position: String(number + 1).padStart(20, '0') as Position, recordedAt: at };
}

export function registered(order: number): ReturnsCommand {
  const currency = CURRENCIES[order]!;
  return {
    type: 'RegisterOrder',
    at: new Date(START_MS).toISOString(),
    number: `#${order}`,
    placedAt: '2026-01-01T00:00:00.000Z',
    currency,
    contactRef: `contact-${order}`,
    lines: ['L1', 'L2'].map((lineId, index) => ({
      lineId,
      kind: 'goods',
      sku: `SKU-${index}`,
      barcode: null,
      title: 'Thing',
      category: null,
      fulfilledQuantity: 3,
      deliveredAt: null,
      finalSale: false,
      weightGrams: null,
      quantity: 3,
      paid: { netMinor: 3001 + 700 * index, taxMinor: 571 },
    })),
    shipping: { netMinor: 490, taxMinor: 93 },
    payments: [
      { paymentId: 'card', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 7000 },
      { paymentId: 'gift', provider: 'manual', reference: 'g', method: 'gift_card', capturedMinor: 1426 },
    ],
    promotions: [],
  };
}

export const terms = (overrides: Partial<Terms> = {}): Terms => ({
  policyId: 'default',
  version: 1,
  refundTrigger: 'received',
  inspectionRequired: false,
  gradeFactorsBp: { A: 10000, B: 10000, C: 7500, D: 0, X: 0 },
  restockingFeeBp: 0,
  returnShippingFeeMinor: 0,
  outboundShipping: 'fullReturn',
  wrappingRefund: 'never',
  finalSaleLines: [],
  tenderOrder: 'proportional',
  brokenPromotion: 'keepProrata',
  captureToleranceMinor: 1,
  storeCreditBonusBp: 0,
  expireAfterDays: 28,
  ...overrides,
});

/** A return as it is filed, for units no other return of the order has. */
function filed({ order, pick }: Step, state: ReturnsState, at: string): readonly ReturnsEvent[] {
  const number = state.returns.length + 1;
  const unit = number - 1;
  const returnId = returnIdOf(orderIdOf(order), number);
  const outcome = pick % 5 === 0 ? 'store_credit' : 'original_payment';
  const lines = ['L1', 'L2'].slice(pick % 2).map((lineId, index) => ({
    lineId,
    units: [unit],
    reason: ['too_small', 'defective'][Math.floor(pick / (3 + index)) % 2]!,
    fault: 'customer' as const,
    condition: 'opened' as const,
    noteRef: null,
    photoRefs: [],
  }));
  const frozen = terms({
    refundTrigger: TRIGGERS[pick % 4]!,
    inspectionRequired: pick % 7 === 0,
    storeCreditBonusBp: 1000,
    tenderOrder: pick % 3 === 0 ? 'giftCardFirst' : 'proportional',
  });
  return [
    {
      type: 'ReturnRequested',
      data: { at, returnId, lines, outcome, method: METHODS[pick % 5]!, carrier: CARRIERS[pick % 2]!, terms: frozen, quotedMinor: 0 },
    },
  ];
}

/** A command that fits what the order has come to, or nearly. */
function next({ what, pick }: Step, state: ReturnsState, at: string): ReturnsCommand {
  const ret = state.returns[pick % state.returns.length]!;
  const { returnId } = ret;
  if (pick % 13 === 0) return aboutPayments(ret, Math.floor(pick / 13), state, at);
  const refund = ret.refunds[what % Math.max(1, ret.refunds.length)];
  if (refund !== undefined && what % 3 !== 0) return aboutMoney(ret, refund, Math.floor(what / 3), pick, at);
  const warehouse = { at, returnId, station: `station-${pick % 3}`, clerk: 'clerk-1' } as const;
  const line = ret.lines[pick % ret.lines.length]!;
  const label = ret.labels.at(-1);
  const commands: readonly ReturnsCommand[] = [
    { type: 'ApproveReturn', at, returnId },
    { type: 'ApproveReturn', at, returnId },
    {
      type: 'RecordLabelOutcome',
      at,
      returnId,
      labelId: label?.labelId ?? '',
      outcome: { kind: 'issued', trackingNumber: `T-${returnId}`, code: null, costMinor: 400, documentRef: 'doc' },
    },
    {
      type: 'RecordTracking',
      at,
      isTimed: true,
      returnId,
      status: 'scanned',
      trackingNumber: null,
      place: null,
      code: null,
      expectedAt: null,
      fault: null,
    },
    {
      type: 'RecordTracking',
      at,
      isTimed: true,
      returnId,
      status: 'delivered',
      trackingNumber: null,
      place: null,
      code: null,
      expectedAt: null,
      fault: null,
    },
    {
      ...warehouse,
      type: 'ReceiveItems',
      scanId: `scan-${what}-${pick}`,
      trackingNumber: null,
      items: [{ lineId: line.lineId, barcode: null, quantity: 1 }],
    },
    {
      ...warehouse,
      type: 'ReceiveItems',
      scanId: `scan-${what}-${pick}`,
      trackingNumber: null,
      items: [{ lineId: line.lineId, barcode: null, quantity: 1 }],
    },
    {
      ...warehouse,
      type: 'InspectItems',
      items: [{ lineId: line.lineId, quantity: 1, grade: (['A', 'C', 'X'] as const)[pick % 3]!, defects: [], photoRefs: [] }],
    },
    {
      ...warehouse,
      type: 'CorrectReceipt',
      scanId: ret.scans.at(-1)?.scanId ?? '',
      correctionId: `fix-${what}`,
      lineId: line.lineId,
      quantity: 1,
      why: 'wrong line',
    },
    { type: 'CloseReturn', at, returnId, reason: { code: 'done' } },
    { type: 'RefundManually', at, returnId, amountMinor: 100 + (pick % 300), reason: { code: 'goodwill' } },
  ];
  return commands[what % commands.length]!;
}

/** Banks take money back and give it again, shops capture more later, and people do not want to wait. */
function aboutPayments(ret: ReturnState, pick: number, state: ReturnsState, at: string): ReturnsCommand {
  const disputeId = `dp-${pick % 2}`;
  const order = registered(CURRENCIES.indexOf(state.order!.currency));
  const commands: readonly ReturnsCommand[] = [
    { type: 'RecordDispute', at, disputeId, paymentId: 'card', amountMinor: 3500 },
    { type: 'RecordDispute', at, disputeId, paymentId: 'card', amountMinor: 3500 },
    { type: 'CloseDispute', at, disputeId, outcome: pick % 3 === 0 ? 'lost' : 'won' },
    {
      ...order,
      at,
      number: state.order!.number,
      contactRef: state.order!.contactRef,
      payments: [
        { paymentId: 'card', provider: 'simulated', reference: 'sim_ok', method: 'card', capturedMinor: 7000 + (pick % 3000) },
        { paymentId: 'gift', provider: 'manual', reference: 'g', method: 'gift_card', capturedMinor: 1426 },
      ],
    } as ReturnsCommand,
    { type: 'ApproveCapped', at, returnId: ret.returnId, amountMinor: payableOf(state, ret), reason: { code: 'no_more_will_come' } },
  ];
  return commands[Math.floor(pick / 7) % commands.length]!;
}

function aboutMoney(ret: ReturnState, { refundId, payouts }: Refund, what: number, pick: number, at: string): ReturnsCommand {
  const { returnId } = ret;
  const payout = payouts[pick % Math.max(1, payouts.length)];
  const on = { at, returnId, refundId } as const;
  const paymentId = payout?.paymentId ?? '';
  const key = payout?.key ?? '';
  const told = { ...on, type: 'RecordPayoutOutcome', paymentId, key } as const;
  const commands: readonly ReturnsCommand[] = [
    { ...on, type: 'SubmitPayout', paymentId },
    { ...on, type: 'SubmitPayout', paymentId },
    { ...told, outcome: { kind: 'succeeded', providerRefundId: 're_1' } },
    { ...told, outcome: { kind: 'succeeded', providerRefundId: 're_1' } },
    { ...told, outcome: { kind: 'pending', providerRefundId: 're_1' } },
    // Also after it succeeded: a late failure takes the money back out of "paid".
    { ...told, outcome: { kind: 'declined', code: 'account_closed' } },
    { ...told, outcome: { kind: 'in_doubt', reason: { code: 'timeout' } } },
    { ...told, outcome: { kind: 'parked', reason: { code: 'timeout' }, attempts: 8 } },
    { ...on, type: 'RetryRefund', paymentId: null, reason: { code: 'again' } },
    { ...on, type: 'SettleRefund', paymentId, providerRefundId: 'by-hand' },
    { ...on, type: 'FailRefund', paymentId: null, code: 'not_executed', underWay: [] },
    {
      ...on,
      type: 'RerouteRefund',
      paymentId,
      destination: pick % 2 === 0 ? 'bank_transfer' : 'store_credit',
      toPaymentId: null,
      reason: { code: 'card expired' },
    },
  ];
  return commands[what % commands.length]!;
}
