/** How latency is grouped: by period or by one dimension of the return. Pure. */
import { fieldRefused } from '../http/problem.js';
import { isDay } from '../http/texts.js';
import { DAY_MS } from '../shared/days.js';
import { DIMENSIONS, type Dimension } from './refund-latency.projection.js';

export const GROUPINGS = ['none', 'day', 'week', 'month', ...DIMENSIONS] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Shown for a dimension whose value is not known (yet). */
export const UNKNOWN = 'unknown';

/** The column to group by in the tables; periods are put together from days. */
export function columnOf(groupBy: Grouping): 'none' | 'day' | Dimension {
  return groupBy === 'week' || groupBy === 'month' ? 'day' : groupBy;
}

/** The group a row belongs to. @param day `YYYY-MM-DD` @param value of the dimension, '' = unknown */
export function groupOf(groupBy: Grouping, day: string, value: string): string {
  switch (groupBy) {
    case 'none':
      return 'all';
    case 'day':
      return day;
    case 'week':
      return isoWeekOf(day);
    case 'month':
      return day.slice(0, 7);
    default:
      return value === '' ? UNKNOWN : value;
  }
}

/**
 * First and last day of the period that `key` names.
 * @throws Problem validation_failed when it is not the key of such a period
 */
export function daysOf(groupBy: Grouping, key: string): { readonly from: string; readonly to: string } {
  const [first, length] = periodOf(groupBy, key);
  if (!isDay(first) || groupOf(groupBy, first, '') !== key) {
    throw fieldRefused('query', '/key', `is not a ${groupBy}`, `There is no ${groupBy} ${key}.`);
  }
  return { from: first, to: shifted(first, length - 1) };
}

function periodOf(groupBy: Grouping, key: string): readonly [first: string, days: number] {
  if (groupBy === 'month') {
    const first = `${key}-01`;
    return [first, isDay(first) ? new Date(Date.UTC(Number(key.slice(0, 4)), Number(key.slice(5, 7)), 0)).getUTCDate() : 0];
  }
  if (groupBy !== 'week') return [key, 1];
  const [, year, week] = /^(\d{4})-W(\d{2})$/.exec(key) ?? [];
  if (year === undefined || week === undefined) return ['', 0];
  // ISO 8601: week 1 is the one with January 4th, weeks begin on Monday.
  const fourth = `${year}-01-04`;
  return [shifted(fourth, (Number(week) - 1) * 7 - daysSinceMonday(fourth)), 7];
}

function isoWeekOf(day: string): string {
  const thursday = shifted(day, 3 - daysSinceMonday(day));
  const dayOfYear = (Date.parse(thursday) - Date.parse(`${thursday.slice(0, 4)}-01-01`)) / DAY_MS;
  return `${thursday.slice(0, 4)}-W${String(Math.floor(dayOfYear / 7) + 1).padStart(2, '0')}`;
}

const daysSinceMonday = (day: string): number => (new Date(day).getUTCDay() + 6) % 7;
const shifted = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
