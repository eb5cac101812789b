/**
 * Where everything stands on the built-in label, once for all formats: A6 at 8 dots per millimetre (203 dpi, the usual
 * resolution of thermal label printers). Coordinates are dots from the top left corner.
 */
import bwipjs from 'bwip-js';
import type { LabelDocument } from '../carrier.port.js';
import { UNITS_PER_EM } from './fonts.js';
import { typeset, type TypesetLine } from './text.js';

export const DOTS_PER_MM = 8;
export const LABEL_WIDTH = 105 * DOTS_PER_MM;
export const LABEL_HEIGHT = 148 * DOTS_PER_MM;
const MARGIN = 5 * DOTS_PER_MM;
const INNER = LABEL_WIDTH - 2 * MARGIN;
/** ISO/IEC 15417 asks for 10 modules of white on both sides of a Code 128. */
const QUIET_MODULES = 20;

export type LabelElement =
  /** `x` is the left end of the line, `y` its baseline, `size` of the font. */
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly size: number; readonly line: TypesetLine }
  | { readonly kind: 'rule'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** `bars` alternates black and white widths in modules, black first. */
  | {
      readonly kind: 'code128';
      readonly x: number;
      readonly y: number;
      readonly height: number;
      readonly module: number;
      readonly data: string;
      readonly bars: readonly number[];
    }
  /** `modules` row by row, `side` × `side`, 1 = black. */
  | {
      readonly kind: 'qr';
      readonly x: number;
      readonly y: number;
      readonly module: number;
      readonly data: string;
      readonly side: number;
      readonly modules: readonly number[];
    };

/** Lines of an address that there is room for. */
export const ADDRESS_LINES = 6;
const ADDRESS_SIZE = 38;
const ADDRESS_PITCH = 46;
/** 1.75 mm: below that nobody reads a label at arm's length. */
const SMALLEST_SIZE = 14;

/**
 * @param returnAddress lines as they are to be printed, six at most; all to the right when the first letters are written from there
 * @returns everything to draw; a return id too long for a bar code of readable width is in the QR code and in words only
 */
export async function layOutLabel(document: LabelDocument, returnAddress: readonly TypesetLine[]): Promise<readonly LabelElement[]> {
  const dropOff = document.kind === 'drop_off_code';
  const scanned = document.code ?? document.trackingNumber;
  return [
    words(40, 28, await typeset(dropOff ? 'SHOW THIS CODE AT THE DROP-OFF POINT' : 'RETURN TO')),
    ...address(returnAddress),
    { kind: 'rule', x: MARGIN, y: 376, width: INNER, height: 4 },
    words(392, 28, await typeset('Tracking number')),
    ...code128(document.trackingNumber, 432, 200),
    words(644, 40, await typeset(document.trackingNumber)),
    { kind: 'rule', x: MARGIN, y: 700, width: INNER, height: 4 },
    words(720, 28, await typeset('Return')),
    ...(await numberAndBarCode(document.returnId)),
    // A phone or an imager at the desk finds the return by its id; the drop-off point wants its own code.
    ...qrCode(dropOff ? scanned : document.returnId, 940, 210),
    words(948, 24, await typeset(dropOff ? 'Drop-off code' : 'Put this label on'), 320),
    words(980, 24, await typeset(dropOff ? scanned : 'the outside of the parcel.'), 320),
    words(1100, 24, await typeset(document.issuedAt.slice(0, 10)), 320),
  ];
}

/** `top` is the top of the line's box, `size` of the box and the font. */
const words = (top: number, size: number, line: TypesetLine, x = MARGIN): LabelElement => ({ kind: 'text', x, y: top + size, size, line });

/** The largest size up to `wanted` at which the line stays within the label and its height within `room`. */
function fitting({ width, top, bottom }: TypesetLine, wanted: number, room: number): number {
  return Math.floor(Math.min(wanted, (INNER * UNITS_PER_EM) / Math.max(1, width), (room * UNITS_PER_EM) / Math.max(1, top - bottom)));
}

/** Whether a line of the address can be printed large enough to be read. */
export const fitsAddress = (line: TypesetLine): boolean => fitting(line, ADDRESS_SIZE, ADDRESS_PITCH - 2) >= SMALLEST_SIZE;

function address(lines: readonly TypesetLine[]): readonly LabelElement[] {
  const firstDirection = lines.find(({ text }) => /\p{L}/u.test(text));
  return lines.slice(0, ADDRESS_LINES).map((line, index) => {
    const size = fitting(line, ADDRESS_SIZE, ADDRESS_PITCH - 2);
    const x = firstDirection?.rightToLeft === true ? LABEL_WIDTH - MARGIN - Math.ceil((line.width * size) / UNITS_PER_EM) : MARGIN;
    // What hangs deep below the line (Khmer, Tibetan) lifts it, so that it does not reach into the next one.
    const below = Math.max(8, Math.ceil((-line.bottom * size) / UNITS_PER_EM));
    return { kind: 'text', x, y: 84 + (index + 1) * ADDRESS_PITCH - below, size, line };
  });
}

/** A return id in words, over several lines when it is long, and as bar code where one of readable width fits. */
async function numberAndBarCode(returnId: string): Promise<readonly LabelElement[]> {
  const bars = code128(returnId, 808, 88);
  if (bars.length > 0) return [words(754, fitting(await typeset(returnId), 40, 50), await typeset(returnId)), ...bars];
  const rows = Math.ceil((await typeset(returnId)).width / ((INNER * UNITS_PER_EM) / 34));
  const signs = [...new Intl.Segmenter('und').segment(returnId)].map(({ segment }) => segment);
  const perRow = Math.ceil(signs.length / rows);
  const lines = await Promise.all(
    Array.from({ length: rows }, (_, row) => typeset(signs.slice(row * perRow, (row + 1) * perRow).join(''))),
  );
  return lines.map((line, row) => words(754 + row * 42, fitting(line, 34, 42), line));
}

/** Centred, with the widest modules that fit; none when even two dots (0.25 mm) a module are too wide to fit. */
function code128(data: string, y: number, height: number): readonly LabelElement[] {
  // Anything else is not in Code 128 without shifts that readers answer differently.
  if (!/^[\x20-\x7e]+$/.test(data)) return [];
  const [symbol] = bwipjs.raw('code128', data);
  if (symbol === undefined || !('sbs' in symbol)) return [];
  const width = symbol.sbs.reduce((sum, each) => sum + each, 0);
  const module = Math.min(4, Math.floor(LABEL_WIDTH / (width + QUIET_MODULES)));
  if (module < 2) return [];
  return [{ kind: 'code128', x: Math.floor((LABEL_WIDTH - width * module) / 2), y, height, module, data, bars: symbol.sbs }];
}

function qrCode(data: string, y: number, room: number): readonly LabelElement[] {
  const [symbol] = bwipjs.raw('qrcode', data, 'eclevel=M');
  if (symbol === undefined || !('pixs' in symbol)) return [];
  return [{ kind: 'qr', x: MARGIN, y, module: Math.max(2, Math.floor(room / symbol.pixx)), data, side: symbol.pixx, modules: symbol.pixs }];
}
