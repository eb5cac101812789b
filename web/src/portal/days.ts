/** Calendar days and times for people, written as the API writes them in its sentences. */
import type { Language } from './language';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };
const format = (language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(LOCALES[language], options);

/** `2026-04-04` → `4 April 2026`; a day, so no time zone may move it. */
export const day = (date: string, language: Language): string =>
  format(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** The day of an instant in the reader's zone. */
export const dayOf = (iso: string, language: Language): string => format(language, { dateStyle: 'long' }).format(new Date(iso));

/** `10:30`, in the reader's zone. */
export const timeOf = (iso: string, language: Language): string => format(language, { timeStyle: 'short' }).format(new Date(iso));

/** `4 April 2026, 10:30`, in the reader's zone. */
export const dayAndTimeOf = (iso: string, language: Language): string => `${dayOf(iso, language)}, ${timeOf(iso, language)}`;

/** `Monday 6 April`, in the reader's zone. */
export const weekdayOf = (at: Date, language: Language): string =>
  format(language, { weekday: 'long', day: 'numeric', month: 'long' }).format(at);
