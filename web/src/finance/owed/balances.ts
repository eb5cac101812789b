/** Sums of what is owed, for tables and lines. Amounts in minor units of one currency. Pure. */
import type { Schemas } from '../../shared/api/api';

type Balances = Schemas['BalancesAnswer'];
type Day = Schemas['DayBalancesAnswer'];

/** Owed and waiting for a person. */
export const hangingOf = ({ inDoubtMinor, failedMinor, parkedMinor }: Balances): number => inDoubtMinor + failedMinor + parkedMinor;

type DayPoint = { readonly day: string; readonly owed: number; readonly hanging: number };

const DAY_MS = 86_400_000;

/**
 * One point for the end of every day of the series: what does not move stays as it was.
 * @param opening balances when the first day began; undefined = nothing yet
 * @param from first day, @param until last day
 */
export function everyDay(opening: Balances | undefined, days: readonly Day[], from: string, until: string): DayPoint[] {
  const moved = new Map(days.map((balances) => [balances.day, balances]));
  const points: DayPoint[] = [];
  let now = opening;
  for (let day = from; day <= until; day = dayAfter(day)) {
    now = moved.get(day) ?? now;
    points.push({ day, owed: now?.owedMinor ?? 0, hanging: now === undefined ? 0 : hangingOf(now) });
  }
  return points;
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
