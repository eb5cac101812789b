/**
 * Cells of an imported file as values, exactly: amounts are read digit by digit (never through a float), dates by an
 * explicit format (never guessed). Every function answers undefined for what it cannot read.
 */

/**
 * A decimal amount in minor units, half rounded up: `('12.345678', 2)` → 1235 (12.35). Plain digits with an optional
 * point only: no sign, no thousands separators, no exponent, so that nothing is misread by a factor of a thousand.
 * @param exponent the currency's number of decimals (ISO 4217)
 */
export function minorFromDecimal(text: string, exponent: number): number | undefined {
  const match = /^(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return undefined;
  const decimals = (match[2] ?? '').padEnd(exponent + 1, '0');
  const whole = BigInt(`${match[1]}${decimals.slice(0, exponent)}`);
  const minor = Number(decimals.charAt(exponent) >= '5' ? whole + 1n : whole);
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/** A whole number ≥ 0 without sign or point. */
export function wholeNumber(text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['true', true], ['yes', true], ['1', true],
  ['false', false], ['no', false], ['0', false],
]);
/** true/yes/1 and false/no/0, in any case. */
export const flag = (text: string): boolean | undefined => FLAGS.get(text.toLowerCase());

/** Two-digit years as POSIX reads them (strptime %y): 69–99 are 19xx, 00–68 are 20xx. */
const fullYear = (year: number): number => (year >= 69 ? 1900 + year : 2000 + year);

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: String.raw`(?<year>\d{4})`,
  YY: String.raw`(?<shortYear>\d{2})`,
  MM: String.raw`(?<month>\d{2})`,
  M: String.raw`(?<month>\d{1,2})`,
  DD: String.raw`(?<day>\d{2})`,
  D: String.raw`(?<day>\d{1,2})`,
};
/** A date format: `iso`, or year, month and day once each (`M/D/YY`, `DD.MM.YYYY`, …). */
export function isDateFormat(format: string): boolean {
  if (format === 'iso') return true;
  const tokens = format.match(/YYYY|YY|MM|M|DD|D/g) ?? [];
  const kinds = tokens.map((token) => token.charAt(0)).sort().join('');
  return kinds === 'DMY' && /^(?:YYYY|YY|MM|M|DD|D|[/. -])+$/.test(format);
}

const patterns = new Map<string, RegExp>();
function patternOf(format: string): RegExp {
  const known = patterns.get(format);
  if (known !== undefined) return known;
  const source = format.replace(/YYYY|YY|MM|M|DD|D|[/.]/g, (token) => TOKENS[token] ?? `\\${token}`);
  const pattern = new RegExp(`^${source}$`);
  patterns.set(format, pattern);
  return pattern;
}

/** An ISO 8601 date or instant with its offset; a date alone means its first moment in UTC. */
const ISO = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** `text` in `format` as ISO 8601 UTC; dates without a time are midnight UTC. The 31st of February is refused. */
export function instant(text: string, format: string): string | undefined {
  if (format === 'iso') {
    const day = ISO.exec(text)?.[1];
    if (day === undefined || !isDay(Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10)))) return undefined;
    const time = Date.parse(text);
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
  }
  const parts = patternOf(format).exec(text)?.groups;
  if (parts === undefined) return undefined;
  const year = parts.year === undefined ? fullYear(Number(parts.shortYear)) : Number(parts.year);
  const month = Number(parts.month);
  const day = Number(parts.day);
  return isDay(year, month, day) ? new Date(Date.UTC(year, month - 1, day)).toISOString() : undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900;
}
