/** Which share of what was sold comes back, by SKU, reason or category, month by month. */
import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder } from 'kysely';
import type { Position } from '../eventing/event-store.js';
import { allOf } from '../eventing/sql/keyset.js';
import type { TableNames } from '../eventing/sql/table.js';
import { Views } from '../eventing/views.js';
import { RETURN_RATES, RETURNED, SOLD, UNITS } from './return-rates.projection.js';
import type { RateAnswer, RatesAnswer, RatesQuery } from './returns-board.dto.js';

type Sums = { readonly key: string; readonly month: string; readonly units: number; readonly received: number };

/** What a person can still read; a CSV has them all. */
const MOST_GROUPS = 1000;

@Injectable()
export class ReturnRatesQueries {
  constructor(private readonly views: Views) {}

  /** At most MOST_GROUPS groups, unless `all`. @throws ViewBehindError */
  async rates(query: RatesQuery, minPosition: Position | undefined, all = false): Promise<RatesAnswer> {
    const { groupBy, basis } = query;
    const { result, asOfPosition, lagSeconds } = await this.views.read(RETURN_RATES, minPosition, async (db, tables) => {
      const sums = async (of: 'sold' | 'returned'): Promise<readonly Sums[]> =>
        (await (query.sku === undefined ? summed(tables, query, of) : bySku(tables, query, of)).execute(db)).rows;
      return { sold: await sums('sold'), returned: await sums('returned') };
    });
    const groups = ratesOf(result.sold, result.returned, groupBy);
    return { groupBy, basis, groups: all ? groups : groups.slice(0, MOST_GROUPS), asOfPosition, lagSeconds };
  }
}

function summed(tables: TableNames, query: RatesQuery, of: 'sold' | 'returned'): RawBuilder<Sums> {
  const basis = of === 'sold' ? 'sold' : query.basis;
  return sql<Sums>`select value as key, month, units, received from ${sql.table(tables(UNITS.name))}
    where "by" = ${query.groupBy} and basis = ${basis} and ${within(sql`month`, sql`value`, query)}`;
}

/** Of one SKU, line by line. */
function bySku(tables: TableNames, query: RatesQuery, of: 'sold' | 'returned'): RawBuilder<Sums> {
  const month = sql.ref(of === 'sold' || query.basis === 'order' ? 'placed_month' : 'return_month');
  const key = of === 'sold' && query.groupBy === 'reason' ? sql`''` : sql.ref(query.groupBy);
  const [table, units] = of === 'sold' ? [SOLD, 'fulfilled'] : [RETURNED, 'units'];
  return sql<Sums>`select ${key} as key, ${month} as month, sum(${sql.ref(units)}) as units, sum(received) as received
    from ${sql.table(tables(table.name))} where sku = ${query.sku} and ${within(month, sql`sku`, query)} group by 1, 2`;
}

function within(month: RawBuilder<unknown>, sku: RawBuilder<unknown>, { from, to, groupBy }: RatesQuery): RawBuilder<unknown> {
  return allOf([
    ...(from === undefined ? [] : [sql`${month} >= ${from}`]),
    ...(to === undefined ? [] : [sql`${month} <= ${to}`]),
    // Items without a SKU are no product of their own.
    ...(groupBy === 'sku' ? [sql`${sku} <> ''`] : []),
  ]);
}

function ratesOf(sold: readonly Sums[], returned: readonly Sums[], groupBy: RatesQuery['groupBy']): RateAnswer[] {
  const id = (key: string, month: string): string => JSON.stringify([groupBy === 'reason' ? '' : key, month]);
  const soldUnits = new Map(sold.map(({ key, month, units }) => [id(key, month), units]));
  const groups = returned.map(({ key, month, units, received }) => rateOf(key, month, soldUnits.get(id(key, month)) ?? 0, units, received));
  if (groupBy !== 'reason') {
    const seen = new Set(returned.map(({ key, month }) => id(key, month)));
    groups.push(
      ...sold.filter(({ key, month }) => !seen.has(id(key, month))).map(({ key, month, units }) => rateOf(key, month, units, 0, 0)),
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
