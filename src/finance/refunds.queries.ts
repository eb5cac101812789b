/** Reads the refunds view: payouts as they stand, and what was owed at any instant. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import type { TableNames } from '../eventing/projection.js';
import { readPage, type Keyset, type PageAfter, type Placed } from '../eventing/sql/keyset.js';
import type { Views } from '../eventing/views.js';
import { camelCased, fieldNames, picked } from '../http/declared.js';
import type { Sort } from '../http/paging.js';
import type { Reason } from '../returns/rules/returns.events.js';
import { utcDay } from '../shared/clock.js';
import { beforeMinute, minuteOf } from './periods.js';
import { BalancesAnswer, RefundRowAnswer, type DayBalancesAnswer, type RefundsQuery } from './refunds.dto.js';
import { BALANCES, MOVEMENTS, PAYOUTS, REFUNDS, type BalanceRow, type OwedState, type RefundRow } from './refunds.projection.js';

type Database = Kysely<unknown>;

type RefundsFilter = Omit<RefundsQuery, 'limit' | 'cursor' | 'sort'>;
/** By the time of the entitlement. */
export const REFUNDS_ORDER = [
  ['entitled_ms', 'number'],
  ['payout_id', 'string'],
] as const satisfies Keyset;
/** `reason`, `code`: as the events give them; what people and providers wrote is still to be read. */
export type RefundItem = Omit<RefundRowAnswer, 'reason' | 'code'> & { readonly reason: Reason | null; readonly code: Reason | null };

/** States in which money still has to move, or may have. */
const UNSETTLED = ['entitled', 'submitted', 'pending', 'in_doubt', 'failed', 'parked'] as const satisfies readonly OwedState[];
/** Refunded, or about to be, and disputed at the same time: the bank may take what the customer gets back. */
const DISPUTED = sql`dispute_state = 'open' and state <> 'failed'`;

/** A page of payouts. `nowMs`: epoch milliseconds, for ages. */
export async function refundItems(
  db: Database,
  tables: TableNames,
  filter: RefundsFilter,
  page: PageAfter & { readonly sort: Sort },
  nowMs: number,
): Promise<readonly Placed<RefundItem>[]> {
  const where: RawBuilder<unknown>[] = [
    filter.state === undefined ? sql`state <> 'blocked'` : sql`state in (${sql.join([...filter.state])})`,
  ];
  if (filter.disputed !== undefined) where.push(filter.disputed ? DISPUTED : sql`not coalesce(${DISPUTED}, false)`);
  if (filter.currency !== undefined) where.push(sql`currency = ${filter.currency}`);
  if (filter.provider !== undefined) where.push(sql`provider = ${filter.provider}`);
  if (filter.returnId !== undefined) where.push(sql`return_id = ${filter.returnId}`);
  const direction = page.sort === 'oldest' ? 'asc' : 'desc';
  const rows = await readPage(db, tables, { table: PAYOUTS, where, keyset: REFUNDS_ORDER, direction }, page);
  return rows.map(({ place, row }) => ({ place, row: refundBody(row, nowMs) }));
}

/** How many payouts wait for a person, by their state, and how many are disputed at the same time (`disputed`). */
export async function waitingForPeople(db: Database, tables: TableNames): Promise<readonly (readonly [why: string, payouts: number])[]> {
  const { rows } = await sql<{ readonly why: string; readonly payouts: number }>`
    select state as why, count(*) as payouts from ${sql.table(tables('refunds'))} where state in ('blocked', 'failed', 'parked', 'in_doubt') group by state
    union all select 'disputed', count(*) from ${sql.table(tables('refunds'))} where dispute_state = 'open' and state <> 'failed'`.execute(
    db,
  );
  return rows.map(({ why, payouts }) => [why, payouts]);
}

/** A payout as the log has it. */
export type PayoutOnLog = Pick<RefundRow, 'refund_id' | 'return_id' | 'payment_id' | 'state' | 'amount_minor' | 'currency'> & {
  readonly idempotency_key: string | null;
  readonly provider_refund_id: string | null;
  /** Epoch milliseconds; null: not paid. */
  readonly settled_ms: number | null;
};

/** Every payout of a provider that was ever sent. @param seen position of the log it must take in @throws ViewBehindError */
export async function payoutsAt(views: Views, provider: string, seen: Position | 'start'): Promise<readonly PayoutOnLog[]> {
  const { result } = await views.read(REFUNDS, seen === 'start' ? undefined : seen, (db, tables) =>
    sql<PayoutOnLog>`select refund_id, return_id, payment_id, state, amount_minor, currency, idempotency_key, provider_refund_id, settled_ms
      from ${sql.table(tables(PAYOUTS.name))} where provider = ${provider} and (idempotency_key is not null or provider_refund_id is not null)`.execute(
      db,
    ),
  );
  return result.rows;
}

type PayoutsWaiting = { readonly provider: string; readonly state: OwedState; readonly payouts: number; readonly since_ms: number };

