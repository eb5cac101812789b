/** How long customers have been owed what they are owed, at any instant, and the payouts behind it. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { TableNames } from '../eventing/projection.js';
import { allOf, beyond, orderBy, pageBy, placed, type Keyset, type PageAfter, type Placed } from '../eventing/sql/keyset.js';
import { camelCased, picked } from '../http/declared.js';
import { utcDay } from '../shared/clock.js';
import { DAY_MS } from '../shared/days.js';
import { beforeMinute, minuteOf } from './periods.js';
import {
  AGE_BUCKETS,
  OwedPayoutAnswer,
  type AgeBucket,
  type AgeBucketAnswer,
  type AgeingCurrencyAnswer,
  type AgeingStateAnswer,
} from './refunds.dto.js';
import { BALANCES, MOVEMENTS, OWED_OR_PAID, PAYOUTS, type BalanceRow, type MovementRow, type OwedState } from './refunds.projection.js';

/** Where each bucket but the last one ends, in days. */
const BOUNDS = [1, 3, 7, 14, 30] as const;

/** Everything but what the customer has. */
export const OWED_STATES = OWED_OR_PAID.filter((state) => state !== 'succeeded');

type BucketSums = Pick<BalanceRow, 'currency' | 'state' | 'payouts' | 'amount_minor'> & { readonly bucket: number };

/**
 * Payouts not yet paid at `asOfMs` (epoch milliseconds), by currency, state and age since the entitlement: what is owed now,
 * with everything that moved since taken back.
 */
export async function ageing(db: Kysely<unknown>, tables: TableNames, asOfMs: number, currency?: string): Promise<AgeingCurrencyAnswer[]> {
  const only = currency === undefined ? sql`` : sql` and currency = ${currency}`;
  const rows = [...(await owedNow(db, tables, asOfMs, only)), ...(await takenBack(db, tables, asOfMs, only))];
  const states = (of: string): AgeingStateAnswer[] =>
    [...new Set(rows.flatMap((row) => (row.currency === of ? row.state : [])))]
      .sort()
      .map((state) => ({ state, ...summed(rows.filter((row) => row.currency === of && row.state === state)) }))
      .filter(({ count }) => count > 0);
  return [...new Set(rows.map((row) => row.currency))].sort().flatMap((name) => {
    const own = states(name);
    const of = summed(rows.filter((row) => row.currency === name));
    return own.length === 0 ? [] : [{ currency: name, ...of, states: own }];
  });
}

/** From the sums of all, and of what was entitled before each bound: a bucket is the difference of two. */
async function owedNow(db: Kysely<unknown>, tables: TableNames, asOfMs: number, only: RawBuilder<unknown>): Promise<readonly BucketSums[]> {
  const sums = (bucket: number): RawBuilder<unknown> => sql`select ${sql.lit(bucket)} as bucket, currency, state, payouts, amount_minor
    from ${sql.table(tables(BALANCES.name))} where "of" = 'owed'${only}`;
  const older = BOUNDS.map((days, index) => {
    const ms = asOfMs - days * DAY_MS;
    return sql`${beforeMinute(ms, sums(index + 1))} union all select ${sql.lit(index + 1)}, currency, state, 1, amount_minor
      from ${sql.table(tables(PAYOUTS.name))} where state <> 'succeeded' and entitled_ms between ${minuteOf(ms)} and ${ms}${only}`;
  });
  const { rows } = await sql<BucketSums>`select bucket, currency, state, sum(payouts) as payouts, sum(amount_minor) as amount_minor
    from (${sql.join([sql`${sums(0)} and grain = 'day'`, ...older], sql` union all `)}) as parts group by bucket, currency, state`.execute(
    db,
  );
  const younger = rows.map((row) => ({ ...row, bucket: row.bucket - 1, payouts: -row.payouts, amount_minor: -row.amount_minor }));
  return [...rows, ...younger];
}

