/** What a text, an identifier and a time may look like, wherever it comes in: body, query, path or header. */

/** A name in a header of an answer or in a token: ASCII alone. */
export const TOKEN = /^[A-Za-z0-9#_][A-Za-z0-9._:/#@+~-]{0,299}$/;

/**
 * The rule of every id: letters, digits and signs of any script, blanks inside. Two ids that look the same must be the same,
 * so nothing that cannot be seen (controls, writing direction, zero-width, soft hyphen, other blanks than the space); `%`
 * and ids of dots alone (`.`, `..`) mean something else in addresses.
 */
export const ID = /^(?!\.+$)(?! )(?:[^%\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]| ){1,300}(?<! )$/u;
/** What of {@link ID} a schema can say that every reader of schemas understands; the words say the rest. */
export const ID_SCHEMA = '^[^\\s%](?:[^%]*[^\\s%])?$';
/** What {@link ID} says, for people. */
export const ID_WORDS =
  'letters, digits and signs, with blanks between them: no %, no control characters, nothing invisible (zero-width signs, soft hyphens, writing direction), not dots alone';

/** One form of an id: blanks around are no part of it, a blank is a space, and `é` is one sign however it was typed (NFC). */
export const tidyId = (id: string): string =>
  id
    .normalize('NFC')
    .replace(/\p{Zs}/gu, ' ')
    .trim();

/** `max`: characters (code points). */
export const isId = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max * 2 && (value.length <= max || [...value].length <= max) && ID.test(value);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
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
