/**
 * What the merchant owes its customers, payout by payout. `refunds` holds every payout as it stands now; `movements`
 * holds every change of state with its amount, append-only, so that what was owed at any instant is a sum, and
 * `balances` the same sums by period, so that this sum never reads more than one minute of movements (docs/decisions/051).
 * What is earned and cannot be paid yet stands among them in a state of its own, `blocked` (docs/decisions/101).
 */
import type { RecordedEvent } from '../eventing/event-store.js';
import type { Change, Projection } from '../eventing/projection.js';
import { bigint, integer, nullable, table, text, type RowOf } from '../eventing/sql/table.js';
import { add, put, replace, type Write } from '../eventing/sql/write.js';
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
import { periodsOf, type Grain } from './periods.js';

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

export const PAYOUTS = table({
  name: 'refunds',
  columns: {
    payout_id: text(),
    refund_id: text(),
    return_id: text(),
    order_id: text(),
    payment_id: text(),
    state: text<OwedState>(),
    amount_minor: bigint(),
    bonus_minor: bigint(),
    currency: text(),
    provider: text(),
    destination: text(),
    trigger_name: text(),
    reason: nullable(text()),
    idempotency_key: nullable(text()),
    provider_refund_id: nullable(text()),
    code: nullable(text()),
    declines: integer(),
    entitled_ms: bigint(),
    since_ms: bigint(),
    settled_ms: nullable(bigint()),
    dispute_id: nullable(text()),
    dispute_state: nullable(text<Dispute['state']>()),
    dispute_minor: nullable(bigint()),
  },
  key: ['payout_id'],
  indexes: {
    newest: { on: ['entitled_ms', 'payout_id'] },
    return: { on: ['return_id', 'entitled_ms', 'payout_id'] },
    owed: { on: ['entitled_ms', 'refund_id', 'payment_id', 'state'], where: "state <> 'succeeded'" },
    disputed: { on: ['entitled_ms', 'payout_id'], where: "dispute_state = 'open' and state <> 'failed'" },
    state: { on: ['state', 'entitled_ms', 'payout_id'] },
  },
});
export type RefundRow = RowOf<typeof PAYOUTS>;
export const MOVEMENTS = table({
  name: 'movements',
  columns: {
    position: text(),
    number: integer(),
    at_ms: bigint(),
    day: text(),
    currency: text(),
    refund_id: text(),
    return_id: text(),
    payment_id: text(),
    from_state: nullable(text<OwedState>()),
    to_state: nullable(text<OwedState>()),
    amount_minor: bigint(),
    bonus_minor: bigint(),
    entitled_ms: bigint(),
  },
  key: ['position', 'number'],
  indexes: { day: { on: ['day', 'at_ms'] } },
});
export type MovementRow = RowOf<typeof MOVEMENTS>;
/**
 * Sums by period: `moved` of the movements, by when they happened, so that all up to an instant is how it stood then;
 * `owed` of what is owed now, by the entitlement.
 */
export const BALANCES = table({
  name: 'balances',
  columns: {
    of: text<'moved' | 'owed'>(),
    grain: text<Grain>(),
    period: text(),
    currency: text(),
    state: text<OwedState>(),
    amount_minor: bigint(),
    bonus_minor: bigint(),
    payouts: bigint(),
  },
  key: ['of', 'grain', 'period', 'currency', 'state'],
  clustered: true,
  signed: true,
});
export type BalanceRow = RowOf<typeof BALANCES>;

export const refundsProjection: Projection<FoldedOrder> = {
  name: REFUNDS,
  version: 7,
  tables: [PAYOUTS, MOVEMENTS, BALANCES],
  // What happens to parcels and items moves no money; leaving it out keeps scans off this view.
  handles: eventTypesOf('order', 'authorisation', 'money'),
  fold: returnsFold,
  apply,
};

function apply(changes: readonly Change<FoldedOrder>[]): readonly Write[] {
  const payouts = changes.map(({ streamId, before, after }) => ({ was: payoutRows(before, streamId), is: payoutRows(after, streamId) }));
  const movements = changes.flatMap((change) => movementsOf(change, change.after.order?.currency ?? ''));
  const moved = movements.flatMap((row) => [...balancesOf(row, row.from_state, -1), ...balancesOf(row, row.to_state, 1)]);
  const owed = payouts.flatMap(({ was, is }) => [...was.flatMap((row) => owedOf(row, -1)), ...is.flatMap((row) => owedOf(row, 1))]);
  return [...replace(PAYOUTS, payouts), put(MOVEMENTS, movements), add(BALANCES, [...moved, ...owed])];
}

const payoutRows = (state: FoldedOrder | undefined, streamId: string): readonly RefundRow[] =>
  [...liveOf(state).values()].map((live) => refundRow(live, orderIdOfStream(streamId) ?? streamId, state?.order?.currency ?? ''));

type Money = Pick<BalanceRow, 'currency' | 'amount_minor' | 'bonus_minor'>;
const balances = (of: BalanceRow['of'], atMs: number, state: OwedState, money: Money, sign: 1 | -1): readonly BalanceRow[] =>
  periodsOf(atMs).map((period) => ({
    of,
    ...period,
    currency: money.currency,
    state,
    amount_minor: sign * money.amount_minor,
    bonus_minor: sign * money.bonus_minor,
    payouts: sign,
  }));

const balancesOf = (row: MovementRow, state: OwedState | null, sign: 1 | -1): readonly BalanceRow[] =>
  state === null ? [] : balances('moved', row.at_ms, state, row, sign);

const owedOf = (row: RefundRow, sign: 1 | -1): readonly BalanceRow[] =>
  row.state === 'succeeded' ? [] : balances('owed', row.entitled_ms, row.state, row, sign);

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

function refundRow(live: Live, orderId: string, currency: string): RefundRow {
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

const payoutColumns = ({ refund, payout, dispute }: Extract<Live['of'], { payout: Payout }>) => ({
  provider: payout.provider,
  destination: payout.destination,
  trigger_name: refund.trigger,
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
});

/** Nobody has it in hand yet, and why is its code. */
const blockedColumns = ({ ret, blocked }: Extract<Live['of'], { blocked: Blocked }>) => ({
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
});

/**
 * Every change of a payout's state or amount, event by event. It counts from when the event was handled (never before
 * an earlier one of its stream): so a sum of movements says exactly what the streams folded as of that instant say.
 */
function movementsOf(change: Change<FoldedOrder>, currency: string): readonly MovementRow[] {
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

function movementRow({ from, to }: Movement, event: RecordedEvent, number: number, atMs: number, currency: string): MovementRow {
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
