/** Sums of what is owed, for tables and lines. Amounts in minor units of one currency. Pure. */
import type { Schemas } from '../shared/api';

type Balances = Schemas['BalancesAnswer'];
type Day = Schemas['DayBalancesAnswer'];

/** Owed and waiting for a person. */
export const hangingOf = ({ inDoubtMinor, failedMinor, parkedMinor }: Balances): number => inDoubtMinor + failedMinor + parkedMinor;

export type DayPoint = { readonly day: string; readonly owed: number; readonly hanging: number };

const DAY_MS = 86_400_000;

/** One point for every day from the first one on which something moved to `until` (a day): what does not move stays. */
export function everyDay(days: readonly Day[], until: string): DayPoint[] {
  const points: DayPoint[] = [];
  for (const [index, balances] of days.entries()) {
    const next = days[index + 1]?.day;
    for (let day = balances.day; day === balances.day || (next === undefined ? day <= until : day < next); day = dayAfter(day)) {
      points.push({ day, owed: balances.owedMinor, hanging: hangingOf(balances) });
    }
  }
  return points;
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);
