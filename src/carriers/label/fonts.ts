/**
 * The fonts of the built-in label: Google's Noto families for the scripts in daily use, and GNU Unifont, which has a plain
 * shape for nearly every other sign of Unicode's first plane. They come as npm packages (SIL Open Font License), large ones in slices;
 * only the slices that a text needs are ever read, and they stay in memory while they are used.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Font } from 'harfbuzzjs';
import { LRUCache } from 'lru-cache';
import { kept } from '../../shared/kept.js';

/** Outlines and advances are in thousandths of the font size, whatever the font's own grid. */
export const UNITS_PER_EM = 1000;
const BOLD = 700;
/** A slice takes 50 to 500 KB of memory; the longest address in four scripts needs about twenty. */
const FONTS_IN_MEMORY = 64;

/** Code points from, to (inclusive), one after the other. */
type Ranges = readonly (readonly [number, number])[];
type Slice = { readonly path: string; readonly ranges: Ranges };
type Family = { readonly package: string; readonly weight: 'wght' | '400' | '700'; readonly subset: RegExp };

/** Families cut by script: its own slice, the Latin letters that come with it are Noto Sans's business. */
const variable = (name: string, subset = new RegExp(`^${name.replace(/^noto-(sans|serif)-/, '')}$`)): Family => ({
  package: `@fontsource-variable/${name}`,
  weight: 'wght',
  subset,
});
const fixed = (name: string, weight: '400' | '700', subset = new RegExp(`^${name.replace('noto-sans-', '')}$`)): Family => ({
  package: `@fontsource/${name}`,
  weight,
  subset,
});
const NUMBERED = /^\[\d+\]$/;

const LATIN_GREEK_CYRILLIC = '@expo-google-fonts/noto-sans';
/** Before Noto Sans, which has Devanagari too: HarfBuzz shapes a run of text by one script. */
const BEFORE_LATIN: readonly Family[] = [variable('noto-sans-devanagari')];
const BY_SCRIPT: readonly Family[] = [
  ...[
    'arabic',
    'hebrew',
    'armenian',
    'georgian',
    'bengali',
    'gurmukhi',
    'gujarati',
    'oriya',
    'tamil',
    'telugu',
    'kannada',
    'malayalam',
    'sinhala',
    'thai',
    'lao',
    'khmer',
  ].map((script) => variable(`noto-sans-${script}`)),
  ...['ethiopic', 'thaana', 'cherokee', 'canadian-aboriginal'].map((script) => variable(`noto-sans-${script}`)),
  variable('noto-serif-tibetan'),
  fixed('noto-sans-myanmar', '700'),
  ...['mongolian', 'nko', 'tifinagh'].map((script) => fixed(`noto-sans-${script}`, '400')),
];
const SYMBOLS: readonly Family[] = [
  variable('noto-sans-symbols'),
  fixed('noto-sans-symbols-2', '400', /^(symbols|math|braille)$/),
  variable('noto-emoji', NUMBERED),
  fixed('unifont', '400', /^latin$/),
];

/** Whose shapes of Han signs: Japan, Korea, mainland China, Taiwan and Hong Kong. */
export type HanShapes = 'jp' | 'kr' | 'sc' | 'tc';
const HAN: Readonly<Record<HanShapes, Family>> = {
  jp: variable('noto-sans-jp', NUMBERED),
  kr: variable('noto-sans-kr', NUMBERED),
  sc: variable('noto-sans-sc', NUMBERED),
  tc: variable('noto-sans-tc', NUMBERED),
};

const require = createRequire(import.meta.url);
const folderOf = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** The slices of a family, from the table that its package brings. */
const slicesOf = kept(readSlices);
async function readSlices({ package: name, weight, subset }: Family): Promise<readonly Slice[]> {
  const folder = folderOf(name);
  const table = JSON.parse(await readFile(join(folder, 'unicode.json'), 'utf8')) as Readonly<Record<string, string>>;
  // Unifont is not cut: its one file has no entry.
  const entries = Object.keys(table).length === 0 ? [['latin', 'U+0000-FFFF'] as const] : Object.entries(table);
  return entries
    .filter(([key]) => subset.test(key))
    .map(([key, ranges]) => ({
      path: join(folder, 'files', `${name.slice(name.indexOf('/') + 1)}-${key.replace(/[[\]]/g, '')}-${weight}-normal.woff2`),
      ranges: rangesOf(ranges),
    }));
}

