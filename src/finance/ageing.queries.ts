/** How long customers have been owed what they are owed, at any instant, and the payouts behind it. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { TableNames } from '../eventing/projection.js';
import { pageBy, placed, type Keyset, type PageAfter, type Placed } from '../eventing/sql/keyset.js';
import { utcDay } from '../shared/clock.js';
import { DAY_MS } from '../shared/days.js';
import {
  AGE_BUCKETS,
  type AgeBucket,
  type AgeBucketAnswer,
  type AgeingCurrencyAnswer,
  type AgeingStateAnswer,
  type OwedPayoutAnswer,
} from './refunds.dto.js';
import { OWED_OR_PAID, type OwedState } from './refunds.projection.js';

/** Where each bucket but the last one ends, in days. */
const BOUNDS = [1, 3, 7, 14, 30] as const;

/** Everything but what the customer has. */
export const OWED_STATES = OWED_OR_PAID.filter((state) => state !== 'succeeded');

type Row = {
  readonly currency: string;
  readonly state: OwedState;
  readonly bucket: number;
  readonly payouts: number | string;
  readonly amount_minor: number | string;
};
type Sums = { readonly bucket: AgeBucket; readonly count: number; readonly amountMinor: number };

/** Payouts not yet paid at `asOfMs` (epoch milliseconds), by currency, state and age since the entitlement. */
export async function ageing(db: Kysely<unknown>, tables: TableNames, asOfMs: number, currency?: string): Promise<AgeingCurrencyAnswer[]> {
  const bounds = BOUNDS.map((days, index) => sql`when entitled_ms > ${asOfMs - days * DAY_MS} then ${sql.lit(index)}`);
  const { rows } = await sql<Row>`
    select currency, state, case ${sql.join(bounds, sql` `)} else ${sql.lit(BOUNDS.length)} end as bucket,
      sum(payouts) as payouts, sum(amount_minor) as amount_minor
    from (${payoutsAt(tables, asOfMs, { states: OWED_STATES, currency })}) as owed group by currency, state, 3 order by currency, state`.execute(
    db,
  );
  const byCurrency = new Map<string, Row[]>();
  for (const row of rows) byCurrency.set(row.currency, [...(byCurrency.get(row.currency) ?? []), row]);
  return [...byCurrency].map(([name, own]) => ({ currency: name, ...summed(own), states: statesOf(own) }));
}

function statesOf(rows: readonly Row[]): AgeingStateAnswer[] {
  return [...new Set(rows.map((row) => row.state))].map((state) => ({ state, ...summed(rows.filter((row) => row.state === state)) }));
}

function summed(rows: readonly Row[]): { readonly count: number; readonly amountMinor: number; readonly buckets: AgeBucketAnswer[] } {
  const buckets = AGE_BUCKETS.map((bucket, index): Sums => {
    const own = rows.filter((row) => Number(row.bucket) === index);
    return { bucket, count: total(own.map((row) => row.payouts)), amountMinor: total(own.map((row) => row.amount_minor)) };
  });
  return { count: total(buckets.map((each) => each.count)), amountMinor: total(buckets.map((each) => each.amountMinor)), buckets };
}

const total = (values: readonly (number | string)[]): number => values.reduce<number>((sum, value) => sum + Number(value), 0);

export type PayoutsFilter = { readonly states: readonly OwedState[]; readonly currency?: string | undefined };
/** The longest owed first. */
export const OWED_ORDER = [
  ['entitled_ms', 'number'],
  ['refund_id', 'string'],
  ['payment_id', 'string'],
  ['state', 'string'],
] as const satisfies Keyset;

type OwedRow = {
  readonly refund_id: string;
  readonly payment_id: string;
  readonly return_id: string;
  readonly currency: string;
  readonly state: OwedState;
  readonly entitled_ms: number | string;
  readonly amount_minor: number | string;
  readonly bonus_minor: number | string;
};

/** A page of payouts as they stood at `asOfMs`. */
export async function owedItems(
  db: Kysely<unknown>,
  tables: TableNames,
  asOfMs: number,
  filter: PayoutsFilter & { readonly bucket?: AgeBucket | undefined },
  page: PageAfter,
): Promise<readonly Placed<OwedPayoutAnswer>[]> {
  const conditions: RawBuilder<unknown>[] = [sql`1 = 1`];
  const index = filter.bucket === undefined ? -1 : AGE_BUCKETS.indexOf(filter.bucket);
  const [youngest, oldest] = [BOUNDS[index - 1], BOUNDS[index]];
  if (index > 0 && youngest !== undefined) conditions.push(sql`entitled_ms <= ${asOfMs - youngest * DAY_MS}`);
  if (oldest !== undefined) conditions.push(sql`entitled_ms > ${asOfMs - oldest * DAY_MS}`);
  const { rows } = await sql<OwedRow>`select * from (${payoutsAt(tables, asOfMs, filter)}) as owed
    where ${sql.join(conditions, sql` and `)} and ${pageBy(OWED_ORDER, page)}`.execute(db);
  return rows.map((row) => placed(OWED_ORDER, row, owedBody(row, asOfMs)));
}

function owedBody(row: OwedRow, asOfMs: number): OwedPayoutAnswer {
  const entitledMs = Number(row.entitled_ms);
  return {
    refundId: row.refund_id,
    returnId: row.return_id,
    paymentId: row.payment_id,
    state: row.state,
    amountMinor: Number(row.amount_minor),
    bonusMinor: Number(row.bonus_minor),
    currency: row.currency,
    entitledAt: new Date(entitledMs).toISOString(),
    ageSeconds: Math.max(0, asOfMs - entitledMs) / 1000,
  };
}

/**
 * The payouts in some states as they stood at an instant: as they stand now, with everything that moved since taken
 * back. So the present costs what is owed, and the past what has moved since, never a pass over all that was ever paid.
 */
function payoutsAt(tables: TableNames, asOfMs: number, { states, currency }: PayoutsFilter): RawBuilder<unknown> {
  const movements = sql.table(tables('movements'));
  const day = utcDay(asOfMs);
  const since = sql`(day > ${day} or (day = ${day} and at_ms > ${asOfMs}))`;
  const wanted = (column: string): RawBuilder<unknown> =>
    sql`${sql.ref(column)} in (${sql.join([...states])})${currency === undefined ? sql`` : sql` and currency = ${currency}`}`;
  const names = sql`refund_id, payment_id, return_id, currency`;
  return sql`
    select ${names}, state, entitled_ms, sum(amount_minor) as amount_minor, sum(bonus_minor) as bonus_minor, sum(payouts) as payouts
    from (
      select ${names}, state, entitled_ms, amount_minor, bonus_minor, 1 as payouts from ${sql.table(tables('refunds'))} where ${wanted('state')}
      union all select ${names}, to_state, entitled_ms, -amount_minor, -bonus_minor, -1 from ${movements} where ${since} and ${wanted('to_state')}
      union all select ${names}, from_state, entitled_ms, amount_minor, bonus_minor, 1 from ${movements} where ${since} and ${wanted('from_state')}
    ) as parts
    group by ${names}, state, entitled_ms having sum(payouts) > 0`;
}