/** Payouts that are neither paid nor given up, by provider and state; `since_ms`: when the first came to that. @throws ViewBehindError */
export async function payoutsWaiting(views: Views): Promise<readonly PayoutsWaiting[]> {
  const { result } = await views.read(REFUNDS, undefined, (db, tables) =>
    sql<PayoutsWaiting>`select provider, state, count(*) as payouts, min(since_ms) as since_ms from ${sql.table(tables(PAYOUTS.name))}
      where state in (${sql.join(UNSETTLED)}) group by provider, state order by provider, state`.execute(db),
  );
  return result.rows;
}

const reasonIn = (column: string | null): Reason | null => (column === null ? null : (JSON.parse(column) as Reason));

function refundBody(row: RefundRow, nowMs: number): RefundItem {
  const untilMs = row.settled_ms ?? nowMs;
  return picked(RefundRowAnswer)({
    ...camelCased(row),
    trigger: row.trigger_name,
    reason: reasonIn(row.reason),
    key: row.idempotency_key,
    code: reasonIn(row.code),
    disputedMinor: row.dispute_minor,
    entitledAt: new Date(row.entitled_ms).toISOString(),
    since: new Date(row.since_ms).toISOString(),
    ageSeconds: Math.max(0, untilMs - row.entitled_ms) / 1000,
  });
}

export type Balances = Awaited<ReturnType<typeof balancesAt>>;

/** A part of a balance, summed up by the end of its day ('' = before the series). */
type BalancePart = Pick<BalanceRow, 'currency' | 'state' | 'amount_minor' | 'bonus_minor' | 'payouts'> & { readonly day: string };

/**
 * Balances by currency at an instant, and at the end of every day from `fromDay` on that moved them. One statement, so
 * that the sums are of one moment of the view; of the instant's own minute it reads the movements, of all before their sums.
 */
export async function balancesAt(db: Database, tables: TableNames, asOfMs: number, fromDay: string, currency?: string) {
  const movements = sql.table(tables(MOVEMENTS.name));
  const moved = sql`day = ${utcDay(asOfMs)} and at_ms between ${minuteOf(asOfMs)} and ${asOfMs}`;
  const sums = sql`select substr(period, 1, 10) as day, currency, state, amount_minor, bonus_minor, payouts
    from ${sql.table(tables(BALANCES.name))} where "of" = 'moved'`;
  const { rows } = await sql<BalancePart>`
    select case when day < ${fromDay} then '' else day end as day, currency, state,
      sum(amount_minor) as amount_minor, sum(bonus_minor) as bonus_minor, sum(payouts) as payouts
    from (
      ${beforeMinute(asOfMs, sums)}
      union all select day, currency, to_state, amount_minor, bonus_minor, 1 from ${movements} where ${moved} and to_state is not null
      union all select day, currency, from_state, -amount_minor, -bonus_minor, -1 from ${movements} where ${moved} and from_state is not null
    ) as parts${currency === undefined ? sql`` : sql` where currency = ${currency}`}
    group by 1, currency, state order by 1, currency`.execute(db);
  const running = new Map<string, BalancesAnswer>();
  const opening = new Map<string, BalancesAnswer>();
  const days = new Map<string, DayBalancesAnswer>();
  for (const row of rows) {
    const balances = added(running.get(row.currency) ?? { currency: row.currency, ...NOTHING }, row);
    running.set(row.currency, balances);
    if (row.day === '') opening.set(row.currency, balances);
    else days.set(`${row.day} ${row.currency}`, { day: row.day, ...balances });
  }
  // `opening`: when the first day of the series began.
  return { currencies: byCurrency(running), opening: byCurrency(opening), days: [...days.values()] };
}

const byCurrency = (balances: ReadonlyMap<string, BalancesAnswer>): BalancesAnswer[] =>
  [...balances.values()].sort((left, right) => (left.currency < right.currency ? -1 : 1));

/** Every sum, at 0. */
const NOTHING = Object.fromEntries(fieldNames(BalancesAnswer).flatMap((name) => (name === 'currency' ? [] : [[name, 0]]))) as Omit<
  BalancesAnswer,
  'currency'
>;
const FIELD_OF = {
  blocked: 'blockedMinor',
  entitled: 'entitledMinor',
  submitted: 'submittedMinor',
  pending: 'pendingMinor',
  in_doubt: 'inDoubtMinor',
  parked: 'parkedMinor',
  failed: 'failedMinor',
  succeeded: 'paidMinor',
} as const satisfies Readonly<Record<OwedState, keyof BalancesAnswer>>;

function added(balances: BalancesAnswer, row: BalancePart): BalancesAnswer {
  const { amount_minor: amount, bonus_minor: bonus, payouts } = row;
  const field = FIELD_OF[row.state];
  const next = { ...balances, [field]: balances[field] + amount, totalMinor: balances.totalMinor + amount };
  return row.state === 'succeeded'
    ? { ...next, bonusPaidMinor: next.bonusPaidMinor + bonus, paidPayouts: next.paidPayouts + payouts }
    : { ...next, owedMinor: next.owedMinor + amount, bonusOwedMinor: next.bonusOwedMinor + bonus, owedPayouts: next.owedPayouts + payouts };
}
