/**
 * Sets a line of text in any script: directions by the Unicode bidirectional algorithm, shapes by HarfBuzz (letters that
 * join, marks, conjuncts). What comes out are outlines, so PDF, PNG and ZPL show the same.
 */
import bidiFactory from 'bidi-js/dist/bidi.mjs';
import type { Font } from 'harfbuzzjs';
import { LRUCache } from 'lru-cache';
import { codePointOf, covers, fontFor, hanShapesOf, latinFont, type HanShapes } from './fonts.js';

/** `values` are x, y pairs in thousandths of the font size, y upwards. Q has one control point, C two. */
export type PathCommand = { readonly type: 'M' | 'L' | 'Q' | 'C' | 'Z'; readonly values: readonly number[] };

/**
 * What is drawn together; `x` from the start of the line. `text` is the sign it stands for. Marks and letters that are drawn
 * with a sign before them follow it as a piece without ink and width: programs that read PDF files take a sign with its
 * marks for one without width, and would tell a blank behind it. From right to left they come before it, as all text does.
 */
export type Piece = { readonly text: string; readonly x: number; readonly advance: number; readonly path: readonly PathCommand[] };

/** Measures in thousandths of the font size; `top` and `bottom` are the ink's, from the baseline upwards. */
export type TypesetLine = {
  readonly text: string;
  readonly rightToLeft: boolean;
  readonly width: number;
  readonly top: number;
  readonly bottom: number;
  /** From left to right. */
  readonly pieces: readonly Piece[];
  /** Signs that no font has; they are drawn as their number in Unicode. */
  readonly missing: readonly string[];
};

const bidi = bidiFactory();
const signs = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** The label's own words and the address are the same on every label. */
const lines = new LRUCache<string, Promise<TypesetLine>>({ max: 200 });

/**
 * @param text one line; control characters become blanks
 * @param han whose shapes of Han signs; by the text itself unless the lines around it say more
 */
export function typeset(text: string, han: HanShapes = hanShapesOf(text)): Promise<TypesetLine> {
  const key = `${han} ${text}`;
  let line = lines.get(key);
  if (line === undefined) lines.set(key, (line = setLine(text.replace(/\p{Cc}/gu, ' '), han)));
  return line;
}

/** Neighbours that are shaped together: one font, one direction. `font` is undefined for a sign that no font has. */
type Run = { text: string; readonly level: number; readonly font: Font | undefined };

async function setLine(text: string, han: HanShapes): Promise<TypesetLine> {
  const { levels, paragraphs } = bidi.getEmbeddingLevels(text);
  const runs = inVisualOrder(await runsOf(text, levels, han));
  const harfbuzz = await import('harfbuzzjs');
  const latin = await latinFont();
  const pieces: Piece[] = [];
  const missing: string[] = [];
  let x = 0;
  for (const run of runs) {
    const set = run.font === undefined ? undefined : shaped(harfbuzz, run.font, run.text, run.level % 2 === 1);
    if (set === undefined) missing.push(run.text);
    for (const piece of set ?? [numberOf(harfbuzz, latin, run.text)]) {
      pieces.push({ ...piece, x });
      x += piece.advance;
    }
  }
  const heights = pieces.flatMap(({ path }) => path.flatMap(({ values }) => values.filter((_, index) => index % 2 === 1)));
  const rightToLeft = (paragraphs[0]?.level ?? 0) % 2 === 1;
  return { text, rightToLeft, width: x, top: Math.max(0, ...heights), bottom: Math.min(0, ...heights), pieces, missing };
}

async function runsOf(text: string, levels: Uint8Array, han: HanShapes): Promise<Run[]> {
  const runs: Run[] = [];
  for (const { segment, index } of signs.segment(text)) {
    const level = levels[index] ?? 0;
    for (const part of await partsOf(segment, runs.at(-1)?.font, han)) {
      const last = runs.at(-1);
      if (last !== undefined && part.font !== undefined && last.font === part.font && last.level === level) last.text += part.text;
      else runs.push({ ...part, level });
    }
  }
  return runs;
}

type Part = { readonly text: string; readonly font: Font | undefined };

