/** When a courier may be asked to come, in the customer's own time. Pure. */

/** First and last hour. */
export const PICKUP_HOURS = [
  [9, 12],
  [12, 15],
  [15, 18],
] as const;
const DAYS_OFFERED = 5;

/** The next working days after `now`, each at midnight. */
export function pickupDays(now: Date): readonly Date[] {
  const days: Date[] = [];
  for (let ahead = 1; days.length < DAYS_OFFERED; ahead += 1) {
    const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + ahead);
    if (day.getDay() !== 0 && day.getDay() !== 6) days.push(day);
  }
  return days;
}

/** `hour` o'clock of a day, ISO 8601 UTC. */
export const at = (day: Date, hour: number): string => new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour).toISOString();
