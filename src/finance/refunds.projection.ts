/**
 * What the merchant owes its customers, payout by payout. `refunds` holds every payout as it stands now; `movements`
 * holds every change of state with its amount, append-only, so that what was owed at any instant is a sum, and
 * `balances` the same sums by day, so that this sum never reads more than one day of movements (docs/decisions/051).
 */
import type { CompiledQuery } from 'kysely';
import type { RecordedEvent } from '../eventing/event-store.js';
import type { Change, Projection, TableNames } from '../eventing/projection.js';
import { deleteRows, upsertRows } from '../eventing/sql/statement.js';
import { orderIdOfStream } from '../returns/returns.events.js';
import { foldWithoutUnits } from '../returns/returns.fold.js';
import type { Payout, Refund, ReturnsState } from '../returns/returns.state.js';
import { bonusOf, payoutTotalOf } from '../returns/returns.status.js';
import { utcDay } from '../shared/clock.js';
import { Deltas } from './running-totals.js';

/** Name of the view. */
export const REFUNDS = 'refunds';

/** `latestMs`: when the newest event was handled, never going back (see `movementsOf`); epoch milliseconds. */
export type RefundsDocument = { readonly returns: ReturnsState; readonly latestMs: number };

/**
 * A payout that counts: one sent another way is replaced by the payout on the other way. `amountMinor` is what the
 * customer gets by it, `bonusMinor` of which is bonus on store credit; so amounts add up to those of the returns.
 */
type LivePayout = { readonly id: string; readonly refund: Refund; readonly payout: Payout; readonly amountMinor: number; readonly bonusMinor: number };
type Movement = { readonly from: LivePayout | undefined; readonly to: LivePayout | undefined };

const REFUND_COLUMNS = [
  'payout_id', 'refund_id', 'return_id', 'order_id', 'payment_id', 'state', 'amount_minor', 'bonus_minor', 'currency', 'provider', 'destination',
  'trigger_name', 'reason', 'idempotency_key', 'provider_refund_id', 'code', 'declines', 'entitled_ms', 'since_ms', 'settled_ms',
] as const;
const MOVEMENT_COLUMNS = [
  'position', 'number', 'at_ms', 'day', 'currency', 'refund_id', 'return_id', 'payment_id', 'from_state', 'to_state', 'amount_minor', 'bonus_minor', 'entitled_ms',
] as const;
const BALANCE_KEYS = ['day', 'currency', 'state'] as const;
const BALANCE_SUMS = ['amount_minor', 'bonus_minor', 'payouts'] as const;

