/** How long customers have been owed what they are owed. */
import { sql, type Kysely } from 'kysely';
import type { TableNames } from '../eventing/projection.js';
import type { PayoutState } from '../returns/returns.state.js';
import { AGE_BUCKETS, type AgeBucket, type AgeBucketAnswer, type AgeingCurrencyAnswer, type AgeingStateAnswer } from './refunds.dto.js';

const DAY_MS = 86_400_000;
/** Where each bucket but the last one ends, in days. */
const BOUNDS = [1, 3, 7, 14, 30] as const;

type Row = { readonly currency: string; readonly state: PayoutState; readonly bucket: number; readonly payouts: number | string; readonly amount_minor: number | string };
type Sums = { readonly bucket: AgeBucket; readonly count: number; readonly amountMinor: number };

/** Payouts not yet paid, by currency, state and age since the entitlement at `nowMs` (epoch milliseconds). */
export async function ageing(db: Kysely<unknown>, tables: TableNames, nowMs: number): Promise<AgeingCurrencyAnswer[]> {
  const bounds = BOUNDS.map((days, index) => sql`when entitled_ms > ${nowMs - days * DAY_MS} then ${sql.lit(index)}`);
  const { rows } = await sql<Row>`
    select currency, state, case ${sql.join(bounds, sql` `)} else ${sql.lit(BOUNDS.length)} end as bucket,
      count(*) as payouts, sum(amount_minor) as amount_minor
    from ${sql.table(tables('refunds'))} where state <> 'succeeded' group by currency, state, 3 order by currency, state`.execute(db);
  const byCurrency = new Map<string, Row[]>();
  for (const row of rows) byCurrency.set(row.currency, [...(byCurrency.get(row.currency) ?? []), row]);
  return [...byCurrency].map(([currency, own]) => ({ currency, ...summed(own), states: statesOf(own) }));
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
