/** Which day an instant falls on. Pure. */
import { kept } from './kept.js';

export const DAY_MS = 86_400_000;

/** Kept: making one costs more than using it. */
const formatIn = kept(
  (timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
);

/** Calendar date of an instant in a time zone, `YYYY-MM-DD`. */
export const localDate = (at: number, timeZone: string): string => formatIn(timeZone).format(at);
