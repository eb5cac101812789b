/**
 * What the merchant owes its customers, payout by payout. `refunds` holds every payout as it stands now; `movements`
 * holds every change of state with its amount, append-only, so that what was owed at any instant is a sum, and
 * `balances` the same sums by day, so that this sum never reads more than one day of movements (docs/decisions/051).
 * What is earned and cannot be paid yet stands among them in a state of its own, `blocked` (docs/decisions/101).
 */
import type { CompiledQuery } from 'kysely';
import type { RecordedEvent } from '../eventing/event-store.js';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { deleteRows, upsertRows } from '../eventing/sql/statement.js';
import { triggerOf } from '../returns/rules/decide/entitlement.js';
import { eventTypesOf, orderIdOfStream } from '../returns/rules/returns.events.js';
import { returnsFold, type FoldedOrder } from '../returns/rules/returns.fold.js';
import {
  PAYOUT_STATES,
  type Blocked,
  type Dispute,
  type Payout,
  type Refund,
  type ReturnsState,
  type ReturnState,
} from '../returns/rules/returns.state.js';
import { bonusOf, payoutTotalOf } from '../returns/rules/returns.status.js';
import { utcDay } from '../shared/clock.js';
import { Deltas } from './running-totals.js';

/** Name of the view. */
export const REFUNDS = 'refunds';

/** How something owed stands: a payout, or money that cannot be paid yet. */
export const OWED_OR_PAID = ['blocked', ...PAYOUT_STATES] as const;
export type OwedState = (typeof OWED_OR_PAID)[number];

/**
 * Something owed or paid: a payout that counts (one sent another way is replaced by the payout on the other way), or what is
 * held back of a return, under the return's id: it is no refund yet. `amountMinor` is what the customer gets by it, `bonusMinor` of which is
 * bonus on store credit; so amounts add up to those of the returns.
 */
type Live = {
  readonly id: string;
  readonly refundId: string;
  readonly returnId: string;
  /** Empty for what is held back. */
  readonly paymentId: string;
  readonly state: OwedState;
  readonly amountMinor: number;
  readonly bonusMinor: number;
  /** ISO 8601 UTC. The customer has been waiting since then, whichever way it is sent by now. */
  readonly owedSince: string;
  readonly of:
    | { readonly refund: Refund; readonly payout: Payout; readonly dispute: Dispute | undefined }
    | { readonly ret: ReturnState; readonly blocked: Blocked };
};
type Movement = { readonly from: Live | undefined; readonly to: Live | undefined };

const REFUND_COLUMNS = [
  'payout_id',
  'refund_id',
  'return_id',
  'order_id',
  'payment_id',
  'state',
  'amount_minor',
  'bonus_minor',
  'currency',
  'provider',
  'destination',
  'trigger_name',
  'reason',
  'idempotency_key',
  'provider_refund_id',
  'code',
  'declines',
  'entitled_ms',
  'since_ms',
  'settled_ms',
  'dispute_id',
  'dispute_state',
  'dispute_minor',
] as const;
const MOVEMENT_COLUMNS = [
  'position',
  'number',
  'at_ms',
  'day',
  'currency',
  'refund_id',
  'return_id',
  'payment_id',
  'from_state',
  'to_state',
  'amount_minor',
  'bonus_minor',
  'entitled_ms',
] as const;
const BALANCE_KEYS = ['day', 'currency', 'state'] as const;
const BALANCE_SUMS = ['amount_minor', 'bonus_minor', 'payouts'] as const;