/** A sign with the font for it; when no font has all of it, its code points one by one. */
async function partsOf(sign: string, current: Font | undefined, han: HanShapes): Promise<readonly Part[]> {
  // Blanks, digits and punctuation stay with the letters before them.
  if (current !== undefined && /^[\p{Script=Common}\p{Script=Inherited}]+$/u.test(sign) && covers(current, sign))
    return [{ text: sign, font: current }];
  for (const text of new Set([sign, sign.normalize('NFC'), sign.normalize('NFD')])) {
    const font = await fontFor(text, han);
    if (font !== undefined) return [{ text, font }];
  }
  return Promise.all([...sign].map(async (text) => ({ text, font: await fontFor(text, han) })));
}

/** Rule L2 of the bidirectional algorithm (UAX #9): from the highest level down to the lowest odd one, turn what stands at it. */
function inVisualOrder(runs: readonly Run[]): readonly Run[] {
  let ordered = [...runs];
  for (let level = Math.max(0, ...runs.map((run) => run.level)); level > 0; level -= 1) {
    const next: Run[] = [];
    let turned: Run[] = [];
    for (const run of ordered) {
      if (run.level >= level) turned = [run, ...turned];
      else {
        next.push(...turned, run);
        turned = [];
      }
    }
    ordered = [...next, ...turned];
  }
  return ordered;
}

type HarfBuzz = typeof import('harfbuzzjs');

/** @returns the pieces from left to right; undefined when the font lacks a glyph after all */
function shaped(
  { Buffer, BufferFlag, Direction, shape }: HarfBuzz,
  font: Font,
  text: string,
  rightToLeft: boolean,
): readonly Omit<Piece, 'x'>[] | undefined {
  const buffer = new Buffer();
  buffer.addText(text);
  buffer.setFlags(BufferFlag.DO_NOT_INSERT_DOTTED_CIRCLE);
  // Before guessing, which keeps what is set and takes the script from the first letter.
  buffer.setDirection(rightToLeft ? Direction.RTL : Direction.LTR);
  buffer.guessSegmentProperties();
  shape(font, buffer);
  const positions = buffer.getGlyphPositions();
  const glyphs = buffer.getGlyphInfos().map(({ codepoint: id, cluster }, index) => ({ id, cluster, ...positions[index] }));
  if (glyphs.some(({ id }) => id === 0)) return undefined;
  const starts = [...new Set(glyphs.map(({ cluster }) => cluster))].sort((one, other) => one - other);
  const pieces = new Map<number, { text: string; advance: number; path: PathCommand[] }>();
  for (const { id, cluster, xAdvance = 0, xOffset = 0, yOffset = 0 } of glyphs) {
    const piece = pieces.get(cluster) ?? { text: text.slice(cluster, starts[starts.indexOf(cluster) + 1]), advance: 0, path: [] };
    pieces.set(cluster, piece);
    piece.path.push(...outline(font, id, piece.advance + xOffset, yOffset));
    piece.advance += xAdvance;
  }
  return [...pieces.values()].flatMap(({ text: whole, ...drawn }) => {
    const [sign = '', ...marks] = [...whole];
    const silent = marks.map((mark) => ({ text: mark, advance: 0, path: [] }));
    return rightToLeft ? [...silent.reverse(), { text: sign, ...drawn }] : [{ text: sign, ...drawn }, ...silent];
  });
}

function outline(font: Font, glyph: number, dx: number, dy: number): readonly PathCommand[] {
  return font.glyphToJson(glyph).map(({ type, values }) => ({
    type: type as PathCommand['type'],
    values: values.map((value, index) => Math.round(value + (index % 2 === 0 ? dx : dy))),
  }));
}

/** How a sign is shown that no font has: its number, as Unicode writes it, half as high. */
function numberOf(harfbuzz: HarfBuzz, latin: Font, sign: string): Omit<Piece, 'x'> {
  const number = `[U+${codePointOf(sign).toString(16).toUpperCase().padStart(4, '0')}]`;
  let advance = 0;
  const path: PathCommand[] = [];
  for (const piece of shaped(harfbuzz, latin, number, false) ?? []) {
    path.push(
      ...piece.path.map(({ type, values }) => ({
        type,
        values: values.map((value, index) => Math.round((value + (index % 2 === 0 ? advance : 0)) / 2)),
      })),
    );
    advance += piece.advance;
  }
  return { text: sign, advance: Math.round(advance / 2), path };
}
