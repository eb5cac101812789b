/** Calendar days for people. */

/** `2026-04-04` → `4 Apr 2026`; a day, so no time zone may move it. */
export const day = (date: string, language: string): string => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));

/** The day of an instant in the reader's zone. */
export const dayOf = (iso: string, language: string): string => new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(new Date(iso));

/** `10:30`, in the reader's zone. */
export const timeOf = (iso: string, language: string): string => new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(new Date(iso));
