/** The languages customers are spoken to in, which one a reader wants, and how each writes days and times. Pure. */
import Negotiator from 'negotiator';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How each language writes numbers and days. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** Of our languages the one a reader wants most (`Accept-Language`); else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = new Negotiator({ headers: { 'accept-language': acceptLanguage?.slice(0, 500) } }).language([...LANGUAGES]);
  return LANGUAGES.find((language) => language === wanted) ?? 'en';
}

const STYLES = { day: { dateStyle: 'long' }, time: { timeStyle: 'short' }, zone: { timeZoneName: 'short' } } as const;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are kept: making one costs more than using it. */
function formatOf(style: keyof typeof STYLES, language: Language, timeZone: string): Intl.DateTimeFormat {
  const key = `${style} ${language} ${timeZone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { ...STYLES[style], timeZone });
  formats.set(key, format);
  return format;
}

/**
 * `4 April 2026`, `4. April 2026`.
 * @param at ISO 8601: an instant, or a calendar day, which is the same in every time zone
 * @param timeZone IANA name; in which the instant falls on that day
 */
export const dayInWords = (at: string, language: Language, timeZone: string): string =>
  formatOf('day', language, at.length === 'YYYY-MM-DD'.length ? 'UTC' : timeZone).format(Date.parse(at));

/** `09:30`. @param at ISO 8601 instant @param timeZone IANA name */
export const timeInWords = (at: string, language: Language, timeZone: string): string =>
  formatOf('time', language, timeZone).format(Date.parse(at));

/** What the time zone is called at that moment: `CET`, `MEZ`. @param at ISO 8601 instant @param timeZone IANA name */
export const zoneInWords = (at: string, language: Language, timeZone: string): string =>
  formatOf('zone', language, timeZone)
    .formatToParts(Date.parse(at))
    .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
