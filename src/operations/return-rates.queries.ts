/** Which share of what was sold comes back, by SKU, reason or category, month by month. */
import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import { ReadModels } from '../eventing/read-models.js';
import { RETURN_RATES } from './return-rates.projection.js';
import type { RateAnswer, RatesAnswer, RatesQuery } from './returns-board.dto.js';

type Sum = number | string | null;
type SoldSums = { readonly key: string; readonly month: string; readonly units: Sum };
type ReturnedSums = SoldSums & { readonly received: Sum };

/** What a person can still read; a CSV has them all. */
const MOST_GROUPS = 1000;

@Injectable()
export class ReturnRatesQueries {
  constructor(private readonly views: ReadModels) {}

  /** At most MOST_GROUPS groups, unless `all`. @throws ViewBehindError */
  async rates(query: RatesQuery, minPosition: Position | undefined, all = false): Promise<RatesAnswer> {
    const { groupBy, basis } = query;
    const { result, asOfPosition, lagSeconds } = await this.views.read(RETURN_RATES, minPosition, async (db, tables) => {
      const soldKey = groupBy === 'reason' ? sql`''` : sql.ref(groupBy);
      const sold = await sql<SoldSums>`
        select ${soldKey} as key, placed_month as month, sum(fulfilled) as units from ${sql.table(tables('sold'))}
        where ${within(sql.ref('placed_month'), query)} group by 1, 2`.execute(db);
      const month = sql.ref(basis === 'order' ? 'placed_month' : 'return_month');
      const returned = await sql<ReturnedSums>`
        select ${sql.ref(groupBy)} as key, ${month} as month, sum(units) as units, sum(received) as received from ${sql.table(tables('returned'))}
        where ${within(month, query)} group by 1, 2`.execute(db);
      return { sold: sold.rows, returned: returned.rows };
    });
    const groups = ratesOf(result.sold, result.returned, groupBy);
    return { groupBy, basis, groups: all ? groups : groups.slice(0, MOST_GROUPS), asOfPosition, lagSeconds };
  }
}

function within(month: RawBuilder<unknown>, { from, to, sku, groupBy }: RatesQuery): RawBuilder<unknown> {
  const conditions = [sql`1 = 1`];
  if (from !== undefined) conditions.push(sql`${month} >= ${from}`);
  if (to !== undefined) conditions.push(sql`${month} <= ${to}`);
  if (sku !== undefined) conditions.push(sql`sku = ${sku}`);
  // Items without a SKU are no product of their own.
  if (groupBy === 'sku') conditions.push(sql`sku <> ''`);
  return sql.join(conditions, sql` and `);
}

function ratesOf(sold: readonly SoldSums[], returned: readonly ReturnedSums[], groupBy: RatesQuery['groupBy']): RateAnswer[] {
  const id = (key: string, month: string): string => JSON.stringify([groupBy === 'reason' ? '' : key, month]);
  const soldUnits = new Map(sold.map(({ key, month, units }) => [id(key, month), Number(units)]));
  const groups = returned.map(({ key, month, units, received }) =>
    rateOf(key, month, soldUnits.get(id(key, month)) ?? 0, Number(units), Number(received)),
  );
  if (groupBy !== 'reason') {
    const seen = new Set(returned.map(({ key, month }) => id(key, month)));
    groups.push(
      ...sold.filter(({ key, month }) => !seen.has(id(key, month))).map(({ key, month, units }) => rateOf(key, month, Number(units), 0, 0)),
    );
  }
  return groups.sort((a, b) => b.returned - a.returned || compare(a.key, b.key) || compare(a.month, b.month));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const rateOf = (key: string, month: string, sold: number, returned: number, received: number): RateAnswer => ({
  key,
  month,
  sold,
  returned,
  received,
  rateBp: sold === 0 ? null : Math.floor((returned * 20_000 + sold) / (2 * sold)),
});
