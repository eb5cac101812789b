/**
 * Points in time as people, shops and spreadsheets write them, read into ISO 8601 UTC. Pure. What has no offset is wall
 * time in a zone, and a day alone is the first moment of that day there.
 *
 * Wall times that the clocks skip count as if they had not been turned yet (02:30 becomes 03:30), those that happen twice
 * are the first of the two: the rule of RFC 5545, 3.3.5, and of `Temporal` ("compatible").
 */
import { kept } from './kept.js';

/** Years before are typing errors or a spreadsheet's day number. */
const FIRST_YEAR = 1900;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The parts of a text; everything but the day may be missing. */
type Parts = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Milliseconds; finer digits are cut off. */
  readonly milli: number;
  /** Milliseconds east of UTC; undefined = wall time. */
  readonly offset: number | undefined;
};

const OFFSET = String.raw`\s*(?<offset>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)`;
/** ISO 8601 and its relatives: a blank for the T, `+0100`, microseconds, no seconds, no time at all. */
const ISO = new RegExp(
  String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:(?:T|\s+)(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d{1,9}))?)?(?:${OFFSET})?)?$`,
  'i',
);

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: String.raw`(?<year>\d{4})`,
  YY: String.raw`(?<shortYear>\d{2})`,
  MM: String.raw`(?<month>\d{2})`,
  M: String.raw`(?<month>\d{1,2})`,
  DD: String.raw`(?<day>\d{2})`,
  D: String.raw`(?<day>\d{1,2})`,
  HH: String.raw`(?<hour>\d{2})`,
  H: String.raw`(?<hour>\d{1,2})`,
  hh: String.raw`(?<hour>\d{2})`,
  h: String.raw`(?<hour>\d{1,2})`,
  mm: String.raw`(?<minute>\d{2})`,
  ss: String.raw`(?<second>\d{2})`,
  A: String.raw`(?<half>[AP]\.?M\.?)`,
};
const TOKEN = /YYYY|YY|MM|M|DD|D|HH|H|hh|h|mm|ss|A/g;
const DAY_FORMAT = /^(?:YYYY|YY|MM|M|DD|D|[/. -])+$/;
const TIME_FORMAT = /^(?:(?:HH|H):mm(?::ss)?|(?:hh|h):mm(?::ss)? ?A)$/;

/** `M/D/YY h:mm A` → the part for the day and the part for the time, which may be missing. */
function partsOfFormat(format: string): readonly [day: string, time: string | undefined] {
  const split = /^(.*?[YMD])[ T,]+([Hh].*)$/.exec(format);
  return split === null ? [format, undefined] : [split[1] ?? '', split[2]];
}

/** `iso`, or year, month and day once each, with a time after it or without (`M/D/YY`, `DD.MM.YYYY HH:mm`, `M/D/YYYY h:mm A`). */
export function isDateFormat(format: string): boolean {
  if (format === 'iso') return true;
  const [day, time] = partsOfFormat(format);
  const kinds = (day.match(TOKEN) ?? [])
    .map((token) => token.charAt(0))
    .sort()
    .join('');
  return kinds === 'DMY' && DAY_FORMAT.test(day) && (time === undefined || TIME_FORMAT.test(time));
}

/** A format with a time also takes a day alone: spreadsheets show midnight that way. */
const patternOf = kept((format: string): RegExp => {
  const source = (part: string): string =>
    part.replace(
      /YYYY|YY|MM|M|DD|D|HH|H|hh|h|mm|ss|A|[/.]| /g,
      (token) => TOKENS[token] ?? (token === ' ' ? String.raw`\s*` : `\\${token}`),
    );
  const [day, time] = partsOfFormat(format);
  return new RegExp(time === undefined ? `^${source(day)}$` : `^${source(day)}(?:[\\s,T]+${source(time)}(?:${OFFSET})?)?$`, 'i');
});

/** Two-digit years as POSIX reads them (strptime %y): 69–99 are 19xx, 00–68 are 20xx. */
const fullYear = (year: number): number => (year >= 69 ? 1900 + year : 2000 + year);

function partsOf(text: string, format: string): Parts | undefined {
  const found = (format === 'iso' ? ISO : patternOf(format)).exec(text.trim())?.groups;
  if (found === undefined) return undefined;
  const hour = hourOf(Number(found.hour ?? 0), found.half);
  const offset = offsetOf(found.offset);
  if (hour === undefined || offset === null) return undefined;
  return {
    year: found.year === undefined ? fullYear(Number(found.shortYear)) : Number(found.year),
    month: Number(found.month),
    day: Number(found.day),
    hour,
    minute: Number(found.minute ?? 0),
    second: Number(found.second ?? 0),
    milli: Number((found.fraction ?? '').slice(0, 3).padEnd(3, '0')),
    offset,
  };
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half.toUpperCase().startsWith('P') ? 12 : 0);
}

/** @returns null for an offset no zone has */
function offsetOf(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  if (/^[A-Z]/i.test(text)) return 0;
  const digits = text.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

/** The parts as if they were UTC; undefined for the 30th of February and for 24:00. */
function asUtc({ year, month, day, hour, minute, second, milli }: Parts): number | undefined {
  if (year < FIRST_YEAR || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milli));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/**
 * @param format `iso` (default), or tokens such as `DD.MM.YYYY HH:mm`
 * @param timeZone IANA name: where wall times and days alone are meant
 * @returns ISO 8601 UTC with milliseconds; undefined for what is no point in time
 */
export function readInstant(text: string, timeZone: string, format = 'iso'): string | undefined {
  const parts = partsOf(text, format);
  const wall = parts && asUtc(parts);
  if (parts === undefined || wall === undefined) return undefined;
  const at = parts.offset === undefined ? instantOfWall(wall, timeZone) : wall - parts.offset;
  return new Date(at).toISOString();
}

/** Does the text say its offset, so that it means the same everywhere? */
export const hasOffset = (text: string): boolean => partsOf(text, 'iso')?.offset !== undefined;

function instantOfWall(wall: number, timeZone: string): number {
  const before = offsetAt(wall - DAY_MS, timeZone);
  const after = offsetAt(wall + DAY_MS, timeZone);
  if (before === after) return wall - before;
  // By the offset before the change: the first of two, and for a time that was skipped the one that much later.
  const early = wall - before;
  return offsetAt(early, timeZone) === before || offsetAt(wall - after, timeZone) !== after ? early : wall - after;
}

/** Offsets asked for lately: a file of orders asks for the same days again and again, and asking costs more than reading. */
const known = new Map<string, number>();
const MOST_KNOWN = 20_000;
/** Offsets change on quarters of an hour only. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Milliseconds that the zone is ahead of UTC at that moment. */
function offsetAt(at: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const key = `${timeZone} ${Math.floor(at / QUARTER_MS)}`;
  const lately = known.get(key);
  if (lately !== undefined) return lately;
  if (known.size >= MOST_KNOWN) known.clear();
  const offset = offsetBy(formatOf(timeZone), at);
  known.set(key, offset);
  return offset;
}

const formatOf = kept((timeZone: string) => new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }));

/** `GMT`, `GMT+05:30`, for old times also `GMT-00:44:30`. */
function offsetBy(format: Intl.DateTimeFormat, at: number): number {
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
}
