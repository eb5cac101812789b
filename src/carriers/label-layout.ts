/**
 * Where everything stands on the built-in label, once for all formats: A6 at 8 dots per millimetre (203 dpi, the usual
 * resolution of thermal label printers). Coordinates are dots from the top left corner.
 */
import bwipjs from 'bwip-js';
import type { LabelDocument } from './carrier.port.js';

export const DOTS_PER_MM = 8;
export const LABEL_WIDTH = 105 * DOTS_PER_MM;
export const LABEL_HEIGHT = 148 * DOTS_PER_MM;
const MARGIN = 5 * DOTS_PER_MM;
const INNER = LABEL_WIDTH - 2 * MARGIN;
/** ISO/IEC 15417 asks for 10 modules of white on both sides of a Code 128. */
const QUIET_MODULES = 20;

export type LabelElement =
  /** `y` is the top of the capitals' line box, `size` its height. */
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly size: number; readonly text: string }
  | { readonly kind: 'rule'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  /** `bars` alternates black and white widths in modules, black first. */
  | { readonly kind: 'code128'; readonly x: number; readonly y: number; readonly height: number; readonly module: number; readonly data: string; readonly bars: readonly number[] }
  /** `modules` row by row, `side` × `side`, 1 = black. */
  | { readonly kind: 'qr'; readonly x: number; readonly y: number; readonly module: number; readonly data: string; readonly side: number; readonly modules: readonly number[] };

/**
 * @param returnAddress lines as they are to be printed, the first six are
 * @returns everything to draw; a return id too long for a bar code of readable width is in the QR code and in words only
 */
export function layOutLabel(document: LabelDocument, returnAddress: readonly string[]): readonly LabelElement[] {
  const dropOff = document.kind === 'drop_off_code';
  const scanned = document.code ?? document.trackingNumber;
  return [
    { kind: 'text', x: MARGIN, y: 40, size: 28, text: dropOff ? 'SHOW THIS CODE AT THE DROP-OFF POINT' : 'RETURN TO' },
    ...returnAddress.slice(0, 6).map((text, index) => ({ kind: 'text' as const, x: MARGIN, y: 84 + index * 46, size: fitting(text, 38), text })),
    { kind: 'rule', x: MARGIN, y: 376, width: INNER, height: 4 },
    { kind: 'text', x: MARGIN, y: 396, size: 28, text: 'Tracking number' },
    ...code128(document.trackingNumber, 432, 200),
    { kind: 'text', x: MARGIN, y: 644, size: 40, text: document.trackingNumber },
    { kind: 'rule', x: MARGIN, y: 700, width: INNER, height: 4 },
    { kind: 'text', x: MARGIN, y: 720, size: 28, text: 'Return' },
    { kind: 'text', x: MARGIN, y: 754, size: fitting(document.returnId, 40), text: document.returnId },
    ...code128(document.returnId, 808, 88),
    // A phone or an imager at the desk finds the return by its id; the drop-off point wants its own code.
    ...qrCode(dropOff ? scanned : document.returnId, 940, 210),
    { kind: 'text', x: 320, y: 948, size: 24, text: dropOff ? 'Drop-off code' : 'Put this label on' },
    { kind: 'text', x: 320, y: 980, size: 24, text: dropOff ? scanned : 'the outside of the parcel.' },
    { kind: 'text', x: 320, y: 1100, size: 24, text: document.issuedAt.slice(0, 10) },
  ];
}

/** Largest size at which the text stays on the label; the widest font in use takes 0.72 of its size per character. */
const fitting = (text: string, size: number): number => Math.max(12, Math.min(size, Math.floor(INNER / (0.72 * Math.max(1, text.length)))));

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
