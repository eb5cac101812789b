/** Draws a laid-out label as PDF, PNG or ZPL II. All three come from the same elements, so they say the same. */
import bwipjs from 'bwip-js';
import { PDFDocument, StandardFonts, type PDFFont } from 'pdf-lib';
import type { LabelElement } from './label-layout.js';
import { DOTS_PER_MM, LABEL_HEIGHT, LABEL_WIDTH } from './label-layout.js';

/** A PDF point is 1/72 inch. */
const POINTS_PER_DOT = 72 / (25.4 * DOTS_PER_MM);
const BLACK = '000000';

type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/**
 * One page, A6.
 * @param at ISO 8601 UTC, written as the file's date so that the same label gives the same bytes
 */
export async function renderPdf(elements: readonly LabelElement[], title: string, at: string): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(title);
  pdf.setProducer('Backhaul');
  pdf.setCreationDate(new Date(at));
  pdf.setModificationDate(new Date(at));
  const font = await pdf.embedFont(StandardFonts.HelveticaBold);
  const page = pdf.addPage([LABEL_WIDTH * POINTS_PER_DOT, LABEL_HEIGHT * POINTS_PER_DOT]);
  const flipped = (y: number) => (LABEL_HEIGHT - y) * POINTS_PER_DOT;
  for (const element of elements) {
    if (element.kind === 'text') {
      page.drawText(forFont(font, element.text), { x: element.x * POINTS_PER_DOT, y: flipped(element.y + element.size), size: element.size * POINTS_PER_DOT, font });
    }
    for (const { x, y, width, height } of blackOf(element)) {
      page.drawRectangle({ x: x * POINTS_PER_DOT, y: flipped(y + height), width: width * POINTS_PER_DOT, height: height * POINTS_PER_DOT });
    }
  }
  return pdf.save();
}

/** 840 × 1184 pixels: one per dot of the printer. */
export async function renderPng(elements: readonly LabelElement[]): Promise<Uint8Array> {
  const drawing = bwipjs.drawingZlibPng();
  const unpadded = { paddingleft: 0, paddingright: 0, paddingtop: 0, paddingbottom: 0 };
  drawing.setopts?.({ bcid: 'code128', text: '-', backgroundcolor: 'ffffff', ...unpadded });
  drawing.init(LABEL_WIDTH, LABEL_HEIGHT);
  for (const element of elements) {
    if (element.kind === 'text') {
      const font = { name: 'OCR-B', width: element.size, height: element.size, dx: 0 };
      drawing.text(element.x, element.y + element.size, toAscii(element.text), BLACK, font);
    }
    for (const { x, y, width, height } of blackOf(element)) {
      // The context's vertical line of that thickness covers exactly x … x + width - 1, y … y + height - 1.
      const middle = x + width - Math.trunc(width / 2);
      drawing.line(middle, y, middle, y + height - 1, width, BLACK);
    }
  }
  return drawing.end();
}

/** For printers that speak ZPL II at 203 dpi; the printer makes the bar codes itself. UTF-8. */
export function renderZpl(elements: readonly LabelElement[]): Uint8Array {
  const head = `^XA\n^CI28\n^PW${LABEL_WIDTH}\n^LL${LABEL_HEIGHT}\n^LH0,0\n`;
  return Buffer.from(`${head}${elements.map(zplOf).join('\n')}\n^XZ\n`, 'utf8');
}

function zplOf(element: LabelElement): string {
  const origin = `^FO${element.x},${element.y}`;
  switch (element.kind) {
    case 'text':
      return `${origin}^A0N,${element.size},${Math.round(element.size * 0.9)}^FH_^FD${zplData(element.text)}^FS`;
    case 'rule':
      return `${origin}^GB${element.width},${element.height},${element.height}^FS`;
    case 'code128':
      // Mode A lets the printer choose the subsets; '>' starts an invocation code there and stands for itself as '>0'.
      return `${origin}^BY${element.module}^BCN,${element.height},N,N,N,A^FH_^FD${zplData(element.data.replaceAll('>', '>0'))}^FS`;
    case 'qr':
      return `${origin}^BQN,2,${Math.min(10, element.module)}^FH_^FDMA,${zplData(element.data)}^FS`;
  }
}

/** Field data in which nothing can be taken for a command: command prefixes, the escape itself and control characters as `_hex`. */
function zplData(text: string): string {
  return text.replace(/[\p{Cc}^~_\\]/gu, (character) => [...Buffer.from(character, 'utf8')].map((byte) => `_${byte.toString(16).padStart(2, '0')}`).join(''));
}

function blackOf(element: LabelElement): readonly Rectangle[] {
  switch (element.kind) {
    case 'text':
      return [];
    case 'rule':
      return [element];
    case 'code128':
      return barsOf(element);
    case 'qr':
      return modulesOf(element);
  }
}

function barsOf({ x, y, height, module, bars }: Extract<LabelElement, { kind: 'code128' }>): readonly Rectangle[] {
  const black: Rectangle[] = [];
  let left = x;
  bars.forEach((modules, index) => {
    if (index % 2 === 0) black.push({ x: left, y, width: modules * module, height });
    left += modules * module;
  });
  return black;
}

/** Neighbouring black modules of a row as one rectangle, so that no hairline shows between them. */
function modulesOf({ x, y, module, side, modules }: Extract<LabelElement, { kind: 'qr' }>): readonly Rectangle[] {
  const black: Rectangle[] = [];
  for (let row = 0; row < side; row += 1) {
    for (const run of modules.slice(row * side, (row + 1) * side).join('').matchAll(/1+/g)) {
      black.push({ x: x + run.index * module, y: y + row * module, width: run[0].length * module, height: module });
    }
  }
  return black;
}

/** The standard PDF fonts know Windows-1252; what they lack is written in its nearest ASCII letters. */
function forFont(font: PDFFont, text: string): string {
  const known = new Set(font.getCharacterSet());
  return [...text].map((character) => (known.has(character.codePointAt(0) ?? 0) ? character : toAscii(character))).join('');
}

const WITHOUT_DECOMPOSITION: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'Th', ı: 'i',
};

/** Latin letters without their marks; '?' for what has no ASCII likeness. */
function toAscii(text: string): string {
  return [...text.normalize('NFD').replace(/\p{M}/gu, '')]
    .map((character) => WITHOUT_DECOMPOSITION[character] ?? (/[\x20-\x7e]/.test(character) ? character : '?'))
    .join('');
}