/** What the movements since then have changed. */
async function takenBack(
  db: Kysely<unknown>,
  tables: TableNames,
  asOfMs: number,
  only: RawBuilder<unknown>,
): Promise<readonly BucketSums[]> {
  const bounds = BOUNDS.map((days, index) => sql`when entitled_ms > ${asOfMs - days * DAY_MS} then ${sql.lit(index)}`);
  const part = (state: RawBuilder<unknown>, sign: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    select case ${sql.join(bounds, sql` `)} else ${sql.lit(BOUNDS.length)} end as bucket, currency, ${state} as state,
      ${sign} * amount_minor as amount_minor, ${sign} as payouts
    from ${sql.table(tables(MOVEMENTS.name))} where ${movedSince(asOfMs)} and ${state} in (${sql.join([...OWED_STATES])})${only}`;
  const { rows } = await sql<BucketSums>`select bucket, currency, state, sum(payouts) as payouts, sum(amount_minor) as amount_minor
    from (${part(sql`to_state`, sql`-1`)} union all ${part(sql`from_state`, sql`1`)}) as parts group by bucket, currency, state`.execute(
    db,
  );
  return rows;
}

const movedSince = (ms: number): RawBuilder<unknown> => sql`(day > ${utcDay(ms)} or (day = ${utcDay(ms)} and at_ms > ${ms}))`;

type Summed = { readonly count: number; readonly amountMinor: number; readonly buckets: AgeBucketAnswer[] };
function summed(rows: readonly BucketSums[]): Summed {
  const buckets = AGE_BUCKETS.map((bucket, index) => {
    const own = rows.filter((row) => row.bucket === index);
    return { bucket, count: total(own.map((row) => row.payouts)), amountMinor: total(own.map((row) => row.amount_minor)) };
  });
  return { count: total(buckets.map((each) => each.count)), amountMinor: total(buckets.map((each) => each.amountMinor)), buckets };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

export type PayoutsFilter = { readonly states: readonly OwedState[]; readonly currency?: string | undefined };
/** The longest owed first. */
export const OWED_ORDER = [
  ['entitled_ms', 'number'],
  ['refund_id', 'string'],
  ['payment_id', 'string'],
  ['state', 'string'],
] as const satisfies Keyset;

type OwedRow = Omit<MovementRow, 'position' | 'number' | 'at_ms' | 'day' | 'from_state' | 'to_state'> & Pick<BalanceRow, 'state'>;

/** A page of payouts as they stood at `asOfMs`. */
export async function owedItems(
  db: Kysely<unknown>,
  tables: TableNames,
  asOfMs: number,
  filter: PayoutsFilter & { readonly bucket?: AgeBucket | undefined },
  page: PageAfter,
): Promise<readonly Placed<OwedPayoutAnswer>[]> {
  const conditions: RawBuilder<unknown>[] = [];
  const index = filter.bucket === undefined ? -1 : AGE_BUCKETS.indexOf(filter.bucket);
  const [youngest, oldest] = [BOUNDS[index - 1], BOUNDS[index]];
  if (index > 0 && youngest !== undefined) conditions.push(sql`entitled_ms <= ${asOfMs - youngest * DAY_MS}`);
  if (oldest !== undefined) conditions.push(sql`entitled_ms > ${asOfMs - oldest * DAY_MS}`);
  const { rows: moved } = await sql`select 1 from ${sql.table(tables(MOVEMENTS.name))} where ${movedSince(asOfMs)} limit 1`.execute(db);
  const { rows } =
    moved.length === 0 && !filter.states.includes('succeeded')
      ? await sql<OwedRow>`select refund_id, payment_id, min(return_id) as return_id, min(currency) as currency, state, entitled_ms,
          sum(amount_minor) as amount_minor, sum(bonus_minor) as bonus_minor
        from ${sql.table(tables(PAYOUTS.name))} where state <> 'succeeded' and ${wanted(filter, sql`state`)}
          and ${allOf([...conditions, ...beyond(OWED_ORDER, page)])}
        group by entitled_ms, refund_id, payment_id, state ${orderBy(OWED_ORDER, page)}`.execute(db)
      : await sql<OwedRow>`select * from (${payoutsAt(tables, asOfMs, filter)}) as owed
        where ${allOf(conditions)} and ${pageBy(OWED_ORDER, page)}`.execute(db);
  return rows.map((row) => placed(OWED_ORDER, row, owedBody(row, asOfMs)));
}

function owedBody(row: OwedRow, asOfMs: number): OwedPayoutAnswer {
  return picked(OwedPayoutAnswer)({
    ...camelCased(row),
    entitledAt: new Date(row.entitled_ms).toISOString(),
    ageSeconds: Math.max(0, asOfMs - row.entitled_ms) / 1000,
  });
}

/**
 * The payouts in some states as they stood at an instant: as they stand now, with everything that moved since taken
 * back. So the present costs what is owed, and the past what has moved since, never a pass over all that was ever paid.
 */
function payoutsAt(tables: TableNames, asOfMs: number, filter: PayoutsFilter): RawBuilder<unknown> {
  const movements = sql.table(tables(MOVEMENTS.name));
  const since = movedSince(asOfMs);
  const names = sql`refund_id, payment_id, return_id, currency`;
  return sql`
    select ${names}, state, entitled_ms, sum(amount_minor) as amount_minor, sum(bonus_minor) as bonus_minor
    from (
      select ${names}, state, entitled_ms, amount_minor, bonus_minor, 1 as payouts
        from ${sql.table(tables(PAYOUTS.name))} where ${wanted(filter, sql`state`)}
      union all select ${names}, to_state, entitled_ms, -amount_minor, -bonus_minor, -1
        from ${movements} where ${since} and ${wanted(filter, sql`to_state`)}
      union all select ${names}, from_state, entitled_ms, amount_minor, bonus_minor, 1
        from ${movements} where ${since} and ${wanted(filter, sql`from_state`)}
    ) as parts
    group by ${names}, state, entitled_ms having sum(payouts) > 0`;
}

const wanted = ({ states, currency }: PayoutsFilter, column: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`${column} in (${sql.join([...states])})${currency === undefined ? sql`` : sql` and currency = ${currency}`}`;
