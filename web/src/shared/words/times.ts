/** Instants and durations for people. */

const pageLanguage = (): string => document.documentElement.lang;

/** `2026-03-01T09:30:00Z` → `Mar 1, 2026, 10:30 AM` in the reader's zone. */
export const dateTime = (iso: string, language: string = pageLanguage()): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

/** `Mar 1, 2026`: the day of an instant in the reader's zone, or a calendar day (`2026-03-01`), which no zone may move. */
export function date(iso: string, language: string = pageLanguage()): string {
  const isDay = iso.length === 'YYYY-MM-DD'.length;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', ...(isDay ? { timeZone: 'UTC' } : {}) }).format(new Date(iso));
}

/** `2026-03` → `Mar 2026` */
export const monthOf = (month: string, language: string = pageLanguage()): string =>
  new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));

const DAY_MS = 86_400_000;

/** An ISO week, from Monday to Sunday: `2026-W47` → `Nov 16 – 22, 2026`. @param week what is none is returned as it is */
export function weekOf(week: string, language: string = pageLanguage()): string {
  const [, year, number] = /^(\d{4})-W(\d{2})$/.exec(week) ?? [];
  if (year === undefined || number === undefined) return week;
  // ISO 8601: week 1 is the one with January 4th.
  const fourth = Date.parse(`${year}-01-04`);
  const monday = fourth + ((Number(number) - 1) * 7 - ((new Date(fourth).getUTCDay() + 6) % 7)) * DAY_MS;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).formatRange(monday, monday + 6 * DAY_MS);
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** Seconds in the two largest units: `93784` → `1 d 2 h`. */
export function duration(seconds: number): string {
  if (seconds < 1) return seconds <= 0 ? '0 s' : `${seconds.toFixed(1)} s`;
  let rest = Math.round(seconds);
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count === 0 ? [] : [`${count} ${unit}`];
  });
  return parts.slice(0, 2).join(' ');
}
