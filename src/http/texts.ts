/** What a text, an identifier and a time may look like, wherever it comes in: body, query, path or header. */

export const ID = /^[A-Za-z0-9#_][A-Za-z0-9._:/#@+~-]{0,299}$/;
export const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
export const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)? ?([Zz]|[+-]\d{2}(:?\d{2})?)$/;
export const DAY = /^\d{4}-\d{2}-\d{2}$/;

// A lone surrogate cannot be written as UTF-8, a control character has no place in a name and can forge log lines.
const UNWANTED = /[\p{Cc}\p{Cs}]/u;
const UNWANTED_IN_LINES = /(?![\n\r\t])\p{Cc}|\p{Cs}/u;

/** `min` to `max` characters (code points), no lone surrogates, no control characters (line breaks and tabs if `multiline`). */
export function isPlainText(value: unknown, min: number, max: number, multiline: boolean): value is string {
  if (typeof value !== 'string' || value.length > max * 2) return false;
  if ((multiline ? UNWANTED_IN_LINES : UNWANTED).test(value)) return false;
  const length = value.length <= max && value.length >= min * 2 ? value.length : [...value].length;
  return length >= min && length <= max;
}

/** A real day of the calendar, `2026-03-01`, from 1970 on. */
export function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && isInstant(`${value}T00:00:00Z`);
}

/** An instant in UTC that exists (no 30th of February), from 1970 on. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !INSTANT.test(value) || value < '1970') return false;
  const time = new Date(value);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value.slice(0, 19));
}
