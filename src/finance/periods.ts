/** Sums by day, hour and minute: what was up to an instant is the sum of whole days, hours and minutes, and of one minute's rows. */
import { sql, type RawBuilder } from 'kysely';
import { DAY_MS } from '../shared/days.js';

const HOUR_MS = DAY_MS / 24;
const MINUTE_MS = HOUR_MS / 60;
const GRAINS = ['day', 'hour', 'minute'] as const;
export type Grain = (typeof GRAINS)[number];
/** How much of ISO 8601 names such a period. */
const LENGTHS: Readonly<Record<Grain, number>> = { day: 10, hour: 13, minute: 16 };

const periodOf = (grain: Grain, ms: number): string => new Date(ms).toISOString().slice(0, LENGTHS[grain]);

/** The periods an instant lies in; everything about it is added under each of them. */
export const periodsOf = (ms: number): readonly { readonly grain: Grain; readonly period: string }[] =>
  GRAINS.map((grain) => ({ grain, period: periodOf(grain, ms) }));

/** First millisecond of the instant's minute. */
export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/**
 * Rows of sums that together make up all time before the instant's minute.
 * @param from what to select from which table, up to `where` and the condition of its own
 */
export function beforeMinute(ms: number, from: RawBuilder<unknown>): RawBuilder<unknown> {
  const [day, hour, minute] = [periodOf('day', ms), periodOf('hour', ms), periodOf('minute', ms)];
  return sql`${from} and grain = 'day' and period < ${day}
    union all ${from} and grain = 'hour' and period >= ${day} and period < ${hour}
    union all ${from} and grain = 'minute' and period >= ${hour} and period < ${minute}`;
}
