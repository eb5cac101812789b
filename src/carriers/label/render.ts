/** Draws a laid-out label as PNG or ZPL II. They come from the same elements as the PDF, so they say the same. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import sharp, { type Sharp } from 'sharp';
import { blackOf } from './bars.js';
import { UNITS_PER_EM } from './fonts.js';
import { LABEL_HEIGHT, LABEL_WIDTH, type LabelElement } from './layout.js';

type TextElement = Pick<Extract<LabelElement, { kind: 'text' }>, 'x' | 'y' | 'size' | 'line'>;

/** 840 × 1184 pixels, one per dot of the printer, in shades of grey. */
export async function renderPng(elements: readonly LabelElement[]): Promise<Uint8Array> {
  const drawn = elements.map((element) => {
    if (element.kind === 'text') return svgText(element);
    return blackOf(element)
      .map(({ x, y, width, height }) => `<rect x="${x}" y="${y}" width="${width}" height="${height}"/>`)
      .join('');
  });
  return (await grey(svg(LABEL_WIDTH, LABEL_HEIGHT, drawn.join('')))).png().toBuffer();
}

let drawing: Promise<void> | undefined;

/** The picture in shades of grey. Drawn apart from sharp, whose decoders are closed to all but photos. */
async function grey(picture: string): Promise<Sharp> {
  drawing ??= readFile(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')).then((wasm) => initWasm(wasm));
  await drawing;
  const drawer = new Resvg(picture);
  const drawn = drawer.render();
  try {
    const { width, height } = drawn;
    return sharp(Buffer.from(drawn.pixels), { raw: { width, height, channels: 4 } })
      .removeAlpha()
      .greyscale();
  } finally {
    drawn.free();
    drawer.free();
  }
}

const svg = (width: number, height: number, content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="#fff"/>${content}</svg>`;

/** Outlines have y upwards, pictures downwards. */
function svgText({ x, y, size, line }: TextElement): string {
  const scale = size / UNITS_PER_EM;
  const paths = line.pieces.map(
    ({ x: dx, path }) =>
      `<path transform="translate(${dx})" d="${path.map(({ type, values }) => `${type}${values.join(' ')}`).join('')}"/>`,
  );
  return `<g transform="translate(${x} ${y}) scale(${scale} ${-scale})">${paths.join('')}</g>`;
}

/** For printers that speak ZPL II at 203 dpi; the printer makes the bar codes itself, and the text as long as it is ASCII. */
export async function renderZpl(elements: readonly LabelElement[]): Promise<Uint8Array> {
  const head = `^XA\n^CI28\n^PW${LABEL_WIDTH}\n^LL${LABEL_HEIGHT}\n^LH0,0\n`;
  const fields = await Promise.all(elements.map(zplOf));
  return Buffer.from(`${head}${fields.join('\n')}\n^XZ\n`, 'utf8');
}

async function zplOf(element: LabelElement): Promise<string> {
  const origin = `^FO${element.x},${element.y}`;
  switch (element.kind) {
    case 'text':
      return /^[\x20-\x7e]*$/.test(element.line.text) ? zplText(element) : zplPicture(element);
    case 'rule':
      return `${origin}^GB${element.width},${element.height},${element.height}^FS`;
    case 'code128':
      // Mode A lets the printer choose the subsets; '>' starts an invocation code there and stands for itself as '>0'.
      return `${origin}^BY${element.module}^BCN,${element.height},N,N,N,A^FH_^FD${zplData(element.data.replaceAll('>', '>0'))}^FS`;
    case 'qr':
      return `${origin}^BQN,2,${Math.min(10, element.module)}^FH_^FDMA,${zplData(element.data)}^FS`;
  }
}

const zplText = ({ x, y, size, line }: TextElement): string =>
  `^FO${x},${y - size}^A0N,${size},${Math.round(size * 0.9)}^FH_^FD${zplData(line.text)}^FS`;

/** Text that the printer's own font may not have, as a picture: one bit a dot. */
async function zplPicture({ x, y, size, line }: TextElement): Promise<string> {
  const [above, below] = [Math.ceil((line.top * size) / UNITS_PER_EM) + 1, Math.ceil((-line.bottom * size) / UNITS_PER_EM) + 1];
  const width = Math.ceil((line.width * size) / UNITS_PER_EM) + 1;
  const bytesPerRow = Math.ceil(width / 8);
  const [columns, rows] = [bytesPerRow * 8, above + below];
  const shades = await (await grey(svg(columns, rows, svgText({ x: 0, y: above, size, line })))).raw().toBuffer();
  const bits = new Uint8Array(bytesPerRow * rows);
  shades.forEach((value, dot) => {
    if (value < 128) bits[dot >> 3] = (bits[dot >> 3] ?? 0) | (0x80 >> (dot & 7));
  });
  return `^FO${x},${y - above}^GFA,${bits.length},${bits.length},${bytesPerRow},${zplHex(bits)}^FS`;
}

/** ZPL's own compression of hexadecimal data: a letter in front of a digit repeats it, `G` to `Y` 1 to 19 times, `g` to `z` 20 to 400 times. */
function zplHex(bits: Uint8Array): string {
  return Buffer.from(bits)
    .toString('hex')
    .toUpperCase()
    .replace(/(.)\1{2,399}/g, (run, digit: string) => {
      const [twenties, ones] = [Math.floor(run.length / 20), run.length % 20];
      const letter = (first: string, count: number): string => (count === 0 ? '' : String.fromCharCode(first.charCodeAt(0) + count - 1));
      return `${letter('g', twenties)}${letter('G', ones)}${digit}`;
    });
}

/** Field data in which nothing can be taken for a command: command prefixes, the escape itself and control characters as `_hex`. */
function zplData(text: string): string {
  return text.replace(/[\p{Cc}^~_\\]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `_${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}