export const refundsProjection: Projection<FoldedOrder> = {
  name: REFUNDS,
  version: 6,
  tables: [
    {
      name: 'refunds',
      create: [
        `create table {{refunds}} (payout_id text primary key, refund_id text not null, return_id text not null, order_id text not null,
          payment_id text not null, state text not null, amount_minor bigint not null, bonus_minor bigint not null, currency text not null,
          provider text not null, destination text not null, trigger_name text not null, reason text, idempotency_key text,
          provider_refund_id text, code text, declines integer not null, entitled_ms bigint not null, since_ms bigint not null, settled_ms bigint,
          dispute_id text, dispute_state text, dispute_minor bigint)`,
        'create index {{refunds}}_newest on {{refunds}} (entitled_ms, payout_id)',
        `create index {{refunds}}_disputed on {{refunds}} (entitled_ms, payout_id) where dispute_state = 'open' and state <> 'failed'`,
        'create index {{refunds}}_state on {{refunds}} (state, entitled_ms, payout_id)',
      ],
    },
    {
      name: 'movements',
      create: [
        `create table {{movements}} (position text not null, number integer not null, at_ms bigint not null, day text not null, currency text not null,
          refund_id text not null, return_id text not null, payment_id text not null, from_state text, to_state text,
          amount_minor bigint not null, bonus_minor bigint not null, entitled_ms bigint not null, primary key (position, number))`,
        'create index {{movements}}_day on {{movements}} (day, at_ms)',
      ],
    },
    {
      name: 'balances',
      create: [
        `create table {{balances}} (day text not null, currency text not null, state text not null, amount_minor bigint not null,
          bonus_minor bigint not null, payouts bigint not null, primary key (day, currency, state))`,
      ],
    },
  ],
  // What happens to parcels and items moves no money; leaving it out keeps scans off this view.
  handles: eventTypesOf('order', 'authorisation', 'money'),
  fold: returnsFold,
  apply,
};

function apply(changes: readonly Change<FoldedOrder>[], tables: TableNames): readonly CompiledQuery[] {
  const gone: string[] = [];
  const rows: RefundRow[] = [];
  const movements: ReturnType<typeof movementRow>[] = [];
  const balances = new Deltas();
  for (const change of changes) {
    const orderId = orderIdOfStream(change.streamId) ?? change.streamId;
    const currency = change.after.order?.currency ?? '';
    const is = liveOf(change.after);
    for (const [id, was] of liveOf(change.before)) {
      const now = is.get(id);
      if (now === undefined) gone.push(id);
      else if (sameRow(was, now)) is.delete(id);
    }
    rows.push(...[...is.values()].map((live) => refundRow(live, orderId, currency)));
    for (const row of movementsOf(change, currency)) {
      movements.push(row);
      const { day, amount_minor: amount, bonus_minor: bonus } = row;
      if (row.from_state !== null) balances.add([day, currency, row.from_state], [-amount, -bonus, -1]);
      if (row.to_state !== null) balances.add([day, currency, row.to_state], [amount, bonus, 1]);
    }
  }
  return [
    ...deleteRows(tables('refunds'), 'payout_id', gone),
    ...upsertRows(tables('refunds'), REFUND_COLUMNS, ['payout_id'], rows),
    ...upsertRows(tables('movements'), MOVEMENT_COLUMNS, ['position', 'number'], movements),
    ...balances.statements({ table: tables('balances'), keys: BALANCE_KEYS, sums: BALANCE_SUMS }),
  ];
}

function liveOf(state: ReturnsState | undefined): Map<string, Live> {
  const live = new Map<string, Live>();
  for (const ret of state?.returns ?? []) {
    const { returnId, refunds, blocked } = ret;
    for (const refund of refunds) {
      for (const [index, payout] of refund.payouts.entries()) {
        if (payout.reroutedTo !== null) continue;
        const id = `${refund.refundId}#${index}`;
        live.set(id, {
          id,
          refundId: refund.refundId,
          returnId,
          paymentId: payout.paymentId,
          state: payout.state,
          owedSince: refund.entitledAt,
          amountMinor: payoutTotalOf(refund, payout),
          bonusMinor: bonusOf(refund, payout),
          of: { refund, payout, dispute: disputeOf(state, payout) },
        });
      }
    }
    if (blocked === null) continue;
    const { amountMinor, bonusMinor, since } = blocked;
    const id = `${returnId}#blocked`;
    live.set(id, {
      id,
      refundId: returnId,
      returnId,
      paymentId: '',
      state: 'blocked',
      owedSince: since,
      amountMinor,
      bonusMinor,
      of: { ret, blocked },
    });
  }
  return live;
}

/** The dispute about the payment a payout goes back through: an open one, else the latest. */
function disputeOf(state: ReturnsState | undefined, { paymentId, destination }: Payout): Dispute | undefined {
  if (state === undefined || state.disputes.length === 0 || destination !== 'original_payment') return undefined;
  const own = state.disputes.filter((dispute) => dispute.paymentId === paymentId);
  return own.find((dispute) => dispute.state === 'open') ?? own.at(-1);
}