export const refundsProjection: Projection<RefundsDocument> = {
  name: REFUNDS,
  version: 4,
  tables: [
    {
      name: 'refunds',
      create: [
        `create table {{refunds}} (payout_id text primary key, refund_id text not null, return_id text not null, order_id text not null,
          payment_id text not null, state text not null, amount_minor bigint not null, bonus_minor bigint not null, currency text not null,
          provider text not null, destination text not null, trigger_name text not null, reason text, idempotency_key text,
          provider_refund_id text, code text, declines integer not null, entitled_ms bigint not null, since_ms bigint not null, settled_ms bigint)`,
        'create index {{refunds}}_newest on {{refunds}} (entitled_ms, payout_id)',
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
  handles: new Set([
    'OrderRegistered', 'OrderAmended', 'ReturnRequested', 'RefundEntitled', 'RefundSubmitted', 'RefundPending', 'RefundSucceeded', 'RefundFailed',
    'RefundPutInDoubt', 'RefundParked', 'RefundRetryRequested', 'RefundRerouted', 'StoreCreditIssued',
  ]),
  documentId: (event) => event.streamId,
  evolve,
  apply,
};

function evolve(document: RefundsDocument | undefined, event: RecordedEvent): RefundsDocument {
  return {
    returns: foldWithoutUnits(document?.returns, event),
    latestMs: Math.max(document?.latestMs ?? 0, Date.parse(event.metadata.occurredAt)),
  };
}

function apply(changes: readonly Change<RefundsDocument>[], tables: TableNames): readonly CompiledQuery[] {
  const gone: string[] = [];
  const rows: RefundRow[] = [];
  const movements: ReturnType<typeof movementRow>[] = [];
  const balances = new Deltas();
  for (const change of changes) {
    const orderId = orderIdOfStream(change.id) ?? change.id;
    const currency = change.after.returns.order?.currency ?? '';
    const is = livePayouts(change.after.returns);
    for (const [id, was] of livePayouts(change.before?.returns)) {
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

function livePayouts(state: ReturnsState | undefined): Map<string, LivePayout> {
  const live = new Map<string, LivePayout>();
  for (const refund of state?.returns.flatMap((ret) => ret.refunds) ?? []) {
    for (const [index, payout] of refund.payouts.entries()) {
      if (payout.reroutedTo !== null) continue;
      const id = `${refund.refundId}#${index}`;
      live.set(id, { id, refund, payout, amountMinor: payoutTotalOf(refund, payout), bonusMinor: bonusOf(refund, payout) });
    }
  }
  return live;
}

function sameRow(was: LivePayout, now: LivePayout): boolean {
  const before = refundRow(was, '', '');
  const after = refundRow(now, '', '');
  return REFUND_COLUMNS.every((column) => before[column] === after[column]);
}

function refundRow({ id, refund, payout, amountMinor, bonusMinor }: LivePayout, orderId: string, currency: string) {
  return {
    payout_id: id,
    refund_id: refund.refundId,
    return_id: refund.returnId,
    order_id: orderId,
    payment_id: payout.paymentId,
    state: payout.state,
    amount_minor: amountMinor,
    bonus_minor: bonusMinor,
    currency,
    provider: payout.provider,
    destination: payout.destination,
    trigger_name: refund.trigger,
    reason: refund.reason,
    idempotency_key: payout.key,
    provider_refund_id: payout.providerRefundId,
    code: payout.code,
    declines: payout.declines,
    // The customer has been waiting since the refund was owed, whichever way it is sent by now.
    entitled_ms: Date.parse(refund.entitledAt),
    since_ms: Date.parse(payout.since),
    settled_ms: payout.settledAt === null ? null : Date.parse(payout.settledAt),
  };
}

/** A row of `refunds`; PostgreSQL gives its bigints as texts. */
export type RefundRow = ReturnType<typeof refundRow>;

/**
 * Every change of a payout's state or amount, event by event. It counts from when the event was handled (never before
 * an earlier one of its stream): so a sum of movements says exactly what the streams folded as of that instant say.
 */
function movementsOf(change: Change<RefundsDocument>, currency: string): readonly ReturnType<typeof movementRow>[] {
  let document = change.before;
  return change.events.flatMap((event) => {
    const was = livePayouts(document?.returns);
    document = evolve(document, event);
    const is = livePayouts(document.returns);
    const { latestMs } = document;
    const movements = [...new Set([...was.keys(), ...is.keys()])].flatMap((id) => movementsBetween(was.get(id), is.get(id)));
    return movements.map((movement, number) => movementRow(movement, event, number, latestMs, currency));
  });
}

function movementsBetween(from: LivePayout | undefined, to: LivePayout | undefined): readonly Movement[] {
  if (from === undefined || to === undefined) return [{ from, to }];
  const sameMoney = from.amountMinor === to.amountMinor && from.bonusMinor === to.bonusMinor;
  if (!sameMoney) return [{ from, to: undefined }, { from: undefined, to }];
  return from.payout.state === to.payout.state ? [] : [{ from, to }];
}

function movementRow({ from, to }: Movement, event: RecordedEvent, number: number, atMs: number, currency: string) {
  const live = to ?? from;
  return {
    position: event.position,
    number,
    at_ms: atMs,
    day: utcDay(atMs),
    currency,
    refund_id: live?.refund.refundId ?? '',
    return_id: live?.refund.returnId ?? '',
    payment_id: live?.payout.paymentId ?? '',
    from_state: from?.payout.state ?? null,
    to_state: to?.payout.state ?? null,
    amount_minor: live?.amountMinor ?? 0,
    bonus_minor: live?.bonusMinor ?? 0,
    entitled_ms: live === undefined ? 0 : Date.parse(live.refund.entitledAt),
  };
}