/** `U+0370-0377,U+037A` */
function rangesOf(text: string): Ranges {
  return text.split(',').map((each) => {
    const [from = '', to = from] = each.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  });
}

const has = (ranges: Ranges, codePoint: number): boolean => ranges.some(([from, to]) => codePoint >= from && codePoint <= to);

/** A font from its file. HarfBuzz frees what is dropped when it is collected. */
const fontAt = kept(load, new LRUCache<string, Promise<Font>>({ max: FONTS_IN_MEMORY }));
async function load(path: string): Promise<Font> {
  const [{ Blob, Face, Font, Variation }, file] = await Promise.all([import('harfbuzzjs'), readFile(path)]);
  const bytes = path.endsWith('.woff2') ? await (await import('woff2-encoder/decompress')).default(file) : file;
  // Uint8Array.from: a buffer of exactly the font, Node's may be part of a pool.
  const font = new Font(new Face(new Blob(Uint8Array.from(bytes).buffer)));
  font.setScale(UNITS_PER_EM, UNITS_PER_EM);
  font.setVariations([new Variation('wght', BOLD)]);
  return font;
}

/** Signs that print nothing by themselves; any font will do for them. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** Whether the font has all of these signs. */
export const covers = (font: Font, text: string): boolean =>
  [...text].every((sign) => INVISIBLE.test(sign) || font.nominalGlyph(codePointOf(sign)) !== undefined);

export const codePointOf = (sign: string): number => sign.codePointAt(0) ?? 0;

/** The font of Latin, Greek and Cyrillic, and of everything the label itself says. */
export const latinFont = (): Promise<Font> => fontAt(join(folderOf(LATIN_GREEK_CYRILLIC), '700Bold', 'NotoSans_700Bold.ttf'));

/**
 * @param text one sign as people count them: a letter with its marks
 * @returns the first font that has all of it; undefined when none has
 */
export async function fontFor(text: string, han: HanShapes): Promise<Font | undefined> {
  const first = [...text].find((sign) => !INVISIBLE.test(sign));
  if (first === undefined) return latinFont();
  const codePoint = codePointOf(first);
  const chinese = [HAN[han], ...Object.values(HAN).filter((family) => family !== HAN[han])];
  return (
    (await firstOf(BEFORE_LATIN, codePoint, text)) ??
    (covers(await latinFont(), text) ? latinFont() : undefined) ??
    firstOf([...BY_SCRIPT, ...chinese, ...SYMBOLS], codePoint, text)
  );
}

async function firstOf(families: readonly Family[], codePoint: number, text: string): Promise<Font | undefined> {
  for (const family of families) {
    for (const { path, ranges } of await slicesOf(family)) {
      if (!has(ranges, codePoint)) continue;
      const font = await fontAt(path);
      if (covers(font, text)) return font;
    }
  }
  return undefined;
}

/** Character sets of the countries themselves, by the bytes of their two-byte rows. Each knows the shapes of its country. */
const NATIONAL: readonly (readonly [HanShapes, string, number, number])[] = [
  ['sc', 'gbk', 0xb0, 0xf7],
  ['tc', 'big5', 0xa4, 0xf9],
  ['jp', 'euc-jp', 0xb0, 0xf4],
];
/** GB 2312 for the mainland, Big5 for Taiwan and Hong Kong, JIS X 0208 for Japan. */
const nationalSet = kept(([han, encoding, from, to]: (typeof NATIONAL)[number]): ReadonlySet<string> => {
  const decoder = new TextDecoder(encoding);
  const rows = Array.from({ length: to - from + 1 }, (_, row) => from + row);
  const columns = Array.from({ length: 0xfe - 0x40 + 1 }, (_, column) => 0x40 + column).filter(
    (column) => column >= 0xa1 || (han === 'tc' && column <= 0x7e),
  );
  return new Set(rows.flatMap((row) => columns.map((column) => decoder.decode(Uint8Array.of(row, column)))));
});

/**
 * Unicode gives one number to a Han sign that is written differently in four countries, so the text around it decides:
 * kana is Japanese, Hangul Korean, else the first country whose own character set has all of the Han signs.
 */
export function hanShapesOf(text: string): HanShapes {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'jp';
  if (/\p{Script=Hangul}/u.test(text)) return 'kr';
  const signs = [...text.matchAll(/\p{Script=Han}/gu)].map(([sign]) => sign);
  if (signs.length === 0) return 'sc';
  return NATIONAL.find((national) => signs.every((sign) => nationalSet(national).has(sign)))?.[0] ?? 'sc';
}