function sameRow(was: Live, now: Live): boolean {
  const before = refundRow(was, '', '');
  const after = refundRow(now, '', '');
  return REFUND_COLUMNS.every((column) => before[column] === after[column]);
}

function refundRow(live: Live, orderId: string, currency: string) {
  return {
    payout_id: live.id,
    refund_id: live.refundId,
    return_id: live.returnId,
    order_id: orderId,
    payment_id: live.paymentId,
    state: live.state,
    amount_minor: live.amountMinor,
    bonus_minor: live.bonusMinor,
    currency,
    entitled_ms: Date.parse(live.owedSince),
    ...('blocked' in live.of ? blockedColumns(live.of) : payoutColumns(live.of)),
  };
}

function payoutColumns({ refund, payout, dispute }: Extract<Live['of'], { payout: Payout }>) {
  return {
    provider: payout.provider,
    destination: payout.destination as string,
    trigger_name: refund.trigger as string,
    reason: refund.reason === null ? null : JSON.stringify(refund.reason),
    idempotency_key: payout.key,
    provider_refund_id: payout.providerRefundId,
    code: payout.reason === null ? null : JSON.stringify(payout.reason),
    declines: payout.declines,
    since_ms: Date.parse(payout.since),
    settled_ms: payout.settledAt === null ? null : Date.parse(payout.settledAt),
    dispute_id: dispute?.disputeId ?? null,
    dispute_state: dispute?.state ?? null,
    dispute_minor: dispute?.amountMinor ?? null,
  };
}

/** Nobody has it in hand yet, and why is its code. */
function blockedColumns({ ret, blocked }: Extract<Live['of'], { blocked: Blocked }>): ReturnType<typeof payoutColumns> {
  return {
    provider: '',
    destination: ret.outcome === 'store_credit' ? 'store_credit' : 'original_payment',
    trigger_name: triggerOf(ret),
    reason: null,
    idempotency_key: null,
    provider_refund_id: null,
    code: JSON.stringify({ code: blocked.code }),
    declines: 0,
    since_ms: Date.parse(blocked.since),
    settled_ms: null,
    dispute_id: null,
    dispute_state: null,
    dispute_minor: null,
  };
}

/** A row of `refunds`; PostgreSQL gives its bigints as texts. */
export type RefundRow = ReturnType<typeof refundRow>;

/**
 * Every change of a payout's state or amount, event by event. It counts from when the event was handled (never before
 * an earlier one of its stream): so a sum of movements says exactly what the streams folded as of that instant say.
 */
function movementsOf(change: Change<FoldedOrder>, currency: string): readonly ReturnType<typeof movementRow>[] {
  let order = change.before;
  return change.events.flatMap((event) => {
    const was = liveOf(order);
    order = returnsFold.evolve(order, event);
    const is = liveOf(order);
    const { latestMs } = order;
    const movements = [...new Set([...was.keys(), ...is.keys()])].flatMap((id) => movementsBetween(was.get(id), is.get(id)));
    return movements.map((movement, number) => movementRow(movement, event, number, latestMs, currency));
  });
}

function movementsBetween(from: Live | undefined, to: Live | undefined): readonly Movement[] {
  if (from === undefined || to === undefined) return [{ from, to }];
  const sameMoney = from.amountMinor === to.amountMinor && from.bonusMinor === to.bonusMinor;
  if (!sameMoney)
    return [
      { from, to: undefined },
      { from: undefined, to },
    ];
  return from.state === to.state ? [] : [{ from, to }];
}

function movementRow({ from, to }: Movement, event: RecordedEvent, number: number, atMs: number, currency: string) {
  const live = to ?? from;
  return {
    position: event.position,
    number,
    at_ms: atMs,
    day: utcDay(atMs),
    currency,
    refund_id: live?.refundId ?? '',
    return_id: live?.returnId ?? '',
    payment_id: live?.paymentId ?? '',
    from_state: from?.state ?? null,
    to_state: to?.state ?? null,
    amount_minor: live?.amountMinor ?? 0,
    bonus_minor: live?.bonusMinor ?? 0,
    entitled_ms: live === undefined ? 0 : Date.parse(live.owedSince),
  };
}
